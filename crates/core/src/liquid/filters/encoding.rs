//! Filters that write text for HTML, for URLs and in base 64, and that read it back.

use std::rc::Rc;

use super::super::{
    data::Data,
    letters::{find, replace_all},
    sink::{Sink, entity, escape_html, percent_encode},
    terms::Fault,
};

/// The five characters of HTML as entities.
pub(super) fn escape(input: &Data, sink: Sink) -> Data {
    let mut out = String::new();
    escape_html(&mut out, &input.to_text());
    made_html(out, sink)
}

/// As [`escape`], but entities stay as they are.
pub(super) fn escape_once(input: &Data, sink: Sink) -> Data {
    made_html(without_double_escape(&input.to_text()), sink)
}

/// Text that is HTML already, so that a sink of HTML does not escape it once more.
fn made_html(text: String, sink: Sink) -> Data {
    let text: Rc<str> = Rc::from(text);
    if sink.takes_html() {
        return Data::Ready {
            plain: Rc::clone(&text),
            ready: text,
        };
    }
    Data::Text(text)
}

/// Line ends as `<br />`, which are to be seen as such in HTML: the text around them is escaped
/// here, if it was not before.
pub(super) fn newline_to_br(input: &Data, sink: Sink) -> Data {
    let text = input.to_text();
    let plain: Rc<str> = Rc::from(with_breaks(&text));
    if !sink.takes_html() {
        return Data::Text(plain);
    }
    let ready = if let Data::Ready { ready, .. } = input {
        with_breaks(ready)
    } else {
        let mut out = String::new();
        escape_html(&mut out, &text);
        with_breaks(&out)
    };
    let ready = Rc::from(ready);
    Data::Ready { plain, ready }
}

fn with_breaks(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c == '\n' {
            // Windows ends a line with two characters: the first would stand before the break.
            if out.ends_with('\r') {
                out.pop();
            }
            out.push_str("<br />");
        }
        out.push(c);
    }
    out
}

fn without_double_escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        let rest = text.get(at + c.len_utf8()..).unwrap_or_default();
        match entity(c) {
            Some(entity) if c != '&' || !starts_entity(rest) => out.push_str(entity),
            _ => out.push(c),
        }
    }
    out
}

/// Whether what follows an `&` makes it an entity, as Shopify sees it: letters, or `#` and digits.
fn starts_entity(rest: &str) -> bool {
    // LIMIT: the longest name of an entity has 31 letters.
    const NAME_MAX: usize = 32;
    let Some(end) = rest.bytes().take(NAME_MAX).position(|byte| byte == b';') else {
        return false;
    };
    let name = rest.get(..end).unwrap_or_default();
    let (digits, is_digit): (&str, fn(&u8) -> bool) = match name.strip_prefix('#') {
        Some(number) => (number, u8::is_ascii_digit),
        None => (name, u8::is_ascii_alphabetic),
    };
    !digits.is_empty() && digits.bytes().all(|byte| is_digit(&byte))
}

/// Removes scripts and styles with their content and comments, and then what tags there are.
pub(super) fn strip_html(text: &str) -> String {
    const BLOCKS: &[(&str, &str)] = &[
        ("<script", "</script>"),
        ("<!--", "-->"),
        ("<style", "</style>"),
    ];
    let text = without(text, BLOCKS);
    without(&text, &[("<", ">")])
}

