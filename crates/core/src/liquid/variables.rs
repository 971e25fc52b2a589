//! Which variables a template asks for: the base of previews and of warnings about unknown ones.
//! Leaves out what the template itself assigns, counts or loops over.

use std::collections::BTreeSet;

use super::{
    Problem, Variable,
    ast::{Comparison, Condition, Expr, Filter, Loop, Node, Offset, Path, Pipe, Segment, Template},
};
use crate::rule::unknown;

/// The variables that are not among the known ones.
pub(super) fn problems(template: &Template, known: &BTreeSet<String>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for variable in variables(template) {
        let name = variable.path.first().filter(|name| !known.contains(*name));
        let Some(name) = name else {
            continue;
        };
        let mut message = unknown("variable", name, known.iter().map(String::as_str));
        if !variable.has_default {
            message.push_str(": it renders empty; add `| default: \"…\"`");
        }
        problems.push(Problem {
            line: variable.line,
            column: variable.column,
            message,
        });
    }
    problems
}

/// Walks a template in the order of its source.
struct Walk<'a> {
    /// What the template itself has named so far.
    own: Vec<&'a str>,
    found: Vec<Variable>,
}

/// Every place where a variable from outside is asked for.
pub(super) fn variables(template: &Template) -> Vec<Variable> {
    let mut walk = Walk {
        own: template
            .given
            .iter()
            .map(|(name, _)| name.as_str())
            .collect(),
        found: Vec::new(),
    };
    walk.nodes(&template.nodes);
    walk.found
}

impl<'a> Walk<'a> {
    fn nodes(&mut self, nodes: &'a [Node]) {
        for node in nodes {
            self.node(node);
        }
    }

    fn node(&mut self, node: &'a Node) {
        match node {
            Node::Output { pipe, .. } => self.pipe(pipe),
            Node::Assign { name, pipe } => {
                self.pipe(pipe);
                self.own.push(name);
            }
            Node::Capture { name, body } => {
                self.nodes(body);
                self.own.push(name);
            }
            Node::If {
                branches,
                otherwise,
            } => {
                for branch in branches {
                    self.condition(&branch.condition);
                    self.nodes(&branch.body);
                }
                self.nodes(otherwise);
            }
            Node::Case { subject, arms } => {
                self.expr(subject, true);
                for arm in arms {
                    for value in &arm.values {
                        self.expr(value, true);
                    }
                    self.nodes(&arm.body);
                }
            }
            Node::For(each) => self.each(each, "forloop"),
            Node::TableRow(each) => self.each(each, "tablerowloop"),
            Node::Cycle { name, items, .. } => {
                if let Some(name) = name {
                    self.expr(name, true);
                }
                for item in items {
                    self.expr(item, false);
                }
            }
            Node::Increment(name) | Node::Decrement(name) => self.own.push(name),
            Node::IfChanged(body) => self.nodes(body),
            Node::Turns(turns) => {
                self.own.push("forloop");
                turns.bodies.iter().for_each(|body| self.nodes(body));
                self.own.retain(|name| *name != "forloop");
            }
            Node::Text(_) | Node::Break | Node::Continue | Node::Fail { .. } => {}
        }
    }

    fn each(&mut self, each: &'a Loop, turn: &'static str) {
        self.expr(&each.over, true);
        for bound in [&each.limit, &each.columns].into_iter().flatten() {
            self.expr(bound, true);
        }
        if let Some(Offset::At(offset)) = &each.offset {
            self.expr(offset, true);
        }
        let outside = self.own.len();
        self.own.push(turn);
        self.own.push(&each.variable);
        self.nodes(&each.body);
        // What the body assigned outlives the loop; its own variables do not.
        self.own.drain(outside..outside + 2);
        self.nodes(&each.otherwise);
    }

    fn condition(&mut self, condition: &Condition) {
        let comparisons = condition.rest.iter().map(|(_, comparison)| comparison);
        for Comparison { left, test } in std::iter::once(&condition.first).chain(comparisons) {
            self.expr(left, true);
            if let Some((_, right)) = test {
                self.expr(right, true);
            }
        }
    }

    fn pipe(&mut self, pipe: &Pipe) {
        let has_default = pipe.calls.iter().any(|call| call.filter == Filter::Default);
        self.expr(&pipe.value, has_default);
        for call in &pipe.calls {
            for argument in &call.arguments {
                self.expr(argument, false);
            }
            if let Some(allow_false) = &call.allow_false {
                self.expr(allow_false, true);
            }
        }
    }

    fn expr(&mut self, expr: &Expr, has_default: bool) {
        if let Expr::Path(path) = expr {
            self.path(path, has_default);
        } else if let Expr::Range(ends) = expr {
            self.expr(&ends.0, has_default);
            self.expr(&ends.1, has_default);
        }
    }

    /// The path as far as its names are written out.
    fn path(&mut self, path: &Path, has_default: bool) {
        let mut names = Vec::new();
        let mut known = true;
        for segment in std::iter::once(&*path.root).chain(&path.rest) {
            match segment {
                Segment::Name(name) | Segment::Index(Expr::Text(name)) if known => {
                    names.push(name.clone());
                }
                Segment::Name(_) | Segment::Index(Expr::Text(_)) => {}
                Segment::Index(index) | Segment::Value(index) => {
                    known = false;
                    self.expr(index, false);
                }
            }
        }
        let outside = names
            .first()
            .is_some_and(|root| !self.own.contains(&root.as_str()));
        if outside {
            self.found.push(Variable {
                path: names,
                has_default,
                line: path.at.line,
                column: path.at.column,
            });
        }
    }
}
