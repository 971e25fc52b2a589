//! The filters: one `match` from a filter to its work, in groups of what they work on.
//! How many arguments each takes is checked by the parser, from the table in [`super::ast`].

mod date;
mod encoding;
mod instant;
mod json;
mod list;
mod math;
mod text;

pub(super) use date::needs_now;

use std::rc::Rc;

use super::{
    ast::Filter,
    data::Data,
    letters,
    number::Number,
    terms::{Fault, Terms},
};

/// The arguments of a filter.
#[derive(Clone, Copy)]
struct Arguments<'a> {
    values: &'a [Data],
    /// The named one, of `default`.
    allow_false: bool,
}

impl<'a> Arguments<'a> {
    /// An argument; nothing if it was left out.
    fn get(self, index: usize) -> &'a Data {
        self.values.get(index).unwrap_or(&Data::Nil)
    }

    fn given(self, index: usize) -> Option<&'a Data> {
        self.values.get(index)
    }

    fn text(self, index: usize) -> Rc<str> {
        self.get(index).to_text()
    }
}

/// Applies a filter to a value.
pub(super) fn apply(
    filter: Filter,
    input: &Data,
    arguments: &[Data],
    allow_false: bool,
    terms: &mut Terms,
) -> Result<Data, Fault> {
    terms.charge(1)?;
    terms.handled(input)?;
    let arguments = Arguments {
        values: arguments,
        allow_false,
    };
    let result = run(filter, input, arguments, terms).map_err(|fault| match fault {
        Fault::Because(message) => Fault::made(&["filter `", filter.name(), "` ", &message]),
        Fault::TooManySteps | Fault::TooMuchOutput | Fault::TooDeep => fault,
    })?;
    terms.handled(&result)?;
    if let Some(text) = result.as_text() {
        terms.fits(text.len())?;
    }
    Ok(result)
}

