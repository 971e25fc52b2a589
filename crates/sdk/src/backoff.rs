//! How long to wait before the next attempt to reach the edge.
//! Draws no chance and sets no timer: the draw is an argument, the answer a number.

// LIMIT: five minutes, so that a browser left open overnight is heard soon after the edge returns.
/// The longest wait, before jitter takes some of it away.
pub(crate) const WAIT_MS_MAX: i64 = 300_000;

const WAIT_MS_FIRST: i64 = 1_000;
// LIMIT: doubling nine times already passes the longest wait.
const DOUBLINGS_MAX: u32 = 9;

/// The wait after the given number of failures in a row: between half of the bound and all of it,
/// by a draw of any 64 bits, so that browsers that failed together do not return together.
pub(crate) fn wait_ms(failures: u32, draw: u64) -> i64 {
    let doublings = failures.saturating_sub(1).min(DOUBLINGS_MAX);
    let bound = (WAIT_MS_FIRST << doublings).min(WAIT_MS_MAX);
    let half = bound / 2;
    half + i64::try_from(draw % 1_024).unwrap_or(0) * half / 1_023
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_with_jitter_up_to_five_minutes() {
        assert_eq!((wait_ms(1, 0), wait_ms(1, 1_023)), (500, 1_000));
        assert_eq!((wait_ms(2, 0), wait_ms(2, 1_023)), (1_000, 2_000));
        assert_eq!(wait_ms(9, 1_023), 256_000);
        assert_eq!(wait_ms(10, 1_023), WAIT_MS_MAX);
        assert_eq!(wait_ms(u32::MAX, 1_023), WAIT_MS_MAX);
    }
}
