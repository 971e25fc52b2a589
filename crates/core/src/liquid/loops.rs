//! `for` and `tablerow`: what they run over, from where to where, and what they tell their body.

use std::rc::Rc;

use super::{
    ast::{Expr, Loop, Node, Offset, Turns},
    data::{Data, pair, range_len},
    eval::{Flow, Run},
    terms::{Fault, Terms},
    turn::Turn,
};

/// What a loop runs over. A range is not spelled out: it may be very long.
enum Items {
    List(Rc<Vec<Data>>),
    Range(i64, usize),
}

impl Items {
    fn of(value: &Data, terms: &mut Terms) -> Result<Self, Fault> {
        Ok(match value {
            Data::List(items) => Self::List(Rc::clone(items)),
            Data::Range(from, to) => Self::Range(*from, range_len(*from, *to)),
            Data::Map(entries) => {
                terms.charge(entries.len())?;
                let pairs = entries.iter().map(|(name, value)| pair(name, value));
                Self::List(Rc::new(pairs.collect()))
            }
            // Text is one item, if there is any.
            Data::Text(text) | Data::Ready { plain: text, .. } if !text.is_empty() => {
                Self::List(Rc::new(vec![value.clone()]))
            }
            Data::Text(_)
            | Data::Ready { .. }
            | Data::Nil
            | Data::Bool(_)
            | Data::Number(_)
            | Data::Blank
            | Data::Empty
            | Data::Turn(_) => Self::Range(0, 0),
        })
    }

    fn len(&self) -> usize {
        match self {
            Self::List(items) => items.len(),
            Self::Range(_, len) => *len,
        }
    }

    fn get(&self, index: usize) -> Data {
        match self {
            Self::List(items) => items.get(index).cloned().unwrap_or(Data::Nil),
            Self::Range(from, _) => {
                let index = i64::try_from(index).unwrap_or(i64::MAX);
                Data::int(from.saturating_add(index))
            }
        }
    }
}

/// The part of the items that a loop runs over.
pub(super) struct Stretch {
    items: Items,
    from: usize,
    pub(super) length: usize,
    /// Where `offset: continue` goes on.
    pub(super) stop: i64,
    reversed: bool,
}

impl Stretch {
    /// Of what there is in `over`, `limit` items after the first `offset`. An offset below zero
    /// takes from the limit. Text is one item, wherever the loop starts.
    pub(super) fn cut(
        over: &Data,
        offset: i64,
        limit: Option<i64>,
        reversed: bool,
        terms: &mut Terms,
    ) -> Result<Self, Fault> {
        let items = Items::of(over, terms)?;
        let whole = (0, items.len());
        let (from, until) = if over.as_text().is_some() {
            whole
        } else {
            let place = |at: i64| usize::try_from(at.max(0)).unwrap_or(usize::MAX);
            let until = limit.map_or(whole.1, |limit| place(offset.saturating_add(limit)));
            (place(offset), until.min(whole.1))
        };
        let length = until.saturating_sub(from);
        let stop = offset.saturating_add(i64::try_from(length).unwrap_or(i64::MAX));
        Ok(Self {
            items,
            from,
            length,
            stop,
            reversed,
        })
    }

    pub(super) fn get(&self, index: usize) -> Data {
        let index = if self.reversed {
            self.length.saturating_sub(index + 1)
        } else {
            index
        };
        self.items.get(self.from.saturating_add(index))
    }
}

/// A limit, an offset or a number of columns. For a `for` it is nothing if it is nothing, and what is no
/// whole number is a problem; for a table, whatever starts with a number is that number, and nothing is 0.
pub(super) fn bound(value: &Data, is_table: bool) -> Result<Option<i64>, Fault> {
    if value.is_nil() && !is_table {
        return Ok(None);
    }
    let whole = if is_table {
        value.leading_int()
    } else {
        value.to_whole()
    };
    if whole.is_none() {
        let message = "the limit and offset of a loop must be whole numbers, not ";
        return Err(Fault::made(&[message, value.kind()]));
    }
    Ok(whole)
}

/// How many columns a table of so many items has: what is no number of columns never ends a row.
pub(super) fn columns(asked: Option<i64>, items: usize) -> usize {
    let columns = asked.and_then(|asked| usize::try_from(asked).ok());
    match columns {
        Some(0) => usize::MAX,
        Some(columns) => columns,
        None if asked.is_some() => usize::MAX,
        None => items.max(1),
    }
}

/// What stands before a cell: at the start of a row that is not the first, the end of the row before.
pub(super) fn cell(index: usize, columns: usize) -> [String; 2] {
    let mut parts = [String::new(), String::new()];
    let [row_start, cell_start] = &mut parts;
    if index > 0 && index.is_multiple_of(columns) {
        row_start.push_str("</tr>\n<tr class=\"row");
        Data::count(index / columns + 1).print(row_start);
        row_start.push_str("\">");
    }
    cell_start.push_str("<td class=\"col");
    Data::count(index % columns + 1).print(cell_start);
    cell_start.push_str("\">");
    parts
}

