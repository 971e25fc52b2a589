//! A rule made ready to answer: the tree laid out in a row, names numbered, texts folded.
//! Compiled once; evaluating it takes no memory. How it answers is in `eval`.

use std::{collections::BTreeMap, sync::Arc};

use super::{
    AttributeTest, Change, FIRST_SEEN, LAST_SEEN, Rule, Which, check::Check, clock::Clock,
    counting::Counting, sequence::Sequence, streams::stream_id,
};
use crate::{
    hash::share,
    history::{Engagement, History, Rollup},
    named::Hashed,
    residual::{PageField, PageTest},
    time::Date,
    window::{Age, Window},
};

/// The name of an attribute, with its number among those of the same [`Symbols`].
#[derive(Clone, Debug)]
pub struct Symbol {
    place: u32,
    name: Arc<str>,
}

impl Symbol {
    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn place(&self) -> usize {
        self.place as usize
    }
}

/// Whose occurrences are counted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Counted {
    /// With the hash of its name.
    Event(Arc<str>, u64),
    Stream(u64),
    Message(Engagement, Arc<str>),
}

/// What is counted, with its number among those of the same [`Symbols`].
#[derive(Clone, Debug)]
pub struct Source {
    place: u32,
    counted: Counted,
}

impl Source {
    /// What a history knows of it.
    #[must_use]
    pub fn of<'a>(&self, history: &'a History) -> Option<&'a Rollup> {
        match &self.counted {
            Counted::Event(name, hash) => history.get_hashed(Hashed { name, hash: *hash }),
            Counted::Stream(id) => history.stream(*id),
            Counted::Message(engagement, name) => history.message(*engagement, name),
        }
    }

    /// The name of the event, if it is one that the browser can count.
    pub(crate) fn event(&self) -> Option<&str> {
        match &self.counted {
            Counted::Event(name, _) => Some(name),
            Counted::Stream(_) | Counted::Message(..) => None,
        }
    }

    /// Whether it is what a person did with a message.
    pub(crate) fn is_message(&self) -> bool {
        matches!(self.counted, Counted::Message(..))
    }

    pub(super) fn place(&self) -> usize {
        self.place as usize
    }

    pub(super) fn change(&self) -> Change {
        match &self.counted {
            Counted::Event(name, hash) => Change::hashed(Hashed { name, hash: *hash }),
            Counted::Stream(id) => Change::stream(*id),
            Counted::Message(engagement, name) => Change::engagement(*engagement, name),
        }
    }
}

/// The names that some programs ask for, each with a number.
#[derive(Clone, Debug, Default)]
pub struct Symbols {
    attributes: BTreeMap<Arc<str>, Symbol>,
    sources: BTreeMap<Counted, Source>,
}

/// The number that comes next.
fn next_place<K, V>(numbered: &BTreeMap<K, V>) -> u32 {
    u32::try_from(numbered.len()).unwrap_or(u32::MAX)
}

impl Symbols {
    /// Compiles a rule with these names and its own.
    pub fn compile(&mut self, rule: &Rule) -> Program {
        let mut nodes = Vec::new();
        let mut depends = Change::NOTHING;
        self.lay_out(rule, &mut nodes, &mut depends);
        let start = join(&mut nodes, 0, HOLDS, FAILS);
        Program {
            rule: rule.clone(),
            nodes: nodes.into(),
            start,
            depends,
        }
    }

    fn lay_out(&mut self, rule: &Rule, nodes: &mut Vec<Node>, depends: &mut Change) {
        let place = nodes.len();
        nodes.push(Node {
            size: 1,
            next: [FAILS, HOLDS],
            kind: self.kind(rule),
        });
        for part in rule.parts() {
            self.lay_out(part, nodes, depends);
        }
        let size = nodes.len() - place;
        if let Some(node) = nodes.get_mut(place) {
            node.size = size;
            *depends = depends.and(node.kind.depends());
        }
    }

    fn kind(&mut self, rule: &Rule) -> Kind {
        match rule {
            Rule::All(_) => Kind::All,
            Rule::Any(_) => Kind::Any,
            Rule::Not(_) => Kind::Not,
            Rule::Attribute(test) => {
                let check = Check::of(test);
                match test.name.as_str() {
                    FIRST_SEEN => Kind::Seen(Which::First, check),
                    LAST_SEEN => Kind::Seen(Which::Last, check),
                    name => Kind::Attribute(self.attribute(name), check),
                }
            }
            Rule::Event(test) => {
                let source = self.event(&test.name, &test.filters);
                Kind::Count(Counting::new(source, test.count, test.window))
            }
            Rule::Occurrence(test) => Kind::Occurrence {
                source: self.event(&test.name, &test.filters),
                which: test.which,
                age: test.age,
            },
            Rule::Sequence(test) => Kind::Sequence(Box::new(Sequence {
                first: self.event(&test.first.name, &test.first.filters),
                then: self.event(&test.then.name, &test.then.filters),
                is_of_one_event: test.first.name == test.then.name,
                happened: test.happened,
                within: test.within,
                window: test.window,
            })),
            Rule::Message(test) => {
                let counted = Counted::Message(test.engagement, test.name.as_str().into());
                Kind::Count(Counting::new(self.source(counted), test.count, test.window))
            }
            Rule::Share(test) => Kind::Share(Share {
                salt: test.salt.as_str().into(),
                from: test.from / 100.0,
                below: test.below / 100.0,
            }),
            Rule::Clock(test) => Kind::Clock(Clock::of(test)),
            Rule::Page(page) => Kind::Page(page.field, page.test.clone()),
            Rule::Segment(_) => Kind::Nobody,
        }
    }

