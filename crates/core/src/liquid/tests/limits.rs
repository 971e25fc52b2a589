//! Every limit at its maximum and one past it.

use super::*;

fn within(source: &str, data: &str, limits: Limits) -> Result<String, RenderError> {
    render_within(&parsed(source), &scope(data), Sink::Html, &limits, None)
}

#[test]
fn output_at_the_limit_and_past_it() {
    let limits = |output_bytes| Limits {
        output_bytes,
        ..Limits::default()
    };
    assert_eq!(within("abcde", "{}", limits(5)).as_deref(), Ok("abcde"));
    assert_eq!(
        within("abcde", "{}", limits(4)),
        Err(RenderError::TooMuchOutput)
    );
    // The escaped text counts.
    assert_eq!(within("{{ '<' }}", "{}", limits(4)).as_deref(), Ok("&lt;"));
    assert_eq!(
        within("{{ '<' }}", "{}", limits(3)),
        Err(RenderError::TooMuchOutput)
    );
    // So does what is captured and never printed.
    let captured = "{% capture x %}abcde{% endcapture %}";
    assert_eq!(within(captured, "{}", limits(5)).as_deref(), Ok(""));
    assert_eq!(
        within(captured, "{}", limits(4)),
        Err(RenderError::TooMuchOutput)
    );
}

#[test]
fn steps_at_the_limit_and_past_it() {
    let limits = |steps| Limits {
        steps,
        ..Limits::default()
    };
    let source = "{% for i in (1..10) %}{% endfor %}";
    // One for the loop, one for each turn.
    assert_eq!(within(source, "{}", limits(11)).as_deref(), Ok(""));
    assert_eq!(
        within(source, "{}", limits(10)),
        Err(RenderError::TooManySteps)
    );
}

#[test]
fn depth_at_the_limit_and_past_it() {
    let limits = |depth| Limits {
        depth,
        ..Limits::default()
    };
    let source = "{% if true %}{% if true %}x{% endif %}{% endif %}";
    assert_eq!(within(source, "{}", limits(2)).as_deref(), Ok("x"));
    assert_eq!(within(source, "{}", limits(1)), Err(RenderError::TooDeep));
}

#[test]
fn nesting_that_parses_also_renders() {
    let nested = |depth| {
        format!(
            "{}x{}",
            "{% if true %}".repeat(depth),
            "{% endif %}".repeat(depth)
        )
    };
    assert_eq!(
        within(&nested(32), "{}", Limits::default()).as_deref(),
        Ok("x")
    );
    let problems = parse(&nested(33)).unwrap_err();
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert_eq!(
        problems[0].message,
        "blocks are nested more than 32 deep: use fewer"
    );
    let liquid = |depth| format!("{{% {} echo 1 %}}", "liquid ".repeat(depth));
    assert_eq!(
        within(&liquid(32), "{}", Limits::default()).as_deref(),
        Ok("1")
    );
    assert!(parse(&liquid(33)).is_err());
    assert!(parse(&liquid(10_000)).is_err());
    let brackets = |depth| format!("{{{{ {}a{} }}}}", "[".repeat(depth), "]".repeat(depth));
    assert_eq!(
        within(&brackets(15), "{}", Limits::default()).as_deref(),
        Ok("")
    );
    assert!(parse(&brackets(16)).is_err());
    assert!(parse(&brackets(10_000)).is_err());
}

#[test]
fn sources_up_to_half_a_megabyte() {
    assert!(parse(&"x".repeat(512 * 1024)).is_ok());
    assert!(parse(&"x".repeat(512 * 1024 + 1)).is_err());
}

