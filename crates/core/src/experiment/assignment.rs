//! Which variant a person gets, and that they keep it; who is held out.
//! Does not know what a variant says, nor who may enter: a series asks here once it has decided that.
//!
//! What is hashed is the *bucketing id*: the first id that a person was known by, as a rule the
//! anonymous one, which stays when they become known.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Finding, Ranges, hash};

// LIMIT: each variant is compared with the control, and every comparison widens all intervals.
/// The most variants of a split.
pub const VARIANTS_MAX: usize = 10;

// LIMIT: the id is kept with every person, once per experiment.
/// The longest id of a split or variant, in bytes.
pub const VARIANT_ID_BYTES_MAX: usize = 64;

// LIMIT: a person is loaded whole with every input. Beyond it the hash still decides, alike each
// time, but a change of weights reaches them.
/// The most assignments that are kept with a person.
pub const ASSIGNMENTS_MAX: usize = 200;

/// An experiment: the variants and which buckets each of them has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Split {
    id: String,
    variants: Vec<String>,
    ranges: Ranges,
}

impl Split {
    /// A split of `coverage` (0 to 1) of everyone, by weight. The first variant is the control.
    /// Weights are relative: 1 and 1 are the same as 0.5 and 0.5.
    ///
    /// The id is the seed of the hash: another id is another draw.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn new(id: &str, coverage: f64, variants: &[(&str, f64)]) -> Result<Self, Vec<Finding>> {
        let weights: Vec<f64> = variants.iter().map(|(_, weight)| *weight).collect();
        let mut findings = relative(coverage, &weights).err().unwrap_or_default();
        if !(2..=VARIANTS_MAX).contains(&variants.len()) {
            findings.push(Finding::new(
                "variants",
                format!(
                    "{} variants: give a split 2 to {VARIANTS_MAX}",
                    variants.len()
                ),
            ));
        }
        let mut seen = BTreeSet::new();
        for name in variants.iter().map(|(name, _)| *name) {
            if !seen.insert(name) {
                findings.push(Finding::new(
                    "variant_twice",
                    format!("variant `{name}` is there twice: give each an id of its own"),
                ));
            }
        }
        for name in seen.into_iter().chain([id]) {
            if name.is_empty() || name.len() > VARIANT_ID_BYTES_MAX {
                findings.push(Finding::new(
                    "id_length",
                    format!("id `{name}`: use 1 to {VARIANT_ID_BYTES_MAX} bytes"),
                ));
            }
        }
        if !findings.is_empty() {
            return Err(findings);
        }
        let weights = relative(coverage, &weights)?;
        Ok(Self {
            id: id.to_owned(),
            variants: variants
                .iter()
                .map(|(name, _)| (*name).to_owned())
                .collect(),
            ranges: Ranges::from_weights(variants.len(), coverage, &weights),
        })
    }

    /// The same variants with other weights, in their order; see [`Ranges::reweighted`] for who of
    /// the new people gets another variant. Those with an assignment keep it in any case.
    ///
    /// # Errors
    /// Everything that is wrong with the weights.
    pub fn reweighted(&self, coverage: f64, weights: &[f64]) -> Result<Self, Vec<Finding>> {
        let mut findings = Vec::new();
        if weights.len() != self.variants.len() {
            findings.push(Finding::new(
                "weights",
                format!(
                    "{} weights for {} variants: give one for each, 0 to a variant that no one new is to get",
                    weights.len(),
                    self.variants.len()
                ),
            ));
        }
        match relative(coverage, weights) {
            Ok(shares) if findings.is_empty() => Ok(Self {
                ranges: self.ranges.reweighted(weights.len(), coverage, &shares),
                ..self.clone()
            }),
            shares => {
                findings.extend(shares.err().into_iter().flatten());
                Err(findings)
            }
        }
    }

    /// The id, which is the seed.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The ids of the variants, the control first.
    #[must_use]
    pub fn variants(&self) -> &[String] {
        &self.variants
    }

    /// The share of everyone that each variant has, in their order: what [`super::Arm`] asks for.
    #[must_use]
    pub fn shares(&self) -> Vec<f64> {
        (0..self.variants.len())
            .map(|variant| self.ranges.share(variant))
            .collect()
    }

    /// The variant that the hash gives; `None` for someone outside the coverage.
    #[must_use]
    pub fn draw(&self, bucketing_id: &str) -> Option<&str> {
        let variant = self.ranges.choose(hash(&self.id, bucketing_id))?;
        self.variants.get(variant).map(String::as_str)
    }
}

