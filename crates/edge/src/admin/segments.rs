//! How large the segments are, and how they came to be so.

use std::collections::BTreeMap;

use rekindle_core::window::DAY_MS;
use serde_json::json as object;

use super::json;
use crate::{context::Context, problem::Answer, shard::messages::Sizes};

/// How many days a trend goes back, today included.
const TREND_DAYS: usize = 30;

/// `GET /segments/counts`: exact now, and for each of the last days how large each was at its end.
pub(super) async fn counts(context: &Context) -> Answer {
    let sizes: Vec<Sizes> = context.every_shard("sizes", &(TREND_DAYS as u64)).await?;
    let as_of = sizes.iter().map(|sizes| sizes.as_of).max().unwrap_or(0);
    let (mut counts, mut growth) = (BTreeMap::<String, i64>::new(), BTreeMap::new());
    for sizes in sizes {
        for (segment, count) in sizes.counts {
            *counts.entry(segment).or_default() += count;
        }
        for (segment, day, net) in sizes.growth {
            counts.entry(segment.clone()).or_default();
            *growth.entry((segment, day)).or_insert(0_i64) += net;
        }
    }
    let today = as_of.div_euclid(DAY_MS);
    let trend: BTreeMap<&str, Vec<i64>> = counts
        .iter()
        .map(|(segment, now)| {
            let net = |day: i64| growth.get(&(segment.clone(), day)).copied().unwrap_or(0);
            (segment.as_str(), sizes_back(*now, today, net))
        })
        .collect();
    json(&object!({ "as_of": as_of, "counts": counts, "trend": trend }))
}

/// The sizes at the end of each day, oldest first: from now back, each day's growth taken off.
fn sizes_back(now: i64, today: i64, net: impl Fn(i64) -> i64) -> Vec<i64> {
    let mut sizes = Vec::with_capacity(TREND_DAYS);
    let (mut size, mut day) = (now, today);
    for _ in 0..TREND_DAYS {
        sizes.push(size);
        size -= net(day);
        day -= 1;
    }
    sizes.reverse();
    sizes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trend_goes_back_from_what_is_now() {
        let sizes = sizes_back(7, 100, |day| match day {
            100 => 2,
            98 => -1,
            71 => 3,
            70 => 50,
            _ => 0,
        });
        assert_eq!(sizes.len(), 30);
        assert_eq!(sizes[29], 7, "now");
        assert_eq!((sizes[28], sizes[27], sizes[26]), (5, 5, 6));
        assert_eq!(
            (sizes[0], sizes[1]),
            (6, 6),
            "what came before is not asked for"
        );
    }
}
