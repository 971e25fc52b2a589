//! The names of bindings, variables and keys, each declared once; a test holds them against
//! wrangler.toml. No other module writes such a name.

use rekindle_core::hash::{hex64, person_key, shard_of};
use worker::{Env, Method, Request, RequestInit, Response, Result, Stub};

use crate::json::read_text;
/// Durable Objects that hold the people.
pub(crate) const SHARD: &str = "SHARD";
/// The Durable Object that holds the definitions.
pub(crate) const WORKSPACE: &str = "WORKSPACE";
/// Bundles, inboxes and the mailbox.
pub(crate) const KV: &str = "KV";
/// The queue of sends.
pub(crate) const SENDS: &str = "SENDS";
/// Cloudflare Email Service, if it sends the mails.
pub(crate) const EMAIL: &str = "EMAIL";
/// How much one key may send.
pub(crate) const RATE_KEY: &str = "RATE_KEY";
/// How much one address may send with the public key.
pub(crate) const RATE_ADDRESS: &str = "RATE_ADDRESS";
/// The static files.
pub(crate) const ASSETS: &str = "ASSETS";

/// How many shards there are: fixed by the first deploy.
pub(crate) const SHARDS_VAR: &str = "REKINDLE_SHARDS";
/// The public key that a page writes with.
pub(crate) const WRITE_KEY: &str = "REKINDLE_WRITE_KEY";
/// The secret key of the company's own servers: may speak for anyone.
pub(crate) const SECRET_KEY: &str = "REKINDLE_SECRET_KEY";
/// The token of the admin API.
pub(crate) const ADMIN_TOKEN: &str = "REKINDLE_ADMIN_TOKEN";
/// The secret that proofs of identity are made with.
pub(crate) const IDENTITY_SECRET: &str = "REKINDLE_IDENTITY_SECRET";
/// The secret before that one: its proofs count as well while it is set.
pub(crate) const IDENTITY_SECRET_PREVIOUS: &str = "REKINDLE_IDENTITY_SECRET_PREVIOUS";
/// Whether pages have to prove whom they speak for in development too: `required`, else production alone asks.
pub(crate) const IDENTITY: &str = "REKINDLE_IDENTITY";
/// The address of the team of Cloudflare Access, if that stands in front of the console.
pub(crate) const ACCESS_TEAM: &str = "REKINDLE_ACCESS_TEAM";
/// The audience tag of the application in Access.
pub(crate) const ACCESS_AUDIENCE: &str = "REKINDLE_ACCESS_AUDIENCE";
/// Who of those whom Access lets in has which role; everyone looks if it is not set.
pub(crate) const ACCESS_ROLES: &str = "REKINDLE_ACCESS_ROLES";
/// The secret that links in mails are signed with.
pub(crate) const LINK_SECRET: &str = "REKINDLE_LINK_SECRET";
/// The address that this Worker is reached at, for links in mails.
pub(crate) const ORIGIN: &str = "REKINDLE_ORIGIN";
/// Whether what programs do in pages is kept: `keep`, else it is refused.
pub(crate) const BOTS: &str = "REKINDLE_BOTS";
/// What mails say they are from.
pub(crate) const MAIL_FROM: &str = "REKINDLE_MAIL_FROM";

/// Who takes mails that name no one: `mailbox` if it is not set.
pub(crate) const MAIL_PROVIDER: &str = "REKINDLE_MAIL_PROVIDER";
/// The key of Resend: a secret.
pub(crate) const RESEND_KEY: &str = "REKINDLE_RESEND_KEY";
/// Where Resend listens, if not at its own address.
pub(crate) const RESEND_URL: &str = "REKINDLE_RESEND_URL";
/// The token of Postmark's server: a secret.
pub(crate) const POSTMARK_KEY: &str = "REKINDLE_POSTMARK_KEY";
/// Where Postmark listens, if not at its own address.
pub(crate) const POSTMARK_URL: &str = "REKINDLE_POSTMARK_URL";
/// The message stream of Postmark.
pub(crate) const POSTMARK_STREAM: &str = "REKINDLE_POSTMARK_STREAM";
/// The id and the secret of a key of Amazon's: a secret.
pub(crate) const SES_KEY: &str = "REKINDLE_SES_KEY";
/// Where Amazon SES listens, if not at its own address.
pub(crate) const SES_URL: &str = "REKINDLE_SES_URL";
/// The region of Amazon SES.
pub(crate) const SES_REGION: &str = "REKINDLE_SES_REGION";
/// What Resend signs its webhooks with: a secret.
pub(crate) const RESEND_HOOK: &str = "REKINDLE_RESEND_HOOK";
/// The name and the password, a colon between them, that Postmark's webhooks come with: a secret.
pub(crate) const POSTMARK_HOOK: &str = "REKINDLE_POSTMARK_HOOK";
/// The topic by which Amazon SES tells of mails.
pub(crate) const SES_TOPIC: &str = "REKINDLE_SES_TOPIC";
/// The mail server, with user and password: a secret.
pub(crate) const SMTP_URL: &str = "REKINDLE_SMTP_URL";
/// What stands before `._domainkey` in the name of the public key.
pub(crate) const DKIM_SELECTOR: &str = "REKINDLE_DKIM_SELECTOR";
/// The private key that mails are signed with: a secret.
pub(crate) const DKIM_KEY: &str = "REKINDLE_DKIM_KEY";
/// The company's colour, `#rrggbb`, on the page where people choose what they get.
pub(crate) const BRAND_COLOR: &str = "REKINDLE_BRAND_COLOR";
/// What is counted of a mail: `all` if it is not set, `clicks` or `off`.
pub(crate) const MAIL_TRACK: &str = "REKINDLE_MAIL_TRACK";
/// Whether links say which mail they were in, to the company's own statistics: `on` or `off`.
pub(crate) const MAIL_UTM: &str = "REKINDLE_MAIL_UTM";

