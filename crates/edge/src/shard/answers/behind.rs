//! Who is behind a number of a report: core tells it of each person, from the runs that are kept.

use rekindle_core::series::Number;
use worker::Result;

use crate::shard::{
    LOOK_MAX, Shard,
    messages::{Behind, FoundBehind, PersonBehind},
};

/// How many people are held in memory at once.
const AT_ONCE: u32 = 250;

impl Shard {
    pub(super) fn behind(&self, question: &Behind) -> Result<FoundBehind> {
        self.catch_up(LOOK_MAX)?;
        let number = Number {
            series: &question.series,
            metric: question.metric,
            step: question.step.as_deref(),
            variant: question.variant.as_deref(),
            version: question.version,
            within: question.within,
        };
        let mut found = FoundBehind::default();
        let mut after = question.after.clone();
        while found.looked_at < question.look {
            let limit = AT_ONCE.min(question.look - found.looked_at);
            let people = self.store()?.people_page(&after, limit)?;
            let is_end = people.len() < limit as usize;
            for person in people {
                found.looked_at += 1;
                let instants = number.of(&person);
                after = person.id;
                if let Some(at) = instants.iter().copied().max() {
                    found.people.push(PersonBehind {
                        id: after.clone(),
                        at,
                        times: instants.len() as u64,
                    });
                }
                if found.people.len() == question.limit as usize {
                    found.reached = Some(after);
                    return Ok(found);
                }
            }
            if is_end {
                return Ok(found);
            }
        }
        found.reached = Some(after);
        Ok(found)
    }
}
