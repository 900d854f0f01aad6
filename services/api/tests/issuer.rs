//! Tokens of another issuer: who is let in, who only says that they are, and what the issuer's
//! keys may do meanwhile.

mod common;

use std::{sync::Arc, time::Duration};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};
use common::{
    SECRET, Service, form,
    issuing::{AUDIENCE, ISSUER, JWKS, Signer, claims, jwks, pem},
    keys, png, problem, seeing_a_dress, start, start_trusting, token,
};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode, get_current_timestamp};
use serde_json::{Value, json};
use vitrine_api::{Issuer, IssuerSettings, KeyTimes, Role, ServerSettings, TokenKeys};
use vitrine_core::{
    address::WebAddress,
    admission::Admission,
    ports::FetchError,
    testing::{FakeFetch, Page, sample},
};

const HOUR: Duration = Duration::from_secs(3_600);
const PRODUCTS: &str = "/v1/catalog/products";

/// Fetched once and for all.
const STEADY: KeyTimes = KeyTimes { refresh: HOUR, between: HOUR, last: HOUR };
/// Fetched for every token.
const EAGER: KeyTimes = KeyTimes { refresh: Duration::ZERO, between: Duration::ZERO, last: HOUR };

fn settings(times: KeyTimes) -> IssuerSettings {
    IssuerSettings {
        issuer: ISSUER.into(),
        audience: AUDIENCE.into(),
        jwks: WebAddress::parse(JWKS).unwrap(),
        merchant_claim: "merchant".into(),
        scopes_claim: "scope".into(),
        roles_claim: "roles".into(),
        times,
    }
}

/// What the address of the keys answers, one after the other, the last for ever.
enum Answer<'a> {
    Keys(&'a [&'a Signer]),
    Page(Page),
    Away,
}

