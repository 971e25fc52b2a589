//! Segments: read, written, deleted. A change goes to every shard before it is answered.

use rekindle_core::series::{Definitions, SegmentSpec, SeriesSpec};
use worker::Result;

use super::{
    Workspace,
    messages::{Change, Changed, Refusal, SegmentView, UsedBy},
};

/// Whatever may ask for a segment: other segments, and series in their draft or in a version.
struct Users {
    segments: Vec<(String, SegmentSpec, u64)>,
    series: Vec<(String, Vec<SeriesSpec>)>,
}

impl Users {
    fn of(&self, segment: &str) -> Vec<UsedBy> {
        let used = |kind: &str, id: &str, name: &str| UsedBy {
            kind: kind.to_owned(),
            id: id.to_owned(),
            name: name.to_owned(),
        };
        let segments = self.segments.iter().filter_map(|(id, spec, _)| {
            let name = spec.name.as_deref().unwrap_or(id);
            spec.uses_segment(segment)
                .then(|| used("segment", id, name))
        });
        let series = self.series.iter().filter_map(|(id, specs)| {
            let spec = specs.iter().find(|spec| spec.uses_segment(segment))?;
            Some(used("series", id, &spec.name))
        });
        segments.chain(series).collect()
    }
}

impl Workspace {
    pub(super) fn segments(&self) -> Result<Vec<SegmentView>> {
        let segments = self.store()?.segments()?;
        segments
            .iter()
            .map(|(id, spec, revision)| SegmentView::new(id, spec, *revision))
            .collect()
    }

    /// The same, each with what asks for it: read once, however many there are.
    pub(super) fn segments_in_use(&self) -> Result<Vec<SegmentView>> {
        let users = self.users()?;
        let mut views = self.segments()?;
        for view in &mut views {
            view.used_by = Some(users.of(&view.id));
        }
        Ok(views)
    }

    pub(super) fn segment(&self, id: &str) -> Result<Option<SegmentView>> {
        let Some((spec, revision)) = self.store()?.segment(id)? else {
            return Ok(None);
        };
        Ok(Some(SegmentView {
            used_by: Some(self.users()?.of(id)),
            ..SegmentView::new(id, &spec, revision)?
        }))
    }

    fn users(&self) -> Result<Users> {
        let store = self.store()?;
        let mut series = Vec::new();
        for id in store.series_ids()? {
            let draft = store.series(&id)?.map(|row| row.draft);
            let versions = store.versions(&id)?.into_iter().map(|(_, spec)| spec);
            series.push((id, draft.into_iter().chain(versions).collect()));
        }
        Ok(Users {
            segments: store.segments()?,
            series,
        })
    }

    pub(super) async fn put_segment(
        &self,
        change: Change<SegmentSpec>,
    ) -> Result<Changed<SegmentView>> {
        let store = self.store()?;
        let old = store.segment(&change.id)?;
        let revision = old.as_ref().map_or(0, |(_, revision)| *revision);
        if change.if_match.is_some_and(|expected| expected != revision) {
            return Ok(Changed::Stale(revision));
        }
        let mut definitions = store.definitions(0)?;
        definitions
            .segments
            .insert(change.id.clone(), change.content.clone());
        if let Err(findings) = Definitions::compile(&definitions) {
            return Ok(Changed::Refused(
                findings.into_iter().map(Refusal::from).collect(),
            ));
        }
        let view = SegmentView::new(&change.id, &change.content, revision + 1)?;
        if old.as_ref().map(|(spec, _)| spec) == Some(&change.content) {
            return Ok(Changed::Done(SegmentView { revision, ..view }));
        }
        store.save_segment(&change.id, &change.content, revision + 1)?;
        let written = |spec: &SegmentSpec| serde_json::to_string(spec);
        let before = old.map(|(spec, _)| written(&spec)).transpose()?;
        let sides = [before, Some(written(&change.content)?)];
        self.note(&change.by, "put", "segment", &change.id, sides)?;
        self.changed().await?;
        Ok(Changed::Done(view))
    }

    pub(super) async fn delete_segment(&self, change: Change<()>) -> Result<Changed<()>> {
        let (store, id) = (self.store()?, change.id.as_str());
        let Some((spec, _)) = store.segment(id)? else {
            return Ok(Changed::NotFound);
        };
        let mut definitions = store.definitions(0)?;
        definitions.segments.remove(id);
        if let Err(findings) = Definitions::compile(&definitions) {
            let in_use = format!("the segment `{id}` is in use: take it out there first");
            let mut refusals = vec![Refusal::error("in_use", in_use)];
            refusals.extend(findings.into_iter().map(Refusal::from));
            return Ok(Changed::Refused(refusals));
        }
        store.remove_segment(id)?;
        let before = Some(serde_json::to_string(&spec)?);
        self.note(&change.by, "delete", "segment", id, [before, None])?;
        self.changed().await?;
        Ok(Changed::Done(()))
    }
}
