//! The name that was probably meant by one that is not known.
//! Knows no grammar: who asks says which names there are.

// LIMIT: a longer word is no slip of a name that is known.
const LETTERS_MAX: usize = 40;

/// The candidate that is nearest to a word, if one is near enough to be meant; capitals do not count.
pub(crate) fn nearest<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let word = word.to_lowercase();
    let letters = word.chars().count();
    let reach = (letters / 3).clamp(1, 3);
    candidates
        .into_iter()
        .filter(|_| letters <= LETTERS_MAX)
        .map(|candidate| (distance(&word, &candidate.to_lowercase()), candidate))
        .filter(|(distance, _)| *distance <= reach)
        .min()
        .map(|(_, candidate)| candidate)
}

/// How many letters are to be added, taken away, changed, or swapped with their neighbour (Damerau
/// 1964; no letter is moved twice).
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let at = |row: &[usize], place: usize| row.get(place).copied().unwrap_or(usize::MAX / 2);
    let (mut above, mut last): (Vec<usize>, Vec<usize>) = (Vec::new(), (0..=to.len()).collect());
    let mut left_before = None;
    for (line, left) in from.chars().enumerate() {
        let mut row = vec![line + 1];
        let mut right_before = None;
        for (place, right) in to.iter().copied().enumerate() {
            let changed = at(&last, place) + usize::from(left != right);
            let swapped = match place.checked_sub(1) {
                Some(before) if left_before == Some(right) && right_before == Some(left) => {
                    at(&above, before) + 1
                }
                _ => changed,
            };
            let moved = at(&last, place + 1).min(at(&row, place)) + 1;
            row.push(changed.min(swapped).min(moved));
            right_before = Some(right);
        }
        above = std::mem::replace(&mut last, row);
        left_before = Some(left);
    }
    last.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_suggested() {
        for (word, expected) in [
            ("plam", Some("plan")),
            ("PLAN", Some("plan")),
            ("pl", None),
            ("nothing", None),
        ] {
            assert_eq!(nearest(word, ["plan", "spend"]), expected, "{word}");
        }
        for (from, to, letters) in [
            ("kitten", "sitting", 3),
            ("fro", "for", 1),
            ("esle", "else", 1),
            ("", "abc", 3),
            ("ca", "abc", 3),
        ] {
            assert_eq!(distance(from, to), letters, "{from} {to}");
            assert_eq!(distance(to, from), letters, "{to} {from}");
        }
        let long = "a".repeat(LETTERS_MAX);
        let longer = format!("{long}a");
        assert_eq!(nearest(&long, [longer.as_str()]), Some(longer.as_str()));
        assert_eq!(nearest(&longer, [long.as_str()]), None);
    }
}
