//! A mail, and what it looks like on the wire: RFC 5322, MIME (RFC 2045 to 2047, 2231). Knows no
//! provider and no template.

use base64::{Engine, engine::general_purpose::STANDARD};
use rekindle_core::time::format_mail_date;
use serde_json::{Value as Json, json};

use super::address::Address;

// LIMIT: RFC 2045, section 6.7: a line of quoted-printable has 76 characters at most.
const LINE_CHARS_MAX: usize = 76;

// LIMIT: RFC 2047, section 2: an encoded word has 75 characters at most. In base64 these many bytes
// take 60, and what stands around them 12.
const WORD_BYTES_MAX: usize = 45;

/// A mail, ready to leave: the same for every attempt.
pub(super) struct Mail {
    /// The effect that it is.
    pub(super) effect: String,
    pub(super) from: Address,
    pub(super) to: Address,
    /// On one line.
    pub(super) subject: String,
    pub(super) text: String,
    pub(super) html: String,
    /// When it was decided, Unix ms.
    pub(super) at: i64,
    /// Where a click unsubscribes.
    pub(super) unsubscribe: Option<String>,
}

impl Mail {
    /// Made from the effect: one who gets it twice has a chance to see that it is the same.
    pub(super) fn message_id(&self) -> String {
        ["<", &self.effect, "@", self.from.domain(), ">"].concat()
    }

    /// The headers of RFC 8058: one click, by POST, without a question in between.
    pub(super) fn list_headers(&self) -> Vec<(&'static str, String)> {
        self.unsubscribe.as_ref().map_or_else(Vec::new, |link| {
            vec![
                ("List-Unsubscribe", ["<", link, ">"].concat()),
                (
                    "List-Unsubscribe-Post",
                    "List-Unsubscribe=One-Click".to_owned(),
                ),
            ]
        })
    }

    /// The message: 7-bit, whatever is in it, unless an address itself is not ASCII.
    pub(super) fn raw(&self) -> Vec<u8> {
        let mut raw = String::new();
        let mut header = |name: &str, value: &str| {
            for part in [name, ": ", value, "\r\n"] {
                raw.push_str(part);
            }
        };
        // `=_` stands in no line of quoted-printable.
        let boundary = ["=_", &self.effect].concat();
        header("From", &mailbox(&self.from));
        header("To", &mailbox(&self.to));
        header("Subject", &unstructured(&self.subject));
        header("Date", &format_mail_date(self.at));
        header("Message-ID", &self.message_id());
        for (name, value) in self.list_headers() {
            header(name, &value);
        }
        header("MIME-Version", "1.0");
        header(
            "Content-Type",
            &["multipart/alternative;\r\n\tboundary=\"", &boundary, "\""].concat(),
        );
        for (kind, content) in [("plain", &self.text), ("html", &self.html)] {
            for part in ["\r\n--", &boundary, "\r\nContent-Type: text/", kind] {
                raw.push_str(part);
            }
            raw.push_str("; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n");
            push_quoted_printable(&mut raw, content);
        }
        for part in ["\r\n--", &boundary, "--\r\n"] {
            raw.push_str(part);
        }
        raw.into_bytes()
    }

    /// For the mailbox.
    pub(super) fn copy(&self) -> Json {
        let mut headers = json!({
            "From": self.from.display(),
            "To": self.to.display(),
            "Subject": self.subject,
            "Date": format_mail_date(self.at),
            "Message-ID": self.message_id(),
        });
        if let Some(headers) = headers.as_object_mut() {
            let listed = self.list_headers().into_iter();
            headers.extend(listed.map(|(name, value)| (name.to_owned(), value.into())));
        }
        json!({
            "to": self.to.email, "subject": self.subject, "text": self.text, "html": self.html,
            "headers": headers,
        })
    }
}

/// Whether text can stand in a header as it is.
fn is_plain(text: &str) -> bool {
    text.len() <= LINE_CHARS_MAX - "Subject: ".len()
        && text.bytes().all(|byte| (b' '..=b'~').contains(&byte))
        && !text.contains("=?")
        && text.trim() == text
}

/// Text for people, as a header has it.
fn unstructured(text: &str) -> String {
    if is_plain(text) {
        return text.to_owned();
    }
    let mut words = String::new();
    let mut rest = text;
    while !rest.is_empty() {
        // A character is not cut in two: RFC 2047, section 5.
        let (word, more) = rest.split_at(rest.floor_char_boundary(WORD_BYTES_MAX));
        if !words.is_empty() {
            words.push_str("\r\n ");
        }
        words.push_str("=?utf-8?B?");
        STANDARD.encode_string(word, &mut words);
        words.push_str("?=");
        rest = more;
    }
    words
}

