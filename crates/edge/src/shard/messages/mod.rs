//! What the Worker and a shard say to each other. No logic: `shard::mod` answers, routes ask.

mod sends;

use std::collections::{BTreeMap, BTreeSet};

use rekindle_core::{
    backtest::Forecast,
    experiment::Sticky,
    rule::Rule,
    series::{
        Channel, Metric, Outgoing, Reaction, Run, SegmentSpec, SeriesSpec, StepSpec,
        policy::Settings,
    },
    value::Value,
};
use serde::{Deserialize, Serialize};

pub(crate) use self::sends::{
    CLAIM_MS, Claimed, Failed, Heard, Prefer, Preference, Preferences, PutOff, Queued, Reports,
    Settled,
};

/// One thing to store: checked at the border, a person and an id are there.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Item {
    /// Its place in the request, for telling what was refused.
    pub(crate) index: usize,
    /// The person's id; for a reaction, the person is found through the effect.
    pub(crate) person: String,
    /// The id of the message, for telling a repeat.
    pub(crate) id: String,
    /// Whether the sender gave it none.
    #[serde(skip)]
    pub(crate) is_unnamed: bool,
    /// When the sender says it happened, Unix ms.
    pub(crate) at: Option<i64>,
    /// When the sender says it was sent, Unix ms.
    pub(crate) sent_at: Option<i64>,
    /// Whether the company's app gave the person's id; an anonymous visitor's is the browser's own.
    pub(crate) known: bool,
    /// Whether a file tells it afterwards: then it lets no one into a series.
    pub(crate) imported: bool,
    /// What it is.
    pub(crate) kind: ItemKind,
}

/// What an item is.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ItemKind {
    /// The person did something.
    Event {
        name: String,
        properties: BTreeMap<String, Value>,
        active: bool,
    },
    /// Attributes were set.
    Identify { attributes: BTreeMap<String, Value> },
    /// The person did something with a message.
    Reaction { effect: String, reaction: Reaction },
    /// A device takes push notifications.
    Subscribe(Device),
    /// It does not any more.
    Unsubscribe { endpoint: String },
    /// A visitor turned out to be the person: what chance gave them comes along.
    Inherit { visitor: Sticky, since: Option<i64> },
    /// The person is an anonymous visitor who turned out to be this one.
    Join { into: String },
    /// The same, where nothing else was asked for: it is refused with the reason.
    Alias { into: String },
    /// The person is of a company, of which these attributes were set. For the company's own shard.
    Group {
        company: String,
        traits: BTreeMap<String, Value>,
    },
    /// The person is of a company since then, which is this. From the company's shard.
    Company {
        company: String,
        joined: i64,
        traits: BTreeMap<String, Value>,
    },
}

/// A push subscription.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Device {
    /// Where its push service listens.
    pub(crate) endpoint: String,
    /// Its public key, base64url.
    pub(crate) p256dh: String,
    /// Its authentication secret, base64url.
    pub(crate) auth: String,
}

/// Store these.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Ingest {
    pub(crate) items: Vec<Item>,
    /// The inbox that the browser holds: its person and its hash.
    pub(crate) inbox: Option<(String, u64)>,
}

/// They are stored.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Ingested {
    /// The shard's clock, Unix ms.
    pub(crate) now: i64,
    /// How many rows storing them wrote.
    pub(crate) rows: u64,
    /// Whether the browser holds the right inbox.
    pub(crate) inbox: HeldInbox,
    /// What was not stored after all.
    pub(crate) refused: Vec<Refused>,
}

/// An item that was not stored, and what would mend it.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Refused {
    /// Its place in the request.
    pub(crate) index: usize,
    pub(crate) message: String,
}

/// What is to become of the inbox that a browser holds.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum HeldInbox {
    /// It is the right one, or none was asked about.
    Current,
    /// These bytes take its place.
    Replaced(Vec<u8>),
    /// Nothing is live any more.
    Emptied,
}