/// Before the first cell of a table.
pub(super) const TABLE_START: &str = "<tr class=\"row1\">\n";
/// After each cell.
pub(super) const CELL_END: &str = "</td>";
/// After the last cell.
pub(super) const TABLE_END: &str = "</tr>\n";

impl<'a> Run<'a> {
    /// `for`.
    pub(super) fn each(&mut self, each: &'a Loop) -> Result<Flow, Fault> {
        let over = self.expr_at(&each.over, each.at)?;
        let stretch = self.stretch(each, &over, false)?;
        if stretch.length == 0 {
            return self.body(&each.otherwise);
        }
        let bodies = (0..stretch.length).map(|index| {
            let item = Some((each.variable.as_str(), stretch.get(index)));
            (item, each.body.as_slice())
        });
        self.go_round(&each.name, stretch.length, bodies)
    }

    /// A `for` whose turns are written out.
    pub(super) fn turns(&mut self, turns: &'a Turns) -> Result<Flow, Fault> {
        let length = usize::try_from(turns.length).unwrap_or(usize::MAX);
        let bodies = turns.bodies.iter().map(|body| (None, body.as_slice()));
        self.go_round(&turns.name, length, bodies)
    }

    fn go_round(
        &mut self,
        name: &str,
        length: usize,
        bodies: impl Iterator<Item = (Option<(&'a str, Data)>, &'a [Node])>,
    ) -> Result<Flow, Fault> {
        let name: Rc<str> = Rc::from(name);
        let mut around = self.locals.iter().rev();
        let parent = match around.find(|(name, _)| *name == "forloop") {
            Some((_, Data::Turn(turn))) => Some(Rc::clone(turn)),
            Some(_) | None => None,
        };
        let depth = self.locals.len();
        for (index, (item, body)) in bodies.enumerate() {
            self.terms.charge(1)?;
            let turn = Turn {
                name: Rc::clone(&name),
                length,
                index,
                parent: parent.clone(),
                columns: None,
            };
            self.locals.push(("forloop", Data::Turn(Rc::new(turn))));
            self.locals.extend(item);
            let flow = self.body(body);
            self.locals.truncate(depth);
            if flow? == Flow::Break {
                break;
            }
        }
        Ok(Flow::Next)
    }

    /// `tablerow`: the items in the cells of rows, `cols` to a row. Over nothing, there is no table.
    pub(super) fn table(&mut self, each: &'a Loop) -> Result<Flow, Fault> {
        let over = self.expr_at(&each.over, each.at)?;
        if !over.is_true() {
            return Ok(Flow::Next);
        }
        let stretch = self.stretch(each, &over, true)?;
        let columns = columns(self.bound(each.columns.as_ref(), true)?, stretch.length);
        let name: Rc<str> = Rc::from(each.name.as_str());
        self.literal(TABLE_START)?;
        let depth = self.locals.len();
        for index in 0..stretch.length {
            self.terms.charge(1)?;
            for text in cell(index, columns) {
                self.literal(&text)?;
            }
            let turn = Turn {
                name: Rc::clone(&name),
                length: stretch.length,
                index,
                parent: None,
                columns: Some(columns),
            };
            self.locals
                .push(("tablerowloop", Data::Turn(Rc::new(turn))));
            self.locals.push((&each.variable, stretch.get(index)));
            let flow = self.body(&each.body);
            self.locals.truncate(depth);
            let flow = flow?;
            self.literal(CELL_END)?;
            if flow == Flow::Break {
                break;
            }
        }
        self.literal(TABLE_END)?;
        Ok(Flow::Next)
    }

    fn stretch(&mut self, each: &'a Loop, over: &Data, is_table: bool) -> Result<Stretch, Fault> {
        let offset = match &each.offset {
            None => 0,
            Some(Offset::Continue) => self.stops.get(&each.name).map_or(0, Data::as_int),
            Some(Offset::At(offset)) => self.bound(Some(offset), is_table)?.unwrap_or(0),
        };
        let limit = self.bound(each.limit.as_ref(), is_table)?;
        let stretch = Stretch::cut(over, offset, limit, each.reversed, &mut self.terms)?;
        self.stops.insert(&each.name, Data::int(stretch.stop));
        Ok(stretch)
    }

    fn bound(&mut self, expr: Option<&Expr>, is_table: bool) -> Result<Option<i64>, Fault> {
        match expr {
            Some(expr) => bound(&self.expr(expr)?, is_table),
            None => Ok(None),
        }
    }
}
