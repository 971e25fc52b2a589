//! A parsed template: what the parser makes and the evaluator walks.
//! Small on the wire (postcard) and free of source text, except what is printed.
//!
//! The order of the variants is the wire format: add new ones at the end.

use serde::{Deserialize, Serialize};

/// Where something stands in the source, counted from 1; columns are characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Place {
    pub(super) line: u32,
    pub(super) column: u32,
}

/// A parsed template, ready to render any number of times.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Template {
    pub(super) nodes: Vec<Node>,
    /// Variables that are known already: they are asked of no scope. Only partial rendering makes
    /// them.
    pub(super) given: Vec<(String, Expr)>,
}

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum Node {
    /// Literal text, never escaped.
    Text(String),
    /// `{{ }}` and `echo`; `raw` when it ends in that filter.
    Output { pipe: Pipe, raw: bool },
    /// `assign`.
    Assign { name: String, pipe: Pipe },
    /// `capture`.
    Capture { name: String, body: Vec<Node> },
    /// `if` and `unless`: the first branch that holds, or else the last body.
    If {
        branches: Vec<Branch>,
        otherwise: Vec<Node>,
    },
    /// `case`.
    Case { subject: Expr, arms: Vec<Arm> },
    /// `for`.
    For(Box<Loop>),
    /// `tablerow`.
    TableRow(Box<Loop>),
    /// `cycle`: `key` tells apart those without a name.
    Cycle {
        name: Option<Expr>,
        key: String,
        items: Vec<Expr>,
    },
    /// `increment`: prints, then adds one.
    Increment(String),
    /// `decrement`: subtracts one, then prints.
    Decrement(String),
    /// `break`.
    Break,
    /// `continue`.
    Continue,
    /// `ifchanged`.
    IfChanged(Vec<Node>),
    /// A `for` whose turns are written out, each with its own body. Only partial rendering makes it.
    Turns(Box<Turns>),
    /// What can't be rendered, once it is reached. Only partial rendering makes it.
    Fail { at: Place, message: String },
}

/// The turns of a loop that is known, where something in them is not.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Turns {
    pub(super) name: String,
    /// How many turns the loop has: more than there are bodies, if it is left before its end.
    pub(super) length: u32,
    pub(super) bodies: Vec<Vec<Node>>,
}

/// Where a loop stands: `forloop` as a value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Standing {
    pub(super) name: String,
    pub(super) length: u32,
    pub(super) index: u32,
    pub(super) columns: Option<u32>,
    pub(super) parent: Option<Box<Standing>>,
}

/// One condition and what it guards.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Branch {
    pub(super) condition: Condition,
    /// `unless`: holds when the condition does not.
    pub(super) negated: bool,
    pub(super) body: Vec<Node>,
}

/// One `when` or `else` of a `case`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Arm {
    /// Empty for `else`.
    pub(super) values: Vec<Expr>,
    pub(super) body: Vec<Node>,
}

/// Comparisons joined by `and` and `or`, grouped from the right.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Condition {
    pub(super) at: Place,
    pub(super) first: Comparison,
    pub(super) rest: Vec<(Joint, Comparison)>,
}

/// How two comparisons are joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Joint {
    And,
    Or,
}

/// A value tested for truth, or two compared.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Comparison {
    pub(super) left: Expr,
    pub(super) test: Option<(Operator, Expr)>,
}

/// A comparison operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Operator {
    Is,
    IsNot,
    Less,
    More,
    AtMost,
    AtLeast,
    Contains,
}

/// The loop of `for` and `tablerow`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Loop {
    pub(super) at: Place,
    pub(super) variable: String,
    /// What `forloop.name` prints, and what `offset: continue` goes by.
    pub(super) name: String,
    pub(super) over: Expr,
    pub(super) reversed: bool,
    pub(super) limit: Option<Expr>,
    pub(super) offset: Option<Offset>,
    /// Only for `tablerow`.
    pub(super) columns: Option<Expr>,
    pub(super) body: Vec<Node>,
    pub(super) otherwise: Vec<Node>,
}

/// Where a loop starts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum Offset {
    /// Where the last loop of the same name stopped.
    Continue,
    /// After so many items.
    At(Expr),
}

/// A value and the filters it goes through.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Pipe {
    pub(super) at: Place,
    pub(super) value: Expr,
    pub(super) calls: Vec<Call>,
}

