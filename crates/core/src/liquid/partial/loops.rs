//! `for` and `tablerow`: a loop over what is known is written out, turn by turn.

use std::rc::Rc;

use super::{
    Data, Expr, Fault, Flow, Local, Loop, NAMES_PER_STEP, Node, Offset, Turns, Walk,
    remains::{append, has_loop, jumps, take_jump},
    values::Part::{self, Known, Left},
};
use crate::liquid::{
    loops::{CELL_END, Stretch, TABLE_END, TABLE_START, bound, cell, columns},
    turn::Turn,
};

/// The head of a loop, as far as it is known.
struct Head {
    over: Part<Expr>,
    offset: Option<Part<Expr>>,
    limit: Option<Part<Expr>>,
    columns: Option<Part<Expr>>,
}

impl<'a> Walk<'a> {
    pub(super) fn each(
        &mut self,
        node: &'a Node,
        each: &'a Loop,
        out: &mut Vec<Node>,
    ) -> Result<Flow, Fault> {
        let head = self.head(each)?;
        let Some(stretch) = self.stretch(each, &head, false)? else {
            return self.keep(node, head, out);
        };
        if stretch.length == 0 {
            return self.body(&each.otherwise, out);
        }
        let bodies = (0..stretch.length).map(|index| {
            let item = Some((each.variable.as_str(), stretch.get(index)));
            (item, each.body.as_slice())
        });
        self.write_out(&each.name, stretch.length, bodies, out)?;
        Ok(Flow::Next)
    }

    /// A loop that was written out before.
    pub(super) fn turns(&mut self, turns: &'a Turns, out: &mut Vec<Node>) -> Result<(), Fault> {
        let length = usize::try_from(turns.length).unwrap_or(usize::MAX);
        let bodies = turns.bodies.iter().map(|body| (None, body.as_slice()));
        self.write_out(&turns.name, length, bodies, out)
    }

