//! `cargo xtask dev`: the whole of Rekindle on this machine, with a clock that can be moved and
//! people to look at. Nothing outside the machine is reached, and nothing outlives the command.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::thread::sleep;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::build::{self, Kind};
use crate::processes::{self, Group, asked};
use crate::{files, say, settings, worker};

const START_LIMIT: Duration = Duration::from_mins(1);
/// wrangler replaces its runtime when a build writes its files, once or a few times in a row.
const RELOAD_LIMIT: Duration = Duration::from_secs(15);
const RUNTIME: &str = "workerd";
const TICK: Duration = Duration::from_millis(200);
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// What was asked for on the command line.
pub(crate) struct Wish {
    port: u16,
    state: PathBuf,
    empty: bool,
}

impl Wish {
    pub(crate) fn new(port: Option<String>, state: Option<String>, empty: bool) -> Result<Self> {
        let port = match port {
            None => 8787,
            Some(text) => text
                .parse()
                .with_context(|| format!("`{text}` is not a port"))?,
        };
        let state = match state {
            None => files::at(".rekindle"),
            Some(dir) => std::env::current_dir()?.join(dir),
        };
        Ok(Self { port, state, empty })
    }
}

pub(crate) fn run(wish: &Wish) -> Result<()> {
    let stop = processes::stop_requested()?;
    if TcpListener::bind(("127.0.0.1", wish.port)).is_err() {
        bail!("port {} is taken; choose another with `--port`", wish.port);
    }
    build::run(Kind::Dev)?;
    if asked(&stop) {
        return Ok(());
    }

    let origin = format!("http://127.0.0.1:{}", wish.port);
    let settings = settings::write_local(&origin)?;
    std::fs::create_dir_all(&wish.state)?;
    let mut wrangler = processes::wrangler();
    wrangler
        .args(["dev", "--local", "--ip", "127.0.0.1", "--port"])
        .arg(wish.port.to_string())
        .args(["--inspector-port", "0", "--log-level", "warn"])
        .arg("--show-interactive-dev-session=false")
        .arg("--config")
        .arg(settings)
        .arg("--persist-to")
        .arg(&wish.state);
    let mut group = Group::start(&wrangler)?;

    if !wait_for_health(&origin, &mut group, &stop)? {
        return Ok(());
    }
    let clock = hold_the_clock(&origin)?;
    if !load_demo(wish, &origin, &stop)? {
        return Ok(());
    }
    greet(&origin, wish, clock);
    watch(&mut group, &stop)
}

/// False when a stop was asked for meanwhile.
fn wait_for_health(origin: &str, group: &mut Group, stop: &AtomicBool) -> Result<bool> {
    let deadline = Instant::now() + START_LIMIT;
    while Instant::now() < deadline {
        if asked(stop) {
            return Ok(false);
        }
        if let Some(status) = group.ended()? {
            bail!("wrangler ended before the Worker answered ({status})");
        }
        if get(&format!("{origin}/health")).is_ok() {
            return Ok(true);
        }
        sleep(TICK);
    }
    bail!("the Worker did not answer {origin}/health within {START_LIMIT:?}")
}

/// In development time stands still until someone moves it or lets it run; a clock set earlier
/// stays as it is. Gives where it is, or nothing when this Worker has no such clock.
fn hold_the_clock(origin: &str) -> Result<Option<String>> {
    let url = format!("{origin}/api/v1/dev/clock");
    let found = match get(&url) {
        Ok(found) => found,
        Err(ureq::Error::StatusCode(404)) => return Ok(None),
        Err(error) => return Err(error).context("can't read the development clock"),
    };
    let clock = if found.get("set") == Some(&Value::Bool(false)) {
        let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis();
        post(&url, &json!({ "now": u64::try_from(now)? }))
            .context("can't set the development clock")?
    } else if found.get("running") == Some(&Value::Bool(false)) {
        // A crash may have cut it off on its way: moving it by nothing brings it all the way.
        post(&url, &json!({ "advance": "0ms" })).context("can't move the development clock")?
    } else {
        found
    };
    Ok(clock.get("at").and_then(Value::as_str).map(str::to_owned))
}

