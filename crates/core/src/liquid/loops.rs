//! `for` and `tablerow`: what they run over, from where to where, and what they tell their body.

use std::rc::Rc;

use super::{
    ast::{Expr, Loop, Offset},
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
struct Stretch {
    items: Items,
    from: usize,
    length: usize,
    reversed: bool,
}

impl Stretch {
    fn get(&self, index: usize) -> Data {
        let index = if self.reversed {
            self.length.saturating_sub(index + 1)
        } else {
            index
        };
        self.items.get(self.from.saturating_add(index))
    }
}

impl<'a> Run<'a> {
    /// `for`.
    pub(super) fn each(&mut self, each: &'a Loop) -> Result<Flow, Fault> {
        let stretch = self.stretch(each)?;
        if stretch.length == 0 {
            return self.body(&each.otherwise);
        }
        let name: Rc<str> = Rc::from(each.name.as_str());
        let mut parent = None;
        if let Some((_, Data::Turn(turn))) = self
            .locals
            .iter()
            .rev()
            .find(|(name, _)| *name == "forloop")
        {
            parent = Some(Rc::clone(turn));
        }
        let depth = self.locals.len();
        for index in 0..stretch.length {
            self.terms.charge(1)?;
            let turn = Turn {
                name: Rc::clone(&name),
                length: stretch.length,
                index,
                parent: parent.clone(),
                columns: None,
            };
            self.locals.push(("forloop", Data::Turn(Rc::new(turn))));
            self.locals.push((&each.variable, stretch.get(index)));
            let flow = self.body(&each.body);
            self.locals.truncate(depth);
            if flow? == Flow::Break {
                break;
            }
        }
        Ok(Flow::Next)
    }

    /// `tablerow`: the items in the cells of rows, `cols` to a row.
    pub(super) fn table(&mut self, each: &'a Loop) -> Result<Flow, Fault> {
        let stretch = self.stretch(each)?;
        let columns = match self.bound(each.columns.as_ref(), true)? {
            Some(columns) => columns.max(1),
            None => stretch.length.max(1),
        };
        let name: Rc<str> = Rc::from(each.name.as_str());
        self.literal("<tr class=\"row1\">\n")?;
        let depth = self.locals.len();
        for index in 0..stretch.length {
            self.terms.charge(1)?;
            let column = index % columns + 1;
            if index > 0 && column == 1 {
                let row = index / columns + 1;
                self.literal("</tr>\n<tr class=\"row")?;
                self.literal(&Data::count(row).to_text())?;
                self.literal("\">")?;
            }
            self.literal("<td class=\"col")?;
            self.literal(&Data::count(column).to_text())?;
            self.literal("\">")?;
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
            self.literal("</td>")?;
            if flow == Flow::Break {
                break;
            }
        }
        self.literal("</tr>\n")?;
        Ok(Flow::Next)
    }

    fn stretch(&mut self, each: &'a Loop) -> Result<Stretch, Fault> {
        self.stand_at(each.at);
        let lenient = each.columns.is_some();
        let over = self.expr(&each.over)?;
        let items = Items::of(&over, &mut self.terms)?;
        let from = match &each.offset {
            None => 0,
            Some(Offset::Continue) => self.stops.get(&each.name).map_or(0, Data::as_count),
            Some(Offset::At(offset)) => self.bound(Some(offset), lenient)?.unwrap_or(0),
        };
        let left = items.len().saturating_sub(from);
        let length = match self.bound(each.limit.as_ref(), lenient)? {
            Some(limit) => left.min(limit),
            None => left,
        };
        let stop = Data::count(from.saturating_add(length));
        self.stops.insert(&each.name, stop);
        Ok(Stretch {
            items,
            from,
            length,
            reversed: each.reversed,
        })
    }

    /// A limit or an offset: nothing if it is absent. What is no whole number is a problem, or
    /// `lenient`, rounded down.
    fn bound(&mut self, expr: Option<&Expr>, lenient: bool) -> Result<Option<usize>, Fault> {
        let Some(expr) = expr else {
            return Ok(None);
        };
        let value = self.expr(expr)?;
        if value.is_nil() {
            return Ok(None);
        }
        let whole = match value.to_whole() {
            Some(whole) => whole,
            None if lenient => value.to_number().truncated(),
            None => {
                let kind = value.kind();
                let message = "the limit and offset of a loop must be whole numbers, not ";
                return Err(Fault::made(&[message, kind]));
            }
        };
        Ok(Some(usize::try_from(whole.max(0)).unwrap_or(usize::MAX)))
    }
}
