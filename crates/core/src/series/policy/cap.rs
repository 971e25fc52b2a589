//! The frequency cap: at most so many messages to one person in any span of a length.
//! One cap over all channels that reach people, and rolling: not per calendar day, not per series.
//!
//! A message takes its room when it is decided ([`SentLog::take`]) and counts as leaving *now* for as
//! long as no one knows whether it has left; then it counts for when it did ([`SentLog::left`]), or
//! gives its room back ([`SentLog::forget`]). So the cap holds at the instants at which messages reach
//! the provider, however long they stood in a queue.

use std::num::NonZeroU16;

use serde::{Deserialize, Serialize};

use super::WAIT_MS_MAX;
use crate::{
    hash::mix64,
    series::{Channel, Span},
    time::format_span,
    window::DAY_MS,
};

// LIMIT: more than three messages a day for a month; a cap above it caps nothing.
/// The most messages that a cap may allow.
pub const MESSAGES_MAX: u16 = 100;

// LIMIT: what is kept of a person reaches as far back as the longest cap may.
/// The longest span that a cap may look back, in milliseconds.
pub const PER_MS_MAX: i64 = 31 * DAY_MS;

// LIMIT: below a minute a cap is a matter of the provider's pace, not of politeness.
/// The shortest span that a cap may look back, in milliseconds.
pub const PER_MS_MIN: i64 = 60_000;

// LIMIT: the newest as many as the largest cap needs, and as many again in hand that may yet be
// given back; messages that ignore the cap are kept too, because they count for the others.
/// How many messages a log keeps.
pub const LOG_MAX: usize = 2 * MESSAGES_MAX as usize;

/// At most `messages` in any half-open span of length `per`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Spec", into = "Spec")]
pub struct Cap {
    messages: NonZeroU16,
    per: Span,
}

/// A cap as it is written.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Spec {
    messages: u32,
    per: Span,
}

impl TryFrom<Spec> for Cap {
    type Error = String;

    fn try_from(Spec { messages, per }: Spec) -> Result<Self, String> {
        let allowed = u16::try_from(messages)
            .ok()
            .filter(|messages| *messages <= MESSAGES_MAX)
            .and_then(NonZeroU16::new);
        let (least, most) = (format_span(PER_MS_MIN), format_span(PER_MS_MAX));
        let wrong_per = (!(PER_MS_MIN..=PER_MS_MAX).contains(&per.0)).then(|| {
            let per = format_span(per.0);
            format!("a cap looks back {least} to {most}, not {per}: change `per`")
        });
        match (allowed, wrong_per) {
            (Some(messages), None) => Ok(Self { messages, per }),
            (allowed, wrong_per) => {
                let wrong_messages = allowed.is_none().then(|| {
                    format!("a cap allows 1 to {MESSAGES_MAX} messages, not {messages}: change `messages`")
                });
                let wrong: Vec<String> = wrong_messages.into_iter().chain(wrong_per).collect();
                Err(wrong.join("; "))
            }
        }
    }
}

impl From<Cap> for Spec {
    fn from(cap: Cap) -> Self {
        Self {
            messages: u32::from(cap.messages.get()),
            per: cap.per,
        }
    }
}

/// Whether messages of this channel take room: those that a program gets do not.
#[must_use]
pub fn counts(channel: Channel) -> bool {
    match channel {
        Channel::Email | Channel::InApp | Channel::Push => true,
        Channel::Webhook => false,
    }
}

// LIMIT: a message may be on its way for as long as it may wait, and counts for `per` from then on.
const KEEP_MS: i64 = PER_MS_MAX + WAIT_MS_MAX;

/// When messages left for a person, or were decided; the oldest first, each once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentLog(Vec<Sent>);

/// One message of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Sent {
    /// When it left, Unix ms; when it was decided if it is on its way.
    at: i64,
    /// The hash of the id of its effect.
    effect: u64,
    /// Whether no one knows yet that it has left.
    on_its_way: bool,
}

impl Sent {
    /// When it leaves, seen from `now`: what is on its way may leave at any moment, until it may
    /// not any more.
    fn leaves(&self, now: i64) -> i64 {
        if self.on_its_way {
            self.at.max(now.min(self.at.saturating_add(WAIT_MS_MAX)))
        } else {
            self.at
        }
    }
}

fn key(effect: &str) -> u64 {
    mix64(effect.as_bytes())
}

impl SentLog {
    /// A message was decided at this instant, and is on its way from now on.
    pub fn take(&mut self, effect: &str, at: i64) {
        self.put(effect, at, true);
    }

    /// A message has left at this instant. One that was noted before is moved there.
    pub fn note(&mut self, effect: &str, at: i64) {
        self.put(effect, at, false);
    }

