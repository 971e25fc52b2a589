//! GrowthBook's hash and its ranges of buckets: the same person falls into the same variant here and
//! in GrowthBook's SDKs. Does not remember anyone: that is [`super::Sticky`].
//!
//! Source: GrowthBook, "Build Your Own SDK", spec 0.8.0, and the JavaScript SDK that it describes.

use serde::{Deserialize, Serialize};

/// Into how many buckets the hash sorts people; a share cannot be finer than 0.01 %.
pub(super) const BUCKETS: u32 = 10_000;

/// FNV-1a with 32 bits over UTF-16 code units, one round a unit, as the JavaScript SDK does.
fn fnv32(units: impl Iterator<Item = u32>) -> u32 {
    units.fold(0x811c_9dc5, |hash, unit| {
        (hash ^ unit).wrapping_mul(0x0100_0193)
    })
}

fn utf16(text: &str) -> impl Iterator<Item = u32> {
    text.encode_utf16().map(u32::from)
}

/// The digits of a number in decimal, as characters.
fn decimal(number: u32) -> impl Iterator<Item = u32> {
    (0..=number.checked_ilog10().unwrap_or(0))
        .rev()
        .map(move |place| u32::from(b'0') + number / 10_u32.pow(place) % 10)
}

/// Where a value falls, from 0 to below 1 in steps of 0.0001: GrowthBook's hash, version 2.
///
/// Different seeds sort the same values independently of each other.
#[must_use]
pub fn hash(seed: &str, value: &str) -> f64 {
    let first = fnv32(utf16(seed).chain(utf16(value)));
    f64::from(fnv32(decimal(first)) % BUCKETS) / f64::from(BUCKETS)
}

/// GrowthBook's hash, version 1, in steps of 0.001: biased, and needed for [`Namespace`] alone.
#[must_use]
pub fn hash_v1(seed: &str, value: &str) -> f64 {
    f64::from(fnv32(utf16(value).chain(utf16(seed))) % 1_000) / 1_000.0
}

/// A part of everyone. Experiments in parts of the same namespace that do not overlap share no one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Namespace {
    /// What the experiments have in common.
    pub id: String,
    /// From here, 0 to 1.
    pub start: f64,
    /// To below here, 0 to 1.
    pub end: f64,
}

impl Namespace {
    /// Whether a person is in this part.
    #[must_use]
    pub fn includes(&self, bucketing_id: &str) -> bool {
        let place = hash_v1(&["__", &self.id].concat(), bucketing_id);
        (self.start..self.end).contains(&place)
    }
}

/// Buckets that belong to a variant: `start` to below `end`, of 10,000.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Range {
    /// The place of the variant in its split, from 0.
    pub variant: usize,
    /// The first bucket.
    pub start: u32,
    /// The first bucket that is not in it any more.
    pub end: u32,
}

impl Range {
    fn len(self) -> u32 {
        self.end.saturating_sub(self.start)
    }

    /// The first `buckets` of the range, and the rest.
    fn cut(self, buckets: u32) -> (Self, Self) {
        let middle = self.start + buckets.min(self.len());
        (
            Self {
                end: middle,
                ..self
            },
            Self {
                start: middle,
                ..self
            },
        )
    }
}

/// Which buckets belong to which variant; those that belong to none are not in the experiment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ranges(Vec<Range>);

impl FromIterator<Range> for Ranges {
    fn from_iter<I: IntoIterator<Item = Range>>(ranges: I) -> Self {
        Self(ranges.into_iter().collect())
    }
}

