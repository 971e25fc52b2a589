//! Which of several messages goes first when there is not room for all.
//! Only orders: whether there is room is for the cap.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

/// How much a series matters against others: 0 to 100, 50 unless said otherwise; more goes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct Priority(u8);

impl Priority {
    /// The most.
    pub const MAX: Self = Self(100);
}

impl Default for Priority {
    fn default() -> Self {
        Self(50)
    }
}

impl TryFrom<u32> for Priority {
    type Error = String;

    fn try_from(number: u32) -> Result<Self, String> {
        u8::try_from(number)
            .ok()
            .map(Self)
            .filter(|priority| *priority <= Self::MAX)
            .ok_or_else(|| {
                format!("`priority` is a number from 0 to 100, not {number}: more goes first")
            })
    }
}

impl From<Priority> for u32 {
    fn from(priority: Priority) -> Self {
        Self::from(priority.0)
    }
}

/// A message among others that would leave at the same instant. Sorted, the first goes first.
///
/// Higher priority, then the longer wait, then the ids of the series and the step: a total order,
/// the same at every attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Contender<'a> {
    /// The priority of its series.
    pub priority: Priority,
    /// Since when it waits, Unix ms.
    pub since: i64,
    /// The id of its series.
    pub series: &'a str,
    /// The id of its step.
    pub step: &'a str,
}

impl Ord for Contender<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        let key = |it: &Self| (it.since, it.series, it.step);
        other
            .priority
            .cmp(&self.priority)
            .then_with(|| key(self).cmp(&key(other)))
    }
}

impl PartialOrd for Contender<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_order_for_every_order_of_arrival() {
        let contender = |priority: u32, since, series, step| Contender {
            priority: priority.try_into().unwrap(),
            since,
            series,
            step,
        };
        let order = [
            contender(100, 9, "z", "z"),
            contender(50, 1, "b", "b"),
            contender(50, 2, "a", "a"),
            contender(50, 2, "a", "b"),
            contender(50, 2, "b", "a"),
            contender(0, 0, "a", "a"),
        ];
        for turn in 0..order.len() {
            let mut turned = order;
            turned.rotate_left(turn);
            turned.reverse();
            turned.sort_unstable();
            assert_eq!(turned, order);
        }
    }

    #[test]
    fn a_priority_has_bounds() {
        for (json, expected) in [("0", true), ("100", true), ("101", false), ("300", false)] {
            let read = serde_json::from_str::<Priority>(json);
            assert_eq!(read.is_ok(), expected, "{json}");
            match read {
                Ok(priority) => assert_eq!(serde_json::to_string(&priority).unwrap(), json),
                Err(error) => assert!(error.to_string().contains("from 0 to 100"), "{error}"),
            }
        }
    }
}
