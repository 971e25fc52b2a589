//! What was recorded, from a file: one Segment message a line, each person's lines together.
//! Streams: at any time it holds one person's messages and no more.

use std::{
    collections::BTreeMap,
    io::{BufRead, Read},
};

use rekindle_core::{
    series::{Identified, Input},
    time::parse_instant,
    value::Value,
};
use serde::Deserialize;

// LIMIT: Segment's own bound on a message is 32 KB; the rest is room for white space.
/// How long a line may be, in bytes.
pub(crate) const LINE_BYTES_MAX: usize = 64 * 1024;

// LIMIT: a person with more is a machine; what they did first is replayed, the rest is left out.
/// How many messages of one person are replayed.
pub(crate) const MESSAGES_MAX: usize = 100_000;

/// A line, as Segment's HTTP API spells a message.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Message {
    #[serde(rename = "type")]
    kind: String,
    user_id: Option<String>,
    anonymous_id: Option<String>,
    #[serde(rename = "messageId")]
    id: Option<String>,
    event: Option<String>,
    timestamp: Option<String>,
    #[serde(default)]
    properties: BTreeMap<String, Value>,
    #[serde(default)]
    traits: BTreeMap<String, Value>,
}

/// One person with what was recorded of them, oldest first.
pub(crate) struct Life {
    pub(crate) person: String,
    pub(crate) inputs: Vec<Input>,
}

/// Reads people from lines.
pub(crate) struct Lives<R> {
    lines: R,
    /// The first message of the person after the one that was told last.
    ahead: Option<(String, Input)>,
    /// The id of the last person: the file is in the order of ids.
    last: Option<String>,
    number: u64,
    /// What could not be read, with the number of the line.
    pub(crate) refused: Refused,
}

/// Lines that were left out.
#[derive(Default)]
pub(crate) struct Refused {
    pub(crate) count: u64,
    /// The first few, in words.
    pub(crate) examples: Vec<String>,
}

impl Refused {
    // LIMIT: enough to see what is wrong with a file.
    const EXAMPLES_MAX: usize = 10;

    fn note(&mut self, line: u64, why: &str) {
        self.count += 1;
        if self.examples.len() < Self::EXAMPLES_MAX {
            self.examples.push(format!("line {line}: {why}"));
        }
    }
}

impl<R: BufRead> Lives<R> {
    pub(crate) fn new(lines: R) -> Self {
        Self {
            lines,
            ahead: None,
            last: None,
            number: 0,
            refused: Refused::default(),
        }
    }

    /// The next person.
    ///
    /// # Errors
    /// When the file cannot be read, or its people are not in the order of their ids.
    pub(crate) fn next(&mut self) -> Result<Option<Life>, String> {
        let Some((person, first)) = self.take_ahead()? else {
            return Ok(None);
        };
        if self.last.as_ref().is_some_and(|last| *last >= person) {
            let line = self.number;
            return Err(format!(
                "line {line}: `{person}` comes after a later id: sort the file by id, so that each \
                 person's lines stand together (bytes in order, as `LC_ALL=C sort` does)"
            ));
        }
        let mut inputs = vec![first];
        while let Some((next, input)) = self.take_ahead()? {
            if next != person {
                self.ahead = Some((next, input));
                break;
            }
            if inputs.len() < MESSAGES_MAX {
                inputs.push(input);
            } else {
                let why = format!("`{person}` has more than {MESSAGES_MAX} messages");
                self.refused.note(self.number, &why);
            }
        }
        inputs.sort_by_key(Input::at);
        self.last = Some(person.clone());
        Ok(Some(Life { person, inputs }))
    }

    fn take_ahead(&mut self) -> Result<Option<(String, Input)>, String> {
        if let Some(ahead) = self.ahead.take() {
            return Ok(Some(ahead));
        }
        let mut line = String::new();
        loop {
            self.number += 1;
            match self.read_line(&mut line)? {
                0 => return Ok(None),
                length if length > LINE_BYTES_MAX => {
                    let why = format!("more than {LINE_BYTES_MAX} bytes: leave properties out");
                    self.refused.note(self.number, &why);
                }
                _ if line.trim().is_empty() => {}
                _ => match message(&line, self.number) {
                    Ok(Some(message)) => return Ok(Some(message)),
                    // Groups, aliases: nothing that a series looks at.
                    Ok(None) => {}
                    Err(why) => self.refused.note(self.number, &why),
                },
            }
        }
    }

    /// Reads a line; of one that is too long the rest is skipped, so that memory stays flat.
    fn read_line(&mut self, line: &mut String) -> Result<usize, String> {
        let failed = |error: std::io::Error| format!("line {}: {error}", self.number);
        let mut bytes = Vec::new();
        let most = LINE_BYTES_MAX as u64 + 1;
        let read = (&mut self.lines)
            .take(most)
            .read_until(b'\n', &mut bytes)
            .map_err(failed)?;
        if read > LINE_BYTES_MAX && bytes.last() != Some(&b'\n') {
            self.lines.skip_until(b'\n').map_err(failed)?;
        }
        line.clear();
        line.push_str(&String::from_utf8_lossy(&bytes));
        Ok(read)
    }
}

fn message(line: &str, number: u64) -> Result<Option<(String, Input)>, String> {
    let message: Message = serde_json::from_str(line).map_err(|error| error.to_string())?;
    let missing = |name: &str| format!("`{name}` is missing: add it");
    let person = message.user_id.or(message.anonymous_id);
    let person = person.ok_or_else(|| missing("userId"))?;
    let at = message.timestamp.ok_or_else(|| missing("timestamp"))?;
    let at = parse_instant(&at)
        .ok_or_else(|| format!("`{at}` is no instant: write one such as 2026-11-23T09:00:00Z"))?;
    let name = match message.kind.as_str() {
        "track" => message.event.ok_or_else(|| missing("event"))?,
        "page" => "Page Viewed".to_owned(),
        "screen" => "Screen Viewed".to_owned(),
        "identify" => {
            let attributes = message.traits;
            return Ok(Some((
                person,
                Input::Identify(Identified { at, attributes }),
            )));
        }
        "group" | "alias" => return Ok(None),
        other => {
            return Err(format!(
                "`{other}` is no type of a message: track, identify, page, screen"
            ));
        }
    };
    let event = Input::Event {
        id: message.id.unwrap_or_else(|| number.to_string()),
        name,
        at,
        active: true,
        properties: message.properties,
    };
    Ok(Some((person, event)))
}
