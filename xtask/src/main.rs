//! `cargo xtask`: everything one types to run, test, build and measure Rekindle.
//!
//! One file per command. Nothing here ships.

mod bench;
mod build;
mod chromium;
mod cost;
mod deploy_check;
mod dev;
mod files;
mod fuzz;
mod load;
mod processes;
mod say;
mod settings;
mod size;
mod test;
mod tools;
mod wasm;
mod web;
mod worker;

use std::process::ExitCode;

use anyhow::{Result, bail};
use build::{Kind, Part};

const USAGE: &str = "\
usage: cargo xtask COMMAND

  dev [--port 8787] [--state DIR] [--empty]   run everything on this machine
  test [--only NAME | --chaos SECONDS]        every check there is, or power cuts for so long
  build [--release | --dev] [--only PART]     the Worker and its assets, into dist/;
                                              PART is `worker` or `web`
  size [--check] [--json]                     bytes over the wire, against their bounds
  bench                                       the benchmarks of the core
  load [--seconds 4] [--people N] [--json]    what the Worker can take, beside a minimal one;
                                              and a publication to N people meanwhile
  simulate-cost [--people N] [--events N] [--page-loads N] [--mails N] [--nudges N] [--batch N]
                [--months N] [--shards N]     what that costs a month on Cloudflare
  fuzz [--seconds 60] [TARGET]                hostile input for the parsers, guided by coverage
  deploy-check                                what a production deployment still lacks";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match run(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say::note(format!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn run(args: &[String]) -> Result<()> {
    let Some((command, rest)) = args.split_first() else {
        bail!("which command?\n\n{USAGE}");
    };
    let mut options = Options(rest.to_vec());
    match command.as_str() {
        "dev" => {
            let port = options.value("--port")?;
            let state = options.value("--state")?;
            let empty = options.flag("--empty");
            options.done()?;
            dev::run(&dev::Wish::new(port, state, empty)?)
        }
        "test" => {
            if let Some(seconds) = options.value("--chaos")? {
                options.done()?;
                return test::chaos(&seconds);
            }
            let only = options.value("--only")?;
            options.done()?;
            test::run(only.as_deref())
        }
        "build" => {
            let dev = options.flag("--dev");
            if options.flag("--release") && dev {
                bail!("`--release` and `--dev` exclude each other");
            }
            let part = match options.value("--only")?.as_deref() {
                None => Part::Whole,
                Some("worker") => Part::Worker,
                Some("web") => Part::Web,
                Some(other) => bail!("unknown part `{other}`: `worker` or `web`"),
            };
            options.done()?;
            build::run_part(if dev { Kind::Dev } else { Kind::Release }, part)
        }
        "size" => {
            let (check, json) = (options.flag("--check"), options.flag("--json"));
            options.done()?;
            size::run(check, json)
        }
        "bench" => bench::run(rest),
        "simulate-cost" => {
            let traffic = cost::Traffic::wished(&mut options)?;
            options.done()?;
            cost::run(&traffic);
            Ok(())
        }
        "load" => load::run(rest),
        "fuzz" => {
            let seconds = options.value("--seconds")?;
            let only = options.word();
            options.done()?;
            fuzz::run(seconds.as_deref(), only.as_deref())
        }
        "deploy-check" => {
            options.done()?;
            deploy_check::run()
        }
        "help" | "--help" | "-h" => {
            say::line(USAGE);
            Ok(())
        }
        unknown => bail!("unknown command `{unknown}`\n\n{USAGE}"),
    }
}

/// The words after a command, taken out one by one.
struct Options(Vec<String>);

impl Options {
    fn flag(&mut self, name: &str) -> bool {
        let before = self.0.len();
        self.0.retain(|word| word != name);
        self.0.len() != before
    }

    fn value(&mut self, name: &str) -> Result<Option<String>> {
        let Some(at) = self.0.iter().position(|word| word == name) else {
            return Ok(None);
        };
        if at + 1 >= self.0.len() {
            bail!("`{name}` needs a value");
        }
        self.0.remove(at);
        Ok(Some(self.0.remove(at)))
    }

    /// The first word that is no option.
    fn word(&mut self) -> Option<String> {
        let at = self.0.iter().position(|word| !word.starts_with("--"))?;
        Some(self.0.remove(at))
    }

    fn done(self) -> Result<()> {
        match self.0.first() {
            Some(word) => bail!("unknown option `{word}`\n\n{USAGE}"),
            None => Ok(()),
        }
    }
}
