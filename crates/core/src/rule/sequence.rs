//! One event and then another within a time, or then not: an abandoned basket.
//! Looks at occurrences up to now; those ahead of the clock are waited for.

use super::{
    program::Source,
    residual::{any, during},
    timed::Stretch,
};
use crate::{
    history::{Occurrence, Track},
    residual::Residual,
    time::Date,
    window::Window,
    zone::Zone,
};

/// A sequence, ready to be answered.
#[derive(Clone, Debug)]
pub(super) struct Sequence {
    pub(super) first: Source,
    pub(super) then: Source,
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
        let then = tracks.then.until(now);
        let mut newest_first = firsts.occurrences().rev();
        let is_followed = |first: Occurrence| {
            let follows = (
                first.at,
                first.at.saturating_add(self.within).saturating_add(1),
            );
            then.between(follows).occurrences().any(|one| one != first)
        };
        if self.happened {
            let first = newest_first.find(|first| is_followed(*first))?;
            return Some((i64::MIN, leaves(first.at)));
        }
        let first = newest_first.next().filter(|first| !is_followed(*first))?;
        let passed = first.at.saturating_add(self.within).saturating_add(1);
        Some((passed, leaves(first.at)))
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
        let (Some(first), Some(then)) = (self.first.event(), self.then.event()) else {
            // LIMIT: the browser keeps no properties: what happens there counts once the edge has it.
            return known;
        };
        let window = self.window.on(zone);
        // What comes can only follow the newest one, or be followed by what was in that moment. Of
        // those after it two are enough to be sure of another where an event follows itself.
        let newest = tracks.first.between(window.bounds(now)).last();
        let after = tracks.then.between((newest.unwrap_or(now), i64::MAX));
        let mut thens: Vec<i64> = after.instants().take(2).collect();
        thens.extend(after.instants().skip(2).last());
        let open = Residual::Sequence {
            first: first.to_owned(),
            firsts: newest.into_iter().collect(),
            then: then.to_owned(),
            thens,
            happened: self.happened,
            within: self.within,
            window,
        };
        if self.happened {
            any([known, open])
        } else {
            open
        }
    }
}