/// A variable or secret; `None` when it is absent or empty.
pub(crate) fn text(env: &Env, name: &str) -> Option<String> {
    env.var(name)
        .ok()
        .map(|var| var.to_string())
        .filter(|text| !text.is_empty())
}

/// Whether a page may speak for anyone without a proof: in development, unless proofs are required there too.
pub(crate) fn believes_pages(env: &Env) -> bool {
    cfg!(feature = "dev") && text(env, IDENTITY).as_deref() != Some("required")
}

/// How many shards there are.
pub(crate) fn shards(env: &Env) -> u64 {
    const SHARDS_DEFAULT: u64 = 16;
    text(env, SHARDS_VAR)
        .and_then(|text| text.parse().ok())
        .unwrap_or(SHARDS_DEFAULT)
        .max(1)
}

/// The shard of this number.
pub(crate) fn shard(env: &Env, number: u64) -> Result<Stub> {
    env.durable_object(SHARD)?.get_by_name(&number.to_string())
}

/// The number of the shard that holds the person with this key.
pub(crate) fn shard_number(env: &Env, person_key: u64) -> u64 {
    shard_of(person_key, shards(env))
}

/// The workspace.
pub(crate) fn workspace(env: &Env) -> Result<Stub> {
    env.durable_object(WORKSPACE)?.get_by_name("workspace")
}

/// Asks a Durable Object: one operation, JSON in, JSON out.
pub(crate) async fn ask<Q, A>(stub: &Stub, operation: &str, question: &Q) -> Result<A>
where
    Q: serde::Serialize,
    A: serde::de::DeserializeOwned,
{
    let text = ask_text(stub, operation, serde_json::to_string(question)?).await?;
    Ok(read_text(&text)?)
}

/// The same in text: one future for all types of questions and answers.
pub(crate) async fn ask_text(stub: &Stub, operation: &str, question: String) -> Result<String> {
    let mut response = send(stub, operation, question).await?;
    let status = response.status_code();
    let text = response.text().await?;
    if status != 200 {
        return Err(format!("`{operation}` answered {status}: {text}").into());
    }
    Ok(text)
}

/// What was answered, as what it means.
pub(crate) async fn answer<A: serde::de::DeserializeOwned>(mut response: Response) -> Result<A> {
    Ok(read_text(&response.text().await?)?)
}

/// Asks a Durable Object whose answer is passed on as it is.
pub(crate) async fn ask_raw<Q: serde::Serialize>(
    stub: &Stub,
    operation: &str,
    question: &Q,
) -> Result<Response> {
    send(stub, operation, serde_json::to_string(question)?).await
}

async fn send(stub: &Stub, operation: &str, question: String) -> Result<Response> {
    let mut init = RequestInit::new();
    init.with_method(Method::Post)
        .with_body(Some(question.into()));
    let request = Request::new_with_init(&format!("http://object/{operation}"), &init)?;
    stub.fetch_with_request(request).await
}

/// The key of a person's inbox.
///
/// An anonymous id is a UUID that no one can guess: knowing it is enough to read its inbox. Any
/// other id can be guessed, so where pages are not believed its inbox lies where only a proof leads.
pub(crate) fn inbox_key(env: &Env, person: &str) -> String {
    let key = person_key(person);
    if believes_pages(env) || is_uuid(person) {
        open_inbox_key(key)
    } else {
        proven_inbox_key(key)
    }
}

/// The key of an inbox that needs no proof.
pub(crate) fn open_inbox_key(person_key: u64) -> String {
    format!("inbox/{}", hex64(person_key))
}

/// The key of an inbox that needs a proof.
pub(crate) fn proven_inbox_key(person_key: u64) -> String {
    format!("inbox/u/{}", hex64(person_key))
}

/// Whether an id is a UUID, as browsers make them for anonymous visitors.
pub(crate) fn is_uuid(id: &str) -> bool {
    id.len() == 36
        && id.bytes().enumerate().all(|(place, byte)| match place {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// The key of a bundle.
pub(crate) fn bundle_key(version: u64) -> String {
    format!("bundle/{}", hex64(version))
}

/// The key of a mail as it goes over the wire.
pub(crate) fn raw_key(effect: &str) -> String {
    ["raw/", effect].concat()
}

/// The key of something that left at an instant: newest first in the order of keys.
pub(crate) fn box_key(name: &str, at: i64, effect: &str) -> String {
    let newest_first = u64::MAX - u64::try_from(at).unwrap_or(0);
    format!("{name}/{}/{effect}", hex64(newest_first))
}