    fn attribute(&mut self, name: &str) -> Symbol {
        let place = next_place(&self.attributes);
        self.attributes
            .entry(name.into())
            .or_insert_with_key(|name| Symbol {
                place,
                name: name.clone(),
            })
            .clone()
    }

    fn event(&mut self, name: &str, filters: &[AttributeTest]) -> Source {
        self.source(if filters.is_empty() {
            Counted::Event(name.into(), Hashed::from(name).hash)
        } else {
            Counted::Stream(stream_id(name, filters))
        })
    }

    fn source(&mut self, counted: Counted) -> Source {
        let place = next_place(&self.sources);
        self.sources
            .entry(counted)
            .or_insert_with_key(|counted| Source {
                place,
                counted: counted.clone(),
            })
            .clone()
    }

    /// The attributes, by name.
    pub(super) fn attributes(&self) -> impl ExactSizeIterator<Item = &Symbol> {
        self.attributes.values()
    }

    /// What is counted, in some order.
    pub(super) fn sources(&self) -> impl ExactSizeIterator<Item = &Source> {
        self.sources.values()
    }
}

/// A rule, ready to be answered.
#[derive(Clone, Debug)]
pub struct Program {
    rule: Rule,
    /// The tree, each node before its parts.
    pub(super) nodes: Box<[Node]>,
    /// The condition to begin with.
    pub(super) start: u32,
    depends: Change,
}

/// The place past every condition: the rule does not hold.
const FAILS: u32 = u32::MAX - 1;
/// The place past every condition: the rule holds.
pub(super) const HOLDS: u32 = u32::MAX;

/// A node of the tree, followed by its parts.
#[derive(Clone, Debug)]
pub(super) struct Node {
    /// How many nodes it is, itself and all within it.
    pub(super) size: usize,
    /// Of a condition: where to go on when it is false, and when it is true.
    pub(super) next: [u32; 2],
    pub(super) kind: Kind,
}

/// Tells each condition of the part at `place` where its answer leads, and gives back where the part
/// begins.
///
/// A group is left as soon as it is settled, and never looked at itself. Conditions neither fail nor
/// have effects, so that those of a group may be asked in any order: the cheapest first.
fn join(nodes: &mut [Node], place: usize, holds: u32, fails: u32) -> u32 {
    let part = nodes.get(place..).unwrap_or_default();
    let Some((node, within)) = part.split_first() else {
        return fails;
    };
    let is_any = match node.kind {
        Kind::All => false,
        Kind::Any => true,
        Kind::Not => return join(nodes, place + 1, fails, holds),
        Kind::Attribute(..)
        | Kind::Seen(..)
        | Kind::Count(_)
        | Kind::Occurrence { .. }
        | Kind::Sequence(_)
        | Kind::Share(_)
        | Kind::Clock(_)
        | Kind::Page(..)
        | Kind::Nobody => {
            if let Some(node) = nodes.get_mut(place) {
                node.next = [fails, holds];
            }
            return u32::try_from(place).unwrap_or(fails);
        }
    };
    let mut next_place = place + 1;
    let mut by_cost: Vec<(u32, usize)> = parts(within.get(..node.size - 1).unwrap_or_default())
        .map(|part| {
            let place = next_place;
            next_place += part.len();
            (part.iter().map(|node| node.kind.cost()).sum(), place)
        })
        .collect();
    by_cost.sort_unstable();
    let places = by_cost.into_iter().rev().map(|(_, place)| place);
    if is_any {
        places.fold(fails, |next, place| join(nodes, place, holds, next))
    } else {
        places.fold(holds, |next, place| join(nodes, place, next, fails))
    }
}

/// A share of people, as fractions of 1.
#[derive(Clone, Debug)]
pub(super) struct Share {
    salt: Box<str>,
    from: f64,
    below: f64,
}

impl Share {
    pub(super) fn of(&self, id: &str) -> f64 {
        share(id, &self.salt)
    }

    pub(super) fn holds(&self, id: &str) -> bool {
        let share = self.of(id);
        share >= self.from && share < self.below
    }
}