/// Where a page of an export begins: companies come first, then people, of each their events.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Place {
    /// The last company and member, while there are more.
    pub(crate) members: Option<(String, String)>,
    /// The last person who is out.
    pub(crate) person: String,
    /// The person whose events are being written, and the last event.
    pub(crate) within: Option<(String, String)>,
    /// Whether the companies are out.
    pub(crate) past_companies: bool,
}

/// A page of lines, and where the next begins.
#[derive(Serialize, Deserialize)]
pub(crate) struct Lines {
    pub(crate) text: String,
    pub(crate) next: Option<Place>,
}

/// A page of a list, by key.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct PageOf {
    /// What the list is of: a segment's or a person's id.
    pub(crate) of: String,
    /// Only what comes after this key.
    pub(crate) after: String,
    /// At most this many.
    pub(crate) limit: u32,
}

/// How many people are in a segment.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Counted {
    pub(crate) count: u64,
    pub(crate) as_of: i64,
}

/// A person in a segment.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Member {
    pub(crate) id: String,
    pub(crate) since: i64,
}

/// A person, for the admin API.
#[derive(Debug, Serialize)]
pub(crate) struct PersonView {
    pub(crate) id: String,
    pub(crate) attributes: BTreeMap<String, Value>,
    pub(crate) first_seen: Option<i64>,
    pub(crate) last_seen: Option<i64>,
    /// The segments that they are in.
    pub(crate) segments: Vec<Membership>,
    /// Their latest run through each series.
    pub(crate) enrollments: Vec<Enrollment>,
    /// What they let write to them.
    pub(crate) subscriptions: SubscriptionsView,
    /// The devices that take push notifications.
    pub(crate) devices: Vec<DeviceView>,
    /// When the next timer of theirs fires, Unix ms.
    pub(crate) due: Option<i64>,
}

/// A segment that a person is in.
#[derive(Debug, Serialize)]
pub(crate) struct Membership {
    pub(crate) id: String,
    pub(crate) since: i64,
    /// When the answer may change if nothing else happens, Unix ms.
    pub(crate) flips_at: Option<i64>,
}

/// What a person lets write to them.
#[derive(Debug, Serialize)]
pub(crate) struct SubscriptionsView {
    /// Whether they have not left everything.
    pub(crate) all: bool,
    /// Each type by its id.
    pub(crate) types: BTreeMap<String, bool>,
}

/// A device that takes push notifications. Its address stays here: who knows it can push to it.
#[derive(Debug, Serialize)]
pub(crate) struct DeviceView {
    pub(crate) id: String,
    pub(crate) kind: String,
    /// Since when it is known, Unix ms.
    pub(crate) since: Option<i64>,
}

/// A message to a person.
#[derive(Debug, Serialize)]
pub(crate) struct MessageView {
    pub(crate) effect: String,
    pub(crate) series: String,
    pub(crate) step: String,
    pub(crate) variant: Option<String>,
    pub(crate) channel: Channel,
    /// What became of it.
    pub(crate) state: String,
    /// Why, where there is something to say.
    pub(crate) reason: Option<String>,
    /// When it was decided, Unix ms.
    pub(crate) at: i64,
    pub(crate) shown_at: Option<i64>,
    pub(crate) opened_at: Option<i64>,
    pub(crate) clicked_at: Option<i64>,
}

/// What was taken out of one person.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Erased {
    /// Under which ids there was someone: the person's, and those of visitors whom they were.
    pub(crate) ids: Vec<String>,
    pub(crate) people: u64,
    pub(crate) events: u64,
    pub(crate) memberships: u64,
    /// Effects of which it was kept whose they were.
    pub(crate) messages: u64,
    /// Messages that had not left.
    pub(crate) sends: u64,
    pub(crate) devices: u64,
    /// Visitors who were known to be this person.
    pub(crate) visitors: u64,
}

/// A person's run through a series.
#[derive(Debug, Serialize)]
pub(crate) struct Enrollment {
    pub(crate) series: String,
    #[serde(flatten)]
    pub(crate) run: Run,
}

