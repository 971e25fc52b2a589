//! Definitions as files: `segments/*.json` and `series/*.json`, the name of a file being the id.
//! Reads and says what cannot be read; checks nothing beyond that.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use rekindle_core::series::{SegmentSpec, SeriesSpec};
use serde::de::DeserializeOwned;

/// A definition and the file that it is from.
pub(crate) struct FromFile<T> {
    pub(crate) path: PathBuf,
    pub(crate) spec: T,
}

/// All that was read.
#[derive(Default)]
pub(crate) struct Definitions {
    pub(crate) segments: BTreeMap<String, FromFile<SegmentSpec>>,
    pub(crate) series: BTreeMap<String, FromFile<SeriesSpec>>,
    /// What could not be read, with the names of the files.
    pub(crate) problems: Vec<String>,
}

impl Definitions {
    /// Everything in a directory.
    pub(crate) fn below(directory: &Path) -> Self {
        let mut definitions = Self::default();
        let mut found = false;
        for kind in ["segments", "series"] {
            let directory = directory.join(kind);
            if directory.is_dir() {
                found = true;
                definitions.add_all(&directory);
            }
        }
        if !found {
            definitions.problems.push(format!(
                "{}: there is neither `segments` nor `series` in it",
                directory.display()
            ));
        }
        definitions
    }

    fn add_all(&mut self, directory: &Path) {
        let entries = match fs::read_dir(directory) {
            Ok(entries) => entries,
            Err(error) => {
                return self
                    .problems
                    .push(format!("{}: {error}", directory.display()));
            }
        };
        let mut paths: Vec<PathBuf> = entries
            .filter_map(|entry| Some(entry.ok()?.path()))
            .collect();
        paths.sort();
        for path in paths {
            if path
                .extension()
                .is_some_and(|extension| extension == "json")
            {
                self.add(&path);
            }
        }
    }

    /// One file; the directory that it is in says what it holds.
    pub(crate) fn add(&mut self, path: &Path) {
        let name = |part: Option<&std::ffi::OsStr>| {
            part.map(|part| part.to_string_lossy().into_owned())
                .unwrap_or_default()
        };
        let id = name(path.file_stem());
        let kind = name(path.parent().and_then(Path::file_name));
        let path = path.to_path_buf();
        match kind.as_str() {
            "segments" => {
                if let Some(spec) = self.read(&path) {
                    self.segments.insert(id, FromFile { path, spec });
                }
            }
            "series" => {
                if let Some(spec) = self.read(&path) {
                    self.series.insert(id, FromFile { path, spec });
                }
            }
            _ => self.problems.push(format!(
                "{}: is neither in a directory `segments` nor in `series`",
                path.display()
            )),
        }
    }

    fn read<T: DeserializeOwned>(&mut self, path: &Path) -> Option<T> {
        let problem = match fs::read_to_string(path) {
            Ok(text) => match serde_json::from_str(&text) {
                Ok(spec) => return Some(spec),
                Err(error) => error.to_string(),
            },
            Err(error) => error.to_string(),
        };
        self.problems.push(format!("{}: {problem}", path.display()));
        None
    }
}
