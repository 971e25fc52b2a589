//! Partial rendering: what is known of a template's variables is put in place, and what is left asks
//! only for the others. Guesses nothing: whatever rests on a variable that is not known yet stays.
//!
//! A first walk decides everything as it would be rendered. What it sees assigned, counted or
//! cycled in a place that may not be reached can't be known afterwards: such a name is *open*, and a
//! further walk leaves all that concerns it in the template, until no walk finds another.

mod conditions;
mod loops;
mod remains;
mod values;

use std::collections::BTreeSet;

use super::{
    Limits, Problem, RenderError, Scope, Sink,
    ast::{Call, Expr, Loop, Node, Offset, Pipe, Place, Template, Turns},
    constant::{constant, lift},
    data::Data,
    eval::{Flow, cycle_key},
    table::Table,
    terms::{Fault, Terms},
};
use remains::{append, push, settled, take_jump};
use values::Part;

// LIMIT: a template that a person wrote needs two or three: one that opens names, one that leaves out
// the assignments that nothing asks for, one that finds nothing more. What is assigned in longer
// chains that lead nowhere stays.
const WALKS_MAX: u32 = 32;

// So many names cost one step to remember: each block that may not be rendered remembers them.
const NAMES_PER_STEP: usize = 16;

/// What is asked for and what may be used up.
pub(super) struct Setting<'a> {
    pub(super) known: &'a dyn Scope,
    pub(super) asks: &'a dyn Fn(&str) -> bool,
    pub(super) sink: Sink,
    pub(super) limits: Limits,
    pub(super) now_ms: Option<i64>,
}

/// What can't be known before the rest is rendered.
#[derive(Clone, Default, PartialEq)]
struct Open {
    names: BTreeSet<String>,
    /// Those of them that nothing asks for.
    idle: BTreeSet<String>,
    /// The loops after which another goes on with `offset: continue`.
    stops: BTreeSet<String>,
    /// Tables that can't be written out, because a turn of theirs may be left early.
    rolled: BTreeSet<Place>,
    cycles: bool,
    changed: bool,
}

/// The variable of a loop.
#[derive(Clone)]
enum Local {
    Known(Data),
    /// `forloop` of a loop that is known within one that is not: all but `parentloop`.
    Half(Data),
    Open,
}

/// One walk over a template.
struct Walk<'a> {
    setting: &'a Setting<'a>,
    terms: Terms,
    open: Open,
    roots: Table,
    assigned: Table,
    counters: Table,
    locals: Vec<(&'a str, Local)>,
    cycles: Table,
    stops: Table,
    changed: String,
    /// The names of loops that go on where the one before stopped.
    continued: BTreeSet<&'a str>,
    /// Open names that have surely been assigned on the way here.
    sure: BTreeSet<&'a str>,
    /// Open names that were asked for where they may not have been assigned.
    read: BTreeSet<String>,
    /// Open names that were asked for at all.
    used: BTreeSet<String>,
    /// Whether what is walked now may not be rendered at all.
    unsure: bool,
    capturing: bool,
    depth: u32,
    at: Place,
    /// The first name that is asked for by a name not known yet.
    unknowable: Option<Place>,
}

/// Renders as far as the known variables go.
pub(super) fn partial(template: &Template, setting: &Setting<'_>) -> Result<Template, RenderError> {
    let mut open = Open::default();
    for round in 1..=WALKS_MAX {
        let mut walk = Walk::new(template, setting, open.clone());
        let mut nodes = Vec::new();
        let flow = walk.nodes(&template.nodes, &mut nodes);
        let flow = flow.map_err(|fault| fault.at(walk.at))?;
        if let Some(at) = walk.unknowable {
            let message = "the name in `[ ]` is not known here: write the name of the variable";
            return Err(RenderError::Problem(Problem::new(at, message)));
        }
        let is_settled = walk.open == open;
        if is_settled && round < WALKS_MAX {
            let idle = open.names.difference(&walk.used).cloned();
            walk.open.idle.extend(idle);
        }
        if is_settled && walk.open == open {
            // What breaks off the whole template at its end breaks off nothing.
            take_jump(&mut nodes, flow);
            let given = walk.given().map_err(|fault| fault.at(walk.at))?;
            return Ok(Template { nodes, given });
        }
        open = walk.open;
    }
    Err(RenderError::TooManySteps)
}

