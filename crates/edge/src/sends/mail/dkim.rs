//! DKIM (RFC 6376): what the receiver of a mail knows its domain by, for providers that do not sign.
//! RSA-SHA256, or Ed25519-SHA256 (RFC 8463), relaxed/relaxed. Verifies nothing.

use base64::{Engine, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha256};
use worker::Result;

use crate::sends::subtle::{SignatureKind, sign_pkcs8};

/// What is signed, where it is there: RFC 6376, section 5.4.1, and what RFC 8058, section 4 asks for.
const SIGNED: [&str; 9] = [
    "from",
    "to",
    "subject",
    "date",
    "message-id",
    "mime-version",
    "content-type",
    "list-unsubscribe",
    "list-unsubscribe-post",
];

/// What is signed once more than it is there, so that no second one can be put in front of it:
/// RFC 6376, section 8.15.
const SEALED: [&str; 3] = ["from", "to", "subject"];

/// A key as it was set: PKCS#8. A secret: it has no `Debug`.
pub(super) struct Pkcs8 {
    kind: SignatureKind,
    der: Vec<u8>,
}

impl Pkcs8 {
    /// Reads PEM, or its base64 alone.
    ///
    /// # Errors
    /// With the mend.
    pub(super) fn read(pem: &str) -> std::result::Result<Self, String> {
        // The algorithm's object identifier, as DER writes it.
        const RSA: &[u8] = &[
            0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01,
        ];
        const ED25519: &[u8] = &[0x06, 0x03, 0x2b, 0x65, 0x70];
        // LIMIT: where the identifier stands, before the key itself.
        const START_BYTES: usize = 32;
        let text = pem.replace("\\n", "\n");
        let lines = text.lines().filter(|line| !line.starts_with("-----"));
        let base64: String = lines.flat_map(str::split_whitespace).collect();
        let der = STANDARD.decode(base64).unwrap_or_default();
        let start = der.get(..der.len().min(START_BYTES)).unwrap_or_default();
        let has = |id: &[u8]| start.windows(id.len()).any(|window| window == id);
        let kind = if has(RSA) {
            SignatureKind::RsaSha256
        } else if has(ED25519) {
            SignatureKind::Ed25519
        } else {
            return Err(
                "it is no private key of RSA or Ed25519 in PKCS#8: make one with `openssl genpkey`"
                    .to_owned(),
            );
        };
        Ok(Self { kind, der })
    }
}

/// What mails are signed with. A secret: it has no `Debug`.
pub(super) struct Dkim {
    /// What stands before `._domainkey` in the name of the public key.
    pub(super) selector: String,
    pub(super) key: Pkcs8,
}

impl Dkim {
    /// The message with its signature in front: the same for every attempt.
    pub(super) async fn signed(&self, domain: &str, message: &[u8]) -> Result<Vec<u8>> {
        let (headers, body) = split(message);
        let names = signed_names(&headers);
        let algorithm = match self.key.kind {
            SignatureKind::RsaSha256 => "rsa-sha256",
            SignatureKind::Ed25519 => "ed25519-sha256",
        };
        let hash = STANDARD.encode(Sha256::digest(relaxed_body(body)));
        let unsigned = [
            "v=1; a=",
            algorithm,
            "; c=relaxed/relaxed; d=",
            domain,
            "; s=",
            &self.selector,
            ";\r\n\th=",
            &names.join(":\r\n\t "),
            ";\r\n\tbh=",
            &hash,
            ";\r\n\tb=",
        ]
        .concat();
        let mut hashed = canonical_headers(&headers, &names);
        hashed.push_str(relaxed_header("dkim-signature", &unsigned).trim_end());
        // RFC 8463, section 3: Ed25519 signs the hash, RSA hashes by itself.
        let hashed = match self.key.kind {
            SignatureKind::RsaSha256 => hashed.into_bytes(),
            SignatureKind::Ed25519 => Sha256::digest(hashed).to_vec(),
        };
        let signature = sign_pkcs8(self.key.kind, &self.key.der, &hashed).await?;
        let mut signed = ["DKIM-Signature: ", &unsigned, &folded(&signature), "\r\n"]
            .concat()
            .into_bytes();
        signed.extend(message);
        Ok(signed)
    }
}

fn folded(signature: &[u8]) -> String {
    const LINE_CHARS: usize = 72;
    let mut folded = String::new();
    for (place, char) in STANDARD.encode(signature).chars().enumerate() {
        if place > 0 && place % LINE_CHARS == 0 {
            folded.push_str("\r\n\t");
        }
        folded.push(char);
    }
    folded
}