/// How a filter does its work. What many of them do first, such as reading their input as text, is
/// done in one place: the browser loads all of this.
enum Work {
    /// Text from text.
    Text(fn(&str) -> String),
    /// Part of a text, captured or not.
    Strip(fn(&str) -> &str),
    /// A number from two, the second being the argument.
    Number(fn(Number, Number) -> Number),
    /// The same, where not every second will do.
    Ratio(fn(Number, Number) -> Result<Number, Fault>),
    /// To a whole number.
    Round(fn(f64) -> f64),
    /// What becomes of the items of a list.
    List(fn(&[Data], Arguments<'_>) -> Result<Data, Fault>),
    /// The same, where it may become much.
    Grow(fn(&[Data], Arguments<'_>, &mut Terms) -> Result<Data, Fault>),
    /// Text and arguments.
    Edit(fn(Rc<str>, Arguments<'_>, &mut Terms) -> Result<Data, Fault>),
    /// None of these.
    Other(fn(&Data, Arguments<'_>, &mut Terms) -> Result<Data, Fault>),
}

fn work(filter: Filter) -> Work {
    match filter {
        Filter::Abs => Work::Number(|number, _| math::abs(number)),
        Filter::Append => {
            Work::Edit(|text, arguments, terms| text::join(&[&text, &arguments.text(0)], terms))
        }
        Filter::AtLeast => Work::Number(math::at_least),
        Filter::AtMost => Work::Number(math::at_most),
        Filter::Base64Decode => Work::Edit(|text, _, _| encoding::base64_decode(&text, false)),
        Filter::Base64Encode => Work::Text(|text| encoding::base64_encode(text, false)),
        Filter::Base64UrlSafeDecode => {
            Work::Edit(|text, _, _| encoding::base64_decode(&text, true))
        }
        Filter::Base64UrlSafeEncode => Work::Text(|text| encoding::base64_encode(text, true)),
        Filter::Capitalize => Work::Text(letters::capitalize),
        Filter::Ceil => Work::Round(f64::ceil),
        Filter::Compact => Work::List(list::compact),
        Filter::Concat => Work::List(list::concat),
        Filter::Date => Work::Other(|input, arguments, terms| {
            Ok(date::date(input, &arguments.text(0), terms.now_ms))
        }),
        Filter::Default => Work::Other(|input, arguments, _| Ok(default(input, arguments))),
        Filter::DividedBy => Work::Ratio(math::divided_by),
        Filter::Downcase => Work::Text(letters::lower),
        Filter::Escape => Work::Other(|input, _, terms| Ok(encoding::escape(input, terms.sink))),
        Filter::EscapeOnce => {
            Work::Other(|input, _, terms| Ok(encoding::escape_once(input, terms.sink)))
        }
        Filter::Find => Work::List(list::find),
        Filter::FindIndex => Work::List(list::find_index),
        Filter::First => Work::Other(|input, _, _| Ok(input.first())),
        Filter::Floor => Work::Round(f64::floor),
        Filter::Has => Work::List(list::has),
        Filter::Join => Work::Grow(list::join),
        Filter::Json => Work::Other(|input, _, terms| json::json(input, terms)),
        Filter::Last => Work::Other(|input, _, _| Ok(input.last())),
        Filter::Lstrip => Work::Strip(letters::trim_start),
        Filter::Map => Work::List(list::map),
        Filter::Minus => Work::Number(math::minus),
        Filter::Modulo => Work::Ratio(math::modulo),
        Filter::NewlineToBr => {
            Work::Other(|input, _, terms| Ok(encoding::newline_to_br(input, terms.sink)))
        }
        Filter::Plus => Work::Number(math::plus),
        Filter::Prepend => {
            Work::Edit(|text, arguments, terms| text::join(&[&arguments.text(0), &text], terms))
        }
        Filter::Raw => Work::Other(|input, _, _| Ok(input.clone())),
        Filter::Reject => Work::List(|items, arguments| list::pick(items, arguments, false)),
        Filter::Remove | Filter::Replace => {
            Work::Edit(|text, arguments, terms| Ok(text::replace(&text, arguments, terms)))
        }
        Filter::RemoveFirst | Filter::ReplaceFirst => Work::Edit(text::replace_first),
        Filter::RemoveLast | Filter::ReplaceLast => Work::Edit(text::replace_last),
        Filter::Reverse => {
            Work::List(|items, _| Ok(Data::List(Rc::new(items.iter().rev().cloned().collect()))))
        }
        Filter::Round => Work::Number(math::round),
        Filter::Rstrip => Work::Strip(letters::trim_end),
        Filter::Size => Work::Other(|input, _, _| Ok(Data::count(input.size().unwrap_or(0)))),
        Filter::Slice => Work::Other(|input, arguments, _| text::slice(input, arguments)),
        Filter::Squish => Work::Text(text::squish),
        Filter::Sort => Work::List(list::sort),
        Filter::SortNatural => Work::List(list::sort_natural),
        Filter::Split => {
            Work::Edit(|text, arguments, _| Ok(text::split(&text, &arguments.text(0))))
        }
        Filter::Strip => Work::Strip(letters::trim),
        Filter::StripHtml => Work::Text(encoding::strip_html),
        Filter::StripNewlines => Work::Other(|input, _, _| Ok(text::strip_newlines(input))),
        Filter::Sum => Work::List(list::sum),
        Filter::Times => Work::Number(math::times),
        Filter::Truncate => Work::Edit(text::truncate),
        Filter::TruncateWords => Work::Edit(text::truncate_words),
        Filter::Uniq => Work::List(list::uniq),
        Filter::Upcase => Work::Text(letters::upper),
        Filter::UrlDecode => Work::Edit(|text, _, _| encoding::url_decode(&text)),
        Filter::UrlEncode => Work::Text(encoding::url_encode),
        Filter::Where => Work::List(|items, arguments| list::pick(items, arguments, true)),
    }
}

fn run(
    filter: Filter,
    input: &Data,
    arguments: Arguments<'_>,
    terms: &mut Terms,
) -> Result<Data, Fault> {
    // These make nothing of nothing, whatever their arguments.
    if input.is_nil() && matches!(filter, Filter::Truncate | Filter::TruncateWords) {
        return Ok(Data::Nil);
    }
    let operands = || (input.to_number(), arguments.get(0).to_number());
    Ok(match work(filter) {
        Work::Text(work) => Data::text(&work(&input.to_text())),
        Work::Strip(work) => text::strip(input, work),
        Work::Number(work) => {
            let (left, right) = operands();
            Data::Number(work(left, right))
        }
        Work::Ratio(work) => {
            let (left, right) = operands();
            Data::Number(work(left, right)?)
        }
        Work::Round(work) => Data::Number(math::rounded(input.to_number(), work)),
        Work::List(work) => work(&list::items(input, terms)?, arguments)?,
        Work::Grow(work) => work(&list::items(input, terms)?, arguments, terms)?,
        Work::Edit(work) => work(input.to_text(), arguments, terms)?,
        Work::Other(work) => work(input, arguments, terms)?,
    })
}

/// The first argument in place of nothing, false and what is empty.
fn default(input: &Data, arguments: Arguments<'_>) -> Data {
    let absent = match input {
        Data::Nil | Data::Empty | Data::Blank => true,
        Data::Bool(truth) => !truth && !arguments.allow_false,
        Data::Number(_)
        | Data::Text(_)
        | Data::Ready { .. }
        | Data::List(_)
        | Data::Map(_)
        | Data::Range(..)
        | Data::Turn(_) => input.is_empty(),
    };
    if !absent {
        return input.clone();
    }
    match arguments.given(0) {
        Some(value) => value.clone(),
        None => Data::text(""),
    }
}

/// An argument that must be a whole number.
fn whole(value: &Data) -> Result<i64, Fault> {
    value.to_whole().ok_or_else(|| {
        let kind = value.kind();
        Fault::made(&["needs a whole number, not ", kind])
    })
}
