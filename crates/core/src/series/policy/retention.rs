//! For how long what people did is kept, event by event. Forgets nothing itself.

use std::collections::BTreeMap;

use crate::{series::Span, time::format_span, window::DAY_MS};

// LIMIT: events that are named one by one; the rest share one word.
/// How many events may have a span of their own.
pub const EVENTS_MAX: usize = 200;

// LIMIT: shorter, and an event could be forgotten before a series that waits for it looks.
/// The shortest span that events may be kept, milliseconds.
pub const KEPT_MS_MIN: i64 = DAY_MS;

/// Stands for every event that is not named.
pub const ALL_OTHERS: &str = "*";

/// For how long events are kept, by name; those that are not named as [`ALL_OTHERS`] says, or for ever.
pub type Retention = BTreeMap<String, Span>;

pub(super) fn check_retention(retention: &Retention, problem: &mut impl FnMut(String)) {
    if retention.len() > EVENTS_MAX {
        let count = retention.len();
        problem(format!(
            "`retention` names {count} events, more than {EVENTS_MAX}: give those that are alike the span of `{ALL_OTHERS}`"
        ));
    }
    for (event, Span(kept)) in retention {
        if *kept < KEPT_MS_MIN {
            let shortest = format_span(KEPT_MS_MIN);
            problem(format!(
                "`retention` keeps `{event}` for less than {shortest}: keep it longer, or do not send it"
            ));
        }
    }
}
