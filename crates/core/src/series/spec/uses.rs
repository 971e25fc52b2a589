//! Which segments a definition asks for: whoever changes one wants to know what hangs on it.
//! Looks at what is written, not at what other segments ask for in turn.

use super::{AudienceSpec, SegmentSpec, SeriesSpec, StepSpec};
use crate::rule::{AnySpelling, Rule};

impl Rule {
    /// Whether it names a segment.
    #[must_use]
    pub fn names_segment(&self, id: &str) -> bool {
        let mut found = false;
        self.each(&mut |leaf| found |= matches!(leaf, Rule::Segment(name) if name == id));
        found
    }
}

impl SegmentSpec {
    /// Whether its rule names a segment.
    #[must_use]
    pub fn uses_segment(&self, id: &str) -> bool {
        self.rule.0.names_segment(id)
    }
}

impl SeriesSpec {
    /// Whether anything in it names a segment: the audience, the exit, a goal, a step.
    #[must_use]
    pub fn uses_segment(&self, id: &str) -> bool {
        let audience = match &self.audience {
            Some(AudienceSpec::Segment(segment)) => return segment == id || self.asks_segment(id),
            Some(AudienceSpec::Rule(rule)) => Some(rule),
            None => None,
        };
        audience.is_some_and(|rule| rule.0.names_segment(id)) || self.asks_segment(id)
    }

    fn asks_segment(&self, id: &str) -> bool {
        let own = self
            .exit
            .iter()
            .chain(self.goal.iter().map(|goal| &goal.rule));
        own.chain(self.steps.iter().flat_map(StepSpec::rules))
            .any(|rule| rule.0.names_segment(id))
    }
}

impl StepSpec {
    fn rules(&self) -> impl Iterator<Item = &AnySpelling> {
        let goal = self.goal.iter().map(|goal| &goal.rule);
        let until = self.until.iter().filter_map(|until| until.rule.as_ref());
        let own = self.when.iter().chain(&self.test);
        own.chain(goal).chain(until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_series_uses_a_segment_wherever_it_names_it() {
        let step = |fields: &str| {
            format!(r#"{{"name":"s","audience":"everyone","steps":[{{"id":"a",{fields}}}]}}"#)
        };
        let asked = r#""plan is \"a\" or not in segment \"vip\"""#;
        for (json, expected) in [
            (
                r#"{"name":"s","audience":{"segment":"vip"},"steps":[]}"#.to_owned(),
                true,
            ),
            (
                format!(r#"{{"name":"s","audience":{asked},"steps":[]}}"#),
                true,
            ),
            (
                format!(r#"{{"name":"s","audience":{{"segment":"b"}},"exit":{asked},"steps":[]}}"#),
                true,
            ),
            (
                format!(r#"{{"name":"s","goal":{{"rule":{asked}}},"steps":[]}}"#),
                true,
            ),
            (step(&format!(r#""kind":"email","when":{asked}"#)), true),
            (
                step(&format!(r#""kind":"email","goal":{{"rule":{asked}}}"#)),
                true,
            ),
            (step(&format!(r#""kind":"branch","if":{asked}"#)), true),
            (
                step(&format!(r#""kind":"wait","until":{{"rule":{asked}}}"#)),
                true,
            ),
            // An attribute of the same name is none.
            (
                step(r#""kind":"set","attributes":{"segment":"vip"}"#),
                false,
            ),
            (
                r#"{"name":"s","audience":{"segment":"vip2"},"steps":[]}"#.to_owned(),
                false,
            ),
        ] {
            let spec: SeriesSpec = serde_json::from_str(&json).unwrap();
            assert_eq!(spec.uses_segment("vip"), expected, "{json}");
        }
    }
}
