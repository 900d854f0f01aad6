//! Public keys of an issuer, as a JWK Set has them (RFC 7517).

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;
use serde_json::Value;

/// Keys of a set that are looked at.
const MAX_KEYS: usize = 100;
/// The bytes of an RSA modulus: at least what RFC 7518, 3.3, asks for, at most what the
/// cryptography takes.
const MODULUS: std::ops::RangeInclusive<usize> = 256..=1_024;
/// The bytes of a coordinate of P-256, and of an Ed25519 key.
const COORDINATE: usize = 32;

/// One key, and the one algorithm that it checks: what a token says of its algorithm has no say.
#[derive(Clone)]
pub(super) struct PublicKey {
    pub id: Option<String>,
    pub algorithm: Algorithm,
    pub key: DecodingKey,
}

#[derive(Deserialize)]
struct Document {
    keys: Vec<Value>,
}

/// What of a key is looked at; each kind of key has its own of the last five.
#[derive(Deserialize)]
struct Jwk {
    kty: String,
    kid: Option<String>,
    alg: Option<String>,
    #[serde(rename = "use")]
    usage: Option<String>,
    key_ops: Option<Vec<String>>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

/// The keys of a set that can be used here. Others are passed over (RFC 7517, 5); a set without
/// any is an error.
pub(super) fn parse(document: &[u8]) -> Result<Vec<PublicKey>, String> {
    let Document { keys } = serde_json::from_slice(document).map_err(|error| {
        // It says what stands there instead, however long that is.
        let error: String = error.to_string().chars().take(200).collect();
        format!("this is no set of keys: {error}")
    })?;
    let keys: Vec<PublicKey> = keys.into_iter().take(MAX_KEYS).filter_map(usable).collect();
    if keys.is_empty() {
        return Err("it holds no key for RS256, ES256 or EdDSA".into());
    }
    Ok(keys)
}

fn usable(key: Value) -> Option<PublicKey> {
    let jwk: Jwk = serde_json::from_value(key).ok()?;
    let signs = jwk.usage.as_deref().is_none_or(|usage| usage == "sig")
        && jwk.key_ops.as_ref().is_none_or(|ops| ops.iter().any(|op| op == "verify"));
    let (algorithm, key) = match (jwk.kty.as_str(), jwk.crv.as_deref(), jwk.alg.as_deref()) {
        _ if !signs => return None,
        ("RSA", _, None | Some("RS256")) => {
            let (n, e) = (bytes(jwk.n)?, bytes(jwk.e)?);
            let fits = MODULUS.contains(&n.len());
            (Algorithm::RS256, fits.then(|| DecodingKey::from_rsa_raw_components(&n, &e))?)
        }
        ("EC", Some("P-256"), None | Some("ES256")) => {
            let point = [vec![4], coordinate(jwk.x)?, coordinate(jwk.y)?].concat();
            (Algorithm::ES256, DecodingKey::from_ec_der(&point))
        }
        ("OKP", Some("Ed25519"), None | Some("EdDSA" | "Ed25519")) => {
            (Algorithm::EdDSA, DecodingKey::from_ed_der(&coordinate(jwk.x)?))
        }
        _ => return None,
    };
    Some(PublicKey { id: jwk.kid, algorithm, key })
}

fn bytes(text: Option<String>) -> Option<Vec<u8>> {
    BASE64.decode(text?).ok()
}

fn coordinate(text: Option<String>) -> Option<Vec<u8>> {
    bytes(text).filter(|bytes| bytes.len() == COORDINATE)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn text(bytes: usize) -> String {
        BASE64.encode(vec![201; bytes])
    }

    fn rsa(change: Value) -> Value {
        let mut key = json!({"kty": "RSA", "kid": "r", "n": text(256), "e": "AQAB"});
        key.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        key
    }

    fn parsed(keys: &[Value]) -> Result<Vec<(Option<String>, Algorithm)>, String> {
        let set = json!({"keys": keys}).to_string();
        let keys = parse(set.as_bytes())?;
        Ok(keys.into_iter().map(|key| (key.id, key.algorithm)).collect())
    }

    #[test]
    fn each_kind_of_key_checks_its_own_algorithm() {
        let set = [
            rsa(json!({"use": "sig", "alg": "RS256"})),
            json!({"kty": "EC", "crv": "P-256", "x": text(32), "y": text(32), "key_ops": ["verify"]}),
            json!({"kty": "OKP", "crv": "Ed25519", "kid": "o", "x": text(32), "alg": "EdDSA"}),
        ];
        let named = |id: &str| Some(id.to_owned());
        assert_eq!(
            parsed(&set).unwrap(),
            [
                (named("r"), Algorithm::RS256),
                (None, Algorithm::ES256),
                (named("o"), Algorithm::EdDSA)
            ]
        );
    }

    #[test]
    fn keys_that_can_not_be_used_are_passed_over() {
        let odd = [
            json!({"kty": "oct", "k": text(32), "alg": "HS256"}),
            rsa(json!({"alg": "HS256"})),
            rsa(json!({"alg": "RS512"})),
            rsa(json!({"alg": "none"})),
            rsa(json!({"use": "enc"})),
            rsa(json!({"key_ops": ["encrypt"]})),
            rsa(json!({"n": text(128)})),
            rsa(json!({"n": text(2_048)})),
            rsa(json!({"n": "no base64!"})),
            json!({"kty": "EC", "crv": "P-384", "x": text(48), "y": text(48)}),
            json!({"kty": "EC", "crv": "P-256", "x": text(31), "y": text(32)}),
            json!({"kty": "OKP", "crv": "X25519", "x": text(32)}),
            json!("no object"),
            json!({}),
        ];
        for key in &odd {
            assert!(parsed(std::slice::from_ref(key)).is_err(), "{key}");
        }
        let mut with_one = odd.to_vec();
        with_one.push(rsa(json!({})));
        assert_eq!(parsed(&with_one).unwrap().len(), 1);
    }

    #[test]
    fn what_is_no_set_of_keys_says_so() {
        for document in ["", "[]", "{}", "<html>", r#"{"keys": []}"#, r#"{"keys": {}}"#] {
            assert!(parse(document.as_bytes()).is_err(), "{document}");
        }
        let long = format!("\"{}\"", "x".repeat(100_000));
        assert!(parse(long.as_bytes()).is_err_and(|error| error.len() < 300));
    }
}
