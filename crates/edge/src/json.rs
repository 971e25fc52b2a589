//! JSON as it is read: from text, and in no other way. A reader of bytes or of a tree beside it would
//! be a second copy of every type's reader in the Worker.

use serde::de::{DeserializeOwned, Error as _};
use serde_json::{Error, Value as Json};

/// Reads JSON text that came as bytes.
///
/// # Errors
/// When it is not UTF-8, not JSON, or not of this shape.
pub(crate) fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Error> {
    let text = std::str::from_utf8(bytes).map_err(Error::custom)?;
    serde_json::from_str(text)
}

/// Reads a tree as something more definite.
///
/// # Errors
/// When it is not of this shape.
pub(crate) fn read_tree<T: DeserializeOwned>(tree: &Json) -> Result<T, Error> {
    serde_json::from_str(&tree.to_string())
}
