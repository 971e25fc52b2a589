//! `rekindle`: definitions kept in git, checked, replayed over a recorded history, compared with a
//! workspace and pushed to it; people and events brought in and out.
//! Decides nothing: the core reads and checks, the workspace stores.

mod backtest;
mod definitions;
mod history;
mod import;
mod remote;
mod rule;
mod validate;
mod zones;

use std::{io::Write, path::PathBuf, process::ExitCode};

use remote::Workspace;

const USAGE: &str = "\
usage:
  rekindle validate DIR|FILE...                        check segments/*.json and series/*.json
  rekindle rule \"TEXT\"                                 show a rule in both spellings
  rekindle backtest DIR SERIES --history FILE --from DATE --to DATE [--against SERIES] [--json]
                                                       replay recorded events through a draft
  rekindle diff DIR --origin URL --token TOKEN         show what a push would change
  rekindle push DIR --origin URL --token TOKEN [--publish]
                                                       write what differs; publish it as well
  rekindle import FILE --origin URL --token TOKEN [--start-series]
                                                       people and events from FILE.jsonl or FILE.csv
  rekindle export FILE --origin URL --token TOKEN      everyone and everything, as lines of JSON

The token may also be given as the environment variable REKINDLE_TOKEN.";

/// What a command comes to, and so the exit code.
enum Outcome {
    /// 0.
    Fine,
    /// 1: something is wrong with what was given, and has been told.
    Wrong,
}

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let mut out = std::io::stdout().lock();
    match run(&words, &mut out) {
        Ok(Outcome::Fine) => ExitCode::SUCCESS,
        Ok(Outcome::Wrong) => ExitCode::FAILURE,
        Err(message) => {
            let _ = writeln!(std::io::stderr(), "rekindle: {message}");
            ExitCode::from(2)
        }
    }
}

fn run(words: &[String], out: &mut dyn Write) -> Result<Outcome, String> {
    let Some((command, rest)) = words.split_first() else {
        return Err(USAGE.to_owned());
    };
    match command.as_str() {
        "validate" if !rest.is_empty() => {
            let paths: Vec<PathBuf> = rest.iter().map(PathBuf::from).collect();
            validate::run(&paths, out).map_err(unwritten)
        }
        "rule" => match rest {
            [text] => rule::run(text, out).map_err(unwritten),
            _ => Err(format!(
                "`rule` takes one text: put it between quotes\n\n{USAGE}"
            )),
        },
        "backtest" => {
            let options =
                backtest::Options::read(rest).map_err(|why| format!("{why}\n\n{USAGE}"))?;
            backtest::run(&options, out)
        }
        "diff" | "push" | "import" | "export" => {
            let options = Options::read(rest)?;
            let (path, workspace) = (&options.path, options.workspace());
            match command.as_str() {
                "diff" => remote::diff(path, &workspace, out),
                "push" => remote::push(path, &workspace, options.publish, out),
                "import" => import::import(path, &workspace, options.start_series, out),
                _ => import::export(path, &workspace, out),
            }
        }
        "help" | "--help" | "-h" => {
            writeln!(out, "{USAGE}").map_err(unwritten)?;
            Ok(Outcome::Fine)
        }
        _ => Err(USAGE.to_owned()),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
fn unwritten(error: std::io::Error) -> String {
    format!("cannot write: {error}")
}

/// The words after a command that asks a workspace.
struct Options {
    path: PathBuf,
    origin: String,
    token: String,
    publish: bool,
    start_series: bool,
}

impl Options {
    fn read(words: &[String]) -> Result<Self, String> {
        let (mut path, mut origin, mut token) = (None, None, None);
        let (mut publish, mut start_series) = (false, false);
        let mut words = words.iter();
        while let Some(word) = words.next() {
            let mut value = || {
                words
                    .next()
                    .cloned()
                    .ok_or_else(|| format!("`{word}` needs a value"))
            };
            match word.as_str() {
                "--origin" => origin = Some(value()?),
                "--token" => token = Some(value()?),
                "--publish" => publish = true,
                "--start-series" => start_series = true,
                option if option.starts_with("--") => {
                    return Err(format!("unknown option `{option}`\n\n{USAGE}"));
                }
                _ if path.is_some() => {
                    return Err(format!("`{word}` is one path too many"));
                }
                _ => path = Some(PathBuf::from(word)),
            }
        }
        let from_environment = || std::env::var("REKINDLE_TOKEN").ok();
        Ok(Self {
            path: path.ok_or_else(|| format!("which directory or file?\n\n{USAGE}"))?,
            origin: origin.ok_or("which workspace? give `--origin https://…`")?,
            token: token
                .or_else(from_environment)
                .ok_or("give `--token` or set REKINDLE_TOKEN")?,
            publish,
            start_series,
        })
    }

    fn workspace(&self) -> Workspace {
        Workspace::new(&self.origin, &self.token)
    }
}
