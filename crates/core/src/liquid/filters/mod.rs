//! The filters: one `match` from a filter to its work, in groups of what they work on.
//! How many arguments each takes is checked by the parser, from the table in [`super::ast`].

mod date;
mod encoding;
mod instant;
mod list;
mod math;
mod text;

use std::rc::Rc;

use super::{
    ast::Filter,
    data::Data,
    sink::escape_html,
    terms::{Fault, Terms},
};

/// The arguments of a filter.
#[derive(Clone, Copy)]
struct Arguments<'a>(&'a [Data]);

impl<'a> Arguments<'a> {
    /// An argument; nothing if it was left out.
    fn get(self, index: usize) -> &'a Data {
        self.0.get(index).unwrap_or(&Data::Nil)
    }

    fn given(self, index: usize) -> Option<&'a Data> {
        self.0.get(index)
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
    let arguments = Arguments(arguments);
    let result =
        run(filter, input, arguments, allow_false, terms).map_err(|fault| match fault {
            Fault::Because(message) => {
                Fault::Because(format!("filter `{}` {message}", filter.name()))
            }
            Fault::TooManySteps | Fault::TooMuchOutput | Fault::TooDeep => fault,
        })?;
    terms.handled(&result)?;
    if let Some(text) = result.as_text() {
        terms.fits(text.len())?;
    }
    Ok(result)
}

fn run(
    filter: Filter,
    input: &Data,
    arguments: Arguments<'_>,
    allow_false: bool,
    terms: &mut Terms,
) -> Result<Data, Fault> {
    match filter {
        Filter::Default => Ok(default(input, arguments, allow_false)),
        Filter::Size => Ok(Data::count(input.size().unwrap_or(0))),
        Filter::Raw => Ok(input.clone()),
        Filter::Date => Ok(date::date(input, &arguments.text(0), terms.now_ms)),
        Filter::Abs
        | Filter::AtLeast
        | Filter::AtMost
        | Filter::Ceil
        | Filter::DividedBy
        | Filter::Floor
        | Filter::Minus
        | Filter::Modulo
        | Filter::Plus
        | Filter::Round
        | Filter::Times => math::apply(filter, input, arguments),
        Filter::Escape
        | Filter::EscapeOnce
        | Filter::NewlineToBr
        | Filter::StripHtml
        | Filter::Base64Decode
        | Filter::Base64Encode
        | Filter::Base64UrlSafeDecode
        | Filter::Base64UrlSafeEncode
        | Filter::UrlDecode
        | Filter::UrlEncode => encoding::apply(filter, input, terms.sink),
        Filter::Compact
        | Filter::Concat
        | Filter::Find
        | Filter::FindIndex
        | Filter::First
        | Filter::Has
        | Filter::Join
        | Filter::Last
        | Filter::Map
        | Filter::Reject
        | Filter::Reverse
        | Filter::Sort
        | Filter::SortNatural
        | Filter::Sum
        | Filter::Uniq
        | Filter::Where => list::apply(filter, input, arguments, terms),
        Filter::Append
        | Filter::Capitalize
        | Filter::Downcase
        | Filter::Lstrip
        | Filter::Prepend
        | Filter::Remove
        | Filter::RemoveFirst
        | Filter::RemoveLast
        | Filter::Replace
        | Filter::ReplaceFirst
        | Filter::ReplaceLast
        | Filter::Rstrip
        | Filter::Slice
        | Filter::Split
        | Filter::Strip
        | Filter::StripNewlines
        | Filter::Truncate
        | Filter::TruncateWords
        | Filter::Upcase => text::apply(filter, input, arguments, terms),
    }
}

/// The first argument in place of nothing, false and what is empty.
fn default(input: &Data, arguments: Arguments<'_>, allow_false: bool) -> Data {
    let absent = match input {
        Data::Nil | Data::Empty | Data::Blank => true,
        Data::Bool(truth) => !truth && !allow_false,
        _ => input.is_empty(),
    };
    if !absent {
        return input.clone();
    }
    match arguments.given(0) {
        Some(value) => value.clone(),
        None => Data::text(""),
    }
}

/// Text with its two forms, from its plain one.
fn escaped(text: &str) -> Data {
    let mut out = String::new();
    escape_html(&mut out, text);
    let ready: Rc<str> = Rc::from(out);
    Data::Ready {
        plain: Rc::clone(&ready),
        ready,
    }
}

/// An argument that must be a whole number.
fn whole(value: &Data) -> Result<i64, Fault> {
    value.to_whole().ok_or_else(|| {
        let kind = value.kind();
        Fault::because(format!("needs a whole number, not {kind}"))
    })
}
