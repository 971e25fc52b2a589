//! Prints for people: results to stdout, notes on the way to stderr.
//!
//! A closed pipe is not an error of the build.

use std::io::Write;

/// A result that was asked for.
pub(crate) fn line(text: impl AsRef<str>) {
    let _ = writeln!(std::io::stdout(), "{}", text.as_ref());
}

/// What is happening now.
pub(crate) fn note(text: impl AsRef<str>) {
    let _ = writeln!(std::io::stderr(), "  {}", text.as_ref());
}
