//! `rekindle backtest`: a draft replayed over a recorded history; two drafts side by side.
//! Reads files and prints: what would have happened is the core's to say.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{BufRead, BufReader, Write},
    path::PathBuf,
};

use rekindle_core::{
    backtest::{Backtest, Comparison, Draft, Forecast, Line, What},
    series::policy::Settings,
    time::{format_instant, parse_instant},
};

use crate::{Outcome, definitions::Definitions, history::Lives, unwritten, zones::zones};

/// The words after `backtest`.
#[derive(Debug, Default)]
pub(crate) struct Options {
    /// Where the definitions are.
    pub(crate) directory: PathBuf,
    /// The id of the series.
    pub(crate) series: String,
    /// A second series to compare it with.
    pub(crate) against: Option<String>,
    pub(crate) history: PathBuf,
    pub(crate) from: i64,
    pub(crate) to: i64,
    pub(crate) json: bool,
}

impl Options {
    pub(crate) fn read(words: &[String]) -> Result<Self, String> {
        let mut options = Self {
            from: i64::MIN,
            ..Self::default()
        };
        let (mut places, mut history, mut to) = (Vec::new(), None, None);
        let mut words = words.iter();
        while let Some(word) = words.next() {
            let mut value = || {
                words
                    .next()
                    .ok_or_else(|| format!("`{word}` needs a value"))
            };
            match word.as_str() {
                "--history" => history = Some(PathBuf::from(value()?)),
                "--against" => options.against = Some(value()?.clone()),
                "--from" => options.from = instant(value()?)?,
                "--to" => to = Some(instant(value()?)?),
                "--json" => options.json = true,
                option if option.starts_with("--") => {
                    return Err(format!("unknown option `{option}`"));
                }
                _ => places.push(word),
            }
        }
        let [directory, series] = places.as_slice() else {
            return Err("`backtest` takes a directory and the id of a series in it".to_owned());
        };
        options.directory = PathBuf::from(directory);
        options.series.clone_from(series);
        options.history = history.ok_or("which history? give `--history FILE`")?;
        if options.from == i64::MIN {
            return Err("from when on? give `--from 2026-01-01`".to_owned());
        }
        options.to = to.ok_or("until when? give `--to 2026-04-01`")?;
        Ok(options)
    }
}

fn instant(text: &str) -> Result<i64, String> {
    parse_instant(text).ok_or_else(|| format!("`{text}` is no date: write one such as 2026-01-01"))
}

pub(crate) fn run(options: &Options, out: &mut dyn Write) -> Result<Outcome, String> {
    let definitions = Definitions::below(&options.directory);
    if !definitions.problems.is_empty() {
        return Err(definitions.problems.join("\n"));
    }
    let mut drafts = vec![draft(&definitions, &options.series)?];
    if let Some(id) = &options.against {
        drafts.push(draft(&definitions, id)?);
    }
    let file = File::open(&options.history)
        .map_err(|error| format!("{}: {error}", options.history.display()))?;
    let (forecasts, refused) = replay(&drafts, options, BufReader::new(file))?;
    print(options, &forecasts, out)?;
    for line in refused {
        writeln!(out, "{line}").map_err(unwritten)?;
    }
    Ok(Outcome::Fine)
}

fn draft(definitions: &Definitions, id: &str) -> Result<Draft, String> {
    let series = definitions.series.get(id).ok_or_else(|| {
        let known: Vec<&str> = definitions.series.keys().map(String::as_str).collect();
        format!("there is no series `{id}`; there are: {}", known.join(", "))
    })?;
    let segments: BTreeMap<_, _> = definitions
        .segments
        .iter()
        .map(|(id, segment)| (id.clone(), segment.spec.clone()))
        .collect();
    Draft::new(id, series.spec.clone(), segments, Settings::default()).map_err(|findings| {
        let lines: Vec<String> = findings
            .into_iter()
            .map(|finding| format!("{}: {}", series.path.display(), finding.message))
            .collect();
        lines.join("\n")
    })
}

