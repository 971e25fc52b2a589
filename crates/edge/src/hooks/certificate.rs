//! The public key in a certificate (RFC 5280, section 4.1; X.690). It vouches for nothing: who fetched
//! the certificate knows from where.

use base64::{Engine, engine::general_purpose::STANDARD};

/// The `SubjectPublicKeyInfo` of a certificate in PEM.
pub(super) fn public_key(pem: &str) -> Option<Vec<u8>> {
    const VERSION: u8 = 0xa0;
    let (_, rest) = pem.split_once("-----BEGIN CERTIFICATE-----")?;
    let (base64, _) = rest.split_once("-----END CERTIFICATE-----")?;
    let base64: String = base64.split_whitespace().collect();
    let der = STANDARD.decode(base64).ok()?;
    let (certificate, _) = element(&der)?;
    let (signed, _) = element(certificate.content)?;
    let mut rest = signed.content;
    // The version may be absent; the serial number, the algorithm, the issuer, the dates and the
    // subject come before the key.
    let (first, after) = element(rest)?;
    if first.tag == VERSION {
        rest = after;
    }
    for _ in 0..5 {
        (_, rest) = element(rest)?;
    }
    let (key, _) = element(rest)?;
    Some(key.whole.to_vec())
}

struct Element<'a> {
    tag: u8,
    content: &'a [u8],
    whole: &'a [u8],
}

/// The first element, and what comes after it.
fn element(der: &[u8]) -> Option<(Element<'_>, &[u8])> {
    // LIMIT: four bytes of length are more than any certificate has.
    const LENGTH_BYTES_MAX: usize = 4;
    const IS_LONG: u8 = 0x80;
    let (tag, first) = (*der.first()?, *der.get(1)?);
    let (start, length) = if first < IS_LONG {
        (2, usize::from(first))
    } else {
        let bytes = usize::from(first - IS_LONG);
        if bytes == 0 || bytes > LENGTH_BYTES_MAX {
            return None;
        }
        let digits = der.get(2..2 + bytes)?.iter();
        let length = digits.fold(0, |length, digit| length << 8 | usize::from(*digit));
        (2 + bytes, length)
    };
    let end = start.checked_add(length)?;
    let found = Element {
        tag,
        content: der.get(start..end)?,
        whole: der.get(..end)?,
    };
    Some((found, der.get(end..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_of_a_certificate() {
        // A certificate of tests, whose key is on P-256: 26 bytes of names, and the point.
        let pem = include_str!("../../../../tests/data/tls/localhost.cert.pem");
        let key = public_key(pem).unwrap();
        assert_eq!(key.len(), 26 + 65);
        assert_eq!(key[..2], [0x30, 0x59]);
    }

    #[test]
    fn what_is_no_certificate_has_no_key() {
        for der in [
            &[][..],
            &[0x30],
            &[0x30, 0x80],
            &[0x30, 0x85, 1, 1, 1, 1, 1],
            &[0x30, 0x84, 0xff, 0xff, 0xff, 0xff],
            &[0x30, 0x02, 0x30, 0x05],
            &[0x30, 0x02, 0x30, 0x00],
        ] {
            let base64 = STANDARD.encode(der);
            let pem = format!("-----BEGIN CERTIFICATE-----\n{base64}\n-----END CERTIFICATE-----\n");
            assert_eq!(public_key(&pem), None, "{der:?}");
        }
        assert_eq!(public_key("nonsense"), None);
    }
}