    fn write_out(
        &mut self,
        name: &'a str,
        length: usize,
        bodies: impl Iterator<Item = (Option<(&'a str, Data)>, &'a [Node])>,
        out: &mut Vec<Node>,
    ) -> Result<(), Fault> {
        let before = self.unsure;
        let mut around = self.locals.iter().rev();
        let around = around.find(|(name, _)| *name == "forloop");
        let (parent, is_half) = match around {
            Some((_, Local::Known(Data::Turn(turn)))) => (Some(Rc::clone(turn)), false),
            Some((_, Local::Open | Local::Half(_))) => (None, true),
            Some((_, Local::Known(_))) | None => (None, false),
        };
        let name: Rc<str> = Rc::from(name);
        let depth = self.locals.len();
        let mut turns: Vec<Vec<Node>> = Vec::new();
        for (index, (item, body)) in bodies.enumerate() {
            self.terms.charge(1 + self.sure.len() / NAMES_PER_STEP)?;
            let turn = Data::Turn(Rc::new(Turn {
                name: Rc::clone(&name),
                length,
                index,
                parent: parent.clone(),
                columns: None,
            }));
            let turn = if is_half {
                Local::Half(turn)
            } else {
                Local::Known(turn)
            };
            self.locals.push(("forloop", turn));
            self.locals
                .extend(item.map(|(name, item)| (name, Local::Known(item))));
            let sure = self.sure.clone();
            let mut written = Vec::new();
            let flow = self.body(body, &mut written);
            self.locals.truncate(depth);
            let flow = flow?;
            let jump = take_jump(&mut written, flow);
            let may_jump = jumps(&written);
            if may_jump {
                // The next turn, or what follows the loop, may be reached from the middle of this one.
                self.unsure = true;
                self.sure = sure;
            }
            let is_last = flow == Flow::Break && !may_jump;
            if may_jump {
                written.extend(jump);
            }
            turns.push(written);
            if is_last {
                break;
            }
        }
        self.unsure = before;
        let must_stay = |turn: &Vec<Node>| {
            let is_text = |node: &Node| matches!(node, Node::Text(_) | Node::Fail { .. });
            jumps(turn) || has_loop(turn) || (is_half && !turn.iter().all(is_text))
        };
        if turns.iter().any(must_stay) {
            out.push(Node::Turns(Box::new(Turns {
                name: name.to_string(),
                length: u32::try_from(length).unwrap_or(u32::MAX),
                bodies: turns,
            })));
        } else {
            append(out, turns.into_iter().flatten());
        }
        Ok(())
    }

    pub(super) fn table(
        &mut self,
        node: &'a Node,
        each: &'a Loop,
        out: &mut Vec<Node>,
    ) -> Result<Flow, Fault> {
        let head = self.head(each)?;
        if matches!(&head.over, Known(over) if !over.is_true()) {
            return Ok(Flow::Next);
        }
        if self.open.rolled.contains(&each.at) {
            return self.keep(node, head, out);
        }
        let Some(stretch) = self.stretch(each, &head, true)? else {
            return self.keep(node, head, out);
        };
        let columns = columns(bound_of(head.columns.as_ref(), true)?, stretch.length);
        let name: Rc<str> = Rc::from(each.name.as_str());
        self.text(TABLE_START, out)?;
        let depth = self.locals.len();
        for index in 0..stretch.length {
            self.terms.charge(1)?;
            for text in cell(index, columns) {
                self.text(&text, out)?;
            }
            let turn = Data::Turn(Rc::new(Turn {
                name: Rc::clone(&name),
                length: stretch.length,
                index,
                parent: None,
                columns: Some(columns),
            }));
            self.locals.push(("tablerowloop", Local::Known(turn)));
            self.locals
                .push((&each.variable, Local::Known(stretch.get(index))));
            let mut written = Vec::new();
            let flow = self.body(&each.body, &mut written);
            self.locals.truncate(depth);
            let flow = flow?;
            take_jump(&mut written, flow);
            if jumps(&written) {
                self.open.rolled.insert(each.at);
                self.unsure = true;
            }
            append(out, written);
            self.text(CELL_END, out)?;
            if flow == Flow::Break {
                break;
            }
        }
        self.text(TABLE_END, out)?;
        Ok(Flow::Next)
    }

    fn head(&mut self, each: &'a Loop) -> Result<Head, Fault> {
        self.at = each.at;
        let mut part = |expr: Option<&'a Expr>| expr.map(|expr| self.expr(expr)).transpose();
        let offset = match &each.offset {
            Some(Offset::At(offset)) => Some(offset),
            Some(Offset::Continue) | None => None,
        };
        Ok(Head {
            limit: part(each.limit.as_ref())?,
            columns: part(each.columns.as_ref())?,
            offset: part(offset)?,
            over: self.expr(&each.over)?,
        })
    }

    /// What a loop runs over; nothing if that is not known yet.
    fn stretch(
        &mut self,
        each: &'a Loop,
        head: &Head,
        is_table: bool,
    ) -> Result<Option<Stretch>, Fault> {
        let name = each.name.as_str();
        let is_continued = self.continued.contains(name);
        let is_open = |part: &Option<Part<Expr>>| matches!(part, Some(Left(_)));
        let left = is_open(&head.offset) || is_open(&head.limit) || is_open(&head.columns);
        let over = match &head.over {
            Known(over) if !left => over,
            Known(_) | Left(_) => {
                if is_continued {
                    self.open.stops.insert(name.to_owned());
                }
                return Ok(None);
            }
        };
        if is_continued && (self.unsure || self.open.stops.contains(name)) {
            self.open.stops.insert(name.to_owned());
            return Ok(None);
        }
        let offset = match &each.offset {
            Some(Offset::Continue) => self.stops.get(name).map_or(0, Data::as_int),
            Some(Offset::At(_)) | None => bound_of(head.offset.as_ref(), is_table)?.unwrap_or(0),
        };
        let limit = bound_of(head.limit.as_ref(), is_table)?;
        let stretch = Stretch::cut(over, offset, limit, each.reversed, &mut self.terms)?;
        self.stops.insert(name, Data::int(stretch.stop));
        Ok(Some(stretch))
    }

    /// A loop that stays a loop.
    fn keep(&mut self, node: &'a Node, head: Head, out: &mut Vec<Node>) -> Result<Flow, Fault> {
        let (Node::For(each) | Node::TableRow(each)) = node else {
            return Ok(Flow::Next);
        };
        let is_table = matches!(node, Node::TableRow(_));
        let mut lift = |part: Option<Part<Expr>>| part.map(|part| self.part(part)).transpose();
        let limit = lift(head.limit)?;
        let columns = lift(head.columns)?;
        let offset = match (&each.offset, lift(head.offset)?) {
            (Some(Offset::Continue), _) => Some(Offset::Continue),
            (_, offset) => offset.map(Offset::At),
        };
        let over = self.part(head.over)?;
        let depth = self.locals.len();
        let turn = if is_table { "tablerowloop" } else { "forloop" };
        self.locals.push((turn, Local::Open));
        self.locals.push((&each.variable, Local::Open));
        let body = self.maybe(&each.body);
        self.locals.truncate(depth);
        let body = body?;
        let otherwise = self.maybe(&each.otherwise)?;
        let is_idle = !is_table && body.is_empty() && otherwise.is_empty();
        if is_idle && !self.continued.contains(each.name.as_str()) {
            return Ok(Flow::Next);
        }
        let kept = Box::new(Loop {
            at: each.at,
            variable: each.variable.clone(),
            name: each.name.clone(),
            over,
            reversed: each.reversed,
            limit,
            offset,
            columns,
            body,
            otherwise,
        });
        let kept = if is_table {
            Node::TableRow(kept)
        } else {
            Node::For(kept)
        };
        self.leave(kept, out);
        Ok(Flow::Next)
    }
}

fn bound_of(part: Option<&Part<Expr>>, is_table: bool) -> Result<Option<i64>, Fault> {
    match part {
        Some(Known(value)) => bound(value, is_table),
        Some(Left(_)) | None => Ok(None),
    }
}
