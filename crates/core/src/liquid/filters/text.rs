//! Filters on text. Lengths and places are counted in characters.

use std::rc::Rc;

use super::{
    super::{
        data::Data,
        letters::{self, concat, count, find, replace_all},
        terms::{Fault, Terms},
    },
    Arguments, whole,
};

type Result<T> = std::result::Result<T, Fault>;

/// Takes white space away, which leaves captured text as safe as it was.
pub(super) fn strip(input: &Data, strip: fn(&str) -> &str) -> Data {
    if let Data::Ready { plain, ready } = input {
        return Data::Ready {
            plain: Rc::from(strip(plain)),
            ready: Rc::from(strip(ready)),
        };
    }
    Data::text(strip(&input.to_text()))
}

/// Takes line ends away, as [`strip`] does.
pub(super) fn strip_newlines(input: &Data) -> Data {
    let strip = |text: &str| {
        let text = replace_all(text, "\r\n", "", usize::MAX);
        replace_all(&text, "\n", "", usize::MAX)
    };
    if let Data::Ready { plain, ready } = input {
        return Data::Ready {
            plain: Rc::from(strip(plain)),
            ready: Rc::from(strip(ready)),
        };
    }
    Data::text(&strip(&input.to_text()))
}

/// Texts in one.
pub(super) fn join(parts: &[&str], terms: &Terms) -> Result<Data> {
    terms.fits(parts.iter().map(|part| part.len()).sum())?;
    Ok(Data::text(&concat(parts)))
}

/// Every occurrence of the first argument by the second, or by nothing.
pub(super) fn replace(text: &str, arguments: Arguments<'_>, terms: &Terms) -> Data {
    let (from, to) = (arguments.text(0), arguments.text(1));
    let replaced = replace_all(text, &from, &to, terms.limits.output_bytes);
    Data::text(&replaced)
}

/// The first occurrence of the first argument by the second, or by nothing.
pub(super) fn replace_first(
    text: Rc<str>,
    arguments: Arguments<'_>,
    terms: &mut Terms,
) -> Result<Data> {
    let at = find(&text, &arguments.text(0), 0);
    replace_at(text, at, arguments, terms)
}

/// The last occurrence of the first argument by the second, or by nothing.
pub(super) fn replace_last(
    text: Rc<str>,
    arguments: Arguments<'_>,
    terms: &mut Terms,
) -> Result<Data> {
    let from = arguments.text(0);
    let mut at = find(&text, &from, 0);
    if from.is_empty() {
        at = Some(text.len());
    }
    while let Some(found) = at {
        terms.charge(1 + from.len() / 256)?;
        let next = found + text.get(found..).map_or(1, first_len);
        match find(&text, &from, next) {
            Some(next) => at = Some(next),
            None => break,
        }
    }
    replace_at(text, at, arguments, terms)
}

fn replace_at(
    text: Rc<str>,
    at: Option<usize>,
    arguments: Arguments<'_>,
    terms: &Terms,
) -> Result<Data> {
    let (from, to) = (arguments.text(0), arguments.text(1));
    let parts = at.and_then(|at| Some((text.get(..at)?, text.get(at + from.len()..)?)));
    match parts {
        Some((before, after)) => join(&[before, &to, after], terms),
        None => Ok(Data::Text(text)),
    }
}

fn first_len(text: &str) -> usize {
    text.chars().next().map_or(1, char::len_utf8)
}

/// The first `count` characters, and whether there are more.
fn head(text: &str, count: usize) -> (&str, bool) {
    match text.char_indices().nth(count) {
        Some((end, _)) => (text.get(..end).unwrap_or_default(), true),
        None => (text, false),
    }
}

