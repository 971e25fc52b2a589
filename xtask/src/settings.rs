//! Reads wrangler.toml, the one place where bindings are declared, and derives from it the
//! settings of a run on this machine.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::build::Kind;
use crate::{files, worker};

/// The keys of a run on this machine. They open nothing anywhere else.
pub(crate) const WRITE_KEY: &str = "wk_dev";
pub(crate) const ADMIN_TOKEN: &str = "dev";

/// wrangler.toml as JSON.
pub(crate) fn production() -> Result<Value> {
    let path = files::at("wrangler.toml");
    toml::from_str(&files::read_text(&path)?)
        .with_context(|| format!("can't understand {}", path.display()))
}

/// The Durable Object classes that the Worker must export.
pub(crate) fn durable_classes() -> Result<Vec<String>> {
    let settings = production()?;
    let bindings = settings
        .pointer("/durable_objects/bindings")
        .and_then(Value::as_array)
        .context("wrangler.toml has no durable_objects.bindings")?;
    bindings
        .iter()
        .map(|binding| {
            binding
                .get("class_name")
                .and_then(Value::as_str)
                .map(str::to_owned)
                .context("a Durable Object binding without class_name in wrangler.toml")
        })
        .collect()
}

/// Writes the settings for wrangler on this machine; gives their path.
pub(crate) fn write_local(origin: &str) -> Result<PathBuf> {
    let path = files::at("dist/dev/wrangler.json");
    let mut settings = production()?;
    localise(
        &mut settings,
        origin,
        &worker::directory(Kind::Dev).join("index.js"),
        &files::at("dist/assets"),
    );
    files::write(&path, serde_json::to_string_pretty(&settings)?)?;
    Ok(path)
}

fn localise(settings: &mut Value, origin: &str, main: &Path, assets: &Path) {
    if let Some(all) = settings.as_object_mut() {
        // What is built is built already.
        all.remove("build");
        all.insert("main".into(), json!(main));
    }
    if let Some(directory) = settings.pointer_mut("/assets/directory") {
        *directory = json!(assets);
    }
    // A send goes out at once instead of waiting for company.
    for consumer in settings
        .pointer_mut("/queues/consumers")
        .and_then(Value::as_array_mut)
        .into_iter()
        .flatten()
    {
        if let Some(consumer) = consumer.as_object_mut() {
            consumer.insert("max_batch_timeout".into(), json!(0));
        }
    }
    // Tests send more than people do.
    for limit in settings
        .pointer_mut("/ratelimits")
        .and_then(Value::as_array_mut)
        .into_iter()
        .flatten()
    {
        if let Some(most) = limit.pointer_mut("/simple/limit") {
            *most = json!(1_000_000);
        }
    }
    if let Some(vars) = settings.pointer_mut("/vars").and_then(Value::as_object_mut) {
        vars.insert("REKINDLE_WRITE_KEY".into(), json!(WRITE_KEY));
        vars.insert("REKINDLE_ADMIN_TOKEN".into(), json!(ADMIN_TOKEN));
        vars.insert("REKINDLE_ORIGIN".into(), json!(origin));
        vars.insert("REKINDLE_LINK_SECRET".into(), json!("development"));
        // The browsers of tests have no screen.
        vars.insert("REKINDLE_BOTS".into(), json!("keep"));
        // To try the proofs that production asks for.
        for name in ["REKINDLE_IDENTITY", "REKINDLE_IDENTITY_SECRET"] {
            if let Ok(value) = std::env::var(name) {
                vars.insert(name.into(), json!(value));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_local_run_has_its_own_keys_and_no_build_hook() {
        let mut settings = production().unwrap();
        localise(
            &mut settings,
            "http://127.0.0.1:1",
            Path::new("/w/index.js"),
            Path::new("/a"),
        );
        assert!(settings.get("build").is_none());
        assert_eq!(settings["main"], "/w/index.js");
        assert_eq!(settings["assets"]["directory"], "/a");
        assert_eq!(settings["queues"]["consumers"][0]["max_batch_timeout"], 0);
        assert_eq!(settings["vars"]["REKINDLE_WRITE_KEY"], WRITE_KEY);
    }

    #[test]
    fn production_holds_no_key() {
        let text = files::read_text(&files::at("wrangler.toml")).unwrap();
        assert!(!text.contains("_KEY =") && !text.contains("_TOKEN ="));
    }
}
