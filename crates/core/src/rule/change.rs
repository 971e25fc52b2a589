//! What an input changed, and what a rule depends on: small sets that meet or do not.
//! A set never misses what was put into it; it may seem to hold what was not.

use crate::{
    hash::{fnv64, fnv64_on, mix64},
    history::Engagement,
    named::Hashed,
};

/// A set of facts: a Bloom filter of 128 bits with one bit for each name.
///
/// An input changes few facts and a rule looks at few, so that two sets meet by chance in a few of
/// a hundred cases; the rule is then evaluated once more than needed.
/// Source: Bloom, "Space/time trade-offs in hash coding with allowable errors", CACM 1970.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Change(u128);

/// Bits that stand for no name.
const OWN_BITS: u64 = 2;

impl Change {
    /// Nothing.
    pub const NOTHING: Self = Self(0);
    /// The first or the newest activity.
    pub const SEEN: Self = Self(1);
    /// The zone that the person's wall clock keeps.
    pub const ZONE: Self = Self(2);
    /// Everything, such as new definitions.
    pub const EVERYTHING: Self = Self(u128::MAX);

    /// An attribute. Where it names the person's zone, add [`Change::ZONE`].
    #[must_use]
    pub fn attribute(name: &str) -> Self {
        Self::named(fnv64(name.as_bytes()))
    }

    /// That someone came into a segment, or left it.
    pub(crate) fn membership(segment: &str) -> Self {
        // No attribute begins like this: names are typed.
        Self::named(fnv64_on(fnv64(b"\0segment "), segment.as_bytes()))
    }

    /// The occurrences of an event.
    #[must_use]
    pub fn event(name: &str) -> Self {
        Self::hashed(name.into())
    }

    /// The occurrences of an event whose name is hashed already.
    pub(crate) fn hashed(event: Hashed<'_>) -> Self {
        Self::named(event.hash)
    }

    /// The occurrences of a stream.
    #[must_use]
    pub fn stream(id: u64) -> Self {
        Self::named(id)
    }

    /// What a person did with a message.
    #[must_use]
    pub fn engagement(engagement: Engagement, message: &str) -> Self {
        Self::named(mix64(message.as_bytes()) ^ fnv64(engagement.word().as_bytes()))
    }

    fn named(hash: u64) -> Self {
        Self(1 << (OWN_BITS + hash % (128 - OWN_BITS)))
    }

    /// This and that.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// This, but for that.
    #[must_use]
    pub fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether nothing changed.
    #[must_use]
    pub fn is_nothing(self) -> bool {
        self.0 == 0
    }

    /// Whether something is in both.
    #[must_use]
    pub fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_never_misses_and_seldom_errs() {
        let names: Vec<String> = (0..1_000).map(|n| format!("name {n}")).collect();
        let four = names.iter().take(4).fold(Change::NOTHING, |set, name| {
            set.and(Change::attribute(name))
        });
        assert!(
            names
                .iter()
                .take(4)
                .all(|name| four.meets(Change::attribute(name)))
        );
        let wrong = names
            .iter()
            .skip(4)
            .filter(|name| four.meets(Change::attribute(name)));
        assert!(wrong.count() < 60);
        assert!(!Change::SEEN.meets(Change::ZONE) && !four.meets(Change::SEEN));
        assert!(four.meets(Change::EVERYTHING) && Change::NOTHING.is_nothing());
    }
}