/// How many wait at a place of a series.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Waiting {
    pub(crate) version: u32,
    /// The step; absent for those who are held out.
    pub(crate) step: Option<String>,
    pub(crate) people: u64,
    /// The earliest instant that one of them should have moved on at, Unix ms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) since: Option<i64>,
}

/// An event of a person.
#[derive(Debug, Serialize)]
pub(crate) struct EventView {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) at: i64,
    pub(crate) properties: serde_json::Value,
}

/// Explain a segment or a series for a person.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Explain {
    pub(crate) person: String,
    pub(crate) segment: Option<String>,
    pub(crate) series: Option<String>,
}

/// One number of a report.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Counter {
    pub(crate) version: u32,
    /// Of a way or a variant, the step and its name; empty for what is counted per series.
    pub(crate) step: String,
    pub(crate) metric: Metric,
    /// The day, counted from 1970-01-01 in UTC.
    pub(crate) day: i64,
    pub(crate) count: u64,
}

/// One number of all versions together, of the days that were asked for.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Figure {
    pub(crate) series: String,
    pub(crate) metric: Metric,
    /// Whether it is of the steps, and not of the series.
    pub(crate) of_step: bool,
    pub(crate) count: u64,
}

/// Who is behind a number of a report.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Behind {
    pub(crate) series: String,
    pub(crate) metric: Metric,
    pub(crate) step: Option<String>,
    pub(crate) variant: Option<String>,
    pub(crate) version: Option<u32>,
    /// Only what happened from the first to before the second, Unix ms.
    pub(crate) within: (i64, i64),
    /// Only those after this id.
    pub(crate) after: String,
    /// How many to tell of.
    pub(crate) limit: u32,
    /// How many to look at.
    pub(crate) look: u32,
}

/// Someone behind a number.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct PersonBehind {
    pub(crate) id: String,
    /// When it happened last, Unix ms.
    pub(crate) at: i64,
    /// In how many of the runs that are kept.
    pub(crate) times: u64,
}

/// Who was found behind a number.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct FoundBehind {
    pub(crate) people: Vec<PersonBehind>,
    pub(crate) looked_at: u32,
    /// The last who was looked at; absent once everyone was.
    pub(crate) reached: Option<String>,
}

/// A message that was given up.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct DeadLetter {
    pub(crate) effect: String,
    pub(crate) person: String,
    pub(crate) series: String,
    pub(crate) step: String,
    pub(crate) channel: Channel,
    pub(crate) reason: String,
    /// When it was given up, Unix ms.
    pub(crate) at: i64,
    /// How often it was given up.
    pub(crate) attempts: i64,
}

/// Replay what is stored of people through drafts.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Replay {
    pub(crate) series: String,
    /// One, or two to be compared.
    pub(crate) drafts: Vec<SeriesSpec>,
    pub(crate) segments: BTreeMap<String, SegmentSpec>,
    pub(crate) settings: Settings,
    /// The first instant, Unix ms.
    pub(crate) from: i64,
    /// The end, Unix ms; excluded.
    pub(crate) to: i64,
    /// Only those after this id.
    pub(crate) after: String,
}

/// What would have happened to a slice of people.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Replayed {
    /// One for each draft.
    pub(crate) forecasts: Vec<Forecast>,
    /// The last who was replayed; absent once everyone was.
    pub(crate) reached: Option<String>,
}

/// Fill in a message for a person.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Render {
    pub(crate) person: String,
    pub(crate) series: String,
    /// The step, by itself.
    pub(crate) step: StepSpec,
    /// The address to fill it in for, instead of their own.
    pub(crate) to: Option<String>,
}

/// A message that was filled in, or why it cannot be.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Rendered {
    NoPerson,
    Refused(String),
    Done {
        outgoing: Outgoing,
        devices: Vec<Device>,
        now: i64,
    },
}

/// How a shard is.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct ShardStatus {
    pub(crate) people: u64,
    pub(crate) devices: u64,
    /// When the first event came in, Unix ms.
    pub(crate) first_event_at: Option<i64>,
    pub(crate) backlog: Backlog,
}

