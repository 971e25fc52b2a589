//! Sets of numbers as stretches of a line, with what is not on the line: for reasoning about rules.
//! Knows nothing of rules.

/// A place on the line: before or after a number.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub(super) struct Cut(f64, bool);

const START: Cut = Cut(f64::NEG_INFINITY, false);
const END: Cut = Cut(f64::INFINITY, true);

impl Cut {
    pub(super) fn before(number: f64) -> Self {
        Self(number, false)
    }

    pub(super) fn after(number: f64) -> Self {
        Self(number, true)
    }
}

/// Stretches of the line, and what is beside it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Spans {
    /// In order, with room between them.
    on: Vec<(Cut, Cut)>,
    /// Whether it has what is not on the line, such as a value that is missing.
    pub(super) off: bool,
}

impl Spans {
    pub(super) fn from(start: Cut) -> Self {
        Self::between(start, END)
    }

    pub(super) fn until(end: Cut) -> Self {
        Self::between(START, end)
    }

    pub(super) fn between(start: Cut, end: Cut) -> Self {
        Self::all_of([(start, end)])
    }

    pub(super) fn all_of(on: impl IntoIterator<Item = (Cut, Cut)>) -> Self {
        let mut on: Vec<(Cut, Cut)> = on.into_iter().filter(|(start, end)| start < end).collect();
        on.sort_by(|(one, _), (other, _)| one.0.total_cmp(&other.0).then(one.1.cmp(&other.1)));
        let mut joined: Vec<(Cut, Cut)> = Vec::new();
        for (start, end) in on {
            match joined.last_mut() {
                Some((_, last)) if start <= *last => {
                    if end > *last {
                        *last = end;
                    }
                }
                _ => joined.push((start, end)),
            }
        }
        Self {
            on: joined,
            off: false,
        }
    }

    /// Everything, what is off the line included.
    pub(super) fn everything() -> Self {
        Self {
            off: true,
            ..Self::from(START)
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.on.is_empty() && !self.off
    }

    pub(super) fn not(&self) -> Self {
        let ends = self.on.iter().map(|(_, end)| *end);
        let starts = self.on.iter().map(|(start, _)| *start);
        let gaps = std::iter::once(START).chain(ends).zip(starts.chain([END]));
        Self {
            off: !self.off,
            ..Self::all_of(gaps)
        }
    }

    pub(super) fn or(&self, other: &Self) -> Self {
        Self {
            off: self.off || other.off,
            ..Self::all_of(self.on.iter().chain(&other.on).copied())
        }
    }

    pub(super) fn and(&self, other: &Self) -> Self {
        self.not().or(&other.not()).not()
    }

    /// The smallest place that is in it.
    pub(super) fn least(&self) -> Option<Cut> {
        self.on.first().map(|(start, _)| *start)
    }

    /// The first place past everything in it.
    pub(super) fn most(&self) -> Option<Cut> {
        self.on.last().map(|(_, end)| *end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_obey_the_laws_of_sets() {
        let sets: Vec<Spans> = [(0.0, 1.0), (1.0, 2.0), (0.5, 3.0)]
            .into_iter()
            .flat_map(|(low, high)| {
                let closed = Spans::between(Cut::before(low), Cut::after(high));
                let open = Spans::between(Cut::after(low), Cut::before(high));
                [closed.not(), open.not(), closed, open]
            })
            .chain([Spans::everything(), Spans::everything().not()])
            .collect();
        for one in &sets {
            assert_eq!(&one.not().not(), one);
            assert!(one.and(&one.not()).is_empty());
            assert_eq!(one.or(&one.not()), Spans::everything());
            for other in &sets {
                assert_eq!(one.and(other), other.and(one));
                assert_eq!(one.or(&one.and(other)), *one);
            }
        }
        let point = Spans::between(Cut::before(1.0), Cut::after(1.0));
        assert!(!point.is_empty() && Spans::between(Cut::after(1.0), Cut::after(1.0)).is_empty());
    }
}