/// Weights as shares that add up to 1.
fn relative(coverage: f64, weights: &[f64]) -> Result<Vec<f64>, Vec<Finding>> {
    let mut findings = Vec::new();
    if !(0.0..=1.0).contains(&coverage) {
        findings.push(Finding::new(
            "coverage",
            format!("coverage {coverage}: write a number from 0 to 1"),
        ));
    }
    let total: f64 = weights.iter().sum();
    let are_shares = weights.iter().all(|weight| *weight >= 0.0);
    if !are_shares || total <= 0.0 || !total.is_finite() {
        findings.push(Finding::new(
            "weights",
            "weights must be 0 or more, and one of them more than 0",
        ));
    }
    if findings.is_empty() {
        Ok(weights.iter().map(|weight| weight / total).collect())
    } else {
        Err(findings)
    }
}

/// What is kept with a person so that nothing they were given changes: the bucketing id, and the
/// variant of every experiment that they are in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sticky {
    bucketing_id: String,
    assignments: BTreeMap<String, String>,
}

impl Sticky {
    /// A person who is known by their first id.
    #[must_use]
    pub fn new(first_id: &str) -> Self {
        Self {
            bucketing_id: first_id.to_owned(),
            assignments: BTreeMap::new(),
        }
    }

    /// What is hashed for this person.
    #[must_use]
    pub fn bucketing_id(&self) -> &str {
        &self.bucketing_id
    }

    /// The person's variant: the one they were given before, else the one that the hash gives, which
    /// is kept. `None` is not kept, so that more coverage can still reach them. A variant that the
    /// split does not have any more is drawn anew.
    pub fn assign<'a>(&mut self, split: &'a Split) -> Option<&'a str> {
        let variants = split.variants.iter().map(String::as_str);
        self.assign_by(split.id(), variants, |id| split.draw(id))
    }

    /// The same for what is drawn in another way: `draw` gets the bucketing id.
    pub fn assign_by<'a>(
        &mut self,
        split: &str,
        mut variants: impl Iterator<Item = &'a str>,
        draw: impl FnOnce(&str) -> Option<&'a str>,
    ) -> Option<&'a str> {
        let kept = self.kept(split);
        if let Some(variant) = variants.find(|name| Some(*name) == kept) {
            return Some(variant);
        }
        let is_kept = kept.is_some();
        let variant = draw(&self.bucketing_id)?;
        if is_kept || self.assignments.len() < ASSIGNMENTS_MAX {
            self.assignments
                .insert(split.to_owned(), variant.to_owned());
        }
        Some(variant)
    }

    /// The variant that was given before, if one is kept.
    #[must_use]
    pub fn kept(&self, split: &str) -> Option<&str> {
        self.assignments.get(split).map(String::as_str)
    }

    /// Forgets the experiments that are over.
    pub fn retain(&mut self, is_live: impl Fn(&str) -> bool) {
        self.assignments.retain(|split, _| is_live(split));
    }

    /// What is kept when a visitor turns out to be somebody. A person who is new takes over all of
    /// the visitor's; one who was known before keeps their own, and takes over the variants of the
    /// experiments that only the visitor was in.
    #[must_use]
    pub fn join(known: Option<Self>, visitor: Self) -> Self {
        let Some(mut person) = known else {
            return visitor;
        };
        for (split, variant) in visitor.assignments {
            if person.assignments.len() < ASSIGNMENTS_MAX {
                person.assignments.entry(split).or_insert(variant);
            }
        }
        person
    }
}

