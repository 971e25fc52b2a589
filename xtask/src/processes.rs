//! Runs other programs: to their end, or as a group that dies with us.

use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process_group, test_kill_process_group};

use crate::files;

/// How long a group may take to end by itself before it is killed.
const GRACE: Duration = Duration::from_secs(5);
const TICK: Duration = Duration::from_millis(50);

/// `cargo`, the one that runs us.
pub(crate) fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(files::root());
    // Set by the cargo that runs us for us, and not meant for crates that we build.
    for name in [
        "CARGO_MANIFEST_DIR",
        "CARGO_MANIFEST_PATH",
        "CARGO_PKG_NAME",
    ] {
        command.env_remove(name);
    }
    command
}

/// A program from npm, or Node 22 itself (`node`), which puts Node 22 first in its own PATH.
pub(crate) fn npm_bin(name: &str) -> Command {
    let bin = files::at("node_modules/.bin");
    let mut path = std::ffi::OsString::from(&bin);
    if let Some(old) = std::env::var_os("PATH") {
        path.push(":");
        path.push(old);
    }
    let mut command = Command::new(bin.join(name));
    command.env("PATH", path).current_dir(files::root());
    command
}

/// wrangler, silent towards the outside.
pub(crate) fn wrangler() -> Command {
    let mut command = npm_bin("node");
    command
        .arg(files::at("node_modules/wrangler/bin/wrangler.js"))
        .env("CI", "1")
        .env("WRANGLER_SEND_METRICS", "false")
        .env("WRANGLER_SEND_ERROR_REPORTS", "false")
        .env("WRANGLER_HIDE_BANNER", "true")
        .env("CLOUDFLARE_CF_FETCH_ENABLED", "false")
        .env("NO_UPDATE_NOTIFIER", "1");
    command
}

/// Runs to the end; anything but success is an error that names the program.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = status(command)?;
    if !status.success() {
        bail!("{} failed ({status})", name_of(command));
    }
    Ok(())
}

pub(crate) fn status(command: &mut Command) -> Result<ExitStatus> {
    command
        .status()
        .with_context(|| format!("can't start {}", name_of(command)))
}

/// What a program prints, as text; an error when it fails.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("can't start {}", name_of(command)))?;
    if !output.status.success() {
        bail!("{} failed ({})", name_of(command), output.status);
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Runs to the end or to the limit; false when it failed or took too long.
pub(crate) fn run_within(command: &mut Command, limit: Duration) -> Result<bool> {
    let mut child = command
        .spawn()
        .with_context(|| format!("can't start {}", name_of(command)))?;
    let deadline = Instant::now() + limit;
    while Instant::now() < deadline {
        if let Some(status) = child.try_wait()? {
            return Ok(status.success());
        }
        sleep(TICK);
    }
    child.kill()?;
    child.wait()?;
    Ok(false)
}

/// A program on the PATH.
pub(crate) fn on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|dir| dir.join(name))
        .find(|file| file.is_file())
}

fn name_of(command: &Command) -> String {
    let mut words = vec![
        Path::new(command.get_program())
            .file_name()
            .unwrap_or(command.get_program())
            .to_string_lossy()
            .into_owned(),
    ];
    words.extend(
        command
            .get_args()
            .take(4)
            .map(|arg| arg.to_string_lossy().into_owned()),
    );
    format!("`{}`", words.join(" "))
}

/// Becomes true when a person or a supervisor asks us to stop.
pub(crate) fn stop_requested() -> Result<Arc<AtomicBool>> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    let asked = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM, SIGHUP] {
        signal_hook::flag::register(signal, Arc::clone(&asked))?;
    }
    Ok(asked)
}

/// A program and all that it starts, in one process group. The group ends when this is dropped
/// and, through the leash that holds our pipe, also when we are killed outright.
pub(crate) struct Group {
    child: Child,
    id: Pid,
}

impl Group {
    /// Starts a Node program on a leash.
    pub(crate) fn start(command: &Command) -> Result<Self> {
        let mut leashed = npm_bin("node");
        leashed
            .arg(files::at("xtask/js/leash.mjs"))
            .arg(command.get_program())
            .args(command.get_args())
            .stdin(Stdio::piped())
            .process_group(0);
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => leashed.env(name, value),
                None => leashed.env_remove(name),
            };
        }
        let child = leashed
            .spawn()
            .with_context(|| format!("can't start {}", name_of(command)))?;
        let id = i32::try_from(child.id())
            .ok()
            .and_then(Pid::from_raw)
            .context("a process without an id")?;
        Ok(Self { child, id })
    }

    /// How the program ended, if it did.
    pub(crate) fn ended(&mut self) -> Result<Option<ExitStatus>> {
        Ok(self.child.try_wait()?)
    }

    /// The ids of the group's processes of this name.
    pub(crate) fn members(&self, name: &str) -> Result<Vec<u32>> {
        let table = output(Command::new("ps").args(["-A", "-o", "pid=,pgid=,state=,comm="]))?;
        let group = self.child.id().to_string();
        let of_interest = |line: &str| -> Option<u32> {
            let mut words = line.split_whitespace();
            let (pid, its_group, state, program) =
                (words.next()?, words.next()?, words.next()?, words.next()?);
            let short = program.rsplit('/').next()?;
            (its_group == group && !state.starts_with('Z') && short == name)
                .then(|| pid.parse().ok())
                .flatten()
        };
        let mut members: Vec<u32> = table.lines().filter_map(of_interest).collect();
        members.sort_unstable();
        Ok(members)
    }

    /// Asks the group to end, waits, and kills what is left.
    pub(crate) fn stop(&mut self) {
        let _ = kill_process_group(self.id, Signal::TERM);
        let deadline = Instant::now() + GRACE;
        while self.alive() && Instant::now() < deadline {
            sleep(TICK);
        }
        if self.alive() {
            let _ = kill_process_group(self.id, Signal::KILL);
        }
        let _ = self.child.wait();
    }

    fn alive(&mut self) -> bool {
        // The leash is our own child: until it is waited for, it counts as a member.
        let _ = self.child.try_wait();
        test_kill_process_group(self.id).is_ok()
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.stop();
    }
}

/// True once a stop was asked for.
pub(crate) fn asked(flag: &AtomicBool) -> bool {
    flag.load(Ordering::Relaxed)
}
