//! How the mails of a workspace look: its colour, name, logo, letters and address. Checked once, when
//! the settings are read.

use serde::{Deserialize, Serialize};

use super::address;

// LIMIT: a name, a tag and a postal address; the tag is of BCP 47, the longest in use have 35 letters.
const NAME_BYTES_MAX: usize = 100;
const LANG_BYTES_MAX: usize = 35;
const FOOTER_BYTES_MAX: usize = 1_000;
const ADDRESS_BYTES_MAX: usize = 2_048;

/// The colour of buttons and links where none is set.
const ACCENT: &str = "#2457d6";

const WHITE: &str = "#ffffff";

/// How mails look, in the settings of the workspace.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Theme {
    /// The colour of buttons and links, `#2457d6`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub accent: String,
    /// The address of a picture that stands on top.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub logo: String,
    /// The name of the company, for those who do not see the logo.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// The kind of letters.
    #[serde(skip_serializing_if = "Font::is_sans")]
    pub font: Font,
    /// What stands below every mail, a postal address mostly; line breaks are kept.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub footer: String,
    /// The language that mails are written in, `en` or `pt-BR`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub lang: String,
}

/// A kind of letters that every device has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Font {
    /// Without serifs.
    #[default]
    Sans,
    /// With serifs.
    Serif,
    /// All of one width.
    Mono,
}

impl Font {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks by reference")]
    fn is_sans(&self) -> bool {
        *self == Self::Sans
    }

    /// The names of fonts. One that Windows has comes first: its Outlook does not look further.
    pub(super) fn stack(self) -> &'static str {
        match self {
            Self::Sans => "'Segoe UI',system-ui,-apple-system,Roboto,Helvetica,Arial,sans-serif",
            Self::Serif => "Georgia,'Times New Roman',serif",
            Self::Mono => "Consolas,Menlo,monospace",
        }
    }
}

impl Theme {
    /// Says everything that is wrong with it.
    pub(crate) fn check(&self, problem: &mut impl FnMut(String)) {
        if !self.accent.is_empty() && rgb(&self.accent).is_none() {
            problem(
                "`mail.accent` is a colour such as `#2457d6`: write six hexadecimal digits"
                    .to_owned(),
            );
        }
        if !self.logo.is_empty() && !address::is_web(&self.logo) {
            problem(
                "`mail.logo` is the whole address of a picture that begins with https://"
                    .to_owned(),
            );
        }
        let is_tag = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        if !self.lang.bytes().all(is_tag) {
            problem("`mail.lang` is a tag of a language, such as `en` or `pt-BR`".to_owned());
        }
        for (name, text, most) in [
            ("name", &self.name, NAME_BYTES_MAX),
            ("logo", &self.logo, ADDRESS_BYTES_MAX),
            ("footer", &self.footer, FOOTER_BYTES_MAX),
            ("lang", &self.lang, LANG_BYTES_MAX),
        ] {
            if text.len() > most {
                problem(format!(
                    "`mail.{name}` is longer than {most} bytes: shorten it"
                ));
            }
        }
    }

    /// The colour of buttons and links.
    pub(super) fn accent(&self) -> &str {
        if rgb(&self.accent).is_some() {
            &self.accent
        } else {
            ACCENT
        }
    }

    /// The colour of words that lead somewhere: one that is too light to be read on white is left out.
    pub(super) fn link(&self) -> &str {
        let accent = self.accent();
        if ink_on(accent) == WHITE {
            accent
        } else {
            "#1f2328"
        }
    }

    /// The language.
    pub(super) fn lang(&self) -> &str {
        if self.lang.is_empty() {
            "en"
        } else {
            &self.lang
        }
    }

    /// Whether the language is written from right to left: by the scripts that CLDR has for these.
    pub(super) fn is_rtl(&self) -> bool {
        const RTL: [&str; 10] = ["ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"];
        let primary = self.lang().split('-').next().unwrap_or_default();
        RTL.iter().any(|lang| lang.eq_ignore_ascii_case(primary))
    }
}

/// Red, green and blue of `#rrggbb`.
fn rgb(colour: &str) -> Option<[u32; 3]> {
    let digits = colour
        .strip_prefix('#')
        .filter(|digits| digits.len() == 6)?;
    let part = |from: usize| {
        let pair = digits.get(from..from + 2)?;
        let is_hex = pair.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_hex.then(|| u32::from_str_radix(pair, 16).ok()).flatten()
    };
    Some([part(0)?, part(2)?, part(4)?])
}

/// Black or white, whichever can be read better on a colour: where the relative luminance of WCAG 2.2 is
/// more than 0.179, black has the greater contrast. A channel is made linear by squaring it, which is
/// nearest to that curve in whole numbers.
pub(super) fn ink_on(colour: &str) -> &'static str {
    let [red, green, blue] = rgb(colour).unwrap_or_default().map(|part| part * part);
    let luminance = 2_126 * u64::from(red) + 7_152 * u64::from(green) + 722 * u64::from(blue);
    if luminance * 1_000 > 179 * 10_000 * 255 * 255 {
        "#000000"
    } else {
        WHITE
    }
}

/// The colour two thirds of the way to white, for what stands on black.
pub(super) fn lighter(colour: &str) -> String {
    use std::fmt::Write as _;

    let mut out = String::from("#");
    for part in rgb(colour).unwrap_or_default() {
        let _ = write!(out, "{:02x}", (part + 2 * 255) / 3);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_read_and_what_stands_on_them_can_be_read() {
        for (colour, ink, light) in [
            ("#000000", "#ffffff", "#aaaaaa"),
            ("#ffffff", "#000000", "#ffffff"),
            ("#2457d6", "#ffffff", "#b6c7f1"),
            ("#ffcc00", "#000000", "#ffeeaa"),
            ("#FF0000", "#000000", "#ffaaaa"),
        ] {
            assert_eq!(
                (ink_on(colour), lighter(colour).as_str()),
                (ink, light),
                "{colour}"
            );
        }
        for wrong in ["", "#fff", "2457d6", "#2457d", "#2457dz", "#+257d6", "#éé€"] {
            assert_eq!(rgb(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn everything_that_is_wrong_is_named() {
        let of = |theme: &Theme| {
            let mut found = Vec::new();
            theme.check(&mut |problem| found.push(problem));
            found.len()
        };
        assert_eq!(of(&Theme::default()), 0);
        let text = |length: usize| "x".repeat(length);
        for (accent, logo, name, footer, lang, problems) in [
            (
                "#2457d6",
                "https://x.example/l.png",
                text(100),
                text(1_000),
                "pt-BR",
                0,
            ),
            ("red", "l.png", text(101), text(1_001), "pt_BR", 5),
            ("", "mailto:x@example.com", text(0), text(0), "", 1),
        ] {
            let theme = Theme {
                accent: accent.to_owned(),
                logo: logo.to_owned(),
                name,
                font: Font::Serif,
                footer,
                lang: lang.to_owned(),
            };
            assert_eq!(of(&theme), problems, "{theme:?}");
        }
    }

    #[test]
    fn some_languages_are_written_from_right_to_left() {
        for (lang, is_rtl) in [
            ("", false),
            ("en", false),
            ("ar", true),
            ("HE-il", true),
            ("fr", false),
        ] {
            let theme = Theme {
                lang: lang.to_owned(),
                ..Theme::default()
            };
            assert_eq!(theme.is_rtl(), is_rtl, "{lang}");
        }
    }
}
