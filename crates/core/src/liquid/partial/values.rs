//! Expressions and filters: what is known becomes a value, the rest stays an expression.

use std::rc::Rc;

use super::{
    Call, Data, Expr, Fault, Local,
    Part::{Known, Left},
    Pipe, Walk, constant, lift,
};
use crate::liquid::{
    ast::{Filter, Path, Segment},
    constant::{Written, range, written},
    filters,
};

/// What became of an expression, or of one with filters.
pub(super) enum Part<T, K = Data> {
    Known(K),
    Left(T),
}

impl<'a> Walk<'a> {
    /// The expression that stands for a value in what is left, where it counts as text does.
    pub(super) fn lifted(&mut self, value: &Data) -> Result<Expr, Fault> {
        self.terms.handled(value)?;
        self.terms.written(value.weight())?;
        Ok(lift(value))
    }

    /// The expression that stands for a part in what is left.
    pub(super) fn part(&mut self, part: Part<Expr>) -> Result<Expr, Fault> {
        match part {
            Known(value) => self.lifted(&value),
            Left(expr) => Ok(expr),
        }
    }

    pub(super) fn pipe(&mut self, pipe: &'a Pipe) -> Result<Part<Pipe>, Fault> {
        self.at = pipe.at;
        let mut value = self.expr(&pipe.value)?;
        let mut calls = Vec::new();
        for call in &pipe.calls {
            let arguments = self.parts(&call.arguments)?;
            let allow_false = self.parts(call.allow_false.as_slice())?;
            let known = match &value {
                Known(value) if calls.is_empty() => {
                    let is_date = call.filter == Filter::Date && self.terms.now_ms.is_none();
                    let waits = is_date && value.as_text().is_some_and(filters::needs_now);
                    (!waits).then_some(value)
                }
                Known(_) | Left(_) => None,
            };
            let all_known = known.zip(values(&arguments)).zip(values(&allow_false));
            if let Some(((known, arguments), allow_false)) = all_known {
                let allow_false = allow_false.first().is_some_and(Data::is_true);
                let terms = &mut self.terms;
                let result = filters::apply(call.filter, known, &arguments, allow_false, terms);
                value = Known(result?);
            } else {
                calls.push(Call {
                    filter: call.filter,
                    arguments: self.lift_all(arguments)?,
                    allow_false: self.lift_all(allow_false)?.pop(),
                });
            }
        }
        if let (Known(value), true) = (&value, calls.is_empty()) {
            return Ok(Known(value.clone()));
        }
        let value = self.part(value)?;
        let at = pipe.at;
        Ok(Left(Pipe { at, value, calls }))
    }

    /// What becomes of several expressions.
    pub(super) fn parts(&mut self, exprs: &'a [Expr]) -> Result<Vec<Part<Expr>>, Fault> {
        exprs.iter().map(|expr| self.expr(expr)).collect()
    }

    /// The expressions that stand for several parts in what is left.
    pub(super) fn lift_all(&mut self, parts: Vec<Part<Expr>>) -> Result<Vec<Expr>, Fault> {
        parts.into_iter().map(|part| self.part(part)).collect()
    }

    pub(super) fn expr(&mut self, expr: &'a Expr) -> Result<Part<Expr>, Fault> {
        match written(expr) {
            Written::Value(value) => Ok(Known(value)),
            Written::Range(from, to) => Ok(match (self.expr(from)?, self.expr(to)?) {
                (Known(from), Known(to)) => Known(range(&from, &to)?),
                (from, to) => Left(Expr::Range(Box::new((self.part(from)?, self.part(to)?)))),
            }),
            Written::Path(path) => self.path(path),
        }
    }