impl<'a> Walk<'a> {
    fn new(template: &'a Template, setting: &'a Setting<'a>, open: Open) -> Self {
        let mut roots = Table::default();
        for (name, value) in &template.given {
            roots.insert(name, constant(value).unwrap_or(Data::Nil));
        }
        let mut continued = BTreeSet::new();
        remains::each_loop(&template.nodes, &mut |each| {
            if matches!(each.offset, Some(Offset::Continue)) {
                continued.insert(each.name.as_str());
            }
        });
        Self {
            setting,
            terms: Terms::new(setting.limits, setting.sink, setting.now_ms),
            open,
            roots,
            assigned: Table::default(),
            counters: Table::default(),
            locals: Vec::new(),
            cycles: Table::default(),
            stops: Table::default(),
            changed: String::new(),
            continued,
            sure: BTreeSet::new(),
            read: BTreeSet::new(),
            used: BTreeSet::new(),
            unsure: false,
            capturing: false,
            depth: 0,
            at: Place::default(),
            unknowable: None,
        }
    }

    /// The values that open names have before anything is assigned to them.
    fn given(&mut self) -> Result<Vec<(String, Expr)>, Fault> {
        let mut given = Vec::new();
        for name in std::mem::take(&mut self.read) {
            if let Some(value) = self.outside(&name) {
                given.push((name, self.lifted(&value)?));
            }
        }
        Ok(given)
    }

    /// The body of a block, one level deeper.
    fn body(&mut self, nodes: &'a [Node], out: &mut Vec<Node>) -> Result<Flow, Fault> {
        if self.depth >= self.terms.limits.depth {
            return Err(Fault::TooDeep);
        }
        self.depth += 1;
        let flow = self.nodes(nodes, out);
        self.depth -= 1;
        flow
    }

    /// The body of a block that may not be rendered.
    fn maybe(&mut self, nodes: &'a [Node]) -> Result<Vec<Node>, Fault> {
        self.terms.charge(self.sure.len() / NAMES_PER_STEP)?;
        let before = (self.unsure, self.sure.clone());
        self.unsure = true;
        let mut out = Vec::new();
        self.body(nodes, &mut out)?;
        (self.unsure, self.sure) = before;
        Ok(out)
    }

    fn nodes(&mut self, nodes: &'a [Node], out: &mut Vec<Node>) -> Result<Flow, Fault> {
        for node in nodes {
            self.terms.charge(1)?;
            let flow = match self.node(node, out) {
                // It may never be reached: whether it goes wrong is seen when it is.
                Err(Fault::Because(message)) if self.unsure => {
                    let at = self.at;
                    out.push(Node::Fail { at, message });
                    Flow::Break
                }
                flow => flow?,
            };
            if flow != Flow::Next {
                return Ok(flow);
            }
        }
        Ok(Flow::Next)
    }

    fn node(&mut self, node: &'a Node, out: &mut Vec<Node>) -> Result<Flow, Fault> {
        match node {
            Node::Text(text) => self.text(text, out)?,
            Node::Output { pipe, raw } => match self.pipe(pipe)? {
                Part::Known(value) => self.output(&value, *raw, out)?,
                Part::Left(pipe) => out.push(Node::Output { pipe, raw: *raw }),
            },
            Node::Assign { name, pipe } => self.assign(name, pipe, out)?,
            Node::Capture { name, body } => return self.capture(name, body, out),
            Node::If {
                branches,
                otherwise,
            } => return self.branches(branches, otherwise, out),
            Node::Case { subject, arms } => return self.case(subject, arms, out),
            Node::For(each) => return self.each(node, each, out),
            Node::TableRow(each) => return self.table(node, each, out),
            Node::Cycle { name, key, items } => self.cycle(name.as_ref(), key, items, out)?,
            Node::Increment(name) => self.count(node, name, 0, 1, out)?,
            Node::Decrement(name) => self.count(node, name, -1, 0, out)?,
            Node::Break => {
                out.push(Node::Break);
                return Ok(Flow::Break);
            }
            Node::Continue => {
                out.push(Node::Continue);
                return Ok(Flow::Continue);
            }
            Node::IfChanged(body) => return self.if_changed(body, out),
            Node::Turns(turns) => self.turns(turns, out)?,
            Node::Fail { at, message } => {
                self.at = *at;
                return Err(Fault::because(message));
            }
        }
        Ok(Flow::Next)
    }

    /// Literal text.
    fn text(&mut self, text: &str, out: &mut Vec<Node>) -> Result<(), Fault> {
        self.terms.written(text.len())?;
        push(out, Node::Text(text.to_owned()));
        Ok(())
    }

    /// A value that is known, as it is written.
    fn output(&mut self, value: &Data, raw: bool, out: &mut Vec<Node>) -> Result<(), Fault> {
        let text = value.to_output();
        let ready = self.terms.written_form(value, raw);
        self.terms.written(ready.len())?;
        if self.capturing && *text != *ready {
            // What is captured is seen by filters as it was before it was escaped.
            let value = if matches!(value, Data::Ready { .. }) {
                lift(value)
            } else {
                Expr::Text(text.to_string())
            };
            out.push(Node::Output {
                pipe: plain_pipe(self.at, value),
                raw,
            });
        } else {
            push(out, Node::Text(ready));
        }
        Ok(())
    }

