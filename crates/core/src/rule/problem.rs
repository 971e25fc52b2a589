//! What is wrong with a rule, and where: in its text, in its tree.
//! Finds nothing: `text`, `bounds`, `resolve` and `problems` do.

use std::fmt;

use serde::Serialize;

/// What is wrong with a rule, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// Where in the text: characters from its start, from 0; absent for what was not read as text.
    pub at: Option<usize>,
    /// Where in the tree: the place of a part within its group, from 0, from the root on; absent
    /// where there is no tree, or where the whole is meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<Vec<usize>>,
    /// What is wrong and how to mend it.
    pub message: String,
}

impl Problem {
    pub(crate) fn new(message: String) -> Self {
        Self {
            at: None,
            path: None,
            message,
        }
    }

    pub(super) fn of(path: &[usize], message: String) -> Self {
        Self {
            path: Some(path.to_owned()),
            ..Self::new(message)
        }
    }

    pub(super) fn at(at: usize, message: String) -> Self {
        Self {
            at: Some(at),
            ..Self::new(message)
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.at {
            Some(at) => write!(out, "at character {}: {}", at + 1, self.message),
            None => out.write_str(&self.message),
        }
    }
}
