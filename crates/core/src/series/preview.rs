//! What a message would say to somebody, asked while it is written. Decides nothing and sends nothing:
//! caps, quiet hours and targeting are not asked.

use std::collections::BTreeMap;

use super::{
    definition::{self, Message},
    effect::Outgoing,
    inbox,
    person::Person,
    problems::Finding,
    spec::StepSpec,
    step::Known,
};
use crate::{mail::Theme, wire};

/// What a message says.
#[derive(Clone, Debug, PartialEq)]
pub enum Said {
    /// Something that leaves: a mail, a push notification, a request.
    Outgoing(Outgoing),
    /// A message in the app.
    InApp(wire::InApp),
}

/// Fills in what a step says, for a person at an instant (Unix ms); a mail looks as `theme` says. A
/// mail to somebody without an address is addressed to nobody.
///
/// # Errors
/// Everything that keeps the step from saying it, as [`problems`](super::problems()) would tell it.
pub fn preview(
    step: &StepSpec,
    person: &Person,
    theme: &Theme,
    now: i64,
) -> Result<Said, Vec<Finding>> {
    let message = definition::message(step)?;
    let event = BTreeMap::new();
    let known = Known {
        person,
        event: &event,
    };
    let said = match &message {
        Message::InApp(message) => inbox::fill(message, &known, now).map(Said::InApp),
        other @ (Message::Email(_) | Message::Push(_) | Message::Webhook(_)) => {
            other.fill(&known, theme, now).map(Said::Outgoing).ok()
        }
    };
    said.ok_or_else(|| {
        let message = "the text runs into a limit of Liquid: make it shorter".to_owned();
        vec![Finding::error(Some(&step.id), "template", message)]
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{rule::Attribute, value::Value};

    fn step(json: &str) -> StepSpec {
        serde_json::from_str(json).expect("a step")
    }

    fn ana() -> Person {
        let mut person = Person::new("ana");
        let name = Attribute {
            value: Value::from("Ana"),
            at: 0,
        };
        person.attributes.insert("first_name".to_owned(), name);
        person
    }

    #[test]
    fn a_mail_is_filled_in_for_whom_it_is_shown() {
        let mail = step(
            r#"{"id": "m", "kind": "email", "subject": "Hi {{ first_name | default: \"there\" }}", "body": "**{{ id }}**"}"#,
        );
        let said = |person: &Person| match preview(&mail, person, &Theme::default(), 0) {
            Ok(Said::Outgoing(Outgoing::Email {
                subject, to, text, ..
            })) => (subject, to, text),
            other => panic!("{other:?}"),
        };
        assert_eq!(said(&ana()), ("Hi Ana".into(), String::new(), "ana".into()));
        assert_eq!(said(&Person::new("x")).0, "Hi there");
    }

    #[test]
    fn a_message_in_the_app_has_its_own_shape() {
        let bar = step(
            r#"{"id": "b", "kind": "in_app", "layout": "modal", "title": "Hi {{ first_name }}", "body": "x"}"#,
        );
        match preview(&bar, &ana(), &Theme::default(), 0) {
            Ok(Said::InApp(said)) => assert_eq!(said.title, "Hi Ana"),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn everything_that_is_wrong_is_told_at_once() {
        let mail = step(r#"{"id": "m", "kind": "email", "subject": "{{ x", "body": "{% if %}"}"#);
        let found = preview(&mail, &ana(), &Theme::default(), 0).unwrap_err();
        assert!(found.len() >= 2, "{found:?}");
        let wait = step(r#"{"id": "w", "kind": "wait", "for": "1d"}"#);
        let found = preview(&wait, &ana(), &Theme::default(), 0).unwrap_err();
        assert_eq!(found[0].code, "no_message");
    }
}
