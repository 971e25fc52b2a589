//! Names in rules: segments are put in place, unknown attributes and events get a suggestion.
//! Does not decide which names exist: the caller says what it has seen.

use std::collections::{BTreeMap, BTreeSet};

use super::{Problem, Rule};
use crate::nearest::nearest;

// LIMIT: segments within segments multiply; an evaluation must stay within a millisecond.
/// How many predicates a rule may have once the rules of segments are in place.
pub const RESOLVED_PREDICATES_MAX: usize = 4_096;

// LIMIT: keeps the recursion of a resolved rule within any stack.
/// How many segments may stand within one another.
pub const SEGMENTS_DEEP_MAX: usize = 16;

/// Attributes that need not have been seen: those that Rekindle keeps itself, and those that it
/// gives a meaning to.
pub const BUILT_IN: [&str; 11] = [
    super::FIRST_SEEN,
    super::LAST_SEEN,
    "sessions",
    "email",
    "push_enabled",
    "unsubscribed",
    "country",
    "language",
    "device",
    "browser",
    "timezone",
];

/// The rules of the segments, by id.
pub type Segments = BTreeMap<String, Rule>;

/// The names that have been seen in the data.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// Names of attributes.
    pub attributes: BTreeSet<String>,
    /// Names of events.
    pub events: BTreeSet<String>,
}

impl Rule {
    /// The same rule with the rules of segments in the place of their names.
    ///
    /// # Errors
    /// When a segment does not exist, or comes back to itself; the message has the path.
    pub fn resolve(&self, segments: &Segments) -> Result<Rule, Problem> {
        self.resolve_within(segments, &mut Vec::new(), &mut 0)
    }

    fn resolve_within<'a>(
        &'a self,
        segments: &'a Segments,
        path: &mut Vec<&'a str>,
        predicates: &mut usize,
    ) -> Result<Rule, Problem> {
        let fail = |message: String| Err(Problem::new(message));
        let mut each = |parts: &'a [Rule]| {
            let resolve = |part: &'a Rule| part.resolve_within(segments, path, predicates);
            parts.iter().map(resolve).collect::<Result<_, _>>()
        };
        Ok(match self {
            Self::All(parts) => Self::All(each(parts)?),
            Self::Any(parts) => Self::Any(each(parts)?),
            Self::Not(part) => {
                Self::Not(Box::new(part.resolve_within(segments, path, predicates)?))
            }
            Self::Segment(id) => {
                if path.contains(&id.as_str()) {
                    let path = path.join(" > ");
                    return fail(format!(
                        "segment `{id}` refers back to itself ({path} > {id}): take one of the steps out"
                    ));
                }
                let Some(rule) = segments.get(id) else {
                    return fail(unknown("segment", id, segments.keys().map(String::as_str)));
                };
                if path.len() >= SEGMENTS_DEEP_MAX {
                    return fail(format!(
                        "more than {SEGMENTS_DEEP_MAX} segments stand within one another ({} > {id})",
                        path.join(" > ")
                    ));
                }
                path.push(id);
                let resolved = rule.resolve_within(segments, path, predicates)?;
                path.pop();
                resolved
            }
            leaf @ (Self::Attribute(_)
            | Self::Event(_)
            | Self::Occurrence(_)
            | Self::Sequence(_)
            | Self::Message(_)
            | Self::Share(_)
            | Self::Clock(_)
            | Self::Page(_)) => {
                *predicates += 1;
                if *predicates > RESOLVED_PREDICATES_MAX {
                    return fail(format!(
                        "with its segments in place the rule has more than {RESOLVED_PREDICATES_MAX} \
                         conditions: use fewer segments"
                    ));
                }
                leaf.clone()
            }
        })
    }

    /// Names in it that the data does not have.
    #[must_use]
    pub fn unknown_names(&self, names: &Names) -> Vec<Problem> {
        let mut problems = Vec::new();
        self.each_at(&mut Vec::new(), &mut |path, leaf| {
            let mut note = |message| problems.push(Problem::of(path, message));
            if let Self::Attribute(test) = leaf
                && !is_known_attribute(&test.name, names)
            {
                let known = names.attributes.iter().map(String::as_str);
                note(unknown("attribute", &test.name, known.chain(BUILT_IN)));
            }
            for (event, _) in leaf.events() {
                if !names.events.contains(event) {
                    let known = names.events.iter().map(String::as_str);
                    note(unknown("event", event, known));
                }
            }
        });
        problems
    }
}

/// Whether an attribute is built in or has been seen.
#[must_use]
pub(crate) fn is_known_attribute(name: &str, names: &Names) -> bool {
    BUILT_IN.contains(&name) || names.attributes.contains(name)
}

/// A message about a name that does not exist, with the nearest one that does.
pub(crate) fn unknown<'a>(
    what: &str,
    name: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> String {
    match nearest(name, known) {
        Some(near) => format!("unknown {what} `{name}` (did you mean `{near}`?)"),
        None => format!("unknown {what} `{name}`"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::parse;

    #[test]
    fn segments_are_put_in_place_and_cycles_are_refused_with_their_path() {
        let segments: Segments = [
            ("a", "plan is \"pro\""),
            ("b", "in segment \"a\" and vip is true"),
            ("c", "in segment \"d\""),
            ("d", "in segment \"c\""),
        ]
        .into_iter()
        .map(|(id, rule)| (id.to_owned(), parse(rule).unwrap()))
        .collect();
        let resolve = |rule: &str| parse(rule).unwrap().resolve(&segments);
        assert_eq!(
            resolve("in segment \"b\"").unwrap().to_string(),
            "plan is \"pro\" and vip is true"
        );
        let cycle = resolve("in segment \"c\"").unwrap_err().message;
        assert!(cycle.contains("c > d > c"), "{cycle}");
        assert_eq!(
            resolve("in segment \"e\"").unwrap_err().message,
            "unknown segment `e` (did you mean `a`?)"
        );
    }
}
