//! Who is concerned: which segments and series an input can change, found by what they ask for.
//! Evaluates nothing: it names those that must be evaluated again.

use std::collections::BTreeMap;

use super::{Definitions, Message, Published, Series};
use crate::{
    liquid::Template,
    rule::{FIRST_SEEN, LAST_SEEN, Rule},
};

/// A set of places: segments in the order of their ids, then series in the order of theirs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::series) struct Places(Vec<u64>);

/// The empty set.
pub(in crate::series) static NOWHERE: Places = Places(Vec::new());

impl Places {
    pub(in crate::series) fn insert(&mut self, place: usize) {
        let word = place / 64;
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        if let Some(bits) = self.0.get_mut(word) {
            *bits |= 1 << (place % 64);
        }
    }

    pub(in crate::series) fn contains(&self, place: usize) -> bool {
        self.0
            .get(place / 64)
            .is_some_and(|bits| bits & (1 << (place % 64)) != 0)
    }

    pub(in crate::series) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(in crate::series) fn add(&mut self, other: &Self) {
        if self.0.len() < other.0.len() {
            self.0.resize(other.0.len(), 0);
        }
        for (bits, more) in self.0.iter_mut().zip(&other.0) {
            *bits |= more;
        }
    }
}

/// For everything that can change, the places that ask for it.
#[derive(Clone, Debug, Default)]
pub(in crate::series) struct Index {
    events: BTreeMap<String, Places>,
    attributes: BTreeMap<String, Places>,
    activity: Places,
}

impl Index {
    pub(super) fn new(definitions: &Definitions) -> Self {
        let mut index = Self::default();
        for (place, rule) in definitions.segments.values().enumerate() {
            index.rule(place, rule.rule());
        }
        let first = definitions.segments.len();
        for (place, published) in (first..).zip(definitions.series.values()) {
            index.published(place, published);
        }
        index
    }

    /// Those that ask for an event.
    pub(in crate::series) fn event(&self, name: &str) -> &Places {
        self.events.get(name).unwrap_or(&NOWHERE)
    }

    /// Those that ask for an attribute.
    pub(in crate::series) fn attribute(&self, name: &str) -> &Places {
        self.attributes.get(name).unwrap_or(&NOWHERE)
    }

    /// Those that ask when the person was seen.
    pub(in crate::series) fn activity(&self) -> &Places {
        &self.activity
    }

    fn published(&mut self, place: usize, published: &Published) {
        for series in published.versions.values() {
            self.series(place, series);
        }
    }

    fn series(&mut self, place: usize, series: &Series) {
        self.rule(place, series.audience.rule());
        if let Some(exit) = &series.exit {
            self.rule(place, exit.rule());
        }
        for step in &series.steps {
            // What is live is shown anew where its targeting or its text changes.
            if let Message::InApp(message) = &step.message {
                if let Some(when) = &step.when {
                    self.rule(place, when.rule());
                }
                let label = message.cta.as_ref().map(|(label, _)| label);
                [&message.title, &message.body]
                    .into_iter()
                    .chain(label)
                    .for_each(|template| self.template(place, template));
            }
        }
    }

    fn template(&mut self, place: usize, template: &Template) {
        for variable in template.variables() {
            if let Some(name) = variable.path.into_iter().next() {
                self.attributes.entry(name).or_default().insert(place);
            }
        }
    }

    fn rule(&mut self, place: usize, rule: &Rule) {
        rule.each(&mut |leaf| match leaf {
            Rule::Attribute(test) if [LAST_SEEN, FIRST_SEEN].contains(&test.name.as_str()) => {
                self.activity.insert(place);
            }
            Rule::Attribute(test) => {
                let places = self.attributes.entry(test.name.clone()).or_default();
                places.insert(place);
            }
            Rule::Event(_) | Rule::Occurrence(_) | Rule::Sequence(_) => {
                for (event, _) in leaf.events() {
                    self.asks_for_event(place, event);
                }
            }
            Rule::All(_)
            | Rule::Any(_)
            | Rule::Not(_)
            | Rule::Message(_)
            | Rule::Share(_)
            | Rule::Clock(_)
            | Rule::Page(_)
            | Rule::Segment(_) => {}
        });
    }

    fn asks_for_event(&mut self, place: usize, name: &str) {
        let places = self.events.entry(name.to_owned()).or_default();
        places.insert(place);
    }
}