impl Ranges {
    /// One range a variant. Of the share of each variant, `coverage` (0 to 1) takes part.
    ///
    /// As in GrowthBook, weights that are not one for each variant, or that add up to less than 0.99
    /// or more than 1.01, become equal weights, and coverage is brought into its bounds.
    #[must_use]
    pub fn from_weights(variants: usize, coverage: f64, weights: &[f64]) -> Self {
        let coverage = coverage.clamp(0.0, 1.0);
        let total: f64 = weights.iter().sum();
        let equal = vec![1.0 / variants as f64; variants];
        let weights = if weights.len() == variants && (0.99..=1.01).contains(&total) {
            weights
        } else {
            &equal
        };
        let mut start = 0.0;
        let mut ranges = Vec::with_capacity(variants);
        for (variant, weight) in weights.iter().enumerate() {
            ranges.push(Range {
                variant,
                start: bucket_from(start),
                end: bucket_from(start + coverage * weight),
            });
            start += weight;
        }
        Self(ranges)
    }

    /// The variant that a hash from 0 to below 1 falls to; `None` for one outside the experiment.
    #[must_use]
    pub fn choose(&self, place: f64) -> Option<usize> {
        let edge = |bucket: u32| f64::from(bucket) / f64::from(BUCKETS);
        self.0
            .iter()
            .find(|range| (edge(range.start)..edge(range.end)).contains(&place))
            .map(|range| range.variant)
    }

    /// The share of everyone that falls to a variant, from 0 to 1.
    #[must_use]
    pub fn share(&self, variant: usize) -> f64 {
        let own = self.0.iter().filter(|range| range.variant == variant);
        f64::from(own.map(|range| range.len()).sum::<u32>()) / f64::from(BUCKETS)
    }

    /// The ranges for other weights that send the fewest buckets elsewhere.
    ///
    /// A variant that shrinks gives up its last buckets; one that grows takes those first, and then
    /// buckets that were in no variant. With S buckets given up and G taken, max(S, G) change, and
    /// fewer cannot: S have to leave their variant and G have to enter another, and one bucket can at
    /// most do both. [`Ranges::from_weights`] would move every later boundary as well.
    #[must_use]
    pub fn reweighted(&self, variants: usize, coverage: f64, weights: &[f64]) -> Self {
        let mut missing: Vec<u32> = Self::from_weights(variants, coverage, weights)
            .0
            .into_iter()
            .map(Range::len)
            .collect();
        let (mut kept, mut given_up, mut unused) = (Vec::new(), Vec::new(), Vec::new());
        let mut free_from = 0;
        for range in &self.0 {
            let wanted = missing.get_mut(range.variant);
            let (stays, leaves) = range.cut(wanted.as_deref().copied().unwrap_or(0));
            if let Some(wanted) = wanted {
                *wanted -= stays.len();
            }
            unused.push(Range {
                start: free_from,
                end: range.start,
                ..*range
            });
            free_from = range.end;
            kept.push(stays);
            given_up.push(leaves);
        }
        unused.push(Range {
            variant: 0,
            start: free_from,
            end: BUCKETS,
        });

        let mut free = given_up.into_iter().chain(unused);
        let mut next = free.next();
        for (variant, mut buckets) in missing.into_iter().enumerate() {
            while let Some(range) = next.filter(|_| buckets > 0) {
                let (taken, rest) = range.cut(buckets);
                kept.push(Range { variant, ..taken });
                buckets -= taken.len();
                next = (rest.len() > 0).then_some(rest).or_else(|| free.next());
            }
        }
        Self::joined(kept)
    }

    /// In order, without empty ranges, neighbours of the same variant as one.
    fn joined(mut ranges: Vec<Range>) -> Self {
        ranges.retain(|range| range.len() > 0);
        ranges.sort_unstable_by_key(|range| range.start);
        ranges.dedup_by(|right, left| {
            let joins = left.variant == right.variant && left.end == right.start;
            if joins {
                left.end = right.end;
            }
            joins
        });
        Self(ranges)
    }
}

