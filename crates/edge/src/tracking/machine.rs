//! Whether a person was there, or a machine that looks at mails before people do. A guess: it leans
//! towards machines where a person would lose nothing but a count.

/// Mail filters open what they check at once; people need time to see that there is a mail. The
/// instant is that of the decision: queue and provider take some of it.
const AT_ONCE_MS: i64 = 5_000;

/// What Apple's Mail Privacy Protection calls itself: nothing more. It loads pictures whether
/// anyone looks or not.
const APPLE_PRIVACY: &str = "Mozilla/5.0";

/// Parts of the names of programs that are no one's mail client: libraries, checkers, crawlers.
/// `GoogleImageProxy` and `YahooMailProxy` are not among them: they load a picture when it is looked at.
const PROGRAMS: [&str; 30] = [
    "bot/",
    "bot-",
    "bot;",
    "facebookexternalhit",
    "crawl",
    "spider",
    "preview",
    "scan",
    "monitor",
    "check",
    "headless",
    "phantom",
    "curl/",
    "wget/",
    "python",
    "go-http-client",
    "java/",
    "okhttp",
    "libwww",
    "ruby",
    "perl",
    "node-fetch",
    "axios",
    "undici",
    "barracuda",
    "proofpoint",
    "mimecast",
    "safelinks",
    "symantec",
    "trendmicro",
];

/// A visit to one of our addresses.
pub(super) struct Visit<'a> {
    /// Whether it asked for the content: who asks for the head alone only checks that it is there.
    pub(super) reads: bool,
    /// `User-Agent`.
    pub(super) agent: &'a str,
    /// `Sec-Purpose`, `Purpose`, `X-Moz`: a browser that looks ahead says so.
    pub(super) purpose: &'a str,
    /// How long after the decision to send, ms.
    pub(super) age_ms: i64,
}

impl Visit<'_> {
    pub(super) fn is_machine(&self) -> bool {
        // No time at all has passed only where the clock of development stands: that says nothing.
        let at_once = (1..AT_ONCE_MS).contains(&self.age_ms);
        let agent = self.agent.trim().to_ascii_lowercase();
        !self.reads
            || at_once
            || agent.is_empty()
            || self.agent.trim() == APPLE_PRIVACY
            || ["prefetch", "preview", "prerender"]
                .iter()
                .any(|word| self.purpose.contains(word))
            || PROGRAMS.iter().any(|program| agent.contains(program))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE_MS: i64 = 60_000;
    const BROWSER: &str = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 \
        (KHTML, like Gecko) Version/17.4 Safari/605.1.15";

    fn is_machine(reads: bool, agent: &str, purpose: &str, age_ms: i64) -> bool {
        Visit {
            reads,
            agent,
            purpose,
            age_ms,
        }
        .is_machine()
    }

    #[test]
    fn people_and_the_proxies_that_fetch_for_them() {
        for agent in [
            BROWSER,
            "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)",
            "YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html",
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64; Trident/7.0; Microsoft Outlook 16.0.5134)",
            "Mozilla/5.0 (Linux; Android 8.1.0; CUBOT_X18) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36",
            "Mozilla/5.0 (X11; Linux x86_64; rv:115.0) Gecko/20100101 Thunderbird/115.10.1",
        ] {
            assert!(!is_machine(true, agent, "", MINUTE_MS), "{agent}");
        }
    }

    #[test]
    fn programs_that_look_at_mails_for_no_one() {
        for agent in [
            "",
            "Mozilla/5.0",
            "curl/8.5.0",
            "python-requests/2.31",
            "Go-http-client/1.1",
            "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
            "Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/120.0.0.0 Safari/537.36",
            "BarracudaCentral/1.0",
        ] {
            assert!(is_machine(true, agent, "", MINUTE_MS), "{agent}");
        }
        assert!(is_machine(false, BROWSER, "", MINUTE_MS), "HEAD");
        for purpose in ["prefetch", "prefetch;prerender", "preview"] {
            assert!(is_machine(true, BROWSER, purpose, MINUTE_MS), "{purpose}");
        }
    }

    #[test]
    fn what_comes_at_once_is_a_machine_and_a_clock_that_stands_says_nothing() {
        for (age_ms, machine) in [
            (-1, false),
            (0, false),
            (1, true),
            (4_999, true),
            (5_000, false),
        ] {
            assert_eq!(is_machine(true, BROWSER, "", age_ms), machine, "{age_ms}");
        }
    }
}
