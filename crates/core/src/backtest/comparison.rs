//! Two drafts over the same history, side by side.
//! Compares volumes; which of the two works better only an experiment can tell.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{
    forecast::{Day, Forecast, Volumes},
    timeline::{What, Word},
};

/// One number of both.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    /// The step; `null` for all together.
    pub step: Option<String>,
    /// What is counted; with the reason where there is one.
    pub what: What,
    /// In the first draft.
    pub one: u64,
    /// In the second.
    pub other: u64,
}

/// Two forecasts, side by side.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Comparison {
    /// What the numbers cannot say.
    pub note: Word,
    /// The totals first, then the steps: those of the first draft, then those that only the second
    /// has. Lines in which neither has anything are left out.
    pub lines: Vec<Line>,
    /// The busiest day of each, with how many messages.
    pub busiest: [Option<(Day, u64)>; 2],
    /// The most messages that one person would get, in each.
    pub most: [u64; 2],
}

impl Comparison {
    /// Puts two forecasts over the same history side by side.
    ///
    /// # Errors
    /// When they are not over the same time and the same people.
    pub fn new(one: &Forecast, other: &Forecast) -> Result<Self, String> {
        if (one.from, one.to, one.people) != (other.from, other.to, other.people) {
            return Err(
                "the two forecasts are of other times or people: replay both drafts over the same history"
                    .to_owned(),
            );
        }
        let mut lines = Vec::new();
        compare(&mut lines, None, &one.total, &other.total);
        let nothing = Volumes::default();
        let volumes = |forecast: &Forecast, id: &str| {
            let step = forecast.steps.iter().find(|step| step.id == id);
            step.map(|step| step.total.clone())
        };
        for step in &one.steps {
            let there = volumes(other, &step.id);
            compare(
                &mut lines,
                Some(&step.id),
                &step.total,
                &there.unwrap_or_default(),
            );
        }
        for step in &other.steps {
            if volumes(one, &step.id).is_none() {
                compare(&mut lines, Some(&step.id), &nothing, &step.total);
            }
        }
        let busiest = |forecast: &Forecast| {
            forecast
                .busiest
                .map(|busiest| (busiest.day, busiest.would_send))
        };
        let most = |forecast: &Forecast| forecast.most.as_ref().map_or(0, |most| most.messages);
        Ok(Self {
            note: one.note.clone(),
            lines,
            busiest: [busiest(one), busiest(other)],
            most: [most(one), most(other)],
        })
    }
}

fn compare(lines: &mut Vec<Line>, step: Option<&str>, one: &Volumes, other: &Volumes) {
    let mut line = |what: What, one: u64, other: u64| {
        if one + other > 0 {
            let step = step.map(str::to_owned);
            lines.push(Line {
                step,
                what,
                one,
                other,
            });
        }
    };
    for (what, one, other) in [
        (What::Matched, one.matched, other.matched),
        (What::Entered, one.entered, other.entered),
        (What::HeldOut, one.held_out, other.held_out),
        (What::WouldSend, one.would_send, other.would_send),
        (What::Delayed, one.delayed, other.delayed),
        (What::Finished, one.finished, other.finished),
    ] {
        line(what, one, other);
    }
    for (what, one, other) in [
        (
            What::Skipped as fn(Word) -> What,
            &one.skipped,
            &other.skipped,
        ),
        (What::Took, &one.took, &other.took),
        (What::Exited, &one.exits, &other.exits),
    ] {
        let words: BTreeSet<&Word> = one.keys().chain(other.keys()).collect();
        for word in words {
            let count = |counts: &BTreeMap<Word, u64>| counts.get(word).copied().unwrap_or(0);
            line(what(word.clone()), count(one), count(other));
        }
    }
}
