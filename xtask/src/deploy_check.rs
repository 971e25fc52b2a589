//! `cargo xtask deploy-check`: what a production deployment still lacks.
//!
//! It looks and names; it creates nothing and uploads nothing.

use std::process::Stdio;

use anyhow::{Result, bail};
use serde_json::Value;

use crate::{processes, say, settings, tools};

/// What the Worker refuses to serve without.
const SECRETS: [&str; 4] = [
    "REKINDLE_WRITE_KEY",
    "REKINDLE_ADMIN_TOKEN",
    "REKINDLE_IDENTITY_SECRET",
    "REKINDLE_LINK_SECRET",
];

/// The bindings that the Worker's code names.
const BINDINGS: [(&str, &str, &str); 6] = [
    ("/kv_namespaces", "binding", "KV"),
    ("/durable_objects/bindings", "name", "SHARD"),
    ("/durable_objects/bindings", "name", "WORKSPACE"),
    ("/queues/producers", "binding", "SENDS"),
    ("/ratelimits", "name", "RATE_KEY"),
    ("/ratelimits", "name", "RATE_ADDRESS"),
];

pub(crate) fn run() -> Result<()> {
    let settings = settings::production()?;
    let mut lacking = missing_bindings(&settings);
    if settings
        .pointer("/kv_namespaces/0/id")
        .and_then(Value::as_str)
        .is_none_or(|id| id.chars().all(|digit| digit == '0'))
    {
        lacking.push(
            "wrangler.toml still has the placeholder id of the KV namespace; \
             create one: npx wrangler kv namespace create rekindle"
                .to_owned(),
        );
    }
    let (mail_secrets, mail_lacking) = mail(&settings);
    lacking.extend(mail_lacking);
    let secrets = [&SECRETS[..], &mail_secrets].concat();
    tools::node_modules()?;
    match stored_secrets()? {
        Some(stored) => lacking.extend(
            secrets
                .iter()
                .filter(|name| !stored.iter().any(|have| have == *name))
                .map(|name| format!("the secret {name}; set it: npx wrangler secret put {name}")),
        ),
        None => lacking.push(format!(
            "whether the secrets are set is unknown: wrangler is not logged in, offline, or the \
             Worker was never deployed. Needed: {}",
            secrets.join(", ")
        )),
    }
    if lacking.is_empty() {
        say::line("ready to deploy: npx wrangler deploy");
        return Ok(());
    }
    for item in &lacking {
        say::line(format!("- {item}"));
    }
    bail!("{} to mend before a deployment", lacking.len())
}

fn missing_bindings(settings: &Value) -> Vec<String> {
    BINDINGS
        .iter()
        .filter(|(place, key, name)| {
            !settings
                .pointer(place)
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
                .any(|binding| binding.get(key).and_then(Value::as_str) == Some(name))
        })
        .map(|(_, _, name)| format!("wrangler.toml lacks the binding {name}"))
        .collect()
}

/// What each provider of mail needs: secrets, and variables.
const MAIL: [(&str, &[&str], &[&str]); 6] = [
    ("mailbox", &[], &[]),
    ("smtp", &["REKINDLE_SMTP_URL"], &["REKINDLE_MAIL_FROM"]),
    ("resend", &["REKINDLE_RESEND_KEY"], &["REKINDLE_MAIL_FROM"]),
    (
        "postmark",
        &["REKINDLE_POSTMARK_KEY"],
        &["REKINDLE_MAIL_FROM"],
    ),
    ("cloudflare", &[], &["REKINDLE_MAIL_FROM"]),
    (
        "ses",
        &["REKINDLE_SES_KEY"],
        &["REKINDLE_MAIL_FROM", "REKINDLE_SES_REGION"],
    ),
];

/// The secrets that the provider of mail needs, and what its variables lack. The Worker itself says
/// more on `/health`, once it is there.
fn mail(settings: &Value) -> (Vec<&'static str>, Vec<String>) {
    let var = |name: &str| settings.pointer("/vars")?.get(name)?.as_str();
    let chosen = var("REKINDLE_MAIL_PROVIDER").unwrap_or("mailbox");
    let Some((_, secrets, vars)) = MAIL.iter().find(|(name, _, _)| *name == chosen) else {
        let problem = format!(
            "wrangler.toml names a provider of mail that there is not: `{chosen}`; \
             docs/sending.md lists those that there are"
        );
        return (Vec::new(), vec![problem]);
    };
    let unset = vars.iter().filter(|name| var(name).is_none());
    let lacking =
        unset.map(|name| format!("{name} under [vars] in wrangler.toml: docs/sending.md"));
    let mut secrets = secrets.to_vec();
    if var("REKINDLE_DKIM_SELECTOR").is_some() {
        secrets.push("REKINDLE_DKIM_KEY");
    }
    (secrets, lacking.collect())
}

/// Names only; their values never leave the platform.
fn stored_secrets() -> Result<Option<Vec<String>>> {
    let answer = processes::wrangler()
        .args(["secret", "list", "--format", "json"])
        .stderr(Stdio::null())
        .stdin(Stdio::null())
        .output()?;
    if !answer.status.success() {
        return Ok(None);
    }
    let secrets: Vec<Value> = serde_json::from_slice(&answer.stdout)?;
    Ok(Some(
        secrets
            .iter()
            .filter_map(|secret| secret.get("name").and_then(Value::as_str))
            .map(str::to_owned)
            .collect(),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrangler_toml_has_every_binding() {
        assert!(missing_bindings(&settings::production().unwrap()).is_empty());
        assert_eq!(missing_bindings(&Value::Null).len(), BINDINGS.len());
    }

    #[test]
    fn a_provider_of_mail_needs_its_secrets_and_variables() {
        let with = |provider: &str| {
            let vars = serde_json::json!({ "vars": { "REKINDLE_MAIL_PROVIDER": provider } });
            let (secrets, lacking) = mail(&vars);
            (secrets.len(), lacking.len())
        };
        assert_eq!(
            mail(&settings::production().unwrap()).1,
            Vec::<String>::new()
        );
        assert_eq!(with("mailbox"), (0, 0));
        assert_eq!(with("resend"), (1, 1));
        assert_eq!(with("smtp"), (1, 1));
        assert_eq!(with("ses"), (1, 2));
        assert_eq!(with("pigeon"), (0, 1));
    }
}
