//! What happened in this browser that the inbox at hand does not count yet.
//! Keeps names and instants, never properties; what waits in the queue fills it after a reload.

use rekindle_core::residual::{Local, PageField};

// LIMIT: as many as the queue keeps; what the edge has stored comes back in a newer inbox.
/// The most occurrences that are kept.
pub(crate) const OCCURRENCES_MAX: usize = 1_000;

/// The page that the visitor is on.
#[derive(Clone, Debug, Default)]
pub(crate) struct Page {
    pub(crate) url: String,
    pub(crate) path: String,
    pub(crate) title: String,
    pub(crate) referrer: String,
}

/// What the browser knows beyond its inbox.
#[derive(Default)]
pub(crate) struct History {
    /// In the order of arrival.
    occurrences: Vec<Occurrence>,
    /// The same by name, as rules ask for them. INVARIANT: rebuilt with `occurrences`.
    instants: Vec<(String, Vec<i64>)>,
    pub(crate) last_seen: Option<i64>,
    pub(crate) page: Page,
}

struct Occurrence {
    id: String,
    name: String,
    at: i64,
    /// Whether the edge has stored it, so that the next inbox counts it.
    stored: bool,
}

impl History {
    /// Notes an occurrence, once for each message id. An empty name is activity and nothing more.
    pub(crate) fn add(&mut self, id: &str, name: &str, at: i64) {
        self.last_seen = self.last_seen.max(Some(at));
        if name.is_empty() || self.occurrences.iter().any(|known| known.id == id) {
            return;
        }
        if self.occurrences.len() == OCCURRENCES_MAX {
            self.occurrences.remove(0);
            self.rebuild();
        }
        let (id, name) = (id.to_owned(), name.to_owned());
        note(&mut self.instants, &name, at);
        self.occurrences.push(Occurrence {
            id,
            name,
            at,
            stored: false,
        });
    }

    /// The edge has stored these.
    pub(crate) fn stored(&mut self, ids: &[&str]) {
        for occurrence in &mut self.occurrences {
            occurrence.stored |= ids.contains(&occurrence.id.as_str());
        }
    }

    /// The edge has stored all but those that still wait.
    pub(crate) fn stored_but(&mut self, waits: impl Fn(&str) -> bool) {
        for occurrence in &mut self.occurrences {
            occurrence.stored |= !waits(&occurrence.id);
        }
    }

    /// An inbox came that counts everything stored: what it counts is not counted here again.
    pub(crate) fn counted(&mut self) {
        self.occurrences.retain(|occurrence| !occurrence.stored);
        self.rebuild();
    }

    /// The clocks were compared anew: what happened here happened this much later by the edge's.
    pub(crate) fn shift(&mut self, ms: i64) {
        for occurrence in &mut self.occurrences {
            occurrence.at += ms;
        }
        self.last_seen = self.last_seen.map(|last| last + ms);
        self.rebuild();
    }

    /// Another person begins.
    pub(crate) fn clear(&mut self) {
        self.occurrences.clear();
        self.instants.clear();
        self.last_seen = None;
    }

    fn rebuild(&mut self) {
        self.instants.clear();
        for occurrence in &self.occurrences {
            note(&mut self.instants, &occurrence.name, occurrence.at);
        }
    }
}

// A page has a handful of names: walking them beats a tree, and its code is a tenth of one.
fn note(instants: &mut Vec<(String, Vec<i64>)>, name: &str, at: i64) {
    if let Some((_, known)) = instants.iter_mut().find(|(known, _)| known == name) {
        known.push(at);
    } else {
        instants.push((name.to_owned(), vec![at]));
    }
}

impl Local for History {
    fn instants(&self, event: &str) -> &[i64] {
        let named = self.instants.iter().find(|(name, _)| name == event);
        named.map_or(&[], |(_, instants)| instants.as_slice())
    }

    fn last_seen(&self) -> Option<i64> {
        self.last_seen
    }

    fn page(&self, field: PageField) -> &str {
        match field {
            PageField::Url => &self.page.url,
            PageField::Path => &self.page.path,
            PageField::Title => &self.page.title,
            PageField::Referrer => &self.page.referrer,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_occurrence_counts_here_until_an_inbox_counts_it() {
        let mut history = History::default();
        history.add("1", "Logged In", 10);
        history.add("1", "Logged In", 10);
        history.add("2", "Logged In", 20);
        history.stored(&["1"]);
        assert_eq!(history.instants("Logged In"), [10, 20]);
        history.counted();
        assert_eq!(history.instants("Logged In"), [20]);
        assert_eq!(history.last_seen(), Some(20));
        history.clear();
        assert!(history.instants("Logged In").is_empty());
    }

    #[test]
    fn the_newest_thousand_are_kept() {
        let mut history = History::default();
        for at in 0..=1_000 {
            history.add(&at.to_string(), "E", at);
        }
        let instants = history.instants("E");
        assert_eq!((instants.len(), instants[0]), (OCCURRENCES_MAX, 1));
    }
}
