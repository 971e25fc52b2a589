//! Renders a parsed template: walks the tree, looks names up, writes escaped text.
//! Never panics and never runs on: every step, byte and level is counted.

use std::rc::Rc;

use super::{
    RenderError, Scope,
    ast::{
        Arm, Branch, Comparison, Condition, Expr, Joint, Node, Operator, Path, Pipe, Place,
        Segment, Template,
    },
    constant::{Written, constant, range, written},
    data::{Data, order},
    filters,
    letters::concat,
    table::Table,
    terms::{Fault, Terms},
};

/// What comes after a node.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Flow {
    Next,
    Break,
    Continue,
}

/// Text as it is being written.
#[derive(Default)]
pub(super) struct Page {
    /// Escaped for the sink.
    pub(super) ready: String,
    /// Not escaped: what filters and comparisons see of a captured text. Kept only in a `capture`.
    plain: Option<String>,
}

/// One rendering of a template.
pub(super) struct Run<'a> {
    scope: &'a dyn Scope,
    pub(super) terms: Terms,
    /// Variables of the scope that were asked for, so that none is copied twice.
    roots: Table,
    assigned: Table,
    counters: Table,
    /// Variables of loops, the innermost last.
    pub(super) locals: Vec<(&'a str, Data)>,
    cycles: Table,
    /// Where the loops of each name stopped.
    pub(super) stops: Table,
    changed: String,
    pub(super) page: Page,
    depth: u32,
    at: Place,
}

/// Renders a whole template.
pub(super) fn render(
    template: &Template,
    scope: &dyn Scope,
    terms: Terms,
) -> Result<String, RenderError> {
    let mut run = Run {
        scope,
        terms,
        roots: Table::default(),
        assigned: Table::default(),
        counters: Table::default(),
        locals: Vec::new(),
        cycles: Table::default(),
        stops: Table::default(),
        changed: String::new(),
        page: Page::default(),
        depth: 0,
        at: Place::default(),
    };
    for (name, value) in &template.given {
        let value = constant(value).unwrap_or(Data::Nil);
        run.roots.insert(name, value);
    }
    match run.nodes(&template.nodes) {
        Ok(_) => Ok(run.page.ready),
        Err(fault) => Err(fault.at(run.at)),
    }
}

impl<'a> Run<'a> {
    /// The body of a block, one level deeper.
    pub(super) fn body(&mut self, nodes: &'a [Node]) -> Result<Flow, Fault> {
        if self.depth >= self.terms.limits.depth {
            return Err(Fault::TooDeep);
        }
        self.depth += 1;
        let flow = self.nodes(nodes);
        self.depth -= 1;
        flow
    }

    fn nodes(&mut self, nodes: &'a [Node]) -> Result<Flow, Fault> {
        for node in nodes {
            self.terms.charge(1)?;
            let flow = self.node(node)?;
            if flow != Flow::Next {
                return Ok(flow);
            }
        }
        Ok(Flow::Next)
    }

    fn node(&mut self, node: &'a Node) -> Result<Flow, Fault> {
        match node {
            Node::Text(text) => self.literal(text)?,
            Node::Output { pipe, raw } => {
                let value = self.pipe(pipe)?;
                self.output(&value, *raw)?;
            }
            Node::Assign { name, pipe } => {
                let value = self.pipe(pipe)?;
                self.assigned.insert(name, value);
            }
            Node::Capture { name, body } => return self.capture(name, body),
            Node::If {
                branches,
                otherwise,
            } => return self.branches(branches, otherwise),
            Node::Case { subject, arms } => return self.case(subject, arms),
            Node::For(each) => return self.each(each),
            Node::TableRow(each) => return self.table(each),
            Node::Cycle { name, key, items } => self.cycle(name.as_ref(), key, items)?,
            Node::Increment(name) => self.count(name, 0, 1)?,
            Node::Decrement(name) => self.count(name, -1, 0)?,
            Node::Break => return Ok(Flow::Break),
            Node::Continue => return Ok(Flow::Continue),
            Node::IfChanged(body) => return self.if_changed(body),
            Node::Turns(turns) => return self.turns(turns),
            Node::Fail { at, message } => {
                self.at = *at;
                return Err(Fault::because(message));
            }
        }
        Ok(Flow::Next)
    }

    /// Writes text that is not escaped.
    pub(super) fn literal(&mut self, text: &str) -> Result<(), Fault> {
        self.terms.written(text.len())?;
        self.page.ready.push_str(text);
        if let Some(plain) = &mut self.page.plain {
            plain.push_str(text);
        }
        Ok(())
    }

