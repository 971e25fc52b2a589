//! What an admin sets: policies of the workspace, and what a series does differently.
//! Read strictly, with every bound that is broken named at once; answers no question itself.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{
    cap::{self, Cap},
    hooks::{Hook, check_hooks},
    is_default,
    priority::Priority,
    quiet::{self, QuietHours},
    retention::{Retention, check_retention},
    subscription::{SubscriptionType, TYPES_MAX},
    wall::TimeOfDay,
};
use crate::{hash::mix64_of, mail::Theme, rule::unknown, series::problems::Finding};

// LIMIT: a comparison is sharpest between halves; a larger holdout is a product switched off.
/// The largest share of people who may be held out, in percent.
pub(super) const HOLDOUT_PERCENT_MAX: u8 = 50;

// LIMIT: the longest name in the tz database has 32 letters, and our ids fit a line of a list.
pub(super) const NAME_LETTERS_MAX: usize = 64;

/// The policies of the workspace; none of them unless set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Spec", into = "Spec")]
pub struct Settings {
    /// The zone, as the tz database names it, of people whose own is not known; UTC if absent.
    pub timezone: Option<String>,
    /// When nothing may reach a person.
    pub quiet_hours: Option<QuietHours>,
    /// How many messages a person may get in how long.
    pub cap: Option<Cap>,
    /// The kinds of messages that people choose from, in the order in which they read them.
    pub subscription_types: Vec<SubscriptionType>,
    /// How many of a hundred people get no message at all, to compare the others with.
    pub holdout_percent: u8,
    /// How mails look.
    pub mail: Theme,
    /// The programs that are told what happens.
    pub webhooks: Vec<Hook>,
    /// For how long events are kept.
    pub retention: Retention,
}

/// The settings as they are written.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Spec {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    timezone: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    quiet_hours: Option<quiet::Spec>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cap: Option<cap::Spec>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    subscription_types: Vec<SubscriptionType>,
    #[serde(default, skip_serializing_if = "is_default")]
    holdout_percent: u32,
    #[serde(default, skip_serializing_if = "is_default")]
    mail: Theme,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    webhooks: Vec<Hook>,
    #[serde(default, skip_serializing_if = "Retention::is_empty")]
    retention: Retention,
}

impl TryFrom<Spec> for Settings {
    type Error = String;

    fn try_from(spec: Spec) -> Result<Self, String> {
        let mut problems = Vec::new();
        let mut kept = |problem: String| problems.push(problem);
        let quiet_hours = spec
            .quiet_hours
            .and_then(|quiet| QuietHours::try_from(quiet).map_err(&mut kept).ok());
        let cap = spec
            .cap
            .and_then(|cap| Cap::try_from(cap).map_err(&mut kept).ok());
        let holdout_percent = u8::try_from(spec.holdout_percent)
            .ok()
            .filter(|percent| *percent <= HOLDOUT_PERCENT_MAX);
        if holdout_percent.is_none() {
            kept(format!(
                "`holdout_percent` is 0 to {HOLDOUT_PERCENT_MAX}, not {}: hold out fewer",
                spec.holdout_percent
            ));
        }
        if spec
            .timezone
            .as_deref()
            .is_some_and(|name| !is_zone_name(name))
        {
            kept("`timezone` is a name of the tz database, such as `Europe/Berlin`".to_owned());
        }
        check_types(&spec.subscription_types, &mut kept);
        spec.mail.check(&mut kept);
        check_hooks(&spec.webhooks, &mut kept);
        check_retention(&spec.retention, &mut kept);
        if !problems.is_empty() {
            return Err(problems.join("; "));
        }
        Ok(Self {
            timezone: spec.timezone,
            quiet_hours,
            cap,
            subscription_types: spec.subscription_types,
            holdout_percent: holdout_percent.unwrap_or_default(),
            mail: spec.mail,
            webhooks: spec.webhooks,
            retention: spec.retention,
        })
    }
}

impl From<Settings> for Spec {
    fn from(settings: Settings) -> Self {
        Self {
            timezone: settings.timezone,
            quiet_hours: settings.quiet_hours.map(Into::into),
            cap: settings.cap.map(Into::into),
            subscription_types: settings.subscription_types,
            holdout_percent: u32::from(settings.holdout_percent),
            mail: settings.mail,
            webhooks: settings.webhooks,
            retention: settings.retention,
        }
    }
}

