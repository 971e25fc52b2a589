//! Partial rendering: what is left says the same as the whole, asks for less and hides the rest.

use proptest::{prelude::*, sample::select};

use super::{super::partial, *};
use crate::wire;

/// What a browser knows.
fn asks(name: &str) -> bool {
    matches!(name, "page" | "session")
}

fn left_of(source: &str, known: &str) -> Template {
    let limits = Limits::default();
    let left = partial(
        &parsed(source),
        &scope(known),
        &asks,
        Sink::Html,
        &limits,
        None,
    );
    left.unwrap_or_else(|error| panic!("{source}: {error}"))
}

const KNOWN: &str = r#"{
    "name": "Ann", "plan": "pro", "secret": "h1dden", "n": 2, "tags": ["a", "b", "c"],
    "orders": [{"id": 1, "total": 10, "card": "h1dden"}, {"id": 2, "total": 30, "card": "h1dden"}]
}"#;

/// Renders in part and then the rest, beside the whole.
fn check_left(source: &str, browser: &str, expected: &str) {
    let left = left_of(source, KNOWN);
    let bytes = wire::encode(&left);
    let arrived: Template = wire::decode(&bytes).unwrap();
    assert_eq!(arrived, left);
    let shown = String::from_utf8_lossy(&bytes).into_owned();
    assert!(!shown.contains("h1dden"), "{source}: {shown}");
    let later = scope(browser);
    let rest = render(&arrived, &later, Sink::Html);
    assert_eq!(rest.as_deref(), Ok(expected), "{source}\n{left:?}");
    let mut all = scope(KNOWN);
    all.extend(later);
    let whole = render(&parsed(source), &all, Sink::Html);
    assert_eq!(whole.as_deref(), Ok(expected), "{source}");
}

