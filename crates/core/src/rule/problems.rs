//! `problems`: parts of a rule that contradict each other or say nothing, names that the data does
//! not have, and what can't be answered where the rule is asked. Each with its place in the tree.
//! Looks at the rule alone, never at people: what it finds is certain, what it misses may be wrong.

use super::{
    AttributeTest, FIRST_SEEN, Literal, Names, PageRule, Problem, Rule, Test, Which,
    check::Check,
    meaning::{Meaning, Subject, is_within},
    spans::{Cut, Spans},
    timed::Timed,
};
use crate::{residual::PageTest, value::Value, zone::UTC};

/// Where a rule is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// Of a segment, an audience, an exit: everything that the edge knows, and no page.
    AtTheEdge,
    /// Of an in-app message: the page, and what happens there.
    InTheBrowser,
}

/// A part of a rule as it stands in a group: a condition, or its opposite.
#[derive(Clone, Debug)]
struct Part<'a> {
    path: Vec<usize>,
    rule: &'a Rule,
    negated: bool,
}

impl Part<'_> {
    fn words(&self) -> String {
        if self.negated {
            return Rule::Not(Box::new(self.rule.clone())).to_string();
        }
        self.rule.to_string()
    }

    fn meaning(&self) -> Meaning {
        Meaning::of(self.rule, self.negated)
    }

    fn attribute(&self) -> Option<&AttributeTest> {
        if let Rule::Attribute(test) = self.rule {
            return Some(test);
        }
        None
    }

    fn page(&self) -> Option<&PageRule> {
        if let Rule::Page(page) = self.rule {
            return Some(page);
        }
        None
    }
}

impl AttributeTest {
    /// The comparison that this one is the opposite of, for those whose name says "not".
    fn denied(&self) -> Option<Self> {
        let test = match self.test.clone() {
            Test::IsNot(literal) => Test::Is(literal),
            Test::IsNoneOf(literals) => Test::IsAnyOf(literals),
            Test::DoesNotContain(part) => Test::Contains(part),
            Test::DoesNotInclude(literal) => Test::Includes(literal),
            Test::IsUnknown => Test::HasAnyValue,
            Test::Is(_)
            | Test::IsAnyOf(_)
            | Test::Contains(_)
            | Test::StartsWith(_)
            | Test::EndsWith(_)
            | Test::LessThan(_)
            | Test::AtMost(_)
            | Test::GreaterThan(_)
            | Test::AtLeast(_)
            | Test::Between(..)
            | Test::Includes(_)
            | Test::IsEmpty
            | Test::HasAnyValue
            | Test::Before(_)
            | Test::After(_)
            | Test::On(_)
            | Test::MoreThanAgo(_)
            | Test::LessThanAgo(_)
            | Test::ExactlyAgo(_)
            | Test::WithinNext(_)
            | Test::IsToday
            | Test::AnniversaryWithin(_) => return None,
        };
        Some(Self {
            test,
            ..self.clone()
        })
    }
}

impl Test {
    /// The values of which it asks for one.
    fn named(&self) -> Option<&[Literal]> {
        matches!(self, Self::Is(_) | Self::IsAnyOf(_)).then(|| self.literals())
    }

    fn is_of_date(&self) -> bool {
        matches!(
            self,
            Self::Before(_) | Self::After(_) | Self::On(_) | Self::IsToday
        )
    }
}

impl Rule {
    /// Everything about it that can't be meant, in the order in which it is written.
    #[must_use]
    pub fn problems(&self, names: &Names, asked: Asked) -> Vec<Problem> {
        let mut problems = self.unknown_names(names);
        let mut finder = Finder {
            asked,
            problems: Vec::new(),
        };
        finder.visit(self, &mut Vec::new(), true);
        problems.append(&mut finder.problems);
        problems.sort_by(|one, other| one.path.cmp(&other.path));
        problems
    }

    /// The place among all predicates, from left to right, of the first at or after a path.
    pub(super) fn place_of(&self, path: &[usize]) -> usize {
        let Some((place, rest)) = path.split_first() else {
            return 0;
        };
        let mut before = 0;
        for part in self.parts().iter().take(*place) {
            part.each(&mut |_| before += 1);
        }
        let part = self.parts().get(*place);
        before + part.map_or(0, |part| part.place_of(rest))
    }
}

struct Finder {
    asked: Asked,
    problems: Vec<Problem>,
}

impl Finder {
    fn note(&mut self, path: &[usize], message: String) {
        self.problems.push(Problem::of(path, message));
    }

    /// Looks at a part and all within it; `is_whole` unless it was looked at with its group.
    fn visit(&mut self, rule: &Rule, path: &mut Vec<usize>, is_whole: bool) {
        if !rule.is_group() {
            self.alone(rule, path);
        } else if rule.parts().is_empty() {
            if !path.is_empty() {
                let message = format!("`{rule}` decides its group or says nothing: leave it out");
                self.note(path, message);
            }
        } else if is_whole && matches!(rule, Rule::All(_)) {
            self.all(&gathered(rule, path));
        } else if is_whole && matches!(rule, Rule::Any(_)) {
            self.any(&gathered(rule, path));
        }
        for (place, part) in rule.parts().iter().enumerate() {
            let is_of_group = matches!(
                (rule, part),
                (Rule::All(_), Rule::All(_)) | (Rule::Any(_), Rule::Any(_))
            );
            path.push(place);
            self.visit(part, path, !is_of_group);
            path.pop();
        }
    }

