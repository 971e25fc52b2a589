//! Whatever is written and whatever the data: no panic, and no more output than allowed.

use proptest::prelude::*;

use super::*;

/// Pieces that arbitrary text would hardly ever put together.
const PIECES: &[&str] = &[
    "{{",
    "}}",
    "{%",
    "%}",
    "{%-",
    "-%}",
    "{{-",
    " ",
    "\n",
    "a",
    "b.c",
    "x",
    "[0]",
    "[-1]",
    "['k']",
    "'s'",
    "\"",
    "1",
    "-2.5",
    "(1..3)",
    "(a..9)",
    "|",
    ":",
    ",",
    "=",
    "==",
    "<",
    "contains",
    "and",
    "or",
    ".",
    "..",
    "if a",
    "else",
    "elsif x",
    "endif",
    "unless x",
    "endunless",
    "for i in a",
    "endfor",
    "for i in (1..5)",
    "limit: 2",
    "offset: continue",
    "reversed",
    "break",
    "continue",
    "case a",
    "when 1, 's'",
    "endcase",
    "assign x = a",
    "capture x",
    "endcapture",
    "cycle 1, 2",
    "increment x",
    "tablerow i in a cols: 2",
    "endtablerow",
    "raw",
    "endraw",
    "comment",
    "endcomment",
    "liquid",
    "echo a",
    "doc",
    "enddoc",
    "#",
    "ifchanged",
    "endifchanged",
    "é",
    "日本",
    "\u{0}",
    "blank",
    "empty",
    "nil",
    "true",
    "forloop.index",
];

fn source() -> impl Strategy<Value = String> {
    let filters = super::super::ast::Filter::ALL;
    let piece = prop_oneof![
        6 => prop::sample::select(PIECES).prop_map(str::to_owned),
        1 => ".{0,8}".prop_map(|text| text),
        2 => prop::sample::select(filters).prop_map(|(name, _)| format!("{{{{ a | {name} }}}}")),
        2 => (prop::sample::select(filters), prop::sample::select(PIECES))
            .prop_map(|((name, _), argument)| format!("{{{{ x | {name}: {argument} }}}}")),
        1 => prop::sample::select(PIECES).prop_map(|piece| format!("{{% {piece} %}}")),
        1 => prop::sample::select(PIECES).prop_map(|piece| format!("{{{{ {piece} }}}}")),
    ];
    prop::collection::vec(piece, 0..30).prop_map(|pieces| pieces.join(" "))
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<f64>().prop_map(Value::Number),
        (-100_i32..100).prop_map(|number| Value::Number(f64::from(number))),
        ".{0,12}".prop_map(Value::Text),
    ];
    leaf.prop_recursive(3, 20, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::List),
            prop::collection::btree_map("[a-ck]", inner, 0..4).prop_map(Value::Map),
        ]
    })
}

fn any_sink() -> impl Strategy<Value = Sink> {
    prop::sample::select(vec![
        Sink::Plain,
        Sink::Html,
        Sink::Attribute,
        Sink::Url,
        Sink::Subject,
        Sink::Markdown,
    ])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn parsing_never_panics(source in any::<String>()) {
        let _ = parse(&source);
    }

    #[test]
    fn rendering_never_panics_and_stays_within_limits(
        source in source(),
        a in value(),
        x in value(),
        sink in any_sink(),
    ) {
        let Ok(template) = parse(&source) else { return Ok(()) };
        let _ = template.variables();
        let scope = BTreeMap::from([("a".to_owned(), a), ("x".to_owned(), x)]);
        let limits = Limits { output_bytes: 500, steps: 2_000, depth: 32 };
        if let Ok(text) = render_within(&template, &scope, sink, &limits, Some(0)) {
            prop_assert!(text.len() <= 500);
        }
        let bytes = postcard::to_allocvec(&template).unwrap();
        prop_assert_eq!(postcard::from_bytes::<Template>(&bytes).unwrap(), template);
    }

    #[test]
    fn every_filter_takes_any_data(
        (name, filter) in prop::sample::select(super::super::ast::Filter::ALL),
        x in value(),
        y in value(),
        z in value(),
    ) {
        if name == "raw" {
            return Ok(());
        }
        let scope = BTreeMap::from([("x".to_owned(), x), ("y".to_owned(), y), ("z".to_owned(), z)]);
        for count in filter.arity().0..=filter.arity().1 {
            let arguments = [": y", ": y, z"].get(count.wrapping_sub(1)).unwrap_or(&"");
            let template = parsed(&format!("{{{{ x | {name}{arguments} }}}}"));
            let _ = render(&template, &scope, Sink::Html);
        }
    }

    #[test]
    fn html_output_holds_no_markup(x in value()) {
        let scope = BTreeMap::from([("x".to_owned(), x)]);
        let text = render(&parsed("{{ x }}"), &scope, Sink::Html).unwrap();
        prop_assert!(!text.contains(['<', '>', '"', '\'']));
    }

    #[test]
    fn numbers_print_as_they_are(number in -1_000_000_000_i64..1_000_000_000, places in 0_u32..5) {
        let float = number as f64 / 10_f64.powi(i32::try_from(places).unwrap());
        let scope = BTreeMap::from([("x".to_owned(), Value::Number(float))]);
        let text = render(&parsed("{{ x }}"), &scope, Sink::Plain).unwrap();
        prop_assert_eq!(text.parse::<f64>().unwrap().to_bits(), float.to_bits());
    }
}
