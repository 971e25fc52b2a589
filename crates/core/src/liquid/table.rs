//! Values by name, for everything that a rendering remembers and for objects in its data.
//! A list rather than the standard map, each kind of which is more code than a filter.

use std::rc::Rc;

use super::{data::Data, letters::print_int};

// Up to here, comparing names one by one is faster than keeping their order.
const UNORDERED_MAX: usize = 8;

/// Values by name, in the order in which the names came.
#[derive(Clone, Debug, Default)]
pub(super) struct Table {
    entries: Vec<(Rc<str>, Data)>,
    /// The places of the entries in the order of their names; empty while there are few.
    order: Vec<usize>,
}

impl Table {
    /// Where the entry of this name is; if there is none, where it belongs in the order of names.
    fn place(&self, name: &str) -> Result<usize, usize> {
        if self.order.is_empty() {
            let place = self.entries.iter().position(|(known, _)| **known == *name);
            return place.ok_or(0);
        }
        let found = self.order.binary_search_by(|place| {
            let known = self.entries.get(*place).map_or("", |(known, _)| known);
            known.cmp(name)
        });
        found.map(|at| self.order.get(at).copied().unwrap_or_default())
    }

    /// The value of this name.
    #[inline(never)]
    pub(super) fn get(&self, name: &str) -> Option<&Data> {
        let place = self.place(name).ok()?;
        self.entries.get(place).map(|(_, value)| value)
    }

    /// Sets the value of a name, which keeps its place if it is known.
    #[inline(never)]
    pub(super) fn insert(&mut self, name: &str, value: Data) {
        match self.place(name) {
            Ok(place) => {
                if let Some((_, known)) = self.entries.get_mut(place) {
                    *known = value;
                }
            }
            Err(at) => {
                if !self.order.is_empty() {
                    self.order.insert(at, self.entries.len());
                }
                self.entries.push((Rc::from(name), value));
                if self.order.is_empty() && self.entries.len() > UNORDERED_MAX {
                    self.put_in_order();
                }
            }
        }
    }

    /// Starts to keep the order of names.
    fn put_in_order(&mut self) {
        let name = |place: usize| self.entries.get(place).map(|(name, _)| &**name);
        let mut order: Vec<usize> = Vec::with_capacity(2 * self.entries.len());
        for place in 0..self.entries.len() {
            let at = order.partition_point(|before| name(*before) < name(place));
            order.insert(at, place);
        }
        self.order = order;
    }

    /// What a counter prints: `before` is added first, `after` when it has been printed.
    pub(super) fn count(&mut self, name: &str, before: i64, after: i64) -> String {
        let value = self.get(name).map_or(0, Data::as_int);
        let value = value.saturating_add(before);
        self.insert(name, Data::int(value.saturating_add(after)));
        print_int(value, '0', 1)
    }

    /// Whose turn it is in a cycle of so many items.
    pub(super) fn turn(&mut self, key: &str, items: usize) -> usize {
        let turn = self.get(key).map_or(0, Data::as_count);
        let next = if turn + 1 >= items { 0 } else { turn + 1 };
        self.insert(key, Data::count(next));
        turn
    }

    pub(super) fn iter(&self) -> std::slice::Iter<'_, (Rc<str>, Data)> {
        self.entries.iter()
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether the same names have equal values, in whatever order.
    pub(super) fn equals(&self, other: &Self) -> bool {
        let has = |(name, value): &(Rc<str>, Data)| {
            let theirs = other.get(name);
            theirs.is_some_and(|theirs| value.equals(theirs))
        };
        self.len() == other.len() && self.iter().all(has)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_keep_their_order_and_are_found_however_many_they_are() {
        for count in [0, 1, UNORDERED_MAX, UNORDERED_MAX + 1, 100] {
            // 37 and 101 have no common divisor, so no name comes twice.
            let names: Vec<String> = (0..count).map(|n| (n * 37 % 101).to_string()).collect();
            let mut table = Table::default();
            for (index, name) in names.iter().enumerate() {
                table.insert(name, Data::Nil);
                table.insert(name, Data::count(index));
            }
            let kept: Vec<&str> = table.iter().map(|(name, _)| &**name).collect();
            assert_eq!(kept, names);
            for (index, name) in names.iter().enumerate() {
                assert_eq!(table.get(name).map(Data::as_count), Some(index));
            }
            assert!(table.get("x").is_none());
            assert!(table.equals(&table.clone()));
        }
    }
}
