//! The `json` filter: any value as JSON text, for the bodies of webhooks.
//! Keeps the order of entries; does not indent.

use super::super::{
    data::Data,
    number::Number,
    terms::{Fault, Terms},
};

type Result = std::result::Result<(), Fault>;

/// The JSON text (RFC 8259) of a value. A range is a list of its numbers, and what is no number, such as
/// the infinite, is null. `<`, `>` and `&` are written as escapes, so that the text is harmless within a
/// `<script>`.
pub(super) fn json(value: &Data, terms: &mut Terms) -> std::result::Result<Data, Fault> {
    let mut out = String::new();
    write(value, &mut out, terms)?;
    Ok(Data::text(&out))
}

fn write(value: &Data, out: &mut String, terms: &mut Terms) -> Result {
    match value {
        Data::Nil => out.push_str("null"),
        Data::Number(Number::Float(float)) if !float.is_finite() => out.push_str("null"),
        Data::Bool(_) | Data::Number(_) => value.print(out),
        Data::Text(text) | Data::Ready { plain: text, .. } => write_text(text, out),
        Data::Blank | Data::Empty | Data::Turn(_) => write_text(&value.to_text(), out),
        Data::List(items) => return list(items.iter().cloned(), out, terms),
        Data::Range(from, to) => return list((*from..=*to).map(Data::int), out, terms),
        Data::Map(entries) => {
            out.push('{');
            for (index, (name, value)) in entries.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_text(name, out);
                out.push(':');
                write(value, out, terms)?;
            }
            out.push('}');
        }
    }
    terms.fits(out.len())
}

fn list(items: impl Iterator<Item = Data>, out: &mut String, terms: &mut Terms) -> Result {
    out.push('[');
    for (index, item) in items.enumerate() {
        terms.charge(1)?;
        if index > 0 {
            out.push(',');
        }
        write(&item, out, terms)?;
    }
    out.push(']');
    terms.fits(out.len())
}

fn write_text(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            // The last two end a line in the JavaScript of before 2019.
            '<' | '>' | '&' | '\0'..='\u{1f}' | '\u{2028}' | '\u{2029}' => escape(c, out),
            _ => out.push(c),
        }
    }
    out.push('"');
}

/// `\u` and four hexadecimal digits.
fn escape(c: char, out: &mut String) {
    let code = u32::from(c);
    out.push_str("\\u");
    for shift in [12, 8, 4, 0] {
        out.extend(char::from_digit((code >> shift) & 15, 16));
    }
}
