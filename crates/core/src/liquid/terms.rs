//! What a rendering is bound by: its limits, its sink, and the instant that is now.
//! Counts; does not decide what to do when a limit is passed.

use super::{Limits, Problem, RenderError, Sink, ast::Place, data::Data, letters::concat};

// So many bytes of text cost one step: a filter on a long text is more work than one on a short.
const BYTES_PER_STEP: usize = 256;

/// Why rendering stopped.
#[derive(Debug)]
pub(super) enum Fault {
    TooManySteps,
    TooMuchOutput,
    TooDeep,
    Because(String),
}

impl Fault {
    pub(super) fn because(message: impl Into<String>) -> Self {
        Self::Because(message.into())
    }

    /// From the parts of its message.
    #[inline(never)]
    pub(super) fn made(parts: &[&str]) -> Self {
        Self::Because(concat(parts))
    }

    pub(super) fn at(self, place: Place) -> RenderError {
        match self {
            Self::TooManySteps => RenderError::TooManySteps,
            Self::TooMuchOutput => RenderError::TooMuchOutput,
            Self::TooDeep => RenderError::TooDeep,
            Self::Because(message) => RenderError::Problem(Problem::new(place, message)),
        }
    }
}

/// The terms of one rendering, and how much of them is used up.
pub(super) struct Terms {
    pub(super) limits: Limits,
    pub(super) sink: Sink,
    pub(super) now_ms: Option<i64>,
    steps: u32,
    bytes: usize,
}

impl Terms {
    pub(super) fn new(limits: Limits, sink: Sink, now_ms: Option<i64>) -> Self {
        Self {
            limits,
            sink,
            now_ms,
            steps: 0,
            bytes: 0,
        }
    }

    /// Counts steps.
    pub(super) fn charge(&mut self, steps: usize) -> Result<(), Fault> {
        let steps = u32::try_from(steps).unwrap_or(u32::MAX);
        self.steps = self.steps.saturating_add(steps);
        if self.steps > self.limits.steps {
            return Err(Fault::TooManySteps);
        }
        Ok(())
    }

    /// Counts bytes of output, captured text included.
    pub(super) fn written(&mut self, bytes: usize) -> Result<(), Fault> {
        self.bytes = self.bytes.saturating_add(bytes);
        if self.bytes > self.limits.output_bytes {
            return Err(Fault::TooMuchOutput);
        }
        Ok(())
    }

    /// Counts the work that a filter does on a value.
    pub(super) fn handled(&mut self, value: &Data) -> Result<(), Fault> {
        let items = value.as_list().map_or(0, |items| items.len());
        self.charge(items.saturating_add(value.weight() / BYTES_PER_STEP))
    }

    /// A value as it is written.
    pub(super) fn written_form(&self, value: &Data, raw: bool) -> String {
        if let (Data::Ready { ready, .. }, false) = (value, raw) {
            return ready.to_string();
        }
        let mut out = String::new();
        let sink = if raw { Sink::Plain } else { self.sink };
        sink.write(&mut out, &value.to_output());
        out
    }

    /// Makes sure that a text of so many bytes may be made at all.
    pub(super) fn fits(&self, bytes: usize) -> Result<(), Fault> {
        if bytes > self.limits.output_bytes {
            return Err(Fault::TooMuchOutput);
        }
        Ok(())
    }
}
