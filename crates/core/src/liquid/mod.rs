//! Liquid templates with the semantics of Shopify: `{{ first_name | default: "there" }}`.
//! Reads no files and no clock: there is no `include`, and `"now"` is an argument.
//!
//! [`parse`] turns source into a [`Template`], or names every problem in it. [`render`] turns a
//! template into text, taking variables from a [`Scope`] and escaping every output for its [`Sink`]
//! unless it ends in `| raw`. A template can be stored and sent (serde): the browser holds only the
//! evaluator.
//!
//! The tags, the filters and the rules of escaping are described in `docs/liquid.md`.

mod ast;
mod constant;
mod data;
mod eval;
mod expression;
mod facts;
mod filters;
mod letters;
mod lexer;
mod loops;
mod markup;
mod number;
mod parser;
mod partial;
mod sink;
mod table;
mod tags;
mod terms;
mod turn;
mod variables;

#[cfg(test)]
mod tests;

use std::{collections::BTreeSet, error::Error, fmt};

use serde::Serialize;

pub use ast::Template;
pub use facts::{Fact, Facts, Scope};
pub use sink::Sink;
pub(crate) use sink::{escape_html, percent_encode};

/// Something wrong in a template, and where; lines and columns are counted from 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The line.
    pub line: u32,
    /// The column, in characters.
    pub column: u32,
    /// What is wrong and what mends it.
    pub message: String,
}

impl Problem {
    fn new(place: ast::Place, message: impl Into<String>) -> Self {
        Self {
            line: place.line,
            column: place.column,
            message: message.into(),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            line,
            column,
            message,
        } = self;
        write!(formatter, "line {line}, column {column}: {message}")
    }
}

impl Error for Problem {}

/// What a rendering may use up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Nodes, filters, comparisons and turns of loops, and the items and text that filters handle.
    pub steps: u32,
    /// Bytes of output, captured text included; no filter makes a longer text either.
    pub output_bytes: usize,
    /// Blocks within blocks.
    pub depth: u32,
}

impl Default for Limits {
    // LIMIT: mail programs cut an email off at about 100 KB; a template that needs 100,000 steps
    // loops over more than anyone reads; the parser allows no deeper nesting.
    fn default() -> Self {
        Self {
            steps: 100_000,
            output_bytes: 256 * 1024,
            depth: 32,
        }
    }
}

/// Why a template could not be rendered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RenderError {
    /// It took more steps than [`Limits::steps`].
    TooManySteps,
    /// It made more text than [`Limits::output_bytes`].
    TooMuchOutput,
    /// Its blocks are nested deeper than [`Limits::depth`].
    TooDeep,
    /// The data did not fit the template, as when text is compared with a number.
    Problem(Problem),
}

impl RenderError {
    /// A name for it that never changes.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooManySteps => "template_too_many_steps",
            Self::TooMuchOutput => "template_too_much_output",
            Self::TooDeep => "template_too_deep",
            Self::Problem(_) => "template_problem",
        }
    }
}

impl fmt::Display for RenderError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooManySteps => {
                formatter.write_str("template takes too many steps: loop over fewer items")
            }
            Self::TooMuchOutput => {
                formatter.write_str("template makes too much text: shorten it or its data")
            }
            Self::TooDeep => {
                formatter.write_str("blocks of the template are nested too deep: use fewer")
            }
            Self::Problem(problem) => problem.fmt(formatter),
        }
    }
}

impl Error for RenderError {}

/// A place where a template asks for a variable that it did not make itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Variable {
    /// The names along its path, as far as they are written out: `["product", "tags"]` for
    /// `product.tags[i].name` is followed by `name` no more.
    pub path: Vec<String>,
    /// Whether its absence is provided for: a `default` follows, or it is only asked about by a
    /// condition or looped over.
    pub has_default: bool,
    /// The line where it stands.
    pub line: u32,
    /// The column where it starts, in characters.
    pub column: u32,
}

impl Template {
    /// Every place, in the order of the source, where a variable from outside is asked for.
    #[must_use]
    pub fn variables(&self) -> Vec<Variable> {
        variables::variables(self)
    }

    /// The text, if it is nothing but text.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self.nodes.as_slice() {
            [] => Some(""),
            [ast::Node::Text(text)] => Some(text),
            _ => None,
        }
    }
}

/// Every place where a template asks for a variable that is not among the known ones, with the one
/// that was probably meant: each is a warning, because what is not there renders empty.
#[must_use]
pub fn problems(template: &Template, known: &BTreeSet<String>) -> Vec<Problem> {
    variables::problems(template, known)
}

/// Parses a template.
///
/// # Errors
///
/// All problems in it, in the order of the source.
pub fn parse(source: &str) -> Result<Template, Vec<Problem>> {
    parser::parse(source)
}

/// Renders a template within the default limits and without a clock.
///
/// # Errors
///
/// When a limit is passed, or the data does not fit the template.
pub fn render(template: &Template, scope: &dyn Scope, sink: Sink) -> Result<String, RenderError> {
    render_within(template, scope, sink, &Limits::default(), None)
}

/// Renders a template within limits. `now_ms` is what `"now" | date` prints; without it, `"now"`
/// stays as it is.
///
/// # Errors
///
/// When a limit is passed, or the data does not fit the template.
pub fn render_within(
    template: &Template,
    scope: &dyn Scope,
    sink: Sink,
    limits: &Limits,
    now_ms: Option<i64>,
) -> Result<String, RenderError> {
    eval::render(template, scope, terms::Terms::new(*limits, sink, now_ms))
}

/// Renders as far as the known variables go: what is left of the template asks only for the
/// variables that `asks` names, which are known later, in the browser perhaps.
///
/// Whatever those turn out to be, rendering what is left gives the text that rendering the template
/// with all variables gives. A template that asks for none of them becomes plain text
/// ([`Template::as_text`]). No value stays in it but those that it may show or must decide by.
///
/// `"now" | date` is left for later unless `now_ms` says when that is.
///
/// # Errors
///
/// When a limit is passed, when the data does not fit the template wherever it leads, or when the
/// template asks for a variable by a name that is not known yet (`{{ [page.name] }}`).
pub fn partial(
    template: &Template,
    known: &dyn Scope,
    asks: &dyn Fn(&str) -> bool,
    sink: Sink,
    limits: &Limits,
    now_ms: Option<i64>,
) -> Result<Template, RenderError> {
    let setting = partial::Setting {
        known,
        asks,
        sink,
        limits: *limits,
        now_ms,
    };
    partial::partial(template, &setting)
}
