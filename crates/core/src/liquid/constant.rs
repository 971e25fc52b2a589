//! Values that stand in a template as they are, and values put back into one.
//! Looks nothing up: that is the work of [`super::eval`].

use std::rc::Rc;

use super::{
    ast::{Expr, Path, Standing},
    data::Data,
    number::Number,
    terms::Fault,
    turn::Turn,
};

/// What an expression is: a value, or what has to be looked up for it.
pub(super) enum Written<'e> {
    Value(Data),
    Range(&'e Expr, &'e Expr),
    Path(&'e Path),
}

/// Reads an expression.
pub(super) fn written(expr: &Expr) -> Written<'_> {
    Written::Value(match expr {
        Expr::Nil => Data::Nil,
        Expr::Bool(truth) => Data::Bool(*truth),
        Expr::Int(int) => Data::int(*int),
        Expr::Float(float) => Data::Number(Number::Float(*float)),
        Expr::Text(text) => Data::text(text),
        Expr::Blank => Data::Blank,
        Expr::Empty => Data::Empty,
        Expr::List(items) => {
            let items = items.iter().map(|item| constant(item).unwrap_or(Data::Nil));
            Data::List(Rc::new(items.collect()))
        }
        Expr::Map(entries) => {
            let entries = entries.iter();
            Data::map(entries.map(|(name, value)| {
                let value = constant(value).unwrap_or(Data::Nil);
                (name.as_str(), value)
            }))
        }
        Expr::Ready { plain, ready } => Data::Ready {
            plain: Rc::from(plain.as_str()),
            ready: Rc::from(ready.as_str()),
        },
        Expr::Loop(standing) => Data::Turn(turn(standing)),
        Expr::Range(ends) => match &**ends {
            (Expr::Int(from), Expr::Int(to)) => Data::Range(*from, *to),
            (from, to) => return Written::Range(from, to),
        },
        Expr::Path(path) => return Written::Path(path),
    })
}

/// The value of an expression that needs no variable; nothing for one that may.
pub(super) fn constant(expr: &Expr) -> Option<Data> {
    match written(expr) {
        Written::Value(value) => Some(value),
        Written::Range(..) | Written::Path(_) => None,
    }
}

/// The range from one value to another: whole numbers, texts, or nothing.
pub(super) fn range(from: &Data, to: &Data) -> Result<Data, Fault> {
    let end = |value: &Data| {
        let is_float = matches!(value, Data::Number(Number::Float(_)));
        value.leading_int().filter(|_| !is_float).ok_or_else(|| {
            let message = "a range goes from one whole number to another, not to ";
            Fault::made(&[message, value.kind(), ": use `| floor` first"])
        })
    };
    Ok(Data::Range(end(from)?, end(to)?))
}

fn turn(standing: &Standing) -> Rc<Turn> {
    let count = |count: u32| usize::try_from(count).unwrap_or(usize::MAX);
    Rc::new(Turn {
        name: Rc::from(standing.name.as_str()),
        length: count(standing.length),
        index: count(standing.index),
        parent: standing.parent.as_deref().map(turn),
        columns: standing.columns.map(count),
    })
}

/// The expression that has this value.
pub(super) fn lift(value: &Data) -> Expr {
    match value {
        Data::Nil => Expr::Nil,
        Data::Bool(truth) => Expr::Bool(*truth),
        Data::Number(Number::Int(int)) => Expr::Int(*int),
        Data::Number(Number::Float(float)) => Expr::Float(*float),
        Data::Text(text) => Expr::Text(text.to_string()),
        Data::Ready { plain, ready } => Expr::Ready {
            plain: plain.to_string(),
            ready: ready.to_string(),
        },
        Data::List(items) => Expr::List(items.iter().map(lift).collect()),
        Data::Map(entries) => {
            let entries = entries.iter();
            Expr::Map(
                entries
                    .map(|(name, value)| (name.to_string(), lift(value)))
                    .collect(),
            )
        }
        Data::Range(from, to) => Expr::Range(Box::new((Expr::Int(*from), Expr::Int(*to)))),
        Data::Blank => Expr::Blank,
        Data::Empty => Expr::Empty,
        Data::Turn(turn) => Expr::Loop(Box::new(standing(turn))),
    }
}

fn standing(turn: &Turn) -> Standing {
    let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    Standing {
        name: turn.name.to_string(),
        length: count(turn.length),
        index: count(turn.index),
        columns: turn.columns.map(count),
        parent: turn.parent.as_deref().map(standing).map(Box::new),
    }
}
