//! Partial evaluation: with the person's facts known, only what the browser will see remains.
//! Attributes never survive it: what depends on them becomes an answer, or an instant.

use super::{AttributeTest, Facts, Rule, Test, Which};
use crate::{
    residual::Residual,
    window::{Age, Count, DAY_MS, Window},
};

impl Rule {
    /// What is left of the rule for a browser that will know the page, new events and the time.
    ///
    /// For every `later >= now`, evaluating it there gives what the whole rule would give.
    #[must_use]
    pub fn residual(&self, facts: &Facts<'_>, now: i64) -> Residual {
        match self {
            Self::All(parts) => combine(parts, facts, now, false),
            Self::Any(parts) => combine(parts, facts, now, true),
            Self::Not(part) => match part.residual(facts, now) {
                Residual::Always(answer) => Residual::Always(!answer),
                Residual::Not(inner) => *inner,
                open @ (Residual::All(_)
                | Residual::Any(_)
                | Residual::From(_)
                | Residual::Event { .. }
                | Residual::LastSeen { .. }
                | Residual::Page { .. }) => Residual::Not(Box::new(open)),
            },
            Self::Attribute(test) => test.residual(facts, now),
            Self::Event(test) => Residual::Event {
                name: test.name.clone(),
                count: test.count,
                window: test.window,
                known: facts
                    .history
                    .for_browser(&test.name, test.count, test.window, now),
            },
            Self::Occurrence(test) => match (test.which, test.age) {
                // The first occurrence stays the first; without one, a new one starts at age 0.
                (Which::First, age) => match test.instant(facts) {
                    Some(at) => age_residual(age, at, now),
                    None => first_residual(&test.name, age),
                },
                // "Last performed less than N ago" is "performed in the last N - 1 ms".
                (Which::Last, Age::LessThanAgo(span)) => event(
                    facts,
                    &test.name,
                    Count::AtLeast(1),
                    span.saturating_sub(1),
                    now,
                ),
                (Which::Last, Age::MoreThanAgo(span)) => Residual::All(vec![
                    ever(facts, &test.name, now),
                    event(facts, &test.name, Count::AtMost(0), span, now),
                ]),
            },
            Self::Page(page) => Residual::Page {
                field: page.field,
                test: page.test.clone(),
            },
            Self::Segment(_) => Residual::Always(false),
        }
    }
}

/// A group of which the decided parts are left out; `deciding` is the answer that settles it.
fn combine(parts: &[Rule], facts: &Facts<'_>, now: i64, deciding: bool) -> Residual {
    let mut open = Vec::new();
    for part in parts {
        let part = part.residual(facts, now);
        if part == Residual::Always(deciding) {
            return part;
        }
        if part != Residual::Always(!deciding) {
            open.push(part);
        }
    }
    match (open.len(), open.pop()) {
        (_, None) => Residual::Always(!deciding),
        (1, Some(only)) => only,
        (_, Some(last)) => {
            open.push(last);
            if deciding {
                Residual::Any(open)
            } else {
                Residual::All(open)
            }
        }
    }
}

fn event(facts: &Facts<'_>, name: &str, count: Count, span: i64, now: i64) -> Residual {
    let window = Window::Last(span);
    Residual::Event {
        name: name.to_owned(),
        count,
        window,
        known: facts.history.for_browser(name, count, window, now),
    }
}

fn ever(facts: &Facts<'_>, name: &str, now: i64) -> Residual {
    let (count, window) = (Count::AtLeast(1), Window::Ever);
    let known = facts.history.for_browser(name, count, window, now);
    if known.is_empty() {
        Residual::Event {
            name: name.to_owned(),
            count,
            window,
            known,
        }
    } else {
        Residual::Always(true)
    }
}

/// From an instant on, or until it; decided where it has passed.
fn from(instant: i64, now: i64) -> Residual {
    if now >= instant {
        Residual::Always(true)
    } else {
        Residual::From(instant)
    }
}

fn until(instant: i64, now: i64) -> Residual {
    if now >= instant {
        Residual::Always(false)
    } else {
        Residual::Not(Box::new(Residual::From(instant)))
    }
}

fn age_residual(age: Age, at: i64, now: i64) -> Residual {
    match age {
        Age::MoreThanAgo(_) => from(age.boundary(at), now),
        Age::LessThanAgo(_) => until(age.boundary(at), now),
    }
}

/// The age of a first occurrence that has yet to come.
fn first_residual(name: &str, age: Age) -> Residual {
    let occurred = |window| Residual::Event {
        name: name.to_owned(),
        count: Count::AtLeast(1),
        window,
        known: Vec::new(),
    };
    // LIMIT: while the browser holds its own instants only, "first" and "any so far" are the same
    // for an age that has not been reached; a longer one is decided at the edge.
    match age {
        Age::LessThanAgo(span) => occurred(Window::Last(span.saturating_sub(1))),
        Age::MoreThanAgo(_) => Residual::Always(false),
    }
}

impl Test {
    fn age(&self) -> Option<Age> {
        if let Self::MoreThanAgo(span) = self {
            return Some(Age::MoreThanAgo(*span));
        }
        if let Self::LessThanAgo(span) = self {
            return Some(Age::LessThanAgo(*span));
        }
        None
    }
}

impl AttributeTest {
    fn residual(&self, facts: &Facts<'_>, now: i64) -> Residual {
        if self.name == super::eval::LAST_SEEN
            && let Some(open) = self.test.last_seen_residual(facts.last_seen)
        {
            return open;
        }
        let known = self.value(facts);
        known
            .instant()
            .and_then(|at| self.test.timed_residual(at, now))
            .unwrap_or_else(|| Residual::Always(self.test.holds(known, now)))
    }
}

impl Test {
    /// What time alone decides, for an instant that stays as it is.
    fn timed_residual(&self, at: i64, now: i64) -> Option<Residual> {
        if let Some(age) = self.age() {
            return Some(age_residual(age, at, now));
        }
        if let Self::ExactlyAgo(span) = self {
            let start = at.saturating_add(*span);
            let end = start.saturating_add(DAY_MS);
            return Some(both(from(start, now), until(end, now)));
        }
        if let Self::WithinNext(span) = self {
            let start = at.saturating_sub(*span);
            let end = at.saturating_add(1);
            return Some(both(from(start, now), until(end, now)));
        }
        None
    }

    /// What the visitor does in the browser makes them seen: such tests stay open.
    fn last_seen_residual(&self, last: Option<i64>) -> Option<Residual> {
        let seen = |age| Residual::LastSeen { age, last };
        let not = |part| Residual::Not(Box::new(part));
        if let Some(age) = self.age() {
            return Some(seen(age));
        }
        if let Self::ExactlyAgo(span) = self {
            return Some(Residual::All(vec![
                not(seen(Age::LessThanAgo(*span))),
                seen(Age::LessThanAgo(span.saturating_add(DAY_MS))),
            ]));
        }
        let ever = seen(Age::LessThanAgo(i64::MAX));
        if *self == Self::HasAnyValue {
            return Some(ever);
        }
        // LIMIT: a comparison of `last_seen` with a date or a number is decided at the edge.
        (*self == Self::IsUnknown).then(|| not(ever))
    }
}

fn both(left: Residual, right: Residual) -> Residual {
    match (left, right) {
        (Residual::Always(false), _) | (_, Residual::Always(false)) => Residual::Always(false),
        (Residual::Always(true), open) | (open, Residual::Always(true)) => open,
        (left, right) => Residual::All(vec![left, right]),
    }
}
