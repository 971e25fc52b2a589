//! What a deployment says about its mail, read whole: every problem at once, each with its mend.
//! A wrong setting never means that mails go elsewhere: nothing is sent until it is mended.

use rekindle_core::series::MailProvider;
use worker::Url;

use super::{
    address::Address,
    api::{Api, POSTMARK, RESEND, SES},
    dkim::{Dkim, Pkcs8},
    smtp::{Server, Tls},
};
use crate::{
    bindings::{
        DKIM_KEY, DKIM_SELECTOR, LINK_SECRET, MAIL_FROM, MAIL_PROVIDER, MAIL_TRACK, MAIL_UTM,
        ORIGIN, POSTMARK_KEY, POSTMARK_STREAM, POSTMARK_URL, RESEND_KEY, RESEND_URL, SES_KEY,
        SES_REGION, SES_URL, SMTP_URL,
    },
    percent_decode,
};

const FROM_DEFAULT: &str = "Rekindle <hello@localhost>";

/// How mail leaves.
pub(super) struct Settings {
    pub(super) route: Route,
    pub(super) from: Address,
    pub(super) tracked: Tracked,
}

/// What a mail's links and its picture tell us.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tracked {
    pub(super) clicks: bool,
    pub(super) opens: bool,
    /// Whether links are given UTM parameters.
    pub(super) utm: bool,
}

/// Where mails go.
pub(super) enum Route {
    /// Nowhere: they are kept and shown.
    Mailbox,
    /// To a provider's API.
    Api(&'static Api, Access),
    /// To a mail server, signed if there is a key.
    Smtp(Server, Option<Dkim>),
    /// To Cloudflare Email Service, through its binding.
    Cloudflare,
}

/// How an API is reached. A secret: it has no `Debug`.
pub(super) struct Access {
    pub(super) url: String,
    pub(super) key: String,
    /// What the provider asks for besides: a region, a stream.
    pub(super) extra: String,
}

/// A variable or secret by its name.
pub(super) type Vars<'a> = &'a dyn Fn(&str) -> Option<String>;

/// The provider that the deployment chose; `Err` is a name that none has.
pub(super) fn chosen(read: Vars<'_>) -> Result<MailProvider, String> {
    let Some(word) = read(MAIL_PROVIDER) else {
        return Ok(MailProvider::Mailbox);
    };
    let mut all = MailProvider::ALL.into_iter();
    all.find(|known| known.word() == word).ok_or_else(|| {
        let words = MailProvider::ALL.map(MailProvider::word).join(", ");
        [
            MAIL_PROVIDER,
            ": there is no provider `",
            &word,
            "`; there are ",
            &words,
        ]
        .concat()
    })
}

/// Reads the settings of a provider.
///
/// # Errors
/// Every problem, each naming the variable and the mend.
pub(super) fn settings(read: Vars<'_>, provider: MailProvider) -> Result<Settings, Vec<String>> {
    let mut reader = Reader {
        read,
        problems: Vec::new(),
    };
    let route = reader.route(provider);
    let from = reader.from(provider);
    if provider != MailProvider::Mailbox {
        // A mail that no one can unsubscribe from never leaves.
        reader.required(ORIGIN, "the address of this Worker");
        reader.required(LINK_SECRET, "any long random text");
    }
    let depth = reader.choose(MAIL_TRACK, &["all", "clicks", "off"]);
    let tracked = Tracked {
        clicks: depth < 2,
        opens: depth < 1,
        utm: reader.choose(MAIL_UTM, &["off", "on"]) == 1,
    };
    match (route, from) {
        (Some(route), Some(from)) if reader.problems.is_empty() => Ok(Settings {
            route,
            from,
            tracked,
        }),
        _ => Err(reader.problems),
    }
}

struct Reader<'a> {
    read: Vars<'a>,
    problems: Vec<String>,
}

