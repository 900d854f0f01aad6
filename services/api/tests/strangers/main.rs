//! Tokens and keys that were broken by chance. The same is held against whatever `fuzz` makes up.

mod properties;

use std::time::Duration;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};
use properties::SECRET;
use proptest::prelude::*;
use serde_json::json;
use vitrine_api::{Role, TokenKeys};
use vitrine_core::testing::{Dice, broken::change, sample};

fn broken(good: &str, seed: u64) -> Vec<u8> {
    let mut dice = Dice::new(seed);
    let mut bytes = good.as_bytes().to_vec();
    change(&mut dice, &mut bytes);
    bytes
}

fn key_set() -> String {
    let text = |bytes: usize| BASE64.encode(vec![201; bytes]);
    let keys = json!([
        {"kty": "RSA", "kid": "r", "n": text(256), "e": "AQAB", "use": "sig", "alg": "RS256"},
        {"kty": "EC", "crv": "P-256", "x": text(32), "y": text(32), "key_ops": ["verify"]},
        {"kty": "OKP", "crv": "Ed25519", "kid": "o", "x": text(32), "alg": "EdDSA"},
    ]);
    json!({ "keys": keys }).to_string()
}

proptest! {
    #[test]
    fn a_broken_token_says_what_it_said_or_is_refused(seed: u64) {
        let keys = TokenKeys::from_secret(&SECRET).unwrap();
        let good = keys.issue(Role::Shopper, &sample::merchant(), Duration::from_secs(600)).unwrap();
        let said = properties::token(&good);
        prop_assert!(said.is_some());
        let text = String::from_utf8_lossy(&broken(&good, seed)).into_owned();
        if let Some(claims) = properties::token(&text) {
            prop_assert_eq!(Some(claims), said);
        }
    }

    #[test]
    fn a_broken_set_of_keys_gives_keys_or_an_error_of_bounded_length(seed: u64) {
        properties::key_set(&broken(&key_set(), seed));
    }
}
