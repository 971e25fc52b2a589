//! Filters on lists. What is not a list becomes one: a range its numbers, nothing an empty list,
//! everything else a list of itself. Lists within lists are run together.

use std::{cmp::Ordering, collections::BTreeSet, rc::Rc};

use super::{
    super::{
        ast::Filter,
        data::{Data, order, range_len},
        number::Number,
        terms::{Fault, Terms},
    },
    Arguments, math,
};

pub(super) fn apply(
    filter: Filter,
    input: &Data,
    arguments: Arguments<'_>,
    terms: &mut Terms,
) -> Result<Data, Fault> {
    match filter {
        Filter::First => return Ok(input.first()),
        Filter::Last => return Ok(input.last()),
        _ => {}
    }
    let mut items = items(input, terms)?;
    let property = arguments.get(0);
    let list = match filter {
        Filter::Compact => {
            let keys = keys(&items, property)?;
            pick(items, keys, |key| !key.is_nil())
        }
        Filter::Concat => {
            match property {
                Data::List(_) | Data::Range(..) => items.extend(self::items(property, terms)?),
                other => {
                    let message = format!("needs a list to add, not {}", other.kind());
                    return Err(Fault::because(message));
                }
            }
            items
        }
        Filter::Join => return join(&items, arguments, terms),
        Filter::Map => {
            let keys: Result<_, _> = items.iter().map(|item| key(item, property)).collect();
            keys?
        }
        Filter::Reverse => {
            items.reverse();
            items
        }
        Filter::Sort => sort(items, property)?,
        Filter::SortNatural => sort_natural(items, property)?,
        Filter::Sum => return sum(&items, arguments),
        Filter::Uniq => {
            let keys = keys(&items, property)?;
            let mut seen = BTreeSet::new();
            pick(items, keys, |key| seen.insert(identity(key)))
        }
        _ => return search(filter, items, arguments),
    };
    Ok(Data::List(Rc::new(list)))
}

/// A value as a list.
fn items(value: &Data, terms: &mut Terms) -> Result<Vec<Data>, Fault> {
    Ok(match value {
        Data::Nil | Data::Blank | Data::Empty => Vec::new(),
        Data::List(list) => {
            let mut items = Vec::with_capacity(list.len());
            flatten(list, &mut items);
            items
        }
        Data::Range(from, to) => {
            terms.charge(range_len(*from, *to))?;
            (*from..=*to).map(Data::int).collect()
        }
        Data::Bool(_)
        | Data::Number(_)
        | Data::Text(_)
        | Data::Ready { .. }
        | Data::Map(_)
        | Data::Turn(_) => vec![value.clone()],
    })
}

fn flatten(list: &[Data], items: &mut Vec<Data>) {
    for item in list {
        match item {
            Data::List(inner) => flatten(inner, items),
            _ => items.push(item.clone()),
        }
    }
}

/// What tells values apart for `uniq`: 1 and 1.0 are two, and so are 1 and "1".
fn identity(value: &Data) -> (&'static str, Rc<str>) {
    (value.kind(), value.to_text())
}

/// The property of an item, as the searching filters read it: an entry of an object; of a text,
/// whether it holds the property. A number has none.
fn key(item: &Data, property: &Data) -> Result<Data, Fault> {
    match (item, property) {
        (Data::Map(_) | Data::Turn(_), _) => Ok(item.item(property)),
        (Data::Text(text) | Data::Ready { plain: text, .. }, _) => {
            let part = property.to_text();
            let found = text.contains(&*part);
            Ok(if found { Data::Text(part) } else { Data::Nil })
        }
        (Data::Number(_), Data::Number(_)) => Ok(Data::int(0)),
        (Data::Number(_) | Data::List(_) | Data::Range(..), _) => {
            let (kind, property) = (item.kind(), property.to_text());
            let message = format!("finds no `{property}` in {kind}: it needs a list of objects");
            Err(Fault::because(message))
        }
        (Data::Nil | Data::Bool(_) | Data::Blank | Data::Empty, _) => Ok(Data::Nil),
    }
}

/// What each item is judged by: itself, or its property if one is named.
fn keys(items: &[Data], property: &Data) -> Result<Vec<Data>, Fault> {
    if property.is_nil() {
        return Ok(items.to_vec());
    }
    items.iter().map(|item| key(item, property)).collect()
}

/// The items whose key is wanted.
fn pick(items: Vec<Data>, keys: Vec<Data>, mut wanted: impl FnMut(&Data) -> bool) -> Vec<Data> {
    let mut keys = keys.into_iter();
    let mut items = items;
    items.retain(|_| keys.next().is_some_and(|key| wanted(&key)));
    items
}

