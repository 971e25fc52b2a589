//! `POST /api/v1/import`: people and what they did, from lines of JSON or from CSV.
//! Each line is a message of its own, read as those of `/v1` are; here is only what a file has beside.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};
use worker::{Request, Response};

use super::{Reader, body, hand_on};
use crate::{
    auth::{Sender, header},
    context::{Context, parameter},
    problem::{Answer, Problem},
    shard::messages::{Item, Refused},
    workspace::messages::By,
};

// LIMIT: what a request holds in memory several times over; a longer file is sent in parts.
const PART_BYTES_MAX: usize = 2 * 1024 * 1024;
// LIMIT: more columns than any form has.
const COLUMNS_MAX: usize = 500;

/// Stores the lines of a part of a file, and tells which were refused.
pub(crate) async fn import(context: &Context, request: &mut Request, by: &By) -> Answer {
    let kind = header(request, "content-type").unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    let is_csv = match kind {
        "text/csv" => true,
        "application/x-ndjson" | "application/jsonl" | "application/json" => false,
        other => {
            return Err(Problem::unsupported(format!(
                "`content-type: {other}` is not read here: send application/x-ndjson or text/csv"
            ))
            .into());
        }
    };
    let first: usize = match parameter(request, "line") {
        None => 1,
        Some(text) => text.parse().map_err(|_| {
            Problem::bad_request("`line` is the number of the first line, such as 1")
        })?,
    };
    let series = parameter(request, "series");
    let starts_series = match series.as_deref() {
        None => false,
        Some("start") => true,
        Some(_) => {
            return Err(Problem::bad_request(
                "`series` is `start`, or left out: then no one enters a series",
            )
            .into());
        }
    };
    let name = parameter(request, "name");
    let text = body::text(body::read(request, PART_BYTES_MAX).await?);
    // Spreadsheets put a mark of their encoding in front.
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let reader = Reader {
        context,
        sender: Sender::Trusted,
        proof: None,
        call: None,
        sent_at: None,
        now: context.now().await?,
        imported: !starts_series,
    };
    let mut items: Vec<Item> = Vec::new();
    let mut refused = Vec::new();
    let mut read = 0_usize;
    let mut take = |index: usize, message: Result<String, String>| {
        read += 1;
        let taken = message.and_then(|message| reader.read(&message, index));
        match taken.and_then(|taken| named(taken, name.as_deref())) {
            Ok(taken) => items.extend(taken),
            Err(message) => refused.push(Refused { index, message }),
        }
    };
    if is_csv {
        read_csv(text, first, &mut take)?;
    } else {
        for (place, line) in text.lines().enumerate() {
            if !line.trim().is_empty() {
                take(first + place, Ok(line.to_owned()));
            }
        }
    }
    refused.append(&mut hand_on(context, items, None).await?.refused);
    refused.sort_by_key(|refused| refused.index);
    let stored = read - refused.len();
    let mut after = json!({ "stored": stored, "refused": refused.len() });
    if let (Some(fields), Some(series)) = (after.as_object_mut(), series) {
        fields.insert("series".to_owned(), series.into());
    }
    let deed = ("import", "file", name.as_deref().unwrap_or_default());
    context.note("tally", by, deed, after).await?;
    let refused: Vec<Json> = refused
        .iter()
        .map(|refused| json!({ "line": refused.index, "message": refused.message }))
        .collect();
    Ok(Response::from_json(
        &json!({ "stored": stored, "refused": refused }),
    )?)
}

/// An event has to say when it happened; where it has no id, its line is one, so that a file that is
/// sent again changes nothing.
fn named(mut items: Vec<Item>, name: Option<&str>) -> Result<Vec<Item>, String> {
    use crate::shard::messages::ItemKind;

    for item in &mut items {
        if matches!(item.kind, ItemKind::Event { .. }) && item.at.is_none() {
            return Err("`timestamp` is missing: say when it happened".to_owned());
        }
        if let (true, Some(name)) = (item.is_unnamed, name) {
            item.id = format!("{name}-{}", item.index);
        }
    }
    Ok(items)
}

/// Each record of CSV (RFC 4180) as a message, with the number of its first line. The header is not
/// counted: it is sent again with each part.
fn read_csv(
    text: &str,
    first: usize,
    take: &mut impl FnMut(usize, Result<String, String>),
) -> Answer<()> {
    let mut records = Records {
        separator: separator(text),
        rest: text,
        line: 0,
    };
    let header = records.next().map(|(_, record)| record);
    let header = match header {
        Some(Ok(header)) if header.len() <= COLUMNS_MAX => header,
        Some(Ok(header)) => {
            return Err(Problem::bad_request(format!(
                "{} columns are more than {COLUMNS_MAX}: leave some out",
                header.len()
            ))
            .into());
        }
        Some(Err(_)) | None => {
            return Err(Problem::bad_request(
                "the first line has to name the columns, such as `userId,email,plan`",
            )
            .into());
        }
    };
    let header: Vec<&str> = header.iter().map(|name| column(name)).collect();
    if !header.contains(&"userId") && !header.contains(&"anonymousId") {
        return Err(Problem::bad_request(
            "no column is named `userId` or `anonymousId`: name the one with the ids so",
        )
        .into());
    }
    records.line = first;
    for (line, record) in records {
        take(line, record.and_then(|record| message(&header, &record)));
    }
    Ok(())
}

