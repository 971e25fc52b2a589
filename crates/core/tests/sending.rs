//! What the steps of a series say about sending, and what is heard of a mail after it has left.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use rekindle_core::{
    series::{
        Feedback, Identified, Input, MailProvider, Metric, Migration, Outgoing, SeriesSpec,
        effect_id,
    },
    world::World,
};
use serde_json::{Value as Json, json};

const START: i64 = 1_767_225_600_000;

fn series(steps: &Json) -> SeriesSpec {
    let series = json!({
        "name": "Hello", "audience": "plan is \"pro\"", "exit": "performed \"Done\"", "steps": steps,
    });
    serde_json::from_value(series).unwrap()
}

/// A world in which Ada has been sent these steps.
fn world(steps: &Json) -> World {
    let mut world = World::new(START);
    world
        .publish("hello", series(steps), Migration::Stay)
        .unwrap();
    let attributes = json!({ "plan": "pro", "email": "ada@example.com", "name": "Ada" });
    world.input(
        "ada",
        Input::Identify(Identified {
            at: START,
            attributes: serde_json::from_value(attributes).unwrap(),
        }),
    );
    world
}

fn hear(world: &mut World, step: &str, feedback: Feedback) {
    let input = Input::Heard {
        effect: effect_id("ada", "hello", 1, step),
        feedback,
        address: None,
        at: world.now(),
    };
    world.input("ada", input);
}

const HEARD: [Metric; 3] = [Metric::Bounced, Metric::Complained, Metric::Unsubscribed];

#[test]
fn a_mail_that_comes_back_is_counted_once_and_shuts_the_address() {
    let mut world = world(&json!([
        { "id": "one", "kind": "email", "subject": "s", "body": "b" },
        { "id": "two", "kind": "email", "subject": "s", "body": "b" },
        { "id": "three", "kind": "email", "delay": "1h", "subject": "s", "body": "b" },
    ]));
    for _ in 0..2 {
        hear(
            &mut world,
            "one",
            Feedback::Bounced("no such user".to_owned()),
        );
    }
    // It left before the address was known to be shut.
    hear(
        &mut world,
        "two",
        Feedback::Bounced("no such user".to_owned()),
    );
    let count = |world: &World, step| HEARD.map(|metric| world.count("hello", Some(step), metric));
    assert_eq!(count(&world, "one"), [1, 0, 0]);
    assert_eq!(count(&world, "two"), [1, 0, 0]);
    assert_eq!(world.count("hello", Some("one"), Metric::Sent), 1);
    world.advance_to(START + 2 * 3_600_000);
    assert_eq!(world.mailbox().count(), 2, "the third is not sent");
    assert_eq!(world.count("hello", Some("three"), Metric::Skipped), 1);
}

#[test]
fn a_complaint_counts_once_an_address_and_leaving_for_the_mail() {
    let mut world = world(&json!([
        { "id": "one", "kind": "email", "subject": "s", "body": "b" },
        { "id": "two", "kind": "email", "subject": "s", "body": "b" },
    ]));
    for step in ["one", "one", "two"] {
        hear(&mut world, step, Feedback::Complained);
    }
    hear(&mut world, "two", Feedback::Unsubscribed);
    let count = |step| HEARD.map(|metric| world.count("hello", Some(step), metric));
    assert_eq!(count("one"), [0, 1, 0]);
    assert_eq!(count("two"), [0, 0, 1]);
}

#[test]
fn what_is_heard_of_a_mail_that_was_never_sent_counts_for_nothing() {
    let mut world = world(&json!([
        { "id": "later", "kind": "email", "delay": "1h", "subject": "s", "body": "b" },
    ]));
    hear(&mut world, "later", Feedback::Bounced("b".to_owned()));
    hear(&mut world, "gone", Feedback::Complained);
    let count = |step| HEARD.map(|metric| world.count("hello", Some(step), metric));
    assert_eq!((count("later"), count("gone")), ([0; 3], [0; 3]));
}

#[test]
fn a_mail_names_its_provider_and_a_push_its_picture_and_buttons() {
    let world = world(&json!([
        { "id": "mail", "kind": "email", "subject": "s", "body": "b", "provider": "postmark" },
        { "id": "push", "kind": "push", "title": "t", "body": "b", "image": "https://a.example/b.jpg",
          "actions": [{ "label": "Yes, {{ name }}", "url": "https://a.example/yes" }] },
    ]));
    let mail = world.mailbox().next().unwrap();
    assert!(matches!(
        mail.send.outgoing,
        Outgoing::Email {
            provider: Some(MailProvider::Postmark),
            ..
        }
    ));
    let push = world.pushes().next().unwrap();
    let Outgoing::Push { image, actions, .. } = &push.send.outgoing else {
        panic!("a push is a push");
    };
    assert_eq!(image.as_deref(), Some("https://a.example/b.jpg"));
    let button = ("Yes, Ada".to_owned(), "https://a.example/yes".to_owned());
    assert_eq!(*actions, [button]);
}

#[test]
fn what_a_step_cannot_have_is_named_with_its_mend() {
    let button = json!({ "label": "l", "url": "https://a.example" });
    for (step, expected) in [
        (
            json!({ "kind": "push", "title": "t", "body": "b", "actions": [button, button] }),
            None,
        ),
        (
            json!({ "kind": "push", "title": "t", "body": "b", "actions": [button, button, button] }),
            Some("3 in `actions` are more than 2: use fewer"),
        ),
        (
            json!({ "kind": "push", "title": "t", "body": "b", "image": "b.jpg" }),
            Some("`image` is `b.jpg`: write a whole address that begins with https://"),
        ),
        (
            json!({ "kind": "push", "title": "t", "body": "b", "provider": "smtp" }),
            Some("`provider`"),
        ),
        (
            json!({ "kind": "email", "subject": "s", "body": "b", "image": "https://a.example/b" }),
            Some("`image`"),
        ),
    ] {
        let mut step = step;
        step["id"] = "one".into();
        let published = World::new(START).publish("hello", series(&json!([step])), Migration::Stay);
        let found: Vec<String> = published
            .err()
            .into_iter()
            .flatten()
            .map(|finding| finding.message)
            .collect();
        match expected {
            None => assert_eq!(found, Vec::<String>::new()),
            Some(words) => assert!(found.iter().any(|one| one.contains(words)), "{found:?}"),
        }
    }
    for word in MailProvider::ALL.map(MailProvider::word) {
        let read: MailProvider = serde_json::from_value(word.into()).unwrap();
        assert_eq!(read.word(), word);
    }
}
