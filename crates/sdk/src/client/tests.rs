//! Stories of one browser: what the person does, what the edge answers, what is on the screen.

use std::cell::{Cell, RefCell};

use rekindle_core::{
    residual::Residual,
    window::{Count, Window},
    wire::{Content, InApp, InboxItem, Layout, Nudge, Position, Repeat, encode},
};

use super::*;

thread_local! {
    static NOW: Cell<i64> = const { Cell::new(1_000_000) };
    static IDS: Cell<u32> = const { Cell::new(0) };
    static HAPPENED: RefCell<String> = const { RefCell::new(String::new()) };
    static WARNINGS: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

fn platform() -> Platform {
    Platform {
        now: || NOW.get(),
        uuid: || {
            IDS.set(IDS.get() + 1);
            format!("id-{}", IDS.get())
        },
        page: Page::default,
        visible: || true,
        happened: |effect, _| HAPPENED.with_borrow(|all| all.contains(effect)),
        warn: |text| WARNINGS.with_borrow_mut(|told| told.push(text.to_owned())),
    }
}

/// A page load: what earlier pages of the test kept is still there.
fn load(waits: bool) -> Client {
    let text = str::to_owned;
    let (write_key, api) = (text("wk_test"), text("https://edge"));
    let setting = Setting {
        write_key,
        api,
        locale: text("en"),
        zone: text("UTC"),
        gap_ms: 30_000,
    };
    let mut client = Client::new(platform(), setting, Storage::new("wk_test"), waits);
    client.boot(None, None, None);
    client
}

fn reply(status: u16, body: Vec<u8>) -> Reply {
    let now = Some(NOW.get());
    Reply {
        status,
        now,
        rejected: false,
        retry_after_s: 0,
        body,
    }
}

/// Sends everything; the edge answers each batch with this.
fn send(client: &mut Client, status: u16, body: &[u8]) -> Vec<String> {
    let mut bodies = Vec::new();
    while let Some(batch) = client.next_batch(queue::BATCH_BYTES_MAX) {
        bodies.push(batch.body.clone());
        if !client.batch_answered(&batch, Some(reply(status, body.to_vec()))) {
            break;
        }
    }
    bodies
}

fn screen(client: &mut Client) -> Vec<String> {
    let acts = client.take_acts();
    let shown = acts.into_iter().filter_map(|act| match act {
        Act::Show { effect, .. } => Some(effect),
        Act::TakeDown => Some("down".to_owned()),
        Act::Emit { .. } | Act::Sync { .. } | Act::SendNow => None,
    });
    shown.collect()
}

fn inbox(count: Count, known: Vec<i64>) -> Vec<u8> {
    let content = InApp {
        layout: Layout::Banner(Position::Top),
        title: "T".into(),
        body: "B".into(),
        cta: None,
    };
    let when = Residual::Event {
        name: "Logged In".into(),
        count,
        window: Window::Ever,
        known,
    };
    encode(&Inbox {
        bundle: 0,
        items: vec![InboxItem {
            effect: "e1".into(),
            live_from: 0,
            live_until: None,
            when,
            content: Content::Own(content),
        }],
    })
}

#[test]
fn a_message_is_due_in_the_call_that_makes_it_so() {
    let mut client = load(false);
    client.identify(Some("ann"), None);
    send(&mut client, 200, &inbox(Count::AtLeast(1), vec![]));
    assert!(screen(&mut client).is_empty());
    client.track("Logged In", None);
    assert_eq!(screen(&mut client), ["e1"]);
    client.shown("e1");
    client.react_on_screen(Reaction::Dismissed);
    assert_eq!(screen(&mut client), ["down"]);
    let sent = send(&mut client, 200, &[]).concat();
    assert!(sent.contains("\"messageId\":\"e1-shown\"") && sent.contains("\"kind\":\"dismissed\""));
}

#[test]
fn an_event_is_not_counted_here_and_by_the_inbox() {
    let mut client = load(false);
    client.identify(Some("ann"), None);
    send(&mut client, 200, &inbox(Count::Exactly(1), vec![]));
    client.track("Logged In", None);
    assert_eq!(screen(&mut client), ["e1"]);
    // The answer counts the event: here it no longer does.
    send(&mut client, 200, &inbox(Count::Exactly(1), vec![NOW.get()]));
    assert!(screen(&mut client).is_empty());
    assert!(
        client.facts().inbox.items[0]
            .when
            .eval(&client.history, NOW.get())
    );
    // Unchanged inboxes say nothing about new events: they go on counting here.
    client.track("Logged In", None);
    send(&mut client, 200, &[]);
    assert!(
        !client.facts().inbox.items[0]
            .when
            .eval(&client.history, NOW.get())
    );
}

#[test]
fn a_reload_knows_what_waits_and_what_is_held() {
    let mut client = load(false);
    client.identify(Some("ann"), None);
    send(&mut client, 200, &inbox(Count::AtLeast(1), vec![]));
    client.track("Logged In", None);
    let mut client = load(false);
    assert_eq!(screen(&mut client), ["e1"]);
    assert_eq!(send(&mut client, 200, &[]).len(), 1);
    assert!(!client.has_events());
}

#[test]
fn an_exit_takes_the_message_down() {
    let mut client = load(false);
    client.identify(Some("ann"), None);
    send(&mut client, 200, &inbox(Count::AtLeast(0), vec![]));
    assert_eq!(screen(&mut client), ["e1"]);
    client.track("Used Feature X", None);
    send(&mut client, 204, &[]);
    assert_eq!(screen(&mut client), ["down"]);
}

#[test]
fn another_person_sees_nothing_of_the_one_before_and_their_events_do_not_mix() {
    let mut client = load(false);
    client.track("Came", None);
    client.boot(Some("ann"), Some("proof-a"), None);
    send(&mut client, 200, &inbox(Count::AtLeast(0), vec![]));
    client.track("Bought", None);
    client.boot(Some("bob"), Some("proof-b"), None);
    assert_eq!(screen(&mut client), ["e1", "down"]);
    let sent = send(&mut client, 200, &[]);
    assert_eq!(sent.len(), 2);
    assert!(sent[0].contains("\"proof\":\"proof-a\"") && sent[0].contains("Bought"));
    assert!(sent[1].contains("\"proof\":\"proof-b\"") && sent[1].contains("\"userId\":\"bob\""));
    assert!(!sent[1].contains("ann"));
}

#[test]
fn the_edge_being_unwell_keeps_events_and_refusals_drop_them() {
    let mut client = load(false);
    client.track("Came", None);
    assert_eq!(send(&mut client, 503, &[]).len(), 1);
    assert!(client.rest_ms() >= 500 && client.has_events());
    assert_eq!(send(&mut client, 401, &[]).len(), 1);
    assert!(!client.has_events());
    assert!(WARNINGS.with_borrow(|told| told[0].contains("write key")));
}

#[test]
fn events_are_dated_by_the_clock_of_the_edge_when_they_leave() {
    let mut client = load(false);
    client.track("Came", None);
    let fetch = client.next_fetch().expect("a page begins by asking");
    let later = Reply {
        now: Some(86_401_000_000),
        ..reply(204, vec![])
    };
    client.fetch_answered(&fetch, Some(later));
    let sent = send(&mut client, 200, &[]).concat();
    assert!(
        sent.contains("\"timestamp\":\"1972-09-27T00:16:40.000Z\""),
        "{sent}"
    );
}

#[test]
fn nothing_is_recorded_before_consent_or_after_a_refusal() {
    let mut client = load(true);
    client.track("Came", None);
    assert!(send(&mut client, 200, &[]).is_empty());
    client.consent(true);
    client.track("Came", None);
    assert_eq!(send(&mut client, 200, &[]).len(), 1);
    client.consent(false);
    client.track("Came", None);
    assert!(send(&mut client, 200, &[]).is_empty());
    assert_eq!(Storage::new("wk_test").names(""), ["consent"]);
    let mut client = load(false);
    client.track("Came", None);
    assert!(send(&mut client, 200, &[]).is_empty());
}

#[test]
fn a_fresh_word_of_the_edge_is_not_undone_by_an_older_copy() {
    let mut client = load(false);
    client.identify(Some("ann"), None);
    send(&mut client, 204, &[]);
    let mut client = load(false);
    let fetch = client.next_fetch().expect("a page begins by asking");
    client.fetch_answered(&fetch, Some(reply(200, inbox(Count::AtLeast(0), vec![]))));
    assert!(screen(&mut client).is_empty());
    NOW.set(NOW.get() + COPY_LATE_MS);
    let mut client = load(false);
    let fetch = client.next_fetch().expect("a page begins by asking");
    client.fetch_answered(&fetch, Some(reply(200, inbox(Count::AtLeast(0), vec![]))));
    assert_eq!(screen(&mut client), ["e1"]);
}

/// An inbox of messages that each wait for something on the page.
fn waiting(effects: &[&str]) -> Vec<u8> {
    let item = |effect: &&str| InboxItem {
        effect: (*effect).into(),
        live_from: 0,
        live_until: None,
        when: Residual::Always(true),
        content: Content::Own(InApp {
            layout: Layout::Nudge(Nudge {
                repeat: Repeat::UntilClosed,
                trigger: "{}".into(),
                drawing: "{}".into(),
            }),
            title: String::new(),
            body: String::new(),
            cta: None,
        }),
    };
    encode(&Inbox {
        bundle: 0,
        items: effects.iter().map(item).collect(),
    })
}

#[test]
fn a_message_that_waits_for_the_page_does_not_hold_up_the_others() {
    let mut client = load(false);
    client.identify(Some("ann"), None);
    send(&mut client, 200, &waiting(&["e1", "e2"]));
    assert!(screen(&mut client).is_empty());
    happens(&mut client, "e2");
    assert_eq!(screen(&mut client), ["e2"]);
    client.shown("e2");
    happens(&mut client, "e1");
    assert!(screen(&mut client).is_empty(), "one at a time");
    client.react_on_screen(Reaction::Dismissed);
    client.evaluate();
    assert_eq!(screen(&mut client), ["down"]);
    NOW.set(NOW.get() + 29_999);
    client.evaluate();
    assert!(screen(&mut client).is_empty(), "the gap has not passed");
    NOW.set(NOW.get() + 1);
    client.evaluate();
    assert_eq!(screen(&mut client), ["e1"]);
}

#[test]
fn the_gap_between_messages_lasts_over_a_reload() {
    let mut client = load(false);
    client.identify(Some("ann"), None);
    send(&mut client, 200, &inbox(Count::AtLeast(0), vec![]));
    assert_eq!(screen(&mut client), ["e1"]);
    client.react_on_screen(Reaction::Dismissed);
    let mut client = load(false);
    send(&mut client, 200, &waiting(&["e2"]));
    happens(&mut client, "e2");
    assert!(screen(&mut client).is_empty());
    NOW.set(NOW.get() + 30_000);
    client.evaluate();
    assert_eq!(screen(&mut client), ["e2"]);
}

#[test]
fn what_could_not_be_shown_is_not_reported_as_shown() {
    let mut client = load(false);
    client.identify(Some("ann"), None);
    send(&mut client, 200, &waiting(&["e1"]));
    happens(&mut client, "e1");
    assert_eq!(screen(&mut client), ["e1"]);
    client.not_shown("e1");
    client.shown("e1");
    let sent = send(&mut client, 200, &[]).concat();
    assert!(!sent.contains("e1-shown"), "{sent}");
    client.evaluate();
    assert_eq!(screen(&mut client), ["e1"]);
    client.shown("e1");
    assert!(send(&mut client, 200, &[]).concat().contains("e1-shown"));
}

/// What the message of this effect waits for happens.
fn happens(client: &mut Client, effect: &str) {
    HAPPENED.with_borrow_mut(|all| all.push_str(effect));
    client.woke();
}