/// Whether the text has the form of a name in the tz database.
fn is_zone_name(name: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || b"/_+-".contains(&byte);
    (1..=NAME_LETTERS_MAX).contains(&name.len()) && name.bytes().all(is_letter)
}

pub(super) fn is_id(id: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=NAME_LETTERS_MAX).contains(&id.len()) && id.bytes().all(is_letter)
}

fn check_types(types: &[SubscriptionType], problem: &mut impl FnMut(String)) {
    if types.len() > TYPES_MAX {
        let count = types.len();
        problem(format!(
            "{count} subscription types are more than {TYPES_MAX}: join some"
        ));
    }
    let mut ids = BTreeSet::new();
    for of in types {
        let id = &of.id;
        if !is_id(id) {
            problem(format!(
                "`{id}` is no id of a subscription type: write 1 to {NAME_LETTERS_MAX} of `a` to \
                 `z`, digits and `-`"
            ));
        }
        if !ids.insert(id) {
            problem(format!(
                "two subscription types have the id `{id}`: rename one"
            ));
        }
        let letters = of.name.chars().count();
        if of.name.trim().is_empty() || letters > NAME_LETTERS_MAX {
            problem(format!(
                "the subscription type `{id}` needs a name of 1 to {NAME_LETTERS_MAX} letters for \
                 people to read"
            ));
        }
        if of.channels.is_empty() {
            problem(format!(
                "the subscription type `{id}` has no `channels`: name those that it covers"
            ));
        }
    }
}

impl Settings {
    /// The subscription type with this id.
    #[must_use]
    pub fn subscription_type(&self, id: &str) -> Option<&SubscriptionType> {
        self.subscription_types.iter().find(|of| of.id == id)
    }

    /// Whether a person is held out: gets no message at all.
    ///
    /// By a hash of their id, so that it never changes; a larger share holds out the same people
    /// and more.
    #[must_use]
    pub fn holds_out(&self, person: &str) -> bool {
        let hash = || mix64_of([&b"holdout"[..], person.as_bytes()]);
        self.holdout_percent > 0 && hash() % 100 < u64::from(self.holdout_percent)
    }
}

/// What one series does differently.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Overrides {
    /// Sends in quiet hours too, for what people wait for: a receipt, a password.
    #[serde(default, skip_serializing_if = "is_default")]
    pub ignore_quiet_hours: bool,
    /// Sends above the cap too. What is sent counts for other series all the same.
    #[serde(default, skip_serializing_if = "is_default")]
    pub ignore_cap: bool,
    /// How much it matters against other series.
    #[serde(default, skip_serializing_if = "is_default")]
    pub priority: Priority,
    /// The id of the subscription type that its messages are of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subscription: Option<String>,
    /// What becomes of a message that quiet hours or the cap hold back.
    #[serde(default, skip_serializing_if = "is_default")]
    pub when_blocked: WhenBlocked,
    /// The time of day at which its messages leave; at once where it is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub send_at: Option<SendAt>,
}

/// What becomes of a message that quiet hours or the cap hold back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WhenBlocked {
    /// It waits until it may leave.
    #[default]
    Wait,
    /// It is passed over.
    Skip,
}

/// A time of day at which messages leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum SendAt {
    /// The hour at which the person is usually there; at once while that is not known.
    UsualHour,
    /// A time on their wall.
    Time(TimeOfDay),
}

const USUAL_HOUR: &str = "usual hour";

impl TryFrom<String> for SendAt {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        if text == USUAL_HOUR {
            return Ok(Self::UsualHour);
        }
        TimeOfDay::parse(&text)
            .map(Self::Time)
            .map_err(|error| format!("{error}, or `{USUAL_HOUR}`"))
    }
}

impl From<SendAt> for String {
    fn from(send_at: SendAt) -> Self {
        match send_at {
            SendAt::UsualHour => USUAL_HOUR.to_owned(),
            SendAt::Time(time) => time.to_string(),
        }
    }
}