/// What stands between the cells: a comma, unless the first line has none and does have what spreadsheets
/// of some countries write instead.
fn separator(text: &str) -> char {
    let mut is_quoted = false;
    let header = text.lines().next().unwrap_or_default().chars();
    let header: Vec<char> = header
        .filter(|character| {
            is_quoted ^= *character == '"';
            !is_quoted
        })
        .collect();
    let written = |separator: &char| header.contains(separator);
    [',', ';', '\t'].into_iter().find(written).unwrap_or(',')
}

/// The field that a column means.
fn column(name: &str) -> &str {
    match name.trim() {
        "user_id" | "id" => "userId",
        "anonymous_id" => "anonymousId",
        "message_id" => "messageId",
        other => other,
    }
}

/// A record as a message: an event where there is a column `event`, else what is known of a person. An
/// empty cell says nothing, nor does a column without a name.
fn message(header: &[&str], record: &[String]) -> Result<String, String> {
    if record.len() != header.len() {
        return Err(format!(
            "{} cells for {} columns: put text that has what separates cells in it between double quotes",
            record.len(),
            header.len()
        ));
    }
    let (mut fields, mut others) = (Map::new(), BTreeMap::new());
    for (name, cell) in header
        .iter()
        .zip(record)
        .filter(|(name, cell)| !name.is_empty() && !cell.is_empty())
    {
        match *name {
            "userId" | "anonymousId" | "messageId" | "event" | "timestamp" => {
                fields.insert((*name).to_owned(), cell.as_str().into());
            }
            other => {
                others.insert(other, cell);
            }
        }
    }
    let (kind, holder) = if header.contains(&"event") {
        ("track", "properties")
    } else {
        ("identify", "traits")
    };
    fields.insert("type".to_owned(), kind.into());
    fields.insert(holder.to_owned(), json!(others));
    Ok(Json::Object(fields).to_string())
}

/// The records of CSV, each with the number of its first line; empty lines are passed over.
struct Records<'a> {
    separator: char,
    rest: &'a str,
    line: usize,
}

impl Iterator for Records<'_> {
    type Item = (usize, Result<Vec<String>, String>);

    fn next(&mut self) -> Option<Self::Item> {
        while let Some(rest) = self
            .rest
            .strip_prefix("\r\n")
            .or(self.rest.strip_prefix('\n'))
        {
            self.rest = rest;
            self.line += 1;
        }
        if self.rest.is_empty() {
            return None;
        }
        let first = self.line;
        let (mut cells, mut cell) = (Vec::new(), String::new());
        let (mut is_quoted, mut read) = (false, 0);
        let mut characters = self.rest.chars().peekable();
        while let Some(character) = characters.next() {
            read += character.len_utf8();
            match character {
                '"' if is_quoted && characters.peek() == Some(&'"') => {
                    characters.next();
                    read += 1;
                    cell.push('"');
                }
                '"' => is_quoted = !is_quoted,
                other if other == self.separator && !is_quoted => {
                    cells.push(std::mem::take(&mut cell));
                }
                '\n' if !is_quoted => break,
                other => {
                    self.line += usize::from(other == '\n');
                    cell.push(other);
                }
            }
        }
        if !is_quoted && cell.ends_with('\r') {
            cell.pop();
        }
        cells.push(cell);
        self.rest = self.rest.get(read..).unwrap_or_default();
        self.line += 1;
        let record = if is_quoted {
            Err("a double quote is not closed: put another behind the text".to_owned())
        } else {
            Ok(cells)
        };
        Some((first, record))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_as_rfc_4180_has_them() {
        let text = "a,\"b \"\"c\"\"\",\r\n\n\"two\nlines\",x\nlast,\"open\n";
        let records: Vec<_> = Records {
            separator: ',',
            rest: text,
            line: 1,
        }
        .collect();
        let cells = |cells: &[&str]| {
            cells
                .iter()
                .map(|cell| (*cell).to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(records.len(), 3);
        assert_eq!(records[0], (1, Ok(cells(&["a", "b \"c\"", ""]))));
        assert_eq!(records[1], (3, Ok(cells(&["two\nlines", "x"]))));
        assert_eq!(records[2].0, 5);
        assert!(records[2].1.is_err());
    }

    #[test]
    fn the_first_line_says_what_stands_between_cells() {
        for (text, expected) in [
            ("a,b;c\n", ','),
            ("a;b\n1,5;2", ';'),
            ("\"a, b\";c\n", ';'),
            ("a\tb\n", '\t'),
            ("a\n1;2", ','),
        ] {
            assert_eq!(separator(text), expected, "{text:?}");
        }
    }
}
