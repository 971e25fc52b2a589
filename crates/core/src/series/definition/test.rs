//! Reads the A/B test of a message: each variant is read as the step that it would make.
//! Gives no one a variant.

use std::collections::BTreeSet;

use super::{read::Reader, step::Test};
use crate::{
    experiment::{Ranges, VARIANT_ID_BYTES_MAX, VARIANTS_MAX},
    series::{
        definition::Message,
        spec::{CONTROL, TestSpec, VariantSpec},
    },
};

impl Reader<'_> {
    /// The test of the step's message.
    pub(super) fn test(&mut self, spec: &TestSpec) -> Option<Test> {
        if spec.variants.is_empty() {
            self.missing("test.variants", "give the test a variant");
        }
        self.at_most("test.variants", spec.variants.len(), VARIANTS_MAX - 1);
        let mut names = BTreeSet::from([CONTROL]);
        let mut variants = Vec::new();
        for variant in &spec.variants {
            self.name(&variant.name);
            if !names.insert(&variant.name) {
                let name = &variant.name;
                let message = format!(
                    "two variants have the name `{name}`: rename one (the step itself is \
                     `{CONTROL}`)"
                );
                self.error("double_variant", message);
            }
            let message = self.variant(variant);
            variants.extend(message.map(|message| (variant.name.clone(), message)));
        }
        let own = spec.variants.iter().map(|variant| variant.weight);
        let weights: Vec<f64> = std::iter::once(spec.weight).chain(own).collect();
        let total = self.total("test", &weights)?;
        let shares: Vec<f64> = weights.iter().map(|weight| weight / total).collect();
        Some(Test {
            metric: spec.metric,
            variants,
            ranges: Ranges::from_weights(shares.len(), 1.0, &shares),
        })
    }

    fn name(&mut self, name: &str) {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        let fits = (1..=VARIANT_ID_BYTES_MAX).contains(&name.len());
        if !fits || !name.bytes().all(is_plain) {
            let message = format!(
                "`{name}` is no name of a variant: write 1 to {VARIANT_ID_BYTES_MAX} letters, \
                 digits, `-` and `_`"
            );
            self.error("variant", message);
        }
    }

    /// What a variant says. What is wrong with the step itself is not said again.
    fn variant(&mut self, variant: &VariantSpec) -> Option<Message> {
        let (step, _) = variant.changes.apply(self.step);
        let mut found = Vec::new();
        let mut reader = Reader {
            step: &step,
            following: self.following,
            places: self.places,
            segments: self.segments,
            findings: &mut found,
        };
        reader.out_of_place();
        let message = reader.message();
        found.retain(|finding| !self.findings.contains(finding));
        for finding in &mut found {
            finding.message = format!("variant `{}`: {}", variant.name, finding.message);
        }
        self.findings.append(&mut found);
        message
    }
}