impl Overrides {
    /// What in it does not fit the workspace.
    #[must_use]
    pub fn problems(&self, settings: &Settings) -> Vec<Finding> {
        let known = || settings.subscription_types.iter().map(|of| of.id.as_str());
        self.subscription
            .iter()
            .filter(|id| settings.subscription_type(id).is_none())
            .map(|id| {
                let unknown = unknown("subscription type", id, known());
                let message = format!("{unknown}: name one that the settings define");
                Finding::error(None, "unknown_subscription", message)
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{hooks::HOOKS_MAX, retention::EVENTS_MAX},
        *,
    };

    fn check<T>(json: &str, expected: Result<&str, &[&str]>)
    where
        T: serde::de::DeserializeOwned + Serialize + std::fmt::Debug,
    {
        match (serde_json::from_str::<T>(json), expected) {
            (Ok(read), Ok(written)) => assert_eq!(serde_json::to_string(&read).unwrap(), written),
            (Err(error), Err(parts)) => {
                let error = error.to_string();
                let missing: Vec<_> = parts
                    .iter()
                    .filter(|part| !error.contains(**part))
                    .collect();
                assert!(missing.is_empty(), "{error}: {missing:?}");
            }
            (read, expected) => panic!("{json}: {read:?}, expected {expected:?}"),
        }
    }

    #[test]
    fn settings_are_read_with_all_their_problems() {
        let full = r#"{"timezone":"Europe/Berlin","quiet_hours":{"from":"21:00","to":"08:00","days":["friday"],"channels":["push"]},"cap":{"messages":3,"per":"7d"},"subscription_types":[{"id":"news","name":"News","channels":["email"],"default":"off"}],"holdout_percent":50}"#;
        let told = r#"{"webhooks":[{"id":"crm","url":"https://crm.example.com","events":["message.opened","segment.entered"]}],"retention":{"*":"395d","Page Viewed":"90d"}}"#;
        for (json, expected) in [
            ("{}", Ok("{}")),
            (full, Ok(full)),
            (
                r#"{"quiet_hours": {"from": "09:00", "to": "09:00", "days": ["sun"]}}"#,
                Ok(r#"{"quiet_hours":{"from":"09:00","to":"09:00","days":["sunday"]}}"#),
            ),
            (
                r#"{"quite_hours": {}}"#,
                Err(&["unknown field `quite_hours`"][..]),
            ),
            (
                r#"{"quiet_hours": {"from": "21:00"}}"#,
                Err(&["missing field `to`"]),
            ),
            (
                r#"{"quiet_hours": {"from": "9pm", "to": "08:00"}}"#,
                Err(&["`9pm` is not a time"]),
            ),
            (
                r#"{"timezone": "", "quiet_hours": {"from": "09:00", "to": "09:00"},
                    "cap": {"messages": 0, "per": "7d"}, "holdout_percent": 51,
                    "subscription_types": [
                        {"id": "News!", "name": " ", "channels": []},
                        {"id": "a", "name": "A", "channels": ["email"]},
                        {"id": "a", "name": "A", "channels": ["email"]}]}"#,
                Err(&[
                    "such as `Europe/Berlin`",
                    "leave no time to send",
                    "1 to 100 messages, not 0",
                    "0 to 50, not 51",
                    "`News!` is no id",
                    "needs a name of 1 to 64 letters",
                    "has no `channels`",
                    "two subscription types have the id `a`",
                ]),
            ),
            (
                r#"{"quiet_hours": {"from": "21:00", "to": "08:00", "channels": []}}"#,
                Err(&["`channels` is empty"]),
            ),
            (told, Ok(told)),
            (
                r#"{"webhooks": [{"id": "Crm", "url": "crm", "events": []},
                                 {"id": "a", "url": "https://a", "events": ["message.opend"]},
                                 {"id": "a", "url": "https://a", "events": ["message.sent"]}],
                    "retention": {"Page Viewed": "23h"}}"#,
                Err(&[
                    "`Crm` is no id of a webhook",
                    "the webhook `Crm` has no address",
                    "the webhook `Crm` has no `events`",
                    "did you mean `message.opened`?",
                    "two webhooks have the id `a`",
                    "`retention` keeps `Page Viewed` for less than 1d",
                ]),
            ),
            (
                r#"{"timezone": "Mars/Crater of Gale"}"#,
                Err(&["a name of the tz database"]),
            ),
        ] {
            check::<Settings>(json, expected);
        }
    }

