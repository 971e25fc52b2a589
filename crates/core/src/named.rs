//! Things by name, found by the hash of the name: few to a person, looked up all the time.
//! Keeps no order that means anything.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize, Serializer};

use crate::hash::mix64;

/// A name with its hash, made once where it is looked up again and again.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hashed<'a> {
    pub(crate) name: &'a str,
    pub(crate) hash: u64,
}

impl<'a> From<&'a str> for Hashed<'a> {
    fn from(name: &'a str) -> Self {
        Self {
            name,
            hash: mix64(name.as_bytes()),
        }
    }
}

/// Things by name. Written as a map.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(from = "BTreeMap<String, T>")]
pub(crate) struct Named<T> {
    /// INVARIANT: in the order of the hashes, and of the names where those are the same.
    entries: Vec<Entry<T>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry<T> {
    hash: u64,
    name: String,
    value: T,
}

impl<T> Default for Named<T> {
    fn default() -> Self {
        Self {
            entries: Vec::new(),
        }
    }
}

impl<T> From<BTreeMap<String, T>> for Named<T> {
    fn from(values: BTreeMap<String, T>) -> Self {
        let entry = |(name, value): (String, T)| Entry {
            hash: mix64(name.as_bytes()),
            name,
            value,
        };
        let mut entries: Vec<Entry<T>> = values.into_iter().map(entry).collect();
        // Stable: the names are in order already.
        entries.sort_by_key(|entry| entry.hash);
        Self { entries }
    }
}

impl<T: Serialize> Serialize for Named<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl<T> Named<T> {
    fn place(&self, Hashed { name, hash }: Hashed<'_>) -> Result<usize, usize> {
        let from = self.entries.partition_point(|entry| entry.hash < hash);
        let mut place = from;
        while let Some(entry) = self.entries.get(place).filter(|entry| entry.hash == hash) {
            match entry.name.as_str().cmp(name) {
                std::cmp::Ordering::Less => place += 1,
                std::cmp::Ordering::Equal => return Ok(place),
                std::cmp::Ordering::Greater => break,
            }
        }
        Err(place)
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// What has this name.
    pub(crate) fn get<'a>(&self, name: impl Into<Hashed<'a>>) -> Option<&T> {
        let place = self.place(name.into()).ok()?;
        self.entries.get(place).map(|entry| &entry.value)
    }

    /// Everything, with its name.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &T)> {
        let entries = self.entries.iter();
        entries.map(|entry| (entry.name.as_str(), &entry.value))
    }

    /// Everything.
    pub(crate) fn values(&self) -> impl Iterator<Item = &T> {
        self.entries.iter().map(|entry| &entry.value)
    }
}

impl<T: Default> Named<T> {
    /// What has this name, made if fewer than `most` have one.
    pub(crate) fn get_or_add(&mut self, name: Hashed<'_>, most: usize) -> Option<&mut T> {
        let place = match self.place(name) {
            Ok(place) => place,
            Err(_) if self.entries.len() >= most => return None,
            Err(place) => {
                let entry = Entry {
                    hash: name.hash,
                    name: name.name.to_owned(),
                    value: T::default(),
                };
                self.entries.insert(place, entry);
                place
            }
        };
        self.entries.get_mut(place).map(|entry| &mut entry.value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_apart_even_where_their_hashes_are_the_same() {
        let mut named = Named::<u32>::default();
        // Two of them fall together: the hash is taken as it is told.
        for (name, hash, value) in [("b", 7, 1), ("a", 7, 2), ("c", 3, 3), ("b", 7, 4)] {
            *named.get_or_add(Hashed { name, hash }, 3).unwrap() = value;
        }
        assert_eq!(named.get_or_add(Hashed { name: "d", hash: 7 }, 3), None);
        assert_eq!(named.len(), 3);
        for (name, hash, expected) in [
            ("a", 7, Some(2)),
            ("b", 7, Some(4)),
            ("c", 3, Some(3)),
            ("c", 7, None),
            ("d", 7, None),
        ] {
            assert_eq!(
                named.get(Hashed { name, hash }).copied(),
                expected,
                "{name}"
            );
        }
    }

    #[test]
    fn it_is_written_as_a_map_and_read_again() {
        let map: BTreeMap<String, u32> = (0..100).map(|n| (format!("name {n}"), n)).collect();
        let named = Named::from(map.clone());
        assert!(
            map.iter()
                .all(|(name, n)| named.get(name.as_str()) == Some(n))
        );
        let json = serde_json::to_value(&named).unwrap();
        assert_eq!(json, serde_json::to_value(&map).unwrap());
        let bytes = crate::wire::encode(&named);
        assert_eq!(crate::wire::decode::<Named<u32>>(&bytes), Ok(named));
    }
}