/// What a node is.
#[derive(Clone, Debug)]
pub(super) enum Kind {
    All,
    Any,
    Not,
    Attribute(Symbol, Check),
    /// The first or the newest activity.
    Seen(Which, Check),
    Count(Counting),
    Occurrence {
        source: Source,
        which: Which,
        age: Age,
    },
    Sequence(Box<Sequence>),
    Share(Share),
    Clock(Clock),
    /// The edge sees no page.
    Page(PageField, PageTest),
    /// A segment that was not put in place: no one is in it.
    Nobody,
}

impl Kind {
    /// Roughly how long it takes to answer, in the time of reading a field.
    fn cost(&self) -> u32 {
        match self {
            Self::All | Self::Any | Self::Not => 0,
            Self::Seen(..) | Self::Page(..) | Self::Nobody => 1,
            Self::Attribute(_, check) => check.cost(),
            Self::Occurrence { .. } => 10,
            Self::Count(_) => 12,
            Self::Clock(_) => 15,
            Self::Share(_) => 30,
            Self::Sequence(_) => 60,
        }
    }

    /// Whether it is a condition whose answer neither time nor an event changes.
    pub(super) fn is_timeless(&self) -> bool {
        match self {
            Self::Attribute(_, check) => !matches!(check, Check::Timed(_)),
            Self::Share(_) | Self::Page(..) | Self::Nobody => true,
            Self::All
            | Self::Any
            | Self::Not
            | Self::Seen(..)
            | Self::Count(_)
            | Self::Occurrence { .. }
            | Self::Sequence(_)
            | Self::Clock(_) => false,
        }
    }

    fn depends(&self) -> Change {
        let timed = |check: &Check| match check {
            // Also a date without an offset that is the value of the attribute.
            Check::Timed(_) => Change::ZONE,
            Check::Equals { .. }
            | Check::Text { .. }
            | Check::Number(..)
            | Check::Includes { .. }
            | Check::Empty
            | Check::Known(_) => Change::NOTHING,
        };
        let windowed = |window: &Window<Date>| match window {
            Window::Ever | Window::Last(_) => Change::NOTHING,
            Window::Before(_) | Window::Since(_) | Window::Between(..) => Change::ZONE,
        };
        match self {
            Self::Attribute(name, check) => Change::attribute(name.name()).and(timed(check)),
            Self::Seen(_, check) => Change::SEEN.and(timed(check)),
            Self::Count(counting) => counting.source.change().and(windowed(&counting.window)),
            Self::Occurrence { source, .. } => source.change(),
            Self::Sequence(sequence) => sequence
                .first
                .change()
                .and(sequence.then.change())
                .and(windowed(&sequence.window)),
            Self::Clock(_) => Change::ZONE,
            Self::All | Self::Any | Self::Not | Self::Share(_) | Self::Page(..) | Self::Nobody => {
                Change::NOTHING
            }
        }
    }
}

impl Rule {
    /// Makes it ready to be answered.
    ///
    /// Segments are not put in place: that is [`Rule::resolve`]'s business, before this.
    #[must_use]
    pub fn compile(&self) -> Program {
        Symbols::default().compile(self)
    }
}

impl Program {
    /// The rule that it was made from.
    #[must_use]
    pub fn rule(&self) -> &Rule {
        &self.rule
    }

    /// What it is made of, from left to right.
    pub(super) fn kinds(&self) -> impl Iterator<Item = &Kind> {
        self.nodes.iter().map(|node| &node.kind)
    }

    /// Whose occurrences it looks at.
    pub(crate) fn sources(&self) -> impl Iterator<Item = &Source> {
        let sources = self.kinds().flat_map(|kind| match kind {
            Kind::Count(Counting { source, .. }) | Kind::Occurrence { source, .. } => {
                [Some(source), None]
            }
            Kind::Sequence(sequence) => [Some(&sequence.first), Some(&sequence.then)],
            Kind::All
            | Kind::Any
            | Kind::Not
            | Kind::Attribute(..)
            | Kind::Seen(..)
            | Kind::Share(_)
            | Kind::Clock(_)
            | Kind::Page(..)
            | Kind::Nobody => [None, None],
        });
        sources.flatten()
    }

    /// Everything that its answer depends on, time and the page left out.
    #[must_use]
    pub fn depends(&self) -> Change {
        self.depends
    }

    /// Whether a change may change its answer, or when that will flip.
    #[must_use]
    pub fn touched_by(&self, change: Change) -> bool {
        self.depends.meets(change) || change == Change::EVERYTHING
    }
}

/// The parts of a group of which `nodes` begins after the group itself.
pub(super) fn parts(mut nodes: &[Node]) -> impl Iterator<Item = &[Node]> {
    std::iter::from_fn(move || {
        let (part, rest) = nodes.split_at_checked(nodes.first()?.size)?;
        nodes = rest;
        Some(part)
    })
}
