//! What a mail server says, and what is said to it (RFC 5321): pure, without a connection.

// LIMIT: RFC 5321, section 4.5.3.1.5 gives a reply line 512 bytes; servers write longer ones.
const LINE_BYTES_MAX: usize = 2_000;
// LIMIT: the longest reply is that to EHLO, with some twenty lines.
const LINES_MAX: usize = 100;

/// A reply: a code, and a text for people.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Reply {
    pub(super) code: u16,
    pub(super) lines: Vec<String>,
}

impl Reply {
    /// Takes a whole reply off the front of what has arrived; `Ok(None)` when more is to come.
    ///
    /// # Errors
    /// When this is no reply of a mail server.
    pub(super) fn take(arrived: &mut Vec<u8>) -> Result<Option<Self>, String> {
        let strange = || Err("the server does not speak SMTP".to_owned());
        let mut lines = Vec::new();
        let mut taken = 0;
        loop {
            let rest = arrived.get(taken..).unwrap_or_default();
            let Some(end) = rest.iter().position(|byte| *byte == b'\n') else {
                return if rest.len() > LINE_BYTES_MAX {
                    strange()
                } else {
                    Ok(None)
                };
            };
            let line = rest.get(..end).unwrap_or_default();
            taken += end + 1;
            if line.len() > LINE_BYTES_MAX || lines.len() >= LINES_MAX {
                return strange();
            }
            let line = String::from_utf8_lossy(line).trim_end().to_owned();
            let Some((code, text)) = line.split_at_checked(3) else {
                return strange();
            };
            let Ok(code @ 200..=599) = code.parse::<u16>() else {
                return strange();
            };
            let Some(text) = text.strip_prefix('-') else {
                let text = text.strip_prefix(' ').unwrap_or(text);
                lines.push(text.to_owned());
                arrived.drain(..taken);
                return Ok(Some(Self { code, lines }));
            };
            lines.push(text.to_owned());
        }
    }

    /// For people.
    pub(super) fn words(&self) -> String {
        const WORDS_CHARS_MAX: usize = 300;
        let words = format!("{} {}", self.code, self.lines.join(" "));
        words.chars().take(WORDS_CHARS_MAX).collect()
    }
}

/// What a server can do, from its reply to EHLO.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Extensions {
    pub(super) start_tls: bool,
    pub(super) smtp_utf8: bool,
    pub(super) auth: Option<Auth>,
}

/// How to log in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Auth {
    /// RFC 4616.
    Plain,
    /// What some servers have instead.
    Login,
}

impl Extensions {
    pub(super) fn read(reply: &Reply) -> Self {
        let mut found = Self::default();
        // The first line is the server's name.
        for line in reply.lines.iter().skip(1) {
            let line = line.to_ascii_uppercase();
            let mut words = line.split([' ', '=']);
            match words.next() {
                Some("STARTTLS") => found.start_tls = true,
                Some("SMTPUTF8") => found.smtp_utf8 = true,
                Some("AUTH") => {
                    for mechanism in words {
                        found.auth = match mechanism {
                            "PLAIN" => Some(Auth::Plain),
                            "LOGIN" => found.auth.or(Some(Auth::Login)),
                            _ => found.auth,
                        };
                    }
                }
                _ => {}
            }
        }
        found
    }
}

