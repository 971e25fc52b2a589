//! The order of the policies, told as a table, and what holds for every ruling.

use proptest::prelude::*;

use super::{
    super::subscription::{Cause, Choice, Suppressed},
    *,
};
use crate::{series::policy::oracle::at, time::format_instant, zone::UTC};

const MINUTE: i64 = 60_000;

const SETTINGS: &str = r#"{
    "quiet_hours": {"from": "21:00", "to": "08:00"},
    "cap": {"messages": 2, "per": "1d"},
    "subscription_types": [{"id": "news", "name": "News", "channels": ["email", "push"]}]
}"#;

fn settings(holdout_percent: u8) -> Settings {
    Settings {
        holdout_percent,
        ..serde_json::from_str(SETTINGS).unwrap()
    }
}

/// Someone who got messages at these instants.
fn got(sent: &[&str]) -> State {
    let mut state = State::default();
    for (number, instant) in sent.iter().enumerate() {
        state.sent.note(&number.to_string(), at(instant));
    }
    state
}

/// What a mail to `state` that waits since `since` hears at `now`, in words.
fn hears(settings: &Settings, overrides: &str, state: &State, since: &str, now: &str) -> String {
    let overrides = serde_json::from_str(overrides).unwrap();
    let to = Recipient {
        id: "ada",
        unsubscribed: false,
        zone: &UTC,
        state,
    };
    let message = Asking {
        effect: "new",
        channel: Channel::Email,
        address: Some("ada@example.com"),
        since: at(since),
        decided: false,
        expires: None,
    };
    said(settings.rule(&overrides, &to, &message, at(now)))
}

fn said(ruling: Ruling) -> String {
    match ruling {
        Ruling::Send => "send".to_owned(),
        Ruling::Later { at, reason } => format!("{} {reason:?}", format_instant(at)),
        Ruling::Skip { reason } => format!("skip {reason:?}"),
    }
}

#[test]
fn a_message_waits_for_all_that_holds_it_back_and_names_the_first() {
    let busy = ["2026-11-23T10:00:00Z", "2026-11-23T20:00:00Z"];
    for (overrides, sent, now, expected) in [
        ("{}", &[][..], "2026-11-23T12:00:00Z", "send"),
        (
            "{}",
            &[],
            "2026-11-23T22:00:00Z",
            "2026-11-24T08:00:00Z QuietHours",
        ),
        (
            "{}",
            &busy,
            "2026-11-23T20:30:00Z",
            "2026-11-24T10:00:00Z Cap",
        ),
        // Quiet first, and the cap is still in the way at its end.
        (
            "{}",
            &busy,
            "2026-11-23T22:00:00Z",
            "2026-11-24T10:00:00Z QuietHours",
        ),
        // The cap first, and quiet when it has room.
        (
            "{}",
            &["2026-11-22T21:30:00Z", "2026-11-23T20:00:00Z"],
            "2026-11-23T20:30:00Z",
            "2026-11-24T08:00:00Z Cap",
        ),
        (
            r#"{"ignore_cap": true}"#,
            &busy,
            "2026-11-23T20:30:00Z",
            "send",
        ),
        (
            r#"{"ignore_quiet_hours": true}"#,
            &busy[..1],
            "2026-11-23T22:00:00Z",
            "send",
        ),
        (
            r#"{"ignore_quiet_hours": true}"#,
            &busy,
            "2026-11-23T22:00:00Z",
            "2026-11-24T10:00:00Z Cap",
        ),
        (
            r#"{"when_blocked": "skip"}"#,
            &[],
            "2026-11-23T22:00:00Z",
            "skip QuietHours",
        ),
        (
            r#"{"when_blocked": "skip"}"#,
            &busy,
            "2026-11-23T20:30:00Z",
            "skip Cap",
        ),
        // A time of day is no block: it is waited for, and what blocks then is looked at then.
        (
            r#"{"when_blocked": "skip", "send_at": "22:00"}"#,
            &[],
            "2026-11-23T12:00:00Z",
            "2026-11-23T22:00:00Z SendAt",
        ),
        (
            r#"{"send_at": "22:00"}"#,
            &[],
            "2026-11-23T12:00:00Z",
            "2026-11-24T08:00:00Z SendAt",
        ),
        (
            r#"{"send_at": "12:00"}"#,
            &[],
            "2026-11-23T12:00:00Z",
            "send",
        ),
        // No one knows the usual hour yet.
        (
            r#"{"send_at": "usual hour"}"#,
            &[],
            "2026-11-23T12:00:00Z",
            "send",
        ),
    ] {
        let found = hears(&settings(0), overrides, &got(sent), now, now);
        assert_eq!(found, expected, "{overrides} {sent:?} {now}");
    }
}