#[test]
fn nothing_runs_on() {
    let run = |source: &str| within(source, "{}", Limits::default());
    let bombs = [
        "{% for i in (1..9223372036854775807) %}{% endfor %}",
        "{{ (1..9223372036854775807) | join }}",
        "{{ (-9223372036854775808..9223372036854775807) | size | plus: 1 | times: 9 }}\
         {{ (1..999999999) | reverse | first }}",
        "{% assign l = (1..1000) | reverse %}{% for i in (1..99) %}\
         {% assign l = l | concat: l %}{% endfor %}",
        "{% assign l = (1..300) | join | split: '' %}{% for i in l %}{% for j in l %}{% for k in l %}\
         {% endfor %}{% endfor %}{% endfor %}",
    ];
    for bomb in bombs {
        assert_eq!(run(bomb), Err(RenderError::TooManySteps), "{bomb}");
    }
    let bombs = [
        "{% assign a = 'abcdefgh' %}{% for i in (1..99) %}{% assign a = a | append: a %}{% endfor %}",
        "{% assign a = (1..9000) | join %}{{ a | replace: '', a }}",
        "{% assign a = (1..9000) | join %}{{ (1..9000) | join: a }}",
        "{{ (1..9223372036854775807) | json }}",
        "{% for i in (1..40000) %}12345678{% endfor %}",
        "{% for i in (1..99) %}{% capture a %}{{ a }}{{ a }}x{% endcapture %}{% endfor %}",
    ];
    for bomb in bombs {
        assert_eq!(run(bomb), Err(RenderError::TooMuchOutput), "{bomb}");
    }
}

#[test]
fn hostile_sources_parse_in_no_time() {
    for piece in [
        "{%",
        "{{",
        "{% raw %}",
        "{% comment %}",
        "{% doc %}",
        "{% {%",
        "{{ a }} ",
        "{% if a %}",
        "[",
        "{%-",
    ] {
        let source = piece.repeat(200_000 / piece.len());
        let _ = parse(&source);
        let _ = parse(&format!("{source} %}} {{% endcomment %}}"));
        let _ = parse(&format!("{{% comment %}}{source}%}}"));
        let _ = parse(&format!("{{% liquid {source} %}}"));
    }
}

#[test]
fn problems_up_to_a_hundred() {
    let problems = |count: usize| parse(&"{{ - }}".repeat(count)).unwrap_err().len();
    assert_eq!([problems(99), problems(100), problems(101)], [99, 100, 100]);
}

#[test]
fn dates_and_patterns_up_to_their_limits() {
    let date = |text: &str, pattern: &str| {
        let source = format!("{{{{ '{text}' | date: '{pattern}' }}}}");
        within(&source, "{}", Limits::default()).unwrap()
    };
    let padded = |bytes: usize| format!("2016-03-04{}.", " ".repeat(bytes - 11));
    assert_eq!(date(&padded(64), "%Y"), "2016");
    assert_eq!(date(&padded(65), "%Y"), padded(65));
    let pattern = |bytes: usize| format!("%Y{}", "x".repeat(bytes - 2));
    assert_eq!(date("2016-03-04", &pattern(1_024)).len(), 1_026);
    assert_eq!(date("2016-03-04", &pattern(1_025)), "2016-03-04");
    // A year has four digits, and a width at most thirty.
    assert_eq!(date("9999-12-31", "%Y"), "9999");
    assert_eq!(date("10000-01-01", "%Y"), "10000-01-01");
    assert_eq!(date("2016-03-04", "%30d%31d").len(), 60);
    // The longest name of an entity has 31 letters.
    let entity = |letters: usize| format!("&amp;{};", "a".repeat(letters));
    let once = |letters: usize| {
        let source = format!("{{{{ '&{};' | escape_once }}}}", "a".repeat(letters));
        within(&source, "{}", Limits::default()).unwrap()
    };
    assert_eq!(once(31).len(), 33);
    assert_eq!(once(32), entity(32));
}

#[test]
fn facts_nest_as_deep_as_values() {
    let nested = |depth: usize| format!("{{\"a\":{}7{}}}", "[".repeat(depth), "]".repeat(depth));
    for (depth, expected) in [(64, "7"), (65, "")] {
        let facts: Facts = serde_json::from_str(&nested(depth)).unwrap();
        let values: BTreeMap<String, Value> = serde_json::from_str(&nested(depth)).unwrap();
        let template = parsed("{{ a | join }}");
        for scope in [&facts as &dyn Scope, &values] {
            let shown = render(&template, scope, Sink::Plain);
            assert_eq!(shown.as_deref(), Ok(expected), "{depth}");
        }
    }
}

#[test]
fn deep_data_reads_as_nothing_below_the_limit() {
    let mut value = Value::Text("x".to_owned());
    for _ in 0..100 {
        value = Value::List(vec![value]);
    }
    let scope = BTreeMap::from([("a".to_owned(), value)]);
    assert_eq!(
        render(&parsed("{{ a }}"), &scope, Sink::Plain).as_deref(),
        Ok("")
    );
}
