//! Amazon SNS, by which SES tells of mails: `https://docs.aws.amazon.com/sns/latest/dg/`,
//! sns-verify-signature-of-message and `https://docs.aws.amazon.com/ses/latest/dg/`,
//! event-publishing-retrieving-sns-contents. Only `SignatureVersion` 2 (SHA-256) is taken.

use base64::{Engine, engine::general_purpose::STANDARD};
use rekindle_core::{series::Feedback, time::parse_instant};
use serde_json::Value as Json;
use worker::Url;

use super::{bounced, certificate::public_key, fresh, heard, refused, secret, text, tree};
use crate::{auth, bindings, context::Context, problem::Answer, sends, shard::messages::Heard};

// LIMIT: what could not be delivered is tried again for an hour.
const AGE_MS_MAX: i64 = 60 * 60 * 1_000 + super::AGE_MS_MAX;

/// What is signed of which message, in this order.
const NOTIFICATION: [&str; 6] = [
    "Message",
    "MessageId",
    "Subject",
    "Timestamp",
    "TopicArn",
    "Type",
];
const CONFIRMATION: [&str; 7] = [
    "Message",
    "MessageId",
    "SubscribeURL",
    "Timestamp",
    "Token",
    "TopicArn",
    "Type",
];

pub(super) async fn read(context: &Context, body: &str) -> Answer<Option<Heard>> {
    let told = tree(body)?;
    let topic = secret(context, bindings::SES_TOPIC)?;
    if !auth::same(text(&told, "/TopicArn"), &topic) {
        return Err(refused("this is about another topic"));
    }
    let is_confirmation = text(&told, "/Type") == "SubscriptionConfirmation";
    let names = if is_confirmation {
        CONFIRMATION.as_slice()
    } else {
        NOTIFICATION.as_slice()
    };
    if !is_signed(&told, names).await {
        return Err(refused(
            "the signature is not Amazon's: set the topic's SignatureVersion to 2",
        ));
    }
    fresh(parse_instant(text(&told, "/Timestamp")), AGE_MS_MAX)?;
    if is_confirmation {
        let confirmed = amazon(text(&told, "/SubscribeURL"));
        if let Some(url) = confirmed {
            sends::fetch_text(url.as_str()).await;
        }
        return Ok(None);
    }
    let event = tree(text(&told, "/Message"))?;
    let kind = match text(&event, "/eventType") {
        "" => text(&event, "/notificationType"),
        kind => kind,
    };
    let effect = text(&event, "/mail/tags/effect/0");
    Ok(match kind {
        "Bounce" if text(&event, "/bounce/bounceType") == "Permanent" => {
            let recipient = "/bounce/bouncedRecipients/0";
            let recipient = event.pointer(recipient).unwrap_or(&Json::Null);
            let why = text(recipient, "/diagnosticCode");
            let address = text(recipient, "/emailAddress");
            Some(heard(effect, address, bounced(why)))
        }
        "Complaint" => {
            let address = text(&event, "/complaint/complainedRecipients/0/emailAddress");
            Some(heard(effect, address, Feedback::Complained))
        }
        _ => None,
    })
}

async fn is_signed(told: &Json, names: &[&str]) -> bool {
    let mut signed = String::new();
    for name in names {
        if let Some(value) = told.get(name).and_then(Json::as_str) {
            signed.extend([name, "\n", value, "\n"]);
        }
    }
    let checked = async {
        (text(told, "/SignatureVersion") == "2").then_some(())?;
        let signature = STANDARD.decode(text(told, "/Signature")).ok()?;
        let url = amazon(text(told, "/SigningCertURL"))?;
        let pem = sends::fetch_text(url.as_str()).await?;
        let key = public_key(&pem)?;
        let verified = sends::verify_rsa(&key, &signature, signed.as_bytes()).await;
        verified.ok().filter(|is_theirs| *is_theirs)
    };
    checked.await.is_some()
}

/// An address of Amazon's SNS: a certificate from elsewhere proves nothing.
fn amazon(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let host = url.host_str()?;
    let region = host.strip_prefix("sns.").and_then(|rest| {
        rest.strip_suffix(".amazonaws.com")
            .or_else(|| rest.strip_suffix(".amazonaws.com.cn"))
    });
    let is_label = |char: char| char.is_ascii_alphanumeric() || char == '-';
    let is_theirs = url.scheme() == "https"
        && url.port().is_none()
        && region.is_some_and(|region| region.chars().all(is_label));
    // In development Amazon may be a program on the same machine.
    let is_local = cfg!(feature = "dev") && url.scheme() == "http" && host == "127.0.0.1";
    (is_theirs || is_local).then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn certificates_come_from_amazon() {
        for (url, expected) in [
            (
                "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-1.pem",
                true,
            ),
            ("https://sns.cn-north-1.amazonaws.com.cn/x.pem", true),
            ("http://sns.eu-west-1.amazonaws.com/x.pem", false),
            ("https://sns.eu-west-1.amazonaws.com:8443/x.pem", false),
            ("https://sns.evil.example.amazonaws.com/x.pem", false),
            (
                "https://sns.eu-west-1.amazonaws.com.evil.example/x.pem",
                false,
            ),
            ("https://evil.example/sns.eu-west-1.amazonaws.com", false),
            ("https://s3.amazonaws.com/sns.pem", false),
            ("", false),
        ] {
            assert_eq!(amazon(url).is_some(), expected, "{url}");
        }
    }
}
