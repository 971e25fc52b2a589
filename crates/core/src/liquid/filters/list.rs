//! Filters on lists. What is not a list becomes one: a range its numbers, nothing an empty list,
//! everything else a list of itself. Lists within lists are run together.

use std::{cmp::Ordering, rc::Rc};

use super::{
    super::{
        data::{self, Data, range_len},
        letters::{self, find as find_text},
        number::Number,
        terms::{Fault, Terms},
    },
    Arguments, math,
};

type Result<T> = std::result::Result<T, Fault>;

fn list(items: Vec<Data>) -> Data {
    Data::List(Rc::new(items))
}

pub(super) fn compact(items: &[Data], arguments: Arguments<'_>) -> Result<Data> {
    let Some(keys) = keys(items, arguments.get(0))? else {
        return Ok(Data::Nil);
    };
    let wanted: Vec<bool> = keys.iter().map(|key| !key.is_nil()).collect();
    Ok(kept(items, &wanted))
}

pub(super) fn uniq(items: &[Data], arguments: Arguments<'_>) -> Result<Data> {
    // One item is not looked at.
    if items.len() < 2 {
        return Ok(list(items.to_vec()));
    }
    let Some(mut keys) = keys(items, arguments.get(0))? else {
        return Ok(Data::Nil);
    };
    for key in &mut keys {
        // 1 and 1.0 are two, and so are 1 and "1".
        *key = Data::text(&letters::concat(&[key.kind(), &key.to_text()]));
    }
    let order = order(&keys, &mut compare);
    let mut wanted = vec![true; items.len()];
    for pair in order.windows(2) {
        // Of those that are alike, the first in the list is the first in this order too.
        if let [before, after] = pair
            && let (Some(before), Some(key)) = (keys.get(*before), keys.get(*after))
            && before.equals(key)
            && let Some(wanted) = wanted.get_mut(*after)
        {
            *wanted = false;
        }
    }
    Ok(kept(items, &wanted))
}

pub(super) fn concat(items: &[Data], arguments: Arguments<'_>) -> Result<Data> {
    let other = arguments.get(0);
    // What is added is not run together, and a range is no list to Ruby.
    let Some(others) = other.as_list() else {
        return Err(Fault::made(&["needs a list to add, not ", other.kind()]));
    };
    let mut all = items.to_vec();
    all.extend(others.iter().cloned());
    Ok(list(all))
}

pub(super) fn map(items: &[Data], arguments: Arguments<'_>) -> Result<Data> {
    let property = arguments.get(0);
    let value = |item| Ok(key(item, property)?.unwrap_or(Data::Nil));
    let values: Result<Vec<Data>> = items.iter().map(value).collect();
    Ok(list(values?))
}

/// A value as a list.
pub(super) fn items(value: &Data, terms: &mut Terms) -> Result<Vec<Data>> {
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
        if let Data::List(inner) = item {
            flatten(inner, items);
        } else {
            items.push(item.clone());
        }
    }
}

/// The property of an item as Ruby reads it, `item[property]`: an entry of an object; of a text, whether
/// it holds the property, or the character there; of a whole number, a bit. Nothing, truths and
/// fractions have no properties at all: no answer.
fn key(item: &Data, property: &Data) -> Result<Option<Data>> {
    let place = property.as_number().map(Number::truncated);
    Ok(Some(match (item, property, place) {
        (Data::Map(_) | Data::Turn(_), _, _) => item.item(property),
        (Data::Text(text) | Data::Ready { plain: text, .. }, _, Some(place)) => {
            character_at(text, place)
        }
        (
            Data::Text(text) | Data::Ready { plain: text, .. },
            Data::Text(part) | Data::Ready { plain: part, .. },
            None,
        ) => match find_text(text, part, 0) {
            Some(_) => Data::Text(Rc::clone(part)),
            None => Data::Nil,
        },
        (Data::Number(Number::Int(int)), _, Some(place)) => {
            // Beyond the 64 bits there are more of the sign.
            let place = place.min(63);
            Data::int(u32::try_from(place).map_or(0, |place| (int >> place) & 1))
        }
        (Data::Text(_) | Data::Ready { .. } | Data::Number(Number::Int(_)), _, None)
        | (Data::List(_) | Data::Range(..), _, _) => {
            let (kind, property) = (item.kind(), property.to_text());
            let parts = [
                "finds no `",
                &*property,
                "` in ",
                kind,
                ": it needs a list of objects",
            ];
            return Err(Fault::made(&parts));
        }
        _ => return Ok(None),
    }))
}

