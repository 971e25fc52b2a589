//! Values by name, for everything that a rendering remembers and for objects in its data.
//! A sorted list rather than the standard map, each kind of which is more code than a filter.

use std::rc::Rc;

use super::data::Data;

/// Values by name, in the order of the names.
#[derive(Clone, Debug, Default)]
pub(super) struct Table {
    entries: Vec<(Rc<str>, Data)>,
}

impl Table {
    fn place(&self, name: &str) -> Result<usize, usize> {
        self.entries
            .binary_search_by(|(known, _)| (**known).cmp(name))
    }

    /// The value of this name.
    #[inline(never)]
    pub(super) fn get(&self, name: &str) -> Option<&Data> {
        let place = self.place(name).ok()?;
        self.entries.get(place).map(|(_, value)| value)
    }

    /// Sets the value of a name.
    #[inline(never)]
    pub(super) fn insert(&mut self, name: &str, value: Data) {
        match self.place(name) {
            Ok(place) => {
                if let Some((_, known)) = self.entries.get_mut(place) {
                    *known = value;
                }
            }
            Err(place) => self.entries.insert(place, (Rc::from(name), value)),
        }
    }

    pub(super) fn iter(&self) -> std::slice::Iter<'_, (Rc<str>, Data)> {
        self.entries.iter()
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }
}
