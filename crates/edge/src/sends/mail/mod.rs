//! Mail: composed here, and handed to the provider that the message or the deployment chose.
//!
//! Every provider is given the same [`message::Mail`] and says what became of it in one of three
//! words; when to try again is not theirs to decide. None of them keeps anything.

mod address;
mod api;
mod cloudflare;
mod compose;
mod dkim;
mod links;
mod message;
mod settings;
mod sigv4;
mod smtp;

use rekindle_core::series::MailProvider;
use serde_json::Value as Json;
use worker::Env;

pub(in crate::sends) use self::compose::Words;
use self::{
    address::Address,
    compose::{About, compose},
    dkim::Dkim,
    message::Mail,
    settings::{Route, Settings, Tracked, chosen, settings},
};
use super::{Attempt, Outcome, Trouble, mailbox};
use crate::{bindings, context::Context, shard::messages::Claimed};

fn unreachable(provider: &str) -> Outcome {
    let reason = [provider, " could not be reached, or did not answer in time"].concat();
    Outcome::later(Trouble::Outage, reason)
}

/// The settings for mails that name no provider, or this one.
fn ready(env: &Env, provider: Option<MailProvider>) -> Result<Settings, Vec<String>> {
    let read = |name: &str| bindings::text(env, name);
    let provider = match provider {
        Some(provider) => provider,
        None => chosen(&read).map_err(|problem| vec![problem])?,
    };
    let settings = settings(&read, provider)?;
    if matches!(settings.route, Route::Cloudflare) && !cloudflare::is_bound(env) {
        let problem = "there is no binding EMAIL: write `[[send_email]]` and `name = \"EMAIL\"` into \
                       wrangler.toml";
        return Err(vec![problem.to_owned()]);
    }
    Ok(settings)
}

/// Which provider was chosen, and what is wrong with its settings. It names no secret.
pub(crate) fn health(env: &Env) -> (String, Vec<String>) {
    let name = bindings::text(env, bindings::MAIL_PROVIDER);
    let name = name.unwrap_or_else(|| MailProvider::Mailbox.word().to_owned());
    (name, ready(env, None).err().unwrap_or_default())
}

/// Whether such a mail stays here, in the mailbox.
pub(crate) fn stays(env: &Env, provider: Option<MailProvider>) -> bool {
    ready(env, provider).is_ok_and(|settings| matches!(settings.route, Route::Mailbox))
}

/// A mail as it would leave, for whoever looks at it beforehand: its recipient may be nobody yet.
pub(crate) fn preview(
    env: &Env,
    effect: &str,
    at: i64,
    [to, subject, html, text]: [&str; 4],
) -> Json {
    let words = Words {
        to,
        subject,
        html,
        text,
    };
    let from = ready(env, None).map_or_else(|_| Address::nobody(), |settings| settings.from);
    let to = Address::parse(to).unwrap_or_else(|_| Address::nobody());
    let about = About {
        effect,
        series: "",
        step: "",
        at,
    };
    // Who looks at it beforehand is not counted.
    compose(env, from, to, Tracked::default(), &about, &words).copy()
}

/// Hands one mail to its provider.
pub(super) async fn attempt(
    context: &Context,
    send: &Claimed,
    words: &Words<'_>,
    provider: Option<MailProvider>,
) -> Attempt {
    let (outcome, copy) = hand_over(context, send, words, provider).await;
    Attempt {
        outcome,
        gone: Vec::new(),
        copy: copy.map_or_else(|| super::copy(send), |copy| ("mail", copy)),
        keep_taken: stays(&context.env, provider),
    }
}

async fn hand_over(
    context: &Context,
    send: &Claimed,
    words: &Words<'_>,
    provider: Option<MailProvider>,
) -> (Outcome, Option<Json>) {
    let env = &context.env;
    let settings = match ready(env, provider) {
        Ok(settings) => settings,
        Err(problems) => {
            let reason = ["mail is not set up: ", &problems.join("; ")].concat();
            return (Outcome::later(Trouble::Account, reason), None);
        }
    };
    let to = match Address::parse(words.to) {
        // A person's name is not the sender's to tell.
        Ok(to) => Address { name: None, ..to },
        Err(reason) => return (Outcome::Refused(reason), None),
    };
    let about = About {
        effect: &send.effect,
        series: &send.series,
        step: &send.step,
        at: send.at,
    };
    let mail = compose(env, settings.from, to, settings.tracked, &about, words);
    let outcome = match settings.route {
        Route::Mailbox => keep(env, &mail).await,
        Route::Api(api, access) => api::send(api, &access, &mail).await,
        Route::Cloudflare => cloudflare::send(env, &mail).await,
        Route::Smtp(server, dkim) => submit(&server, dkim.as_ref(), &mail).await,
    };
    (outcome, Some(mail.copy()))
}

/// Signs a mail, if there is a key, and hands it to a mail server.
async fn submit(server: &smtp::Server, dkim: Option<&Dkim>, mail: &Mail) -> Outcome {
    let message = match dkim {
        None => Ok(mail.raw()),
        Some(dkim) => dkim.signed(mail.from.domain(), &mail.raw()).await,
    };
    match message {
        Ok(message) => smtp::send(server, mail, &message).await,
        Err(error) => {
            let reason = ["it could not be signed: ", &error.to_string()].concat();
            Outcome::later(Trouble::Account, reason)
        }
    }
}

/// The embedded provider: the mail is kept as it would be sent, beside what is shown of it.
async fn keep(env: &Env, mail: &Mail) -> Outcome {
    match mailbox::keep_raw(env, &mail.effect, &mail.raw()).await {
        Ok(()) => Outcome::Taken,
        Err(error) => {
            let reason = ["the mailbox could not keep it: ", &error.to_string()].concat();
            Outcome::later(Trouble::Outage, reason)
        }
    }
}
