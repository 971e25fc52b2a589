//! The state of the SDK and every decision it takes: who this is, what waits, what is due.
//! Performs nothing but storage: what must happen in the page or on the network is handed out as
//! [`Act`]s and requests, and answers are handed in.

mod talk;

pub(crate) use talk::{Batch, Fetch, Reply};

use std::mem;

use rekindle_core::wire::{self, Bundle, InApp, Inbox};

use crate::{
    choice::Facts,
    clock::Clock,
    history::{History, Page},
    item::{Object, Person, hex_of, number_of, one_line},
    ports,
    queue::{self, Queue, Waiting},
    seen::{Reaction, Seen},
    storage::{Storage, bytes_of},
};

/// What a page view is called in a person's history: the edge calls it the same.
const PAGE_VIEWED: &str = "Page Viewed";
/// How long events gather before they are sent.
const GATHER_MS: i64 = 300;
/// Where it is kept until when no message is put up.
const QUIET: &str = "quiet";
/// A breath between two messages.
const PAUSE_MS: i64 = 1_000;
// LIMIT: KV at the edge answers up to 60 s late, so that within a minute of the edge's own word the
// copy there may be older than what is held here.
const COPY_LATE_MS: i64 = 60_000;
/// How old an inbox grows on an open page before it is asked for again.
const INBOX_AGE_MS_MAX: i64 = 900_000;
// LIMIT: an address or a title beyond this says nothing more and would crowd out the event.
const PAGE_TEXT_BYTES_MAX: usize = 2_048;
// LIMIT: the person before this one, whose last events may still wait.
const PROOFS_MAX: usize = 2;

/// What the client asks of its surroundings.
#[derive(Clone, Copy)]
pub(crate) struct Platform {
    /// The device's clock, Unix milliseconds.
    pub(crate) now: fn() -> i64,
    /// A new random id.
    pub(crate) uuid: fn() -> String,
    /// The page that the visitor is on.
    pub(crate) page: fn() -> Page,
    /// Whether anyone can see it.
    pub(crate) visible: fn() -> bool,
    /// Whether what a message waits for, as JSON, has happened on the page. Watches for it from the
    /// first question on; then the page says `Woke`.
    pub(crate) happened: fn(&str, &str) -> bool,
    /// Tells the developer, once for each text.
    pub(crate) warn: fn(&str),
}

/// What must happen outside.
#[derive(Debug, PartialEq)]
pub(crate) enum Act {
    /// Put the message on the screen, then call [`Client::shown`] or [`Client::not_shown`].
    Show { effect: String, content: InApp },
    /// Take the message off the screen.
    TakeDown,
    /// Tell the page's listeners.
    Emit { event: &'static str, effect: String },
    /// Talk to the edge after this many milliseconds, or sooner if that is arranged already.
    Sync { delay_ms: i64 },
    /// Send what waits before the page may go away.
    SendNow,
}

/// The language and zone of the browser, which each item carries.
pub(crate) struct Setting {
    pub(crate) write_key: String,
    pub(crate) api: String,
    pub(crate) locale: String,
    pub(crate) zone: String,
    /// How long no message follows another.
    pub(crate) gap_ms: i64,
}

/// The inbox at hand.
#[derive(Default)]
struct Held {
    hash: Option<u64>,
    inbox: Inbox,
}

/// The state of the SDK.
pub(crate) struct Client {
    platform: Platform,
    setting: Setting,
    storage: Storage,
    clock: Clock,
    queue: Queue,
    person: Person,
    /// By tag; in memory only, so that a proof does not outlive the page that was given it.
    proofs: Vec<(String, String)>,
    history: History,
    seen: Seen,
    held: Held,
    bundle: Option<Bundle>,
    on_screen: Option<String>,
    /// By the device's clock: no message is put up before.
    quiet_until: i64,
    sending: Vec<String>,
    /// Whether the edge has spoken since the page began: before that its clock is hearsay.
    heard: bool,
    failures: u32,
    /// By the device's clock: the edge is left alone until then.
    retry_at: i64,
    inbox_wanted: bool,
    /// By the device's clock: when the inbox was last asked for.
    inbox_asked_at: i64,
    allowed: bool,
    acts: Vec<Act>,
}

impl Client {
    /// The client as the last page left it. `waits` for consent when none was given before.
    pub(crate) fn new(platform: Platform, setting: Setting, storage: Storage, waits: bool) -> Self {
        let consent = storage.get("consent");
        let allowed = consent.as_deref().map_or(!waits, |answer| answer == "1");
        ports::remember(allowed);
        let mut client = Self {
            clock: Clock::new(platform.now, &storage),
            queue: Queue::new(&storage),
            person: Person {
                anonymous: String::new(),
                user: None,
            },
            proofs: Vec::new(),
            history: History::default(),
            seen: Seen::default(),
            held: Held::default(),
            bundle: None,
            on_screen: None,
            quiet_until: 0,
            sending: Vec::new(),
            heard: false,
            failures: 0,
            retry_at: 0,
            inbox_wanted: true,
            inbox_asked_at: 0,
            allowed,
            acts: Vec::new(),
            platform,
            setting,
            storage,
        };
        client.read();
        client
    }

