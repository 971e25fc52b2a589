//! What travels and is kept: each form begins with a version byte.
//! No logic: a decoded value is handed to the module that decides.

mod browser;

pub use browser::{Bundle, Content, Cta, InApp, Inbox, InboxItem, Layout, Nudge, Position, Repeat};

use serde::{Serialize, de::DeserializeOwned};

/// The version byte that every postcard form begins with.
pub const VERSION: u8 = 3;

/// Why bytes could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// Written by another version of Rekindle; the number is theirs.
    Version(u8),
    /// Cut short or damaged.
    Damaged,
}

/// Writes a value behind its version byte.
#[must_use]
pub fn encode<T: Serialize>(value: &T) -> Vec<u8> {
    // Postcard fails only where a type refuses to be written or memory ends; ours do neither.
    postcard::to_extend(value, vec![VERSION]).unwrap_or_default()
}

/// Reads a value that [`encode`] wrote.
///
/// # Errors
/// When the version byte is not ours, or the bytes are damaged.
pub fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Unreadable> {
    match bytes.split_first() {
        Some((&VERSION, rest)) => postcard::from_bytes(rest).map_err(|_| Unreadable::Damaged),
        Some((&other, _)) => Err(Unreadable::Version(other)),
        None => Err(Unreadable::Damaged),
    }
}
