//! Events on their way to the edge: kept in storage, one name each, until the edge has them.
//! Sends nothing and decodes nothing: an event is a line for whom, a line for what, and JSON.
//!
//! One name for each event, so that tabs never overwrite what another tab wrote and recording an
//! event costs one small write however long the queue is.

use crate::{
    item::{hex_of, number_of},
    storage::Storage,
};

const BEGINNING: &str = "q:";

// LIMIT: a browser that was offline for long keeps its newest thousand events or megabyte.
/// The most events that wait.
pub(crate) const EVENTS_MAX: usize = 1_000;
/// The most bytes that wait.
pub(crate) const BYTES_MAX: usize = 1_000_000;
// LIMIT: the edge takes 500 KB a batch; the envelope needs some of it.
/// The most events in a batch.
pub(crate) const BATCH_EVENTS_MAX: usize = 100;
/// The most bytes in a batch.
pub(crate) const BATCH_BYTES_MAX: usize = 450_000;
// LIMIT: the edge takes 32 KB a message.
/// The most bytes of one event.
pub(crate) const EVENT_BYTES_MAX: usize = 32_000;

/// The queue of this workspace in this browser; other tabs share it.
pub(crate) struct Queue {
    /// As far as this tab knows: counted anew whenever the queue is read.
    events: usize,
    bytes: usize,
    /// Tells events of one millisecond apart.
    counter: i64,
}

/// An event that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Waiting {
    /// Its name in storage.
    pub(crate) name: String,
    /// For whom: [`crate::item::Person::tag`].
    pub(crate) tag: String,
    /// The name of the event, or nothing for what is not counted.
    pub(crate) event: String,
    /// The item, but for its timestamp.
    pub(crate) json: String,
}

impl Waiting {
    /// The message id, which its name ends with.
    pub(crate) fn id(&self) -> &str {
        id_of(&self.name)
    }

    /// When it happened, by the device's clock.
    pub(crate) fn at(&self) -> i64 {
        let hex = self.name.get(BEGINNING.len()..BEGINNING.len() + 16);
        hex.and_then(number_of).unwrap_or(0)
    }
}

/// The message id in the name of an event that waits.
pub(crate) fn id_of(name: &str) -> &str {
    name.get(BEGINNING.len() + 32..).unwrap_or_default()
}

impl Queue {
    pub(crate) fn new(storage: &Storage) -> Self {
        let mut queue = Self {
            events: 0,
            bytes: 0,
            counter: 0,
        };
        queue.read(storage);
        queue
    }

    /// Adds an event and says how many of the oldest had to make room.
    pub(crate) fn push(
        &mut self,
        storage: &mut Storage,
        at: i64,
        id: &str,
        event: Waiting,
    ) -> usize {
        let mut name = String::from(BEGINNING);
        name.push_str(&hex_of(at));
        name.push_str(&hex_of(self.counter));
        name.push_str(id);
        self.counter += 1;
        let mut text = event.tag;
        for part in [&event.event, &event.json] {
            text.push('\n');
            text.push_str(part);
        }
        self.events += 1;
        self.bytes += name.len() + text.len();
        storage.set(&name, &text);
        if self.events > EVENTS_MAX || self.bytes > BYTES_MAX {
            self.make_room(storage)
        } else {
            0
        }
    }

    /// Whether an event waits, as far as this tab knows.
    pub(crate) fn is_empty(&self) -> bool {
        self.events == 0
    }

    /// Everything that waits, oldest first.
    pub(crate) fn read(&mut self, storage: &Storage) -> Vec<Waiting> {
        let mut bytes = 0;
        let waiting: Vec<Waiting> = storage
            .names(BEGINNING)
            .into_iter()
            .filter_map(|name| {
                let text = storage.get(&name)?;
                bytes += name.len() + text.len();
                let mut lines = text.splitn(3, '\n').map(str::to_owned);
                let (tag, event, json) = (lines.next()?, lines.next()?, lines.next()?);
                Some(Waiting {
                    name,
                    tag,
                    event,
                    json,
                })
            })
            .collect();
        (self.events, self.bytes) = (waiting.len(), bytes);
        waiting
    }

    pub(crate) fn remove(&mut self, storage: &mut Storage, names: &[String]) {
        for name in names {
            storage.remove(name);
        }
        self.events = self.events.saturating_sub(names.len());
    }