    /// What must happen, in order.
    pub(crate) fn take_acts(&mut self) -> Vec<Act> {
        mem::take(&mut self.acts)
    }

    /// The page begins, or says who this is.
    pub(crate) fn boot(&mut self, user: Option<&str>, proof: Option<&str>, traits: Option<&str>) {
        if let Some(user) = user {
            let known = self.person.user.as_deref() == Some(user);
            self.become_user(user, proof);
            if !known || traits.is_some() {
                self.record_identify(traits);
            }
        } else if traits.is_some() {
            self.record_identify(traits);
        }
        self.sync(0);
        self.evaluate();
    }

    /// The person has this id and these traits.
    pub(crate) fn identify(&mut self, user: Option<&str>, traits: Option<&str>) {
        if let Some(user) = user {
            self.become_user(user, None);
        }
        self.record_identify(traits);
        self.sync(0);
        self.evaluate();
    }

    /// The person did something.
    pub(crate) fn track(&mut self, name: &str, properties: Option<&str>) {
        let body = Object::new().text("type", "track").text("event", name);
        self.record(name, body.json_if("properties", properties));
        self.sync(GATHER_MS);
        self.evaluate();
    }

    /// The person looks at a page.
    pub(crate) fn page(&mut self, name: Option<&str>, properties: Option<&str>) {
        let body = Object::new().text("type", "page").text_if("name", name);
        self.record(PAGE_VIEWED, body.json_if("properties", properties));
        self.sync(GATHER_MS);
        self.evaluate();
    }

    /// The person belongs to a group.
    pub(crate) fn group(&mut self, group: &str, traits: Option<&str>) {
        let body = Object::new().text("type", "group").text("groupId", group);
        self.record("", body.json_if("traits", traits));
        self.sync(GATHER_MS);
    }

    /// This browser takes push messages: `subscription` is what the browser gave, as JSON members.
    pub(crate) fn subscribe(&mut self, endpoint: &str, p256dh: &str, auth: &str) {
        let keys = Object::new()
            .text("p256dh", p256dh)
            .text("auth", auth)
            .end();
        let body = Object::new()
            .text("type", "subscribe")
            .text("endpoint", endpoint);
        self.record("", body.json("keys", &keys));
        self.storage.set("push", endpoint);
        self.sync(0);
    }

    /// The person signs out: whoever comes next is someone new.
    pub(crate) fn reset(&mut self) {
        if let Some(endpoint) = self.storage.get("push") {
            let body = Object::new()
                .text("type", "unsubscribe")
                .text("endpoint", &endpoint);
            self.record("", body);
            self.storage.remove("push");
        }
        self.storage.remove("user");
        self.person.user = None;
        self.renew_visitor();
        self.forget_inbox();
        self.inbox_wanted = false;
        self.sync(0);
    }

    /// The person agrees to being remembered, or no longer does.
    pub(crate) fn consent(&mut self, granted: bool) {
        let granted_anew = granted && !self.allowed;
        self.allowed = granted;
        if !granted {
            self.forget_inbox();
            self.storage.erase();
            self.queue.read(&self.storage);
        }
        // The answer itself is kept either way, so that the question need not be asked again.
        ports::remember(true);
        self.storage.set("consent", if granted { "1" } else { "0" });
        ports::remember(granted);
        if granted_anew {
            self.storage.set("anonymous", &self.person.anonymous);
            if let Some(user) = self.person.user.clone() {
                self.storage.set("user", &user);
                self.record_identify(None);
            }
            self.sync(0);
        }
    }

    /// Something was done with a message.
    pub(crate) fn react(&mut self, effect: &str, reaction: Reaction) {
        if self.seen.add(&mut self.storage, effect, reaction) {
            let body = Object::new()
                .text("type", "reaction")
                .text("effect", effect);
            // The id is made from stable parts: two tabs reporting the same are one report.
            let mut id = String::from(effect);
            id.push('-');
            id.push_str(reaction.word());
            self.record_as(&id, "", body.text("kind", reaction.word()));
            self.acts.push(Act::Emit {
                event: reaction.word(),
                effect: effect.to_owned(),
            });
            self.sync(GATHER_MS);
        }
        match reaction {
            Reaction::Shown => {}
            Reaction::Clicked | Reaction::Dismissed => {
                self.take_down();
                let gap_ms = self.setting.gap_ms;
                self.quiet_until = self.clock.device() + gap_ms.max(PAUSE_MS);
                if gap_ms > PAUSE_MS {
                    self.storage.set(QUIET, &hex_of(self.quiet_until));
                }
                self.acts.push(Act::SendNow);
            }
        }
    }

