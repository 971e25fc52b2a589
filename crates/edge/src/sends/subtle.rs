//! The platform's cryptography: the one module that knows `crypto.subtle`.
//! It knows P-256, AES-128-GCM, RSA and Ed25519; what they are used for is for others to say.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use js_sys::{Array, JSON, Object, Reflect, Uint8Array};
use serde::{Deserialize, Serialize};
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};
use worker::Result;

use crate::json::read_text;
/// The length of an uncompressed point of P-256.
pub(super) const POINT_BYTES: usize = 65;

/// What an uncompressed point begins with.
pub(super) const UNCOMPRESSED: u8 = 4;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = ["crypto", "subtle"], js_name = generateKey)]
    async fn generate_key(
        algorithm: &JsValue,
        extractable: bool,
        usages: &Array,
    ) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(catch, js_namespace = ["crypto", "subtle"], js_name = importKey)]
    async fn import_key(
        format: &str,
        data: &JsValue,
        algorithm: &JsValue,
        extractable: bool,
        usages: &Array,
    ) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(catch, js_namespace = ["crypto", "subtle"], js_name = exportKey)]
    async fn export_key(format: &str, key: &JsValue) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(catch, js_namespace = ["crypto", "subtle"], js_name = deriveBits)]
    async fn derive_bits(algorithm: &JsValue, key: &JsValue, bits: u32)
    -> Result<JsValue, JsValue>;

    #[wasm_bindgen(catch, js_namespace = ["crypto", "subtle"], js_name = encrypt)]
    async fn encrypt(
        algorithm: &JsValue,
        key: &JsValue,
        data: &Uint8Array,
    ) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(catch, js_namespace = ["crypto", "subtle"], js_name = verify)]
    async fn verify(
        algorithm: &JsValue,
        key: &JsValue,
        signature: &Uint8Array,
        data: &Uint8Array,
    ) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(catch, js_namespace = ["crypto", "subtle"], js_name = sign)]
    async fn sign(
        algorithm: &JsValue,
        key: &JsValue,
        data: &Uint8Array,
    ) -> Result<JsValue, JsValue>;
}

fn object(fields: &[(&str, &JsValue)]) -> Result<JsValue> {
    let object = Object::new();
    for (name, value) in fields {
        Reflect::set(&object, &(*name).into(), value)?;
    }
    Ok(object.into())
}

/// ECDH or ECDSA, on the one curve that web push has.
fn on_p256(name: &str) -> Result<JsValue> {
    object(&[("name", &name.into()), ("namedCurve", &"P-256".into())])
}

fn usages(names: &[&str]) -> Array {
    names.iter().map(|name| JsValue::from(*name)).collect()
}

fn bytes(buffer: &JsValue) -> Vec<u8> {
    Uint8Array::new(buffer).to_vec()
}

/// How a private key signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SignatureKind {
    /// RSASSA-PKCS1-v1_5 over SHA-256.
    RsaSha256,
    /// Ed25519, over the message itself.
    Ed25519,
}

fn rsa() -> Result<JsValue> {
    object(&[
        ("name", &"RSASSA-PKCS1-v1_5".into()),
        ("hash", &"SHA-256".into()),
    ])
}

/// A signature with a private key that someone else made (PKCS#8).
pub(super) async fn sign_pkcs8(
    kind: SignatureKind,
    pkcs8: &[u8],
    message: &[u8],
) -> Result<Vec<u8>> {
    let algorithm = match kind {
        SignatureKind::RsaSha256 => rsa()?,
        SignatureKind::Ed25519 => object(&[("name", &"Ed25519".into())])?,
    };
    let data = Uint8Array::from(pkcs8);
    let key = import_key("pkcs8", &data, &algorithm, false, &usages(&["sign"])).await?;
    let message = Uint8Array::from(message);
    Ok(bytes(&sign(&algorithm, &key, &message).await?))
}

/// Whether a signature (RSASSA-PKCS1-v1_5 over SHA-256) is of someone's key (`SubjectPublicKeyInfo`).
pub(crate) async fn verify_rsa(spki: &[u8], signature: &[u8], message: &[u8]) -> Result<bool> {
    verify_rsa_by("spki", &Uint8Array::from(spki), signature, message).await
}

/// The same with a key as a JSON Web Key has it (RFC 7518, section 6.3.1): modulus and exponent, base64url.
pub(crate) async fn verify_rsa_jwk(
    n: &str,
    e: &str,
    signature: &[u8],
    message: &[u8],
) -> Result<bool> {
    let key = object(&[("kty", &"RSA".into()), ("n", &n.into()), ("e", &e.into())])?;
    verify_rsa_by("jwk", &key, signature, message).await
}