#[test]
fn the_usual_hour_comes_once() {
    let mut state = State::default();
    for day in 1..9 {
        let instant = at(&format!("2026-11-0{day}T18:20:00Z"));
        state.activity.note(instant, instant, &UTC);
    }
    let hears = |since, now| {
        hears(
            &settings(0),
            r#"{"send_at": "usual hour"}"#,
            &state,
            since,
            now,
        )
    };
    let noon = "2026-11-23T12:00:00Z";
    assert_eq!(hears(noon, noon), "2026-11-23T18:00:00Z UsualHour");
    assert_eq!(hears(noon, "2026-11-23T18:00:00Z"), "send");
    // Held back at its hour by something else, it does not wait for the hour again.
    assert_eq!(
        hears(noon, "2026-11-23T22:00:00Z"),
        "2026-11-24T08:00:00Z QuietHours"
    );
    assert_eq!(hears(noon, "2026-11-24T08:00:00Z"), "send");
}

#[test]
fn what_was_let_through_does_not_wait_for_its_time_of_day_again() {
    let (settings, state) = (settings(0), State::default());
    let overrides = serde_json::from_str(r#"{"send_at": "23:45"}"#).unwrap();
    let to = Recipient {
        id: "ada",
        unsubscribed: false,
        zone: &UTC,
        state: &state,
    };
    // Its time fell into quiet hours, at whose end it was let through.
    let now = at("2026-11-24T08:00:00Z");
    let message = |decided| Asking {
        effect: "new",
        channel: Channel::Email,
        address: None,
        since: now,
        decided,
        expires: None,
    };
    let rule = |decided| said(settings.rule(&overrides, &to, &message(decided), now));
    assert_eq!(rule(false), "2026-11-25T08:00:00Z SendAt");
    assert_eq!(rule(true), "send");
}

#[test]
fn what_cannot_leave_in_a_week_or_in_its_own_time_is_skipped() {
    let weekly = Settings {
        cap: serde_json::from_str(r#"{"messages": 1, "per": "31d"}"#).unwrap(),
        ..Settings::default()
    };
    let noon = "2026-11-23T12:00:00Z";
    for (sent, now, expected) in [
        (
            &["2026-10-30T12:00:00Z"][..],
            noon,
            "2026-11-30T12:00:00Z Cap",
        ),
        (&["2026-10-30T12:00:00.001Z"], noon, "skip Cap"),
        (&[], "2026-11-30T12:00:00Z", "send"),
        (&[], "2026-11-30T12:00:00.001Z", "skip Expired"),
    ] {
        assert_eq!(
            hears(&weekly, "{}", &got(sent), noon, now),
            expected,
            "{sent:?} {now}"
        );
    }
    let state = State::default();
    let asks = |expires: &str, now: &str| {
        let to = Recipient {
            id: "ada",
            unsubscribed: false,
            zone: &UTC,
            state: &state,
        };
        let message = Asking {
            effect: "new",
            channel: Channel::Push,
            address: None,
            since: at(noon),
            decided: false,
            expires: Some(at(expires)),
        };
        said(settings(0).rule(&Overrides::default(), &to, &message, at(now)))
    };
    assert_eq!(
        asks("2026-11-23T22:00:00Z", "2026-11-23T22:00:00.001Z"),
        "skip Expired"
    );
    assert_eq!(
        asks("2026-11-24T08:00:00Z", "2026-11-23T22:00:00Z"),
        "2026-11-24T08:00:00Z QuietHours"
    );
    assert_eq!(
        asks("2026-11-24T07:59:59Z", "2026-11-23T22:00:00Z"),
        "skip QuietHours"
    );
}

#[test]
fn each_policy_speaks_before_the_next() {
    let now = at("2026-11-23T22:00:00Z");
    let mut state = got(&["2026-11-23T19:00:00Z", "2026-11-23T20:00:00Z"]);
    let left = Choice {
        at: 1,
        subscribed: false,
    };
    state.subscriptions.choose("news", left);
    state.suppressions.shut(Suppressed {
        channel: Channel::Email,
        address: Some("ada@example.com".to_owned()),
        cause: Cause::Complaint,
        at: 0,
    });
    // Everything is against it; one after the other is taken away.
    let rule = |settings: &Settings, overrides: &str, unsubscribed, state: &State| {
        let overrides = serde_json::from_str(overrides).unwrap();
        let to = Recipient {
            id: held_out(),
            unsubscribed,
            zone: &UTC,
            state,
        };
        let message = Asking {
            effect: "new",
            channel: Channel::Email,
            address: Some("ada@example.com"),
            since: now,
            decided: false,
            expires: None,
        };
        said(settings.rule(&overrides, &to, &message, now))
    };
    let news = r#"{"subscription": "news", "send_at": "23:00"}"#;
    assert_eq!(rule(&settings(50), news, true, &state), "skip Complained");
    state
        .suppressions
        .open(Channel::Email, Some("ada@example.com"));
    assert_eq!(rule(&settings(50), news, true, &state), "skip Unsubscribed");
    assert_eq!(
        rule(&settings(50), news, false, &state),
        "skip UnsubscribedFromType"
    );
    let any = r#"{"send_at": "23:00"}"#;
    assert_eq!(rule(&settings(50), any, false, &state), "skip Holdout");
    assert_eq!(
        rule(&settings(0), any, false, &state),
        "2026-11-24T19:00:00Z SendAt"
    );
    assert_eq!(
        rule(&settings(0), "{}", false, &state),
        "2026-11-24T19:00:00Z QuietHours"
    );
    let awake = r#"{"ignore_quiet_hours": true}"#;
    assert_eq!(
        rule(&settings(0), awake, false, &state),
        "2026-11-24T19:00:00Z Cap"
    );
    let transactional = r#"{"ignore_quiet_hours": true, "ignore_cap": true}"#;
    assert_eq!(rule(&settings(0), transactional, false, &state), "send");
}

/// One of those whom a holdout of half the people holds out.
fn held_out() -> &'static str {
    ["a", "b", "c", "d", "e", "f", "g"]
        .into_iter()
        .find(|id| settings(50).holds_out(id))
        .unwrap()
}

#[test]
fn a_reason_is_stored_by_name_and_said_in_a_sentence() {
    let reason = Reason::UnsubscribedFromType;
    assert_eq!(
        serde_json::to_string(&reason).unwrap(),
        r#""unsubscribed_from_type""#
    );
    assert_eq!(
        reason.sentence(),
        "they unsubscribed from this type of message"
    );
    let later = Ruling::Later {
        at: 5,
        reason: Reason::Cap,
    };
    assert_eq!(
        serde_json::to_string(&later).unwrap(),
        r#"{"later":{"at":5,"reason":"cap"}}"#
    );
}

proptest! {
    /// Asked again at the instant that it names, a ruling is kept if nothing happened in between;
    /// and no ruling holds a message longer than it may wait.
    #[test]
    fn a_named_instant_is_kept(
        sent in prop::collection::vec(0..10_000_i64, 0..8),
        now in 10_000..20_000_i64,
        waited in 0..12_000_i64,
        expires in prop::option::of(0..12_000_i64),
        from in 0..24_u8,
        to in 0..24_u8,
        per in 1..24 * 31_i64,
        messages in 1..4_u32,
        send_at in prop::sample::select(vec!["{}", r#"{"send_at": "09:00"}"#, r#"{"send_at": "23:30"}"#]),
    ) {
        prop_assume!(from != to);
        let settings: Settings = serde_json::from_value(serde_json::json!({
            "quiet_hours": {"from": format!("{from:02}:00"), "to": format!("{to:02}:00")},
            "cap": {"messages": messages, "per": format!("{per}h")},
        })).unwrap();
        let overrides = serde_json::from_str(send_at).unwrap();
        let mut state = State::default();
        for (number, at) in sent.iter().enumerate() {
            state.sent.note(&number.to_string(), at * MINUTE);
        }
        let to = Recipient { id: "ada", unsubscribed: false, zone: &UTC, state: &state };
        let (now, since) = (now * MINUTE, (now - waited) * MINUTE);
        let message = Asking {
            effect: "new",
            channel: Channel::Push,
            address: None,
            since,
            decided: false,
            expires: expires.map(|after| since + after * MINUTE),
        };
        let deadline = message.expires.map_or(since + WAIT_MS_MAX, |at| at.min(since + WAIT_MS_MAX));
        match settings.rule(&overrides, &to, &message, now) {
            Ruling::Send => prop_assert!(now <= deadline),
            Ruling::Later { at, .. } => {
                prop_assert!(now < at && at <= deadline);
                prop_assert_eq!(settings.rule(&overrides, &to, &message, at), Ruling::Send);
                // And not sooner.
                let sooner = settings.rule(&overrides, &to, &message, at - 1);
                let keeps = matches!(sooner, Ruling::Later { at: again, .. } if again == at);
                prop_assert!(keeps, "{:?}", sooner);
            }
            Ruling::Skip { .. } => {}
        }
    }
}
