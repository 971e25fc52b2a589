//! Series: drafts, versions that never change, and the turns of their lives.
//! Decides nothing about people: a change goes to every shard before it is answered.

use std::collections::BTreeMap;

use rekindle_core::{
    rule::Names,
    series::{Definitions, Overdue, Series, SeriesSpec, Severity, problems},
};
use worker::Result;

use super::{
    Workspace,
    messages::{Change, Changed, Flight, Refusal, SeriesState, SeriesView, Turn, VersionView},
    store::SeriesRow,
};
use crate::shard::messages::Waiting;

impl Workspace {
    pub(super) fn view(&self, id: &str, row: SeriesRow) -> Result<SeriesView> {
        let last = self.store()?.versions(id)?.pop();
        Ok(SeriesView {
            id: id.to_owned(),
            name: row.draft.name.clone(),
            state: row.state,
            revision: row.revision,
            version: last.as_ref().map(|(version, _)| *version),
            changed: last.is_none_or(|(_, spec)| spec != row.draft),
            draft: row.draft,
        })
    }

    pub(super) fn all_series(&self) -> Result<Vec<SeriesView>> {
        let ids = self.store()?.series_ids()?;
        Ok(ids
            .iter()
            .map(|id| self.series(id))
            .collect::<Result<Vec<_>>>()?
            .into_iter()
            .flatten()
            .collect())
    }

    pub(super) fn series(&self, id: &str) -> Result<Option<SeriesView>> {
        self.store()?
            .series(id)?
            .map(|row| self.view(id, row))
            .transpose()
    }

    pub(super) fn put_series(&self, change: Change<SeriesSpec>) -> Result<Changed<SeriesView>> {
        let store = self.store()?;
        let old = store.series(&change.id)?;
        let revision = old.as_ref().map_or(0, |row| row.revision);
        if change.if_match.is_some_and(|expected| expected != revision) {
            return Ok(Changed::Stale(revision));
        }
        if old
            .as_ref()
            .is_some_and(|row| row.state == SeriesState::Archived)
        {
            return Ok(Changed::Refused(vec![is_archived(&change.id)]));
        }
        let before = old
            .as_ref()
            .map(|row| serde_json::to_string(&row.draft))
            .transpose()?;
        let row = SeriesRow {
            draft: change.content,
            revision: revision + 1,
            state: old.map_or(SeriesState::Draft, |row| row.state),
        };
        store.save_series(&change.id, &row)?;
        let sides = [before, Some(serde_json::to_string(&row.draft)?)];
        self.note(&change.by, "put", "series", &change.id, sides)?;
        Ok(Changed::Done(self.view(&change.id, row)?))
    }

    pub(super) async fn turn(&self, change: Change<Turn>) -> Result<Changed<SeriesView>> {
        let Change {
            id,
            by,
            content: turn,
            ..
        } = change;
        let store = self.store()?;
        let Some(mut row) = store.series(&id)? else {
            return Ok(Changed::NotFound);
        };
        let last = store.versions(&id)?.pop();
        let is_still = matches!(turn, Turn::Archive | Turn::Unarchive);
        if row.state == SeriesState::Archived && !is_still {
            return Ok(Changed::Refused(vec![is_archived(&id)]));
        }
        match turn {
            Turn::Publish(in_flight) => {
                let segments = self.rules()?;
                let errors: Vec<Refusal> = problems(
                    &row.draft,
                    &segments,
                    &store.settings()?.0,
                    &Names::default(),
                )
                .into_iter()
                .filter(|finding| finding.severity == Severity::Error)
                .map(Refusal::from)
                .collect();
                if !errors.is_empty() {
                    return Ok(Changed::Refused(errors));
                }
                // Publishing what is published already changes nothing but a pause.
                if last.as_ref().is_none_or(|(_, spec)| *spec != row.draft) {
                    let version = last.map_or(0, |(version, _)| version) + 1;
                    store.add_version(&id, version, &row.draft, (self.now()?, &by.name))?;
                    store.migrate(&id, &(1..version).collect::<Vec<_>>(), in_flight)?;
                }
                if row.state == SeriesState::Paused {
                    store.end_pause(&id, self.now()?, Overdue::default())?;
                }
                row.state = SeriesState::Published;
            }
            Turn::Pause | Turn::Resume(_) if last.is_none() => {
                let message = format!("the series `{id}` was never published: publish it first");
                return Ok(Changed::Refused(vec![Refusal::error("draft", message)]));
            }
            Turn::Pause => {
                if row.state == SeriesState::Published {
                    store.begin_pause(&id, self.now()?)?;
                }
                row.state = SeriesState::Paused;
            }
            Turn::Archive => {
                if row.state == SeriesState::Published {
                    store.begin_pause(&id, self.now()?)?;
                }
                row.state = SeriesState::Archived;
            }
            // It stands still until someone lets it run.
            Turn::Unarchive if row.state == SeriesState::Archived => {
                row.state = match last {
                    Some(_) => SeriesState::Paused,
                    None => SeriesState::Draft,
                };
            }
            Turn::Unarchive => {}
            Turn::Resume(overdue) => {
                store.end_pause(&id, self.now()?, overdue)?;
                row.state = SeriesState::Published;
            }
        }
        row.revision += 1;
        store.save_series(&id, &row)?;
        let action = match turn {
            Turn::Publish(_) => "publish",
            Turn::Pause => "pause",
            Turn::Resume(_) => "resume",
            Turn::Archive => "archive",
            Turn::Unarchive => "unarchive",
        };
        let chosen = Some(serde_json::to_string(&turn)?);
        self.note(&by, action, "series", &id, [None, chosen])?;
        self.changed().await?;
        Ok(Changed::Done(self.view(&id, row)?))
    }

