//! One event and then another within a time, or then not: an abandoned basket.
//! Looks at occurrences up to now; those ahead of the clock are waited for.

use super::{
    program::Source,
    residual::{any, during},
    timed::Stretch,
};
use crate::{
    history::Track,
    residual::{NOWHERE, Residual},
    time::Date,
    window::{Count, Window},
    zone::Zone,
};

/// A sequence, ready to be answered.
#[derive(Clone, Debug)]
pub(super) struct Sequence {
    pub(super) first: Source,
    pub(super) then: Source,
    pub(super) is_of_one_event: bool,
    pub(super) happened: bool,
    pub(super) within: i64,
    pub(super) window: Window<Date>,
}

/// The occurrences that a sequence is made of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tracks<'a> {
    pub(super) first: Track<'a>,
    pub(super) then: Track<'a>,
}

impl Sequence {
    /// When it holds, as far as is known at `now`.
    fn stretch(&self, tracks: Tracks<'_>, zone: &Zone, now: i64) -> Option<Stretch> {
        let window = self.window.on(zone);
        let firsts = tracks.first.between(window.bounds(now)).until(now);
        let leaves = |at: i64| match window {
            Window::Last(span) => at.saturating_add(span).saturating_add(1),
            Window::Ever | Window::Before(_) | Window::Since(_) | Window::Between(..) => i64::MAX,
        };
        let is_followed = |first: i64| self.next(tracks.then, first, now).is_some();
        let mut newest_first = firsts.instants().rev();
        if self.happened {
            let first = newest_first.find(|first| is_followed(*first))?;
            return Some((i64::MIN, leaves(first)));
        }
        let first = newest_first.next().filter(|first| !is_followed(*first))?;
        let passed = first.saturating_add(self.within).saturating_add(1);
        Some((passed, leaves(first)))
    }

    /// The occurrence that follows one at an instant.
    fn next(&self, then: Track<'_>, first: i64, now: i64) -> Option<i64> {
        // An event follows itself only later.
        let start = first.saturating_add(i64::from(self.is_of_one_event));
        let end = first.saturating_add(self.within).saturating_add(1);
        then.between((start, end)).until(now).instants().next()
    }

    /// The answer at `now`, and the earliest instant after it at which it may be another.
    pub(super) fn hold(&self, tracks: Tracks<'_>, zone: &Zone, now: i64) -> (bool, Option<i64>) {
        let stretch = self.stretch(tracks, zone, now);
        let holds = stretch.is_some_and(|(start, end)| now >= start && now < end);
        let ahead = |track: Track<'_>| track.between((now.saturating_add(1), i64::MAX)).first();
        let (start, end) = stretch.unzip();
        let next = [start, end, ahead(tracks.first), ahead(tracks.then)]
            .into_iter()
            .flatten()
            .filter(|instant| *instant > now && *instant < i64::MAX)
            .min();
        (holds, next)
    }

    /// What is left of it for the browser.
    pub(super) fn residual(&self, tracks: Tracks<'_>, zone: &Zone, now: i64) -> Residual {
        let known = self
            .stretch(tracks, zone, now)
            .map_or(Residual::Always(false), |stretch| during(stretch, now));
        if self.first.event().is_none() && self.then.event().is_none() {
            // LIMIT: the browser keeps no properties: what happens there counts once the edge has it.
            return known;
        }
        // What is to come can follow the newest one only.
        let window = self.window.on(zone);
        let newest = tracks.first.between(window.bounds(now)).last();
        let next = newest.and_then(|first| self.next(tracks.then, first, now));
        let event = |source: &Source, window, known: Option<i64>| Residual::Event {
            name: source.event().unwrap_or(NOWHERE).to_owned(),
            count: Count::AtLeast(1),
            window,
            known: known.into_iter().collect(),
        };
        let open = Residual::Sequence {
            events: vec![
                event(&self.first, window, newest),
                event(&self.then, Window::Ever, next),
            ],
            within: self.within,
            happened: self.happened,
        };
        if self.happened {
            any([known, open])
        } else {
            open
        }
    }
}
