//! What is said about a template that is wrong, and where.

use super::*;

/// The problems as `line:column message`, one a line.
fn check_problems(source: &str, expected: &[&str]) {
    let problems = parse(source).err().unwrap_or_default();
    let show = |p: &super::super::Problem| format!("{}:{} {}", p.line, p.column, p.message);
    let shown: Vec<String> = problems.iter().map(show).collect();
    assert_eq!(shown, expected, "{source}");
}

#[test]
fn all_problems_are_reported_at_once() {
    check_problems(
        "Hi {{ name | upcas }}\n{% if a = 1 %}é {{ b c }}{% endif %}\n{% fro x in y %}",
        &[
            "1:14 unknown filter `upcas` (did you mean `upcase`?)",
            "2:9 unexpected `=`: compare with `==`",
            "2:22 unexpected `c`: filters go after `|`, their arguments after `:` and between commas",
            "3:4 unknown tag `fro` (did you mean `for`?)",
        ],
    );
}

#[test]
fn blocks_and_their_ends() {
    check_problems("{% if a %}x", &["1:4 `if` is not closed: add `endif`"]);
    check_problems(
        "x{% endif %}",
        &["1:5 `endif` closes nothing: open it with `if`, or remove it"],
    );
    check_problems(
        "{% if a %}{% endfor %}{% endif %}",
        &["1:14 `endfor` stands where `endif` is expected: close `if` first"],
    );
    check_problems(
        "{% else %}",
        &["1:4 `else` belongs to no block here: put it inside `if`, `case` or `for`"],
    );
    check_problems(
        "{% raw %}x",
        &["1:1 `raw` is not closed: add `{% endraw %}`"],
    );
    check_problems("a {{ b", &["1:3 output is not closed: add `}}`"]);
    check_problems("a {% b", &["1:3 tag is not closed: add `%}`"]);
    check_problems(
        "{% %}",
        &["1:4 tag has no name: remove it, or name one after `{%`"],
    );
}

#[test]
fn what_is_not_supported_is_said_clearly() {
    check_problems(
        "{% include 'x' %}{% render 'y' %}",
        &[
            "1:4 tag `include` is not supported: put what it stands for into this template",
            "1:21 tag `render` is not supported: put what it stands for into this template",
        ],
    );
}

#[test]
fn values_and_arguments() {
    check_problems(
        "{{ 'a }}",
        &["1:4 expected a value, found text without its closing `'`"],
    );
    check_problems(
        "{{ a. }}",
        &["1:6 expected a name after `.` (an index goes in `[]`), found the end"],
    );
    check_problems(
        "{{ a | append }}",
        &["1:8 filter `append` takes one argument, not 0"],
    );
    check_problems(
        "{{ a | slice: 1, 2, 3 }}",
        &["1:8 filter `slice` takes 1 to 2 arguments, not 3"],
    );
    check_problems(
        "{{ a | upcase: 1 }}",
        &["1:8 filter `upcase` takes no argument, not 1"],
    );
    check_problems(
        "{{ a | join: glue: 1 }}",
        &["1:14 filter `join` takes no argument named `glue`: remove it"],
    );
    check_problems(
        "{% for a on b %}{% endfor %}",
        &["1:10 expected `in`, found `on`"],
    );
    check_problems("{% assign a %}", &["1:12 expected `=`, found the end"]);
}

#[test]
fn data_that_does_not_fit_is_a_problem_with_its_place() {
    let rendered = render(
        &parsed("\n {% if a > 1 %}{% endif %}"),
        &scope(r#"{"a": "x"}"#),
        Sink::Plain,
    );
    let Err(RenderError::Problem(problem)) = rendered else {
        panic!("{rendered:?}");
    };
    assert_eq!(
        problem.to_string(),
        "line 2, column 8: can't compare text with a number: turn text into a number with `| plus: 0`"
    );
    let rendered = render(
        &parsed("{{ 1 | divided_by: a }}"),
        &scope("{}"),
        Sink::Plain,
    );
    assert_eq!(
        rendered.unwrap_err().to_string(),
        "line 1, column 4: filter `divided_by` can't divide by 0: give it a number, or ask for one first with `if`"
    );
}

#[test]
fn at_most_a_hundred_problems() {
    assert_eq!(parse(&"{{ - }}".repeat(1_000)).unwrap_err().len(), 100);
}

#[test]
fn variables_that_are_not_known_are_named_with_what_is_near() {
    let known = ["first_name", "plan", "id"].map(str::to_owned).into();
    let source = "Hi {{ fist_name }}{% if plam == 'pro' %}{% assign x = 1 %}{{ x }}{{ plan.price }}\n\
                  {{ zzz | default: id }}{% endif %}{% for o in first_name %}{{ o }}{% endfor %}";
    let found = super::super::problems(&parsed(source), &known);
    let shown: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert_eq!(
        shown,
        [
            "line 1, column 7: unknown variable `fist_name` (did you mean `first_name`?): it renders \
             empty; add `| default: \"…\"`",
            "line 1, column 25: unknown variable `plam` (did you mean `plan`?)",
            "line 2, column 4: unknown variable `zzz`",
        ]
    );
    let scope = scope(r#"{"plan": "pro"}"#);
    let text = render(&parsed(source), &scope, Sink::Plain);
    assert_eq!(text.as_deref(), Ok("Hi "));
}
