//! Stable hashes: the shard of a person, the id of an effect, the version of an inbox.
//! Not for secrets: nothing here withstands someone who wants a collision.

/// FNV-1a over bytes, 64 bits.
///
/// Source: Fowler, Noll, Vo, <http://www.isthe.com/chongo/tech/comp/fnv/>.
#[must_use]
pub fn fnv64(bytes: &[u8]) -> u64 {
    fnv64_on(0xcbf2_9ce4_8422_2325, bytes)
}

/// [`fnv64`] over bytes that come after those of which this is the hash.
pub(crate) fn fnv64_on(hash: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(hash, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// FNV-1a followed by the finaliser of `SplitMix64`, so that every bit depends on every byte.
///
/// Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
#[must_use]
pub fn mix64(bytes: &[u8]) -> u64 {
    mixed(fnv64(bytes))
}

fn mixed(hash: u64) -> u64 {
    let mut hash = hash;
    hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ (hash >> 31)
}

/// A number from 0 up to 1, the same for the same id and salt, and unrelated for another salt:
/// the upper 53 bits of [`mix64`] over the salt, a zero byte and the id, as a fraction.
#[must_use]
pub fn share(id: &str, salt: &str) -> f64 {
    let salted = fnv64_on(fnv64(salt.as_bytes()), &[0]);
    let hash = mixed(fnv64_on(salted, id.as_bytes()));
    (hash >> 11) as f64 / (1_u64 << 53) as f64
}

/// [`mix64`] over these parts with a zero byte between each two.
#[must_use]
pub(crate) fn mix64_of<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> u64 {
    let mut parts = parts.into_iter();
    let first = fnv64(parts.next().unwrap_or_default());
    mixed(parts.fold(first, |hash, part| fnv64_on(fnv64_on(hash, &[0]), part)))
}

/// Sixteen lower-case hexadecimal digits.
#[must_use]
pub fn hex64(number: u64) -> String {
    let mut text = String::with_capacity(16);
    push_hex64(&mut text, number);
    text
}

/// Adds sixteen lower-case hexadecimal digits.
pub(crate) fn push_hex64(text: &mut String, number: u64) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut digits = [b'0'; 16];
    for (place, digit) in digits.iter_mut().rev().enumerate() {
        let value = usize::try_from((number >> (place * 4)) & 0xf).unwrap_or(0);
        *digit = DIGITS.get(value).copied().unwrap_or(b'0');
    }
    text.push_str(str::from_utf8(&digits).unwrap_or_default());
}

/// The person's half of every effect id and the key of their inbox: tells the shard, not the person.
#[must_use]
pub fn person_key(person: &str) -> u64 {
    mix64(person.as_bytes())
}

/// The shard, from 0 to `shards - 1`, that holds the person with this key.
#[must_use]
pub fn shard_of(key: u64, shards: u64) -> u64 {
    key % shards.max(1)
}

/// The key that an effect id begins with, or `None` for text that is no effect id.
#[must_use]
pub fn key_of_effect(effect: &str) -> Option<u64> {
    halves_of_effect(effect).map(|(person, _)| person)
}

/// Both halves of an effect id.
pub(crate) fn halves_of_effect(effect: &str) -> Option<(u64, u64)> {
    let (person, rest) = effect.split_at_checked(16)?;
    let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    let number = |half: &str| u64::from_str_radix(half, 16).ok();
    (rest.len() == 16 && effect.bytes().all(is_digit))
        .then(|| number(person).zip(number(rest)))
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fnv_matches_the_published_vector() {
        assert_eq!(fnv64(b"foobar"), 0x8594_4171_f739_67e8);
    }

    #[test]
    fn a_share_is_a_fraction_of_the_hash() {
        let expected = (mix64(b"salt\0ana") >> 11) as f64 / 2_f64.powi(53);
        assert_eq!(share("ana", "salt").to_bits(), expected.to_bits());
        assert!((0..1_000).all(|n| (0.0..1.0).contains(&share(&n.to_string(), "x"))));
    }

    #[test]
    fn hexadecimal_keeps_leading_zeros() {
        assert_eq!(hex64(0xab), "00000000000000ab");
        assert_eq!(key_of_effect(&(hex64(7) + &hex64(9))), Some(7));
        assert_eq!(key_of_effect("short"), None);
    }
}