/// Whether a value can have no property.
fn is_bare(item: &Data) -> bool {
    matches!(
        item,
        Data::Number(Number::Float(_)) | Data::Nil | Data::Bool(_) | Data::Blank | Data::Empty
    )
}

fn character_at(text: &str, place: i64) -> Data {
    let back = usize::try_from(place.unsigned_abs()).unwrap_or(usize::MAX);
    let found = if place < 0 {
        text.chars().nth_back(back - 1)
    } else {
        text.chars().nth(back)
    };
    found.map_or(Data::Nil, |c| Data::character(Some(c)))
}

/// What each item is judged by: itself, or its property if one is named; no answer if one of them can
/// have none.
fn keys(items: &[Data], property: &Data) -> Result<Option<Vec<Data>>> {
    if property.is_nil() {
        return Ok(Some(items.to_vec()));
    }
    items.iter().map(|item| key(item, property)).collect()
}

/// The items that are wanted.
fn kept(items: &[Data], wanted: &[bool]) -> Data {
    let kept = items.iter().zip(wanted).filter(|(_, wanted)| **wanted);
    list(kept.map(|(item, _)| item.clone()).collect())
}

pub(super) fn join(items: &[Data], arguments: Arguments<'_>, terms: &mut Terms) -> Result<Data> {
    let glue = match arguments.given(0) {
        Some(glue) => glue.to_text(),
        None => Rc::from(" "),
    };
    let mut out = String::new();
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push_str(&glue);
        }
        item.spell(&mut out);
        terms.fits(out.len())?;
    }
    Ok(Data::Text(Rc::from(out)))
}

pub(super) fn sum(items: &[Data], arguments: Arguments<'_>) -> Result<Data> {
    let property = arguments.get(0);
    let mut values = items.to_vec();
    if !property.is_nil() {
        let properties = map(items, arguments)?;
        values.clear();
        flatten(&[properties], &mut values);
    }
    let values = values.iter().map(Data::to_number);
    Ok(Data::Number(values.fold(Number::Int(0), math::plus)))
}

/// Numbers by size, texts by their characters, nothing last.
pub(super) fn sort(items: &[Data], arguments: Arguments<'_>) -> Result<Data> {
    let Some(keys) = sort_keys(items, arguments)? else {
        return Ok(Data::Nil);
    };
    let mut unlike = None;
    let order = order(&keys, &mut |left, right| {
        let known = compare(left, right);
        if known.is_none() {
            unlike = Some((left.kind(), right.kind()));
        }
        known
    });
    match unlike {
        None => Ok(arranged(items, &order)),
        Some((left, right)) => Err(Fault::made(&[
            "can't order ",
            left,
            " and ",
            right,
            ": the items must be alike",
        ])),
    }
}

/// What items are sorted by; no answer if one of them can have no property. A single one is not looked at
/// further.
fn sort_keys(items: &[Data], arguments: Arguments<'_>) -> Result<Option<Vec<Data>>> {
    let property = arguments.get(0);
    if !property.is_nil() && items.iter().any(is_bare) {
        return Ok(None);
    }
    if items.len() < 2 {
        return Ok(Some(items.to_vec()));
    }
    keys(items, property)
}

/// By their text, capitals of ASCII or not, nothing last.
pub(super) fn sort_natural(items: &[Data], arguments: Arguments<'_>) -> Result<Data> {
    let Some(mut keys) = sort_keys(items, arguments)? else {
        return Ok(Data::Nil);
    };
    for key in &mut keys {
        if !key.is_nil() {
            *key = Data::text(&key.to_text().to_ascii_lowercase());
        }
    }
    Ok(arranged(items, &order(&keys, &mut compare)))
}

fn arranged(items: &[Data], order: &[usize]) -> Data {
    let arranged = order.iter().filter_map(|index| items.get(*index));
    list(arranged.cloned().collect())
}