/// A message between DATA and the reply to it: a dot at the start of a line is doubled, and a line
/// with a dot alone ends it (RFC 5321, section 4.5.2).
pub(super) fn stuffed(message: &[u8]) -> Vec<u8> {
    let mut stuffed = Vec::with_capacity(message.len() + 64);
    let mut starts_line = true;
    for byte in message {
        if starts_line && *byte == b'.' {
            stuffed.push(b'.');
        }
        starts_line = *byte == b'\n';
        stuffed.push(*byte);
    }
    if !stuffed.ends_with(b"\r\n") {
        stuffed.extend(b"\r\n");
    }
    stuffed.extend(b".\r\n");
    stuffed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn take(text: &str) -> (Result<Option<Reply>, String>, String) {
        let mut arrived = text.as_bytes().to_vec();
        let taken = Reply::take(&mut arrived);
        (taken, String::from_utf8(arrived).unwrap())
    }

    #[test]
    fn replies_of_one_line_and_of_many() {
        let (reply, rest) =
            take("250-mx.example\r\n250-SIZE 1000\r\n250 SMTPUTF8\r\n354 go on\r\n");
        let reply = reply.unwrap().unwrap();
        assert_eq!(reply.code, 250);
        assert_eq!(reply.lines, ["mx.example", "SIZE 1000", "SMTPUTF8"]);
        assert_eq!(rest, "354 go on\r\n");
        for (text, code, words) in [
            ("220\r\n", 220, "220 "),
            ("550 5.1.1 no such user\n", 550, "550 5.1.1 no such user"),
            ("421-busy\r\n421 later\r\n", 421, "421 busy later"),
        ] {
            let reply = take(text).0.unwrap().unwrap();
            assert_eq!((reply.code, reply.words().as_str()), (code, words));
        }
    }

    #[test]
    fn a_reply_that_is_not_whole_waits_and_is_left_as_it_was() {
        for text in ["", "2", "250 ok", "250-one\r\n", "250-one\r\n250 tw"] {
            assert_eq!(take(text), (Ok(None), text.to_owned()));
        }
    }

    #[test]
    fn what_is_no_mail_server_is_told_so() {
        let long = |bytes: usize| format!("250 {}", "x".repeat(bytes - 4));
        let many = |lines: usize| "250-x\r\n".repeat(lines - 1) + "250 x\r\n";
        for text in [
            "HTTP/1.1 400 Bad Request\r\n",
            "\r\n",
            "99 x\r\n",
            "600 x\r\n",
        ] {
            assert!(take(text).0.is_err(), "{text:?}");
        }
        assert!(take(&(long(LINE_BYTES_MAX) + "\n")).0.unwrap().is_some());
        assert!(take(&(long(LINE_BYTES_MAX + 1) + "\n")).0.is_err());
        assert!(take(&long(LINE_BYTES_MAX + 1)).0.is_err(), "without an end");
        assert!(take(&many(LINES_MAX)).0.unwrap().is_some());
        assert!(take(&many(LINES_MAX + 1)).0.is_err());
    }

    #[test]
    fn extensions_are_read_in_any_case() {
        let read = |text: &str| Extensions::read(&take(text).0.unwrap().unwrap());
        let all = Extensions {
            start_tls: true,
            smtp_utf8: true,
            auth: Some(Auth::Plain),
        };
        assert_eq!(
            read("250-mx\r\n250-starttls\r\n250-SMTPUTF8\r\n250 AUTH LOGIN Plain\r\n"),
            all
        );
        assert_eq!(read("250-STARTTLS\r\n250 SIZE\r\n"), Extensions::default());
        let auth = |line: &str| read(&format!("250-mx\r\n250 {line}\r\n")).auth;
        assert_eq!(auth("AUTH=PLAIN LOGIN"), Some(Auth::Plain));
        assert_eq!(auth("AUTH CRAM-MD5 LOGIN"), Some(Auth::Login));
        assert_eq!(auth("AUTH CRAM-MD5"), None);
    }

    #[test]
    fn dots_are_doubled_where_a_line_begins() {
        for (message, expected) in [
            ("a\r\n", "a\r\n.\r\n"),
            ("a", "a\r\n.\r\n"),
            (".\r\n..b\r\nc.\r\n", "..\r\n...b\r\nc.\r\n.\r\n"),
            ("", "\r\n.\r\n"),
        ] {
            assert_eq!(
                stuffed(message.as_bytes()),
                expected.as_bytes(),
                "{message:?}"
            );
        }
    }
}
