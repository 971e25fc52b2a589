//! Series: what is written (`spec`), what is run (`definition`), whom it happens to (`person`) and
//! the one function that decides (`step`). Sends nothing and keeps nothing: it returns effects.

mod definition;
mod effect;
mod explain;
mod inbox;
mod input;
mod person;
pub mod policy;
mod problems;
mod spec;
mod step;

pub use definition::{Definitions, Email, InApp, Message, Published, Push, Series, Step};
pub use effect::{Channel, Effect, Metric, Outgoing, Send, effect_id};
pub use explain::{RunExplanation, SeriesExplanation, StepExplanation};
pub use inbox::inbox;
pub use input::{Delivery, Input};
pub use person::{
    ExitReason, Identified, Outcome, Person, Reaction, Reactions, Run, RunState, SkipReason,
    StepRecord, TIMEZONE,
};
pub use problems::{Finding, Severity, problems};
pub use spec::{
    AudienceSpec, CtaSpec, DefinitionsSpec, Entry, LayoutSpec, LiveSeries, PositionSpec, Reentry,
    SegmentSpec, SeriesSpec, Span, StepKind, StepSpec,
};
pub use step::step;
