//! The table of bounds: what, measured, at most, whether it holds.
//! Measures nothing itself.

use std::collections::BTreeMap;

use crate::say;

/// What was measured, by name.
#[derive(Default)]
pub(crate) struct Figures {
    /// Nanoseconds.
    pub(crate) times: BTreeMap<String, f64>,
    /// Instructions.
    pub(crate) instructions: BTreeMap<String, u64>,
}

/// A bound of the design.
struct Bound {
    what: &'static str,
    /// The name of the time, and that of the instructions.
    names: (&'static str, &'static str),
    at_most_ns: f64,
}

const fn bound(what: &'static str, time: &'static str, count: &'static str, ns: f64) -> Bound {
    Bound {
        what,
        names: (time, count),
        at_most_ns: ns,
    }
}

/// How many times faster something must be than a peer.
struct Ratio {
    what: &'static str,
    ours: &'static str,
    theirs: &'static str,
    at_least: f64,
}

const fn ratio(
    what: &'static str,
    ours: &'static str,
    (theirs, at_least): (&'static str, f64),
) -> Ratio {
    Ratio {
        what,
        ours,
        theirs,
        at_least,
    }
}

const WASM_CALL: &str = "wasm, a call each";
const WASM_BATCH: &str = "wasm, a batch of 1,000";
/// The peers, each with how many times faster than it we must be.
const SIFT: (&str, f64) = ("sift", 10.0);
/// See [`SIFT`].
const GROWTHBOOK: (&str, f64) = ("growthbook evalCondition", 20.0);

/// LIMIT: the budgets of the design. A person's events are 30 of each kind.
const BOUNDS: [Bound; 13] = [
    bound(
        "seed segment, bound",
        "rules/eval_bound/30",
        "eval_bound",
        50.0,
    ),
    bound("seed segment, by name", "rules/eval/30", "eval", 100.0),
    bound("seed segment, wasm, a call", WASM_CALL, "", 150.0),
    bound("seed segment, wasm, in batches", WASM_BATCH, "", 60.0),
    bound("next flip", "rules/next_flip/30", "next_flip", 150.0),
    bound("next flip, 1,000 events", "rules/next_flip/1000", "", 150.0),
    bound(
        "count of 1 M, bound",
        "rules/count_of_a_million_bound",
        "",
        1e9,
    ),
    bound("count of 1 M, by name", "rules/count_of_a_million", "", 1e9),
    bound(
        "series step",
        "core/step_of_an_event/30",
        "series_step",
        2_000.0,
    ),
    bound(
        "Liquid render, small",
        "liquid/render_template/small",
        "render_template",
        1_000.0,
    ),
    bound(
        "Liquid parse, small",
        "liquid/parse_template/small",
        "parse_template",
        10_000.0,
    ),
    // Five million events a second.
    bound(
        "backtest of 1 M events",
        "backtest/a_generated_year",
        "",
        200e6,
    ),
    bound("backtest of CDNOW", "backtest/cdnow", "", 1e9),
];

const RATIOS: [Ratio; 4] = [
    ratio("sift / wasm in batches", WASM_BATCH, SIFT),
    ratio("sift / wasm, a call", WASM_CALL, SIFT),
    ratio("GrowthBook / wasm in batches", WASM_BATCH, GROWTHBOOK),
    ratio("GrowthBook / wasm, a call", WASM_CALL, GROWTHBOOK),
];

pub(crate) fn print(figures: &Figures) {
    let row = |what: &str, measured: &str, bound: &str, holds: &str, instructions: &str| {
        say::line(format!(
            "{what:<32} {measured:>10} {bound:>12}  {holds:<6} {instructions:>12}"
        ));
    };
    row("", "measured", "bound", "", "instructions");
    let verdict = |holds: bool| if holds { "holds" } else { "SHORT" };
    for bound in &BOUNDS {
        let (time, count) = bound.names;
        let count = figures.instructions.get(count);
        let count = count.map_or_else(String::new, u64::to_string);
        let Some(ns) = figures.times.get(time) else {
            continue;
        };
        let most = format!("<= {}", spoken(bound.at_most_ns));
        let holds = verdict(*ns <= bound.at_most_ns);
        row(bound.what, &spoken(*ns), &most, holds, &count);
    }
    for ratio in &RATIOS {
        let of = |name: &str| figures.times.get(name);
        if let Some((ours, theirs)) = of(ratio.ours).zip(of(ratio.theirs)) {
            let (times, least) = (theirs / ours, format!(">= {} x", ratio.at_least));
            let holds = verdict(times >= ratio.at_least);
            row(ratio.what, &format!("{times:.1} x"), &least, holds, "");
        }
    }
}

/// A time in a unit that fits it.
fn spoken(ns: f64) -> String {
    let units = [(1e9, "s"), (1e6, "ms"), (1e3, "µs")];
    let (scale, unit) = units
        .into_iter()
        .find(|(scale, _)| ns >= *scale)
        .unwrap_or((1.0, "ns"));
    let digits = format!("{:.1}", ns / scale);
    format!("{} {unit}", digits.strip_suffix(".0").unwrap_or(&digits))
}

/// The medians that divan prints as a tree, by path (`rules/eval/30`), in nanoseconds.
pub(crate) fn medians(printed: &str) -> BTreeMap<String, f64> {
    // The names above the line, each with its column.
    let mut path: Vec<(usize, &str)> = Vec::new();
    let mut found = BTreeMap::new();
    for line in printed.lines() {
        // Blank columns belong to a second line of the same bench.
        let name_at = line.chars().take_while(|c| " │├╰─".contains(*c)).count();
        let text = line.trim_start_matches([' ', '│', '├', '╰', '─']);
        let (name, columns) = text.split_once(' ').unwrap_or((text, ""));
        let is_branch = line.contains('├') || line.contains('╰');
        if name.is_empty() || (name_at > 0 && !is_branch) {
            continue;
        }
        path.retain(|(column, _)| *column < name_at);
        path.push((name_at, name));
        if let Some(ns) = columns.split('│').nth(2).and_then(nanoseconds) {
            let names: Vec<&str> = path.iter().map(|(_, name)| *name).collect();
            found.insert(names.join("/"), ns);
        }
    }
    found
}

fn nanoseconds(text: &str) -> Option<f64> {
    let (number, unit) = text.trim().split_once(' ')?;
    let scale = match unit {
        "ns" => 1.0,
        "µs" => 1e3,
        "ms" => 1e6,
        "s" => 1e9,
        _ => return None,
    };
    Some(number.parse::<f64>().ok()? * scale)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_are_read_with_their_paths() {
        let printed = "\
Timer precision: 20 ns
rules                        fastest       │ slowest       │ median        │ mean          │ samples
├─ compile                   469.7 ns      │ 21.72 µs      │ 510.7 ns      │ 738.9 ns      │ 100
├─ count                     566.6 ms      │ 632.9 ms      │ 622.3 ms      │ 607.3 ms      │ 3
│                            1.764 Mitem/s │ 1.579 Mitem/s │ 1.606 Mitem/s │ 1.646 Mitem/s │
╰─ eval                                    │               │               │               │
   ├─ 1                      60.72 ns      │ 63.88 ns      │ 61.38 ns      │ 61.77 ns      │ 100
   ╰─ 30                     1.2 s         │ 1.3 s         │ 1.25 s        │ 1.25 s        │ 100";
        let found: Vec<(String, f64)> = medians(printed).into_iter().collect();
        let expected = [
            ("rules/compile", 510.7),
            ("rules/count", 622.3e6),
            ("rules/eval/1", 61.38),
            ("rules/eval/30", 1.25e9),
        ];
        assert_eq!(found, expected.map(|(name, ns)| (name.to_owned(), ns)));
    }

    #[test]
    fn a_time_is_spoken_in_a_unit_that_fits() {
        for (ns, text) in [
            (16.62, "16.6 ns"),
            (150.0, "150 ns"),
            (2_000.0, "2 µs"),
            (27_520_000.0, "27.5 ms"),
            (1e9, "1 s"),
        ] {
            assert_eq!(spoken(ns), text);
        }
    }
}
