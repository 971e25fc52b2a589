//! Filters on text. Lengths and places are counted in characters.

use std::rc::Rc;

use super::{
    super::{
        ast::Filter,
        data::Data,
        terms::{Fault, Terms},
    },
    Arguments, whole,
};

pub(super) fn apply(
    filter: Filter,
    input: &Data,
    arguments: Arguments<'_>,
    terms: &Terms,
) -> Result<Data, Fault> {
    if filter == Filter::Slice {
        return slice(input, arguments);
    }
    if let Data::Ready { plain, ready } = input
        && let Some(strip) = strip(filter)
    {
        // Taking white space away leaves captured text as safe as it was.
        return Ok(Data::Ready {
            plain: Rc::from(strip(plain)),
            ready: Rc::from(strip(ready)),
        });
    }
    let text = &*input.to_text();
    let first = arguments.text(0);
    let second = arguments.text(1);
    let made = match filter {
        Filter::Append => {
            terms.fits(text.len() + first.len())?;
            format!("{text}{first}")
        }
        Filter::Prepend => {
            terms.fits(text.len() + first.len())?;
            format!("{first}{text}")
        }
        Filter::Capitalize => capitalize(text),
        Filter::Downcase => text.to_lowercase(),
        Filter::Upcase => text.to_uppercase(),
        Filter::Remove => replace(text, &first, "", terms)?,
        Filter::RemoveFirst => replace_one(text, text.find(&*first), &first, "", terms)?,
        Filter::RemoveLast => replace_one(text, text.rfind(&*first), &first, "", terms)?,
        Filter::Replace => replace(text, &first, &second, terms)?,
        Filter::ReplaceFirst => replace_one(text, text.find(&*first), &first, &second, terms)?,
        Filter::ReplaceLast => replace_one(text, text.rfind(&*first), &first, &second, terms)?,
        Filter::Truncate => truncate(text, arguments, terms)?,
        Filter::TruncateWords => truncate_words(text, arguments, terms)?,
        Filter::Split => return Ok(split(text, &first)),
        _ => match strip(filter) {
            Some(strip) => strip(text),
            None => text.to_owned(),
        },
    };
    Ok(Data::Text(Rc::from(made)))
}

/// The filters that only take white space away.
fn strip(filter: Filter) -> Option<fn(&str) -> String> {
    Some(match filter {
        Filter::Strip => |text| text.trim().to_owned(),
        Filter::Lstrip => |text| text.trim_start().to_owned(),
        Filter::Rstrip => |text| text.trim_end().to_owned(),
        Filter::StripNewlines => |text| text.replace(['\n', '\r'], ""),
        _ => return None,
    })
}

fn capitalize(text: &str) -> String {
    let mut chars = text.chars();
    let mut out = String::with_capacity(text.len());
    if let Some(first) = chars.next() {
        out.extend(first.to_uppercase());
    }
    out.push_str(&chars.as_str().to_lowercase());
    out
}

fn replace(text: &str, from: &str, to: &str, terms: &Terms) -> Result<String, Fault> {
    let count = text.matches(from).count();
    terms.fits(to.len().saturating_mul(count))?;
    Ok(text.replace(from, to))
}

fn replace_one(
    text: &str,
    at: Option<usize>,
    from: &str,
    to: &str,
    terms: &Terms,
) -> Result<String, Fault> {
    let parts = at.and_then(|at| Some((text.get(..at)?, text.get(at + from.len()..)?)));
    let Some((before, after)) = parts else {
        return Ok(text.to_owned());
    };
    terms.fits(before.len() + to.len() + after.len())?;
    Ok(format!("{before}{to}{after}"))
}

/// The first `count` characters, and whether there are more.
fn head(text: &str, count: usize) -> (&str, bool) {
    match text.char_indices().nth(count) {
        Some((end, _)) => (text.get(..end).unwrap_or_default(), true),
        None => (text, false),
    }
}

fn truncate(text: &str, arguments: Arguments<'_>, terms: &Terms) -> Result<String, Fault> {
    let length = arguments.given(0).map_or(Ok(50), whole)?;
    let length = usize::try_from(length).unwrap_or_default();
    let end = ellipsis(arguments);
    if !head(text, length).1 {
        return Ok(text.to_owned());
    }
    let (kept, _) = head(text, length.saturating_sub(end.chars().count()));
    terms.fits(kept.len() + end.len())?;
    Ok(format!("{kept}{end}"))
}

fn truncate_words(text: &str, arguments: Arguments<'_>, terms: &Terms) -> Result<String, Fault> {
    let count = arguments.given(0).map_or(Ok(15), whole)?;
    let count = usize::try_from(count).unwrap_or_default().max(1);
    let end = ellipsis(arguments);
    let mut words = text.split_whitespace();
    let mut kept = String::new();
    for word in words.by_ref().take(count) {
        if !kept.is_empty() {
            kept.push(' ');
        }
        kept.push_str(word);
    }
    if words.next().is_none() {
        return Ok(text.to_owned());
    }
    terms.fits(kept.len() + end.len())?;
    Ok(kept + &end)
}

fn ellipsis(arguments: Arguments<'_>) -> Rc<str> {
    match arguments.given(1) {
        Some(end) => end.to_text(),
        None => Rc::from("..."),
    }
}

/// Splits at a separator; a space stands for any white space, nothing for every character. Empty
/// parts at the end are left out.
fn split(text: &str, separator: &str) -> Data {
    let mut parts: Vec<&str> = match separator {
        " " => text.split_whitespace().collect(),
        "" => {
            let ends = text.char_indices().map(|(at, c)| (at, at + c.len_utf8()));
            ends.filter_map(|(at, end)| text.get(at..end)).collect()
        }
        _ => text.split(separator).collect(),
    };
    while parts.last().is_some_and(|part| part.is_empty()) {
        parts.pop();
    }
    Data::List(Rc::new(parts.into_iter().map(Data::text).collect()))
}

/// Part of a text or of a list, from a place counted from the start, or from the end if negative.
fn slice(input: &Data, arguments: Arguments<'_>) -> Result<Data, Fault> {
    let from = whole(arguments.get(0))?;
    let length = match arguments.get(1) {
        Data::Nil => 1,
        length => whole(length)?,
    };
    let items = match input {
        Data::List(items) => Some(items),
        _ => None,
    };
    let text = input.to_text();
    let size = items.map_or_else(|| text.chars().count(), |items| items.len());
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
    Ok(match items {
        Some(items) => {
            let part = items.iter().skip(from).take(length);
            Data::List(Rc::new(part.cloned().collect()))
        }
        None => {
            let part: String = text.chars().skip(from).take(length).collect();
            Data::Text(Rc::from(part))
        }
    })
}