    fn make_room(&mut self, storage: &mut Storage) -> usize {
        let waiting = self.read(storage);
        let mut dropped = 0;
        for oldest in &waiting {
            // The newest stays even when it alone is too big: it was measured before it came here.
            if self.events <= 1 || (self.events <= EVENTS_MAX && self.bytes <= BYTES_MAX) {
                break;
            }
            storage.remove(&oldest.name);
            self.events -= 1;
            let lines = oldest.tag.len() + oldest.event.len() + oldest.json.len() + 2;
            self.bytes = self.bytes.saturating_sub(oldest.name.len() + lines);
            dropped += 1;
        }
        dropped
    }
}

/// The first events that may travel together: of one person, after what they did as a visitor.
///
/// One person, so that a proof vouches for everything in the batch and the inbox in the answer is
/// theirs: that of the last event.
pub(crate) fn batch(waiting: Vec<Waiting>, bytes_max: usize) -> Vec<Waiting> {
    let mut batch: Vec<Waiting> = Vec::new();
    let mut bytes = 0;
    for event in waiting {
        bytes += event.json.len() + 1;
        let together = batch.last().is_none_or(|last| {
            last.tag == event.tag || (last.tag.starts_with("a:") && event.tag.starts_with("u:"))
        });
        if !together || batch.len() == BATCH_EVENTS_MAX || (bytes > bytes_max && !batch.is_empty())
        {
            break;
        }
        batch.push(event);
    }
    batch
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(tag: &str, json: &str) -> Waiting {
        Waiting {
            name: String::new(),
            tag: tag.into(),
            event: "E".into(),
            json: json.into(),
        }
    }

    fn push(queue: &mut Queue, storage: &mut Storage, at: i64, json: &str) -> usize {
        let id = at.to_string();
        queue.push(storage, at, &id, event("u:ann", json))
    }

    #[test]
    fn events_come_back_as_they_went_in_oldest_first() {
        let mut storage = Storage::new("wk_test");
        let mut queue = Queue::new(&storage);
        push(&mut queue, &mut storage, 2_000, "{\"a\":\"\\u000a\"}");
        push(&mut queue, &mut storage, 1_000, "{}");
        let waiting = Queue::new(&storage).read(&storage);
        let seen: Vec<_> = waiting
            .iter()
            .map(|w| (w.at(), w.id(), w.json.as_str()))
            .collect();
        assert_eq!(
            seen,
            [
                (1_000, "1000", "{}"),
                (2_000, "2000", "{\"a\":\"\\u000a\"}")
            ]
        );
        let names: Vec<String> = waiting.into_iter().map(|w| w.name).collect();
        queue.remove(&mut storage, &names);
        assert!(queue.is_empty() && queue.read(&storage).is_empty());
    }

    #[test]
    fn the_oldest_make_room_one_past_the_maximum() {
        let mut storage = Storage::new("wk_test");
        let mut queue = Queue::new(&storage);
        for at in 0..1_000 {
            assert_eq!(push(&mut queue, &mut storage, at, "{}"), 0);
        }
        assert_eq!(push(&mut queue, &mut storage, 1_000, "{}"), 1);
        let waiting = queue.read(&storage);
        assert_eq!((waiting.len(), waiting[0].at()), (EVENTS_MAX, 1));
    }

    #[test]
    fn bytes_are_bounded_too() {
        let mut storage = Storage::new("wk_test");
        let mut queue = Queue::new(&storage);
        let big = "x".repeat(EVENT_BYTES_MAX);
        let dropped: usize = (0..40)
            .map(|at| push(&mut queue, &mut storage, at, &big))
            .sum();
        assert_eq!(dropped, 9);
        assert!(queue.bytes <= BYTES_MAX);
    }

    #[test]
    fn a_batch_is_of_one_person_after_their_anonymous_past() {
        let tags = |tags: &[&str]| {
            let waiting = tags.iter().map(|tag| event(tag, "{}")).collect();
            batch(waiting, BATCH_BYTES_MAX).len()
        };
        assert_eq!(tags(&["a:1", "a:1", "u:ann", "u:ann"]), 4);
        assert_eq!(tags(&["u:ann", "u:bob"]), 1);
        assert_eq!(tags(&["u:ann", "a:2"]), 1);
        assert_eq!(tags(&["a:1", "a:2"]), 1);
        assert_eq!(tags(&["u:ann"; 101]), BATCH_EVENTS_MAX);
    }

    #[test]
    fn a_batch_keeps_to_its_bytes_but_never_sticks() {
        let big = "x".repeat(100);
        let waiting = || vec![event("u:ann", &big), event("u:ann", &big)];
        assert_eq!(batch(waiting(), 202).len(), 2);
        assert_eq!(batch(waiting(), 201).len(), 1);
        assert_eq!(batch(waiting(), 10).len(), 1);
    }
}
