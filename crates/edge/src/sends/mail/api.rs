//! Providers that take a mail by one request: what each is asked, and what its answers mean.
//!
//! Resend keeps the effect as an idempotency key for 24 hours. Postmark and Amazon SES have no such
//! key: a crash between their answer and our receipt is the one window in which a mail can be doubled.
//! Sources: <https://resend.com/docs/api-reference/emails/send-email>, `/errors`, `/idempotency-keys`;
//! <https://postmarkapp.com/developer/api/email-api>, `/overview#error-codes`;
//! <https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html>.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Map, Value as Json, json};
use worker::Method;

use super::{message::Mail, settings::Access, sigv4};
use crate::{
    clock::real_ms,
    json::read_text,
    sends::{
        Outcome, Trouble,
        http::{self, Answer},
    },
};

// LIMIT: providers answer within a second or two.
const ANSWER_MS_MAX: u64 = 10_000;

// LIMIT: what people are told of an answer.
const REASON_CHARS_MAX: usize = 300;

/// What a provider is asked: headers, and a body of JSON.
type Ask = (Vec<(&'static str, String)>, String);

/// A provider with an API.
pub(super) struct Api {
    /// For people.
    pub(super) name: &'static str,
    pub(super) path: &'static str,
    ask: fn(&Access, &Mail) -> Ask,
    /// Codes of errors for which the account is to blame; one with a space stands in the words.
    account: &'static [&'static str],
    /// Codes of errors that no other attempt mends, whatever the status says.
    refused: &'static [&'static str],
}

pub(super) static RESEND: Api = Api {
    name: "Resend",
    path: "/emails",
    ask: |access, mail| {
        let headers: Map<String, Json> = mail
            .list_headers()
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value.into()))
            .collect();
        let body = json!({
            "from": mail.from.display(),
            "to": [mail.to.email],
            "subject": mail.subject,
            "html": mail.html,
            "text": mail.text,
            "headers": headers,
            "tags": [{ "name": "effect", "value": mail.effect }],
        });
        let headers = vec![
            ("authorization", ["Bearer ", &access.key].concat()),
            ("idempotency-key", mail.effect.clone()),
            // Resend refuses requests that do not say who asks.
            ("user-agent", "rekindle".to_owned()),
        ];
        (headers, body.to_string())
    },
    // A validation error of the address that mails come from: mended by verifying its domain.
    account: &["invalid_from_address"],
    // The same key with another content: the first one is on its way, this one never will be.
    refused: &["invalid_idempotent_request"],
};

pub(super) static POSTMARK: Api = Api {
    name: "Postmark",
    path: "/email",
    ask: |access, mail| {
        let named = |name: &str, value: &str| json!({ "Name": name, "Value": value });
        let mut headers: Vec<Json> = mail
            .list_headers()
            .iter()
            .map(|(name, value)| named(name, value))
            .collect();
        // Without this, Postmark puts an id of its own in its place.
        headers.push(named("X-PM-KeepID", "true"));
        headers.push(named("Message-ID", &mail.message_id()));
        let body = json!({
            "From": mail.from.display(),
            "To": mail.to.email,
            "Subject": mail.subject,
            "HtmlBody": mail.html,
            "TextBody": mail.text,
            "Headers": headers,
            "MessageStream": access.extra,
            "Metadata": { "effect": mail.effect },
            "TrackOpens": false,
            "TrackLinks": "None",
        });
        let headers = vec![("x-postmark-server-token", access.key.clone())];
        (headers, body.to_string())
    },
    // No token, no sender of this name, out of credits, not approved yet, no such stream.
    account: &["10", "400", "401", "405", "412", "413", "1235", "1236"],
    refused: &[],
};

pub(super) static SES: Api = Api {
    name: "Amazon SES",
    path: "/v2/email/outbound-emails",
    ask: |access, mail| {
        let body = json!({
            "FromEmailAddress": mail.from.email,
            "Destination": { "ToAddresses": [mail.to.email] },
            "Content": { "Raw": { "Data": STANDARD.encode(mail.raw()) } },
            "EmailTags": [{ "Name": "effect", "Value": mail.effect }],
        })
        .to_string();
        (sigv4::headers(access, SES.path, &body, real_ms()), body)
    },
    account: &[
        "AccountSuspendedException",
        "SendingPausedException",
        "MailFromDomainNotVerifiedException",
        "LimitExceededException",
        // The sandbox, or an address or domain that was not verified.
        "not verified",
    ],
    refused: &[],
};

/// Hands a mail to a provider.
pub(super) async fn send(api: &'static Api, access: &Access, mail: &Mail) -> Outcome {
    let (headers, body) = (api.ask)(access, mail);
    let mut all = vec![
        ("content-type", "application/json"),
        ("accept", "application/json"),
    ];
    all.extend(headers.iter().map(|(name, value)| (*name, value.as_str())));
    let url = [access.url.as_str(), api.path].concat();
    let answer = match http::request(Method::Post, &url, &all, Some(body.into())) {
        Ok(request) => http::answer(request, ANSWER_MS_MAX, true).await,
        Err(_) => None,
    };
    answer.map_or_else(|| super::unreachable(api.name), |answer| read(api, &answer))
}

