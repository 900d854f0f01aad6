//! What holds of tokens and keys that strangers show. Each panics where it does not hold. The tests try
//! good ones that were broken by chance, `fuzz` whatever it makes up.

#![allow(unreachable_pub, reason = "a module of the tests here, and of targets there")]

use std::sync::{Arc, LazyLock};

use futures::executor::block_on;
use vitrine_api::{Claims, ISSUER, Issuer, IssuerSettings, KeyTimes, TokenKeys};
use vitrine_core::{
    address::WebAddress,
    testing::{FakeFetch, Page},
};

/// What tokens here are signed with.
pub const SECRET: [u8; 32] = [7; 32];
const JWKS: &str = "https://login.example/keys";

static KEYS: LazyLock<TokenKeys> =
    LazyLock::new(|| TokenKeys::from_secret(&SECRET).expect("a secret that is long enough"));

/// What a token says, where it is taken: it is ours, names a merchant and comes to its end.
pub fn token(text: &str) -> Option<Claims> {
    let claims = KEYS.check(text).ok()?;
    assert_eq!(claims.iss, ISSUER);
    assert!(!claims.sub.as_str().is_empty());
    assert!(claims.exp > 0);
    assert_eq!(text.split('.').count(), 3);
    Some(claims)
}

/// What stands at an issuer's address is keys or an error that can be told, which is no longer for all
/// that stands there.
pub fn key_set(document: &[u8]) {
    let fetch = Arc::new(FakeFetch::default());
    fetch.put(JWKS, Page::of("application/json", document.to_vec()));
    let settings = IssuerSettings {
        issuer: "https://login.example".into(),
        audience: "vitrine".into(),
        jwks: WebAddress::parse(JWKS).expect("a good address"),
        merchant_claim: "merchant".into(),
        scopes_claim: "scope".into(),
        roles_claim: "roles".into(),
        times: KeyTimes::default(),
    };
    match block_on(Issuer::new(settings, fetch).look()) {
        Ok(keys) => assert!((1..=100).contains(&keys)),
        Err(error) => assert!((1..=300).contains(&error.chars().count()), "{error}"),
    }
}
