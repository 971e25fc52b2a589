//! Series: what is written (`spec`), what is run (`definition`), whom it happens to (`person`) and
//! the one function that decides (`step`). Sends nothing and keeps nothing: it returns effects.

mod behind;
mod chance;
mod claim;
mod definition;
mod drawing;
mod effect;
mod explain;
mod flight;
mod inbox;
mod input;
mod person;
pub mod policy;
mod preview;
mod problems;
mod spec;
mod step;

pub use behind::Number;
pub use claim::{Claim, check};
pub use definition::{
    Action, Answers, Definitions, Gate, Goal, InApp, Message, Path, Published, Push, Series, Set,
    Shape, Step, Survey, Test, Wait, Webhook,
};
pub use effect::{Channel, Effect, Metric, Outgoing, Send, effect_id, way_id};
pub use explain::{Ahead, RunExplanation, SeriesExplanation, StepExplanation, VariantExplanation};
pub use flight::{InFlight, counted, in_flight, moves, overdue};
pub use inbox::inbox;
pub use input::{Delivery, Feedback, Input};
pub use person::{
    ExitReason, Identified, Outcome, Person, Reaction, Reactions, Run, RunState, SkipReason,
    StepRecord, TIMEZONE,
};
pub use preview::{Said, preview};
pub use problems::{Finding, MANY_A_WEEK, Severity, problems};
pub use spec::{
    Ask, AudienceSpec, ButtonAction, ButtonSpec, CONTROL, ChangesSpec, CtaSpec, DefinitionsSpec,
    Each, Entry, EventEntry, GoalSpec, LayoutSpec, LiveSeries, MailProvider, Method, Migration,
    Overdue, PathSpec, Pause, PositionSpec, PropertyTestSpec, Reentry, RepeatSpec, SegmentSpec,
    SeriesSpec, Span, StepKind, StepSpec, SurveySpec, TestMetric, TestSpec, TriggerEventSpec,
    TriggerSpec, UntilSpec, VariantSpec,
};
pub(crate) use step::{Keeps, rehearse};
pub use step::{Known, render, step};
