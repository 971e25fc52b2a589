//! Events as JSON text, the way Segment's HTTP API spells them.
//! Parses nothing: properties and traits arrive as JSON text from the page's own `JSON.stringify`.

use rekindle_core::hash::hex64;

/// Who an item is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Person {
    /// The id made in this browser.
    pub(crate) anonymous: String,
    /// The id that the company gave, once known.
    pub(crate) user: Option<String>,
}

impl Person {
    /// The id that their inbox is kept under.
    pub(crate) fn id(&self) -> &str {
        self.user.as_deref().unwrap_or(&self.anonymous)
    }

    /// One line that tells this person from others in the queue.
    pub(crate) fn tag(&self) -> String {
        let mut tag = String::from(if self.user.is_some() { "u:" } else { "a:" });
        tag.push_str(&one_line(self.id()));
        tag
    }
}

/// Text without line breaks, so that it can stand on a line of its own.
pub(crate) fn one_line(text: &str) -> String {
    text.replace('\n', " ")
}

/// A number as storage keeps it: sixteen hexadecimal digits, in the order of the numbers from 0 on.
///
/// Not decimal text: parsing and printing that would weigh as much as the rest of this module.
pub(crate) fn hex_of(number: i64) -> String {
    hex64(number.cast_unsigned())
}

/// The number that [`hex_of`] wrote.
pub(crate) fn number_of(hex: &str) -> Option<i64> {
    let digit = |number: u64, letter: char| Some(number << 4 | u64::from(letter.to_digit(16)?));
    (hex.len() == 16)
        .then(|| hex.chars().try_fold(0, digit).map(u64::cast_signed))
        .flatten()
}

/// A JSON object under construction.
pub(crate) struct Object(String);

impl Object {
    pub(crate) fn new() -> Self {
        Self(String::from("{"))
    }

    /// Adds text, written as a JSON string.
    pub(crate) fn text(mut self, name: &str, value: &str) -> Self {
        self.name(name);
        quote(&mut self.0, value);
        self
    }

    /// Adds text when there is some.
    pub(crate) fn text_if(self, name: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.text(name, value),
            None => self,
        }
    }

    /// Adds what is JSON already.
    pub(crate) fn json(mut self, name: &str, value: &str) -> Self {
        self.name(name);
        self.0.push_str(value);
        self
    }

    /// Adds what is JSON already, when there is some.
    pub(crate) fn json_if(self, name: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.json(name, value),
            None => self,
        }
    }

    pub(crate) fn end(mut self) -> String {
        self.0.push('}');
        self.0
    }

    fn name(&mut self, name: &str) {
        if self.0.len() > 1 {
            self.0.push(',');
        }
        quote(&mut self.0, name);
        self.0.push(':');
    }
}

fn quote(json: &mut String, text: &str) {
    json.push('"');
    for letter in text.chars() {
        match letter {
            '"' | '\\' => {
                json.push('\\');
                json.push(letter);
            }
            '\0'..='\u{1f}' => {
                json.push_str("\\u00");
                for half in [u32::from(letter) >> 4, u32::from(letter) & 15] {
                    json.push(char::from_digit(half, 16).unwrap_or('0'));
                }
            }
            _ => json.push(letter),
        }
    }
    json.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_escaped_as_json_asks() {
        let json = Object::new()
            .text("a", "say \"hi\" \\ \n\u{1}é")
            .text_if("b", None)
            .json("c", "[1]")
            .end();
        assert_eq!(
            json,
            "{\"a\":\"say \\\"hi\\\" \\\\ \\u000a\\u0001é\",\"c\":[1]}"
        );
    }

    #[test]
    fn numbers_survive_as_text() {
        for number in [0, 1, -1, 1_795_435_361_007, i64::MIN, i64::MAX] {
            assert_eq!(number_of(&hex_of(number)), Some(number));
        }
        assert_eq!(
            (number_of("12"), number_of("000000000000000g")),
            (None, None)
        );
    }

    #[test]
    fn a_tag_is_one_line_and_tells_users_from_visitors() {
        let mut person = Person {
            anonymous: "x".into(),
            user: None,
        };
        assert_eq!(person.tag(), "a:x");
        person.user = Some("x\ny".into());
        assert_eq!(person.tag(), "u:x y");
    }
}
