//! `rekindle import` and `rekindle export`: people and what they did, from a file and into one.
//! Reads only as much of a file as cuts it into parts: what a line means is the workspace's business.
//!
//! An import that was broken off goes on where it was: how far it came stands beside the file, and a
//! line that is sent twice changes nothing, because its place in the file is its id.

use std::{
    fs::{self, File},
    io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use rekindle_core::hash::{hex64, mix64};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Outcome, remote::Workspace, unwritten};

// LIMIT: a quarter of what the workspace takes at once, so that one answer is not long in coming.
const PART_BYTES: usize = 512 * 1024;
// LIMIT: the workspace takes messages of 32 KB; the rest is room for white space.
const RECORD_BYTES_MAX: usize = 64 * 1024;
/// The last line of a whole export.
const END: &[u8] = b"{\"type\":\"end\"}\n";

/// How far an import came.
#[derive(Default, Serialize, Deserialize)]
struct Progress {
    /// Made of the beginning of the file: another file under the same name begins anew.
    name: String,
    /// The first byte that was not sent.
    offset: u64,
    /// Its line, counted from 1.
    line: u64,
    stored: u64,
    refused: u64,
}

/// A file that is being cut into records.
struct Records {
    file: BufReader<File>,
    offset: u64,
    line: u64,
    is_csv: bool,
}

impl Records {
    /// The next record with the number of its first line. In CSV one goes on over lines while a double
    /// quote is open.
    fn next(&mut self) -> Result<Option<(u64, Vec<u8>)>, String> {
        let (first, mut record) = (self.line, Vec::new());
        let mut is_open = false;
        loop {
            let before = record.len();
            let room = (RECORD_BYTES_MAX + 1 - before) as u64;
            let mut limited = (&mut self.file).take(room);
            let read = limited.read_until(b'\n', &mut record);
            let read = read.map_err(|error| format!("line {first}: {error}"))?;
            if record.is_empty() {
                return Ok(None);
            }
            if record.len() > RECORD_BYTES_MAX {
                return Err(format!(
                    "line {first} has more than {RECORD_BYTES_MAX} bytes: shorten it, or close its double quote"
                ));
            }
            for byte in record.iter().skip(before) {
                is_open ^= self.is_csv && *byte == b'"';
            }
            self.offset += read as u64;
            self.line += 1;
            if !is_open || read == 0 {
                return Ok(Some((first, record)));
            }
        }
    }
}

/// Sends a file part by part, and tells each line that was refused.
pub(crate) fn import(
    path: &Path,
    workspace: &Workspace,
    starts_series: bool,
    out: &mut dyn Write,
) -> Result<Outcome, String> {
    let is_csv = match path.extension().and_then(|extension| extension.to_str()) {
        Some("csv") => true,
        Some("jsonl" | "ndjson") => false,
        _ => return Err("name the file .jsonl or .csv, as its lines are".to_owned()),
    };
    let unread = |error: io::Error| format!("{}: {error}", path.display());
    let mut records = Records {
        file: BufReader::new(File::open(path).map_err(unread)?),
        offset: 0,
        line: 1,
        is_csv,
    };
    let header = if is_csv { records.next()? } else { None };
    let header = header.map(|(_, header)| header).unwrap_or_default();
    let (start, start_line) = (records.offset, records.line);
    let Some((_, first)) = records.next()? else {
        return Err(format!("{} has no lines to import", path.display()));
    };
    let name = hex64(mix64(&[header.as_slice(), first.as_slice()].concat()));
    let beside = beside(path, "progress");
    let mut progress = kept(&beside, &name).unwrap_or(Progress {
        name,
        offset: start,
        line: start_line,
        ..Progress::default()
    });
    if progress.offset > start {
        writeln!(out, "going on at line {}", progress.line).map_err(unwritten)?;
    }
    records
        .file
        .seek(SeekFrom::Start(progress.offset))
        .map_err(unread)?;
    (records.offset, records.line) = (progress.offset, progress.line);
    let kind = if is_csv {
        "text/csv"
    } else {
        "application/x-ndjson"
    };
    let series = if starts_series { "&series=start" } else { "" };
    let mut is_whole = false;
    while !is_whole {
        let mut part = header.clone();
        while part.len() < PART_BYTES {
            let Some((_, record)) = records.next()? else {
                is_whole = true;
                break;
            };
            part.extend(record);
        }
        if part.len() > header.len() {
            let query = format!("line={}&name={}{series}", progress.line, progress.name);
            let answer = workspace.import(&query, kind, &part)?;
            progress.stored += answer.get("stored").and_then(Value::as_u64).unwrap_or(0);
            let refused = answer.get("refused").and_then(Value::as_array);
            for refused in refused.into_iter().flatten() {
                progress.refused += 1;
                let line = refused.get("line").unwrap_or(&Value::Null);
                let message = refused.get("message").and_then(Value::as_str);
                writeln!(out, "line {line}: {}", message.unwrap_or_default()).map_err(unwritten)?;
            }
        }
        (progress.offset, progress.line) = (records.offset, records.line);
        keep(&beside, &progress).map_err(unread)?;
    }
    fs::remove_file(&beside).map_err(unread)?;
    let Progress {
        stored, refused, ..
    } = progress;
    writeln!(out, "{stored} stored, {refused} refused").map_err(unwritten)?;
    Ok(if refused == 0 {
        Outcome::Fine
    } else {
        Outcome::Wrong
    })
}

/// A file beside another, such as `people.csv.progress`.
fn beside(path: &Path, extension: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(extension);
    name.into()
}

fn kept(path: &Path, name: &str) -> Option<Progress> {
    let progress: Progress = serde_json::from_slice(&fs::read(path).ok()?).ok()?;
    Some(progress).filter(|progress| progress.name == name)
}

/// Written whole or not at all.
fn keep(path: &Path, progress: &Progress) -> io::Result<()> {
    let new = beside(path, "new");
    fs::write(&new, serde_json::to_vec(progress)?)?;
    fs::rename(&new, path)
}

/// Writes everything of a workspace into a file, one message a line.
pub(crate) fn export(
    path: &Path,
    workspace: &Workspace,
    out: &mut dyn Write,
) -> Result<Outcome, String> {
    let unwritable = |error: io::Error| format!("{}: {error}", path.display());
    let partial = beside(path, "part");
    let mut file = File::options()
        .create(true)
        .truncate(true)
        .read(true)
        .write(true)
        .open(&partial)
        .map_err(unwritable)?;
    let length = io::copy(&mut workspace.export()?, &mut file).map_err(unwritable)?;
    let end = length.checked_sub(END.len() as u64);
    let end = end.ok_or("the workspace sent nothing: ask again")?;
    file.seek(SeekFrom::Start(end)).map_err(unwritable)?;
    let mut last = Vec::new();
    file.read_to_end(&mut last).map_err(unwritable)?;
    if last != END {
        return Err("the export broke off before its end: ask again".to_owned());
    }
    file.set_len(end).map_err(unwritable)?;
    fs::rename(&partial, path).map_err(unwritable)?;
    writeln!(out, "{end} bytes written").map_err(unwritten)?;
    Ok(Outcome::Fine)
}