/// At most so many characters (50), the mark for what is left out included.
pub(super) fn truncate(text: Rc<str>, arguments: Arguments<'_>, terms: &mut Terms) -> Result<Data> {
    let length = arguments.given(0).map_or(Ok(50), whole)?;
    let is_negative = length < 0;
    let length = usize::try_from(length).unwrap_or_default();
    let end = ellipsis(arguments);
    if !head(&text, length).1 && !is_negative {
        return Ok(Data::Text(text));
    }
    let (kept, _) = head(&text, length.saturating_sub(count(&end)));
    join(&[kept, &end], terms)
}

/// At most so many words (15), and a mark if any are left out.
pub(super) fn truncate_words(
    text: Rc<str>,
    arguments: Arguments<'_>,
    terms: &mut Terms,
) -> Result<Data> {
    let count = arguments.given(0).map_or(Ok(15), whole)?;
    let count = usize::try_from(count).unwrap_or_default().max(1);
    let end = ellipsis(arguments);
    let mut kept = String::new();
    let mut rest = text.trim_start_matches(is_space);
    for _ in 0..count {
        if rest.is_empty() {
            return Ok(Data::Text(text));
        }
        let end = rest.find(is_space).unwrap_or(rest.len());
        let (word, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
        if !kept.is_empty() {
            kept.push(' ');
        }
        kept.push_str(word);
        // White space after the last word counts as one more, an empty one.
        if after.is_empty() {
            return Ok(Data::Text(text));
        }
        rest = after.trim_start_matches(is_space);
    }
    join(&[&kept, &end], terms)
}

/// White space that words are split at: that of ASCII, vertical tabs included, as in Ruby.
fn is_space(c: char) -> bool {
    matches!(c, '\t'..='\r' | ' ')
}

/// White space at the ends away, and each run of it within as one space.
pub(super) fn squish(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in letters::trim(text).chars() {
        match c {
            c if !is_space(c) => out.push(c),
            _ if out.ends_with(' ') => {}
            _ => out.push(' '),
        }
    }
    out
}

fn ellipsis(arguments: Arguments<'_>) -> Rc<str> {
    match arguments.given(1) {
        Some(end) => end.to_text(),
        None => Rc::from("..."),
    }
}

/// Splits at a separator; a space stands for any white space, nothing for every character. Empty
/// parts at the end are left out.
pub(super) fn split(text: &str, separator: &str) -> Data {
    let mut parts: Vec<&str> = match separator {
        " " => text
            .split(is_space)
            .filter(|part| !part.is_empty())
            .collect(),
        "" => {
            let ends = text.char_indices().map(|(at, c)| (at, at + c.len_utf8()));
            ends.filter_map(|(at, end)| text.get(at..end)).collect()
        }
        _ => {
            let mut parts = Vec::new();
            let mut from = 0;
            while let Some(at) = find(text, separator, from) {
                parts.extend(text.get(from..at));
                from = at + separator.len();
            }
            parts.extend(text.get(from..));
            parts
        }
    };
    while parts.last().is_some_and(|part| part.is_empty()) {
        parts.pop();
    }
    Data::List(Rc::new(parts.into_iter().map(Data::text).collect()))
}

/// Part of a text or of a list, from a place counted from the start, or from the end if negative.
pub(super) fn slice(input: &Data, arguments: Arguments<'_>) -> Result<Data> {
    let from = whole(arguments.get(0))?;
    let length = arguments.get(1);
    let length = if length.is_nil() { 1 } else { whole(length)? };
    let items = input.as_list();
    let text = input.to_text();
    let size = items.map_or_else(|| count(&text), |items| items.len());
    let from = if from < 0 {
        usize::try_from(from.unsigned_abs())
            .ok()
            .and_then(|back| size.checked_sub(back))
    } else {
        usize::try_from(from).ok()
    };
    let length = usize::try_from(length).unwrap_or_default();
    // A start before the start takes nothing.
    let (from, length) = from.map_or((0, 0), |from| (from, length));
    if let Some(items) = items {
        let part = items.iter().skip(from).take(length);
        return Ok(Data::List(Rc::new(part.cloned().collect())));
    }
    let part: String = text.chars().skip(from).take(length).collect();
    Ok(Data::text(&part))
}
