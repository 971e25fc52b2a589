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
    letters,
    number::Number,
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
            Fault::Because(message) => Fault::made(&["filter `", filter.name(), "` ", &message]),
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
    let sink = terms.sink;
    let (left, right) = (|| input.to_number(), || arguments.get(0).to_number());
    let number = |made: Number| Ok(Data::Number(made));
    let text = |made: String| Ok(Data::text(&made));
    match filter {
        Filter::Abs => number(math::abs(left())),
        Filter::Append => text::join(&[&input.to_text(), &arguments.text(0)], terms),
        Filter::AtLeast => number(math::at_least(left(), right())),
        Filter::AtMost => number(math::at_most(left(), right())),
        Filter::Base64Decode => encoding::base64_decode(input, false),
        Filter::Base64Encode => text(encoding::base64_encode(&input.to_text(), false)),
        Filter::Base64UrlSafeDecode => encoding::base64_decode(input, true),
        Filter::Base64UrlSafeEncode => text(encoding::base64_encode(&input.to_text(), true)),
        Filter::Capitalize => text(text::capitalize(&input.to_text())),
        Filter::Ceil => number(math::rounded(left(), f64::ceil)),
        Filter::Compact => list::compact(input, arguments, terms),
        Filter::Concat => list::concat(input, arguments, terms),
        Filter::Date => Ok(date::date(input, &arguments.text(0), terms.now_ms)),
        Filter::Default => Ok(default(input, arguments, allow_false)),
        Filter::DividedBy => number(math::divided_by(left(), right())?),
        Filter::Downcase => text(letters::lower(&input.to_text())),
        Filter::Escape => Ok(encoding::escape(input, sink)),
        Filter::EscapeOnce => Ok(encoding::escape_once(input, sink)),
        Filter::Find => list::find(input, arguments, terms),
        Filter::FindIndex => list::find_index(input, arguments, terms),
        Filter::First => Ok(input.first()),
        Filter::Floor => number(math::rounded(left(), f64::floor)),
        Filter::Has => list::has(input, arguments, terms),
        Filter::Join => list::join(input, arguments, terms),
        Filter::Last => Ok(input.last()),
        Filter::Lstrip => Ok(text::strip(input, |text| text.trim_ascii_start())),
        Filter::Map => list::map(input, arguments, terms),
        Filter::Minus => number(math::minus(left(), right())),
        Filter::Modulo => number(math::modulo(left(), right())?),
        Filter::NewlineToBr => Ok(encoding::newline_to_br(input, sink)),
        Filter::Plus => number(math::plus(left(), right())),
        Filter::Prepend => text::join(&[&arguments.text(0), &input.to_text()], terms),
        Filter::Raw => Ok(input.clone()),
        Filter::Reject => list::pick_where(input, arguments, terms, false),
        Filter::Remove | Filter::Replace => Ok(text::replace(input, arguments, terms)),
        Filter::RemoveFirst | Filter::ReplaceFirst => {
            text::replace_one(input, arguments, terms, false)
        }
        Filter::RemoveLast | Filter::ReplaceLast => {
            text::replace_one(input, arguments, terms, true)
        }
        Filter::Reverse => list::reverse(input, terms),
        Filter::Round => number(math::round(left(), right())),
        Filter::Rstrip => Ok(text::strip(input, |text| text.trim_ascii_end())),
        Filter::Size => Ok(Data::count(input.size().unwrap_or(0))),
        Filter::Slice => text::slice(input, arguments),
        Filter::Sort => list::sort(input, arguments, terms),
        Filter::SortNatural => list::sort_natural(input, arguments, terms),
        Filter::Split => Ok(text::split(&input.to_text(), &arguments.text(0))),
        Filter::Strip => Ok(text::strip(input, |text| text.trim_ascii())),
        Filter::StripHtml => text(encoding::strip_html(&input.to_text())),
        Filter::StripNewlines => Ok(text::strip_newlines(input)),
        Filter::Sum => list::sum(input, arguments, terms),
        Filter::Times => number(math::times(left(), right())),
        Filter::Truncate => text::truncate(&input.to_text(), arguments, terms),
        Filter::TruncateWords => text::truncate_words(&input.to_text(), arguments, terms),
        Filter::Uniq => list::uniq(input, arguments, terms),
        Filter::Upcase => text(letters::upper(&input.to_text())),
        Filter::UrlDecode => encoding::url_decode(&input.to_text()),
        Filter::UrlEncode => text(encoding::url_encode(&input.to_text())),
        Filter::Where => list::pick_where(input, arguments, terms, true),
    }
}

/// The first argument in place of nothing, false and what is empty.
fn default(input: &Data, arguments: Arguments<'_>, allow_false: bool) -> Data {
    let absent = match input {
        Data::Nil | Data::Empty | Data::Blank => true,
        Data::Bool(truth) => !truth && !allow_false,
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