/// All people through all drafts, one person at a time.
fn replay(
    drafts: &[Draft],
    options: &Options,
    lines: impl BufRead,
) -> Result<(Vec<Forecast>, Vec<String>), String> {
    let zones = zones(options.from, options.to);
    let mut backtests = Vec::new();
    for draft in drafts {
        backtests.push(Backtest::new(draft, &zones, options.from, options.to)?);
    }
    let mut people = Lives::new(lines);
    while let Some(life) = people.next()? {
        for backtest in &mut backtests {
            backtest.person(&life.person, &life.inputs);
        }
    }
    let mut refused = people.refused.examples;
    if people.refused.count > 0 {
        refused.push(format!("{} lines were left out", people.refused.count));
    }
    Ok((
        backtests.into_iter().map(Backtest::finish).collect(),
        refused,
    ))
}

fn print(options: &Options, forecasts: &[Forecast], out: &mut dyn Write) -> Result<(), String> {
    match forecasts {
        [one, other] => {
            let comparison = Comparison::new(one, other)?;
            if options.json {
                return json(&comparison, out);
            }
            compared(options, &comparison, out).map_err(unwritten)
        }
        [one] if options.json => json(one, out),
        [one] => forecast(one, out).map_err(unwritten),
        _ => Ok(()),
    }
}

fn json(value: &impl serde::Serialize, out: &mut dyn Write) -> Result<(), String> {
    let text = serde_json::to_string_pretty(value).map_err(|error| error.to_string())?;
    writeln!(out, "{text}").map_err(unwritten)
}

fn forecast(forecast: &Forecast, out: &mut dyn Write) -> std::io::Result<()> {
    let (from, to) = (format_instant(forecast.from), format_instant(forecast.to));
    writeln!(out, "{} people, {from} to {to}", forecast.people)?;
    let total = &forecast.total;
    for (what, count) in [
        ("matched", total.matched),
        ("entered", total.entered),
        ("held out", total.held_out),
        ("would send", total.would_send),
        ("delayed", total.delayed),
        ("finished", total.finished),
    ] {
        writeln!(out, "{what:<24} {count:>10}")?;
    }
    for (reason, count) in &total.exits {
        writeln!(
            out,
            "{:<24} {count:>10}",
            words(&What::Exited(reason.clone()))
        )?;
    }
    for step in &forecast.steps {
        writeln!(out, "\n{}", step.id)?;
        writeln!(out, "  {:<22} {:>10}", "would send", step.total.would_send)?;
        for (reason, count) in &step.total.skipped {
            writeln!(
                out,
                "  {:<22} {count:>10}",
                words(&What::Skipped(reason.clone()))
            )?;
        }
    }
    writeln!(out)?;
    if let Some(busiest) = &forecast.busiest {
        writeln!(
            out,
            "busiest day: {} with {} messages",
            busiest.day, busiest.would_send
        )?;
    }
    if let Some(most) = &forecast.most {
        writeln!(
            out,
            "most for one person: {} messages ({})",
            most.messages, most.person
        )?;
    }
    writeln!(out, "\n{}", forecast.note)
}

fn compared(
    options: &Options,
    comparison: &Comparison,
    out: &mut dyn Write,
) -> std::io::Result<()> {
    let other = options.against.as_deref().unwrap_or_default();
    writeln!(out, "{:<40} {:>16} {other:>16}", "", options.series)?;
    for Line {
        step,
        what,
        one,
        other,
    } in &comparison.lines
    {
        let step = step
            .as_ref()
            .map_or(String::new(), |step| format!("{step}: "));
        writeln!(out, "{:<40} {one:>16} {other:>16}", step + &words(what))?;
    }
    let [one, other] = comparison.most;
    writeln!(out, "{:<40} {one:>16} {other:>16}", "most for one person")?;
    let day = |busiest: &Option<(rekindle_core::backtest::Day, u64)>| {
        busiest.map_or(String::new(), |(day, count)| format!("{day} {count}"))
    };
    let [one, other] = &comparison.busiest;
    writeln!(
        out,
        "{:<40} {:>16} {:>16}",
        "busiest day",
        day(one),
        day(other)
    )?;
    writeln!(out, "\n{}", comparison.note)
}

/// `skipped: no_email` as a person reads it.
fn words(what: &What) -> String {
    let text = match serde_json::to_value(what) {
        Ok(serde_json::Value::String(word)) => word,
        Ok(serde_json::Value::Object(map)) => map
            .into_iter()
            .next()
            .map(|(what, why)| format!("{what}: {}", why.as_str().unwrap_or_default()))
            .unwrap_or_default(),
        _ => String::new(),
    };
    text.replace('_', " ")
}
