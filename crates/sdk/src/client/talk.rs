//! The client's talk with the edge: which requests it makes and what an answer changes.
//! Sends nothing: requests are handed out and answers handed in.

use std::mem;

use rekindle_core::{
    hash::{fnv64, hex64, mix64, person_key},
    wire,
};

use super::{COPY_LATE_MS, Client, Held};
use crate::{
    backoff,
    clock::iso,
    item::{Object, hex_of, number_of},
    queue,
    storage::{bytes_of, text_of},
};

/// A request to store events.
pub(crate) struct Batch {
    pub(crate) url: String,
    pub(crate) body: String,
    names: Vec<String>,
    tag: String,
}

/// A request for an inbox or a bundle.
pub(crate) struct Fetch {
    pub(crate) url: String,
    /// Whose inbox it is and what vouches for that, when something does; else empty.
    pub(crate) person: String,
    pub(crate) proof: String,
    what: What,
}

enum What {
    /// The inbox of the person with this tag.
    Inbox(String),
    Bundle,
}

/// An answer of the edge.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) now: Option<i64>,
    pub(crate) rejected: bool,
    pub(crate) retry_after_s: i64,
    pub(crate) body: Vec<u8>,
}

impl Client {
    /// How long the edge is still to be left alone after a failure.
    pub(crate) fn rest_ms(&self) -> i64 {
        (self.retry_at - self.clock.device()).max(0)
    }

    /// The name of the lock that one tab holds while it sends.
    pub(crate) fn lock(&self) -> String {
        let mut name = String::from("rekindle:");
        name.push_str(&self.setting.write_key);
        name
    }

    /// Whether events wait, as far as this tab knows.
    pub(crate) fn has_events(&self) -> bool {
        !self.queue.is_empty()
    }

    /// Whether the edge has spoken since the page began. Until then a page asks and does not send,
    /// so that its events carry the edge's time.
    pub(crate) fn has_heard(&self) -> bool {
        self.heard
    }

    /// The next events to send, if any wait.
    pub(crate) fn next_batch(&mut self, bytes_max: usize) -> Option<Batch> {
        if !self.allowed {
            return None;
        }
        let mut waiting = self.queue.read(&self.storage);
        waiting.retain(|event| !self.sending.contains(&event.name));
        let events = queue::batch(waiting, bytes_max);
        let tag = events.last()?.tag.clone();
        let proof = self.proof_of(&tag);
        let mut items = String::from("[");
        for event in &events {
            if items.len() > 1 {
                items.push(',');
            }
            // When it happened, in the edge's words of now: the clocks may have been compared since.
            items.push_str("{\"timestamp\":\"");
            items.push_str(&iso(self.clock.edge(event.at())));
            items.push_str("\",");
            items.push_str(event.json.get(1..).unwrap_or_default());
        }
        items.push(']');
        let body = Object::new()
            .text("writeKey", &self.setting.write_key)
            .text_if("proof", proof)
            .text("sentAt", &iso(self.clock.now()))
            .json("batch", &items)
            .end();
        let held = if tag == self.person.tag() {
            self.held.hash
        } else {
            None
        };
        let url = self.url(&["/v1/batch?inbox=", &hex64(held.unwrap_or(0))]);
        let names: Vec<String> = events.into_iter().map(|event| event.name).collect();
        self.sending.extend(names.iter().cloned());
        Some(Batch {
            url,
            body,
            names,
            tag,
        })
    }

    /// The batch went out where no answer is heard: it stays in the queue.
    pub(crate) fn unanswered(&mut self, batch: &Batch) {
        self.sending.retain(|name| !batch.names.contains(name));
    }

    /// Takes the answer to a batch; says whether to go on with the next.
    pub(crate) fn batch_answered(&mut self, batch: &Batch, reply: Option<Reply>) -> bool {
        self.unanswered(batch);
        let refusals = [400, 401, 403, 413];
        let Some(reply) = self.heard(reply, &refusals) else {
            return false;
        };
        let refused = reply.status >= 300;
        if refused {
            (self.platform.warn)(
                "the edge refused events for good: check the write key, and `user_jwt` or `user_hash`",
            );
        } else if reply.rejected {
            (self.platform.warn)("the edge refused some events: the workspace's log names them");
        }
        self.queue.remove(&mut self.storage, &batch.names);
        let ids: Vec<&str> = batch.names.iter().map(|name| queue::id_of(name)).collect();
        self.history.stored(&ids);
        if let Some(last) = self.history.last_seen {
            self.storage.set("last", &hex_of(last));
        }
        if !refused && batch.tag == self.person.tag() {
            self.storage.set("fresh", &hex_of(self.clock.now()));
            self.inbox_wanted = false;
            self.inbox_asked_at = self.clock.device();
            if reply.status == 204 || !reply.body.is_empty() {
                self.hold(&reply.body);
            }
        }
        self.evaluate();
        true
    }