    #[test]
    fn there_are_so_many_types_and_no_more() {
        let settings = |count: usize| {
            let types: Vec<_> = (0..count)
                .map(|n| serde_json::json!({"id": format!("t{n}"), "name": "T", "channels": ["push"]}))
                .collect();
            serde_json::from_value::<Settings>(serde_json::json!({"subscription_types": types}))
        };
        assert!(settings(TYPES_MAX).is_ok());
        let error = settings(TYPES_MAX + 1).unwrap_err().to_string();
        assert!(
            error.contains("51 subscription types are more than 50"),
            "{error}"
        );
        let id = |letters| "a".repeat(letters);
        assert!(is_id(&id(64)) && !is_id(&id(65)) && !is_id(""));
        assert!(is_zone_name(&id(64)) && !is_zone_name(&id(65)));
    }

    #[test]
    fn there_are_so_many_webhooks_and_spans_and_no_more() {
        let settings = |hooks: usize, spans: usize| {
            let hook = |n| serde_json::json!({"id": format!("h{n}"), "url": "https://a", "events": ["message.sent"]});
            let hooks: Vec<_> = (0..hooks).map(hook).collect();
            let spans: serde_json::Map<_, _> = (0..spans)
                .map(|n| (format!("E{n}"), "90d".into()))
                .collect();
            let json = serde_json::json!({"webhooks": hooks, "retention": spans});
            serde_json::from_value::<Settings>(json).map_err(|error| error.to_string())
        };
        assert!(settings(HOOKS_MAX, EVENTS_MAX).is_ok());
        let error = settings(HOOKS_MAX + 1, EVENTS_MAX + 1).unwrap_err();
        assert!(error.contains("11 webhooks are more than 10"), "{error}");
        assert!(error.contains("names 201 events"), "{error}");
    }

    #[test]
    fn overrides_are_read() {
        let full = r#"{"ignore_quiet_hours":true,"ignore_cap":true,"priority":90,"subscription":"news","when_blocked":"skip","send_at":"usual hour"}"#;
        for (json, expected) in [
            ("{}", Ok("{}")),
            (full, Ok(full)),
            (r#"{"send_at":"09:30"}"#, Ok(r#"{"send_at":"09:30"}"#)),
            (r#"{"priority": 50, "when_blocked": "wait"}"#, Ok("{}")),
            (r#"{"priority": 101}"#, Err(&["from 0 to 100"][..])),
            (
                r#"{"send_at": "noon"}"#,
                Err(&["`noon` is not a time of day", "or `usual hour`"]),
            ),
            (
                r#"{"when_blocked": "drop"}"#,
                Err(&["expected `wait` or `skip`"]),
            ),
            (
                r#"{"ignore_caps": true}"#,
                Err(&["unknown field `ignore_caps`"]),
            ),
        ] {
            check::<Overrides>(json, expected);
        }
    }

    #[test]
    fn a_series_names_a_type_that_there_is() {
        let settings = |json| serde_json::from_str::<Settings>(json).unwrap();
        let overrides = Overrides {
            subscription: Some("new".to_owned()),
            ..Overrides::default()
        };
        let none = overrides.problems(&settings("{}"));
        assert!(
            none[0]
                .message
                .ends_with("`new`: name one that the settings define")
        );
        let news = settings(
            r#"{"subscription_types": [{"id": "news", "name": "News", "channels": ["email"]}]}"#,
        );
        assert!(
            overrides.problems(&news)[0]
                .message
                .contains("did you mean `news`?")
        );
        let found = Overrides {
            subscription: Some("news".to_owned()),
            ..overrides
        };
        assert_eq!(found.problems(&news), []);
        assert_eq!(Overrides::default().problems(&news), []);
    }

    #[test]
    fn a_larger_holdout_holds_out_the_same_people_and_more() {
        let share = |holdout_percent: u8| Settings {
            holdout_percent,
            ..Settings::default()
        };
        let people: Vec<String> = (0..20_000).map(|n| format!("person-{n}")).collect();
        let held = |percent| {
            let settings = share(percent);
            people
                .iter()
                .filter(move |id| settings.holds_out(id))
                .collect::<BTreeSet<_>>()
        };
        let (none, few, half) = (held(0), held(5), held(50));
        assert!(none.is_empty() && few.is_subset(&half));
        // Four standard deviations of a binomial count around its mean.
        assert!((877..=1_123).contains(&few.len()), "{}", few.len());
        assert!((9_718..=10_282).contains(&half.len()), "{}", half.len());
    }
}
