//! Generated rules, people and instants, and a digest of every answer: native code and wasm must
//! come to the same. Reads no clock, no chance.

mod life;
mod random;
mod rules;

use rekindle_core::{
    residual::Residual,
    rule::{Asked, Explanation, Names, parse},
    wire::encode,
};

use life::Life;
use random::Random;

/// How many triples of a rule, a person and an instant a block has.
pub const BLOCK: u64 = 1_000;

/// How many blocks are compared.
pub const BLOCKS: u64 = 100;

/// FNV-1a over everything that is answered.
struct Digest(u64);

impl Digest {
    fn add(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    fn add_instant(&mut self, instant: Option<i64>) {
        self.add(&instant.unwrap_or(i64::MAX).to_le_bytes());
    }

    fn add_explanation(&mut self, explanation: &Explanation) {
        self.add(explanation.rule.as_bytes());
        self.add(format!("{:?}", explanation.fact).as_bytes());
        self.add(&[u8::from(explanation.holds)]);
        self.add_instant(explanation.flips_at);
        for part in &explanation.parts {
            self.add_explanation(part);
        }
    }
}

/// The digest of all answers of one block.
#[must_use]
pub fn digest_of(block: u64) -> u64 {
    let mut random = Random::new(block);
    let mut digest = Digest(0xcbf2_9ce4_8422_2325);
    for _ in 0..BLOCK {
        answer(&mut random, &mut digest);
    }
    digest.0
}

/// One triple: everything that can be asked of it.
fn answer(random: &mut Random, digest: &mut Digest) {
    let rule = rules::rule(random);
    let life = Life::new(random, &rule);
    let (now, later) = life::instants(random);
    let text = rule.to_string();
    digest.add(text.as_bytes());
    digest.add(&[u8::from(parse(&text).as_ref() == Ok(&rule))]);
    let program = rule.compile();
    let facts = life.facts();
    digest.add(&[u8::from(program.eval(&facts, now))]);
    digest.add_instant(program.next_flip(&facts, now));
    let residual: Residual = program.residual(&facts, now);
    digest.add(&encode(&residual));
    digest.add(&[u8::from(residual.eval(&life.here, later))]);
    digest.add_instant(residual.next_change(&life.here, later));
    // Slower, and made of the same answers.
    if random.below(10) == 0 {
        digest.add_explanation(&program.explain(&facts, now));
        for problem in rule.problems(&Names::default(), Asked::InTheBrowser) {
            digest.add(problem.message.as_bytes());
        }
    }
}

/// [`digest_of`], for JavaScript.
#[expect(unsafe_code, reason = "an export has a name without a hash")]
#[unsafe(no_mangle)]
pub extern "C" fn digest(block: u64) -> u64 {
    digest_of(block)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_condition_is_generated_and_reads_back() {
        let mut random = Random::new(0);
        let mut kinds = BTreeSet::new();
        let (mut held, mut flips) = (0, 0);
        for _ in 0..5_000 {
            let rule = rules::rule(&mut random);
            let life = Life::new(&mut random, &rule);
            assert_eq!(parse(&rule.to_string()).as_ref(), Ok(&rule));
            rule.each(&mut |leaf| {
                let name = format!("{leaf:?}");
                kinds.insert(name.split('(').next().unwrap_or_default().to_owned());
            });
            let program = rule.compile();
            held += u32::from(program.eval(&life.facts(), life::NOW));
            flips += u32::from(program.next_flip(&life.facts(), life::NOW).is_some());
        }
        assert_eq!(kinds.len(), 9, "{kinds:?}");
        // Neither is rare, so that answers differ where they can.
        assert!(
            held > 1_000 && held < 4_000 && flips > 1_000,
            "{held} {flips}"
        );
    }

    #[test]
    fn a_block_is_the_same_twice_and_no_other() {
        assert_eq!(digest_of(1), digest_of(1));
        assert_ne!(digest_of(1), digest_of(2));
    }
}
