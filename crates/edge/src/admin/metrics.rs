//! `GET /metrics`: how far behind each shard is, in the text form of Prometheus, version 0.0.4
//! (<https://prometheus.io/docs/instrumenting/exposition_formats/>). Asks each shard once and reads none
//! of its people, so that it can be asked every quarter of a minute.

use std::fmt::Write;

use worker::{Headers, Response};

use crate::{context::Context, problem::Answer, sends, shard::messages::Backlog};

const TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// A gauge that every shard has: its name, what it is, and how it is read at an instant.
type Gauge = (&'static str, &'static str, fn(&Backlog, i64) -> u64);

const GAUGES: [Gauge; 8] = [
    (
        "rekindle_sends_waiting",
        "Messages that may leave now and have not.",
        |shard, _| shard.waiting,
    ),
    (
        "rekindle_oldest_send_age_seconds",
        "How long ago the oldest of the messages that may leave now was decided; 0 where none waits.",
        |shard, now| age(shard.oldest_waiting_at, now),
    ),
    (
        "rekindle_sends_put_off",
        "Messages that failed and are tried again later.",
        |shard, _| shard.put_off,
    ),
    (
        "rekindle_dead_letters",
        "Messages that were given up and wait for someone to look at them.",
        |shard, _| shard.dead_letters,
    ),
    (
        "rekindle_timers_overdue",
        "People whose timer is due and has not fired.",
        |shard, _| shard.overdue_timers,
    ),
    (
        "rekindle_oldest_timer_lateness_seconds",
        "How late the most overdue timer is; 0 where none is.",
        |shard, now| age(shard.oldest_timer_at, now),
    ),
    (
        "rekindle_storage_bytes",
        "What the tables of the shard take; an object holds 10 GB.",
        |shard, _| shard.stored_bytes,
    ),
    (
        "rekindle_last_event_timestamp_seconds",
        "When the newest event came in, to six hours after a restart; 0 where none has.",
        |shard, _| age(Some(0), shard.last_event_at.unwrap_or(0)),
    ),
];

/// Whole seconds since an instant.
fn age(since: Option<i64>, now: i64) -> u64 {
    let ms = since.map_or(0, |since| now.saturating_sub(since));
    u64::try_from(ms / 1_000).unwrap_or(0)
}

pub(super) async fn metrics(context: &Context) -> Answer {
    let now = context.now().await?;
    let shards = context.every_shard::<_, Backlog>("backlog", &()).await?;
    let (provider, problems) = sends::mail::health(&context.env);
    let mut text = written(&shards, now);
    single(
        &mut text,
        "rekindle_mail_ok",
        "Whether the settings of the provider that the deployment chose are whole.",
        &format!(
            "{{provider=\"{provider}\"}} {}",
            u8::from(problems.is_empty())
        ),
    );
    single(
        &mut text,
        "rekindle_build_info",
        "Which version answers.",
        concat!("{version=\"", env!("CARGO_PKG_VERSION"), "\"} 1"),
    );
    let headers = Headers::new();
    headers.set("content-type", TYPE)?;
    Ok(Response::ok(text)?.with_headers(headers))
}

fn written(shards: &[Backlog], now: i64) -> String {
    let mut text = String::new();
    for (name, help, read) in GAUGES {
        head(&mut text, name, help);
        for (number, shard) in shards.iter().enumerate() {
            // Writing to a text does not fail.
            let _ = writeln!(text, "{name}{{shard=\"{number}\"}} {}", read(shard, now));
        }
    }
    text
}

fn single(text: &mut String, name: &str, help: &str, value: &str) {
    head(text, name, help);
    let _ = writeln!(text, "{name}{value}");
}

fn head(text: &mut String, name: &str, help: &str) {
    let _ = write!(text, "# HELP {name} {help}\n# TYPE {name} gauge\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shard_that_is_late_says_by_how_much() {
        let late = Backlog {
            waiting: 3,
            oldest_waiting_at: Some(1_000),
            oldest_timer_at: Some(7_500),
            overdue_timers: 2,
            ..Backlog::default()
        };
        let text = written(&[Backlog::default(), late], 10_000);
        for line in [
            "# TYPE rekindle_sends_waiting gauge",
            "rekindle_sends_waiting{shard=\"0\"} 0",
            "rekindle_sends_waiting{shard=\"1\"} 3",
            "rekindle_oldest_send_age_seconds{shard=\"0\"} 0",
            "rekindle_oldest_send_age_seconds{shard=\"1\"} 9",
            "rekindle_oldest_timer_lateness_seconds{shard=\"1\"} 2",
        ] {
            assert!(text.lines().any(|told| told == line), "{line} in\n{text}");
        }
    }
}