    /// A message that was on its way has left at this instant, or may have. One that takes no room
    /// still takes none.
    pub fn left(&mut self, effect: &str, at: i64) {
        let hash = key(effect);
        if self.0.iter().any(|sent| sent.effect == hash) {
            self.note(effect, at);
        }
    }

    fn put(&mut self, effect: &str, at: i64, on_its_way: bool) {
        self.forget(effect);
        let sent = Sent {
            at,
            effect: key(effect),
            on_its_way,
        };
        let place = self.0.partition_point(|other| *other < sent);
        self.0.insert(place, sent);
        let newest = self.0.last().map_or(at, |sent| sent.at);
        self.0.retain(|sent| sent.at > newest - KEEP_MS);
        let too_many = self.0.len().saturating_sub(LOG_MAX);
        self.0.drain(..too_many);
    }

    /// A message does not leave after all.
    pub fn forget(&mut self, effect: &str) {
        let effect = key(effect);
        self.0.retain(|sent| sent.effect != effect);
    }

    /// How many messages it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether it holds none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The first instant from `now` on with room for the message `effect`; `None` when `now` has room.
///
/// What the message itself has taken does not stand in its way. A message that is noted in the
/// future (a clock that was set back) takes room from now on.
#[must_use]
pub fn room(log: &SentLog, cap: &Cap, effect: &str, now: i64) -> Option<i64> {
    room_ahead(log, cap, effect, now, now)
}

/// The same from an instant ahead on, as far as is known `now`: what is on its way leaves now.
pub(super) fn room_ahead(
    log: &SentLog,
    cap: &Cap,
    effect: &str,
    from: i64,
    now: i64,
) -> Option<i64> {
    let effect = key(effect);
    let others = log.0.iter().filter(|sent| sent.effect != effect);
    let mut leaves: Vec<i64> = others.map(|sent| sent.leaves(now)).collect();
    leaves.sort_unstable();
    // There is room as soon as the newest but `messages` - 1 of the others is out of the window.
    let ahead = usize::from(cap.messages.get()) - 1;
    let room = leaves.iter().rev().nth(ahead)?.saturating_add(cap.per.0);
    (room > from).then_some(room)
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;

    fn cap(messages: u32, per: i64) -> Cap {
        let per = Span(per * PER_MS_MIN);
        Cap::try_from(Spec { messages, per }).unwrap()
    }

    const fn minutes(count: i64) -> i64 {
        count * 60_000
    }

    #[test]
    fn room_comes_when_the_oldest_that_is_in_the_way_is_out_of_the_window() {
        for (messages, sent, now, expected) in [
            (1, &[][..], 0, None),
            (1, &[0], 0, Some(10)),
            (1, &[0], 9, Some(10)),
            // Half open: the message at 0 does not count at 10.
            (1, &[0], 10, None),
            (2, &[0], 5, None),
            (2, &[0, 4], 5, Some(10)),
            (2, &[0, 4], 10, None),
            // Three left, because one ignored the cap: two have to go out of the window.
            (2, &[0, 4, 6], 7, Some(14)),
            (3, &[0, 0, 0], 9, Some(10)),
            // The clock was set back.
            (1, &[50], 5, Some(60)),
        ] {
            let mut log = SentLog::default();
            for (number, at) in sent.iter().enumerate() {
                log.note(&number.to_string(), minutes(*at));
            }
            let found = room(&log, &cap(messages, 10), "new", minutes(now));
            assert_eq!(found, expected.map(minutes), "{messages} {sent:?} {now}");
        }
    }

    #[test]
    fn a_message_is_not_in_its_own_way_and_counts_where_it_was_moved_to() {
        let (mut log, cap) = (SentLog::default(), cap(1, 10));
        log.note("a", 0);
        assert_eq!(room(&log, &cap, "a", 0), None);
        log.note("a", minutes(5));
        assert_eq!(
            (log.len(), room(&log, &cap, "b", minutes(11))),
            (1, Some(minutes(15)))
        );
        log.forget("a");
        assert_eq!(
            (log.is_empty(), room(&log, &cap, "b", minutes(11))),
            (true, None)
        );
    }

    #[test]
    fn what_is_on_its_way_leaves_now_until_it_may_not_any_more() {
        let (mut log, cap) = (SentLog::default(), cap(1, 10));
        log.take("a", 0);
        for now in [0, 1, minutes(11), WAIT_MS_MAX] {
            assert_eq!(room(&log, &cap, "b", now), Some(now + minutes(10)), "{now}");
        }
        let last = WAIT_MS_MAX + minutes(10);
        assert_eq!(room(&log, &cap, "b", WAIT_MS_MAX + 1), Some(last));
        assert_eq!(room(&log, &cap, "b", last), None);
        log.left("a", minutes(20));
        assert_eq!(room(&log, &cap, "b", minutes(25)), Some(minutes(30)));
        log.left("never taken", minutes(25));
        assert_eq!(log.len(), 1);
    }

    #[test]
    fn a_log_keeps_what_the_largest_cap_needs() {
        let mut log = SentLog::default();
        for number in 0..LOG_MAX {
            log.note(&number.to_string(), 0);
        }
        assert_eq!(log.len(), LOG_MAX);
        log.note("one more", 1);
        assert_eq!(log.len(), LOG_MAX);
        log.note("much later", KEEP_MS);
        assert_eq!(log.len(), 2);
        log.note("a moment later", KEEP_MS + 1);
        assert_eq!(log.len(), 2);
    }

    #[test]
    fn caps_are_read_with_their_bounds() {
        for (json, expected) in [
            (r#"{"messages":3,"per":"7d"}"#, Ok(())),
            (r#"{"messages":1,"per":"1m"}"#, Ok(())),
            (r#"{"messages":100,"per":"31d"}"#, Ok(())),
            (
                r#"{"messages":0,"per":"7d"}"#,
                Err("1 to 100 messages, not 0"),
            ),
            (
                r#"{"messages":101,"per":"7d"}"#,
                Err("not 101: change `messages`"),
            ),
            (
                r#"{"messages":3,"per":"59s"}"#,
                Err("looks back 1m to 31d, not 59s"),
            ),
            (
                r#"{"messages":3,"per":"31d1ms"}"#,
                Err("not 31d1ms: change `per`"),
            ),
            (
                r#"{"messages":0,"per":"0d"}"#,
                Err("not 0: change `messages`; a cap looks"),
            ),
            (r#"{"messages":3}"#, Err("missing field `per`")),
            (
                r#"{"messages":3,"per":"7d","day":1}"#,
                Err("unknown field `day`"),
            ),
        ] {
            match (serde_json::from_str::<Cap>(json), expected) {
                (Ok(cap), Ok(())) => assert_eq!(serde_json::to_string(&cap).unwrap(), json),
                (Err(error), Err(part)) => assert!(error.to_string().contains(part), "{error}"),
                (read, expected) => panic!("{json}: {read:?}, expected {expected:?}"),
            }
        }
    }

    proptest! {
        /// Messages ask at any instants, are on their way for any time, leave or are cancelled:
        /// no window ever holds more than the cap allows.
        #[test]
        fn no_window_holds_more(
            messages in 1..6_u32,
            per in 1..50_i64,
            acts in vec((0..minutes(20), 0..4_usize, any::<prop::sample::Index>()), 1..100),
        ) {
            let cap = cap(messages, per);
            let (mut log, mut now) = (SentLog::default(), 0);
            let (mut on_their_way, mut left) = (Vec::new(), Vec::new());
            for (number, (gap, act, which)) in acts.into_iter().enumerate() {
                now += gap;
                if act < 2 || on_their_way.is_empty() {
                    let effect = number.to_string();
                    if room(&log, &cap, &effect, now).is_none() {
                        log.take(&effect, now);
                        on_their_way.push(effect);
                    }
                    continue;
                }
                let effect: String = on_their_way.swap_remove(which.index(on_their_way.len()));
                // It is asked once more, just before.
                prop_assert_eq!(room(&log, &cap, &effect, now), None);
                if act == 2 {
                    log.forget(&effect);
                    continue;
                }
                log.note(&effect, now);
                left.push(now);
                let window = now - cap.per.0 + 1..=now;
                let held = left.iter().filter(|at| window.contains(*at)).count();
                prop_assert!(held <= messages as usize, "{} left in a window", held);
            }
        }

        /// Messages that leave at once leave as soon as there is room, and it is named at the first
        /// instant that has it.
        #[test]
        fn no_room_is_wasted(
            messages in 1..6_u32,
            per in 1..50_i64,
            gaps in vec(0..minutes(20), 1..60),
            cancelled in vec(any::<bool>(), 60),
        ) {
            let cap = cap(messages, per);
            let (mut log, mut left, mut now) = (SentLog::default(), Vec::new(), 0);
            for (number, (gap, cancelled)) in gaps.iter().zip(cancelled).enumerate() {
                now += gap;
                let effect = number.to_string();
                let in_window = |at: i64| {
                    left.iter().filter(|sent| (at - cap.per.0 + 1..=at).contains(*sent)).count()
                };
                let has_room = |at: i64| in_window(at) < messages as usize;
                if let Some(at) = room(&log, &cap, &effect, now) {
                    prop_assert!(!has_room(now) && !has_room(at - 1) && has_room(at));
                    continue;
                }
                prop_assert!(has_room(now));
                log.note(&effect, now);
                if cancelled {
                    log.forget(&effect);
                } else {
                    left.push(now);
                }
            }
        }
    }
}