/// The first bucket that does not lie below a place from 0 to 1.
///
/// What a product of shares is off by in its last digit is taken away: 0.2 of 0.2 are 400 buckets, as
/// GrowthBook's vectors have it, where its SDK would add the bucket on the edge.
fn bucket_from(place: f64) -> u32 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "`as` brings a float into the bounds of the integer, which is what is wanted"
    )]
    let bucket = (place * f64::from(BUCKETS) - 1e-6).ceil() as u32;
    bucket.min(BUCKETS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shares(ranges: &Ranges, variants: usize) -> Vec<f64> {
        (0..variants).map(|variant| ranges.share(variant)).collect()
    }

    fn variant_of_every_bucket(ranges: &Ranges) -> Vec<Option<usize>> {
        (0..BUCKETS)
            .map(|bucket| ranges.choose(f64::from(bucket) / f64::from(BUCKETS)))
            .collect()
    }

    #[test]
    fn other_weights_send_the_fewest_buckets_elsewhere() {
        // Variants, coverage and weights one after the other; how many buckets change each time.
        type Step = (f64, &'static [f64], usize);
        let stories: [(usize, &[Step]); 5] = [
            (2, &[(1.0, &[0.5, 0.5], 0), (1.0, &[0.8, 0.2], 3_000)]),
            (2, &[(0.1, &[0.5, 0.5], 0), (0.5, &[0.5, 0.5], 4_000)]),
            (2, &[(1.0, &[0.5, 0.5], 0), (0.0, &[0.5, 0.5], 10_000)]),
            // From the first to the last, past the one in the middle, which keeps everyone.
            (
                3,
                &[(1.0, &[0.4, 0.4, 0.2], 0), (1.0, &[0.2, 0.4, 0.4], 2_000)],
            ),
            (
                4,
                &[
                    (0.6, &[0.25, 0.25, 0.25, 0.25], 0),
                    (0.8, &[0.7, 0.1, 0.1, 0.1], 4_100),
                    (1.0, &[0.1, 0.2, 0.3, 0.4], 6_600),
                    (1.0, &[0.1, 0.2, 0.3, 0.4], 0),
                ],
            ),
        ];
        for (variants, steps) in stories {
            let (coverage, weights, _) = steps[0];
            let mut ranges = Ranges::from_weights(variants, coverage, weights);
            for (coverage, weights, fewest) in &steps[1..] {
                let before = ranges.clone();
                ranges = before.reweighted(variants, *coverage, weights);
                let wanted = shares(
                    &Ranges::from_weights(variants, *coverage, weights),
                    variants,
                );
                assert_eq!(shares(&ranges, variants), wanted);
                let moved = variant_of_every_bucket(&before)
                    .iter()
                    .zip(variant_of_every_bucket(&ranges))
                    .filter(|(before, after)| *before != after)
                    .count();
                assert_eq!(moved, *fewest, "{before:?} to {weights:?}");
            }
        }
    }

    #[test]
    fn neighbours_of_a_variant_are_one_range_again() {
        let even = Ranges::from_weights(2, 1.0, &[]);
        let there = even.reweighted(2, 1.0, &[0.8, 0.2]);
        assert_eq!(there.0.len(), 3);
        let back = there.reweighted(2, 1.0, &[0.5, 0.5]);
        assert_eq!(back, even);
    }

    #[test]
    fn a_variant_that_is_gone_gives_up_everyone() {
        let three = Ranges::from_weights(3, 1.0, &[]);
        let two = three.reweighted(2, 1.0, &[0.5, 0.5]);
        assert_eq!(shares(&two, 3), [0.5, 0.5, 0.0]);
    }

    #[test]
    fn what_is_no_number_takes_no_one() {
        let ranges = Ranges::from_weights(2, f64::NAN, &[0.5, 0.5]);
        assert_eq!(ranges.choose(0.0), None);
        assert_eq!(Ranges::from_weights(2, 1.0, &[0.5, 0.5]).choose(1.0), None);
        assert_eq!(Ranges::from_weights(0, 1.0, &[]).choose(0.0), None);
    }
}
