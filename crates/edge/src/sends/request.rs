//! Requests to other programs: made in time or given up, and what their answers mean for trying again.
//! Knows nothing of what they carry.

use std::{pin::pin, time::Duration};

use futures_util::future::{Either, select};
use rekindle_core::series::Delivery;
use worker::{AbortController, Delay, Fetch, Request};

/// The status of the answer; `None` when there is none in time.
pub(super) async fn answer(request: Request, within_ms: u64) -> Option<u16> {
    let controller = AbortController::default();
    let signal = controller.signal();
    let request = Fetch::Request(request);
    let late = Delay::from(Duration::from_millis(within_ms));
    let status = match select(pin!(request.send_with_signal(&signal)), pin!(late)).await {
        Either::Left((answered, _)) => answered.ok().map(|response| response.status_code()),
        Either::Right(((), _)) => None,
    };
    // Nobody reads the rest: a connection that stayed open would be missing for the next request.
    controller.abort();
    status
}

/// Whether the same request may be taken another time: RFC 9110, sections 15.5.9 and 15.6, and RFC
/// 6585, section 4.
pub(super) fn may_be_taken_later(status: u16) -> bool {
    matches!(status, 408 | 429 | 500..)
}

/// What came of a send, for people.
pub(super) fn outcome(delivery: &Delivery) -> String {
    match delivery {
        Delivery::Undelivered(reason) => format!("undelivered: {reason}"),
        Delivery::Sent | Delivery::Ruled(_) => "sent".to_owned(),
    }
}
