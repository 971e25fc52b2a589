//! Addresses in a mail: where a link leads, where a picture is. Whole ones only, of four schemes; whether
//! anything answers there is not asked.

use super::Fill;
use crate::liquid::{RenderError, Sink, Template, percent_encode};

/// The schemes that a link may have: pages, mails and telephones.
const SCHEMES: [&str; 4] = ["https://", "http://", "mailto:", "tel:"];

/// An address that may ask for values.
#[derive(Clone, Debug)]
pub struct Address {
    template: Template,
    /// Whether its scheme is written out: what is filled in is then a part of it. An address that
    /// begins with a value is filled in as a whole, and judged afterwards.
    is_begun: bool,
}

impl Address {
    pub(super) fn new(source: &str, template: Template) -> Self {
        Self {
            template,
            is_begun: !is_filled_in(source),
        }
    }

    pub(super) fn template(&self) -> &Template {
        &self.template
    }

    /// The address as one person gets it; `None` where what was filled in makes none.
    pub(super) fn fill(&self, fill: Fill<'_>) -> Result<Option<String>, RenderError> {
        let sink = if self.is_begun {
            Sink::Url
        } else {
            Sink::Plain
        };
        Ok(whole(&fill(&self.template, sink)?))
    }
}

/// Whether an address begins with a value, so that nothing can be said of it before it is filled in.
pub(super) fn is_filled_in(source: &str) -> bool {
    source.trim_start().starts_with("{{") || source.trim_start().starts_with("{%")
}

/// Whether it names its scheme, and one that a link may have.
pub(super) fn is_whole(address: &str) -> bool {
    scheme(address).is_some_and(|scheme| address.len() > scheme.len())
}

fn scheme(address: &str) -> Option<&'static str> {
    SCHEMES.into_iter().find(|scheme| {
        let start = address.get(..scheme.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    })
}

/// Whether a picture can be there: a mail shows none that is attached to an address.
pub(super) fn is_web(address: &str) -> bool {
    is_whole(address) && scheme(address).is_some_and(|scheme| scheme.ends_with("//"))
}

/// Whether a program would run it or show it as a page of its own: white space and control characters
/// are no part of a scheme to a browser (WHATWG URL, section 4.4).
pub(super) fn is_script(address: &str) -> bool {
    let mut scheme: String = address.chars().filter(|c| *c > ' ').take(12).collect();
    scheme.make_ascii_lowercase();
    ["javascript:", "vbscript:", "data:text"]
        .iter()
        .any(|start| scheme.starts_with(start))
}

/// A whole address with what can't stand in one percent-encoded (RFC 3986, section 2).
pub(super) fn whole(address: &str) -> Option<String> {
    let address = address.trim();
    if !is_whole(address) {
        return None;
    }
    let mut out = String::with_capacity(address.len());
    percent_encode(&mut out, address, b"-._~:/?#[]@!$&'()*+,;=%");
    Some(out)
}
