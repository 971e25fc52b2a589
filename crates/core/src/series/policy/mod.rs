//! Policies: what stands between a message that is due and the person, over every channel.
//! Pure questions and answers: nothing here sends, waits or counts.
//!
//! A message asks twice: when its step fires, and again just before it is handed to the provider.
//! [`Settings::rule`] answers, always in this order:
//!
//! 1. **Suppression**: is the address shut? ([`subscription`])
//! 2. **Subscription**: did they unsubscribe, from everything or from this type?
//! 3. **Holdout**: are they among those who get nothing, to compare with?
//! 4. **Timing**: is it the hour that the series asks for? ([`timing`])
//! 5. **Quiet hours**: does the clock on their wall show one? ([`quiet`])
//! 6. **Cap**: is there room in the last days? ([`cap`])
//!
//! The first three skip the message. The others hold it back until a named instant, or skip it if
//! it could not leave in time. Of several messages that ask at the same instant, **priority**
//! decides who asks first ([`priority`]): the cap then has room for the first and not for the last.

pub mod cap;
pub mod hooks;
#[cfg(test)]
mod oracle;
pub mod priority;
pub mod quiet;
pub mod retention;
mod ruling;
mod settings;
pub mod subscription;
pub mod timing;
mod wall;

pub use crate::weekday::Weekday;
pub use ruling::{Asking, Reason, Recipient, Ruling, State, WAIT_MS_MAX};
pub use settings::{Overrides, SendAt, Settings, WhenBlocked};
pub use wall::{TimeOfDay, Weekdays};

/// Whether a field can be left out where it is written.
fn is_default<T: Default + PartialEq>(field: &T) -> bool {
    *field == T::default()
}
