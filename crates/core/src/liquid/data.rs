//! Values while a template renders: truth, equality, order and text as Liquid has them.
//! Does not know filters or tags.

use std::{cmp::Ordering, rc::Rc};

use super::{
    letters::{count, find, is_white, print_int},
    number::{self, Number},
    table::Table,
    turn::Turn,
};
use crate::value::{Value, whole};

// LIMIT: values nested deeper than this read as nothing; JSON parsers stop at 128.
pub(super) const NESTING_MAX: u32 = 64;

/// A value while a template renders. Cheap to clone.
#[derive(Clone, Debug)]
pub(super) enum Data {
    Nil,
    Bool(bool),
    Number(Number),
    Text(Rc<str>),
    /// Text that also has a form which is right for the sink as it stands: what `capture` and
    /// `escape` make. Filters and comparisons see `plain`.
    Ready {
        plain: Rc<str>,
        ready: Rc<str>,
    },
    List(Rc<Vec<Data>>),
    Map(Rc<Table>),
    /// From the first to the second, both included; none if the second is less.
    Range(i64, i64),
    /// `blank` in a comparison: equal to nothing, false, and all that is empty or white space.
    Blank,
    /// `empty` in a comparison: equal to empty text, lists and maps.
    Empty,
    /// `forloop` and `tablerowloop`.
    Turn(Rc<Turn>),
}

impl Data {
    pub(super) fn int(int: i64) -> Self {
        Self::Number(Number::Int(int))
    }

    /// A count that was put away as a value.
    pub(super) fn as_count(&self) -> usize {
        usize::try_from(self.as_int()).unwrap_or_default()
    }

    /// A whole number that was put away as a value.
    pub(super) fn as_int(&self) -> i64 {
        self.to_number().truncated()
    }

    pub(super) fn count(count: usize) -> Self {
        Self::int(i64::try_from(count).unwrap_or(i64::MAX))
    }

    #[inline(never)]
    pub(super) fn text(text: &str) -> Self {
        Self::Text(Rc::from(text))
    }

    /// A text of one character, or of none.
    pub(super) fn character(c: Option<char>) -> Self {
        let mut bytes = [0; 4];
        Self::text(c.map_or("", |c| c.encode_utf8(&mut bytes)))
    }