impl Reader<'_> {
    fn get(&self, name: &str) -> Option<String> {
        (self.read)(name)
    }

    fn wrong<T>(&mut self, name: &str, why: &str) -> Option<T> {
        self.problems.push([name, ": ", why].concat());
        None
    }

    fn required(&mut self, name: &str, what: &str) -> Option<String> {
        let value = self.get(name);
        if value.is_none() {
            return self.wrong(name, &["it is not set: ", what].concat());
        }
        value
    }

    /// Which of these words was chosen: the first where there is none.
    fn choose(&mut self, name: &str, words: &[&str]) -> usize {
        let Some(chosen) = self.get(name) else {
            return 0;
        };
        let place = words.iter().position(|word| *word == chosen);
        place.unwrap_or_else(|| {
            let why = ["write one of ", &words.join(", ")].concat();
            self.wrong(name, &why).unwrap_or(0)
        })
    }

    fn from(&mut self, provider: MailProvider) -> Option<Address> {
        let from = match self.get(MAIL_FROM) {
            None if provider == MailProvider::Mailbox => FROM_DEFAULT.to_owned(),
            None => {
                return self.wrong(
                    MAIL_FROM,
                    "it is not set: write `Name <name@your-domain.example>`",
                );
            }
            Some(from) => from,
        };
        match Address::parse(&from) {
            Ok(from) => Some(from),
            Err(why) => self.wrong(MAIL_FROM, &why),
        }
    }

    fn route(&mut self, provider: MailProvider) -> Option<Route> {
        match provider {
            MailProvider::Mailbox => Some(Route::Mailbox),
            MailProvider::Resend => {
                let usual = "https://api.resend.com";
                self.api(&RESEND, RESEND_KEY, (RESEND_URL, usual), String::new())
            }
            MailProvider::Postmark => {
                // The stream for mails that people did not ask for one by one.
                let stream = self.get(POSTMARK_STREAM);
                let stream = stream.unwrap_or_else(|| "broadcast".to_owned());
                let usual = "https://api.postmarkapp.com";
                self.api(&POSTMARK, POSTMARK_KEY, (POSTMARK_URL, usual), stream)
            }
            MailProvider::Ses => {
                let region = self.required(SES_REGION, "such as `eu-central-1`");
                let region = region.unwrap_or_default();
                if self.get(SES_KEY).is_some_and(|key| !key.contains(':')) {
                    return self.wrong(SES_KEY, "it is `ACCESS_KEY_ID:SECRET_ACCESS_KEY`");
                }
                let usual = ["https://email.", &region, ".amazonaws.com"].concat();
                self.api(&SES, SES_KEY, (SES_URL, &usual), region)
            }
            MailProvider::Smtp => {
                let server = self.smtp();
                let dkim = self.dkim();
                server.map(|server| Route::Smtp(server, dkim))
            }
            MailProvider::Cloudflare => Some(Route::Cloudflare),
        }
    }

    fn api(
        &mut self,
        api: &'static Api,
        key: &str,
        (url, usual): (&str, &str),
        extra: String,
    ) -> Option<Route> {
        let key = self.required(key, "the secret that the provider gave you");
        let at = self.get(url).unwrap_or_else(|| usual.to_owned());
        if !Url::parse(&at).is_ok_and(|url| matches!(url.scheme(), "http" | "https")) {
            return self.wrong(
                url,
                "it is no address of an API; leave it out to use the provider's own",
            );
        }
        let access = Access {
            url: at.trim_end_matches('/').to_owned(),
            key: key?,
            extra,
        };
        Some(Route::Api(api, access))
    }

    /// `smtps://USER:PASSWORD@HOST` (TLS from the start), `smtp://…` (STARTTLS), with `?tls=off`
    /// neither. The address is a secret: no problem repeats it.
    fn smtp(&mut self) -> Option<Server> {
        // What Cloudflare lets no Worker connect to.
        const CLOSED_PORT: u16 = 25;
        let url = self.required(SMTP_URL, "such as `smtps://USER:PASSWORD@HOST`")?;
        let url = Url::parse(&url).ok();
        let Some((url, host)) = url.as_ref().and_then(|url| Some((url, url.host_str()?))) else {
            return self.wrong(
                SMTP_URL,
                "it is no address: write `smtps://USER:PASSWORD@HOST`, with `%40` for an `@` in the \
                 password",
            );
        };
        let (tls, usual_port) = match (url.scheme(), url.query()) {
            ("smtps", None) => (Tls::Implicit, 465),
            ("smtp", None) => (Tls::Start, 587),
            ("smtp", Some("tls=off")) => (Tls::Off, 587),
            _ => {
                let why = "it begins with `smtps://` or `smtp://`, and may end in `?tls=off`";
                return self.wrong(SMTP_URL, why);
            }
        };
        let port = url.port().unwrap_or(usual_port);
        if port == CLOSED_PORT {
            return self.wrong(SMTP_URL, "port 25 is closed to Workers: use 465 or 587");
        }
        let decoded = |text: &str| percent_decode(text).unwrap_or_else(|| text.to_owned());
        let login = (!url.username().is_empty()).then(|| {
            let password = url.password().unwrap_or_default();
            (decoded(url.username()), decoded(password))
        });
        if login.is_some() && tls == Tls::Off {
            let why = "a password never travels without TLS: leave out `?tls=off`";
            return self.wrong(SMTP_URL, why);
        }
        Some(Server {
            host: host.to_owned(),
            port,
            tls,
            login,
        })
    }

    /// Both or neither.
    fn dkim(&mut self) -> Option<Dkim> {
        if self.get(DKIM_KEY).is_none() && self.get(DKIM_SELECTOR).is_none() {
            return None;
        }
        let selector = self.required(DKIM_SELECTOR, "what stands before `._domainkey`");
        let key = self.required(DKIM_KEY, "the private key in PEM (PKCS#8)");
        let selector = selector.and_then(|selector| {
            let is_label = |char: char| char.is_ascii_alphanumeric() || "-_.".contains(char);
            if selector.chars().all(is_label) {
                return Some(selector);
            }
            self.wrong(DKIM_SELECTOR, "write letters, digits, `-` and `.`")
        });
        let key = key.and_then(|key| match Pkcs8::read(&key) {
            Ok(key) => Some(key),
            Err(why) => self.wrong(DKIM_KEY, &why),
        });
        Some(Dkim {
            selector: selector?,
            key: key?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVERYONE: [(&str, &str); 2] = [(ORIGIN, "https://e.example"), (LINK_SECRET, "s")];
    const FROM: (&str, &str) = (MAIL_FROM, "Shop <hello@shop.example>");

    fn find(set: &[(&str, &str)], name: &str) -> Option<String> {
        let found = set.iter().find(|(have, _)| *have == name);
        found.map(|(_, value)| (*value).to_owned())
    }

    fn problems(provider: MailProvider, set: &[(&str, &str)]) -> Vec<String> {
        let set = [set, &EVERYONE].concat();
        let settings = settings(&|name| find(&set, name), provider);
        settings.err().unwrap_or_default()
    }

    #[test]
    fn without_a_word_mails_stay_in_the_mailbox() {
        assert_eq!(chosen(&|_| None), Ok(MailProvider::Mailbox));
        let kept = settings(&|_| None, MailProvider::Mailbox);
        assert!(matches!(
            kept.map(|settings| settings.route),
            Ok(Route::Mailbox)
        ));
    }

    #[test]
    fn a_provider_is_chosen_by_its_word() {
        for provider in MailProvider::ALL {
            let set = [(MAIL_PROVIDER, provider.word())];
            assert_eq!(chosen(&|name| find(&set, name)), Ok(provider));
        }
        let unknown = chosen(&|_| Some("pigeon".to_owned())).unwrap_err();
        assert!(unknown.ends_with("there are mailbox, smtp, resend, postmark, ses, cloudflare"));
    }

    #[test]
    fn what_is_complete_has_no_problems() {
        for (provider, set) in [
            (MailProvider::Resend, vec![FROM, (RESEND_KEY, "re_1")]),
            (
                MailProvider::Postmark,
                vec![FROM, (POSTMARK_KEY, "k"), (POSTMARK_STREAM, "s")],
            ),
            (
                MailProvider::Ses,
                vec![FROM, (SES_KEY, "id:secret"), (SES_REGION, "eu-west-1")],
            ),
        ] {
            assert_eq!(problems(provider, &set), Vec::<String>::new());
        }
    }

    #[test]
    fn every_problem_is_told_at_once_and_no_secret_is() {
        let found = problems(MailProvider::Ses, &[(SES_KEY, "no-colon")]);
        let names: Vec<_> = found
            .iter()
            .filter_map(|text| text.split(':').next())
            .collect();
        assert_eq!(names, [SES_REGION, SES_KEY, MAIL_FROM]);
        assert!(!found.concat().contains("no-colon"));
    }

    #[test]
    fn a_mail_that_no_one_can_unsubscribe_from_never_leaves() {
        let set = [FROM, (RESEND_KEY, "re_1")];
        let found = settings(&|name| find(&set, name), MailProvider::Resend);
        let found = found.err().unwrap();
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].starts_with(ORIGIN) && found[1].starts_with(LINK_SECRET));
    }

    #[test]
    fn everything_is_counted_unless_told_otherwise() {
        let tracked = |set: &[(&str, &str)]| {
            let settings = settings(&|name| find(set, name), MailProvider::Mailbox)?;
            let Tracked { clicks, opens, utm } = settings.tracked;
            Ok((clicks, opens, utm))
        };
        for (set, expected) in [
            (vec![], (true, true, false)),
            (
                vec![(MAIL_TRACK, "all"), (MAIL_UTM, "on")],
                (true, true, true),
            ),
            (vec![(MAIL_TRACK, "clicks")], (true, false, false)),
            (
                vec![(MAIL_TRACK, "off"), (MAIL_UTM, "off")],
                (false, false, false),
            ),
        ] {
            assert_eq!(tracked(&set), Ok(expected));
        }
        let wrong: Result<_, Vec<String>> = tracked(&[(MAIL_TRACK, "opens"), (MAIL_UTM, "yes")]);
        assert_eq!(wrong.unwrap_err().len(), 2);
    }

    #[test]
    fn mail_servers_and_how_they_are_reached() {
        let server = |url: &str| {
            let set = [&EVERYONE[..], &[FROM, (SMTP_URL, url)]].concat();
            let settings = settings(&|name| find(&set, name), MailProvider::Smtp)?;
            match settings.route {
                Route::Smtp(server, None) => {
                    Ok((server.host, server.port, server.tls, server.login))
                }
                Route::Mailbox | Route::Api(..) | Route::Smtp(..) | Route::Cloudflare => {
                    panic!("another route")
                }
            }
        };
        let login = |user: &str, password: &str| Some((user.to_owned(), password.to_owned()));
        let host = || "mx.example".to_owned();
        for (url, expected) in [
            (
                "smtps://u:p@mx.example",
                (host(), 465, Tls::Implicit, login("u", "p")),
            ),
            (
                "smtp://a%40b.example:p%40%3A%2F@mx.example",
                (host(), 587, Tls::Start, login("a@b.example", "p@:/")),
            ),
            ("smtp://mx.example:2525", (host(), 2_525, Tls::Start, None)),
            ("smtp://mx.example?tls=off", (host(), 587, Tls::Off, None)),
        ] {
            assert_eq!(server(url), Ok(expected), "{url}");
        }
        for url in [
            "mx.example",
            "http://mx.example",
            "smtp://",
            "smtp://mx.example:25",
            "smtp://u:p@mx.example?tls=off",
            "smtps://mx.example?tls=off",
        ] {
            let problems: Vec<String> = server(url).unwrap_err();
            assert_eq!(problems.len(), 1, "{url}");
            assert!(problems[0].starts_with(SMTP_URL) && !problems[0].contains("u:p"));
        }
    }

    #[test]
    fn a_key_of_dkim_needs_its_selector() {
        let smtp = [FROM, (SMTP_URL, "smtps://mx.example")];
        let with = |more: &[(&'static str, &'static str)]| {
            problems(MailProvider::Smtp, &[&smtp, more].concat()).len()
        };
        assert_eq!(with(&[]), 0);
        assert_eq!(with(&[(DKIM_SELECTOR, "s1")]), 1);
        assert_eq!(with(&[(DKIM_KEY, "nonsense")]), 2);
        assert_eq!(with(&[(DKIM_KEY, "nonsense"), (DKIM_SELECTOR, "s 1")]), 2);
    }
}