/// A share of everyone who get nothing, to compare with.
///
/// Each holdout draws by a seed of its own, so holdouts are independent of each other and of every
/// split. With a larger share, those who were held out still are.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Holdout {
    /// What it is drawn by, such as the id of a series: two with the same id hold the same people.
    pub id: String,
    /// 0 to 1, in steps of 0.0001.
    pub share: f64,
}

impl Holdout {
    /// Whether a person is held out.
    #[must_use]
    pub fn holds(&self, bucketing_id: &str) -> bool {
        hash(&["holdout/", &self.id].concat(), bucketing_id) < self.share
    }
}

/// From what a person is held out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HeldOut {
    /// From every series.
    Workspace,
    /// From this one.
    Series,
}

/// Whether a person is held out of a series: by the workspace, which goes first, or by the series.
#[must_use]
pub fn held_out(
    workspace: Option<&Holdout>,
    series: Option<&Holdout>,
    bucketing_id: &str,
) -> Option<HeldOut> {
    let holds = |holdout: Option<&Holdout>| holdout.is_some_and(|own| own.holds(bucketing_id));
    if holds(workspace) {
        Some(HeldOut::Workspace)
    } else {
        holds(series).then_some(HeldOut::Series)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(weights: [f64; 2]) -> Split {
        Split::new("subject", 1.0, &[("a", weights[0]), ("b", weights[1])]).unwrap()
    }

    #[test]
    fn a_variant_once_given_is_kept_whatever_the_weights() {
        let even = split([1.0, 1.0]);
        let all_b = even.reweighted(1.0, &[0.0, 1.0]).unwrap();
        assert_eq!(
            (even.shares(), all_b.shares()),
            (vec![0.5, 0.5], vec![0.0, 1.0])
        );
        let mut kept = 0;
        for n in 0..1_000 {
            let id = format!("visitor-{n}");
            let mut person = Sticky::new(&id);
            let first = person.assign(&even).unwrap().to_owned();
            assert_eq!(person.assign(&all_b), Some(first.as_str()));
            assert_eq!(Sticky::new(&id).assign(&all_b), Some("b"));
            kept += usize::from(first == "a");
        }
        assert!((400..600).contains(&kept), "{kept} had a");
    }

    #[test]
    fn someone_outside_the_coverage_is_reached_by_more_of_it() {
        let none = split([1.0, 1.0]).reweighted(0.0, &[1.0, 1.0]).unwrap();
        let mut person = Sticky::new("ana");
        assert_eq!(
            (none.shares(), person.assign(&none)),
            (vec![0.0, 0.0], None)
        );
        assert!(person.assign(&split([1.0, 1.0])).is_some());
    }

    #[test]
    fn a_variant_that_is_gone_is_drawn_anew() {
        let mut person = Sticky::new("ana");
        person.assign(&split([0.0, 1.0]));
        let other = Split::new("subject", 1.0, &[("a", 1.0), ("c", 0.0)]).unwrap();
        assert_eq!(person.assign(&other), Some("a"));
        assert_eq!(
            person.assign(&split([0.0, 1.0])),
            Some("a"),
            "kept from then on"
        );
    }

    #[test]
    fn who_becomes_known_stays_what_they_were() {
        let (to_a, to_b) = (split([1.0, 0.0]), split([0.0, 1.0]));
        let other = Split::new("other", 1.0, &[("a", 1.0), ("b", 0.0)]).unwrap();
        let mut visitor = Sticky::new("anonymous-1");
        visitor.assign(&to_a);
        visitor.assign(&other);

        let new = Sticky::join(None, visitor.clone());
        assert_eq!(new.bucketing_id(), "anonymous-1");

        let mut known = Sticky::new("ana");
        known.assign(&to_b);
        let mut known = Sticky::join(Some(known), visitor);
        assert_eq!(known.bucketing_id(), "ana");
        assert_eq!(known.assign(&to_a), Some("b"));
        let none_to_a = other.reweighted(1.0, &[0.0, 1.0]).unwrap();
        assert_eq!(
            known.assign(&none_to_a),
            Some("a"),
            "as the visitor was given"
        );
    }

    #[test]
    fn so_many_assignments_are_kept_and_no_more() {
        let mut person = Sticky::new("ana");
        let nth = |n: usize| Split::new(&n.to_string(), 1.0, &[("a", 1.0), ("b", 1.0)]).unwrap();
        for n in 0..=ASSIGNMENTS_MAX {
            assert_eq!(person.assign(&nth(n)), nth(n).draw("ana"));
        }
        assert_eq!(person.assignments.len(), ASSIGNMENTS_MAX);
        let mut visitor = Sticky::new("visitor");
        visitor.assign(&nth(ASSIGNMENTS_MAX));
        assert_eq!(Sticky::join(Some(person.clone()), visitor), person);
        person.retain(|split| split != "0");
        person.assign(&nth(ASSIGNMENTS_MAX));
        assert_eq!(person.assignments.len(), ASSIGNMENTS_MAX);
    }

    #[test]
    fn all_that_is_wrong_is_said_at_once() {
        type Case<'a> = (&'a str, f64, &'a [(&'a str, f64)], &'a [&'a str]);
        let exact = "x".repeat(VARIANT_ID_BYTES_MAX);
        let long = format!("{exact}x");
        let many: Vec<String> = (0..=VARIANTS_MAX).map(|n| n.to_string()).collect();
        let many: Vec<(&str, f64)> = many.iter().map(|name| (name.as_str(), 1.0)).collect();
        let cases: [Case; 9] = [
            ("s", 1.0, &[("a", 1.0), ("b", 1.0)], &[]),
            ("s", 1.0, &many[..VARIANTS_MAX], &[]),
            ("s", 1.0, &many, &["variants"]),
            (&exact, 0.0, &[(&exact, 0.0), ("b", f64::MIN_POSITIVE)], &[]),
            ("s", 1.0, &[(&long, 1.0), ("b", 1.0)], &["id_length"]),
            ("s", 1.0, &[("a", -1.0), ("b", 2.0)], &["weights"]),
            ("s", 1.0, &[("a", f64::NAN), ("b", 2.0)], &["weights"]),
            ("s", 1.0, &[("a", f64::INFINITY), ("b", 2.0)], &["weights"]),
            (
                "",
                1.1,
                &[("a", 0.0), ("a", 0.0), ("", 0.0)],
                &[
                    "coverage",
                    "weights",
                    "variant_twice",
                    "id_length",
                    "id_length",
                ],
            ),
        ];
        for (id, coverage, variants, codes) in cases {
            let found = Split::new(id, coverage, variants).err().unwrap_or_default();
            let found: Vec<&str> = found.iter().map(|finding| finding.code).collect();
            assert_eq!(found, codes, "{id} {variants:?}");
        }
        let wrong = split([1.0, 1.0]).reweighted(2.0, &[1.0]).unwrap_err();
        let found: Vec<&str> = wrong.iter().map(|finding| finding.code).collect();
        assert_eq!(found, ["weights", "coverage"]);
    }

    #[test]
    fn the_workspace_holds_out_before_the_series() {
        let holdout = |id: &str, share: f64| Holdout {
            id: id.to_owned(),
            share,
        };
        let (all, none) = (holdout("w", 1.0), holdout("s", 0.0));
        let cases = [
            (None, None, None),
            (Some(&all), None, Some(HeldOut::Workspace)),
            (Some(&all), Some(&all), Some(HeldOut::Workspace)),
            (Some(&none), Some(&all), Some(HeldOut::Series)),
            (Some(&none), Some(&none), None),
        ];
        for (workspace, series, expected) in cases {
            assert_eq!(held_out(workspace, series, "ana"), expected);
        }
    }
}
