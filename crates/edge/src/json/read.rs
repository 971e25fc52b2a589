//! Types read from a [`Node`].
//!
//! What is generic is kept to a few lines, because it is compiled once for each type that is read.

use std::slice;

use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error as _, Expected, IntoDeserializer, MapAccess,
    SeqAccess, Unexpected, VariantAccess, Visitor, value::StrDeserializer,
};
use serde::forward_to_deserialize_any;

use super::node::{Field, Node};
use super::{Error, Place};

/// What is read for a field that is not there: nothing where nothing will do.
static MISSING: Node<'static> = Node::Missing;

/// A node, and how strictly it is read.
#[derive(Clone, Copy)]
pub(super) struct Reader<'de, 'a> {
    pub(super) node: &'de Node<'a>,
    /// Fields of objects that nobody asked for are errors.
    pub(super) is_strict: bool,
}

impl Node<'_> {
    #[inline(never)]
    fn is_not(&self, expected: &dyn Expected) -> Error {
        let found = match self {
            Self::Missing => return Error::of("missing"),
            Self::Null => Unexpected::Unit,
            Self::Bool(truth) => Unexpected::Bool(*truth),
            Self::Natural(number) => Unexpected::Unsigned(*number),
            Self::Negative(number) => Unexpected::Signed(*number),
            Self::Float(number) => Unexpected::Float(*number),
            Self::Text(text) => Unexpected::Str(text),
            Self::List(_) => Unexpected::Seq,
            Self::Object(_) => Unexpected::Map,
        };
        Error::invalid_type(found, expected)
    }
}

impl<'de, 'a> Reader<'de, 'a> {
    fn at(self, node: &'de Node<'a>) -> Self {
        Self { node, ..self }
    }

    /// The values of these fields in their order.
    #[inline(never)]
    fn arranged(
        self,
        names: &'static [&'static str],
        expected: &dyn Expected,
    ) -> Result<Arranged<'de, 'a>, Error> {
        let Node::Object(fields) = self.node else {
            return Err(self.node.is_not(expected));
        };
        let mut values = vec![&MISSING as &Node<'a>; names.len()];
        for (key, value) in fields {
            let place = names.iter().position(|name| name == key);
            match place.and_then(|place| Some((values.get_mut(place)?, names.get(place)?))) {
                Some((known, name)) if !matches!(known, Node::Missing) => {
                    return Err(Error::duplicate_field(name));
                }
                Some((known, _)) => *known = value,
                None if self.is_strict => return Err(Error::unknown_field(key, names)),
                None => {}
            }
        }
        Ok(Arranged {
            names,
            values,
            next: 0,
            reader: self,
        })
    }

    fn structure<V: Visitor<'de>>(
        self,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let mut values = self.arranged(names, &visitor)?;
        match visitor.visit_seq(&mut values) {
            Ok(value) => Ok(value),
            Err(error) => Err(values.told(error)),
        }
    }
}

impl<'de> Deserializer<'de> for Reader<'de, '_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.node {
            Node::Missing => Err(self.node.is_not(&visitor)),
            Node::Null => visitor.visit_unit(),
            Node::Bool(truth) => visitor.visit_bool(*truth),
            Node::Natural(number) => visitor.visit_u64(*number),
            Node::Negative(number) => visitor.visit_i64(*number),
            Node::Float(number) => visitor.visit_f64(*number),
            Node::Text(text) => visitor.visit_str(text),
            Node::List(items) => visitor.visit_seq(Items::of(self, items)),
            Node::Object(fields) => visitor.visit_map(Fields::of(self, fields)),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let Node::Bool(truth) = self.node else {
            return Err(self.node.is_not(&visitor));
        };
        visitor.visit_bool(*truth)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let Node::Text(text) = self.node else {
            return Err(self.node.is_not(&visitor));
        };
        visitor.visit_str(text)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_str(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if matches!(self.node, Node::Null | Node::Missing) {
            return visitor.visit_none();
        }
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let Node::List(items) = self.node else {
            return Err(self.node.is_not(&visitor));
        };

        let mut items = Items::of(self, items);
        let value = visitor.visit_seq(&mut items)?;
        items.end()?;
        Ok(value)
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        _len: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _len: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let Node::Object(fields) = self.node else {
            return Err(self.node.is_not(&visitor));
        };
        visitor.visit_map(Fields::of(self, fields))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.structure(fields, visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_enum(Variant::of(self)?)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char bytes byte_buf unit unit_struct
    }
}

/// The items of a list.
struct Items<'de, 'a> {
    reader: Reader<'de, 'a>,
    left: slice::Iter<'de, Node<'a>>,
    index: usize,
}

impl<'de, 'a> Items<'de, 'a> {
    fn of(reader: Reader<'de, 'a>, items: &'de [Node<'a>]) -> Self {
        Self {
            reader,
            left: items.iter(),
            index: 0,
        }
    }

    /// Refuses items that nobody asked for.
    #[inline(never)]
    fn end(&self) -> Result<(), Error> {
        match self.left.len() {
            0 => Ok(()),
            more => Err(Error::invalid_length(self.index + more, &"a shorter list")),
        }
    }
}

impl<'de> SeqAccess<'de> for Items<'de, '_> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Error> {
        let Some(item) = self.left.next() else {
            return Ok(None);
        };
        let read = seed.deserialize(self.reader.at(item));
        self.index += 1;
        match read {
            Ok(value) => Ok(Some(value)),
            Err(error) => Err(error.below(&Place::Index(self.index - 1))),
        }
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.left.len())
    }
}