    /// One condition.
    fn alone(&mut self, leaf: &Rule, path: &[usize]) {
        let meaning = Meaning::of(leaf, false);
        if meaning.parts.iter().any(is_impossible) {
            self.note(path, format!("`{leaf}` never holds: no one passes it"));
        } else if meaning.only().is_some_and(is_certain) {
            self.note(path, format!("`{leaf}` always holds: leave it out"));
        }
        match self.asked {
            Asked::AtTheEdge => {
                if matches!(leaf, Rule::Page(_)) {
                    let message = format!(
                        "`{leaf}` never holds here: only the browser knows the page; ask it in the \
                         `when` of an in-app step"
                    );
                    self.note(path, message);
                }
            }
            Asked::InTheBrowser => {
                if let Some(what) = unseen_in_the_browser(leaf) {
                    self.note(
                        path,
                        format!(
                            "`{leaf}` does not see at once what happens in the browser: {what}; it \
                             does once the edge has counted it"
                        ),
                    );
                }
            }
        }
    }

    /// Conditions that must all hold.
    fn all(&mut self, parts: &[Part<'_>]) {
        for (place, part) in parts.iter().enumerate() {
            let before = parts.get(..place).unwrap_or_default();
            if let Some(other) = before.iter().find(|other| contradict(other, part)) {
                let message = format!(
                    "`{}` contradicts `{}`: no one passes both",
                    part.words(),
                    other.words()
                );
                self.note(&part.path, message);
                return;
            }
        }
        if let Some((part, name)) = no_value_left(parts) {
            let message = format!(
                "`{}` leaves no value of `{name}` that passes the others",
                part.words()
            );
            self.note(&part.path, message);
        }
    }

    /// Conditions of which one must hold.
    fn any(&mut self, parts: &[Part<'_>]) {
        for (place, part) in parts.iter().enumerate() {
            let before = parts.get(..place).unwrap_or_default();
            let opposite = before.iter().any(|other| are_opposites(other, part));
            let meanings: Vec<Meaning> = before.iter().map(Part::meaning).collect();
            if opposite
                || part
                    .meaning()
                    .only()
                    .is_some_and(|only| covers(only, &meanings))
            {
                let message = format!(
                    "with `{}` everyone passes one of these: the group always holds",
                    part.words()
                );
                self.note(&part.path, message);
                return;
            }
        }
    }
}

/// The conditions of a group and of the groups of its kind within it.
fn gathered<'a>(group: &'a Rule, path: &[usize]) -> Vec<Part<'a>> {
    let mut gathered_parts = Vec::new();
    for (place, part) in group.parts().iter().enumerate() {
        let mut path = path.to_owned();
        path.push(place);
        match (group, part) {
            (Rule::All(_), Rule::All(_)) | (Rule::Any(_), Rule::Any(_)) => {
                gathered_parts.extend(gathered(part, &path));
            }
            _ => {
                let (mut rule, mut negated) = (part, false);
                while let Rule::Not(inner) = rule {
                    (rule, negated) = (inner, !negated);
                    path.push(0);
                }
                gathered_parts.push(Part {
                    path,
                    rule,
                    negated,
                });
            }
        }
    }
    gathered_parts
}

fn is_impossible((subject, spans): &(Subject, Spans)) -> bool {
    spans.and(&subject.universe()).is_empty()
}

fn is_certain((subject, spans): &(Subject, Spans)) -> bool {
    let universe = subject.universe();
    spans.and(&universe) == universe
}

/// Whether one condition holds wherever the other does not.
fn are_opposites(one: &Part<'_>, other: &Part<'_>) -> bool {
    if one.negated != other.negated {
        return one.rule == other.rule;
    }
    let denies = |one: &Part<'_>, other: &Part<'_>| {
        let denied = one.attribute().and_then(AttributeTest::denied);
        denied.is_some() && denied.as_ref() == other.attribute()
    };
    denies(one, other) || denies(other, one)
}

/// Whether two conditions can't both hold.
fn contradict(one: &Part<'_>, other: &Part<'_>) -> bool {
    if are_opposites(one, other) {
        return true;
    }
    let (one, other) = (one.meaning(), other.meaning());
    one.parts.iter().any(|(left, spans)| {
        other.parts.iter().any(|(right, others)| {
            if left == right {
                return is_impossible(&(left.clone(), spans.and(others)))
                    && !is_impossible(&(left.clone(), spans.clone()))
                    && !is_impossible(&(right.clone(), others.clone()));
            }
            too_few(left, spans, right, others)
                || too_few(right, others, left, spans)
                || is_missing(left, spans, right, others)
                || is_missing(right, others, left, spans)
        })
    })
}

