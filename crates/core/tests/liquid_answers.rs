//! Holds our Liquid to what Shopify's own answers, question by question (`tests/data/liquid`), and
//! rendering in part to rendering at once.
//! A disagreement fails unless the skip-file lists it with a reason; one that is listed and agrees
//! fails too.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test, helpers included, fails by panicking"
)]

use std::{collections::BTreeMap, fs, path::Path};

use rekindle_core::liquid::{
    Fact, Facts, Limits, RenderError, Scope, Sink, Template, parse, partial, render_within,
};
use serde::Deserialize;

#[derive(Deserialize)]
struct Answers {
    now_ms: i64,
    data: Facts,
    sets: BTreeMap<String, Vec<String>>,
    questions: Vec<Question>,
}

/// A pattern in which `%1`, `%2` and `%3` stand for one of a set each, and an answer for each choice,
/// the last set turning fastest. No answer: it is an error.
#[derive(Deserialize)]
struct Question {
    area: String,
    template: String,
    over: Vec<String>,
    answers: Vec<Option<String>>,
    /// Answers to what Shopify's strictest mode refuses: an error is as good.
    refused: Vec<usize>,
}

struct Case<'a> {
    area: &'a str,
    source: String,
    answer: Option<&'a str>,
    may_refuse: bool,
}

fn read(name: &str) -> String {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/data/liquid");
    fs::read_to_string(data.join(name)).unwrap()
}

fn answers() -> Answers {
    serde_json::from_str(&read("answers.json")).unwrap()
}

impl Answers {
    fn cases(&self) -> impl Iterator<Item = Case<'_>> {
        self.questions.iter().flat_map(|question| {
            let answers = question.answers.iter().enumerate();
            answers.map(|(index, answer)| Case {
                area: &question.area,
                source: self.source(question, index),
                answer: answer.as_deref(),
                may_refuse: question.refused.contains(&index),
            })
        })
    }

    fn source(&self, question: &Question, mut index: usize) -> String {
        let mut chosen = Vec::new();
        for name in question.over.iter().rev() {
            let set = &self.sets[name];
            chosen.push(set[index % set.len()].as_str());
            index /= set.len();
        }
        chosen.reverse();
        let mut source = String::new();
        let mut chars = question.template.chars().peekable();
        while let Some(c) = chars.next() {
            let next = chars.peek().filter(|_| c == '%');
            let place = next.and_then(|next| next.to_digit(10));
            if let Some(text) = place.and_then(|place| chosen.get(place as usize - 1)) {
                source.push_str(text);
                chars.next();
            } else {
                source.push(c);
            }
        }
        source
    }

    fn render(&self, template: &Template, scope: &dyn Scope) -> Result<String, RenderError> {
        let limits = Limits::default();
        render_within(template, scope, Sink::Plain, &limits, Some(self.now_ms))
    }
}

#[test]
fn shopify_agrees_or_the_disagreement_is_listed() {
    let answers = answers();
    let skips = read("skip.txt");
    let mut listed: BTreeMap<String, &str> = BTreeMap::new();
    for line in skips.lines() {
        let (source, reason) = line.split_once('\t').expect("`template<TAB>reason`");
        assert!(!reason.trim().is_empty(), "no reason: {source}");
        let source = serde_json::from_str(source).unwrap();
        assert!(
            listed.insert(source, reason).is_none(),
            "listed twice: {line}"
        );
    }
    let mut wrong = Vec::new();
    let mut areas: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let mut met = Vec::new();
    for case in answers.cases() {
        let Case { area, source, .. } = case;
        let answered = match parse(&source) {
            Ok(template) => answers
                .render(&template, &answers.data)
                .map_err(|error| error.to_string()),
            Err(problems) => Err(problems[0].to_string()),
        };
        let (agreeing, total) = areas.entry(area).or_default();
        *total += 1;
        let agrees = match answered.as_deref() {
            Ok(text) => Some(text) == case.answer,
            Err(_) => case.answer.is_none() || case.may_refuse,
        };
        *agreeing += usize::from(agrees);
        let is_listed = listed.contains_key(&source);
        if is_listed && !agrees {
            met.push(source);
        } else if is_listed || !agrees {
            wrong.push(format!(
                "{area}: {source:?}\n  expected {:?}\n  answered {answered:?}",
                case.answer
            ));
        }
    }
    for (area, (agreeing, total)) in &areas {
        println!("{area}: {agreeing} of {total}");
    }
    assert!(
        wrong.is_empty(),
        "{}\n{} wrong",
        wrong.join("\n"),
        wrong.len()
    );
    listed.retain(|source, _| !met.contains(source));
    assert!(listed.is_empty(), "listed, but asked by nobody: {listed:?}");
}

/// The variables of the data whose names hold, or do not hold, one of the asked-for letters.
struct Part<'a> {
    data: &'a Facts,
    asked: &'a str,
    is_asked: bool,
}

impl Scope for Part<'_> {
    fn get(&self, name: &str) -> Option<Fact> {
        let is_asked = name.contains(|c| self.asked.contains(c));
        (is_asked == self.is_asked).then(|| self.data.get(name))?
    }
}

/// Three ways to part the variables: none is asked for later, some are, all are.
const ASKED: [&str; 3] = ["", "lmt", "abcdefghijklmnopqrstuvwxyz"];

#[test]
fn in_two_parts_it_is_the_same_as_at_once() {
    let answers = answers();
    let mut wrong = Vec::new();
    for case in answers.cases() {
        let Ok(template) = parse(&case.source) else {
            continue;
        };
        let whole = answers.render(&template, &answers.data);
        for asked in ASKED {
            let part = |is_asked| Part {
                data: &answers.data,
                asked,
                is_asked,
            };
            let asks = |name: &str| name.contains(|c| asked.contains(c));
            let (limits, now) = (Limits::default(), Some(answers.now_ms));
            let left = partial(&template, &part(false), &asks, Sink::Plain, &limits, now);
            let is_right = match (&whole, left) {
                (Ok(whole), Ok(left)) if asked.is_empty() => left.as_text() == Some(whole),
                (Ok(whole), Ok(left)) => answers.render(&left, &part(true)).as_ref() == Ok(whole),
                // A name that is asked for by a name not known yet is refused.
                (Ok(_), Err(error)) => error.to_string().contains("is not known here"),
                (Err(_), Ok(left)) => answers.render(&left, &part(true)).is_err(),
                (Err(_), Err(_)) => true,
            };
            if !is_right {
                wrong.push(format!("{:?} without {asked:?}: {whole:?}", case.source));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{}\n{} wrong",
        wrong.join("\n"),
        wrong.len()
    );
}
