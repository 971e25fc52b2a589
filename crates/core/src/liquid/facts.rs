//! Where the variables of a template come from: the scope, a value as it goes in, and data read from JSON.
//! Objects keep the order in which their entries were written; those of a [`Value`] are sorted by name.

use std::{collections::BTreeMap, fmt, rc::Rc};

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, Error, IgnoredAny, MapAccess, SeqAccess, Visitor},
};

use super::{
    data::{Data, NESTING_MAX},
    number::Number,
    table::Table,
};
use crate::value::Value;

/// Where the variables of a template come from.
pub trait Scope {
    /// The variable of this name; nothing if there is none. Asked at most once per rendering.
    fn get(&self, name: &str) -> Option<Fact>;
}

impl Scope for BTreeMap<String, Value> {
    fn get(&self, name: &str) -> Option<Fact> {
        BTreeMap::get(self, name).cloned().map(Fact::from)
    }
}

/// The value of a variable, as a template holds it.
#[derive(Clone, Debug)]
pub struct Fact(pub(super) Data);

impl From<Value> for Fact {
    /// A number that is whole becomes an integer, and the entries of objects come by name.
    fn from(value: Value) -> Self {
        Self(Data::from_value(value))
    }
}

/// Variables read from JSON as Ruby reads it: objects keep their order, `1` is an integer and `1.0`
/// is not.
#[derive(Clone, Debug, Default)]
pub struct Facts(Table);

impl Scope for Facts {
    fn get(&self, name: &str) -> Option<Fact> {
        self.0.get(name).cloned().map(Fact)
    }
}

impl<'de> Deserialize<'de> for Facts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let data = Nested { depth: 0 }.deserialize(deserializer)?;
        if let Data::Map(entries) = data {
            return Ok(Self((*entries).clone()));
        }
        if data.is_nil() {
            return Ok(Self::default());
        }
        let kind = data.kind();
        let message = format!("variables are an object of names, not {kind}");
        Err(D::Error::custom(message))
    }
}

/// A value so deep within others.
#[derive(Clone, Copy)]
struct Nested {
    depth: u32,
}

impl<'de> DeserializeSeed<'de> for Nested {
    type Value = Data;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Data, D::Error> {
        // A variable is within the object of them all.
        if self.depth > NESTING_MAX + 1 {
            IgnoredAny::deserialize(deserializer)?;
            return Ok(Data::Nil);
        }
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Nested {
    type Value = Data;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Data, E> {
        Ok(Data::Nil)
    }

    fn visit_bool<E>(self, truth: bool) -> Result<Data, E> {
        Ok(Data::Bool(truth))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Data, E> {
        Ok(Data::int(number))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Data, E> {
        let int = i64::try_from(number).map(Number::Int);
        Ok(Data::Number(int.unwrap_or(Number::Float(number as f64))))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Data, E> {
        Ok(Data::Number(Number::Float(number)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Data, E> {
        Ok(Data::text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Data, A::Error> {
        let inner = Self {
            depth: self.depth + 1,
        };
        let mut items = Vec::new();
        while let Some(item) = seq.next_element_seed(inner)? {
            items.push(item);
        }
        Ok(Data::List(Rc::new(items)))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Data, A::Error> {
        let inner = Self {
            depth: self.depth + 1,
        };
        let mut table = Table::default();
        while let Some(name) = map.next_key::<String>()? {
            table.insert(&name, map.next_value_seed(inner)?);
        }
        Ok(Data::Map(Rc::new(table)))
    }
}