fn compare(left: &Data, right: &Data) -> Option<Ordering> {
    match (left, right) {
        (Data::Number(left), Data::Number(right)) => data::order(*left, *right),
        (Data::Nil, _) | (_, Data::Nil) => Some(left.is_nil().cmp(&right.is_nil())),
        _ => match (left.as_text(), right.as_text()) {
            (Some(left), Some(right)) => Some(left.cmp(right)),
            _ => left.equals(right).then_some(Ordering::Equal),
        },
    }
}

/// The order of keys; those that are alike, or can't be compared, stay as they are. A merge sort of
/// few lines: the standard one is written for speed, and weighs more than all these filters.
fn order(keys: &[Data], compare: &mut dyn FnMut(&Data, &Data) -> Option<Ordering>) -> Vec<usize> {
    let mut order: Vec<usize> = (0..keys.len()).collect();
    let mut width = 1;
    while width < order.len() {
        let mut merged = Vec::with_capacity(order.len());
        for run in order.chunks(width * 2) {
            let (mut left, mut right) = run.split_at_checked(width).unwrap_or((run, &[]));
            while let (Some(first), Some(second)) = (left.first(), right.first()) {
                let pair = keys.get(*first).zip(keys.get(*second));
                let is_after = pair.and_then(|(first, second)| compare(second, first));
                if is_after == Some(Ordering::Less) {
                    merged.push(*second);
                    right = right.get(1..).unwrap_or_default();
                } else {
                    merged.push(*first);
                    left = left.get(1..).unwrap_or_default();
                }
            }
            merged.extend_from_slice(left);
            merged.extend_from_slice(right);
        }
        order = merged;
        width *= 2;
    }
    order
}

/// `where`, and `reject` if what matches is not wanted.
pub(super) fn pick(items: &[Data], arguments: Arguments<'_>, wanted: bool) -> Result<Data> {
    let mut picked = Vec::new();
    for item in items {
        match matches(item, arguments)? {
            Some(answer) if answer == wanted => picked.push(item.clone()),
            Some(_) => {}
            None => return Ok(Data::Nil),
        }
    }
    Ok(list(picked))
}

pub(super) fn find(items: &[Data], arguments: Arguments<'_>) -> Result<Data> {
    Ok(match search(items, arguments)? {
        Search::Found(index) => items.get(index).cloned().unwrap_or(Data::Nil),
        Search::Missed | Search::Ended => Data::Nil,
    })
}

pub(super) fn find_index(items: &[Data], arguments: Arguments<'_>) -> Result<Data> {
    Ok(match search(items, arguments)? {
        Search::Found(index) => Data::count(index),
        Search::Missed | Search::Ended => Data::Nil,
    })
}

pub(super) fn has(items: &[Data], arguments: Arguments<'_>) -> Result<Data> {
    Ok(match search(items, arguments)? {
        Search::Found(_) => Data::Bool(true),
        Search::Missed => Data::Bool(false),
        Search::Ended => Data::Nil,
    })
}

/// What a search came to.
enum Search {
    /// The place of the first item that matches.
    Found(usize),
    /// None does.
    Missed,
    /// An item before any match can have no property.
    Ended,
}

fn search(items: &[Data], arguments: Arguments<'_>) -> Result<Search> {
    for (index, item) in items.iter().enumerate() {
        match matches(item, arguments)? {
            Some(true) => return Ok(Search::Found(index)),
            Some(false) => {}
            None => return Ok(Search::Ended),
        }
    }
    Ok(Search::Missed)
}

/// Whether the property of an item, the first argument, is the second, or just true. No answer,
/// which ends the search without a result, for an item that can have no property, such as nothing.
fn matches(item: &Data, arguments: Arguments<'_>) -> Result<Option<bool>> {
    let (property, target) = (arguments.get(0), arguments.get(1));
    // An argument that is not there asks for nothing.
    if property.is_nil() && item.as_text().is_some() {
        return Ok(None);
    }
    let holds = |key: Data| {
        if target.is_nil() {
            key.is_true()
        } else {
            key.equals(target)
        }
    };
    Ok(key(item, property)?.map(holds))
}
