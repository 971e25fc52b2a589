//! The steps as a graph: circles, the longest way, what is nearest.
//! Knows nothing of what steps do.

use super::Step;
use crate::series::problems::Finding;

/// The places that a step leads to.
fn after(steps: &[Step], place: usize) -> Vec<usize> {
    let step = steps.get(place);
    step.map_or_else(Vec::new, |step| {
        step.leads().filter_map(|(_, next)| next).collect()
    })
}

/// Where a walk stands with a step.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    New,
    OnTheWay,
    Done,
}

/// The steps in an order in which each comes before those that it leads to, or the first circle.
fn sorted(steps: &[Step]) -> Result<Vec<usize>, Vec<usize>> {
    let mut marks = vec![Mark::New; steps.len()];
    let mut order = Vec::new();
    for start in 0..steps.len() {
        // A stack of its own: each step with those of its next ones that have not been seen.
        let mut way = vec![(start, after(steps, start))];
        if marks.get(start) != Some(&Mark::New) {
            continue;
        }
        while let Some((place, mut rest)) = way.pop() {
            if let Some(mark) = marks.get_mut(place) {
                *mark = Mark::OnTheWay;
            }
            let Some(next) = rest.pop() else {
                if let Some(mark) = marks.get_mut(place) {
                    *mark = Mark::Done;
                }
                order.push(place);
                continue;
            };
            way.push((place, rest));
            match marks.get(next) {
                Some(Mark::New) => way.push((next, after(steps, next))),
                Some(Mark::OnTheWay) => {
                    let circle = way.iter().map(|(place, _)| *place);
                    return Err(circle
                        .skip_while(|place| *place != next)
                        .chain([next])
                        .collect());
                }
                Some(Mark::Done) | None => {}
            }
        }
    }
    order.reverse();
    Ok(order)
}

/// The first circle, with its path.
pub(super) fn circle(steps: &[Step]) -> Option<Finding> {
    let circle = sorted(steps).err()?;
    let ids: Vec<&str> = circle
        .iter()
        .filter_map(|place| steps.get(*place))
        .map(|step| step.id.as_str())
        .collect();
    let message = format!(
        "the steps lead in a circle ({}): lead one of them on, or to `end`",
        ids.join(" > ")
    );
    Some(Finding::error(ids.first().copied(), "circle", message))
}

/// For every step, how long the longest way from it on takes (ms).
pub(super) fn longest(steps: &[Step]) -> Vec<i64> {
    let mut longest = vec![0_i64; steps.len()];
    for place in sorted(steps).unwrap_or_default().into_iter().rev() {
        let rest = after(steps, place);
        let rest = rest
            .iter()
            .filter_map(|next| longest.get(*next).copied())
            .max();
        let own = steps.get(place).map_or(0, Step::takes_ms);
        if let Some(slot) = longest.get_mut(place) {
            *slot = own.saturating_add(rest.unwrap_or_default());
        }
    }
    longest
}

/// A step and those after it, the nearest first.
pub(super) fn nearest_first(steps: &[Step], start: usize) -> impl Iterator<Item = usize> {
    let mut found = vec![start];
    let mut done = 0;
    while let Some(place) = found.get(done).copied() {
        done += 1;
        for next in after(steps, place) {
            if !found.contains(&next) {
                found.push(next);
            }
        }
    }
    found.into_iter()
}

/// The places that can be reached from the first step.
pub(in crate::series) fn reachable(steps: &[Step]) -> Vec<bool> {
    let mut reached = vec![false; steps.len()];
    for place in nearest_first(steps, 0) {
        if let Some(slot) = reached.get_mut(place) {
            *slot = true;
        }
    }
    reached
}

/// The steps in an order in which each comes before those that it leads to.
pub(in crate::series) fn in_order(steps: &[Step]) -> Vec<usize> {
    sorted(steps).unwrap_or_default()
}
