//! `import` and `export` as one runs them: real files, a real process, a workspace that is a few lines of
//! HTTP and says what it was told to.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpListener,
    path::PathBuf,
    process::Command,
    thread::{self, JoinHandle},
};

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("rekindle-io-{}-{name}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn run(&self, command: &str, file: &str, origin: &str) -> (i32, String) {
        let output = Command::new(env!("CARGO_BIN_EXE_rekindle"))
            .current_dir(&self.0)
            .args([command, file, "--origin", origin, "--token", "t"])
            .output()
            .unwrap();
        let text = [output.stdout, output.stderr].concat();
        (
            output.status.code().unwrap(),
            String::from_utf8(text).unwrap(),
        )
    }

    fn write(&self, file: &str, text: &str) {
        fs::write(self.0.join(file), text).unwrap();
    }

    fn has(&self, file: &str) -> bool {
        self.0.join(file).exists()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A request: what was asked for, and the body.
type Asked = (String, String);

/// Answers as many requests as there are answers, with a status and a body each.
fn workspace(answers: Vec<(u16, String)>) -> (String, JoinHandle<Vec<Asked>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let asked = thread::spawn(move || {
        let answered = answers.into_iter().map(|(status, body)| {
            let mut reader = BufReader::new(listener.accept().unwrap().0);
            let (mut request, mut line, mut length) = (String::new(), String::new(), 0);
            reader.read_line(&mut request).unwrap();
            while reader.read_line(&mut line).unwrap() > 2 {
                let lower = line.to_ascii_lowercase();
                if let Some(value) = lower.strip_prefix("content-length:") {
                    length = value.trim().parse().unwrap();
                }
                line.clear();
            }
            let mut sent = vec![0; length];
            reader.read_exact(&mut sent).unwrap();
            let head = format!(
                "HTTP/1.1 {status} x\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
                body.len()
            );
            let stream = reader.get_mut();
            stream.write_all((head + &body).as_bytes()).unwrap();
            let asked = request.split(' ').nth(1).unwrap().to_owned();
            (asked, String::from_utf8(sent).unwrap())
        });
        answered.collect()
    });
    (origin, asked)
}

fn stored(count: usize) -> (u16, String) {
    (200, format!(r#"{{"stored":{count},"refused":[]}}"#))
}

#[test]
fn a_file_is_sent_in_parts_that_begin_where_a_record_does() {
    let folder = Folder::new("parts");
    // A cell that goes on over two lines stands wherever a part could end.
    let record = format!("{},\"two\nlines\"\n", "x".repeat(1_000));
    folder.write(
        "people.csv",
        &("userId,about\n".to_owned() + &record.repeat(1_200)),
    );
    let (origin, asked) = workspace(vec![stored(600), stored(500), stored(100)]);
    let (code, told) = folder.run("import", "people.csv", &origin);
    assert_eq!((code, told.as_str()), (0, "1200 stored, 0 refused\n"));
    assert!(!folder.has("people.csv.progress"));
    let mut line = 2;
    let mut sent = 0;
    for (path, body) in asked.join().unwrap() {
        assert!(path.contains(&format!("?line={line}&name=")), "{path}");
        let records = body.strip_prefix("userId,about\n").unwrap();
        assert_eq!(records.len() % record.len(), 0);
        line += records.lines().count();
        sent += records.len() / record.len();
    }
    assert_eq!(sent, 1_200);
}

#[test]
fn an_import_that_broke_off_goes_on_where_it_was_with_the_same_names() {
    let folder = Folder::new("resumed");
    let line = format!(
        "{{\"type\":\"identify\",\"userId\":\"{}\"}}\n",
        "x".repeat(1_000)
    );
    folder.write("people.jsonl", &line.repeat(1_000));
    let refused = r#"{"stored":500,"refused":[{"line":7,"message":"`userId` is missing"}]}"#;
    let (origin, asked) = workspace(vec![(200, refused.to_owned()), (500, String::new())]);
    let (code, told) = folder.run("import", "people.jsonl", &origin);
    assert_eq!(code, 2, "{told}");
    assert!(told.starts_with("line 7: `userId` is missing\n"), "{told}");
    let first = asked.join().unwrap();
    assert!(folder.has("people.jsonl.progress"));

    let (origin, asked) = workspace(vec![stored(499)]);
    let (code, told) = folder.run("import", "people.jsonl", &origin);
    let begun = first[0].1.lines().count() + 1;
    assert_eq!(
        told,
        format!("going on at line {begun}\n999 stored, 1 refused\n")
    );
    assert_eq!(code, 1, "something was refused");
    assert_eq!(
        asked.join().unwrap()[0],
        first[1],
        "the part that failed is sent again"
    );

    // Another file under the same name begins anew.
    folder.write(
        "people.jsonl",
        "{\"type\":\"identify\",\"userId\":\"other\"}\n",
    );
    let (origin, asked) = workspace(vec![stored(1)]);
    assert_eq!(
        folder.run("import", "people.jsonl", &origin).1,
        "1 stored, 0 refused\n"
    );
    assert_ne!(asked.join().unwrap()[0].0, first[0].0);
}

#[test]
fn a_file_that_cannot_be_cut_into_records_is_refused_with_the_mend() {
    let folder = Folder::new("uncut");
    for (file, text, expected) in [
        ("a.txt", "x".to_owned(), "name the file .jsonl or .csv"),
        ("a.csv", "userId\n".to_owned(), "no lines to import"),
        (
            "a.jsonl",
            "x".repeat(64 * 1024 + 1),
            "line 1 has more than 65536 bytes",
        ),
        (
            "b.csv",
            format!("userId\n\"{}", "x\n".repeat(40_000)),
            "close its double quote",
        ),
    ] {
        folder.write(file, &text);
        let (code, told) = folder.run("import", file, "http://127.0.0.1:1");
        assert_eq!(code, 2);
        assert!(told.contains(expected), "{file}: {told}");
    }
}

#[test]
fn an_export_is_there_whole_or_not_at_all() {
    let folder = Folder::new("export");
    let whole = "{\"type\":\"identify\"}\n{\"type\":\"end\"}\n";
    for (text, status, code) in [
        ("{\"type\":\"identify\"}\n{\"type\":\"tra", 200, 2),
        ("", 200, 2),
        (r#"{"detail":"this needs the role admin"}"#, 403, 2),
        (whole, 200, 0),
    ] {
        let (origin, asked) = workspace(vec![(status, text.to_owned())]);
        let (answered, told) = folder.run("export", "all.jsonl", &origin);
        assert_eq!(answered, code, "{told}");
        assert_eq!(asked.join().unwrap()[0].0, "/api/v1/export");
        assert_eq!(folder.has("all.jsonl"), code == 0);
    }
    let written = fs::read_to_string(folder.0.join("all.jsonl")).unwrap();
    assert_eq!(written, "{\"type\":\"identify\"}\n");
}