#[test]
fn what_is_known_becomes_text() {
    for (source, expected) in [
        ("Hi {{ name | upcase }}!", "Hi ANN!"),
        (
            "{% if n > 1 and secret %}many{% else %}{{ secret }}{% endif %}",
            "many",
        ),
        (
            "{% for o in orders %}{{ forloop.index }}:{{ o.total }} {% endfor %}",
            "1:10 2:30 ",
        ),
        (
            "{% for t in tags %}{% if t == 'b' %}{% break %}{% endif %}{{ t }}{% endfor %}!",
            "a!",
        ),
        (
            "{% assign x = tags | size %}{% capture y %}<{{ x }}>{% endcapture %}{{ y }}",
            "<3>",
        ),
        (
            "{% cycle 1, 2 %}{% cycle 1, 2 %}{% increment i %}{% increment i %}{{ i }}",
            "12012",
        ),
        (
            "{% case plan %}{% when 'pro' %}P{% else %}{{ secret }}{% endcase %}",
            "P",
        ),
        (
            "{% tablerow t in tags cols: 3 limit: 1 %}{% break %}{% endtablerow %}",
            "<tr class=\"row1\">\n<td class=\"col1\"></td></tr>\n",
        ),
        (
            "{% for t in tags limit: 2 %}{{ t }}{% endfor %}{% for t in tags offset: continue %}{{ t }}{% endfor %}",
            "abc",
        ),
        ("a{% break %}b", "a"),
        (
            "{% for i in (1..4) %}{% ifchanged %}{{ i | divided_by: 2 }}{% endifchanged %}{% endfor %}",
            "012",
        ),
        ("{% if page.x and false %}{{ secret }}{% endif %}", ""),
        ("{% if page.x or true %}y{% endif %}", "y"),
        (
            "{% for i in page.l %}{% endfor %}{% if page.x %}{% endif %}",
            "",
        ),
        (
            "{% assign x = secret %}{% if page.y %}{% assign x = 1 %}{% endif %}",
            "",
        ),
        (
            "{% liquid \n assign a = name | append: page.x \n assign b = a %}-",
            "-",
        ),
    ] {
        assert_eq!(left_of(source, KNOWN).as_text(), Some(expected), "{source}");
        check_left(source, r#"{"page": {"x": 1, "l": [1]}}"#, expected);
    }
}

#[test]
fn what_is_not_known_stays() {
    let page = r#"{"page": {"x": 1, "y": false, "i": 1, "url": "/a&b", "l": [5, 6]}}"#;
    for (source, expected) in [
        ("{{ page.url }} {{ name }}", "/a&amp;b Ann"),
        ("{{ page.z | default: name | append: '!' }}", "Ann!"),
        (
            "{% if n == 2 and page.x == 1 %}{{ name }}{% endif %}",
            "Ann",
        ),
        (
            "{% if page.y %}{{ name }}{% elsif n > 5 %}{{ secret }}{% else %}no{% endif %}",
            "no",
        ),
        ("{{ orders[page.i].total }}", "30"),
        ("{{ name[page.i] }}{{ secret[page.i] }}", ""),
        // Assigned where it may not be reached, and read afterwards.
        (
            "{% if page.x %}{% assign name = 'Bo' %}{% endif %}{{ name }}",
            "Bo",
        ),
        (
            "{% if page.y %}{% assign name = 'Bo' %}{% endif %}{{ name }}",
            "Ann",
        ),
        ("{% assign secret = page.x %}{{ secret }}", "1"),
        (
            "{% for i in page.l %}{{ n }}{% assign n = n | plus: i %}{% endfor %}{{ n }}",
            "2713",
        ),
        (
            "{% for i in page.l %}{% increment n %}{% endfor %}{{ n }}",
            "012",
        ),
        (
            "{% capture c %}{{ '<' }}{{ page.x }}{% endcapture %}{{ c }}{{ c | size }}",
            "&lt;12",
        ),
        // Left early, perhaps.
        (
            "{% for t in tags %}{% if t == 'b' and page.x %}{% break %}{% endif %}{{ t }}{% endfor %}.",
            "a.",
        ),
        (
            "{% for t in tags %}{% if page.x %}{% continue %}{% endif %}{{ t }}{% endfor %}.",
            ".",
        ),
        (
            "{% for t in tags %}{% assign last = t %}{% if page.x %}{% break %}{% endif %}{% endfor %}{{ last }}",
            "a",
        ),
        ("{% if page.x %}{% break %}{% endif %}never", ""),
        (
            "{% tablerow t in tags %}{% if page.x %}{% break %}{% endif %}{% endtablerow %}",
            "<tr class=\"row1\">\n<td class=\"col1\"></td></tr>\n",
        ),
        // Loops within loops.
        (
            "{% for t in tags %}{% for i in page.l %}{{ forloop.parentloop.index }}{{ t }}{{ i }} {% endfor %}{% endfor %}",
            "1a5 1a6 2b5 2b6 3c5 3c6 ",
        ),
        (
            "{% for i in page.l %}{% for t in tags %}{{ forloop.parentloop.index }}{{ forloop.index }}{{ t }} {% endfor %}{% endfor %}",
            "11a 12b 13c 21a 22b 23c ",
        ),
        (
            "{% for i in page.l %}{% for o in orders %}{{ o.id }}{{ i }} {% endfor %}{% endfor %}",
            "15 25 16 26 ",
        ),
        (
            "{% for t in tags limit: page.i %}{{ t }}{% endfor %}{% for t in tags offset: continue %}{{ t }}{% endfor %}",
            "abc",
        ),
        (
            "{% if page.x %}{% for t in tags limit: 1 %}{% endfor %}{% endif %}{% for t in tags offset: continue %}{{ t }}{% endfor %}",
            "bc",
        ),
        (
            "{% for i in page.l %}{% cycle 'a', 'b' %}{% endfor %}{% cycle 'a', 'b' %}",
            "aba",
        ),
        (
            "{% for t in tags %}{% ifchanged %}{{ page.x }}{% endifchanged %}{% endfor %}",
            "1",
        ),
        (
            "{% case page.x %}{% when 2 %}{{ name }}{% when 1 %}one{% else %}none{% endcase %}",
            "one",
        ),
        (
            "{% case n %}{% when 3 %}{{ secret }}{% when page.i %}i{% else %}none{% endcase %}",
            "none",
        ),
        (
            "{% for t in tags %}{% assign f = forloop %}{% endfor %}{{ f.index | plus: page.x }}",
            "4",
        ),
        ("{% if page.y %}{{ 1 | divided_by: 0 }}{% endif %}ok", "ok"),
        ("{% if page.y and name > 1 %}{% endif %}ok", "ok"),
    ] {
        check_left(source, page, expected);
    }
}

#[test]
fn now_is_left_for_later_unless_it_is_said() {
    let template = parsed("{{ 'now' | date: '%Y' }}");
    let run = |now_ms| {
        let limits = Limits::default();
        partial(&template, &scope("{}"), &asks, Sink::Plain, &limits, now_ms).unwrap()
    };
    assert_eq!(run(Some(0)).as_text(), Some("1970"));
    let left = run(None);
    let limits = Limits::default();
    let text = render_within(&left, &scope("{}"), Sink::Plain, &limits, Some(0));
    assert_eq!(text.as_deref(), Ok("1970"));
}

#[test]
fn a_name_that_is_not_known_is_refused() {
    let limits = Limits::default();
    let run = |source: &str| {
        let known = scope(KNOWN);
        partial(&parsed(source), &known, &asks, Sink::Plain, &limits, None)
    };
    assert_eq!(run("{{ [plan] }}").unwrap().as_text(), Some(""));
    assert_eq!(
        run("{{ [page.x] }}").unwrap_err().to_string(),
        "line 1, column 4: the name in `[ ]` is not known here: write the name of the variable"
    );
    assert!(matches!(
        run("{{ 1 | divided_by: 0 }}"),
        Err(RenderError::Problem(_))
    ));
    assert_eq!(
        run("{% for i in (1..200000) %}{{ page.x }}{% endfor %}"),
        Err(RenderError::TooManySteps)
    );
}

#[test]
fn what_is_left_can_be_rendered_in_part_again() {
    let source = "{% for t in tags %}{% if page.x %}{% continue %}{% endif %}{{ t }}{{ session.y }}{% endfor %}{{ tags[page.i] }}";
    let left = left_of(source, KNOWN);
    let page = scope(r#"{"page": {"x": false, "i": 1}}"#);
    let is_session = |name: &str| name == "session";
    let limits = Limits::default();
    let left = partial(&left, &page, &is_session, Sink::Html, &limits, None).unwrap();
    let session = scope(r#"{"session": {"y": "!"}}"#);
    assert_eq!(
        render(&left, &session, Sink::Html).as_deref(),
        Ok("a!b!c!b")
    );
    let nothing = partial(&left, &session, &|_| false, Sink::Html, &limits, None).unwrap();
    assert_eq!(nothing.as_text(), Some("a!b!c!b"));
}

#[test]
fn chains_of_idle_names_are_left_out_up_to_a_length() {
    let chain = |length: usize| {
        let links = (1..length).map(|n| format!("{{% assign a{} = a{n} %}}", n + 1));
        let links: String = links.collect();
        format!("{{% if page.x %}}{{% assign a1 = page.x %}}{links}{{% endif %}}-")
    };
    // One walk opens the names, one more for each leaves it out.
    assert_eq!(left_of(&chain(30), "{}").as_text(), Some("-"));
    assert_eq!(left_of(&chain(31), "{}").as_text(), None);
    check_left(&chain(31), r#"{"page": {"x": 1}}"#, "-");
}

#[test]
fn what_is_put_in_place_counts_as_output() {
    let run = |source: &str, output_bytes| {
        let limits = Limits {
            output_bytes,
            ..Limits::default()
        };
        let known = scope(r#"{"l": ["abcd", "efgh"]}"#);
        partial(&parsed(source), &known, &asks, Sink::Plain, &limits, None)
    };
    // Two items and their bytes, looked up by what is not known.
    assert!(run("{{ l[page.n] }}", 10).is_ok());
    let too_much = Err(RenderError::TooMuchOutput);
    assert_eq!(run("{{ l[page.n] }}", 9), too_much);
    let open = "{% if page.x %}{% assign l = 1 %}{% endif %}{{ l }}";
    assert!(run(open, 11).is_ok());
    assert_eq!(run(open, 10), too_much);
}

/// A value as a template writes it; `later` allows names that only the browser knows.
fn expression(later: bool) -> impl Strategy<Value = String> {
    let known = select(vec![
        "a",
        "b",
        "l",
        "o.k",
        "l[0]",
        "l.size",
        "l[o.i]",
        "x",
        "y",
        "i",
        "'t'",
        "1",
        "2",
        "nil",
        "true",
        "blank",
        "(1..2)",
        "forloop.index",
        "forloop.parentloop.index",
        "i.k",
        "i",
        "tablerowloop.col",
        "forloop",
    ]);
    let open = select(vec![
        "page.a",
        "page.l",
        "page.n",
        "session.s",
        "l[page.n]",
        "o[page.k]",
        "l[page.n].k",
        "page",
        "(1..page.n)",
    ]);
    let weight = u32::from(later);
    prop_oneof![4 => known, weight => open].prop_map(str::to_owned)
}

fn piped(later: bool) -> impl Strategy<Value = String> {
    let filter = prop_oneof![
        select(vec![
            "upcase", "size", "escape", "first", "join", "reverse", "strip"
        ])
        .prop_map(|name| format!(" | {name}")),
        (
            select(vec![
                "append", "default", "plus", "times", "map", "split", "truncate", "where"
            ]),
            expression(later)
        )
            .prop_map(|(name, argument)| format!(" | {name}: {argument}")),
    ];
    (expression(later), prop::collection::vec(filter, 0..3))
        .prop_map(|(value, filters)| format!("{value}{}", filters.concat()))
}

fn condition(later: bool) -> impl Strategy<Value = String> {
    let operator = select(vec!["==", "!=", "<", ">=", "contains"]);
    let comparison = prop_oneof![
        expression(later),
        (expression(later), operator, expression(later))
            .prop_map(|(l, o, r)| format!("{l} {o} {r}")),
    ];
    let more = prop::collection::vec((select(vec!["and", "or"]), comparison.clone()), 0..3);
    (comparison, more).prop_map(|(first, more)| {
        let more = more.iter().map(|(joint, next)| format!(" {joint} {next}"));
        first + &more.collect::<String>()
    })
}

fn template(later: bool) -> impl Strategy<Value = String> {
    let name = || select(vec!["x", "y", "a", "i"]);
    let leaf = prop_oneof![
        4 => piped(later).prop_map(|pipe| format!("{{{{ {pipe} }}}}")),
        1 => piped(later).prop_map(|pipe| format!("{{{{ {pipe} | raw }}}}")),
        1 => select(vec!["<b>", "t", "&"]).prop_map(str::to_owned),
        3 => (name(), piped(later)).prop_map(|(n, pipe)| format!("{{% assign {n} = {pipe} %}}")),
        1 => select(vec![
            "{% break %}", "{% continue %}", "{% increment x %}", "{% decrement y %}",
            "{% cycle 'p', 'q', 'r' %}", "{% cycle x: 1, 2 %}", "{% cycle 'g': 'u', a %}",
        ]).prop_map(str::to_owned),
    ];
    let one = leaf.prop_recursive(4, 40, 5, move |inner| {
        let body = || prop::collection::vec(inner.clone(), 0..4).prop_map(|parts| parts.concat());
        let options = select(vec![
            "", " reversed", " limit: 1", " limit: page.n", " offset: 1", " offset: continue",
            " limit: 2 offset: continue",
        ]);
        let columns = select(vec!["", " cols: 2", " limit: 1", " cols: page.n"]);
        let options = if later { options.boxed() } else { Just("").boxed() };
        let columns = if later { columns.boxed() } else { Just(" cols: 1").boxed() };
        prop_oneof![
            3 => (condition(later), body(), condition(later), body(), body()).prop_map(|(c, b, d, e, f)|
                format!("{{% if {c} %}}{b}{{% elsif {d} %}}{e}{{% else %}}{f}{{% endif %}}")),
            1 => (condition(later), body()).prop_map(|(c, b)| format!("{{% unless {c} %}}{b}{{% endunless %}}")),
            3 => (expression(later), options, body(), body()).prop_map(|(e, o, b, f)|
                format!("{{% for i in {e}{o} %}}{b}{{% else %}}{f}{{% endfor %}}")),
            1 => (expression(later), columns, body()).prop_map(|(e, o, b)|
                format!("{{% tablerow i in {e}{o} %}}{b}{{% endtablerow %}}")),
            1 => (expression(later), expression(later), body(), expression(later), body()).prop_map(|(s, v, b, w, f)|
                format!("{{% case {s} %}}{{% when {v}, 1 %}}{b}{{% when {w} %}}w{{% else %}}{f}{{% endcase %}}")),
            1 => (select(vec!["x", "y"]), body()).prop_map(|(n, b)| format!("{{% capture {n} %}}{b}{{% endcapture %}}")),
            1 => body().prop_map(|b| format!("{{% ifchanged %}}{b}{{% endifchanged %}}")),
        ]
    });
    prop::collection::vec(one, 1..8).prop_map(|parts| parts.concat())
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        (-1_i32..4).prop_map(|number| Value::Number(f64::from(number))),
        select(vec!["", "t", "k", "<", "a b"]).prop_map(Value::from),
    ];
    leaf.prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::List),
            prop::collection::btree_map(
                select(vec!["k", "i", "a"]).prop_map(str::to_owned),
                inner,
                0..3
            )
            .prop_map(Value::Map),
        ]
    })
}

