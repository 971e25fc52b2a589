//! When a send that failed is tried again: each time later, by what kind of failure it was, and not all
//! at the same instant. Knows no clock; what failed is the provider's to say.

use rekindle_core::hash::mix64;

/// Why a send has to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// Nobody is there, or they are in trouble of their own.
    Outage,
    /// They have taken enough for now.
    Limit,
    /// The account, the key or the settings are to blame: a person has to mend that.
    Account,
}

#[cfg(not(feature = "dev"))]
mod pace {
    use super::Trouble;

    const MINUTE_MS: i64 = 60_000;
    const HOUR_MS: i64 = 60 * MINUTE_MS;

    // LIMIT: longer than most outages, shorter than the day for which a provider remembers an
    // idempotency key. What has failed for so long is given up.
    pub(super) const TRYING_MS_MAX: i64 = 23 * HOUR_MS;
    // LIMIT: who asks for more patience than this is asked once more, before it is given up.
    pub(super) const ASKED_MS_MAX: i64 = 12 * HOUR_MS;

    /// The first wait and the longest.
    pub(super) fn of(trouble: Trouble) -> (i64, i64) {
        match trouble {
            Trouble::Outage => (MINUTE_MS / 2, 6 * HOUR_MS),
            Trouble::Limit => (MINUTE_MS / 12, 10 * MINUTE_MS),
            Trouble::Account => (10 * MINUTE_MS, 6 * HOUR_MS),
        }
    }
}

#[cfg(feature = "dev")]
mod pace {
    //! In development the clock may stand until everything has left, and with it whoever moved it.

    use super::Trouble;

    pub(super) const TRYING_MS_MAX: i64 = 12_000;
    pub(super) const ASKED_MS_MAX: i64 = 5_000;

    pub(super) fn of(_: Trouble) -> (i64, i64) {
        (1_000, 2_000)
    }
}

/// How long to wait before the next attempt, ms; `None` when it is time to give up.
///
/// `failures` counts the attempts that have failed, the present one included, over `trying_ms`. Each
/// wait is four times the one before, give or take a half, drawn from the effect: sends that failed
/// together do not come back together. `asked_ms` is what the provider asked for; it is granted, and a
/// little more.
pub(super) fn wait_ms(
    effect: &str,
    trouble: Trouble,
    failures: i64,
    trying_ms: i64,
    asked_ms: Option<i64>,
) -> Option<i64> {
    let (first, longest) = pace::of(trouble);
    // LIMIT: 4^10 times the shortest wait is longer than the longest.
    let growth = failures.saturating_sub(1).clamp(0, 10) * 2;
    let step = (first << growth).min(longest);
    let mut name = effect.to_owned();
    name.push_str(&failures.to_string());
    let drawn = mix64(name.as_bytes()) % step.unsigned_abs();
    let drawn = i64::try_from(drawn).unwrap_or(0);
    let asked = asked_ms.unwrap_or(0).clamp(0, pace::ASKED_MS_MAX);
    let granted = if asked > 0 { asked + drawn / 4 } else { 0 };
    let wait = granted.max(step / 2 + drawn);
    (trying_ms.saturating_add(wait) <= pace::TRYING_MS_MAX).then_some(wait)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Trouble; 3] = [Trouble::Outage, Trouble::Limit, Trouble::Account];

    #[test]
    fn each_wait_is_about_four_times_the_one_before_and_there_is_a_last_one() {
        for trouble in ALL {
            let (first, longest) = pace::of(trouble);
            for failures in 1..8 {
                let step = (first << (2 * (failures - 1))).min(longest);
                for effect in ["a", "b", "c", "d"] {
                    let wait = wait_ms(effect, trouble, failures, 0, None).unwrap();
                    assert!(
                        (step / 2..step * 3 / 2).contains(&wait),
                        "{trouble:?} {failures}: {wait}"
                    );
                }
            }
            assert!(wait_ms("a", trouble, i64::MAX, 0, None).unwrap() < longest * 3 / 2);
        }
    }

    #[test]
    fn what_has_failed_for_too_long_is_given_up() {
        for trouble in ALL {
            let wait = wait_ms("a", trouble, 3, 0, None).unwrap();
            let last = pace::TRYING_MS_MAX - wait;
            assert_eq!(wait_ms("a", trouble, 3, last, None), Some(wait));
            assert_eq!(wait_ms("a", trouble, 3, last + 1, None), None);
            assert_eq!(wait_ms("a", trouble, 3, i64::MAX, None), None);
        }
    }

    #[test]
    fn sends_that_failed_together_do_not_come_back_together() {
        let wait = |n: usize| wait_ms(&format!("effect-{n}"), Trouble::Outage, 1, 0, None);
        let mut waits: Vec<_> = (0..100).map(wait).collect();
        assert_eq!(wait(7), waits[7], "and always alike");
        waits.sort_unstable();
        waits.dedup();
        assert!(waits.len() > 90, "{}", waits.len());
    }

    #[test]
    fn what_the_provider_asks_for_is_granted_within_bounds() {
        let asked = pace::ASKED_MS_MAX;
        let wait = |asked| wait_ms("a", Trouble::Limit, 1, 0, Some(asked)).unwrap();
        assert!(wait(asked) >= asked);
        let (_, longest) = pace::of(Trouble::Limit);
        assert!((asked..asked + longest).contains(&wait(i64::MAX)));
        assert!(wait(-5) > 0);
    }
}