/// A filter and its arguments.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Call {
    pub(super) filter: Filter,
    pub(super) arguments: Vec<Expr>,
    /// The one named argument there is, that of `default`.
    pub(super) allow_false: Option<Expr>,
}

/// A value as written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum Expr {
    Nil,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(String),
    Blank,
    Empty,
    Range(Box<(Expr, Expr)>),
    Path(Path),
    /// From here on, what no source can say: values that partial rendering has put in place.
    List(Vec<Expr>),
    Map(Vec<(String, Expr)>),
    /// Text with its form for the sink.
    Ready {
        plain: String,
        ready: String,
    },
    Loop(Box<Standing>),
}

/// `a.b[c]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Path {
    pub(super) at: Place,
    pub(super) root: Box<Segment>,
    pub(super) rest: Vec<Segment>,
}

/// One step of a path.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum Segment {
    /// `.name`, which may also be `size`, `first` or `last`.
    Name(String),
    /// `[expression]`.
    Index(Expr),
    /// The value itself, at the root of a path. Only partial rendering makes it.
    Value(Expr),
}

/// Declares the filters once: variant, name, fewest and most arguments.
macro_rules! filters {
    ($($variant:ident $name:literal $fewest:literal $most:literal,)*) => {
        /// A filter.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        pub(super) enum Filter { $($variant,)* }

        impl Filter {
            /// Every filter with its name.
            pub(super) const ALL: &[(&str, Filter)] = &[$(($name, Filter::$variant),)*];

            /// The fewest and the most arguments it takes.
            pub(super) fn arity(self) -> (usize, usize) {
                match self { $(Self::$variant => ($fewest, $most),)* }
            }

            /// Its name in a template.
            pub(super) fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }
        }
    };
}

filters! {
    Abs "abs" 0 0,
    Append "append" 1 1,
    AtLeast "at_least" 1 1,
    AtMost "at_most" 1 1,
    Base64Decode "base64_decode" 0 0,
    Base64Encode "base64_encode" 0 0,
    Base64UrlSafeDecode "base64_url_safe_decode" 0 0,
    Base64UrlSafeEncode "base64_url_safe_encode" 0 0,
    Capitalize "capitalize" 0 0,
    Ceil "ceil" 0 0,
    Compact "compact" 0 1,
    Concat "concat" 1 1,
    Date "date" 1 1,
    Default "default" 0 1,
    DividedBy "divided_by" 1 1,
    Downcase "downcase" 0 0,
    Escape "escape" 0 0,
    EscapeOnce "escape_once" 0 0,
    Find "find" 1 2,
    FindIndex "find_index" 1 2,
    First "first" 0 0,
    Floor "floor" 0 0,
    Has "has" 1 2,
    Join "join" 0 1,
    Last "last" 0 0,
    Lstrip "lstrip" 0 0,
    Map "map" 1 1,
    Minus "minus" 1 1,
    Modulo "modulo" 1 1,
    NewlineToBr "newline_to_br" 0 0,
    Plus "plus" 1 1,
    Prepend "prepend" 1 1,
    Raw "raw" 0 0,
    Reject "reject" 1 2,
    Remove "remove" 1 1,
    RemoveFirst "remove_first" 1 1,
    RemoveLast "remove_last" 1 1,
    Replace "replace" 1 2,
    ReplaceFirst "replace_first" 1 2,
    ReplaceLast "replace_last" 2 2,
    Reverse "reverse" 0 0,
    Round "round" 0 1,
    Rstrip "rstrip" 0 0,
    Size "size" 0 0,
    Slice "slice" 1 2,
    Sort "sort" 0 1,
    SortNatural "sort_natural" 0 1,
    Split "split" 1 1,
    Strip "strip" 0 0,
    StripHtml "strip_html" 0 0,
    StripNewlines "strip_newlines" 0 0,
    Sum "sum" 0 1,
    Times "times" 1 1,
    Truncate "truncate" 0 2,
    TruncateWords "truncatewords" 0 2,
    Uniq "uniq" 0 1,
    Upcase "upcase" 0 0,
    UrlDecode "url_decode" 0 0,
    UrlEncode "url_encode" 0 0,
    Where "where" 1 2,
    Squish "squish" 0 0,
    Json "json" 0 0,
}
