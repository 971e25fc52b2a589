//! What a caller did wrong, as `application/problem+json` (RFC 9457).
//! Our own failures are `worker::Error`s and answer 500 without details.

use serde::Serialize;
use worker::{Headers, Response, ResponseBuilder, Result};

use crate::json;

/// An answer to a request that cannot be served, with the mend in `detail`.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Problem {
    /// Stable, for programs: `urn:rekindle:{code}`.
    #[serde(rename = "type")]
    kind: String,
    /// The status of the answer.
    pub(crate) status: u16,
    /// The code in words.
    title: &'static str,
    /// What is wrong and how to mend it.
    pub(crate) detail: String,
    /// Several problems at once, each with its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) problems: Option<serde_json::Value>,
}

/// The period of the limits in wrangler.toml, in seconds.
const RETRY_AFTER_S: &str = "10";

impl Problem {
    fn new(status: u16, code: &str, title: &'static str, detail: impl Into<String>) -> Self {
        let kind = format!("urn:rekindle:{code}");
        Self {
            kind,
            status,
            title,
            detail: detail.into(),
            problems: None,
        }
    }

    /// The body or a parameter cannot be used.
    pub(crate) fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(400, "bad-request", "the request cannot be used", detail)
    }

    /// Who asks is unknown.
    pub(crate) fn unauthorized(detail: impl Into<String>) -> Self {
        Self::new(401, "unauthorized", "authentication is needed", detail)
    }

    /// Who asks may not.
    pub(crate) fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(403, "forbidden", "this is not allowed", detail)
    }

    /// There is no such thing.
    pub(crate) fn not_found(detail: impl Into<String>) -> Self {
        Self::new(404, "not-found", "there is no such thing", detail)
    }

    /// Someone else changed it in between, or its state forbids it.
    pub(crate) fn conflict(detail: impl Into<String>) -> Self {
        Self::new(409, "conflict", "the state forbids it", detail)
    }

    /// It is too large.
    pub(crate) fn too_large(detail: impl Into<String>) -> Self {
        Self::new(413, "too-large", "the body is too large", detail)
    }

    /// It is written in a way that is not read here.
    pub(crate) fn unsupported(detail: impl Into<String>) -> Self {
        Self::new(415, "unsupported", "the body is not read", detail)
    }

    /// Too much came at once: it may come again after [`RETRY_AFTER_S`].
    pub(crate) fn too_many(detail: impl Into<String>) -> Self {
        Self::new(429, "too-many", "too much came at once", detail)
    }

    /// The same problem with the single ones that make it up.
    pub(crate) fn with(mut self, problems: serde_json::Value) -> Self {
        self.problems = Some(problems);
        self
    }

    /// The answer.
    pub(crate) fn response(&self) -> Result<Response> {
        self.answer(serde_json::to_vec(self)?)
    }

    /// The answer with two fields more, where Segment's libraries look: the one for Python takes an answer
    /// without them for one to be tried again.
    pub(crate) fn response_for_segment(&self) -> Result<Response> {
        let mut body = json::tree(self)?;
        if let Some(fields) = body.as_object_mut() {
            let code = self.kind.rsplit(':').next().unwrap_or_default();
            fields.insert("code".to_owned(), code.into());
            fields.insert("message".to_owned(), self.detail.as_str().into());
        }
        self.answer(serde_json::to_vec(&body)?)
    }

    fn answer(&self, body: Vec<u8>) -> Result<Response> {
        let headers = Headers::new();
        headers.set("content-type", "application/problem+json")?;
        if self.status == 401 {
            headers.set("www-authenticate", "Bearer realm=\"rekindle\"")?;
        }
        if self.status == 429 {
            headers.set("retry-after", RETRY_AFTER_S)?;
        }
        Ok(ResponseBuilder::new()
            .with_status(self.status)
            .with_headers(headers)
            .fixed(body))
    }
}

/// What a route ends with: an answer, the caller's problem, or our own failure.
pub(crate) type Answer<T = Response> = std::result::Result<T, Failure>;

/// Why a route did not answer.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The caller's fault: answered in full.
    Theirs(Problem),
    /// Ours: logged, and answered without details.
    Ours(worker::Error),
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self::Theirs(problem)
    }
}

impl From<worker::Error> for Failure {
    fn from(error: worker::Error) -> Self {
        Self::Ours(error)
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        Self::Ours(error.into())
    }
}

impl From<json::Error> for Failure {
    fn from(error: json::Error) -> Self {
        Self::Ours(error.into())
    }
}

impl From<worker::KvError> for Failure {
    fn from(error: worker::KvError) -> Self {
        Self::Ours(error.into())
    }
}
