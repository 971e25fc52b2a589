//! Requests to other programs: made in time or given up, and what their answers mean for trying again.
//! Knows nothing of what they carry.

use std::{
    pin::{Pin, pin},
    time::Duration,
};

use futures_util::future::{Either, select};
use worker::{
    AbortController, Delay, Fetch, Headers, Method, Request, RequestInit, RequestRedirect, Result,
    js_sys, wasm_bindgen::JsValue,
};

use super::Trouble;
use crate::clock::real_ms;

/// What another program answered.
#[derive(Default)]
pub(super) struct Answer {
    pub(super) status: u16,
    /// How long it asks to wait, ms.
    pub(super) after_ms: Option<i64>,
    /// Empty where nobody wanted to read it.
    pub(super) body: String,
}

/// A request that goes where it is sent and nowhere else: where a redirect leads was not looked at.
pub(super) fn request(
    method: Method,
    url: &str,
    headers: &[(&str, &str)],
    body: Option<JsValue>,
) -> Result<Request> {
    let sent = Headers::new();
    for (name, value) in headers {
        sent.set(name, value)?;
    }
    let mut init = RequestInit::new();
    init.with_method(method)
        .with_headers(sent)
        .with_redirect(RequestRedirect::Manual)
        .with_body(body);
    Request::new_with_init(url, &init)
}

/// The answer, with its body if it `reads` that; `None` when there is no whole one in time.
pub(super) async fn answer(request: Request, within_ms: u64, reads: bool) -> Option<Answer> {
    let request = Fetch::Request(request);
    let controller = AbortController::default();
    let signal = controller.signal();
    let mut answered = pin!(async {
        let mut response = request.send_with_signal(&signal).await.ok()?;
        let after = response.headers().get("retry-after").ok()?;
        Some(Answer {
            status: response.status_code(),
            after_ms: after.as_deref().and_then(retry_after_ms),
            body: if reads {
                response.text().await.ok()?
            } else {
                String::new()
            },
        })
    });
    let answer = within(within_ms, answered.as_mut()).await.flatten();
    // Nobody reads the rest: a connection that stayed open would be missing for the next request.
    controller.abort();
    answer
}

/// What comes in time.
pub(super) async fn within<T>(ms: u64, work: Pin<&mut dyn Future<Output = T>>) -> Option<T> {
    let late = Delay::from(Duration::from_millis(ms));
    match select(work, pin!(late)).await {
        Either::Left((done, _)) => Some(done),
        Either::Right(((), _)) => None,
    }
}

/// Whether the same request may be taken another time: RFC 9110, sections 15.5.9 and 15.6; RFC 8470,
/// section 5.2; RFC 6585, section 4.
pub(super) fn trouble(status: u16) -> Option<Trouble> {
    match status {
        408 | 425 | 500.. => Some(Trouble::Outage),
        429 => Some(Trouble::Limit),
        _ => None,
    }
}

/// `Retry-After` (RFC 9110, section 10.2.3): seconds, or a date.
fn retry_after_ms(value: &str) -> Option<i64> {
    if let Ok(seconds) = value.trim().parse::<u32>() {
        return Some(i64::from(seconds) * 1_000);
    }
    let date = js_sys::Date::new(&value.into())
        .to_iso_string()
        .as_string()?;
    let at = rekindle_core::time::parse_instant(&date)?;
    Some(at.saturating_sub(real_ms()).max(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_pass_is_tried_again_and_nothing_else() {
        for status in [200, 204, 301, 400, 404, 407, 409, 410, 428, 430, 499] {
            assert_eq!(trouble(status), None, "{status}");
        }
        for status in [408, 425, 500, 503, 599] {
            assert_eq!(trouble(status), Some(Trouble::Outage), "{status}");
        }
        assert_eq!(trouble(429), Some(Trouble::Limit));
    }
}