/// Text without what stands between these marks, the marks included.
fn without(text: &str, marks: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    // Ends that were looked for in vain need not be looked for again.
    let mut missing = [false; 3];
    while let Some(at) = rest.find('<') {
        let tag = rest.get(at..).unwrap_or_default();
        let mut end = None;
        for ((open, close), missing) in marks.iter().zip(&mut missing) {
            if end.is_none() && !*missing && tag.starts_with(open) {
                end = find(tag, close, open.len()).map(|end| end + close.len());
                *missing = end.is_none();
            }
        }
        // A mark without its end is text.
        let kept = at + usize::from(end.is_none());
        out.push_str(rest.get(..kept).unwrap_or_default());
        rest = rest.get(at + end.unwrap_or(1)..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

/// As forms do: a space becomes `+`.
pub(super) fn url_encode(text: &str) -> String {
    let mut out = String::new();
    percent_encode(&mut out, text, b"-._~");
    replace_all(&out, "%20", "+", usize::MAX)
}

pub(super) fn url_decode(text: &str) -> Result<Data, Fault> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'+' {
            bytes.push(b' ');
            continue;
        }
        let mut ahead = rest.clone();
        let digits = (byte == b'%')
            .then(|| hex(ahead.next()).zip(hex(ahead.next())))
            .flatten();
        match digits {
            Some((high, low)) => {
                bytes.push(high * 16 + low);
                rest = ahead;
            }
            None => bytes.push(byte),
        }
    }
    utf8(bytes)
}

fn utf8(bytes: Vec<u8>) -> Result<Data, Fault> {
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Data::text(&text)),
        Err(_) => Err(Fault::because("makes no text of this: it is not UTF-8")),
    }
}

fn hex(byte: Option<u8>) -> Option<u8> {
    let digit = char::from(byte?).to_digit(16)?;
    u8::try_from(digit).ok()
}

/// The 62 signs that both alphabets have in common, and the two that they do not.
fn sign(value: u8, url_safe: bool) -> char {
    char::from(match value {
        0..=25 => b'A' + value,
        26..=51 => b'a' + (value - 26),
        52..=61 => b'0' + (value - 52),
        62 if url_safe => b'-',
        62 => b'+',
        _ if url_safe => b'_',
        _ => b'/',
    })
}

fn sign_value(sign: u8, url_safe: bool) -> Option<u32> {
    Some(u32::from(match (sign, url_safe) {
        (b'A'..=b'Z', _) => sign - b'A',
        (b'a'..=b'z', _) => sign - b'a' + 26,
        (b'0'..=b'9', _) => sign - b'0' + 52,
        (b'-', true) | (b'+', _) => 62,
        (b'_', true) | (b'/', _) => 63,
        _ => return None,
    }))
}

pub(super) fn base64_encode(text: &str, url_safe: bool) -> String {
    let mut out = String::with_capacity(text.len() / 3 * 4 + 4);
    for chunk in text.as_bytes().chunks(3) {
        let mut bits = 0_u32;
        for index in 0..3 {
            bits = bits << 8 | u32::from(chunk.get(index).copied().unwrap_or_default());
        }
        for index in 0..4_usize {
            if index > chunk.len() {
                out.push('=');
                continue;
            }
            let value = (bits >> (18 - 6 * index)) & 63;
            out.push(sign(u8::try_from(value).unwrap_or_default(), url_safe));
        }
    }
    out
}

/// Reads base 64 (RFC 4648, section 4), as strictly as Ruby: padded, without white space, and with
/// nothing in the bits left over. If it may be safe for URLs, it may be without padding, in either alphabet.
pub(super) fn base64_decode(text: &str, url_safe: bool) -> Result<Data, Fault> {
    let not_base64 = || Fault::because("reads only base 64, which this is not");
    let signs = text.trim_end_matches('=');
    let padding = text.len() - signs.len();
    let is_padded = text.len().is_multiple_of(4) && padding <= 2;
    let is_bare = url_safe && padding == 0 && signs.len() % 4 != 1;
    if !is_padded && !is_bare {
        return Err(not_base64());
    }
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut count) = (0_u32, 0_u32);
    for byte in signs.bytes() {
        let value = sign_value(byte, url_safe).ok_or_else(not_base64)?;
        bits = bits << 6 | value;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from(bits >> count & 255).unwrap_or_default());
            bits &= (1 << count) - 1;
        }
    }
    if bits != 0 {
        return Err(not_base64());
    }
    utf8(bytes)
}