    fn path(&mut self, path: &'a Path) -> Result<Part<Expr>, Fault> {
        let (name, found) = match &*path.root {
            Segment::Name(name) => (name.clone(), self.variable(name)?),
            Segment::Value(value) => {
                let value = constant(value).unwrap_or(Data::Nil);
                (String::new(), Local::Known(value))
            }
            Segment::Index(index) => match self.expr(index)? {
                Known(name) => {
                    let name = name.to_text();
                    (name.to_string(), self.variable(&name)?)
                }
                Left(_) => {
                    self.unknowable.get_or_insert(path.at);
                    return Ok(Known(Data::Nil));
                }
            },
        };
        let mut segments = path.rest.iter();
        let mut value = match found {
            Local::Known(value) => value,
            Local::Half(turn) => match segments.as_slice().first() {
                Some(Segment::Name(fact)) if fact != "parentloop" => turn,
                Some(_) | None => return self.left(path, Segment::Name(name), &path.rest),
            },
            Local::Open => return self.left(path, Segment::Name(name), &path.rest),
        };
        loop {
            let rest = segments.as_slice();
            let Some(segment) = segments.next() else {
                return Ok(Known(value));
            };
            self.terms.charge(1)?;
            value = match segment {
                Segment::Name(name) => value.member(name),
                Segment::Index(index) | Segment::Value(index) => match self.expr(index)? {
                    Known(index) => value.item(&index),
                    Left(_) => {
                        let root = self.lifted(&reachable(&value, rest))?;
                        return self.left(path, Segment::Value(root), rest);
                    }
                },
            };
        }
    }

    /// A path that stays, with another root and the rest of its segments.
    fn left(
        &mut self,
        path: &Path,
        root: Segment,
        rest: &'a [Segment],
    ) -> Result<Part<Expr>, Fault> {
        let mut segments = Vec::with_capacity(rest.len());
        for segment in rest {
            segments.push(match segment {
                Segment::Name(name) => Segment::Name(name.clone()),
                Segment::Index(index) | Segment::Value(index) => {
                    let index = self.expr(index)?;
                    Segment::Index(self.part(index)?)
                }
            });
        }
        Ok(Left(Expr::Path(Path {
            at: path.at,
            root: Box::new(root),
            rest: segments,
        })))
    }

    /// Looks a name up as a rendering would.
    fn variable(&mut self, name: &str) -> Result<Local, Fault> {
        let local = self.locals.iter().rev().find(|(known, _)| *known == name);
        if let Some((_, local)) = local {
            return Ok(local.clone());
        }
        if self.open.names.contains(name) {
            self.used.insert(name.to_owned());
            if !self.sure.contains(name) {
                self.read.insert(name.to_owned());
            }
            return Ok(Local::Open);
        }
        if let Some(value) = self.assigned.get(name).or(self.counters.get(name)) {
            return Ok(Local::Known(value.clone()));
        }
        self.terms.charge(1 + self.roots.len() / 64)?;
        Ok(self.outside(name).map_or(Local::Open, Local::Known))
    }

    /// The value of a variable of the scope; nothing if it is asked for later.
    pub(super) fn outside(&mut self, name: &str) -> Option<Data> {
        if let Some(value) = self.roots.get(name) {
            return Some(value.clone());
        }
        if (self.setting.asks)(name) {
            return None;
        }
        let value = self
            .setting
            .known
            .get(name)
            .map_or(Data::Nil, |fact| fact.0);
        self.roots.insert(name, value.clone());
        Some(value)
    }
}

/// The values of parts, if all are known.
fn values(parts: &[Part<Expr>]) -> Option<Vec<Data>> {
    let values = parts.iter().map(|part| match part {
        Known(value) => Some(value.clone()),
        Left(_) => None,
    });
    values.collect()
}

/// A value without what the segments that follow can't reach: of `orders[n].total`, only the totals
/// are asked for.
fn reachable(value: &Data, segments: &[Segment]) -> Data {
    let Some((segment, rest)) = segments.split_first() else {
        return value.clone();
    };
    match (value, segment) {
        (Data::Turn(_), _) => value.clone(),
        (Data::List(items), Segment::Index(_) | Segment::Value(_)) => {
            let items = items.iter().map(|item| reachable(item, rest));
            Data::List(Rc::new(items.collect()))
        }
        (Data::Map(entries), Segment::Index(_) | Segment::Value(_)) => {
            let entries = entries.iter();
            Data::map(entries.map(|(name, value)| (&**name, reachable(value, rest))))
        }
        // What a value says about itself is asked of all of it.
        (_, Segment::Name(name)) if matches!(name.as_str(), "size" | "first" | "last") => {
            value.clone()
        }
        (Data::Map(entries), Segment::Name(name)) => {
            let value = entries.get(name).map(|value| reachable(value, rest));
            Data::map(value.into_iter().map(|value| (name.as_str(), value)))
        }
        (_, Segment::Index(_) | Segment::Name(_) | Segment::Value(_)) => Data::Nil,
    }
}
