//! Finds the Chromium that the browser tests drive, or installs one.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use crate::{processes, say};

const NAMES: [&str; 4] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
];

/// The program's path.
pub(crate) fn find_or_install() -> Result<PathBuf> {
    if let Some(found) = std::env::var_os("CHROMIUM").map(PathBuf::from)
        && found.is_file()
    {
        return Ok(found);
    }
    let on_path = || NAMES.iter().find_map(|name| processes::on_path(name));
    if let Some(found) = on_path() {
        return Ok(found);
    }
    if Path::new("/etc/debian_version").exists() && rustix::process::geteuid().is_root() {
        say::note("installing Debian's chromium");
        let apt = |words: &[&str]| {
            let mut command = Command::new("apt-get");
            command.args(words).env("DEBIAN_FRONTEND", "noninteractive");
            processes::run(&mut command)
        };
        apt(&["update", "-qq"])?;
        apt(&[
            "install",
            "-y",
            "-qq",
            "--no-install-recommends",
            "chromium",
        ])?;
        if let Some(found) = on_path() {
            return Ok(found);
        }
    }
    say::note("installing Playwright's Chromium");
    processes::run(processes::npm_bin("playwright-core").args(["install", "chromium"]))?;
    let path = processes::output(
        processes::npm_bin("node")
            .args(["-p", "require('playwright-core').chromium.executablePath()"]),
    )?;
    let path = PathBuf::from(path);
    if path.is_file() {
        return Ok(path);
    }
    bail!("no Chromium; install one or name it in the variable CHROMIUM")
}
