//! Addresses of mail, read strictly: what gets through here can stand in a header and in an SMTP
//! command without being quoted. Quoted local parts and comments (RFC 5322) are refused: no one
//! has such an address, and they are how headers get smuggled in.

// LIMIT: RFC 5321, sections 4.5.3.1.1 and 4.5.3.1.3.
const LOCAL_BYTES_MAX: usize = 64;
const ADDRESS_BYTES_MAX: usize = 254;

/// Who a mail is from or to.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Address {
    /// The name that is shown, if any.
    pub(super) name: Option<String>,
    /// `local@domain`, the domain in ASCII.
    pub(super) email: String,
}

impl Address {
    /// Where nobody is.
    pub(super) fn nobody() -> Self {
        Self {
            name: None,
            email: "nobody@localhost".to_owned(),
        }
    }

    /// Reads `a@b.example` or `Name <a@b.example>`.
    ///
    /// # Errors
    /// With the mend, for people.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let (name, email) = match text.rsplit_once('<') {
            Some((name, rest)) => {
                let Some(email) = rest.strip_suffix('>') else {
                    return Err("it lacks a `>`: write `Name <name@example.com>`".to_owned());
                };
                (one_line(name.trim().trim_matches('"')), email)
            }
            None => (String::new(), text),
        };
        Ok(Self {
            name: (!name.is_empty()).then_some(name),
            email: checked(email)?,
        })
    }

    /// What comes after the `@`.
    pub(super) fn domain(&self) -> &str {
        self.email.rsplit_once('@').map_or("", |(_, domain)| domain)
    }

    /// As a provider's JSON wants it.
    pub(super) fn display(&self) -> String {
        match &self.name {
            None => self.email.clone(),
            Some(name) => {
                let name: String = name
                    .chars()
                    .filter(|char| !"\"\\".contains(*char))
                    .collect();
                ["\"", &name, "\" <", &self.email, ">"].concat()
            }
        }
    }
}

/// Text for a header: on one line, without control characters.
pub(super) fn one_line(text: &str) -> String {
    let words =
        text.split(|char: char| char.is_control() || matches!(char, '\u{2028}' | '\u{2029}'));
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    words.join(" ")
}

fn checked(email: &str) -> Result<String, String> {
    let wrong = |why: &str| {
        let why = ["`", &one_line(email), "` is no address of mail: ", why].concat();
        Err(why)
    };
    let Some((local, domain)) = email.rsplit_once('@') else {
        return wrong("it has no `@`");
    };
    if local.is_empty() || local.len() > LOCAL_BYTES_MAX {
        return wrong("what comes before the `@` has 1 to 64 bytes");
    }
    let is_atom = |char: char| {
        char.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(char) || is_letter(char)
    };
    if !local.chars().all(is_atom) {
        return wrong("there is a character in it that no mailbox has");
    }
    if local.starts_with('.') || local.ends_with('.') || local.contains("..") {
        return wrong("a dot stands between two other characters");
    }
    let Some(domain) = ascii_domain(domain) else {
        return wrong("what comes after the `@` is no domain");
    };
    if local.len() + 1 + domain.len() > ADDRESS_BYTES_MAX {
        return wrong("it is longer than 254 bytes");
    }
    Ok([local, "@", &domain].concat())
}

/// A letter, a digit or a mark of another script; no invisible or directional character.
fn is_letter(char: char) -> bool {
    !char.is_ascii() && char.is_alphanumeric()
}

/// A domain as DNS knows it.
fn ascii_domain(domain: &str) -> Option<String> {
    let plain = |char: char| char.is_ascii_alphanumeric() || matches!(char, '-' | '.');
    if !domain.chars().all(|char| plain(char) || is_letter(char)) {
        return None;
    }
    let host = if domain.is_ascii() {
        domain.to_ascii_lowercase()
    } else {
        international(domain)?
    };
    let fits = |label: &str| {
        (1..=63).contains(&label.len()) && !label.starts_with('-') && !label.ends_with('-')
    };
    host.split('.').all(fits).then_some(host)
}

#[cfg(not(test))]
fn international(domain: &str) -> Option<String> {
    use wasm_bindgen::prelude::wasm_bindgen;

    #[wasm_bindgen]
    extern "C" {
        /// The platform's reader of addresses: it has the tables of international names.
        #[wasm_bindgen(js_name = URL)]
        type WebAddress;
        #[wasm_bindgen(constructor, catch, js_class = "URL")]
        fn new(text: &str) -> Result<WebAddress, wasm_bindgen::JsValue>;
        #[wasm_bindgen(method, getter)]
        fn hostname(this: &WebAddress) -> String;
    }

    let url = WebAddress::new(&["https://", domain, "/"].concat()).ok()?;
    Some(url.hostname())
}

/// Outside of the platform there is no such reader: the tests over HTTP ask it.
#[cfg(test)]
fn international(domain: &str) -> Option<String> {
    (domain == "blüte.example").then(|| "xn--blte-1ra.example".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_with_and_without_a_name() {
        for (text, name, email) in [
            ("a@b.example", None, "a@b.example"),
            (
                "Shop <hello@shop.example>",
                Some("Shop"),
                "hello@shop.example",
            ),
            (
                "\"Shop, Inc.\" <a+b@shop.example>",
                Some("Shop, Inc."),
                "a+b@shop.example",
            ),
            (
                "Blüte 🌸 <x@blüte.example>",
                Some("Blüte 🌸"),
                "x@xn--blte-1ra.example",
            ),
            ("用户@Shop.example", None, "用户@shop.example"),
            (
                "Rekindle <hello@localhost>",
                Some("Rekindle"),
                "hello@localhost",
            ),
        ] {
            let address = Address::parse(text).unwrap();
            assert_eq!(
                (address.name.as_deref(), address.email.as_str()),
                (name, email)
            );
        }
    }

    #[test]
    fn what_could_smuggle_or_can_never_arrive_is_refused() {
        for text in [
            "",
            "a",
            "@b.example",
            "a@",
            "a b@c.example",
            "a@b.example\r\nBcc: x@y.example",
            "a\n@b.example",
            "a@b.example>, <c@d.example",
            "\"a b\"@c.example",
            "a(comment)@b.example",
            "a@b@c.example",
            ".a@b.example",
            "a..b@c.example",
            "a@b..example",
            "a@-b.example",
            "a@[127.0.0.1]",
            "a@b.example/x",
            "Shop <a@b.example",
            &format!("{}@b.example", "x".repeat(65)),
            &format!("a@{}.example", "x".repeat(64)),
            &format!("a@{}example", "x.".repeat(130)),
        ] {
            assert!(Address::parse(text).is_err(), "{text:?}");
        }
        assert!(Address::parse(&format!("{}@b.example", "x".repeat(64))).is_ok());
    }

    #[test]
    fn a_name_stays_on_its_line() {
        let address = Address::parse("Eve\r\nBcc: x <a@b.example>").unwrap();
        assert_eq!(address.name.as_deref(), Some("Eve Bcc: x"));
        assert_eq!(address.display(), "\"Eve Bcc: x\" <a@b.example>");
    }
}
