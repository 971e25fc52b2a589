//! What a deployment says about its mail, read whole: every problem at once, each with its mend.
//! A wrong setting never means that mails go elsewhere: nothing is sent until it is mended.

use rekindle_core::series::MailProvider;
use worker::Url;

use super::{
    address::Address,
    api::{Api, POSTMARK, RESEND, SES},
};
use crate::bindings::{
    LINK_SECRET, MAIL_FROM, MAIL_PROVIDER, ORIGIN, POSTMARK_KEY, POSTMARK_STREAM, POSTMARK_URL,
    RESEND_KEY, RESEND_URL, SES_KEY, SES_REGION, SES_URL,
};

const FROM_DEFAULT: &str = "Rekindle <hello@localhost>";

/// How mail leaves.
pub(super) struct Settings {
    pub(super) route: Route,
    pub(super) from: Address,
}

/// Where mails go.
pub(super) enum Route {
    /// Nowhere: they are kept and shown.
    Mailbox,
    /// To a provider's API.
    Api(&'static Api, Access),
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
    match (route, from) {
        (Some(route), Some(from)) if reader.problems.is_empty() => Ok(Settings { route, from }),
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
            MailProvider::Smtp | MailProvider::Cloudflare => {
                self.wrong(MAIL_PROVIDER, "this provider is not built yet")
            }
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
}
