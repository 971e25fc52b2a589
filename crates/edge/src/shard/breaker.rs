//! Who is left alone for a while because everything that was handed to them of late failed: a provider
//! of mail, the receiver of requests. In memory: a new incarnation tries them once more.

use std::collections::BTreeMap;

use rekindle_core::series::Outgoing;
use worker::Url;

// LIMIT: so many failures in a row are no accident of single messages.
const FAILURES_MAX: u32 = 5;

// LIMIT: after this long, real time, one message is let through; the others wait for what comes of it.
const SHUT_MS: i64 = if cfg!(feature = "dev") { 1_000 } else { 30_000 };

// LIMIT: each time that it fails, twice as long, up to this.
const SHUT_MS_MAX: i64 = if cfg!(feature = "dev") {
    2_000
} else {
    600_000
};

// LIMIT: receivers of requests of whom something is known; the one that was heard of first is forgotten.
const KNOWN_MAX: usize = 200;

/// What is known of those to whom messages are handed, by their names.
#[derive(Debug, Default)]
pub(super) struct Breakers(BTreeMap<String, Breaker>);

#[derive(Debug)]
struct Breaker {
    /// Failures in a row.
    failures: u32,
    /// Nothing is handed over before this real instant.
    shut_until: i64,
    reason: String,
}

/// The name of whom something is handed to; a push goes to many.
pub(super) fn receiver(outgoing: &Outgoing) -> Option<String> {
    match outgoing {
        Outgoing::Email { provider, .. } => {
            // Those without a word share what the deployment chose.
            Some(provider.map_or(String::new(), |provider| provider.word().to_owned()))
        }
        Outgoing::Webhook { url, .. } => {
            let url = Url::parse(url).ok()?;
            Some(url.origin().ascii_serialization())
        }
        Outgoing::Push { .. } => None,
    }
}

impl Breakers {
    /// Why nothing must be handed to them now, if so. Who asks when the time is over is let through,
    /// alone.
    pub(super) fn refuse(&mut self, name: &str, real_now: i64) -> Option<String> {
        let breaker = self.0.get_mut(name)?;
        if breaker.shut_until > real_now {
            return Some(["left alone for a while: ", &breaker.reason].concat());
        }
        if breaker.failures >= FAILURES_MAX {
            breaker.shut_until = real_now.saturating_add(SHUT_MS);
        }
        None
    }

    /// Something failed; with a pause, they asked to be left alone for so long (ms).
    pub(super) fn failed(
        &mut self,
        name: String,
        reason: String,
        pause_ms: Option<i64>,
        real_now: i64,
    ) {
        let breaker = self.0.entry(name).or_insert(Breaker {
            failures: 0,
            shut_until: 0,
            reason: String::new(),
        });
        breaker.failures = breaker.failures.saturating_add(1);
        let times = breaker.failures.checked_sub(FAILURES_MAX);
        let shut = times.map(|times| (SHUT_MS << times.min(10)).min(SHUT_MS_MAX));
        let shut = shut.unwrap_or(0).max(pause_ms.unwrap_or(0));
        breaker.shut_until = breaker.shut_until.max(real_now.saturating_add(shut));
        breaker.reason = reason;
        if self.0.len() > KNOWN_MAX {
            self.0.pop_first();
        }
    }

    /// Something was taken: all is well.
    pub(super) fn worked(&mut self, name: &str) {
        self.0.remove(name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fail(breakers: &mut Breakers, times: u32, now: i64) {
        for _ in 0..times {
            breakers.failed("resend".to_owned(), "503".to_owned(), None, now);
        }
    }

    #[test]
    fn after_some_failures_one_is_let_through_at_a_time() {
        let mut breakers = Breakers::default();
        fail(&mut breakers, FAILURES_MAX - 1, 0);
        assert_eq!(breakers.refuse("resend", 0), None);
        fail(&mut breakers, 1, 0);
        let refused = breakers.refuse("resend", SHUT_MS - 1);
        assert_eq!(refused.as_deref(), Some("left alone for a while: 503"));
        assert_eq!(breakers.refuse("postmark", 0), None);
        assert_eq!(breakers.refuse("resend", SHUT_MS), None, "one");
        assert!(breakers.refuse("resend", SHUT_MS).is_some(), "and no other");
        breakers.worked("resend");
        assert_eq!(breakers.refuse("resend", SHUT_MS), None);
    }

    #[test]
    fn each_failure_more_shuts_it_for_longer_up_to_a_bound() {
        let mut breakers = Breakers::default();
        fail(&mut breakers, FAILURES_MAX, 0);
        let mut shut = SHUT_MS;
        while shut < SHUT_MS_MAX {
            shut = (shut * 2).min(SHUT_MS_MAX);
            fail(&mut breakers, 1, 0);
            assert!(breakers.refuse("resend", shut - 1).is_some(), "{shut}");
        }
        fail(&mut breakers, 100, 0);
        assert_eq!(breakers.refuse("resend", SHUT_MS_MAX), None);
    }

    #[test]
    fn who_asks_to_be_left_alone_is() {
        let mut breakers = Breakers::default();
        breakers.failed("resend".to_owned(), "429".to_owned(), Some(7_000), 0);
        assert!(breakers.refuse("resend", 6_999).is_some());
        assert_eq!(breakers.refuse("resend", 7_000), None);
        assert_eq!(breakers.refuse("resend", 7_000), None, "nothing is broken");
    }

    #[test]
    fn receivers_are_told_apart_by_where_they_listen() {
        let webhook = |url: &str| Outgoing::Webhook {
            method: rekindle_core::series::Method::Post,
            url: url.to_owned(),
            headers: BTreeMap::new(),
            body: String::new(),
        };
        for (url, expected) in [
            ("https://crm.example/leads?a=1", Some("https://crm.example")),
            ("http://crm.example:81/", Some("http://crm.example:81")),
            ("nowhere", None),
        ] {
            assert_eq!(receiver(&webhook(url)).as_deref(), expected);
        }
        let mut breakers = Breakers::default();
        for n in 0..=KNOWN_MAX {
            breakers.failed(n.to_string(), String::new(), None, 0);
        }
        assert_eq!(breakers.0.len(), KNOWN_MAX);
    }
}
