//! `if`, `unless` and `case`: what is decided keeps one body, the rest stays as it may come.

use super::{
    Data, Expr, Fault, Flow, Node, Place, Walk,
    remains::jumps,
    values::Part::{self, Known, Left},
};
use crate::liquid::{
    ast::{Arm, Branch, Comparison, Condition, Joint, Operator},
    eval::test,
};

impl<'a> Walk<'a> {
    pub(super) fn branches(
        &mut self,
        branches: &'a [Branch],
        otherwise: &'a [Node],
        out: &mut Vec<Node>,
    ) -> Result<Flow, Fault> {
        let mut left: Vec<Branch> = Vec::new();
        let mut last = otherwise;
        let mut failure = None;
        for branch in branches {
            let condition = match self.condition(&branch.condition) {
                // Only what is left of the branches before it leads here.
                Err(Fault::Because(message)) if !left.is_empty() => {
                    failure = Some(Node::Fail {
                        at: self.at,
                        message,
                    });
                    break;
                }
                condition => condition?,
            };
            match condition {
                Known(holds) if holds == branch.negated => {}
                Known(_) => {
                    last = &branch.body;
                    break;
                }
                Left(condition) => left.push(Branch {
                    condition,
                    negated: branch.negated,
                    body: self.maybe(&branch.body)?,
                }),
            }
        }
        if left.is_empty() {
            return self.body(last, out);
        }
        let otherwise = match failure {
            Some(failure) => vec![failure],
            None => self.maybe(last)?,
        };
        if !otherwise.is_empty() || left.iter().any(|branch| !branch.body.is_empty()) {
            let node = Node::If {
                branches: left,
                otherwise,
            };
            self.leave(node, out);
        }
        Ok(Flow::Next)
    }

    /// Keeps a block that may be left early: what follows it may then not be rendered.
    pub(super) fn leave(&mut self, node: Node, out: &mut Vec<Node>) {
        self.unsure |= jumps(std::slice::from_ref(&node));
        out.push(node);
    }

    /// Each `when` in turn, as long as all is known; the rest stays.
    pub(super) fn case(
        &mut self,
        subject: &'a Expr,
        arms: &'a [Arm],
        out: &mut Vec<Node>,
    ) -> Result<Flow, Fault> {
        let subject = self.expr(subject)?;
        let mut is_met = false;
        for (place, arm) in arms.iter().enumerate() {
            if arm.values.is_empty() && !is_met {
                let flow = self.body(&arm.body, out)?;
                if flow != Flow::Next {
                    return Ok(flow);
                }
            }
            for (value_place, value) in arm.values.iter().enumerate() {
                self.terms.charge(1)?;
                let (Known(subject), Known(value)) = (&subject, self.expr(value)?) else {
                    let arms = arms.iter().skip(place);
                    let node = self.rest_of_case(subject, arms, value_place, is_met)?;
                    if let Some(node) = node {
                        self.leave(node, out);
                    }
                    return Ok(Flow::Next);
                };
                if value.equals(subject) {
                    is_met = true;
                    let flow = self.body(&arm.body, out)?;
                    if flow != Flow::Next {
                        return Ok(flow);
                    }
                }
            }
        }
        Ok(Flow::Next)
    }

    /// The arms that are not decided, from a value of the first of them on.
    fn rest_of_case(
        &mut self,
        subject: Part<Expr>,
        arms: impl Iterator<Item = &'a Arm>,
        mut skipped: usize,
        mut is_met: bool,
    ) -> Result<Option<Node>, Fault> {
        let mut left = Vec::new();
        for arm in arms {
            let mut values = Vec::new();
            for value in arm.values.iter().skip(std::mem::take(&mut skipped)) {
                self.terms.charge(1)?;
                let value = self.expr(value)?;
                if let (Known(subject), Known(value)) = (&subject, &value) {
                    if !value.equals(subject) {
                        continue;
                    }
                    is_met = true;
                }
                values.push(self.part(value)?);
            }
            let is_else = arm.values.is_empty();
            if (is_else && !is_met) || !values.is_empty() {
                let body = self.maybe(&arm.body)?;
                left.push(Arm { values, body });
            }
        }
        if left.iter().all(|arm| arm.body.is_empty()) {
            return Ok(None);
        }
        let subject = self.part(subject)?;
        Ok(Some(Node::Case {
            subject,
            arms: left,
        }))
    }

