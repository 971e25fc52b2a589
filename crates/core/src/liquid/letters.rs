//! Work on text in as little code as possible: the browser loads it.
//! Case follows short tables of the scripts that have it, not the large ones of the standard library,
//! and white space is that of ASCII, as in Ruby.

/// Capitals from the first to the second. Small letters are so far behind, or, if that is 0, next to
/// their capital.
const CAPITALS: &[(u32, u32, u32)] = &[
    (0x41, 0x5A, 32),
    (0xC0, 0xD6, 32),
    (0xD8, 0xDE, 32),
    (0x100, 0x12F, 0),
    (0x132, 0x137, 0),
    (0x139, 0x148, 0),
    (0x14A, 0x177, 0),
    (0x179, 0x17E, 0),
    (0x1CD, 0x1DC, 0),
    (0x1DE, 0x1EF, 0),
    (0x1F8, 0x21F, 0),
    (0x222, 0x233, 0),
    (0x388, 0x38A, 37),
    (0x38C, 0x38C, 64),
    (0x38E, 0x38F, 63),
    (0x386, 0x386, 38),
    (0x391, 0x3A1, 32),
    (0x3A3, 0x3AB, 32),
    (0x400, 0x40F, 80),
    (0x410, 0x42F, 32),
    (0x460, 0x481, 0),
    (0x48A, 0x4BF, 0),
    (0x4C0, 0x4C0, 15),
    (0x4C1, 0x4CE, 0),
    (0x4D0, 0x52F, 0),
    (0x531, 0x556, 48),
    (0x1E00, 0x1E95, 0),
    (0x1EA0, 0x1EFF, 0),
];

fn lower_char(c: char) -> char {
    let code = u32::from(c);
    for &(from, to, ahead) in CAPITALS {
        if from <= code && code <= to {
            let ahead = match ahead {
                0 => (code - from + 1) % 2,
                _ => ahead,
            };
            return char::from_u32(code + ahead).unwrap_or(c);
        }
    }
    match c {
        'Ÿ' => 'ÿ',
        _ => c,
    }
}

fn upper_char(c: char) -> char {
    let code = u32::from(c);
    for &(from, to, ahead) in CAPITALS {
        let capital = match ahead {
            0 => code.wrapping_sub(code.wrapping_sub(from) % 2),
            _ => code.wrapping_sub(ahead),
        };
        if capital != code && from <= capital && capital <= to {
            return char::from_u32(capital).unwrap_or(c);
        }
    }
    match c {
        'ÿ' => 'Ÿ',
        'ı' => 'I',
        'ς' => 'Σ',
        'µ' => 'Μ',
        _ => c,
    }
}

/// In small letters.
pub(super) fn lower(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        // Its dot stays, as a sign of its own.
        match c {
            'İ' => out.push_str("i\u{307}"),
            _ => out.push(lower_char(c)),
        }
    }
    out
}

/// The first letter as a capital, the others small.
pub(super) fn capitalize(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars();
    match rest.next() {
        Some('ß') => out.push_str("Ss"),
        Some(first) => out.push(upper_char(first)),
        None => {}
    }
    out.push_str(&lower(rest.as_str()));
    out
}

/// In capitals.
pub(super) fn upper(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c == 'ß' {
            out.push('S');
        }
        out.push(if c == 'ß' { 'S' } else { upper_char(c) });
    }
    out
}

/// White space at the ends of a text, as Ruby sees it: that of ASCII, vertical tabs included, and
/// zeros.
fn is_edge(c: char) -> bool {
    matches!(c, '\0' | '\t'..='\r' | ' ')
}

/// Whether there is nothing but white space.
pub(super) fn is_white(text: &str) -> bool {
    text.bytes()
        .all(|byte| matches!(byte, b'\t'..=b'\r' | b' '))
}

/// Without white space at its start.
pub(super) fn trim_start(text: &str) -> &str {
    text.trim_start_matches(is_edge)
}

/// Without white space at its end.
pub(super) fn trim_end(text: &str) -> &str {
    text.trim_end_matches(is_edge)
}

/// Without white space at both ends.
pub(super) fn trim(text: &str) -> &str {
    trim_end(trim_start(text))
}

/// Texts in one.
#[inline(never)]
pub(super) fn concat(parts: &[&str]) -> String {
    let mut out = String::new();
    for part in parts {
        out.push_str(part);
    }
    out
}

/// Where `part` first stands in `text`, from `from` on.
#[inline(never)]
pub(super) fn find(text: &str, part: &str, from: usize) -> Option<usize> {
    text.get(from..)?.find(part).map(|at| from + at)
}

/// With every `from` by `to`; nothing stands between all characters. Once it is longer than
/// `bytes_max` it is left there, for the caller to refuse.
#[inline(never)]
pub(super) fn replace_all(text: &str, from: &str, to: &str, bytes_max: usize) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = find(rest, from, 0) {
        out.push_str(rest.get(..at).unwrap_or_default());
        out.push_str(to);
        if out.len() > bytes_max {
            return out;
        }
        rest = rest.get(at + from.len()..).unwrap_or_default();
        if from.is_empty() {
            let Some(c) = rest.chars().next() else {
                return out;
            };
            out.push(c);
            rest = rest.get(c.len_utf8()..).unwrap_or_default();
        }
    }
    out.push_str(rest);
    out
}

/// How many characters there are.
#[inline(never)]
pub(super) fn count(text: &str) -> usize {
    // Every byte but those that continue a character.
    text.bytes().filter(|byte| byte & 0xC0 != 0x80).count()
}

/// A whole number in digits, with zeros, or another padding, up to a width.
#[inline(never)]
pub(super) fn print_int(int: i64, padding: char, width: usize) -> String {
    let mut digits = Vec::new();
    let mut left = int.unsigned_abs();
    while left > 0 || digits.is_empty() {
        let digit = u8::try_from(left % 10).unwrap_or_default();
        digits.push(b'0' + digit);
        left /= 10;
    }
    let mut out = String::new();
    if int < 0 {
        out.push('-');
    }
    for _ in digits.len()..width {
        out.push(padding);
    }
    for digit in digits.iter().rev() {
        out.push(char::from(*digit));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The scripts that the tables claim to know.
    const BLOCKS: &[std::ops::RangeInclusive<u32>] = &[
        0..=0x17F,
        0x1CD..=0x1EF,
        0x1F8..=0x21F,
        0x222..=0x233,
        0x386..=0x3CE,
        0x400..=0x556,
        0x1E00..=0x1EFF,
    ];

    #[test]
    fn case_agrees_with_the_standard_library() {
        // Letters with more than one character on the other side, or with their other form far away.
        let odd = |c: char| "İŉǰǝȠΐΰևẖẗẘẙẚẛẞſ".contains(c);
        let chars = BLOCKS.iter().cloned().flatten().filter_map(char::from_u32);
        for c in chars.filter(|c| !odd(*c)) {
            let text = c.to_string();
            assert_eq!(lower(&text), text.to_lowercase(), "{c} {:x}", u32::from(c));
            assert_eq!(upper(&text), text.to_uppercase(), "{c} {:x}", u32::from(c));
        }
        assert_eq!(lower("ẞİ日本"), "ẞi\u{307}日本");
    }

    #[test]
    fn whole_numbers_print() {
        for int in [0, 7, -7, 10, i64::MAX, i64::MIN] {
            assert_eq!(print_int(int, '0', 1), int.to_string());
        }
        assert_eq!(print_int(7, '0', 3), "007");
        assert_eq!(print_int(7, ' ', 2), " 7");
    }
}
