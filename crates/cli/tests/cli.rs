//! The program as one runs it: real files, a real process, a workspace that is a few lines of HTTP.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpListener,
    path::{Path, PathBuf},
    process::Command,
    thread,
};

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str, files: &[(&str, &str)]) -> Self {
        let path = std::env::temp_dir().join(format!("rekindle-cli-{}-{name}", std::process::id()));
        for (file, text) in files {
            let file = path.join(file);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        }
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The exit code and what was printed, with the folder's path taken out.
fn run(folder: &Path, words: &[&str]) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_rekindle"))
        .current_dir(folder)
        .args(words)
        .output()
        .unwrap();
    let text =
        String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
    (output.status.code().unwrap(), text)
}

const SEGMENT: &str = r#"{ "name": "Pro", "rule": "plan is \"pro\"" }"#;
const SERIES: &str = r#"{
  "name": "Hello", "audience": { "segment": "pro" }, "exit": "performed \"Done\"",
  "steps": [{ "id": "hello", "kind": "email", "subject": "Hello", "body": "Hello {{ first_name }}." }]
}"#;

#[test]
fn good_definitions_pass() {
    let folder = Folder::new(
        "good",
        &[
            ("segments/pro.json", SEGMENT),
            ("series/hello.json", SERIES),
        ],
    );
    assert_eq!(
        run(&folder.0, &["validate", "."]),
        (0, "2 definitions, 0 errors, 0 warnings\n".to_owned())
    );
    let one = run(&folder.0, &["validate", "series/hello.json"]);
    assert_eq!(one, (0, "1 definitions, 0 errors, 0 warnings\n".to_owned()));
}