/// The headers, each with its folded value, and the body.
fn split(message: &[u8]) -> (Vec<(String, String)>, &[u8]) {
    let end = message
        .windows(4)
        .position(|window| window == b"\r\n\r\n")
        .unwrap_or(message.len());
    let body = message.get(end + 4..).unwrap_or_default();
    let head = String::from_utf8_lossy(message.get(..end).unwrap_or_default());
    let mut headers: Vec<(String, String)> = Vec::new();
    for line in head.split("\r\n") {
        if line.starts_with([' ', '\t'])
            && let Some((_, value)) = headers.last_mut()
        {
            value.push_str("\r\n");
            value.push_str(line);
        } else {
            let (name, value) = line.split_once(':').unwrap_or((line, ""));
            headers.push((name.trim_end().to_owned(), value.to_owned()));
        }
    }
    (headers, body)
}

fn signed_names(headers: &[(String, String)]) -> Vec<&'static str> {
    let is_there = |wanted: &&str| {
        headers
            .iter()
            .any(|(name, _)| name.eq_ignore_ascii_case(wanted))
    };
    SIGNED.into_iter().filter(is_there).chain(SEALED).collect()
}

/// The named headers in order; one that is named more often than it is there stands for nothing.
fn canonical_headers(headers: &[(String, String)], names: &[&str]) -> String {
    let mut left: Vec<&(String, String)> = headers.iter().collect();
    let mut canonical = String::new();
    for wanted in names {
        // Of several, the last comes first: RFC 6376, section 5.4.2.
        let found = left
            .iter()
            .rposition(|(name, _)| name.eq_ignore_ascii_case(wanted));
        if let Some(place) = found {
            let (name, value) = left.remove(place);
            canonical.push_str(&relaxed_header(name, value));
        }
    }
    canonical
}

/// RFC 6376, section 3.4.2.
fn relaxed_header(name: &str, value: &str) -> String {
    let words: Vec<&str> = value
        .split([' ', '\t', '\r', '\n'])
        .filter(|word| !word.is_empty())
        .collect();
    [&name.to_ascii_lowercase(), ":", &words.join(" "), "\r\n"].concat()
}

/// RFC 6376, section 3.4.4.
fn relaxed_body(body: &[u8]) -> Vec<u8> {
    let mut relaxed = Vec::with_capacity(body.len());
    let mut empty_lines = 0;
    for line in body.split(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let mut written = Vec::with_capacity(line.len());
        for byte in line {
            if !matches!(byte, b' ' | b'\t') {
                written.push(*byte);
            } else if written.last() != Some(&b' ') {
                written.push(b' ');
            }
        }
        if written.last() == Some(&b' ') {
            written.pop();
        }
        if written.is_empty() {
            empty_lines += 1;
            continue;
        }
        for _ in 0..empty_lines {
            relaxed.extend(b"\r\n");
        }
        empty_lines = 0;
        relaxed.extend(written);
        relaxed.extend(b"\r\n");
    }
    relaxed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_rfc_6376() {
        // Section 3.4.5.
        let message = b"A: X \r\nB : Y\t\r\n\tZ  \r\n\r\n C \r\nD \t E\r\n\r\n\r\n";
        let (headers, body) = split(message);
        assert_eq!(canonical_headers(&headers, &["a", "b"]), "a:X\r\nb:Y Z\r\n");
        assert_eq!(relaxed_body(body), b" C\r\nD E\r\n");
    }

    #[test]
    fn bodies_end_in_one_line_end_or_are_empty() {
        for (body, expected) in [
            ("", ""),
            ("\r\n", ""),
            (" \r\n\t\r\n", ""),
            ("a", "a\r\n"),
            ("a\r\n\r\nb\r\n\r\n", "a\r\n\r\nb\r\n"),
        ] {
            assert_eq!(
                relaxed_body(body.as_bytes()),
                expected.as_bytes(),
                "{body:?}"
            );
        }
        // RFC 6376, section 3.4.4: the hash of an empty body.
        assert_eq!(
            STANDARD.encode(Sha256::digest(relaxed_body(b""))),
            "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
        );
    }

    #[test]
    fn what_is_sealed_stands_for_nothing_the_second_time() {
        let (headers, _) = split(b"From: a\r\nSubject: s\r\nX-Other: x\r\n\r\n");
        let names = signed_names(&headers);
        assert_eq!(names, ["from", "subject", "from", "to", "subject"]);
        assert_eq!(
            canonical_headers(&headers, &names),
            "from:a\r\nsubject:s\r\n"
        );
    }

    #[test]
    fn keys_of_other_kinds_are_refused() {
        // The secret key of RFC 8463, appendix A.2.
        let seed = STANDARD
            .decode("nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=")
            .unwrap();
        let start = [
            0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20,
        ];
        let der = STANDARD.encode([start.as_slice(), &seed].concat());
        for pem in [
            der.clone(),
            format!("-----BEGIN PRIVATE KEY-----\n{der}\n-----END PRIVATE KEY-----\n"),
            format!("-----BEGIN PRIVATE KEY-----\\n{der}\\n-----END PRIVATE KEY-----"),
        ] {
            assert!(Pkcs8::read(&pem).is_ok_and(|key| key.kind == SignatureKind::Ed25519));
        }
        for pem in [
            "",
            "nonsense",
            "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----",
        ] {
            assert!(Pkcs8::read(pem).is_err(), "{pem}");
        }
    }
}