    /// Something was done with the message on the screen.
    pub(crate) fn react_on_screen(&mut self, reaction: Reaction) {
        if let Some(effect) = self.on_screen.clone() {
            self.react(&effect, reaction);
        }
    }

    /// The message is on the screen.
    pub(crate) fn shown(&mut self, effect: &str) {
        if self.on_screen.as_deref() != Some(effect) {
            return;
        }
        self.react(effect, Reaction::Shown);
        let facts = self.facts();
        let item = facts.inbox.items.iter().find(|item| item.effect == effect);
        if item.is_some_and(|item| facts.every(item).is_some()) {
            let now = self.clock.now();
            self.seen.note_show(&mut self.storage, effect, now);
        }
    }

    /// The message could not be put on the screen.
    pub(crate) fn not_shown(&mut self, effect: &str) {
        if self.on_screen.as_deref() == Some(effect) {
            self.on_screen = None;
        }
    }

    /// Another tab wrote: read what concerns this one.
    pub(crate) fn storage_changed(&mut self, key: Option<&str>) {
        // Of another site's part of the storage, or of this tab's own making.
        if !self.allowed || key.is_some_and(|key| !self.storage.owns(key)) {
            return;
        }
        let (person, hash) = (self.person.clone(), self.held.hash);
        self.read();
        if self.person != person {
            self.history.clear();
            self.read();
        }
        // What left the queue was stored by the tab that took it out.
        let waiting = self.queue.read(&self.storage);
        self.history
            .stored_but(|id| waiting.iter().any(|event| event.id() == id));
        if self.held.hash != hash {
            self.history.counted();
        }
        self.evaluate();
    }

    /// The page can be seen again.
    pub(crate) fn appeared(&mut self) {
        if self.clock.device() - self.inbox_asked_at > COPY_LATE_MS {
            self.inbox_wanted = true;
            self.sync(0);
        }
        self.evaluate();
    }

    /// The network is back.
    pub(crate) fn online(&mut self) {
        self.failures = 0;
        self.retry_at = 0;
        self.sync(0);
    }

    /// Decides which message stands on the screen.
    pub(crate) fn evaluate(&mut self) {
        if self.held.inbox.items.is_empty() {
            self.take_down();
            return;
        }
        self.history.page = (self.platform.page)();
        if let Some(effect) = &self.on_screen {
            if self.facts().stands(effect) {
                return;
            }
            self.take_down();
        }
        if !(self.platform.visible)() || self.clock.device() < self.quiet_until {
            return;
        }
        let due = self
            .facts()
            .due(self.platform.happened)
            .map(|(item, content)| (item.effect.clone(), content.clone()));
        if let Some((effect, content)) = due {
            self.on_screen = Some(effect.clone());
            self.acts.push(Act::Show { effect, content });
        }
    }

    /// How long until something may be due by time alone.
    pub(crate) fn wake_ms(&self) -> Option<i64> {
        let (now, device) = (self.clock.now(), self.clock.device());
        let change = self.facts().next_change().map(|instant| instant - now);
        let quiet = Some(self.quiet_until - device).filter(|ms| *ms > 0);
        let refresh = (self.allowed && (self.platform.visible)())
            .then(|| (self.inbox_asked_at + INBOX_AGE_MS_MAX - device).max(PAUSE_MS));
        [change, quiet, refresh].into_iter().flatten().min()
    }

    /// The timer that [`Client::wake_ms`] asked for.
    pub(crate) fn woke(&mut self) {
        if self.clock.device() - self.inbox_asked_at >= INBOX_AGE_MS_MAX {
            self.inbox_wanted = true;
            self.sync(0);
        }
        self.evaluate();
    }

    /// Clears the screen for good.
    pub(crate) fn shut_down(&mut self) {
        self.take_down();
        self.acts.push(Act::SendNow);
    }

