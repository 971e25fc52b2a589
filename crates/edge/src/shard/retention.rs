//! Forgets what people did once it is older than the settings keep it: once a day, in slices, between which
//! other inputs are served.
//!
//! Safe to run twice: what is gone stays gone, and a day that was cut short goes on where it was. What rules
//! counted of an event stays with the person: only the event itself, with its properties, is forgotten.

use rekindle_core::window::DAY_MS;
use worker::Result;

use super::{SLICE, Shard, meta};

impl Shard {
    /// The day on which it was last done, and the last person looked at; `None` once everyone was.
    fn forgotten(&self) -> Result<(i64, Option<String>)> {
        let told = self.store()?.meta(meta::RETENTION)?.unwrap_or_default();
        let (day, after) = told.split_once('/').unzip();
        let day = day.unwrap_or(told.as_str()).parse().unwrap_or(i64::MIN);
        Ok((day, after.map(str::to_owned)))
    }

    /// When there is something to forget next, if ever.
    pub(super) fn next_forgetting(&self) -> Result<Option<i64>> {
        if self.definitions().settings.retention.is_empty() {
            return Ok(None);
        }
        let (day, after) = self.forgotten()?;
        let next = if after.is_some() {
            day
        } else {
            day.saturating_add(1)
        };
        Ok(Some(next.saturating_mul(DAY_MS)))
    }

    /// Forgets a slice of what is too old today.
    pub(super) fn forget_old(&self) -> Result<()> {
        let (store, now) = (self.store()?, self.now());
        let today = now.div_euclid(DAY_MS);
        if self.next_forgetting()?.is_none_or(|next| next > now) {
            return Ok(());
        }
        let (day, after) = self.forgotten()?;
        let after = after.filter(|_| day == today).unwrap_or_default();
        let people = store.people_after(&after, SLICE)?;
        let done = match people.last() {
            Some(last) => {
                let retention = &self.definitions().settings.retention;
                store.forget_events([&after, last], retention, now)?;
                format!("{today}/{last}")
            }
            None => today.to_string(),
        };
        store.set_meta(meta::RETENTION, &done)
    }
}
