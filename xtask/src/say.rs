//! Prints for people: results to stdout, notes on the way to stderr.
//!
//! A closed pipe is not an error of the build. What runs beside something else holds its results
//! back until there is room for them.

use std::cell::RefCell;
use std::io::Write;

thread_local! {
    static HELD: RefCell<Option<Vec<String>>> = const { RefCell::new(None) };
}

/// A result that was asked for.
pub(crate) fn line(text: impl AsRef<str>) {
    HELD.with_borrow_mut(|held| match held {
        Some(lines) => lines.push(text.as_ref().to_owned()),
        None => {
            let _ = writeln!(std::io::stdout(), "{}", text.as_ref());
        }
    });
}

/// What is happening now.
pub(crate) fn note(text: impl AsRef<str>) {
    let _ = writeln!(std::io::stderr(), "  {}", text.as_ref());
}

/// Does something on this thread and gives back the lines that it would have printed.
pub(crate) fn held_back<T>(work: impl FnOnce() -> T) -> (T, Vec<String>) {
    HELD.set(Some(Vec::new()));
    let done = work();
    (done, HELD.take().unwrap_or_default())
}
