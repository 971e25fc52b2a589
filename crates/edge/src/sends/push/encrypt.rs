//! Encrypts a payload for one device: RFC 8291, in the aes128gcm coding of RFC 8188.
//! It knows neither payloads nor push services. Only `encrypt` touches the platform: the rest is
//! bytes to bytes, so that the example of RFC 8291 runs natively.

use base64::{
    Engine,
    alphabet::URL_SAFE,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use hkdf::Hkdf;
use sha2::Sha256;
use worker::Result;

use crate::sends::subtle::{self, AgreementPair, POINT_BYTES, PublicKey, UNCOMPRESSED};
use crate::shard::messages::Device;

// LIMIT: RFC 8291, section 4: a push service need not take more than 4,096 bytes, of which the
// header takes 86, the tag 16 and the delimiter 1.
pub(super) const PAYLOAD_BYTES_MAX: usize = 3_993;

/// Said in the header: no record is longer. There is one.
const RECORD_BYTES: u32 = 4_096;

/// Ends the last record; zeros may follow.
const DELIMITER: u8 = 2;

/// Payloads are filled up to a multiple of this, so that their length says less about the words.
const PADDING_STEP_BYTES: usize = 128;

const SALT_BYTES: usize = 16;
const AUTH_BYTES: usize = 16;

/// Browsers write base64url without padding; some libraries write it with.
const BASE64URL: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// What is known of the receiving side.
pub(super) struct Receiver {
    key: PublicKey,
    shared: Shared,
}

/// What the receiver made known, in bytes.
struct Shared {
    point: Vec<u8>,
    auth: Vec<u8>,
}

impl Shared {
    fn read(device: &Device) -> Option<Self> {
        let point = BASE64URL.decode(&device.p256dh).ok()?;
        let auth = BASE64URL.decode(&device.auth).ok()?;
        let well_formed = point.len() == POINT_BYTES
            && point.first() == Some(&UNCOMPRESSED)
            && auth.len() == AUTH_BYTES;
        well_formed.then_some(Self { point, auth })
    }
}

impl Receiver {
    /// `None` when nothing can ever be encrypted for keys like these.
    pub(super) async fn read(device: &Device) -> Result<Option<Self>> {
        let Some(shared) = Shared::read(device) else {
            return Ok(None);
        };
        let key = PublicKey::read(&shared.point).await?;
        Ok(key.map(|key| Self { key, shared }))
    }
}

/// The body of a push: under a key of its own, which only the receiver can find again.
pub(super) async fn encrypt(receiver: &Receiver, payload: &[u8]) -> Result<Vec<u8>> {
    let mut salt = [0; SALT_BYTES];
    getrandom::fill(&mut salt).map_err(|error| format!("no random bytes: {error}"))?;
    let ours = AgreementPair::generate().await?;
    let secret = ours.agree(&receiver.key).await?;
    let ContentKey { key, nonce } = content_key(&receiver.shared, &ours.public, &secret, salt)?;
    let sealed = subtle::seal(&key, &nonce, &record(payload, PADDING_STEP_BYTES)).await?;
    Ok(message(salt, &ours.public, &sealed))
}

/// What one message is sealed with.
struct ContentKey {
    key: [u8; 16],
    nonce: [u8; 12],
}

/// RFC 8291, section 3.4.
fn content_key(
    theirs: &Shared,
    our_point: &[u8],
    secret: &[u8],
    salt: [u8; SALT_BYTES],
) -> Result<ContentKey> {
    let info = [b"WebPush: info\0", theirs.point.as_slice(), our_point].concat();
    let material: [u8; 32] = derive(&theirs.auth, secret, &info)?;
    Ok(ContentKey {
        key: derive(&salt, &material, b"Content-Encoding: aes128gcm\0")?,
        nonce: derive(&salt, &material, b"Content-Encoding: nonce\0")?,
    })
}

/// HKDF with SHA-256.
fn derive<const N: usize>(salt: &[u8], material: &[u8], info: &[u8]) -> Result<[u8; N]> {
    let mut key = [0; N];
    Hkdf::<Sha256>::new(Some(salt), material)
        .expand(info, &mut key)
        .map_err(|error| format!("no key of {N} bytes: {error}"))?;
    Ok(key)
}

/// The one record before it is sealed: filled up to a multiple of `step`, within the limit.
fn record(payload: &[u8], step: usize) -> Vec<u8> {
    let mut record = payload.to_vec();
    record.push(DELIMITER);
    let filled = record
        .len()
        .next_multiple_of(step)
        .min(PAYLOAD_BYTES_MAX + 1);
    record.resize(filled.max(record.len()), 0);
    record
}

/// Header and record: RFC 8188, section 2.1, with our point as the id of the key.
fn message(salt: [u8; SALT_BYTES], our_point: &[u8], sealed: &[u8]) -> Vec<u8> {
    const POINT_LENGTH: u8 = 65;
    [
        salt.as_slice(),
        &RECORD_BYTES.to_be_bytes(),
        &[POINT_LENGTH],
        our_point,
        sealed,
    ]
    .concat()
}

#[cfg(test)]
mod tests {
    use aes_gcm::{Aes128Gcm, KeyInit, Nonce, aead::Aead};
    use p256::{PublicKey, SecretKey, ecdh::diffie_hellman, elliptic_curve::sec1::ToEncodedPoint};

    use super::*;

    /// RFC 8291, section 5 and appendix A.
    mod example {
        pub(super) const PLAIN: &[u8] = b"When I grow up, I want to be a watermelon";
        pub(super) const THEIR_POINT: &str = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
        pub(super) const AUTH: &str = "BTBZMqHH6r4Tts7J_aSIgg";
        pub(super) const OUR_PRIVATE: &str = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw";
        pub(super) const SALT: &str = "DGv6ra1nlYgDCS1FRnbzlw";
        pub(super) const SECRET: &str = "kyrL1jIIOHEzg3sM2ZWRHDRB62YACZhhSlknJ672kSs";
        pub(super) const KEY: &str = "oIhVW04MRdy2XN9CiKLxTg";
        pub(super) const NONCE: &str = "4h_95klXJ5E_qnoN";
        pub(super) const MESSAGE: &str = "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27ml\
             mlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPT\
             pK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN";
    }

    fn decode(text: &str) -> Vec<u8> {
        BASE64URL.decode(text).unwrap()
    }

    fn device(p256dh: &str, auth: &str) -> Device {
        Device {
            endpoint: String::new(),
            p256dh: p256dh.to_owned(),
            auth: auth.to_owned(),
        }
    }

    #[test]
    fn the_example_of_rfc_8291_comes_out_to_the_byte() {
        let theirs = Shared::read(&device(example::THEIR_POINT, example::AUTH)).unwrap();
        let ours = SecretKey::from_slice(&decode(example::OUR_PRIVATE)).unwrap();
        let our_point = ours.public_key().to_encoded_point(false);
        let our_point = our_point.as_bytes();
        let their_key = PublicKey::from_sec1_bytes(&theirs.point).unwrap();
        let secret = diffie_hellman(ours.to_nonzero_scalar(), their_key.as_affine());
        let secret = secret.raw_secret_bytes().as_slice();
        assert_eq!(secret, decode(example::SECRET));

        let salt = decode(example::SALT).try_into().unwrap();
        let ContentKey { key, nonce } = content_key(&theirs, our_point, secret, salt).unwrap();
        assert_eq!(key.as_slice(), decode(example::KEY));
        assert_eq!(nonce.as_slice(), decode(example::NONCE));

        let cipher = Aes128Gcm::new_from_slice(&key).unwrap();
        let plain = record(example::PLAIN, 1);
        let sealed = cipher
            .encrypt(Nonce::from_slice(&nonce), plain.as_slice())
            .unwrap();
        assert_eq!(message(salt, our_point, &sealed), decode(example::MESSAGE));
    }

    #[test]
    fn records_are_filled_up_within_the_limit() {
        for (payload, filled) in [
            (0, 128),
            (127, 128),
            (128, 256),
            (3_966, 3_968),
            (3_967, 3_968),
            (3_968, 3_994),
            (PAYLOAD_BYTES_MAX, 3_994),
        ] {
            let record = record(&vec![b'x'; payload], PADDING_STEP_BYTES);
            assert_eq!(record.len(), filled, "{payload}");
            assert_eq!(record[payload], DELIMITER);
            assert!(record[payload + 1..].iter().all(|byte| *byte == 0));
        }
    }

    #[test]
    fn the_longest_payload_fills_what_a_push_service_must_take() {
        const TAG_BYTES: usize = 16;
        let sealed = vec![0; record(&[0; PAYLOAD_BYTES_MAX], PADDING_STEP_BYTES).len() + TAG_BYTES];
        assert_eq!(
            message([0; SALT_BYTES], &[0; POINT_BYTES], &sealed).len(),
            4_096
        );
    }

    #[test]
    fn keys_of_another_form_are_refused() {
        let (point, auth) = (example::THEIR_POINT, example::AUTH);
        let compressed = "AyVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcx";
        for (p256dh, auth, is_read) in [
            (point.to_owned(), auth.to_owned(), true),
            (format!("{point}="), format!("{auth}=="), true),
            (compressed.to_owned(), auth.to_owned(), false),
            (point.replacen("BC", "AC", 1), auth.to_owned(), false),
            (format!("{point}AAAA"), auth.to_owned(), false),
            (point.to_owned(), "BTBZMqHH6r4Tts7J_aSI".to_owned(), false),
            (point.to_owned(), format!("{auth}AAAA"), false),
            (point.to_owned(), "not base64url".to_owned(), false),
            (String::new(), String::new(), false),
        ] {
            assert_eq!(
                Shared::read(&device(&p256dh, &auth)).is_some(),
                is_read,
                "{p256dh} {auth}"
            );
        }
    }
}