/// The fields of an object.
struct Fields<'de, 'a> {
    reader: Reader<'de, 'a>,
    left: slice::Iter<'de, Field<'a>>,
    current: Option<&'de Field<'a>>,
}

impl<'de, 'a> Fields<'de, 'a> {
    fn of(reader: Reader<'de, 'a>, fields: &'de [Field<'a>]) -> Self {
        Self {
            reader,
            left: fields.iter(),
            current: None,
        }
    }
}

impl<'de> MapAccess<'de> for Fields<'de, '_> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Error> {
        self.current = self.left.next();
        match self.current {
            Some((key, _)) => seed.deserialize(Key(key)).map(Some),
            None => Ok(None),
        }
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, Error> {
        let Some((key, value)) = self.current else {
            return Err(Error::of("a value was asked for before its key"));
        };
        match seed.deserialize(self.reader.at(value)) {
            Ok(value) => Ok(value),
            Err(error) => Err(error.below(&Place::Key(key))),
        }
    }
}

/// The values of a type's fields, in the type's own order.
struct Arranged<'de, 'a> {
    names: &'static [&'static str],
    values: Vec<&'de Node<'a>>,
    next: usize,
    reader: Reader<'de, 'a>,
}

impl<'de, 'a> Arranged<'de, 'a> {
    fn step(&mut self) -> Option<Reader<'de, 'a>> {
        let value = self.values.get(self.next)?;
        self.next += 1;
        Some(self.reader.at(value))
    }

    /// The name of the field that was read last.
    fn name(&self) -> &'static str {
        let last = self.next.wrapping_sub(1);
        self.names.get(last).copied().unwrap_or_default()
    }

    /// What came of the field that was read last: a field that is not there is told as an end, so
    /// that a default takes its place.
    #[inline(never)]
    fn fault(&self, error: Error) -> Option<Error> {
        let is_there = !matches!(
            self.values.get(self.next.wrapping_sub(1)),
            Some(Node::Missing)
        );
        is_there.then(|| error.below(&Place::Key(self.name())))
    }

    /// An end that no default took the place of is a missing field.
    #[inline(never)]
    fn told(&self, error: Error) -> Error {
        if error.is_end {
            return Error::missing_field(self.name());
        }
        error
    }
}

impl<'de> SeqAccess<'de> for Arranged<'de, '_> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Error> {
        let Some(value) = self.step() else {
            return Ok(None);
        };
        match seed.deserialize(value) {
            Ok(value) => Ok(Some(value)),
            Err(error) => self.fault(error).map_or(Ok(None), Err),
        }
    }
}

/// A key: text, which may spell a number.
struct Key<'de>(&'de str);

macro_rules! numbers {
    ($($method:ident $visit:ident $type:ty),*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            match self.0.parse::<$type>() {
                Ok(number) => visitor.$visit(number),
                Err(_) => visitor.visit_str(self.0),
            }
        }
    )*};
}

impl<'de> Deserializer<'de> for Key<'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_str(self.0)
    }

    numbers! {
        deserialize_u8 visit_u64 u64, deserialize_u16 visit_u64 u64, deserialize_u32 visit_u64 u64,
        deserialize_u64 visit_u64 u64, deserialize_i32 visit_i64 i64, deserialize_i64 visit_i64 i64
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_enum(Variant {
            name: self.0,
            content: None,
        })
    }

    forward_to_deserialize_any! {
        bool i8 i16 i128 u128 f32 f64 char str string bytes byte_buf option unit unit_struct seq tuple
        tuple_struct map struct identifier ignored_any
    }
}

/// One of the variants of an enum: `"name"`, or `{"name": content}`.
struct Variant<'de, 'a> {
    name: &'de str,
    content: Option<Reader<'de, 'a>>,
}

impl<'de, 'a> Variant<'de, 'a> {
    #[inline(never)]
    fn of(reader: Reader<'de, 'a>) -> Result<Self, Error> {
        if let Node::Text(name) = reader.node {
            return Ok(Self {
                name,
                content: None,
            });
        }
        let Node::Object(fields) = reader.node else {
            return Err(reader.node.is_not(&"text or an object with a single key"));
        };
        let [(name, content)] = fields.as_slice() else {
            return Err(Error::invalid_value(
                Unexpected::Map,
                &"an object with a single key",
            ));
        };
        Ok(Self {
            name,
            content: Some(reader.at(content)),
        })
    }

    #[inline(never)]
    fn content(self) -> Result<Reader<'de, 'a>, Error> {
        let nothing =
            || Error::invalid_type(Unexpected::UnitVariant, &"a variant with its content");
        self.content.ok_or_else(nothing)
    }
}

impl<'de> EnumAccess<'de> for Variant<'de, '_> {
    type Error = Error;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Error> {
        let name: StrDeserializer<'de, Error> = self.name.into_deserializer();
        Ok((seed.deserialize(name)?, self))
    }
}

impl<'de> VariantAccess<'de> for Variant<'de, '_> {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        match self.content {
            None
            | Some(Reader {
                node: Node::Null, ..
            }) => Ok(()),
            Some(other) => Err(other.node.is_not(&"nothing more than its name")),
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Error> {
        let name = self.name;
        match seed.deserialize(self.content()?) {
            Ok(value) => Ok(value),
            Err(error) => Err(error.below(&Place::Key(name))),
        }
    }

    fn tuple_variant<V: Visitor<'de>>(self, _len: usize, visitor: V) -> Result<V::Value, Error> {
        self.content()?.deserialize_seq(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let name = self.name;
        match self.content()?.structure(fields, visitor) {
            Ok(value) => Ok(value),
            Err(error) => Err(error.below(&Place::Key(name))),
        }
    }
}
