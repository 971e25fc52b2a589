//! In which fields two messages differ: a test of two changes at once cannot tell which of them
//! mattered. Knows fields by name alone.

use std::collections::{BTreeMap, BTreeSet};

use super::Finding;

/// The fields that differ between two messages, in the order of their names; a field that only one
/// of them has is one that differs.
#[must_use]
pub fn changes<'a>(
    control: &BTreeMap<&'a str, &str>,
    variant: &BTreeMap<&'a str, &str>,
) -> Vec<&'a str> {
    let fields: BTreeSet<&str> = control.keys().chain(variant.keys()).copied().collect();
    fields
        .into_iter()
        .filter(|field| control.get(field) != variant.get(field))
        .collect()
}

/// What to tell the author of a test: that nothing differs, or more than one field does.
#[must_use]
pub fn warning(changes: &[&str]) -> Option<Finding> {
    match changes {
        [] => Some(Finding::new(
            "no_change",
            "the variant says the same as the control: change one field",
        )),
        [_] => None,
        [..] => {
            let fields: Vec<String> = changes.iter().map(|field| format!("`{field}`")).collect();
            Some(Finding::new(
                "several_changes",
                format!(
                    "{} differ: with more than one change no one can tell which of them mattered; change one, and test the next after it",
                    fields.join(", ")
                ),
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_what_differs_and_warns_of_more_than_one() {
        type Fields<'a> = &'a [(&'a str, &'a str)];
        let control: Fields = &[("body", "Hi"), ("subject", "Hello")];
        // The variant, what differs, the code of the warning.
        let cases: [(Fields, &[&str], Option<&str>); 5] = [
            (control, &[], Some("no_change")),
            (&[("body", "Hi"), ("subject", "Hey")], &["subject"], None),
            (&[("subject", "Hello")], &["body"], None),
            (
                &[("body", "Hi"), ("subject", "Hello"), ("preheader", "")],
                &["preheader"],
                None,
            ),
            (
                &[("subject", "Hey"), ("body", "Yo")],
                &["body", "subject"],
                Some("several_changes"),
            ),
        ];
        for (variant, expected, code) in cases {
            let (a, b) = (
                control.iter().copied().collect(),
                variant.iter().copied().collect(),
            );
            let found = changes(&a, &b);
            assert_eq!(found, expected);
            assert_eq!(warning(&found).map(|finding| finding.code), code);
        }
    }
}