/// What an answer means: what the provider calls it first, then what its status says (RFC 9110,
/// section 15). Who sends is the deployment's fault, not the mail's: it waits until that is mended.
fn read(api: &Api, answer: &Answer) -> Outcome {
    let told: Json = read_text(&answer.body).unwrap_or_default();
    let field = |names: [&str; 4]| {
        let mut found = names.iter().filter_map(|name| told.get(name));
        match found.next() {
            Some(Json::String(text)) => text.clone(),
            Some(Json::Number(number)) => number.to_string(),
            _ => String::new(),
        }
    };
    let code = field(["name", "ErrorCode", "__type", "code"]);
    // Amazon puts a namespace before it.
    let code = code.rsplit('#').next().unwrap_or_default();
    let words = field(["message", "Message", "", ""]);
    let is = |sign: &&str| *sign == code || (sign.contains(' ') && words.contains(*sign));
    let said = [code, &words].join(" ");
    let said: String = said.trim().chars().take(REASON_CHARS_MAX).collect();
    let reason = [
        api.name,
        " answered ",
        &answer.status.to_string(),
        ": ",
        &said,
    ]
    .concat();
    let later = |trouble| Outcome::Later {
        trouble,
        reason: reason.clone(),
        after_ms: answer.after_ms,
    };
    match answer.status {
        200..=299 if matches!(code, "" | "0") => Outcome::Taken,
        _ if api.account.iter().any(is) => later(Trouble::Account),
        _ if api.refused.iter().any(is) => Outcome::Refused(reason),
        401..=404 => later(Trouble::Account),
        409 => later(Trouble::Outage),
        status => match http::trouble(status) {
            Some(trouble) => later(trouble),
            None => Outcome::Refused(reason),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What an answer with this status and body means, in a word.
    fn check(api: &Api, cases: &[(u16, Json, &str)]) {
        for (status, body, expected) in cases {
            let answer = Answer {
                status: *status,
                after_ms: None,
                body: body.to_string(),
            };
            let found = match read(api, &answer) {
                Outcome::Taken => "taken".to_owned(),
                Outcome::Refused(_) => "refused".to_owned(),
                Outcome::Later { trouble, .. } => format!("{trouble:?}").to_lowercase(),
            };
            assert_eq!(found, *expected, "{} {status} {body}", api.name);
        }
    }

    #[test]
    fn answers_of_resend() {
        let wrong = |name: &str| json!({ "statusCode": 0, "name": name, "message": "m" });
        check(
            &RESEND,
            &[
                (200, json!({ "id": "49a3999c" }), "taken"),
                (400, wrong("invalid_idempotency_key"), "refused"),
                (409, wrong("invalid_idempotent_request"), "refused"),
                (422, wrong("validation_error"), "refused"),
                (409, wrong("concurrent_idempotent_requests"), "outage"),
                (429, wrong("rate_limit_exceeded"), "limit"),
                (429, wrong("daily_quota_exceeded"), "limit"),
                (500, wrong("application_error"), "outage"),
                (503, json!("no JSON of theirs"), "outage"),
                (401, wrong("missing_api_key"), "account"),
                (403, wrong("invalid_api_key"), "account"),
                (422, wrong("invalid_from_address"), "account"),
            ],
        );
    }

    #[test]
    fn answers_of_postmark() {
        let wrong = |code: u32| json!({ "ErrorCode": code, "Message": "m" });
        check(
            &POSTMARK,
            &[
                (200, wrong(0), "taken"),
                // An invalid address; one that bounced before.
                (422, wrong(300), "refused"),
                (422, wrong(406), "refused"),
                (422, wrong(400), "account"),
                (422, wrong(405), "account"),
                (422, wrong(412), "account"),
                (401, wrong(10), "account"),
                (429, wrong(0), "limit"),
                (500, wrong(0), "outage"),
                (503, json!(null), "outage"),
            ],
        );
    }

    #[test]
    fn answers_of_ses() {
        let wrong = |kind: &str, message: &str| json!({ "__type": kind, "message": message });
        check(
            &SES,
            &[
                (200, json!({ "MessageId": "0100" }), "taken"),
                (400, wrong("BadRequestException", "m"), "refused"),
                (
                    400,
                    wrong("com.amazonaws.ses#MessageRejected", "bad"),
                    "refused",
                ),
                (
                    400,
                    wrong("MessageRejected", "Email address is not verified."),
                    "account",
                ),
                (
                    400,
                    wrong("com.amazonaws.ses#SendingPausedException", "m"),
                    "account",
                ),
                (
                    400,
                    json!({ "code": "AccountSuspendedException", "Message": "m" }),
                    "account",
                ),
                (403, wrong("SignatureDoesNotMatch", "m"), "account"),
                (429, wrong("TooManyRequestsException", "m"), "limit"),
                (500, wrong("", ""), "outage"),
            ],
        );
    }

    #[test]
    fn a_reason_is_for_people_and_has_an_end() {
        let body = json!({ "name": "validation_error", "message": "x".repeat(1_000) });
        let answer = Answer {
            status: 422,
            after_ms: None,
            body: body.to_string(),
        };
        let Outcome::Refused(reason) = read(&RESEND, &answer) else {
            panic!("it is final");
        };
        assert!(reason.starts_with("Resend answered 422: validation_error xxx"));
        assert_eq!(
            reason.len(),
            "Resend answered 422: ".len() + REASON_CHARS_MAX
        );
    }
}