fn join(items: &[Data], arguments: Arguments<'_>, terms: &Terms) -> Result<Data, Fault> {
    let glue = match arguments.given(0) {
        Some(glue) => glue.to_text(),
        None => Rc::from(" "),
    };
    let mut out = String::new();
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push_str(&glue);
        }
        item.print(&mut out);
        terms.fits(out.len())?;
    }
    Ok(Data::Text(Rc::from(out)))
}

fn sum(items: &[Data], arguments: Arguments<'_>) -> Result<Data, Fault> {
    let mut total = Number::Int(0);
    for key in keys(items, arguments.get(0))? {
        total = math::add(total, key.to_number());
    }
    Ok(Data::Number(total))
}

/// Items beside their keys, sorted by those.
fn sorted(
    items: Vec<Data>,
    property: &Data,
    mut compare: impl FnMut(&Data, &Data) -> Ordering,
) -> Result<Vec<Data>, Fault> {
    let keys = keys(&items, property)?;
    let mut pairs: Vec<(Data, Data)> = keys.into_iter().zip(items).collect();
    pairs.sort_by(|(left, _), (right, _)| compare(left, right));
    Ok(pairs.into_iter().map(|(_, item)| item).collect())
}

/// Numbers by size, texts by their characters, nothing last.
fn sort(items: Vec<Data>, property: &Data) -> Result<Vec<Data>, Fault> {
    let mut mixed = None;
    let sorted = sorted(items, property, |left, right| {
        let known = match (left, right) {
            (Data::Number(left), Data::Number(right)) => order(*left, *right),
            _ => match (left.as_text(), right.as_text()) {
                (Some(left), Some(right)) => Some(left.cmp(right)),
                _ => None,
            },
        };
        match (known, left.is_nil(), right.is_nil()) {
            (Some(ordering), ..) => ordering,
            (None, left_nil, right_nil) if left_nil || right_nil => left_nil.cmp(&right_nil),
            _ => {
                mixed.get_or_insert((left.kind(), right.kind()));
                Ordering::Equal
            }
        }
    })?;
    match mixed {
        None => Ok(sorted),
        Some((left, right)) => {
            let message = format!("can't order {left} and {right}: the items must be alike");
            Err(Fault::because(message))
        }
    }
}

/// By their text, capitals or not, nothing last.
fn sort_natural(items: Vec<Data>, property: &Data) -> Result<Vec<Data>, Fault> {
    let keys = keys(&items, property)?;
    let mut pairs: Vec<(bool, String, Data)> = keys
        .into_iter()
        .zip(items)
        .map(|(key, item)| (key.is_nil(), key.to_text().to_lowercase(), item))
        .collect();
    pairs.sort_by(|left, right| (left.0, &left.1).cmp(&(right.0, &right.1)));
    Ok(pairs.into_iter().map(|(_, _, item)| item).collect())
}

/// `where`, `reject`, `find`, `find_index` and `has`.
fn search(filter: Filter, items: Vec<Data>, arguments: Arguments<'_>) -> Result<Data, Fault> {
    let property = arguments.get(0);
    let target = arguments.get(1);
    if property.is_nil() {
        return Ok(Data::Nil);
    }
    let mut matches = Vec::with_capacity(items.len());
    for item in &items {
        // An item that has no properties at all, such as nothing, ends the search without a result.
        if matches!(item, Data::Nil | Data::Bool(_)) {
            return Ok(Data::Nil);
        }
        let key = key(item, property)?;
        let matched = if target.is_nil() {
            key.is_true()
        } else {
            key.equals(target)
        };
        // The first match decides; what comes after it is not looked at.
        let enough = matched && !matches!(filter, Filter::Where | Filter::Reject);
        matches.push(matched);
        if enough {
            break;
        }
    }
    let found = matches.iter().position(|matched| *matched);
    Ok(match filter {
        Filter::Has => Data::Bool(found.is_some()),
        Filter::FindIndex => found.map_or(Data::Nil, Data::count),
        Filter::Find => match found.and_then(|index| items.get(index)) {
            Some(item) => item.clone(),
            None => Data::Nil,
        },
        _ => {
            let wanted = filter == Filter::Where;
            let mut matches = matches.into_iter();
            let mut items = items;
            items.retain(|_| matches.next() == Some(wanted));
            Data::List(Rc::new(items))
        }
    })
}
