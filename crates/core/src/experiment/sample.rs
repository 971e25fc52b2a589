//! What is known of the people of one variant: three sums, from which every figure follows.
//! Sums of shards add up to the sums of everyone. Holds no one's value.

use std::ops::AddAssign;

use serde::{Deserialize, Serialize};

/// What an experiment is judged by. More is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// The share of people who did it: a person's value is 1 or 0.
    Conversion,
    /// The mean of what people brought in: a person's value is the sum of theirs, 0 for most.
    Revenue,
}

impl Metric {
    /// How the figure of a variant is computed.
    #[must_use]
    pub fn definition(self) -> &'static str {
        match self {
            Self::Conversion => {
                "people of the variant who did what is counted, at least once since they were \
                 assigned / people assigned to the variant"
            }
            Self::Revenue => {
                "all that the people of the variant brought in since they were assigned / people \
                 assigned to the variant, whether they paid or not"
            }
        }
    }
}

/// The sums of one variant for one metric.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sample {
    /// People assigned.
    pub people: u64,
    /// Of their values.
    pub sum: f64,
    /// Of the squares of their values.
    pub sum_of_squares: f64,
}

impl Sample {
    /// People of whom so many converted.
    #[must_use]
    pub fn of_conversions(people: u64, converted: u64) -> Self {
        let sum = converted.min(people) as f64;
        Self {
            people,
            sum,
            sum_of_squares: sum,
        }
    }

    /// Adds one person's value, 0 included.
    pub fn add(&mut self, value: f64) {
        *self += Self {
            people: 1,
            sum: value,
            sum_of_squares: value * value,
        };
    }

    /// The mean; 0 of no one.
    #[must_use]
    pub fn mean(&self) -> f64 {
        self.sum / self.people.max(1) as f64
    }

    /// The variance between people, without bias (divided by one less than there are people).
    ///
    /// Of values that differ by less than a hundred-millionth of their mean, nothing is left.
    #[must_use]
    pub fn variance(&self) -> f64 {
        let spread = self.sum_of_squares - self.sum * self.mean();
        spread.max(0.0) / self.people.saturating_sub(1).max(1) as f64
    }

    /// The variance of the mean.
    pub(super) fn variance_of_mean(&self) -> f64 {
        self.variance() / self.people.max(1) as f64
    }
}

impl AddAssign for Sample {
    fn add_assign(&mut self, other: Self) {
        self.people += other.people;
        self.sum += other.sum;
        self.sum_of_squares += other.sum_of_squares;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: &[f64]) -> Sample {
        let mut sample = Sample::default();
        for value in values {
            sample.add(*value);
        }
        sample
    }

    #[test]
    fn mean_and_variance_follow_from_the_sums() {
        // Values, mean, variance.
        let cases: [(&[f64], f64, f64); 4] = [
            (&[], 0.0, 0.0),
            (&[3.0], 3.0, 0.0),
            (&[1.0, 2.0, 3.0, 6.0], 3.0, 14.0 / 3.0),
            (&[1.0, 0.0, 0.0, 1.0], 0.5, 1.0 / 3.0),
        ];
        for (values, mean, variance) in cases {
            let sample = of(values);
            assert!((sample.mean() - mean).abs() < 1e-12, "{values:?}");
            assert!((sample.variance() - variance).abs() < 1e-12, "{values:?}");
        }
        assert_eq!(of(&[1.0, 0.0, 0.0, 1.0]), Sample::of_conversions(4, 2));
    }

    #[test]
    fn shards_add_up() {
        let mut whole = of(&[1.0, 2.0]);
        whole += of(&[0.0, 4.5]);
        assert_eq!(whole, of(&[1.0, 2.0, 0.0, 4.5]));
    }
}