/// What a shard has still to do, and how late it is: cheap to ask, however many people there are.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Backlog {
    /// Messages that wait to leave now.
    pub(crate) waiting: u64,
    /// When the oldest of them was decided, Unix ms.
    pub(crate) oldest_waiting_at: Option<i64>,
    /// Messages that failed and are tried again later.
    pub(crate) put_off: u64,
    pub(crate) dead_letters: u64,
    /// Timers that are due and have not fired.
    pub(crate) overdue_timers: u64,
    /// The instant of the earliest of them.
    pub(crate) oldest_timer_at: Option<i64>,
    /// What its tables take, bytes.
    pub(crate) stored_bytes: u64,
    /// When the newest event came in.
    pub(crate) last_event_at: Option<i64>,
}

/// The earlier of two instants, of which either may not be known.
pub(crate) fn earliest(one: Option<i64>, other: Option<i64>) -> Option<i64> {
    one.into_iter().chain(other).min()
}

impl Backlog {
    /// Adds that of another shard.
    pub(crate) fn add(&mut self, other: &Self) {
        self.waiting += other.waiting;
        self.oldest_waiting_at = earliest(self.oldest_waiting_at, other.oldest_waiting_at);
        self.put_off += other.put_off;
        self.dead_letters += other.dead_letters;
        self.overdue_timers += other.overdue_timers;
        self.oldest_timer_at = earliest(self.oldest_timer_at, other.oldest_timer_at);
        self.stored_bytes += other.stored_bytes;
        self.last_event_at = self.last_event_at.max(other.last_event_at);
    }
}

/// The names seen in the data.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct NamesSeen {
    pub(crate) attributes: BTreeSet<String>,
    pub(crate) events: BTreeSet<String>,
}

/// What is known of an attribute.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct AttributeSeen {
    /// The kinds of its values.
    pub(crate) kinds: BTreeSet<String>,
    /// How many of those who were looked at have it.
    pub(crate) people: u64,
}

/// The names in the data, with what a sample of people says of them.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct DataSeen {
    pub(crate) attributes: BTreeMap<String, AttributeSeen>,
    /// Events, with how many of those who were looked at performed them.
    pub(crate) events: BTreeMap<String, u64>,
    /// How many people were looked at.
    pub(crate) looked_at: u64,
}

/// Which values are asked for.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ValuesOf {
    /// Those of an attribute.
    Attribute(String),
    /// Those of an event's properties.
    Event(String),
}

/// How often which value was seen, by name of the attribute or property; values as JSON.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Tally {
    pub(crate) values: BTreeMap<String, BTreeMap<String, u64>>,
    /// How many people were looked at.
    pub(crate) looked_at: u64,
}

/// Find people.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Find {
    /// For whom this holds; segments are in place.
    pub(crate) rule: Option<Rule>,
    /// Who are in this segment.
    pub(crate) segment: Option<String>,
    /// Whose id, address or name has this in it.
    pub(crate) text: Option<String>,
    /// Only those after this id.
    pub(crate) after: String,
    /// How many to tell of.
    pub(crate) limit: u32,
    /// How many to look at.
    pub(crate) look: u32,
    /// Whether to look no further once there are as many as are told of.
    pub(crate) until_full: bool,
}

/// Who was found.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Found {
    /// Each as the API tells of them.
    pub(crate) people: Vec<serde_json::Value>,
    /// How many fit.
    pub(crate) matched: u64,
    pub(crate) looked_at: u32,
    /// The last who was looked at; absent once everyone was.
    pub(crate) reached: Option<String>,
    pub(crate) as_of: i64,
}

/// How many people are in each segment, and by how many each grew on which day.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Sizes {
    pub(crate) as_of: i64,
    pub(crate) counts: Vec<(String, i64)>,
    /// Segment, day (from 1970-01-01 in UTC) and growth.
    pub(crate) growth: Vec<(String, i64, i64)>,
}

/// Development: how far a shard came on its way to an instant.
#[cfg(feature = "dev")]
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Advanced {
    /// Timers fired by this call.
    pub(crate) fired: u64,
    /// Whether it has arrived and nothing is on its way out.
    pub(crate) done: bool,
}