    /// A draft that was never published; what was, people may be on.
    pub(super) fn delete_series(&self, change: &Change<()>) -> Result<Changed<()>> {
        let store = self.store()?;
        let Some(row) = store.series(&change.id)? else {
            return Ok(Changed::NotFound);
        };
        if !store.published(&change.id)?.is_empty() {
            let message = format!(
                "the series `{}` was published, and its report stays: archive it instead",
                change.id
            );
            return Ok(Changed::Refused(vec![Refusal::error("state", message)]));
        }
        store.remove_series(&change.id)?;
        let before = Some(serde_json::to_string(&row.draft)?);
        self.note(&change.by, "delete", "series", &change.id, [before, None])?;
        Ok(Changed::Done(()))
    }

    pub(super) fn versions(&self, id: &str) -> Result<Option<Vec<VersionView>>> {
        let store = self.store()?;
        store.series(id)?.map(|_| store.published(id)).transpose()
    }

    pub(super) fn version(
        &self,
        (id, version): (String, u32),
    ) -> Result<Option<(VersionView, SeriesSpec)>> {
        let store = self.store()?;
        let mut views = store.published(&id)?.into_iter();
        let mut specs = store.versions(&id)?.into_iter();
        let view = views.find(|view| view.version == version);
        let spec = specs.find(|(number, _)| *number == version);
        Ok(view.zip(spec.map(|(_, spec)| spec)))
    }

    /// Who waits where, and where each would go on if the draft were published.
    pub(super) async fn in_flight(&self, id: &str) -> Result<Option<Vec<Flight>>> {
        let Some(row) = self.store()?.series(id)? else {
            return Ok(None);
        };
        let segments = self.rules()?;
        // A draft that cannot be published yet leads nowhere.
        let draft = Series::compile(&row.draft, &segments).ok();
        let compiled = Definitions::compile(&self.store()?.definitions(0)?)
            .map_err(|findings| format!("definitions do not compile: {findings:?}"))?;
        let mut places: BTreeMap<(u32, Option<String>), u64> = BTreeMap::new();
        for waiting in self
            .every_shard::<Vec<Waiting>>("in_flight", id)
            .await?
            .into_iter()
            .flatten()
        {
            *places.entry((waiting.version, waiting.step)).or_default() += waiting.people;
        }
        let flights = places.into_iter().map(|((version, step), people)| {
            let from = compiled.series(id, version).zip(draft.as_ref());
            let moves_to = from.zip(step.as_deref()).and_then(|((from, to), step)| {
                let counterpart = from.counterpart(step, to)?;
                Some(counterpart.id.clone())
            });
            let waiting = Waiting {
                version,
                step,
                people,
                since: None,
            };
            Flight { waiting, moves_to }
        });
        Ok(Some(flights.collect()))
    }

    /// What a paused series owes.
    pub(super) async fn overdue(&self, id: &str) -> Result<Option<Vec<Waiting>>> {
        if self.store()?.series(id)?.is_none() {
            return Ok(None);
        }
        let mut owed: BTreeMap<(u32, Option<String>), (u64, Option<i64>)> = BTreeMap::new();
        for waiting in self
            .every_shard::<Vec<Waiting>>("overdue", id)
            .await?
            .into_iter()
            .flatten()
        {
            let (people, since) = owed.entry((waiting.version, waiting.step)).or_default();
            *people += waiting.people;
            *since = since.iter().copied().chain(waiting.since).min();
        }
        let items = owed
            .into_iter()
            .map(|((version, step), (people, since))| Waiting {
                version,
                step,
                people,
                since,
            });
        Ok(Some(items.collect()))
    }

    /// What is wrong with the draft of a series, with the names that the data has.
    pub(super) async fn problems(&self, id: &str) -> Result<Option<Vec<Refusal>>> {
        let Some(row) = self.store()?.series(id)? else {
            return Ok(None);
        };
        let segments = self.rules()?;
        let names = self.names().await?;
        let findings = problems(&row.draft, &segments, &self.store()?.settings()?.0, &names);
        Ok(Some(findings.into_iter().map(Refusal::from).collect()))
    }
}

fn is_archived(id: &str) -> Refusal {
    let message = format!("the series `{id}` is archived: unarchive it first");
    Refusal::error("state", message)
}