fn mailbox(address: &Address) -> String {
    match &address.name {
        None => ["<", &address.email, ">"].concat(),
        Some(name) if is_plain(name) => address.display(),
        Some(name) => [unstructured(name).as_str(), "\r\n <", &address.email, ">"].concat(),
    }
}

/// RFC 2045, section 6.7. Lines end as they do on the wire.
fn push_quoted_printable(out: &mut String, text: &str) {
    for line in text.split('\n') {
        let line = line.strip_suffix('\r').unwrap_or(line).as_bytes();
        let mut chars = 0;
        for (place, byte) in line.iter().enumerate() {
            let is_last = place + 1 == line.len();
            let is_literal = match byte {
                b' ' | b'\t' => !is_last,
                byte => (b'!'..=b'~').contains(byte) && *byte != b'=',
            };
            let takes = if is_literal { 1 } else { 3 };
            // One is left for the `=` of a soft line end.
            if chars + takes > LINE_CHARS_MAX - 1 {
                out.push_str("=\r\n");
                chars = 0;
            }
            chars += takes;
            if is_literal {
                out.push(char::from(*byte));
            } else {
                out.push('=');
                for half in [byte >> 4, byte & 15] {
                    let digit = char::from_digit(half.into(), 16).unwrap_or('0');
                    out.push(digit.to_ascii_uppercase());
                }
            }
        }
        out.push_str("\r\n");
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in super::super) fn a_mail() -> Mail {
        Mail {
            effect: "0123456789abcdef0123456789abcdef".to_owned(),
            from: Address::parse("Blüte <hello@shop.example>").unwrap(),
            to: Address::parse("ada+news@example.com").unwrap(),
            subject: "10 % — nur für dich 🎁".to_owned(),
            text: "Hallo\n.\nTschüß".to_owned(),
            html: "<p>Hallo</p>".to_owned(),
            at: 1_780_000_000_000,
            unsubscribe: Some("https://e.example/u/1/2".to_owned()),
        }
    }

    #[test]
    fn it_is_the_same_every_time_and_seven_bit() {
        let raw = a_mail().raw();
        assert_eq!(raw, a_mail().raw());
        assert!(raw.is_ascii());
        let text = String::from_utf8(raw).unwrap();
        assert!(text.lines().all(|line| line.len() <= 78), "{text}");
        assert_eq!(text.matches("\r\n").count(), text.matches('\n').count());
        assert!(text.contains("Message-ID: <0123456789abcdef0123456789abcdef@shop.example>\r\n"));
        assert!(text.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"));
        assert!(text.contains("From: =?utf-8?B?QmzDvHRl?=\r\n <hello@shop.example>\r\n"));
    }

    #[test]
    fn text_of_headers() {
        for (text, written) in [
            ("Hello, Ada", "Hello, Ada"),
            ("ü", "=?utf-8?B?w7w=?="),
            ("=?utf-8?", "=?utf-8?B?PT91dGYtOD8=?="),
            (" a", "=?utf-8?B?IGE=?="),
        ] {
            assert_eq!(unstructured(text), written, "{text:?}");
        }
        let long = "日本語の件名".repeat(20);
        let written = unstructured(&long);
        assert!(written.lines().all(|line| line.trim().len() <= 75));
        let decoded: Vec<u8> = written
            .split("\r\n ")
            .flat_map(|word| {
                let word = word.strip_prefix("=?utf-8?B?").unwrap();
                let word = STANDARD.decode(word.strip_suffix("?=").unwrap()).unwrap();
                assert!(std::str::from_utf8(&word).is_ok(), "no character is cut");
                word
            })
            .collect();
        assert_eq!(String::from_utf8(decoded).unwrap(), long);
    }

    #[test]
    fn quoted_printable() {
        for (text, written) in [
            ("", "\r\n"),
            ("a = ü", "a =3D =C3=BC\r\n"),
            ("ends \nin\t", "ends=20\r\nin=09\r\n"),
            ("a\r\nb", "a\r\nb\r\n"),
        ] {
            let mut out = String::new();
            push_quoted_printable(&mut out, text);
            assert_eq!(out, written, "{text:?}");
        }
        for (chars, lines) in [(75, 1), (76, 2), (150, 2), (151, 3)] {
            let mut out = String::new();
            push_quoted_printable(&mut out, &"x".repeat(chars));
            assert_eq!(out.lines().count(), lines, "{chars}");
            assert!(out.lines().all(|line| line.len() <= LINE_CHARS_MAX));
        }
    }
}