    /// The next thing to ask for, if anything is wanted.
    pub(crate) fn next_fetch(&mut self) -> Option<Fetch> {
        if !self.allowed {
            return None;
        }
        if mem::take(&mut self.inbox_wanted) || !self.heard {
            self.inbox_asked_at = self.clock.device();
            let person = hex64(person_key(self.person.id()));
            let url = self.url(&["/v1/boot?key=", &self.setting.write_key, "&p=", &person]);
            let tag = self.person.tag();
            // A header holds no other letters: such a person's inbox comes with their first event.
            let proof = self.proof_of(&tag).filter(|_| self.person.id().is_ascii());
            let proof = proof.unwrap_or_default().to_owned();
            let person = if proof.is_empty() {
                ""
            } else {
                self.person.id()
            }
            .to_owned();
            return Some(Fetch {
                url,
                person,
                proof,
                what: What::Inbox(tag),
            });
        }
        let wanted = self.held.inbox.bundle;
        if wanted == 0
            || self
                .bundle
                .as_ref()
                .is_some_and(|bundle| bundle.version == wanted)
        {
            return None;
        }
        let url = self.url(&[
            "/v1/bundle/",
            &hex64(wanted),
            "?key=",
            &self.setting.write_key,
        ]);
        Some(Fetch {
            url,
            person: String::new(),
            proof: String::new(),
            what: What::Bundle,
        })
    }

    /// Takes what was asked for; says whether to ask for more.
    pub(crate) fn fetch_answered(&mut self, fetch: &Fetch, reply: Option<Reply>) -> bool {
        let Some(reply) = self.heard(reply, &[400, 401, 403, 404]) else {
            self.inbox_wanted |= matches!(fetch.what, What::Inbox(_));
            return false;
        };
        if reply.status >= 300 {
            (self.platform.warn)("the edge does not know this write key: check `key`");
            return false;
        }
        match &fetch.what {
            // A batch that was answered meanwhile knows better, and another person's is not ours.
            What::Inbox(tag) => {
                if *tag == self.person.tag() && !self.is_fresh() {
                    self.hold(&reply.body);
                }
            }
            What::Bundle => {
                if let Ok(bundle) = wire::decode(&reply.body) {
                    self.storage.set("bundle", &text_of(&reply.body));
                    self.bundle = Some(bundle);
                } else {
                    (self.platform.warn)("the bundle could not be read: reload for a newer SDK");
                }
            }
        }
        self.evaluate();
        matches!(fetch.what, What::Inbox(_))
    }

    /// The inbox in storage, if it is this person's.
    pub(super) fn stored_inbox(&self) -> Option<Held> {
        let text = self.storage.get("inbox")?;
        let (owner, text) = text.split_once('\n')?;
        if owner != hex64(person_key(self.person.id())) {
            return None;
        }
        let bytes = bytes_of(text)?;
        Some(Held {
            hash: Some(fnv64(&bytes)),
            inbox: wire::decode(&bytes).ok()?,
        })
    }

    /// Takes a new inbox; no bytes are an empty one.
    fn hold(&mut self, bytes: &[u8]) {
        if bytes.is_empty() {
            self.held = Held::default();
            self.storage.remove("inbox");
        } else if let Ok(inbox) = wire::decode(bytes) {
            self.held = Held {
                hash: Some(fnv64(bytes)),
                inbox,
            };
            let mut text = hex64(person_key(self.person.id()));
            text.push('\n');
            text.push_str(&text_of(bytes));
            self.storage.set("inbox", &text);
        } else {
            (self.platform.warn)("the inbox could not be read: reload for a newer SDK");
            return;
        }
        self.history.counted();
        if self.held.inbox.bundle != 0 {
            self.sync(0);
        }
    }

    /// Notes what an answer says about the edge itself; `None` when it must be asked again.
    /// `refusals` are the answers other than success that asking again would not change.
    fn heard(&mut self, reply: Option<Reply>, refusals: &[u16]) -> Option<Reply> {
        let retry_after_s = reply.as_ref().map_or(0, |reply| reply.retry_after_s);
        let final_reply = reply
            .filter(|reply| (200..300).contains(&reply.status) || refusals.contains(&reply.status));
        if let Some(reply) = &final_reply {
            self.heard = true;
            if let Some(now) = reply.now {
                let shift_ms = self.clock.set(now, &mut self.storage);
                self.history.shift(shift_ms);
            }
            self.failures = 0;
            self.retry_at = 0;
        } else {
            self.failures = self.failures.saturating_add(1);
            let draw = mix64((self.platform.uuid)().as_bytes());
            let asked_ms = retry_after_s.saturating_mul(1_000);
            let wait_ms =
                backoff::wait_ms(self.failures, draw).max(asked_ms.min(backoff::WAIT_MS_MAX));
            self.retry_at = self.clock.device() + wait_ms;
            self.sync(wait_ms);
        }
        final_reply
    }

    /// Whether the edge itself spoke about the inbox at hand so lately that a copy may be older.
    fn is_fresh(&self) -> bool {
        let spoke = self.storage.get("fresh").and_then(|text| number_of(&text));
        // A clock that was set back makes it old, not fresh for years.
        spoke.is_some_and(|spoke| (0..COPY_LATE_MS).contains(&(self.clock.now() - spoke)))
    }

    fn proof_of(&self, tag: &str) -> Option<&str> {
        self.proofs
            .iter()
            .find(|(known, _)| known == tag)
            .map(|(_, proof)| proof.as_str())
    }

    fn url(&self, parts: &[&str]) -> String {
        let mut url = self.setting.api.clone();
        for part in parts {
            url.push_str(part);
        }
        url
    }
}