fn values(names: &'static [&'static str]) -> impl Strategy<Value = BTreeMap<String, Value>> {
    let name = select(names).prop_map(str::to_owned);
    prop::collection::btree_map(name, value(), 0..=names.len())
}

fn page() -> impl Strategy<Value = BTreeMap<String, Value>> {
    (values(&["a", "l", "n", "k"]), values(&["s"])).prop_map(|(page, session)| {
        BTreeMap::from([
            ("page".to_owned(), Value::Map(page)),
            ("session".to_owned(), Value::Map(session)),
        ])
    })
}

/// The fewest steps that a rendering gets by with.
fn steps(template: &Template, scope: &BTreeMap<String, Value>, sink: Sink) -> u32 {
    let (mut too_few, mut enough) = (0, Limits::default().steps);
    while enough - too_few > 1 {
        let steps = too_few.midpoint(enough);
        let limits = Limits {
            steps,
            ..Limits::default()
        };
        match render_within(template, scope, sink, &limits, None) {
            Ok(_) => enough = steps,
            Err(_) => too_few = steps,
        }
    }
    enough
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 800,
        failure_persistence: None,
        max_shrink_iters: 20_000,
        ..ProptestConfig::default()
    })]

    #[test]
    fn the_rest_says_what_the_whole_says(
        source in template(true),
        known in values(&["a", "b", "l", "o", "x"]),
        page in page(),
        sink in select(vec![Sink::Plain, Sink::Html]),
    ) {
        let Ok(template) = parse(&source) else { return Ok(()) };
        let mut all = known.clone();
        all.extend(page.clone());
        let Ok(whole) = render(&template, &all, sink) else { return Ok(()) };
        let limits = Limits::default();
        let left = partial(&template, &known, &asks, sink, &limits, None);
        prop_assert!(left.is_ok(), "{}", left.unwrap_err());
        let left = left.unwrap();
        let rest = render(&left, &page, sink);
        prop_assert_eq!(rest.as_ref(), Ok(&whole), "{:#?}", left);
        // Whatever the scope of the browser holds besides, only what was asked for is asked.
        let mut more = page.clone();
        more.extend(known.keys().map(|name| (name.clone(), Value::from("LEAK"))));
        let rest = render(&left, &more, sink);
        prop_assert_eq!(rest.as_ref(), Ok(&whole), "{:#?}", left);
        prop_assert!(steps(&left, &page, sink) <= steps(&template, &all, sink), "{:#?}", left);
        let bytes = wire::encode(&left);
        let arrived = wire::decode::<Template>(&bytes);
        prop_assert_eq!(arrived.as_ref(), Ok(&left));
    }

    #[test]
    fn with_all_known_nothing_but_text_is_left(
        source in template(false),
        known in values(&["a", "b", "l", "o", "x"]),
    ) {
        let Ok(template) = parse(&source) else { return Ok(()) };
        let Ok(whole) = render(&template, &known, Sink::Html) else { return Ok(()) };
        let limits = Limits::default();
        let left = partial(&template, &known, &asks, Sink::Html, &limits, None).unwrap();
        prop_assert_eq!(left.as_text(), Some(whole.as_str()));
    }
}
