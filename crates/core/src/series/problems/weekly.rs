//! The most messages that one person can get in a week, from the graph alone.
//! Knows no caps: those are for the workspace.

use crate::{
    series::{
        definition::{Gate, Message, Series, Step, in_order, reachable},
        spec::{Each, Reentry},
    },
    window::DAY_MS,
};

/// The week that is looked at.
const WEEK_MS: i64 = 7 * DAY_MS;

/// More than this many messages in a week are warned about.
pub const MANY_A_WEEK: u32 = 7;

/// The most messages in seven days; `None` where every event starts a run of its own.
pub(super) fn most(series: &Series) -> Option<u32> {
    let one_run = most_of_one_run(series);
    let is_per_event = match &series.entry {
        Gate::Match { .. }
        | Gate::Event {
            each: Each::Person, ..
        } => false,
        Gate::Event {
            each: Each::Event | Each::Property(_),
            ..
        } => true,
    };
    if is_per_event && one_run > 0 {
        return None;
    }
    let again = match series.reentry {
        Reentry::Never => 0,
        // A run and the pause after it, over and over.
        Reentry::After(span) => {
            let cycle = shortest(series).saturating_add(span.0).max(1);
            u32::try_from((WEEK_MS - 1) / cycle).unwrap_or(u32::MAX)
        }
    };
    Some(one_run.saturating_mul(again.saturating_add(1)))
}

/// Whether a step says something to the person.
fn speaks(step: &Step) -> bool {
    match step.message() {
        Some(Message::Email(_) | Message::InApp(_) | Message::Push(_)) => true,
        Some(Message::Webhook(_)) | None => false,
    }
}

/// The most messages of one run in any seven days.
fn most_of_one_run(series: &Series) -> u32 {
    let order = in_order(&series.steps);
    let reached = reachable(&series.steps);
    let starts = series.steps.iter().zip(reached).enumerate();
    let starts = starts.filter(|(_, (step, is_reached))| *is_reached && speaks(step));
    starts
        .map(|(start, _)| most_from(series, &order, start))
        .max()
        .unwrap_or(0)
}

/// The most messages in the seven days that a message begins.
///
/// For every step and every number of messages, the shortest time in which that many can have
/// fired when the step does: more messages on a slower way may still be fewer within the week.
fn most_from(series: &Series, order: &[usize], start: usize) -> u32 {
    let steps = &series.steps;
    let mut quickest: Vec<Vec<i64>> = vec![Vec::new(); steps.len()];
    if let Some(slot) = quickest.get_mut(start) {
        *slot = vec![i64::MAX, 0];
    }
    let mut most = 1;
    for place in order {
        let Some((step, ways)) = steps.get(*place).zip(quickest.get(*place).cloned()) else {
            continue;
        };
        for next in step.leads().filter_map(|(_, next)| next) {
            let Some((after, slot)) = steps.get(next).zip(quickest.get_mut(next)) else {
                continue;
            };
            let gap = step.waits_ms_min().saturating_add(after.delay_ms);
            for (count, elapsed) in ways.iter().enumerate() {
                let then = elapsed.saturating_add(gap);
                if then >= WEEK_MS {
                    continue;
                }
                let count = count + usize::from(speaks(after));
                if slot.len() <= count {
                    slot.resize(count + 1, i64::MAX);
                }
                if let Some(quickest) = slot.get_mut(count) {
                    *quickest = then.min(*quickest);
                    most = most.max(count);
                }
            }
        }
    }
    u32::try_from(most).unwrap_or(u32::MAX)
}

/// The shortest time from entry to the end.
fn shortest(series: &Series) -> i64 {
    let mut shortest = vec![0_i64; series.steps.len()];
    for place in in_order(&series.steps).into_iter().rev() {
        let Some(step) = series.steps.get(place) else {
            continue;
        };
        let rest = step.leads().map(|(_, next)| {
            next.and_then(|next| shortest.get(next).copied())
                .unwrap_or(0)
        });
        let rest = rest.min().unwrap_or(0);
        let own = step.delay_ms.saturating_add(step.waits_ms_min());
        if let Some(slot) = shortest.get_mut(place) {
            *slot = own.saturating_add(rest);
        }
    }
    shortest.first().copied().unwrap_or(0)
}
