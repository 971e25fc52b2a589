//! What was done with each message in this browser, so that it is done and reported once.
//! Reports nothing itself.

use crate::{
    item::{hex_of, number_of},
    storage::Storage,
};

const NAME: &str = "seen";

// LIMIT: an inbox holds far fewer; the oldest leave first.
/// The most messages that are remembered.
pub(crate) const MESSAGES_MAX: usize = 200;

/// What a person did with a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reaction {
    Shown,
    Clicked,
    Dismissed,
}

impl Reaction {
    /// Its word on the wire.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Shown => "shown",
            Self::Clicked => "clicked",
            Self::Dismissed => "dismissed",
        }
    }

    fn letter(self) -> char {
        match self {
            Self::Shown => 's',
            Self::Clicked => 'c',
            Self::Dismissed => 'd',
        }
    }
}

/// Lines of a message's effect followed by a letter for each reaction, oldest first; where that is
/// asked for, also by an `@` and when it was last there.
#[derive(Default)]
pub(crate) struct Seen(Vec<(String, String)>);

impl Seen {
    pub(crate) fn new(storage: &Storage) -> Self {
        let text = storage.get(NAME).unwrap_or_default();
        let lines = text.lines().filter_map(|line| line.split_once(' '));
        Self(
            lines
                .map(|(effect, done)| (effect.to_owned(), done.to_owned()))
                .collect(),
        )
    }

    /// Whether it was done.
    pub(crate) fn has(&self, effect: &str, reaction: Reaction) -> bool {
        let mut letters = self
            .done(effect)
            .chars()
            .take_while(|letter| *letter != '@');
        letters.any(|letter| letter == reaction.letter())
    }

    /// When it was last there, if that was noted.
    pub(crate) fn shown_at(&self, effect: &str) -> Option<i64> {
        number_of(self.done(effect).split_once('@')?.1)
    }

    /// Notes that it is there now.
    pub(crate) fn note_show(&mut self, storage: &mut Storage, effect: &str, now: i64) {
        if let Some((_, done)) = self.0.iter_mut().find(|(known, _)| known == effect) {
            done.truncate(done.find('@').unwrap_or(done.len()));
            done.push('@');
            done.push_str(&hex_of(now));
            self.keep(storage);
        }
    }

    /// Notes it and says whether it is new.
    pub(crate) fn add(&mut self, storage: &mut Storage, effect: &str, reaction: Reaction) -> bool {
        // Another tab may have written since.
        *self = Self::new(storage);
        if self.has(effect, reaction) {
            return false;
        }
        if let Some((_, done)) = self.0.iter_mut().find(|(known, _)| known == effect) {
            done.insert(0, reaction.letter());
        } else {
            if self.0.len() == MESSAGES_MAX {
                self.0.remove(0);
            }
            self.0
                .push((effect.to_owned(), reaction.letter().to_string()));
        }
        self.keep(storage);
        true
    }

    fn done(&self, effect: &str) -> &str {
        let mut lines = self.0.iter();
        lines
            .find(|(known, _)| known == effect)
            .map_or("", |(_, done)| done)
    }

    fn keep(&self, storage: &mut Storage) {
        let mut text = String::new();
        for part in self
            .0
            .iter()
            .flat_map(|(effect, done)| [effect, " ", done, "\n"])
        {
            text.push_str(part);
        }
        storage.set(NAME, &text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reaction_is_new_once_and_remembered() {
        let mut storage = Storage::new("wk_test");
        let mut seen = Seen::new(&storage);
        assert!(seen.add(&mut storage, "e1", Reaction::Shown));
        assert!(!seen.add(&mut storage, "e1", Reaction::Shown));
        assert!(seen.add(&mut storage, "e1", Reaction::Clicked));
        let seen = Seen::new(&storage);
        assert!(seen.has("e1", Reaction::Shown) && seen.has("e1", Reaction::Clicked));
        assert!(!seen.has("e1", Reaction::Dismissed) && !seen.has("e2", Reaction::Shown));
    }

    #[test]
    fn when_it_was_last_there_is_remembered_beside_what_earlier_pages_wrote() {
        let mut storage = Storage::new("wk_test");
        storage.set(NAME, "e1 sc\n");
        let mut seen = Seen::new(&storage);
        assert!(seen.has("e1", Reaction::Clicked));
        assert_eq!(seen.shown_at("e1"), None);
        seen.note_show(&mut storage, "e1", 0xcd);
        let seen = Seen::new(&storage);
        assert_eq!(seen.shown_at("e1"), Some(0xcd));
        assert!(
            !seen.has("e1", Reaction::Dismissed),
            "digits are no reactions"
        );
    }

    #[test]
    fn the_oldest_is_forgotten_one_past_the_maximum() {
        let mut storage = Storage::new("wk_test");
        let mut seen = Seen::new(&storage);
        for n in 0..=MESSAGES_MAX {
            seen.add(&mut storage, &n.to_string(), Reaction::Shown);
        }
        assert_eq!(seen.0.len(), MESSAGES_MAX);
        assert!(!seen.has("0", Reaction::Shown) && seen.has("200", Reaction::Shown));
    }
}
