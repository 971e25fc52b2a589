//! `rekindle rule`: a rule in both spellings, or a caret under each mistake.
//! Knows no segments and no data: names are not looked up.

use std::io::{Result, Write};

use crate::Outcome;

pub(crate) fn run(text: &str, out: &mut dyn Write) -> Result<Outcome> {
    match rekindle_core::rule::parse(text) {
        Ok(rule) => {
            writeln!(out, "{rule}")?;
            writeln!(out, "{}", serde_json::to_string_pretty(&rule)?)?;
            Ok(Outcome::Fine)
        }
        Err(problems) => {
            // Places count characters: a line break would put the carets elsewhere.
            writeln!(out, "{}", text.replace(['\n', '\r', '\t'], " "))?;
            for problem in problems {
                match problem.at {
                    Some(at) => writeln!(out, "{}^ {}", " ".repeat(at), problem.message)?,
                    None => writeln!(out, "{}", problem.message)?,
                }
            }
            Ok(Outcome::Wrong)
        }
    }
}