    /// Comparisons that are decided fall away; what follows one that is not stands for the rest.
    fn condition(&mut self, condition: &'a Condition) -> Result<Part<Condition, bool>, Fault> {
        let at = condition.at;
        self.at = at;
        let mut open: Vec<(Comparison, Joint)> = Vec::new();
        let mut comparison = &condition.first;
        let mut rest = condition.rest.iter();
        let mut end = loop {
            let next = rest.next();
            match (self.comparison(comparison, open.is_empty())?, next) {
                (Known(holds), None) => break Known(holds),
                (Known(holds), Some((joint, next))) => match (joint, holds) {
                    (Joint::And, false) | (Joint::Or, true) => break Known(holds),
                    (Joint::And, true) | (Joint::Or, false) => comparison = next,
                },
                (Left(left), None) => break Left(left),
                (Left(left), Some((joint, next))) => {
                    open.push((left, *joint));
                    comparison = next;
                }
            }
        };
        // From the right: what the end decides falls away too.
        loop {
            end = match (open.pop(), end) {
                (None, Known(holds)) => return Ok(Known(holds)),
                (None, Left(last)) => return Ok(Left(joined(at, open, last))),
                (Some((_, Joint::And)), Known(false)) => Known(false),
                (Some((_, Joint::Or)), Known(true)) => Known(true),
                (Some((left, _)), Known(_)) => Left(left),
                (Some(before), Left(last)) => {
                    open.push(before);
                    return Ok(Left(joined(at, open, last)));
                }
            };
        }
    }

    /// A comparison that can't be made is a fault if it is reached for sure; otherwise it stays,
    /// without its values.
    fn comparison(
        &mut self,
        comparison: &'a Comparison,
        is_reached: bool,
    ) -> Result<Part<Comparison, bool>, Fault> {
        self.terms.charge(1)?;
        let left = self.expr(&comparison.left)?;
        let Some((operator, right)) = &comparison.test else {
            return Ok(match left {
                Known(value) => Known(value.is_true()),
                Left(left) => Left(Comparison { left, test: None }),
            });
        };
        let right = self.expr(right)?;
        let (left, right) = match (left, right) {
            (Known(left), Known(right)) => match test(*operator, &left, &right) {
                Ok(holds) => return Ok(Known(holds)),
                Err(Fault::Because(_)) if !is_reached => (kind_of(&left), kind_of(&right)),
                Err(fault) => return Err(fault),
            },
            (left, right) => (self.part(left)?, self.part(right)?),
        };
        let test: Option<(Operator, Expr)> = Some((*operator, right));
        Ok(Left(Comparison { left, test }))
    }
}

fn joined(at: Place, before: Vec<(Comparison, Joint)>, last: Comparison) -> Condition {
    let mut comparisons = Vec::with_capacity(before.len());
    let mut joints = Vec::with_capacity(before.len());
    for (comparison, joint) in before {
        comparisons.push(comparison);
        joints.push(joint);
    }
    comparisons.push(last);
    let mut comparisons = comparisons.into_iter();
    let nothing = Comparison {
        left: Expr::Nil,
        test: None,
    };
    let first = comparisons.next().unwrap_or(nothing);
    let rest = joints.into_iter().zip(comparisons).collect();
    Condition { at, first, rest }
}

/// A number or text that can be compared no better.
fn kind_of(value: &Data) -> Expr {
    if value.as_text().is_some() {
        Expr::Text(String::new())
    } else {
        Expr::Int(0)
    }
}