/// Whether more is asked of a narrow window than a wide one may hold.
fn too_few(narrow: &Subject, least: &Spans, wide: &Subject, most: &Spans) -> bool {
    match (narrow, wide) {
        (Subject::Count(what, narrow), Subject::Count(other, wide)) => {
            what == other && is_within(*narrow, *wide) && {
                let (least, most) = (least.least(), most.most());
                least.zip(most).is_some_and(|(least, most)| least >= most)
            }
        }
        _ => false,
    }
}

/// Whether an attribute is asked to be missing, and for a value that only one that is there has.
fn is_missing(known: &Subject, is_known: &Spans, subject: &Subject, spans: &Spans) -> bool {
    let Subject::Known(name) = known else {
        return false;
    };
    let there = Cut::before(1.0);
    let is_asked_to_be_missing = is_known.and(&known.universe()).most() == Some(there);
    is_asked_to_be_missing && subject.attribute() == Some(name) && !spans.off
}

/// Whether some conditions leave nothing out, with what these say of the same thing.
fn covers((subject, spans): &(Subject, Spans), others: &[Meaning]) -> bool {
    let same = others
        .iter()
        .filter_map(Meaning::only)
        .filter(|(other, _)| other == subject);
    let all = same.fold(spans.clone(), |all, (_, spans)| all.or(spans));
    is_certain(&(subject.clone(), all)) && !is_certain(&(subject.clone(), spans.clone()))
}

/// The last condition on an attribute, or on a fact of the page, that none of the values passes
/// which another one names.
fn no_value_left<'a, 'b>(parts: &'b [Part<'a>]) -> Option<(&'b Part<'a>, String)> {
    let on_attributes = parts.iter().filter_map(|part| {
        let test = part.attribute()?;
        (!test.is_of_activity() && Timed::of(&test.test).is_none()).then_some((part, test))
    });
    let on_attributes: Vec<(&Part<'_>, &AttributeTest)> = on_attributes.collect();
    on_attributes
        .iter()
        .find_map(|(part, test)| {
            let named = test.test.named().filter(|_| !part.negated)?;
            let others = on_attributes.iter();
            let others: Vec<_> = others
                .filter(|(_, other)| other.name == test.name)
                .collect();
            let (last, _) = others.last()?;
            // A text has other spellings that equal it without regard to case, a number as well.
            let has_number = named
                .iter()
                .any(|literal| matches!(literal, Literal::Number(_)));
            let is_ambiguous = others.len() < 2
                || others
                    .iter()
                    .any(|(_, other)| other.match_case || (has_number && other.test.is_of_text()));
            let passes = |value: &Value| {
                others.iter().all(|(part, other)| {
                    Check::of(other).holds(&value.into(), &UTC, 0) != part.negated
                })
            };
            let is_left = || named.iter().flat_map(values).any(|value| passes(&value));
            (!is_ambiguous && !is_left()).then(|| (*last, test.name.clone()))
        })
        .or_else(|| no_page_left(parts))
}

fn no_page_left<'a, 'b>(parts: &'b [Part<'a>]) -> Option<(&'b Part<'a>, String)> {
    let on_pages = parts.iter().filter_map(|part| Some((part, part.page()?)));
    let on_pages: Vec<(&Part<'_>, &PageRule)> = on_pages.collect();
    on_pages.iter().find_map(|(part, page)| {
        let PageTest::IsAnyOf(named) = &page.test else {
            return None;
        };
        let others = on_pages.iter();
        let others: Vec<_> = others
            .filter(|(_, other)| other.field == page.field)
            .collect();
        let (last, _) = others.last()?;
        let passes = |text: &String| {
            others
                .iter()
                .all(|(part, other)| other.test.holds(text) != part.negated)
        };
        let is_left = part.negated || others.len() < 2 || named.iter().any(passes);
        (!is_left).then(|| (*last, format!("page {}", page.field.word())))
    })
}

/// The values that equal a literal, as far as any comparison tells them apart.
fn values(literal: &Literal) -> Vec<Value> {
    match literal {
        Literal::Bool(truth) => vec![Value::Bool(*truth), Value::Text(truth.to_string())],
        Literal::Number(number) => vec![Value::Number(*number)],
        Literal::Text(text) => {
            let number = text.parse().ok().map(Value::Number);
            let truth = text.parse().ok().map(Value::Bool);
            let text = Value::Text(text.clone());
            [Some(text), number, truth].into_iter().flatten().collect()
        }
    }
}

/// What a browser does not know of a condition.
fn unseen_in_the_browser(leaf: &Rule) -> Option<&'static str> {
    if leaf.events().iter().any(|(_, filters)| !filters.is_empty()) {
        return Some("it keeps no properties of events");
    }
    if matches!(leaf, Rule::Message(_)) {
        return Some("it counts no reactions");
    }
    if let Rule::Occurrence(test) = leaf
        && test.which == Which::First
    {
        return Some("it does not know which event is the first");
    }
    if let Rule::Attribute(test) = leaf
        && test.is_of_activity()
        && (test.name == FIRST_SEEN || test.test.is_of_date())
    {
        return Some("it compares no date of activity");
    }
    None
}
