//! `/hooks/{provider}`: what providers tell of mails after they have taken them. Only bounces for good
//! and complaints are read; whoever cannot prove that they are the provider is refused, and so is what
//! was proven too long ago. Told twice, it is counted once.

mod certificate;
mod sns;

use rekindle_core::{hash::key_of_effect, series::Feedback};
use serde_json::{Value as Json, json};
use worker::{Request, Response};

use crate::{
    auth::{self, header},
    bindings::{self, shard_number},
    clock::real_ms,
    context::Context,
    problem::{Answer, Failure, Problem},
    shard::messages::Heard,
};

// LIMIT: Amazon's messages have 256 KB at most, the others' a few.
const BODY_BYTES_MAX: usize = 300_000;

// LIMIT: Standard Webhooks asks for five minutes: a request that was seen on its way is of no use later.
const AGE_MS_MAX: i64 = 5 * 60 * 1_000;

/// Takes one request of a provider.
pub(crate) async fn take(context: &Context, request: &mut Request, provider: &str) -> Answer {
    let body = request.text().await?;
    if body.len() > BODY_BYTES_MAX {
        return Err(Problem::bad_request("this is longer than what a provider tells").into());
    }
    let heard = match provider {
        "resend" => resend(context, request, &body)?,
        "postmark" => postmark(context, request, &body)?,
        "ses" => sns::read(context, &body).await?,
        _ => {
            let detail = "there are `/hooks/resend`, `/hooks/postmark` and `/hooks/ses`";
            return Err(Problem::not_found(detail).into());
        }
    };
    if let Some(heard) = heard
        && let Some(key) = key_of_effect(&heard.effect)
    {
        let number = shard_number(&context.env, key);
        let () = context.shard(number, "heard", &heard).await?;
    }
    // What is not ours to act on was told all the same.
    Ok(Response::from_json(&json!({ "ok": true }))?)
}

/// Whoever asks is not who they say they are.
fn refused(detail: &str) -> Failure {
    Problem::unauthorized(detail).into()
}

fn secret(context: &Context, name: &str) -> Answer<String> {
    bindings::text(&context.env, name).ok_or_else(|| {
        let detail = [
            name,
            " is not set: nobody can prove that they are the provider",
        ]
        .concat();
        refused(&detail)
    })
}

fn tree(body: &str) -> Answer<Json> {
    let tree = crate::json::read_text(body);
    tree.map_err(|_| Problem::bad_request("the body is no JSON").into())
}

fn text<'a>(tree: &'a Json, pointer: &str) -> &'a str {
    tree.pointer(pointer)
        .and_then(Json::as_str)
        .unwrap_or_default()
}

fn heard(effect: &str, address: &str, feedback: Feedback) -> Heard {
    Heard {
        effect: effect.to_owned(),
        address: (!address.is_empty()).then(|| address.to_owned()),
        feedback,
    }
}

/// A bounce's reason for people.
fn bounced(words: &str) -> Feedback {
    // LIMIT: what people read of it.
    const WORDS_CHARS_MAX: usize = 300;
    let words = words.chars().take(WORDS_CHARS_MAX).collect::<String>();
    Feedback::Bounced(["it came back: ", &words].concat())
}

/// Svix signs for Resend, as Standard Webhooks says:
/// <https://resend.com/docs/webhooks/verify-webhooks-requests>.
fn resend(context: &Context, request: &Request, body: &str) -> Answer<Option<Heard>> {
    let secret = secret(context, bindings::RESEND_HOOK)?;
    let header = |name: &str| header(request, name).unwrap_or_default();
    let (id, at) = (header("svix-id"), header("svix-timestamp"));
    let signed = [id.as_str(), ".", &at, ".", body].concat();
    let signature = auth::standard_tag(&secret, &signed);
    let signatures = header("svix-signature");
    let is_theirs = signature.is_some_and(|expected| {
        let mut given = signatures
            .split(' ')
            .filter_map(|one| one.strip_prefix("v1,"));
        given.any(|given| auth::same(given, &expected))
    });
    if !is_theirs {
        return Err(refused("the signature is not Resend's"));
    }
    fresh(
        at.parse::<i64>().ok().map(|at| at.saturating_mul(1_000)),
        AGE_MS_MAX,
    )?;
    let told = tree(body)?;
    // Their documents show both: an object, and a list of names and values.
    let listed = told.pointer("/data/tags").and_then(Json::as_array);
    let listed = listed.into_iter().flatten();
    let effect = listed
        .filter(|tag| text(tag, "/name") == "effect")
        .map(|tag| text(tag, "/value"))
        .next()
        .unwrap_or_else(|| text(&told, "/data/tags/effect"));
    let address = text(&told, "/data/to/0");
    let feedback = match text(&told, "/type") {
        // What came back for now only is tried again by Resend itself.
        "email.bounced" if text(&told, "/data/bounce/type") != "Transient" => {
            Some(bounced(text(&told, "/data/bounce/message")))
        }
        "email.complained" => Some(Feedback::Complained),
        _ => None,
    };
    Ok(feedback.map(|feedback| heard(effect, address, feedback)))
}

/// Postmark signs nothing: it sends a name and a password, which are in the address that it was given:
/// <https://postmarkapp.com/developer/webhooks/webhooks-overview>.
fn postmark(context: &Context, request: &Request, body: &str) -> Answer<Option<Heard>> {
    let secret = secret(context, bindings::POSTMARK_HOOK)?;
    if !auth::basic(request).is_some_and(|given| auth::same(&given, &secret)) {
        return Err(refused(
            "the name and the password are not the ones that were set",
        ));
    }
    let told = tree(body)?;
    let (effect, address) = (text(&told, "/Metadata/effect"), text(&told, "/Email"));
    let is_final = told.pointer("/Inactive").and_then(Json::as_bool) == Some(true);
    let feedback = match (text(&told, "/RecordType"), text(&told, "/Type")) {
        ("SpamComplaint", _) | (_, "SpamComplaint") => Some(Feedback::Complained),
        ("Bounce", kind) if is_final || matches!(kind, "HardBounce" | "BadEmailAddress") => {
            Some(bounced(text(&told, "/Description")))
        }
        _ => None,
    };
    Ok(feedback.map(|feedback| heard(effect, address, feedback)))
}

/// Refuses what was signed too long ago, or is yet to come.
fn fresh(at: Option<i64>, age_ms_max: i64) -> Answer<()> {
    let age = at.map(|at| real_ms().saturating_sub(at));
    if age.is_some_and(|age| (-AGE_MS_MAX..=age_ms_max).contains(&age)) {
        return Ok(());
    }
    Err(refused(
        "this was signed too long ago: it is not taken a second time",
    ))
}