async fn verify_rsa_by(
    format: &str,
    key: &JsValue,
    signature: &[u8],
    message: &[u8],
) -> Result<bool> {
    let algorithm = rsa()?;
    let key = import_key(format, key, &algorithm, false, &usages(&["verify"])).await?;
    let (signature, message) = (Uint8Array::from(signature), Uint8Array::from(message));
    let is_theirs = verify(&algorithm, &key, &signature, &message).await?;
    Ok(is_theirs.is_truthy())
}

/// Someone's public key, known to be a point of the curve.
pub(super) struct PublicKey(JsValue);

impl PublicKey {
    /// `None` when these bytes are no point of the curve.
    pub(super) async fn read(point: &[u8]) -> Result<Option<Self>> {
        let data = Uint8Array::from(point);
        let read = import_key("raw", &data, &on_p256("ECDH")?, false, &usages(&[])).await;
        Ok(read.ok().map(Self))
    }
}

/// A key pair for agreeing on a secret; its private half never leaves the platform.
pub(super) struct AgreementPair {
    private: JsValue,
    /// The public half as an uncompressed point.
    pub(super) public: Vec<u8>,
}

impl AgreementPair {
    /// A fresh one.
    pub(super) async fn generate() -> Result<Self> {
        let pair = generate_key(&on_p256("ECDH")?, false, &usages(&["deriveBits"])).await?;
        let public = Reflect::get(&pair, &"publicKey".into())?;
        Ok(Self {
            private: Reflect::get(&pair, &"privateKey".into())?,
            public: bytes(&export_key("raw", &public).await?),
        })
    }

    /// The secret that both sides come to.
    pub(super) async fn agree(&self, theirs: &PublicKey) -> Result<Vec<u8>> {
        const SECRET_BITS: u32 = 256;
        let algorithm = object(&[("name", &"ECDH".into()), ("public", &theirs.0)])?;
        Ok(bytes(
            &derive_bits(&algorithm, &self.private, SECRET_BITS).await?,
        ))
    }
}

/// AES-128-GCM: the ciphertext, and after it the tag.
pub(super) async fn seal(key: &[u8; 16], nonce: &[u8; 12], plain: &[u8]) -> Result<Vec<u8>> {
    let name = JsValue::from("AES-GCM");
    let data = Uint8Array::from(key.as_slice());
    let key = import_key("raw", &data, &name, false, &usages(&["encrypt"])).await?;
    let nonce = Uint8Array::from(nonce.as_slice());
    let algorithm = object(&[("name", &name), ("iv", &nonce)])?;
    Ok(bytes(
        &encrypt(&algorithm, &key, &Uint8Array::from(plain)).await?,
    ))
}

/// A key pair for signatures, to be kept. A secret: it has no `Debug`.
#[derive(Serialize, Deserialize)]
pub(super) struct Jwk {
    kty: String,
    crv: String,
    x: String,
    y: String,
    d: String,
}

impl Jwk {
    /// A fresh one.
    pub(super) async fn generate() -> Result<Self> {
        let pair = generate_key(&on_p256("ECDSA")?, true, &usages(&["sign", "verify"])).await?;
        let private = Reflect::get(&pair, &"privateKey".into())?;
        let exported = export_key("jwk", &private).await?;
        let text = String::from(JSON::stringify(&exported)?);
        Ok(read_text(&text)?)
    }

    /// The public half as an uncompressed point; `None` when it is not of 32 bytes each.
    pub(super) fn public(&self) -> Option<Vec<u8>> {
        let mut point = vec![UNCOMPRESSED];
        point.extend(URL_SAFE_NO_PAD.decode(&self.x).ok()?);
        point.extend(URL_SAFE_NO_PAD.decode(&self.y).ok()?);
        (point.len() == POINT_BYTES).then_some(point)
    }
}

/// The private half of a [`Jwk`], ready to sign.
pub(super) struct Signer(JsValue);

impl Signer {
    pub(super) async fn read(jwk: &Jwk) -> Result<Self> {
        let data = JSON::parse(&serde_json::to_string(jwk)?)?;
        Ok(Self(
            import_key("jwk", &data, &on_p256("ECDSA")?, false, &usages(&["sign"])).await?,
        ))
    }

    /// ES256: both halves of the signature, 32 bytes each, as a JWT has them.
    pub(super) async fn sign(&self, message: &[u8]) -> Result<Vec<u8>> {
        let algorithm = object(&[("name", &"ECDSA".into()), ("hash", &"SHA-256".into())])?;
        Ok(bytes(
            &sign(&algorithm, &self.0, &Uint8Array::from(message)).await?,
        ))
    }
}