    /// Writes a value, escaped for the sink.
    fn output(&mut self, value: &Data, raw: bool) -> Result<(), Fault> {
        if raw {
            return self.literal(&value.to_output());
        }
        let before = self.page.ready.len();
        let text = value.to_output();
        if let Data::Ready { ready, .. } = value {
            self.page.ready.push_str(ready);
        } else {
            self.terms.sink.write(&mut self.page.ready, &text);
        }
        if let Some(plain) = &mut self.page.plain {
            plain.push_str(&text);
        }
        self.terms.written(self.page.ready.len() - before)
    }

    /// A counter: `before` is added, the sum printed, `after` added.
    fn count(&mut self, name: &str, before: i64, after: i64) -> Result<(), Fault> {
        let printed = self.counters.count(name, before, after);
        self.literal(&printed)
    }

    fn capture(&mut self, name: &str, body: &'a [Node]) -> Result<Flow, Fault> {
        let inner = Page {
            ready: String::new(),
            plain: Some(String::new()),
        };
        let outer = std::mem::replace(&mut self.page, inner);
        let flow = self.body(body);
        let inner = std::mem::replace(&mut self.page, outer);
        let captured = Data::Ready {
            plain: Rc::from(inner.plain.unwrap_or_default()),
            ready: Rc::from(inner.ready),
        };
        self.assigned.insert(name, captured);
        flow
    }

    fn if_changed(&mut self, body: &'a [Node]) -> Result<Flow, Fault> {
        let inner = Page {
            ready: String::new(),
            plain: self.page.plain.as_ref().map(|_| String::new()),
        };
        let outer = std::mem::replace(&mut self.page, inner);
        let flow = self.body(body);
        let inner = std::mem::replace(&mut self.page, outer);
        if inner.ready != self.changed {
            self.page.ready.push_str(&inner.ready);
            if let (Some(plain), Some(inner)) = (&mut self.page.plain, &inner.plain) {
                plain.push_str(inner);
            }
            self.changed = inner.ready;
        }
        flow
    }

    fn branches(&mut self, branches: &'a [Branch], otherwise: &'a [Node]) -> Result<Flow, Fault> {
        for branch in branches {
            if self.holds(&branch.condition)? != branch.negated {
                return self.body(&branch.body);
            }
        }
        self.body(otherwise)
    }

    /// Each `when` is tried in turn, and each of its values that is equal prints the body once; an
    /// `else` prints if nothing before it did.
    fn case(&mut self, subject: &Expr, arms: &'a [Arm]) -> Result<Flow, Fault> {
        let subject = self.expr(subject)?;
        let mut matched = false;
        for arm in arms {
            if arm.values.is_empty() && !matched {
                let flow = self.body(&arm.body)?;
                if flow != Flow::Next {
                    return Ok(flow);
                }
            }
            for value in &arm.values {
                self.terms.charge(1)?;
                if self.expr(value)?.equals(&subject) {
                    matched = true;
                    let flow = self.body(&arm.body)?;
                    if flow != Flow::Next {
                        return Ok(flow);
                    }
                }
            }
        }
        Ok(Flow::Next)
    }

    fn cycle(&mut self, name: Option<&Expr>, key: &str, items: &[Expr]) -> Result<(), Fault> {
        let name = name.map(|name| self.expr(name)).transpose()?;
        let key = cycle_key(name.as_ref(), key);
        self.terms.charge(self.cycles.len() / 64)?;
        let turn = self.cycles.turn(&key, items.len());
        let value = match items.get(turn) {
            Some(item) => self.expr(item)?,
            None => Data::Nil,
        };
        self.output(&value, false)
    }

    fn pipe(&mut self, pipe: &Pipe) -> Result<Data, Fault> {
        self.at = pipe.at;
        let mut value = self.expr(&pipe.value)?;
        for call in &pipe.calls {
            let mut arguments = Vec::with_capacity(call.arguments.len());
            for argument in &call.arguments {
                arguments.push(self.expr(argument)?);
            }
            let allow_false = match &call.allow_false {
                Some(expr) => self.expr(expr)?.is_true(),
                None => false,
            };
            value = filters::apply(
                call.filter,
                &value,
                &arguments,
                allow_false,
                &mut self.terms,
            )?;
        }
        Ok(value)
    }

    /// Grouped from the right: what follows an `and` or `or` is one whole.
    fn holds(&mut self, condition: &Condition) -> Result<bool, Fault> {
        self.at = condition.at;
        let mut holds = self.compare(&condition.first)?;
        for (joint, comparison) in &condition.rest {
            match (joint, holds) {
                (Joint::And, false) | (Joint::Or, true) => return Ok(holds),
                (Joint::And, true) | (Joint::Or, false) => holds = self.compare(comparison)?,
            }
        }
        Ok(holds)
    }