    fn assign(&mut self, name: &'a str, pipe: &'a Pipe, out: &mut Vec<Node>) -> Result<(), Fault> {
        if self.open.idle.contains(name) {
            return Ok(());
        }
        let pipe = match self.pipe(pipe)? {
            Part::Known(value) if !self.is_open(name) => {
                self.assigned.insert(name, value);
                return Ok(());
            }
            Part::Known(value) => plain_pipe(pipe.at, self.lifted(&value)?),
            Part::Left(pipe) => pipe,
        };
        self.leave_open(name);
        let name = name.to_owned();
        out.push(Node::Assign { name, pipe });
        Ok(())
    }

    /// Whether what is assigned to a name here has to be assigned when the rest is rendered.
    fn is_open(&self, name: &str) -> bool {
        self.unsure || self.open.names.contains(name)
    }

    /// An assignment to this name stays in the template.
    fn leave_open(&mut self, name: &'a str) {
        if !self.open.names.contains(name) {
            self.open.names.insert(name.to_owned());
        }
        self.sure.insert(name);
    }

    fn capture(
        &mut self,
        name: &'a str,
        body: &'a [Node],
        out: &mut Vec<Node>,
    ) -> Result<Flow, Fault> {
        let outer = std::mem::replace(&mut self.capturing, true);
        let mut inner = Vec::new();
        let flow = self.body(body, &mut inner);
        self.capturing = outer;
        let flow = flow?;
        let jump = take_jump(&mut inner, flow);
        match settled(&inner, &self.terms) {
            Some((plain, ready)) if !self.is_open(name) => {
                let (plain, ready) = (plain.into(), ready.into());
                self.assigned.insert(name, Data::Ready { plain, ready });
            }
            _ => {
                self.leave_open(name);
                let is_output = |node: &Node| matches!(node, Node::Text(_) | Node::Output { .. });
                if !self.open.idle.contains(name) || !inner.iter().all(is_output) {
                    let name = name.to_owned();
                    self.leave(Node::Capture { name, body: inner }, out);
                }
            }
        }
        out.extend(jump);
        Ok(flow)
    }

    fn if_changed(&mut self, body: &'a [Node], out: &mut Vec<Node>) -> Result<Flow, Fault> {
        let mut inner = Vec::new();
        let flow = self.body(body, &mut inner)?;
        let jump = take_jump(&mut inner, flow);
        match settled(&inner, &self.terms) {
            Some((_, ready)) if !self.unsure && !self.open.changed => {
                if ready != self.changed {
                    append(out, inner);
                    self.changed = ready;
                }
            }
            _ => {
                self.open.changed = true;
                self.leave(Node::IfChanged(inner), out);
            }
        }
        out.extend(jump);
        Ok(flow)
    }

    /// A counter: `before` is added, the sum printed, `after` added.
    fn count(
        &mut self,
        node: &'a Node,
        name: &'a str,
        before: i64,
        after: i64,
        out: &mut Vec<Node>,
    ) -> Result<(), Fault> {
        if self.is_open(name) {
            self.leave_open(name);
            out.push(node.clone());
            return Ok(());
        }
        let printed = self.counters.count(name, before, after);
        self.text(&printed, out)
    }

    fn cycle(
        &mut self,
        name: Option<&'a Expr>,
        key: &'a str,
        items: &'a [Expr],
        out: &mut Vec<Node>,
    ) -> Result<(), Fault> {
        let name = name.map(|name| self.expr(name)).transpose()?;
        let known = match &name {
            Some(Part::Known(name)) => Some(cycle_key(Some(name), key)),
            Some(Part::Left(_)) => None,
            None => Some(cycle_key(None, key)),
        };
        let known = known.filter(|_| !self.unsure && !self.open.cycles);
        let Some(known) = known else {
            self.open.cycles = true;
            let items = self.parts(items)?;
            out.push(Node::Cycle {
                name: name.map(|name| self.part(name)).transpose()?,
                key: key.to_owned(),
                items: self.lift_all(items)?,
            });
            return Ok(());
        };
        let turn = self.cycles.turn(&known, items.len());
        match items.get(turn) {
            Some(item) => match self.expr(item)? {
                Part::Known(value) => self.output(&value, false, out),
                Part::Left(value) => {
                    let pipe = plain_pipe(self.at, value);
                    out.push(Node::Output { pipe, raw: false });
                    Ok(())
                }
            },
            None => Ok(()),
        }
    }
}

/// A value without filters.
fn plain_pipe(at: Place, value: Expr) -> Pipe {
    Pipe {
        at,
        value,
        calls: Vec::new(),
    }
}
