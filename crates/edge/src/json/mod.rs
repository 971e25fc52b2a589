//! JSON as it is read: text becomes a tree ([`Node`]), and every type is read from the tree.
//!
//! `serde_json` writes JSON here but reads none: its reader goes through the text anew for each type, and
//! each type brings a copy of it. Reading from a tree, and each field where the type wants it, makes the
//! Worker 57 KB smaller over the wire.
//! What is found wrong is told with its place: `steps[2].delay: missing field …`.

mod node;
mod read;
#[cfg(test)]
mod tests;

use std::fmt;

use serde::Serialize;
use serde::de::{self, DeserializeOwned};
use serde_json::Value as Json;

use node::Node;
use read::Reader;

/// Reads JSON text that came as bytes.
///
/// # Errors
/// When it is not UTF-8, not JSON, or not of this shape.
pub(crate) fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Error> {
    let text = std::str::from_utf8(bytes).map_err(Error::of)?;
    read_text(text)
}

/// Reads JSON that a person or a program of theirs sent for a purpose: a field that is not known is
/// an error that names those that are.
///
/// # Errors
/// When it is not UTF-8, not JSON, or not of this shape.
pub(crate) fn read_strictly<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Error> {
    let text = std::str::from_utf8(bytes).map_err(Error::of)?;
    read_node(&Node::parse(text)?, true)
}

/// Reads JSON text.
///
/// # Errors
/// When it is not JSON, or not of this shape.
pub(crate) fn read_text<T: DeserializeOwned>(text: &str) -> Result<T, Error> {
    read_node(&Node::parse(text)?, false)
}

/// Reads a tree as something more definite.
///
/// # Errors
/// When it is not of this shape.
pub(crate) fn read_tree<T: DeserializeOwned>(tree: &Json) -> Result<T, Error> {
    read_node(&Node::of(tree), false)
}

fn read_node<T: DeserializeOwned>(node: &Node<'_>, is_strict: bool) -> Result<T, Error> {
    T::deserialize(Reader { node, is_strict })
}

/// Something as a tree.
///
/// # Errors
/// When a key of it is not text.
pub(crate) fn tree<T: Serialize>(something: &T) -> Result<Json, Error> {
    // By way of text: a writer of trees would be a second copy of every type's writer.
    read_text(&serde_json::to_string(something).map_err(Error::of)?)
}

/// What is wrong with JSON that was read, and where.
#[derive(Debug)]
pub(crate) struct Error {
    /// `steps[2].delay`; empty for the whole.
    path: String,
    what: String,
    /// Items ran out.
    is_end: bool,
}

impl Error {
    fn of(what: impl fmt::Display) -> Self {
        Self {
            path: String::new(),
            what: what.to_string(),
            is_end: false,
        }
    }

    /// The same, seen from one level above.
    #[inline(never)]
    fn below(mut self, place: &Place<'_>) -> Self {
        let above = match place {
            Place::Key(key) => (*key).to_owned(),
            Place::Index(index) => format!("[{index}]"),
        };
        let dot = match self.path.chars().next() {
            None | Some('[') => "",
            Some(_) => ".",
        };
        self.path = [&above, dot, &self.path].concat();
        self.is_end = false;
        self
    }
}

/// Where something stands in what holds it.
enum Place<'a> {
    Key(&'a str),
    Index(usize),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            f.write_str(&self.path)?;
            f.write_str(": ")?;
        }
        f.write_str(&self.what)
    }
}

impl std::error::Error for Error {}

impl de::Error for Error {
    #[inline(never)]
    fn custom<T: fmt::Display>(what: T) -> Self {
        Self::of(what)
    }

    fn invalid_length(length: usize, expected: &dyn de::Expected) -> Self {
        Self {
            is_end: true,
            ..Self::of(format_args!("invalid length {length}, expected {expected}"))
        }
    }
}

impl From<Error> for worker::Error {
    fn from(error: Error) -> Self {
        Self::RustError(error.to_string())
    }
}
