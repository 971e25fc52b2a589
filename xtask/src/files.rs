//! Where things are in the repository, and small file chores with errors that name the file.

use std::collections::BTreeMap;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// The repository's root.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}

/// A path below the root.
pub(crate) fn at(path: &str) -> PathBuf {
    root().join(path)
}

/// Cargo's target directory.
pub(crate) fn target() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(dir) => root().join(dir),
        None => at("target"),
    }
}

pub(crate) fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("can't read {}", path.display()))
}

pub(crate) fn read_text(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("can't read {}", path.display()))
}

/// Writes a file and the directories above it, unless it holds these bytes already: a running
/// wrangler restarts for every file that is touched.
pub(crate) fn write(path: &Path, bytes: impl AsRef<[u8]>) -> Result<()> {
    if fs::read(path).is_ok_and(|old| old == bytes.as_ref()) {
        return Ok(());
    }
    if let Some(dir) = path.parent() {
        fs::create_dir_all(dir).with_context(|| format!("can't make {}", dir.display()))?;
    }
    fs::write(path, bytes).with_context(|| format!("can't write {}", path.display()))
}

pub(crate) fn copy(from: &Path, to: &Path) -> Result<()> {
    write(to, read(from)?)
}

/// Every file below a directory, by its path from there, sorted.
pub(crate) fn below(dir: &Path) -> Result<BTreeMap<PathBuf, PathBuf>> {
    let mut found = BTreeMap::new();
    let mut dirs = vec![dir.to_path_buf()];
    while let Some(next) = dirs.pop() {
        let entries =
            fs::read_dir(&next).with_context(|| format!("can't list {}", next.display()))?;
        for entry in entries {
            let path = entry?.path();
            if path.is_dir() {
                dirs.push(path);
            } else if let Ok(short) = path.strip_prefix(dir) {
                found.insert(short.to_path_buf(), path.clone());
            }
        }
    }
    Ok(found)
}

/// Runs `make` only when its inputs or words have changed since it last made `output`.
pub(crate) fn once_per_content(
    output: &Path,
    inputs: &[&Path],
    words: &[String],
    make: impl FnOnce() -> Result<()>,
) -> Result<()> {
    let mut hasher = DefaultHasher::new();
    words.hash(&mut hasher);
    for input in inputs {
        read(input)?.hash(&mut hasher);
    }
    let stamp_path = target().join("stamps").join(
        output
            .strip_prefix(root())
            .unwrap_or(output)
            .to_string_lossy()
            .replace(['/', '\\'], "_"),
    );
    let stamp = |made: &[u8]| {
        let mut hasher = hasher.clone();
        made.hash(&mut hasher);
        format!("{:016x}", hasher.finish())
    };
    if let (Ok(made), Ok(old)) = (fs::read(output), fs::read_to_string(&stamp_path))
        && stamp(&made) == old
    {
        return Ok(());
    }
    make()?;
    write(&stamp_path, stamp(&read(output)?))
}
