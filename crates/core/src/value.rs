//! The value of an attribute, a property or a template variable.
//! Does not compare, format or convert: rules and templates each have their own semantics for that.

use std::{collections::BTreeMap, fmt};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{MapAccess, SeqAccess, Visitor},
};

/// A JSON-shaped value.
///
/// In JSON it is written as itself; in binary formats, which do not describe themselves, as a
/// tagged enum.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Value {
    /// Absent or explicitly nothing. Setting an attribute to null removes it.
    #[default]
    Null,
    /// True or false.
    Bool(bool),
    /// Any number; integers are exact up to 2^53.
    Number(f64),
    /// Text, instants included: those are RFC 3339 text or Unix milliseconds.
    Text(String),
    /// An ordered list.
    List(Vec<Value>),
    /// Named values, in the order of their names.
    Map(BTreeMap<String, Value>),
}

/// The same value for formats that need a tag before each value.
#[derive(Serialize, Deserialize)]
enum Tagged {
    Null,
    Bool(bool),
    Number(f64),
    Text(String),
    List(Vec<Value>),
    Map(BTreeMap<String, Value>),
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<f64> for Value {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

impl From<bool> for Value {
    fn from(truth: bool) -> Self {
        Self::Bool(truth)
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if !serializer.is_human_readable() {
            let tagged = match self.clone() {
                Self::Null => Tagged::Null,
                Self::Bool(truth) => Tagged::Bool(truth),
                Self::Number(number) => Tagged::Number(number),
                Self::Text(text) => Tagged::Text(text),
                Self::List(items) => Tagged::List(items),
                Self::Map(entries) => Tagged::Map(entries),
            };
            return tagged.serialize(serializer);
        }
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(truth) => serializer.serialize_bool(*truth),
            Self::Number(number) => match whole(*number) {
                Some(integer) => serializer.serialize_i64(integer),
                None => serializer.serialize_f64(*number),
            },
            Self::Text(text) => serializer.serialize_str(text),
            Self::List(items) => items.serialize(serializer),
            Self::Map(entries) => entries.serialize(serializer),
        }
    }
}

/// The integer that a number is, when it is one that `f64` holds exactly.
#[must_use]
pub fn whole(number: f64) -> Option<i64> {
    const EXACT_MAX: f64 = 9_007_199_254_740_992.0;
    (number.fract() == 0.0 && number.abs() <= EXACT_MAX).then(|| {
        #[expect(clippy::cast_possible_truncation, reason = "whole and within 2^53")]
        let integer = number as i64;
        integer
    })
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            return deserializer.deserialize_any(ValueVisitor);
        }
        Ok(match Tagged::deserialize(deserializer)? {
            Tagged::Null => Self::Null,
            Tagged::Bool(truth) => Self::Bool(truth),
            Tagged::Number(number) => Self::Number(number),
            Tagged::Text(text) => Self::Text(text),
            Tagged::List(items) => Self::List(items),
            Tagged::Map(entries) => Self::Map(entries),
        })
    }
}

struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        Value::deserialize(deserializer)
    }

    fn visit_bool<E>(self, truth: bool) -> Result<Value, E> {
        Ok(Value::Bool(truth))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(Value::Number(number as f64))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(Value::Number(number as f64))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        Ok(Value::Number(number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::Text(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Value, E> {
        Ok(Value::Text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(Value::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut entries = BTreeMap::new();
        while let Some((name, value)) = map.next_entry()? {
            entries.insert(name, value);
        }
        Ok(Value::Map(entries))
    }
}