    /// Reads what storage holds.
    fn read(&mut self) {
        let anonymous = self.storage.get("anonymous").filter(|id| !id.is_empty());
        self.person.anonymous = anonymous.unwrap_or_else(|| {
            let id = (self.platform.uuid)();
            self.storage.set("anonymous", &id);
            // Nobody can have an inbox under an id made this moment.
            self.inbox_wanted = false;
            id
        });
        self.person.user = self.storage.get("user");
        self.inbox_wanted |= self.person.user.is_some();
        self.seen = Seen::new(&self.storage);
        let quiet = self.storage.get(QUIET).and_then(|text| number_of(&text));
        self.quiet_until = self.quiet_until.max(
            quiet
                .unwrap_or(0)
                .min(self.clock.device() + self.setting.gap_ms),
        );
        let last = self.storage.get("last").and_then(|text| number_of(&text));
        self.history.last_seen = self.history.last_seen.max(last);
        let tags = [self.person.tag(), self.visitor_tag()];
        for event in self.queue.read(&self.storage) {
            if tags.contains(&event.tag) {
                self.history
                    .add(event.id(), &event.event, self.clock.edge(event.at()));
            }
        }
        let bundle = self.storage.get("bundle").and_then(|text| bytes_of(&text));
        self.bundle = bundle.and_then(|bytes| wire::decode(&bytes).ok());
        self.held = self.stored_inbox().unwrap_or_default();
    }

    fn forget_inbox(&mut self) {
        self.held = Held::default();
        for name in ["inbox", "fresh", "last"] {
            self.storage.remove(name);
        }
        self.history.clear();
        self.inbox_wanted = true;
        self.take_down();
    }

    fn become_user(&mut self, user: &str, proof: Option<&str>) {
        if self.person.user.as_deref() != Some(user) {
            let was_visitor = self.person.user.is_none();
            if !was_visitor {
                // What the one before did is not the past of the one who comes.
                self.renew_visitor();
                self.forget_inbox();
            } else if self.allowed {
                self.storage.remove("inbox");
                self.storage.remove("fresh");
                self.held = Held::default();
                self.inbox_wanted = true;
            }
            self.person.user = Some(user.to_owned());
            self.storage.set("user", user);
        }
        if let Some(proof) = proof {
            let tag = self.person.tag();
            self.proofs.retain(|(known, _)| *known != tag);
            if self.proofs.len() == PROOFS_MAX {
                self.proofs.remove(0);
            }
            self.proofs.push((tag, proof.to_owned()));
        }
    }

    fn renew_visitor(&mut self) {
        self.person.anonymous = (self.platform.uuid)();
        self.storage.set("anonymous", &self.person.anonymous);
    }

    fn visitor_tag(&self) -> String {
        Person {
            anonymous: self.person.anonymous.clone(),
            user: None,
        }
        .tag()
    }

    fn record_identify(&mut self, traits: Option<&str>) {
        self.record(
            "",
            Object::new()
                .text("type", "identify")
                .json_if("traits", traits),
        );
    }

    fn record(&mut self, event: &str, body: Object) {
        let id = (self.platform.uuid)();
        self.record_as(&id, event, body);
    }

    /// Puts an item in the queue, at once.
    fn record_as(&mut self, id: &str, event: &str, body: Object) {
        if !self.allowed {
            return;
        }
        let page = (self.platform.page)();
        let page = Object::new()
            .text("url", start_of(&page.url))
            .text("path", start_of(&page.path))
            .text("title", start_of(&page.title))
            .text("referrer", start_of(&page.referrer))
            .end();
        let context = Object::new()
            .json("page", &page)
            .text("locale", &self.setting.locale)
            .text("timezone", &self.setting.zone)
            .end();
        let json = body
            .text("messageId", id)
            .text_if("userId", self.person.user.as_deref())
            .text("anonymousId", &self.person.anonymous)
            .json("context", &context)
            .end();
        if json.len() > queue::EVENT_BYTES_MAX {
            (self.platform.warn)("an event of more than 32 KB was left out: send fewer properties");
            return;
        }
        let event = one_line(event);
        let at = self.clock.device();
        self.history.add(id, &event, self.clock.edge(at));
        let waiting = Waiting {
            name: String::new(),
            tag: self.person.tag(),
            event,
            json,
        };
        if self.queue.push(&mut self.storage, at, id, waiting) > 0 {
            (self.platform.warn)("the queue is full: the oldest events were left out");
        }
    }

    fn facts(&self) -> Facts<'_, History> {
        Facts {
            inbox: &self.held.inbox,
            bundle: self.bundle.as_ref(),
            seen: &self.seen,
            local: &self.history,
            now: self.clock.now(),
        }
    }

    fn take_down(&mut self) {
        if self.on_screen.take().is_some() {
            self.acts.push(Act::TakeDown);
        }
    }

    fn sync(&mut self, delay_ms: i64) {
        if self.allowed {
            self.acts.push(Act::Sync { delay_ms });
        }
    }
}

/// The text, cut where it grows too long.
fn start_of(text: &str) -> &str {
    let mut end = text.len().min(PAGE_TEXT_BYTES_MAX);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests;