    fn compare(&mut self, comparison: &Comparison) -> Result<bool, Fault> {
        self.terms.charge(1)?;
        let left = self.expr(&comparison.left)?;
        let Some((operator, right)) = &comparison.test else {
            return Ok(left.is_true());
        };
        let right = self.expr(right)?;
        test(*operator, &left, &right)
    }

    pub(super) fn expr(&mut self, expr: &Expr) -> Result<Data, Fault> {
        match written(expr) {
            Written::Value(value) => Ok(value),
            Written::Range(from, to) => range(&self.expr(from)?, &self.expr(to)?),
            Written::Path(path) => self.path(path),
        }
    }

    /// As [`Self::expr`], where a fault is that of a loop.
    pub(super) fn expr_at(&mut self, expr: &Expr, at: Place) -> Result<Data, Fault> {
        self.at = at;
        self.expr(expr)
    }

    fn path(&mut self, path: &Path) -> Result<Data, Fault> {
        let mut value = match &*path.root {
            Segment::Name(name) => self.variable(name)?,
            Segment::Index(index) => {
                let name = self.expr(index)?.to_text();
                self.variable(&name)?
            }
            Segment::Value(value) => self.expr(value)?,
        };
        for segment in &path.rest {
            self.terms.charge(1)?;
            value = match segment {
                Segment::Name(name) => value.member(name),
                Segment::Index(index) | Segment::Value(index) => {
                    let index = self.expr(index)?;
                    value.item(&index)
                }
            };
        }
        Ok(value)
    }

    /// Looks a name up: in the loops from the inside out, then among what was assigned, the
    /// counters, and last what was passed in.
    fn variable(&mut self, name: &str) -> Result<Data, Fault> {
        let local = self.locals.iter().rev().find(|(known, _)| *known == name);
        if let Some((_, value)) = local {
            return Ok(value.clone());
        }
        if let Some(value) = self.assigned.get(name) {
            return Ok(value.clone());
        }
        if let Some(counter) = self.counters.get(name) {
            return Ok(counter.clone());
        }
        if let Some(value) = self.roots.get(name) {
            return Ok(value.clone());
        }
        self.terms.charge(1)?;
        let value = self.scope.get(name).map_or(Data::Nil, |fact| fact.0);
        // Names made by the template are any number, and each moves those after it.
        self.terms.charge(self.roots.len() / 64)?;
        self.roots.insert(name, value.clone());
        Ok(value)
    }
}

/// What a cycle goes by: its name, or what tells it apart. Named and unnamed ones never share a turn.
pub(super) fn cycle_key(name: Option<&Data>, key: &str) -> String {
    let mut out = String::from("n");
    match name {
        Some(name) => name.inspect(&mut out),
        None => out = concat(&["u", key]),
    }
    out
}

/// Whether a comparison of two values holds.
pub(super) fn test(operator: Operator, left: &Data, right: &Data) -> Result<bool, Fault> {
    match operator {
        Operator::Is => return Ok(left.equals(right)),
        Operator::IsNot => return Ok(!left.equals(right)),
        Operator::Contains => return Ok(left.contains(right)),
        Operator::Less | Operator::More | Operator::AtMost | Operator::AtLeast => {}
    }
    let ordering = match (left, right) {
        (Data::Number(left), Data::Number(right)) => order(*left, *right),
        _ => match (left.as_text(), right.as_text()) {
            (Some(left), Some(right)) => Some(left.cmp(right)),
            (Some(_), None) if matches!(right, Data::Number(_)) => {
                return Err(incomparable(left, right));
            }
            (None, Some(_)) if matches!(left, Data::Number(_)) => {
                return Err(incomparable(left, right));
            }
            // Nothing, lists and the like are neither more nor less.
            _ => None,
        },
    };
    Ok(ordering.is_some_and(|ordering| match operator {
        Operator::Less => ordering.is_lt(),
        Operator::More => ordering.is_gt(),
        Operator::AtMost => ordering.is_le(),
        Operator::AtLeast => ordering.is_ge(),
        Operator::Is | Operator::IsNot | Operator::Contains => false,
    }))
}

fn incomparable(left: &Data, right: &Data) -> Fault {
    let (left, right) = (left.kind(), right.kind());
    Fault::made(&[
        "can't compare ",
        left,
        " with ",
        right,
        ": turn text into a number with `| plus: 0`",
    ])
}
