//! What `forloop` and `tablerowloop` tell the body of a loop about where it is.

use std::rc::Rc;

use super::data::Data;

/// One turn of a loop.
#[derive(Debug)]
pub(super) struct Turn {
    pub(super) name: Rc<str>,
    pub(super) length: usize,
    pub(super) index: usize,
    /// The loop around it.
    pub(super) parent: Option<Rc<Turn>>,
    /// How many columns a row has: only for `tablerow`.
    pub(super) columns: Option<usize>,
}

impl Turn {
    /// What it prints as: the name of its class, as Ruby has it.
    pub(super) fn class(&self) -> &'static str {
        match self.columns {
            None => "Liquid::ForloopDrop",
            Some(_) => "Liquid::TablerowloopDrop",
        }
    }

    /// One of the facts; nothing if there is none of that name.
    pub(super) fn member(&self, name: &str) -> Data {
        let left = self.length.saturating_sub(self.index);
        match (name, self.columns) {
            ("name", None) => Data::Text(Rc::clone(&self.name)),
            ("length", _) => Data::count(self.length),
            ("index", _) => Data::count(self.index + 1),
            ("index0", _) => Data::count(self.index),
            ("rindex", _) => Data::count(left),
            ("rindex0", _) => Data::count(left.saturating_sub(1)),
            ("first", _) => Data::Bool(self.index == 0),
            ("last", _) => Data::Bool(left <= 1),
            ("parentloop", None) => match &self.parent {
                Some(parent) => Data::Turn(Rc::clone(parent)),
                None => Data::Nil,
            },
            ("col", Some(columns)) => Data::count(self.index % columns + 1),
            ("col0", Some(columns)) => Data::count(self.index % columns),
            ("row", Some(columns)) => Data::count(self.index / columns + 1),
            ("col_first", Some(columns)) => Data::Bool(self.index.is_multiple_of(columns)),
            ("col_last", Some(columns)) => Data::Bool((self.index + 1).is_multiple_of(columns)),
            _ => Data::Nil,
        }
    }
}
