//! Text that a rule looks for, made ready once so that looking takes no memory.
//! Knows no locale: letters are folded by Unicode alone, the same everywhere.

/// A text to compare with.
#[derive(Clone, Debug)]
pub(super) struct Phrase {
    written: Box<str>,
    match_case: bool,
    /// The text without regard to case.
    folded: Box<[char]>,
    /// For each length of a partial match, that of the next shorter one that it ends with
    /// (Knuth, Morris, Pratt 1977).
    shorter: Box<[usize]>,
}

/// Where in a text a phrase must stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Anywhere,
    Start,
    End,
}

/// A letter without regard to case: the lower case of Unicode, with both small sigmas as one.
fn fold(letter: char) -> std::char::ToLowercase {
    match letter {
        'ς' => 'σ'.to_lowercase(),
        other => other.to_lowercase(),
    }
}

/// Whether two texts are the same bytes: a comparison of slices is a call, and in wasm goes byte by
/// byte.
#[inline]
fn is_same(one: &[u8], other: &[u8]) -> bool {
    if one.len() != other.len() {
        return false;
    }
    let (words, rest) = one.as_chunks::<4>();
    let (other_words, other_rest) = other.as_chunks::<4>();
    let mut pairs = words.iter().zip(other_words);
    pairs.all(|(one, other)| u32::from_ne_bytes(*one) == u32::from_ne_bytes(*other))
        && rest.iter().zip(other_rest).all(|(one, other)| one == other)
}

impl Phrase {
    pub(super) fn new(written: &str, match_case: bool) -> Self {
        let folded: Box<[char]> = written.chars().flat_map(fold).collect();
        let mut shorter = vec![0; folded.len()];
        let mut length = 0;
        for place in 1..folded.len() {
            length = extended(&folded, &shorter, length, folded.get(place).copied());
            if let Some(slot) = shorter.get_mut(place) {
                *slot = length;
            }
        }
        Self {
            written: written.into(),
            match_case,
            folded,
            shorter: shorter.into(),
        }
    }

    #[inline]
    pub(super) fn equals(&self, text: &str) -> bool {
        is_same(self.written.as_bytes(), text.as_bytes())
            || (!self.match_case && self.equals_folded(text))
    }

    #[inline(never)]
    fn equals_folded(&self, text: &str) -> bool {
        let mut letters = text.bytes();
        for asked in self.written.bytes() {
            match letters.next() {
                // What is not ASCII may be equal to what is, as the Kelvin sign is to `k`.
                Some(letter) if !(letter.is_ascii() && asked.is_ascii()) => {
                    return text.chars().flat_map(fold).eq(self.folded.iter().copied());
                }
                Some(letter) if letter.eq_ignore_ascii_case(&asked) => {}
                _ => return false,
            }
        }
        letters.next().is_none()
    }

    pub(super) fn stands(&self, place: Place, text: &str) -> bool {
        match (place, self.match_case) {
            (Place::Anywhere, true) => text.contains(&*self.written),
            (Place::Start, true) => text.starts_with(&*self.written),
            (Place::End, true) => text.ends_with(&*self.written),
            (Place::Anywhere, false) => self.is_in(text),
            (Place::Start, false) => {
                begins(text.chars().flat_map(fold), self.folded.iter().copied())
            }
            (Place::End, false) => begins(
                text.chars().rev().flat_map(|letter| fold(letter).rev()),
                self.folded.iter().rev().copied(),
            ),
        }
    }

    fn is_in(&self, text: &str) -> bool {
        let mut length = 0;
        self.folded.is_empty()
            || text.chars().flat_map(fold).any(|letter| {
                length = extended(&self.folded, &self.shorter, length, Some(letter));
                length == self.folded.len()
            })
    }
}

fn begins(mut text: impl Iterator<Item = char>, mut phrase: impl Iterator<Item = char>) -> bool {
    phrase.all(|letter| text.next() == Some(letter))
}

/// How long the partial match is once another letter has been read.
fn extended(folded: &[char], shorter: &[usize], length: usize, letter: Option<char>) -> usize {
    let mut length = length;
    loop {
        if folded.get(length).copied() == letter && letter.is_some() {
            return length + 1;
        }
        match length.checked_sub(1) {
            None => return 0,
            Some(last) => length = shorter.get(last).copied().unwrap_or(0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_counts_only_when_asked_for() {
        for (written, text, same, in_case) in [
            ("Pro", "pro", true, false),
            ("Pro", "Pro", true, true),
            ("\u{212a}elvin", "KELVIN", true, false),
            ("ΟΔΟΣ", "οδος", true, false),
            ("İ", "i\u{307}", true, false),
            ("ß", "ss", false, false),
            ("", "", true, true),
        ] {
            assert_eq!(Phrase::new(written, false).equals(text), same, "{written}");
            assert_eq!(
                Phrase::new(written, true).equals(text),
                in_case,
                "{written}"
            );
        }
    }

    #[test]
    fn a_phrase_is_found_where_a_search_of_the_folded_text_finds_it() {
        let letters = ["", "a", "A", "b", "ab", "aab", "abab", "aabaa", "é", "É"];
        for left in letters {
            for right in letters {
                let text = format!("{left}{right}ABAABA{left}");
                for written in letters {
                    let (phrase, exact) = (Phrase::new(written, false), Phrase::new(written, true));
                    let (low, part) = (text.to_lowercase(), written.to_lowercase());
                    assert_eq!(phrase.stands(Place::Anywhere, &text), low.contains(&part));
                    assert_eq!(phrase.stands(Place::Start, &text), low.starts_with(&part));
                    assert_eq!(phrase.stands(Place::End, &text), low.ends_with(&part));
                    assert_eq!(exact.stands(Place::Anywhere, &text), text.contains(written));
                }
            }
        }
    }
}