    /// An object of these entries.
    pub(super) fn map<'n>(entries: impl Iterator<Item = (&'n str, Self)>) -> Self {
        let mut table = Table::default();
        for (name, value) in entries {
            table.insert(name, value);
        }
        Self::Map(Rc::new(table))
    }

    /// Takes a value from outside; whole numbers become integers.
    pub(super) fn from_value(value: Value) -> Self {
        Self::from_nested(value, 0)
    }

    fn from_nested(value: Value, depth: u32) -> Self {
        if depth > NESTING_MAX {
            return Self::Nil;
        }
        match value {
            Value::Null => Self::Nil,
            Value::Bool(truth) => Self::Bool(truth),
            Value::Number(number) => Self::Number(match whole(number) {
                Some(int) => Number::Int(int),
                None => Number::Float(number),
            }),
            Value::Text(text) => Self::text(&text),
            Value::List(items) => Self::List(Rc::new(
                items
                    .into_iter()
                    .map(|item| Self::from_nested(item, depth + 1))
                    .collect(),
            )),
            Value::Map(entries) => {
                let mut table = Table::default();
                for (name, value) in entries {
                    table.insert(&name, Self::from_nested(value, depth + 1));
                }
                Self::Map(Rc::new(table))
            }
        }
    }

    /// Only nothing and false are not true.
    pub(super) fn is_true(&self) -> bool {
        !matches!(self, Self::Nil | Self::Bool(false))
    }

    pub(super) fn is_nil(&self) -> bool {
        matches!(self, Self::Nil)
    }

    /// Whether `default` steps in: nothing, false or empty.
    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::Text(text) | Self::Ready { plain: text, .. } => text.is_empty(),
            Self::List(items) => items.is_empty(),
            Self::Map(entries) => entries.len() == 0,
            Self::Nil
            | Self::Bool(_)
            | Self::Number(_)
            | Self::Range(..)
            | Self::Blank
            | Self::Empty
            | Self::Turn(_) => false,
        }
    }

    fn is_blank(&self) -> bool {
        match self {
            Self::Nil | Self::Bool(false) => true,
            Self::Text(text) | Self::Ready { plain: text, .. } => is_white(text),
            Self::List(_) | Self::Map(_) => self.is_empty(),
            Self::Bool(true)
            | Self::Number(_)
            | Self::Range(..)
            | Self::Blank
            | Self::Empty
            | Self::Turn(_) => false,
        }
    }

    /// The text of it as a filter sees it, without a copy when it is text: lists and objects are
    /// spelled out.
    #[inline(never)]
    pub(super) fn to_text(&self) -> Rc<str> {
        match self {
            Self::Text(text) | Self::Ready { plain: text, .. } => Rc::clone(text),
            Self::Nil
            | Self::Bool(_)
            | Self::Number(_)
            | Self::List(_)
            | Self::Map(_)
            | Self::Range(..)
            | Self::Blank
            | Self::Empty
            | Self::Turn(_) => {
                let mut out = String::new();
                self.spell(&mut out);
                Rc::from(out)
            }
        }
    }

    /// The text of it as an output writes it, without a copy when it is text: lists run together.
    pub(super) fn to_output(&self) -> Rc<str> {
        if self.as_list().is_some() {
            let mut out = String::new();
            self.print(&mut out);
            return Rc::from(out);
        }
        self.to_text()
    }

    /// Appends the text of it as a filter sees it.
    pub(super) fn spell(&self, out: &mut String) {
        if self.as_list().is_some() {
            self.inspect(out);
        } else {
            self.print(out);
        }
    }

    /// Appends the text of it: lists run together, maps as Ruby prints them.
    pub(super) fn print(&self, out: &mut String) {
        match self {
            Self::Nil | Self::Blank | Self::Empty => {}
            Self::Turn(turn) => out.push_str(turn.class()),
            Self::Bool(truth) => out.push_str(if *truth { "true" } else { "false" }),
            Self::Number(number) => out.push_str(&number.print()),
            Self::Text(text) | Self::Ready { plain: text, .. } => out.push_str(text),
            Self::List(items) => items.iter().for_each(|item| item.print(out)),
            Self::Map(_) => self.inspect(out),
            Self::Range(from, to) => {
                out.push_str(&print_int(*from, '0', 1));
                out.push_str("..");
                out.push_str(&print_int(*to, '0', 1));
            }
        }
    }

    /// Appends it as Ruby inspects it, text in quotes.
    pub(super) fn inspect(&self, out: &mut String) {
        match self {
            Self::Nil => out.push_str("nil"),
            Self::Text(text) | Self::Ready { plain: text, .. } => inspect_text(out, text),
            Self::List(items) => {
                out.push('[');
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        out.push_str(", ");
                    }
                    item.inspect(out);
                }
                out.push(']');
            }
            Self::Map(entries) => {
                out.push('{');
                for (index, (name, value)) in entries.iter().enumerate() {
                    if index > 0 {
                        out.push_str(", ");
                    }
                    inspect_text(out, name);
                    out.push_str("=>");
                    value.inspect(out);
                }
                out.push('}');
            }
            Self::Bool(_)
            | Self::Number(_)
            | Self::Range(..)
            | Self::Blank
            | Self::Empty
            | Self::Turn(_) => self.print(out),
        }
    }

    /// How many parts it has: a bound on the work of printing or copying it.
    pub(super) fn weight(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Ready { plain, ready } => plain.len() + ready.len(),
            Self::List(items) => items.iter().map(Self::weight).sum::<usize>() + items.len(),
            Self::Map(entries) => {
                let entries = entries.iter();
                entries
                    .map(|(name, value)| name.len() + value.weight() + 1)
                    .sum()
            }
            Self::Nil
            | Self::Bool(_)
            | Self::Number(_)
            | Self::Range(..)
            | Self::Blank
            | Self::Empty
            | Self::Turn(_) => 1,
        }
    }

    /// The number it is or that its text starts with; 0 for everything else.
    pub(super) fn to_number(&self) -> Number {
        match self {
            Self::Number(number) => *number,
            Self::Text(text) | Self::Ready { plain: text, .. } => number::read(text),
            Self::Nil
            | Self::Bool(_)
            | Self::List(_)
            | Self::Map(_)
            | Self::Range(..)
            | Self::Blank
            | Self::Empty
            | Self::Turn(_) => Number::Int(0),
        }
    }

    /// The whole number it is, or is the text of; nothing if it is something else.
    pub(super) fn to_whole(&self) -> Option<i64> {
        match self {
            Self::Number(Number::Int(int)) => Some(*int),
            Self::Text(text) | Self::Ready { plain: text, .. } => {
                let text = text.trim_ascii();
                let digits = text.strip_prefix('-').unwrap_or(text);
                let ok = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
                match ok.then(|| number::read(text)) {
                    Some(Number::Int(int)) => Some(int),
                    Some(Number::Float(_)) | None => None,
                }
            }
            Self::Number(Number::Float(_))
            | Self::Nil
            | Self::Bool(_)
            | Self::List(_)
            | Self::Map(_)
            | Self::Range(..)
            | Self::Blank
            | Self::Empty
            | Self::Turn(_) => None,
        }
    }

    /// The whole number that a number, a text or nothing starts with; no answer for what is neither.
    pub(super) fn leading_int(&self) -> Option<i64> {
        let is_like = self.is_nil() || self.as_text().is_some() || self.as_number().is_some();
        is_like.then(|| self.as_int())
    }

    /// Its number if it is one.
    pub(super) fn as_number(&self) -> Option<Number> {
        if let Self::Number(number) = self {
            Some(*number)
        } else {
            None
        }
    }

    /// Its text if it is text.
    pub(super) fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) | Self::Ready { plain: text, .. } => Some(text),
            Self::Nil
            | Self::Bool(_)
            | Self::Number(_)
            | Self::List(_)
            | Self::Map(_)
            | Self::Range(..)
            | Self::Blank
            | Self::Empty
            | Self::Turn(_) => None,
        }
    }

    /// Its items if it is a list.
    pub(super) fn as_list(&self) -> Option<&Rc<Vec<Self>>> {
        if let Self::List(items) = self {
            Some(items)
        } else {
            None
        }
    }

    /// What it is, for messages.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Nil => "nothing",
            Self::Bool(_) => "true or false",
            Self::Number(_) => "a number",
            Self::Text(_) | Self::Ready { .. } => "text",
            Self::List(_) => "a list",
            Self::Map(_) => "an object",
            Self::Range(..) => "a range",
            Self::Blank => "`blank`",
            Self::Empty => "`empty`",
            Self::Turn(_) => "a loop",
        }
    }

    /// `.name`: an entry, or `size`, `first`, `last`.
    pub(super) fn member(&self, name: &str) -> Self {
        match self {
            Self::Map(entries) => match (entries.get(name), name) {
                (Some(value), _) => value.clone(),
                (None, "size") => Self::count(entries.len()),
                (None, "first") => self.first(),
                (None, _) => Self::Nil,
            },
            Self::Turn(turn) => turn.member(name),
            Self::Nil
            | Self::Bool(_)
            | Self::Number(_)
            | Self::Text(_)
            | Self::Ready { .. }
            | Self::List(_)
            | Self::Range(..)
            | Self::Blank
            | Self::Empty => match name {
                "size" => self.size().map_or(Self::Nil, Self::count),
                "first" => self.first(),
                "last" => self.last(),
                _ => Self::Nil,
            },
        }
    }

    /// `[index]`: an item, counted from the end if negative, or an entry.
    pub(super) fn item(&self, index: &Self) -> Self {
        match (self, index) {
            (Self::List(items), Self::Number(Number::Int(index))) => {
                let index = *index;
                let place = if index < 0 {
                    usize::try_from(index.unsigned_abs())
                        .ok()
                        .and_then(|back| items.len().checked_sub(back))
                } else {
                    usize::try_from(index).ok()
                };
                place
                    .and_then(|place| items.get(place))
                    .cloned()
                    .unwrap_or(Self::Nil)
            }
            (Self::Map(entries), _) => {
                let value = index.as_text().and_then(|name| entries.get(name));
                value.cloned().unwrap_or(Self::Nil)
            }
            (Self::Turn(turn), _) => turn.member(&index.to_text()),
            _ => Self::Nil,
        }
    }

    /// How many characters, items or entries it has.
    pub(super) fn size(&self) -> Option<usize> {
        match self {
            Self::Text(text) | Self::Ready { plain: text, .. } => Some(count(text)),
            Self::List(items) => Some(items.len()),
            Self::Map(entries) => Some(entries.len()),
            Self::Range(from, to) => Some(range_len(*from, *to)),
            // The bytes of a machine word, as in Ruby.
            Self::Number(Number::Int(_)) => Some(8),
            Self::Nil
            | Self::Bool(_)
            | Self::Number(Number::Float(_))
            | Self::Blank
            | Self::Empty
            | Self::Turn(_) => None,
        }
    }

    pub(super) fn first(&self) -> Self {
        match self {
            Self::List(items) => items.first().cloned().unwrap_or(Self::Nil),
            Self::Map(entries) => entries
                .iter()
                .next()
                .map_or(Self::Nil, |(name, value)| pair(name, value)),
            Self::Range(from, _) => Self::int(*from),
            Self::Text(text) | Self::Ready { plain: text, .. } => {
                Self::character(text.chars().next())
            }
            Self::Nil
            | Self::Bool(_)
            | Self::Number(_)
            | Self::Blank
            | Self::Empty
            | Self::Turn(_) => Self::Nil,
        }
    }

    pub(super) fn last(&self) -> Self {
        match self {
            Self::List(items) => items.last().cloned().unwrap_or(Self::Nil),
            Self::Range(_, to) => Self::int(*to),
            Self::Text(text) | Self::Ready { plain: text, .. } => {
                Self::character(text.chars().next_back())
            }
            Self::Nil
            | Self::Bool(_)
            | Self::Number(_)
            | Self::Map(_)
            | Self::Blank
            | Self::Empty
            | Self::Turn(_) => Self::Nil,
        }
    }

    /// `==`. Numbers are equal by size; text and numbers never are.
    pub(super) fn equals(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Nil, Self::Nil) => true,
            // Two questions are no answer to each other.
            (Self::Blank | Self::Empty, Self::Blank | Self::Empty) => false,
            (Self::Blank, value) | (value, Self::Blank) => value.is_blank(),
            (Self::Empty, value) | (value, Self::Empty) => value.is_empty(),
            (Self::Bool(left), Self::Bool(right)) => left == right,
            (Self::Number(left), Self::Number(right)) => {
                order(*left, *right) == Some(Ordering::Equal)
            }
            (Self::List(left), Self::List(right)) => {
                let mut pairs = left.iter().zip(right.iter());
                left.len() == right.len() && pairs.all(|(left, right)| left.equals(right))
            }
            (Self::Map(left), Self::Map(right)) => left.equals(right),
            (Self::Range(from, to), Self::Range(other_from, other_to)) => {
                from == other_from && to == other_to
            }
            _ => match (self.as_text(), other.as_text()) {
                (Some(left), Some(right)) => left == right,
                _ => false,
            },
        }
    }

    /// `contains`: part of a text, an item of a list, a name of a map.
    pub(super) fn contains(&self, part: &Self) -> bool {
        match self {
            _ if !part.is_true() => false,
            Self::Text(text) | Self::Ready { plain: text, .. } => {
                find(text, &part.to_text(), 0).is_some()
            }
            Self::List(items) => items.iter().any(|item| item.equals(part)),
            Self::Map(entries) => {
                let name = part.as_text();
                name.is_some_and(|name| entries.get(name).is_some())
            }
            Self::Range(from, to) => part.as_number().is_some_and(|part| {
                let above = order(Number::Int(*from), part).is_some_and(Ordering::is_le);
                above && order(part, Number::Int(*to)).is_some_and(Ordering::is_le)
            }),
            Self::Nil
            | Self::Bool(_)
            | Self::Number(_)
            | Self::Blank
            | Self::Empty
            | Self::Turn(_) => false,
        }
    }
}

/// Which of two numbers is greater; nothing if one is no number.
pub(super) fn order(left: Number, right: Number) -> Option<Ordering> {
    match (left, right) {
        (Number::Int(left), Number::Int(right)) => Some(left.cmp(&right)),
        _ => left.float().partial_cmp(&right.float()),
    }
}

/// How many numbers a range has.
pub(super) fn range_len(from: i64, to: i64) -> usize {
    if to < from {
        return 0;
    }
    usize::try_from(to.abs_diff(from)).map_or(usize::MAX, |span| span.saturating_add(1))
}

/// An entry of a map as a loop sees it.
pub(super) fn pair(name: &str, value: &Data) -> Data {
    Data::List(Rc::new(vec![Data::text(name), value.clone()]))
}

fn inspect_text(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            _ => out.push(c),
        }
    }
    out.push('"');
}
