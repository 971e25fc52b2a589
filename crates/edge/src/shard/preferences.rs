//! What a person lets write to them, as they see it and change it by a link in a mail. Who they are
//! is known from the mail alone.

use std::collections::BTreeMap;

use rekindle_core::{
    series::{Feedback, Identified, Input, effect_id, policy::subscription::Choice},
    value::Value,
};
use worker::Result;

use super::{
    Shard,
    answers::subscriptions,
    messages::{Prefer, Preference, Preferences},
    store::NameKind,
};

/// The attribute of those who left everything.
const UNSUBSCRIBED: &str = "unsubscribed";

impl Shard {
    /// What the person who got this message lets write to them.
    pub(super) fn preferences(&self, effect: &str) -> Result<Preferences> {
        let store = self.store()?;
        let person = match store.person_of_effect(effect)? {
            Some(id) => store.person(&id)?,
            None => None,
        };
        let Some(person) = person else {
            return Ok(Preferences::default());
        };
        let definitions = self.definitions();
        let view = subscriptions(&person, &definitions.settings);
        let types = definitions.settings.subscription_types.iter();
        Ok(Preferences {
            types: types
                .map(|of| Preference {
                    id: of.id.clone(),
                    name: of.name.clone(),
                    subscribed: view.types.get(&of.id) == Some(&true),
                })
                .collect(),
            everything: view.all,
        })
    }

    /// Changes it, and tells how it is then.
    pub(super) fn prefer(&self, prefer: &Prefer) -> Result<Preferences> {
        let effect = &prefer.effect;
        if let Some(person) = self.store()?.person_of_effect(effect)? {
            let own = self.subscription_of(&person, effect)?;
            let before = self.preferences(effect)?;
            let inputs = match (&prefer.wanted, own.clone()) {
                (Some(wanted), _) => self.choose(&before, wanted)?,
                (None, Some(own)) if !prefer.everything => vec![self.chose(own, false)],
                (None, _) => vec![self.leave(true)?],
            };
            self.decide(&person, inputs)?;
            let after = self.preferences(effect)?;
            if before.covers(own.as_deref()) && !after.covers(own.as_deref()) {
                let left = Input::Heard {
                    effect: effect.clone(),
                    feedback: Feedback::Unsubscribed,
                    address: None,
                    at: self.now(),
                };
                self.decide(&person, vec![left])?;
            }
        }
        self.preferences(effect)
    }

    /// What the ticks of the form mean. Who leaves nothing ticked leaves everything, and who ticks
    /// something again comes back.
    fn choose(&self, before: &Preferences, wanted: &[String]) -> Result<Vec<Input>> {
        let mut inputs = Vec::new();
        if !before.everything && (before.types.is_empty() || !wanted.is_empty()) {
            inputs.push(self.leave(false)?);
        }
        for of in &before.types {
            let is_wanted = wanted.contains(&of.id);
            if is_wanted != of.subscribed || !before.everything {
                inputs.push(self.chose(of.id.clone(), is_wanted));
            }
        }
        if before.everything && wanted.is_empty() && !before.types.is_empty() {
            inputs.push(self.leave(true)?);
        }
        Ok(inputs)
    }

    fn chose(&self, subscription: String, subscribed: bool) -> Input {
        let at = self.now();
        let choice = Choice { at, subscribed };
        Input::Chose {
            subscription: Some(subscription),
            choice,
        }
    }

    /// Leaves everything, or comes back.
    fn leave(&self, leaves: bool) -> Result<Input> {
        self.note_name(NameKind::Attribute, UNSUBSCRIBED)?;
        Ok(Input::Identify(Identified {
            at: self.now(),
            attributes: BTreeMap::from([(UNSUBSCRIBED.to_owned(), Value::Bool(leaves))]),
        }))
    }

    /// The type of the message behind an effect, if its series names one.
    fn subscription_of(&self, person: &str, effect: &str) -> Result<Option<String>> {
        let Some(person) = self.store()?.person(person)? else {
            return Ok(None);
        };
        let definitions = self.definitions();
        let sent = person.each_run().find(|(series, run)| {
            let mut steps = run.steps.iter();
            steps.any(|record| effect_id(&person.id, series, run.entry, &record.step) == effect)
        });
        let series = sent.and_then(|(id, run)| definitions.series(id, run.version));
        Ok(series.and_then(|series| series.policies.subscription.clone()))
    }
}

impl Preferences {
    /// Whether messages of this type reach the person.
    fn covers(&self, subscription: Option<&str>) -> bool {
        self.everything
            && subscription.is_none_or(|id| {
                let mut types = self.types.iter();
                types.any(|of| of.id == id && of.subscribed)
            })
    }
}