#[test]
fn every_problem_is_told_with_its_file() {
    let folder = Folder::new(
        "bad",
        &[
            ("segments/pro.json", r#"{ "rule": "plan is" }"#),
            ("segments/a.json", r#"{ "rule": "in segment \"b\"" }"#),
            ("segments/b.json", r#"{ "rule": "in segment \"a\"" }"#),
            ("series/hello.json", SERIES),
            (
                "series/two.json",
                r#"{ "name": "x", "audience": { "rule": "everyone" },
                     "steps": [{ "id": "a", "kind": "push", "title": "{{ x", "body": "x", "url": "/here" }] }"#,
            ),
            ("series/three.json", r#"{ "name": "x", "audiense": {} }"#),
            (
                "series/four.json",
                r#"{ "name": "x", "audience": { "rule": "everyone" },
                     "steps": [{ "id": "a", "kind": "in_app", "body": "x" }] }"#,
            ),
        ],
    );
    let (code, text) = run(&folder.0, &["validate", "."]);
    assert_eq!(code, 1);
    for part in [
        "./segments/pro.json: at character 8: expected a value",
        "./segments/a.json: segment `a` refers back to itself (a > b > a)",
        "./series/hello.json: unknown segment `pro`",
        "./series/two.json: step `a`: `title`, line 1, column",
        "./series/two.json: step `a`: `url` is `/here`",
        "./series/three.json: unknown field `audiense`",
        "./series/four.json: warning: there is no exit condition",
        "7 errors, 1 warnings",
    ] {
        assert!(text.contains(part), "{part}\n---\n{text}");
    }
    let (code, text) = run(&folder.0, &["validate", "series/four.json"]);
    assert_eq!((code, text.lines().count()), (0, 2), "{text}");
    assert_eq!(run(&folder.0, &["validate", "nowhere"]).0, 1);
    assert_eq!(run(&folder.0, &["validate"]).0, 2);
}

#[test]
fn a_rule_is_shown_in_both_spellings_or_with_carets() {
    let here = std::env::temp_dir();
    let (code, text) = run(&here, &["rule", "plan IS \"pro\""]);
    assert_eq!(code, 0);
    assert!(
        text.starts_with("plan is \"pro\"\n{\n  \"attribute\""),
        "{text}"
    );
    let (code, text) = run(&here, &["rule", "plan is and é > 1 days"]);
    assert_eq!(code, 1);
    assert_eq!(
        text,
        "plan is and é > 1 days\n        ^ expected a value: text in double quotes, a number, `true` or \
         `false`, found `and`\n                      ^ expected `ago`, found the end\n"
    );
}

/// Answers as a workspace that has one segment and one series, and notes what it is asked.
fn workspace(requests: usize) -> (String, thread::JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let asked = thread::spawn(move || (0..requests).map(|_| answer(&listener)).collect());
    (origin, asked)
}

fn answer(listener: &TcpListener) -> String {
    let (stream, _) = listener.accept().unwrap();
    let mut reader = BufReader::new(stream);
    let (mut request, mut line, mut length, mut token) =
        (String::new(), String::new(), 0, String::new());
    reader.read_line(&mut request).unwrap();
    while reader.read_line(&mut line).unwrap() > 2 {
        let lower = line.to_ascii_lowercase();
        if let Some(value) = lower.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        if let Some(value) = lower.strip_prefix("authorization: bearer ") {
            value.trim().clone_into(&mut token);
        }
        line.clear();
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let asked = request.rsplit_once(' ').unwrap().0.to_owned();
    let (status, body) = match (token.as_str(), asked.as_str()) {
        ("t", "GET /api/v1/segments") => (
            200,
            r#"{"items":[{"id":"pro","name":"Pro","rule":"plan is \"free\"","tree":{},"revision":3},
                {"id":"old","name":"old","rule":"everyone","tree":{},"revision":1}],"next":null}"#,
        ),
        ("t", "GET /api/v1/series") => (200, r#"{"items":[],"next":null}"#),
        ("t", _) => (200, "{}"),
        _ => (
            401,
            r#"{"title":"unauthorized","detail":"the token is not known"}"#,
        ),
    };
    let head = format!(
        "HTTP/1.1 {status} x\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    reader
        .get_mut()
        .write_all((head + body).as_bytes())
        .unwrap();
    asked
}

#[test]
fn a_push_writes_what_differs_segments_first() {
    let folder = Folder::new(
        "push",
        &[
            ("segments/pro.json", SEGMENT),
            ("series/hello.json", SERIES),
        ],
    );
    let (origin, asked) = workspace(2);
    let (code, text) = run(
        &folder.0,
        &["diff", ".", "--origin", &origin, "--token", "t"],
    );
    assert_eq!(asked.join().unwrap().len(), 2);
    assert_eq!(code, 0, "{text}");
    assert!(
        text.starts_with(
            "? segments/old is in the workspace only, and stays\n~ segments/pro\n  - rule: "
        ),
        "{text}"
    );
    assert!(text.ends_with("+ series/hello\n"), "{text}");

    let (origin, asked) = workspace(5);
    let (code, text) = run(
        &folder.0,
        &[
            "push",
            ".",
            "--origin",
            &origin,
            "--token",
            "t",
            "--publish",
        ],
    );
    assert_eq!(code, 0, "{text}");
    assert_eq!(
        text,
        "segments/pro written\nseries/hello written and published\n2 pushed\n"
    );
    assert_eq!(
        asked.join().unwrap(),
        [
            "GET /api/v1/segments",
            "GET /api/v1/series",
            "PUT /api/v1/segments/pro",
            "PUT /api/v1/series/hello",
            "POST /api/v1/series/hello/publish",
        ]
    );

    let (origin, asked) = workspace(1);
    let (code, text) = run(
        &folder.0,
        &["push", ".", "--origin", &origin, "--token", "wrong"],
    );
    assert_eq!(asked.join().unwrap().len(), 1);
    assert_eq!(code, 2);
    assert!(
        text.contains("401") && text.contains("the token is not known"),
        "{text}"
    );
}

const HISTORY: &str = r#"{"type":"identify","userId":"ana","timestamp":"2026-01-01T00:00:00Z","traits":{"plan":"pro","email":"ana@example.com"}}
{"type":"track","userId":"ana","event":"Done","timestamp":"2026-01-05T00:00:00Z"}
{"type":"identify","userId":"bo","timestamp":"2026-01-02T00:00:00Z","traits":{"plan":"pro"}}
{"type":"track","userId":"bo","timestamp":"2026-01-02T00:00:00Z"}
not json
{"type":"identify","userId":"cy","timestamp":"2026-01-02T00:00:00Z","traits":{"plan":"free"}}
"#;

#[test]
fn a_history_is_replayed_and_what_is_wrong_in_it_is_told() {
    let other = SERIES.replace("\"id\": \"hello\"", "\"id\": \"hello\", \"delay\": \"5d\"");
    let folder = Folder::new(
        "backtest",
        &[
            ("segments/pro.json", SEGMENT),
            ("series/hello.json", SERIES),
            ("series/later.json", &other),
            ("history.jsonl", HISTORY),
            ("unsorted.jsonl", &HISTORY.replace("cy", "aa")),
        ],
    );
    let words = |series: &'static str, history: &'static str| {
        let words = ["backtest", ".", series, "--history", history];
        [&words[..], &["--from", "2026-01-01", "--to", "2026-02-01"]].concat()
    };
    let (code, text) = run(&folder.0, &words("hello", "history.jsonl"));
    assert_eq!(code, 0, "{text}");
    for part in [
        "3 people, 2026-01-01T00:00:00Z to 2026-02-01T00:00:00Z",
        "entered                           2",
        "exited: exit condition            1",
        "  would send                      1",
        "  skipped: no email               1",
        "most for one person: 1 messages (ana)",
        "nobody's reaction to a message is invented",
        "line 4: `event` is missing: add it",
        "line 5: expected",
        "2 lines were left out",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    let compared = [
        &words("hello", "history.jsonl")[..],
        &["--against", "later"],
    ]
    .concat();
    let (code, text) = run(&folder.0, &compared);
    assert_eq!(code, 0, "{text}");
    assert!(
        text.contains("hello: would send                                       1                0"),
        "{text}"
    );
    let json = [&words("hello", "history.jsonl")[..], &["--json"]].concat();
    let (_, text) = run(&folder.0, &json);
    assert!(
        text.contains("\"busiest\": {\n    \"day\": \"2026-01-01\""),
        "{text}"
    );
    for (words, part) in [
        (words("helo", "history.jsonl"), "there are: hello, later"),
        (words("hello", "unsorted.jsonl"), "sort the file by id"),
        (words("hello", "none.jsonl"), "none.jsonl"),
        (
            vec!["backtest", ".", "hello", "--history", "history.jsonl"],
            "give `--from",
        ),
    ] {
        let (code, text) = run(&folder.0, &words);
        assert!(code == 2 && text.contains(part), "{code} {text}");
    }
}