fn web(answers: &[Answer<'_>]) -> Arc<FakeFetch> {
    let fetch = Arc::new(FakeFetch::default());
    for answer in answers {
        match answer {
            Answer::Keys(signers) => {
                fetch.put(JWKS, Page::of("application/json", jwks(signers)));
            }
            Answer::Page(page) => fetch.put(JWKS, page.clone()),
            Answer::Away => {
                let host = "login.example".to_owned();
                fetch.fail(JWKS, FetchError::Unreachable { host, detail: "refused".into() });
            }
        }
    }
    fetch
}

async fn trusting(settings: IssuerSettings, fetch: &Arc<FakeFetch>) -> Service {
    let issuer = Issuer::new(settings, fetch.clone());
    let admission = Admission::new(2, 8);
    start_trusting(Some(issuer), seeing_a_dress(), admission, ServerSettings::default()).await
}

async fn let_in(service: &Service, token: &str) {
    let answer = service.get(PRODUCTS, token).await;
    assert_eq!(answer.status(), 200, "{}", answer.text().await.unwrap());
}

async fn refused(service: &Service, token: &str, code: &str) {
    problem(service.get(PRODUCTS, token).await, 401, code).await;
}

async fn silent(service: &Service, token: &str) {
    let answer = service.get(PRODUCTS, token).await;
    assert!(answer.headers().contains_key("retry-after"));
    problem(answer, 503, "issuer_unavailable").await;
}

#[tokio::test]
async fn tokens_of_the_issuer_are_good_in_each_algorithm() {
    let signers = [Signer::rsa("r"), Signer::ec("e"), Signer::ed("o")];
    let fetch = web(&[Answer::Keys(&signers.each_ref())]);
    let service = trusting(settings(STEADY), &fetch).await;
    for signer in &signers {
        let_in(&service, &signer.token(|_| {})).await;
    }
    let_in(&service, &token()).await;
    assert_eq!(fetch.asked().len(), 1, "the keys are fetched once for all of them");
}

#[tokio::test]
async fn without_an_issuer_only_own_tokens_are_good() {
    let service = start().await;
    refused(&service, &Signer::ed("o").token(|_| {}), "token_invalid").await;
    let_in(&service, &token()).await;
}

#[tokio::test]
async fn what_a_token_allows_is_what_its_claims_say() {
    let signer = Signer::ed("o");
    let names = IssuerSettings {
        merchant_claim: "https://shop.example/shop".into(),
        scopes_claim: "scp".into(),
        ..settings(STEADY)
    };
    let service = trusting(names, &web(&[Answer::Keys(&[&signer])])).await;
    let of = |scopes: Value, roles: Value| {
        signer.token(|claims| {
            claims["https://shop.example/shop"] = json!("demo");
            claims["merchant"] = json!("other");
            claims["scope"] = json!("service keys");
            claims["scp"] = scopes;
            claims["roles"] = roles;
        })
    };
    for (scopes, roles, expected) in [
        (json!("looks search"), json!(null), [200, 403, 403]),
        (json!(["looks", "search"]), json!(null), [200, 403, 403]),
        (json!("openid Search search-all keys,search"), json!(null), [403, 403, 403]),
        (json!(null), json!(null), [403, 403, 403]),
        (json!(7), json!({"search": true}), [403, 403, 403]),
        (json!("keys"), json!(null), [403, 200, 403]),
        (json!(null), json!("shopper"), [200, 403, 403]),
        (json!(null), json!(["other", "merchant"]), [200, 200, 403]),
        (json!("search"), json!(["admin"]), [200, 200, 200]),
        (json!("admin"), json!("search"), [403, 403, 403]),
    ] {
        let token = of(scopes.clone(), roles.clone());
        for (path, status) in
            [PRODUCTS, "/v1/keys", "/v1/catalog/reindex"].into_iter().zip(expected)
        {
            let answer = service.get(path, &token).await;
            assert_eq!(answer.status(), status, "{path} {scopes} {roles}");
        }
    }
}

#[tokio::test]
async fn the_merchant_is_the_tokens_and_nobody_elses() {
    let signer = Signer::ed("o");
    let service = trusting(settings(STEADY), &web(&[Answer::Keys(&[&signer])])).await;
    let of = |merchant: &str| signer.token(|claims| claims["merchant"] = json!(merchant));
    let path = "/v1/catalog/products/p1";
    assert_eq!(service.get(path, &of("demo")).await.status(), 200);
    problem(service.get(path, &of("other")).await, 404, "product_unknown").await;
    let asked = service.client.get(service.url(path)).bearer_auth(of("other"));
    let asked = asked.header("Merchant", "demo").header("X-Merchant-Id", "demo");
    problem(asked.send().await.unwrap(), 404, "product_unknown").await;
    let query = format!("{PRODUCTS}?merchant=demo");
    problem(service.get(&query, &of("other")).await, 422, "field_unknown").await;
}

/// Header and claims as they are, with a signature that is anything.
fn unsigned(header: &Value, claims: &Value, signature: &[u8]) -> String {
    let part = |value: &Value| BASE64.encode(value.to_string());
    format!("{}.{}.{}", part(header), part(claims), BASE64.encode(signature))
}

#[tokio::test]
async fn no_forged_token_is_good() {
    let (rsa, ec, ed) = (Signer::rsa("r"), Signer::ec("e"), Signer::ed("o"));
    let fetch = web(&[Answer::Keys(&[&rsa, &ec, &ed])]);
    let service = trusting(settings(STEADY), &fetch).await;
    let mut forged: Vec<(&str, String)> = Vec::new();

    // Without a signature, however that is spelled.
    for alg in ["none", "None", "NONE", "nOnE", ""] {
        let header = json!({"alg": alg, "typ": "JWT", "kid": "r"});
        forged.push(("alg none", unsigned(&header, &claims(|_| {}), b"")));
        forged.push(("alg none", unsigned(&header, &claims(|c| c["iss"] = json!("vitrine")), b"")));
    }

    // Signed with what everybody may know of a key, as if it were a secret.
    for signer in [&rsa, &ec, &ed] {
        let public = [
            pem("PUBLIC KEY", &signer.public_der).into_bytes(),
            pem("PUBLIC KEY", &signer.public_der).trim().as_bytes().to_vec(),
            pem("RSA PUBLIC KEY", &signer.public_bytes).into_bytes(),
            signer.public_der.clone(),
            signer.public_bytes.clone(),
            signer.jwk().to_string().into_bytes(),
            jwks(&[signer]).into_bytes(),
        ];
        for secret in &public {
            for alg in [Algorithm::HS256, Algorithm::HS384, Algorithm::HS512] {
                let header = Header { kid: Some(signer.kid.clone()), ..Header::new(alg) };
                let key = EncodingKey::from_secret(secret);
                let foreign = encode(&header, &claims(|_| {}), &key).unwrap();
                forged.push(("signed with the public key", foreign));
                let own = claims(|claims| {
                    claims["iss"] = json!("vitrine");
                    claims["sub"] = json!("demo");
                    claims["role"] = json!("admin");
                    claims["jti"] = json!("0192d3a4-0000-7000-8000-000000000000");
                    claims.as_object_mut().unwrap().remove("aud");
                });
                forged.push(("signed with the public key", encode(&header, &own, &key).unwrap()));
            }
        }
    }

    // By the secret of this service, or an older one, in the issuer's name and in ours.
    let hs = Header { kid: Some("r".into()), ..Header::new(Algorithm::HS256) };
    let own = EncodingKey::from_secret(SECRET);
    forged.push(("our secret, their name", encode(&hs, &claims(|_| {}), &own).unwrap()));
    let old = TokenKeys::from_secret(b"the secret that was used until yesterday").unwrap();
    forged.push(("old secret", old.issue(Role::Admin, &sample::merchant(), HOUR).unwrap()));
    forged.push((
        "their key, our name",
        rsa.token(|claims| {
            claims["iss"] = json!("vitrine");
            claims["sub"] = json!("demo");
            claims["role"] = json!("admin");
            claims["jti"] = json!("0192d3a4-0000-7000-8000-000000000000");
        }),
    ));

    // Another algorithm than the key is for, or another key than the one that is named.
    for alg in [Algorithm::RS384, Algorithm::RS512, Algorithm::PS256] {
        let header = Header { kid: Some("r".into()), ..Header::new(alg) };
        forged.push(("other RSA", encode(&header, &claims(|_| {}), &rsa.key).unwrap()));
    }
    for (signer, kid) in [(&rsa, "e"), (&ec, "o"), (&ed, "r"), (&rsa, "unknown"), (&rsa, "")] {
        let header = Header { kid: Some(kid.into()), ..signer.header() };
        forged.push(("other kid", encode(&header, &claims(|_| {}), &signer.key).unwrap()));
    }
    let nameless = Header::new(Algorithm::RS256);
    forged.push(("no kid", encode(&nameless, &claims(|_| {}), &rsa.key).unwrap()));

    // Somebody else's key, under the issuer's name or brought along.
    for stranger in [Signer::rsa("r"), Signer::ec("e"), Signer::ed("o")] {
        forged.push(("a stranger's key", stranger.token(|_| {})));
        let mut header = stranger.header();
        header.jwk = Some(serde_json::from_value(stranger.jwk()).unwrap());
        header.jku = Some("https://evil.example/jwks.json".into());
        let brought = encode(&header, &claims(|_| {}), &stranger.key).unwrap();
        forged.push(("a key brought along", brought));
    }

    // What is said was changed.
    let good = rsa.token(|_| {});
    let parts: Vec<&str> = good.split('.').collect();
    let richer = BASE64.encode(claims(|claims| claims["roles"] = json!("admin")).to_string());
    forged.push(("other claims", format!("{}.{richer}.{}", parts[0], parts[2])));
    forged.push(("no signature", format!("{}.{}.", parts[0], parts[1])));
    forged.push(("cut short", good[..good.len() - 8].to_owned()));
    forged.push(("one part more", format!("{good}.{}", parts[2])));

    // Extensions that are not known here.
    let mut header = rsa.header();
    header.crit = Some(vec!["b64".into()]);
    forged.push(("crit", encode(&header, &claims(|_| {}), &rsa.key).unwrap()));

    // Claims that are not those of a token for us.
    let now = get_current_timestamp();
    let changes: [(&str, fn(&mut Value, u64)); 16] = [
        ("not yet valid", |claims, now| claims["nbf"] = json!(now + 60)),
        ("nbf is no time", |claims, _| claims["nbf"] = json!("soon")),
        ("no end", |claims, _| _ = claims.as_object_mut().unwrap().remove("exp")),
        ("exp is no time", |claims, _| claims["exp"] = json!("never")),
        ("exp is null", |claims, _| claims["exp"] = json!(null)),
        ("other audience", |claims, _| claims["aud"] = json!("another-api")),
        ("other audiences", |claims, _| claims["aud"] = json!(["a", "vitrine"])),
        ("no audience", |claims, _| _ = claims.as_object_mut().unwrap().remove("aud")),
        ("no issuer", |claims, _| _ = claims.as_object_mut().unwrap().remove("iss")),
        ("other issuer", |claims, _| claims["iss"] = json!("https://evil.example/")),
        ("almost the issuer", |claims, _| claims["iss"] = json!("https://login.example")),
        ("issuers", |claims, _| claims["iss"] = json!([ISSUER, "vitrine"])),
        ("no merchant", |claims, _| _ = claims.as_object_mut().unwrap().remove("merchant")),
        ("empty merchant", |claims, _| claims["merchant"] = json!(" ")),
        ("many merchants", |claims, _| claims["merchant"] = json!(["demo", "other"])),
        ("merchant with a line end", |claims, _| claims["merchant"] = json!("de\nmo")),
    ];
    for (what, change) in changes {
        forged.push((what, ed.token(|claims| change(claims, now))));
    }

    for (what, token) in &forged {
        let answer = service.get(PRODUCTS, token).await;
        assert_eq!(answer.status(), 401, "{what}: {token}");
        problem(answer, 401, "token_invalid").await;
    }
    refused(&service, &rsa.token(|claims| claims["exp"] = json!(now - 60)), "token_expired").await;
    let_in(&service, &good).await;
    assert_eq!(fetch.asked().len(), 1, "no forged token has keys fetched from anywhere");
}

#[tokio::test]
async fn clocks_may_differ_by_half_a_minute() {
    let signer = Signer::ed("o");
    let service = trusting(settings(STEADY), &web(&[Answer::Keys(&[&signer])])).await;
    let now = get_current_timestamp();
    let_in(&service, &signer.token(|claims| claims["exp"] = json!(now - 15))).await;
    let_in(&service, &signer.token(|claims| claims["nbf"] = json!(now + 15))).await;
    let_in(&service, &signer.token(|claims| claims["aud"] = json!(["other", AUDIENCE]))).await;
    refused(&service, &signer.token(|claims| claims["exp"] = json!(now - 45)), "token_expired")
        .await;
    refused(&service, &signer.token(|claims| claims["nbf"] = json!(now + 45)), "token_invalid")
        .await;
}

#[tokio::test]
async fn a_token_that_names_no_key_is_good_where_there_is_only_one() {
    let signer = Signer::ec("e");
    let service = trusting(settings(STEADY), &web(&[Answer::Keys(&[&signer])])).await;
    let nameless = Header::new(Algorithm::ES256);
    let_in(&service, &encode(&nameless, &claims(|_| {}), &signer.key).unwrap()).await;
}

#[tokio::test]
async fn a_new_key_is_known_with_its_first_token_and_a_removed_one_no_more() {
    let (old, new, other) = (Signer::ed("old"), Signer::ed("new"), Signer::ed("other"));
    let fetch = web(&[Answer::Keys(&[&old]), Answer::Keys(&[&old, &new]), Answer::Keys(&[&new])]);
    let times = KeyTimes { between: Duration::ZERO, ..STEADY };
    let service = trusting(settings(times), &fetch).await;
    let_in(&service, &old.token(|_| {})).await;
    let_in(&service, &new.token(|_| {})).await;
    let_in(&service, &old.token(|_| {})).await;
    assert_eq!(fetch.asked().len(), 2);
    refused(&service, &other.token(|_| {}), "token_invalid").await;
    assert_eq!(fetch.asked().len(), 3);
    refused(&service, &old.token(|_| {}), "token_invalid").await;
    let_in(&service, &new.token(|_| {})).await;
}

#[tokio::test]
async fn keys_are_fetched_again_after_a_while_without_being_asked() {
    let (old, new) = (Signer::ed("old"), Signer::ed("new"));
    let fetch = web(&[Answer::Keys(&[&old]), Answer::Keys(&[&new])]);
    let times =
        KeyTimes { refresh: Duration::from_millis(300), between: Duration::ZERO, last: HOUR };
    let service = trusting(settings(times), &fetch).await;
    let_in(&service, &old.token(|_| {})).await;
    tokio::time::sleep(Duration::from_millis(400)).await;
    refused(&service, &old.token(|_| {}), "token_invalid").await;
}

#[tokio::test]
async fn unknown_keys_have_the_keys_fetched_once_in_a_while_however_many_come() {
    let (known, unknown) = (Signer::ed("known"), Signer::ed("unknown"));
    let fetch = web(&[Answer::Keys(&[&known])]);
    let times = KeyTimes { between: Duration::from_millis(400), ..STEADY };
    let service = trusting(settings(times), &fetch).await;
    let_in(&service, &known.token(|_| {})).await;
    let token = unknown.token(|_| {});
    let flood =
        || futures::future::join_all((0..40).map(|_| refused(&service, &token, "token_invalid")));
    flood().await;
    assert_eq!(fetch.asked().len(), 1, "the last try is too recent");
    tokio::time::sleep(Duration::from_millis(450)).await;
    flood().await;
    assert_eq!(fetch.asked().len(), 2);
    let_in(&service, &known.token(|_| {})).await;
}

#[tokio::test]
async fn first_tokens_that_come_together_wait_for_one_fetch() {
    let signer = Signer::ed("o");
    let fetch = web(&[Answer::Keys(&[&signer])]);
    let service = trusting(settings(STEADY), &fetch).await;
    let token = signer.token(|_| {});
    futures::future::join_all((0..20).map(|_| let_in(&service, &token))).await;
    assert_eq!(fetch.asked().len(), 1);
}

#[tokio::test]
async fn keys_last_for_a_while_when_their_address_is_away() {
    let signer = Signer::ed("o");
    let fetch = web(&[Answer::Keys(&[&signer]), Answer::Away]);
    let times = KeyTimes { last: Duration::from_millis(600), ..EAGER };
    let service = trusting(settings(times), &fetch).await;
    let token = signer.token(|_| {});
    for _ in 0..5 {
        let_in(&service, &token).await;
    }
    assert!(fetch.asked().len() > 1, "it was tried meanwhile");
    tokio::time::sleep(Duration::from_millis(700)).await;
    silent(&service, &token).await;
    let_in(&service, &common::token()).await;
}

#[tokio::test]
async fn an_issuer_that_is_away_at_first_is_asked_again() {
    let signer = Signer::ed("o");
    let fetch = web(&[Answer::Away, Answer::Away, Answer::Keys(&[&signer])]);
    let service = trusting(settings(EAGER), &fetch).await;
    silent(&service, &signer.token(|_| {})).await;
    silent(&service, &signer.token(|_| {})).await;
    let_in(&service, &signer.token(|_| {})).await;
}

#[tokio::test]
async fn rubbish_or_too_much_of_it_takes_no_key_away_and_brings_none() {
    let signer = Signer::ed("o");
    let json = "application/json";
    let mut much = jwks(&[&signer]);
    much.insert_str(1, &format!("\"note\":\"{}\",", "x".repeat(300 * 1024)));
    let oct =
        json!({"keys": [{"kty": "oct", "kid": "o", "k": BASE64.encode(SECRET), "alg": "HS256"}]});
    let rubbish = [
        Page::of(json, "<html>sign in</html>"),
        Page::of(json, vec![0_u8; 100]),
        Page::of(json, "[".repeat(100_000)),
        Page::of(json, r#"{"keys": []}"#),
        Page::of(json, oct.to_string()),
        Page::of(json, much.clone()),
        Page::of(json, much).unsized_body(),
        Page::status(500),
        Page::status(204),
        Page::moved(JWKS),
        Page::moved("http://login.example/jwks.json"),
    ];
    for page in &rubbish {
        let fetch = web(&[Answer::Page(page.clone())]);
        let service = trusting(settings(EAGER), &fetch).await;
        silent(&service, &signer.token(|_| {})).await;
    }
    let keys = [&signer];
    let mut answers = vec![Answer::Keys(&keys)];
    let count = rubbish.len();
    answers.extend(rubbish.into_iter().map(Answer::Page));
    let fetch = web(&answers);
    let service = trusting(settings(EAGER), &fetch).await;
    for _ in 0..=count {
        let_in(&service, &signer.token(|_| {})).await;
    }
    let unknown = Signer::ed("unknown").token(|_| {});
    refused(&service, &unknown, "token_invalid").await;
}

#[tokio::test]
async fn a_caller_who_leaves_does_not_keep_keys_from_being_fetched() {
    let signer = Signer::ed("o");
    let fetch = web(&[Answer::Keys(&[&signer])]);
    let service = trusting(settings(STEADY), &fetch).await;
    let token = signer.token(|_| {});
    for _ in 0..10 {
        let asking = service.get(PRODUCTS, &token);
        let _ = tokio::time::timeout(Duration::from_micros(300), asking).await;
    }
    let_in(&service, &token).await;
    assert_eq!(fetch.asked().len(), 1);
}

#[tokio::test]
async fn the_issuers_customers_send_photos_too() {
    let signer = Signer::ec("e");
    let service = trusting(settings(STEADY), &web(&[Answer::Keys(&[&signer])])).await;
    let token = signer.token(|claims| claims["scope"] = json!("looks"));
    let request = service.client.post(service.url("/v1/looks")).bearer_auth(&token);
    let answer = request.multipart(form(png(96, 96))).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let place = answer.headers()["location"].to_str().unwrap().to_owned();
    assert_eq!(service.get(&place, &token).await.status(), 200);
    let other = signer.token(|claims| {
        claims["scope"] = json!("looks");
        claims["merchant"] = json!("other");
    });
    problem(service.get(&place, &other).await, 404, "look_unknown").await;
    let own = keys().issue(Role::Shopper, &sample::merchant(), HOUR).unwrap();
    assert_eq!(service.get(&place, &own).await.status(), 200);
}