/// Fills a fresh workspace, once. False when a stop was asked for meanwhile.
fn load_demo(wish: &Wish, origin: &str, stop: &AtomicBool) -> Result<bool> {
    let marker = wish.state.join(".begun");
    let seed = Path::new("www/demo/seed.mjs");
    if marker.exists() || (!wish.empty && !files::root().join(seed).is_file()) {
        return Ok(true);
    }
    if !wish.empty {
        say::note("loading the demo workspace");
        let mut node = processes::npm_bin("node");
        node.arg(files::root().join(seed))
            .arg(origin)
            .args([settings::WRITE_KEY, settings::ADMIN_TOKEN]);
        let mut seeding = Group::start(&node)?;
        loop {
            if asked(stop) {
                return Ok(false);
            }
            match seeding.ended()? {
                Some(status) if status.success() => break,
                Some(status) => bail!("the demo workspace could not be loaded ({status})"),
                None => sleep(TICK),
            }
        }
    }
    files::write(
        &marker,
        "This state has been begun: it is not filled with the demo again.\n",
    )?;
    Ok(true)
}

fn greet(origin: &str, wish: &Wish, clock: Option<String>) {
    say::line(format!(
        "
Rekindle is running.

  console      {origin}/console/
  demo app     {origin}/demo/
  API          {origin}/api/v1
  write key    {}
  admin token  {}
  state        {}",
        settings::WRITE_KEY,
        settings::ADMIN_TOKEN,
        wish.state.display()
    ));
    match clock {
        Some(at) => say::line(format!(
            "  clock        {at}; move it: POST {origin}/api/v1/dev/clock {{\"advance\": \"1d\"}}, or {{\"run\": true}}"
        )),
        None => say::line("  clock        the machine's: this Worker has no clock to move"),
    }
    say::line("\nCtrl-C stops it.");
}

/// Returns when a stop is asked for; fails when the runtime dies. wrangler would start it again,
/// but a crash that mends itself is a crash that nobody looks into.
fn watch(group: &mut Group, stop: &AtomicBool) -> Result<()> {
    let mut runtimes = group.members(RUNTIME)?;
    let whole = runtimes.len();
    let mut built = newest_file()?;
    let mut reload_until = Instant::now();
    let mut last_whole = Instant::now();
    let mut last_look = Instant::now();
    while !asked(stop) {
        if let Some(status) = group.ended()? {
            bail!("wrangler ended by itself ({status})");
        }
        sleep(TICK);
        if last_look.elapsed() < LOOK_EVERY {
            continue;
        }
        last_look = Instant::now();
        let now = group.members(RUNTIME)?;
        if now.len() >= whole {
            last_whole = Instant::now();
        }
        if now == runtimes {
            continue;
        }
        // A new build is a reason for a new runtime; nothing else is.
        let newest = newest_file()?;
        if newest > built {
            built = newest;
            reload_until = Instant::now() + RELOAD_LIMIT;
        }
        let reloading = Instant::now() < reload_until;
        if asked(stop) {
            break;
        }
        if !reloading || last_whole.elapsed() > RELOAD_LIMIT {
            bail!("the Worker's runtime ({RUNTIME}) died; start again, the state is kept");
        }
        runtimes = now;
    }
    say::note("stopping");
    group.stop();
    Ok(())
}

/// When the last of the files that wrangler serves was written.
fn newest_file() -> Result<SystemTime> {
    let mut newest = UNIX_EPOCH;
    for dir in [worker::directory(Kind::Dev), files::at("dist/assets")] {
        for path in files::below(&dir)?.values() {
            // A file that goes away meanwhile is a change too, but no news of its time.
            if let Ok(written) = path.metadata().and_then(|meta| meta.modified()) {
                newest = newest.max(written);
            }
        }
    }
    Ok(newest)
}

fn get(url: &str) -> Result<Value, ureq::Error> {
    let mut answer = agent()
        .get(url)
        .header("authorization", format!("Bearer {}", settings::ADMIN_TOKEN))
        .call()?;
    Ok(json_or_null(&answer.body_mut().read_to_string()?))
}

fn post(url: &str, body: &Value) -> Result<Value, ureq::Error> {
    let mut answer = agent()
        .post(url)
        .header("authorization", format!("Bearer {}", settings::ADMIN_TOKEN))
        .header("content-type", "application/json")
        .send(body.to_string())?;
    Ok(json_or_null(&answer.body_mut().read_to_string()?))
}

fn agent() -> ureq::Agent {
    ureq::Agent::config_builder()
        .timeout_global(Some(Duration::from_secs(5)))
        .proxy(None)
        .build()
        .into()
}

fn json_or_null(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or(Value::Null)
}
