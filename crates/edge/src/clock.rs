//! The one place where the edge reads the time. In development the clock can be stopped and moved;
//! in a production build there is nothing here but the real one.

use serde::{Deserialize, Serialize};

/// The real time, Unix ms. For leases and alarms, which wait in real time.
pub(crate) fn real_ms() -> i64 {
    i64::try_from(worker::Date::now().as_millis()).unwrap_or(i64::MAX)
}

/// How an object tells the time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Clock {
    /// Real time.
    #[default]
    Real,
    /// Development: it stands at this instant (Unix ms).
    #[cfg(feature = "dev")]
    Standing(i64),
    /// Development: it runs, this far (ms) from real time.
    #[cfg(feature = "dev")]
    Offset(i64),
}

impl Clock {
    /// The time, Unix ms.
    pub(crate) fn now(self) -> i64 {
        match self {
            Self::Real => real_ms(),
            #[cfg(feature = "dev")]
            Self::Standing(instant) => instant,
            #[cfg(feature = "dev")]
            Self::Offset(offset) => real_ms().saturating_add(offset),
        }
    }

    /// How long to wait in real time until an instant; `None` when the clock stands.
    #[cfg_attr(
        not(feature = "dev"),
        expect(clippy::unnecessary_wraps, reason = "in production no clock stands")
    )]
    pub(crate) fn wait(self, until: i64) -> Option<i64> {
        match self {
            Self::Real => Some(until.saturating_sub(self.now()).max(0)),
            #[cfg(feature = "dev")]
            Self::Standing(instant) => (until <= instant).then_some(0),
            #[cfg(feature = "dev")]
            Self::Offset(_) => Some(until.saturating_sub(self.now()).max(0)),
        }
    }
}
