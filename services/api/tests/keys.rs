//! Keys for servers.

mod common;

use std::time::Duration;

use common::{Service, form, png, problem, start, token_of};
use jiff::{Timestamp, ToSpan};
use reqwest::{Method, Response};
use serde_json::{Value, json};
use vitrine_api::Role;
use vitrine_core::{
    ids::KeyName,
    keys::{Key, KeySecret},
    ports::Keys,
    scope::Scope,
    testing::sample,
};

async fn send(
    service: &Service,
    method: Method,
    path: &str,
    bearer: &str,
    body: Option<&Value>,
) -> Response {
    let mut request = service.client.request(method, service.url(path)).bearer_auth(bearer);
    if let Some(body) = body {
        request = request.json(body);
    }
    request.send().await.unwrap()
}

async fn make(service: &Service, bearer: &str, body: Value) -> Response {
    send(service, Method::POST, "/v1/keys", bearer, Some(&body)).await
}

async fn made(service: &Service, bearer: &str, scopes: &[&str]) -> Value {
    let answer = make(service, bearer, json!({"name": "shop server", "scopes": scopes})).await;
    assert_eq!(answer.status(), 201);
    answer.json().await.unwrap()
}

async fn listed(service: &Service, bearer: &str) -> Vec<Value> {
    let answer = send(service, Method::GET, "/v1/keys", bearer, None).await;
    assert_eq!(
        (answer.status().as_u16(), &answer.headers()["cache-control"]),
        (200, &"no-store".parse().unwrap())
    );
    answer.json::<Value>().await.unwrap()["keys"].as_array().unwrap().clone()
}

fn merchant() -> String {
    token_of(Role::Merchant, "demo")
}

#[tokio::test]
async fn a_key_is_told_once_and_opens_what_it_is_for() {
    let service = start().await;
    let expires = Timestamp::now() + 1.hour();
    let body = json!({"name": "shop server", "scopes": ["search", "looks"], "expires_at": expires});
    let answer = make(&service, &merchant(), body).await;
    assert_eq!(answer.status(), 201);
    assert_eq!(answer.headers()["cache-control"], "no-store");
    let place = answer.headers()["location"].to_str().unwrap().to_owned();
    let key: Value = answer.json().await.unwrap();
    let secret = key["secret"].as_str().unwrap();
    assert_eq!(place, format!("/v1/keys/{}", key["id"].as_str().unwrap()));
    assert!(secret.starts_with("vk_") && secret.len() == 67, "{secret}");
    assert_eq!(key["scopes"], json!(["looks", "search"]));

    let request = service.client.post(service.url("/v1/looks")).bearer_auth(secret);
    assert_eq!(request.multipart(form(png(96, 96))).send().await.unwrap().status(), 200);
    assert_eq!(service.get("/v1/catalog/products", secret).await.status(), 200);
    let answer = service.get("/v1/catalog/health", secret).await;
    problem(answer, 403, "role_not_allowed").await;
    let answer = service.get("/v1/keys", secret).await;
    problem(answer, 403, "role_not_allowed").await;

    let all = listed(&service, &merchant()).await;
    assert_eq!((all.len(), &all[0]["name"], &all[0]["id"]), (1, &json!("shop server"), &key["id"]));
    assert_eq!(all[0]["expires_at"], json!(expires));
    assert!(all[0]["last_used_at"].is_string() && all[0].get("secret").is_none());
    assert!(!json!(all).to_string().contains(&secret[3..]), "a list never shows it");
    assert_eq!(listed(&service, &token_of(Role::Merchant, "other")).await, [] as [Value; 0]);
}

#[tokio::test]
async fn no_two_keys_are_the_same() {
    let service = start().await;
    let (one, other) = (
        made(&service, &merchant(), &["looks"]).await,
        made(&service, &merchant(), &["looks"]).await,
    );
    assert_ne!(one["secret"], other["secret"]);
    assert_ne!(one["id"], other["id"]);
}

#[tokio::test]
async fn a_key_is_its_merchants_own() {
    let service = start().await;
    let key = made(&service, &token_of(Role::Merchant, "other"), &["search", "keys"]).await;
    let secret = key["secret"].as_str().unwrap();
    let answer = service.get("/v1/catalog/products/p1", secret).await;
    problem(answer, 404, "product_unknown").await;
    let path = format!("/v1/keys/{}", key["id"].as_str().unwrap());
    let answer = send(&service, Method::DELETE, &path, &merchant(), None).await;
    problem(answer, 404, "key_unknown").await;
    assert_eq!(service.get("/v1/keys", secret).await.status(), 200);
}

#[tokio::test]
async fn nobody_gives_away_what_they_have_not() {
    let service = start().await;
    let admin = token_of(Role::Admin, "demo");
    for (bearer, scopes) in
        [(merchant(), json!(["service"])), (merchant(), json!(["looks", "service"]))]
    {
        let answer = make(&service, &bearer, json!({"name": "n", "scopes": scopes})).await;
        let told = problem(answer, 403, "role_not_allowed").await;
        assert!(told["detail"].as_str().unwrap().contains("service"), "{told}");
        assert_eq!(told["errors"][0]["pointer"], "#/scopes");
    }
    let key = made(&service, &admin, &["keys", "looks"]).await;
    let keeper = key["secret"].as_str().unwrap();
    let answer = make(&service, keeper, json!({"name": "n", "scopes": ["looks", "search"]})).await;
    problem(answer, 403, "role_not_allowed").await;
    let lesser = made(&service, keeper, &["looks"]).await;
    let answer = make(&service, lesser["secret"].as_str().unwrap(), json!({})).await;
    problem(answer, 403, "role_not_allowed").await;
    assert_eq!(made(&service, &admin, &["service"]).await["scopes"], json!(["service"]));
}

#[tokio::test]
async fn a_key_that_can_not_be_made_says_why() {
    let service = start().await;
    let past = Timestamp::now() - 1.second();
    for (body, status, code) in [
        (json!({"scopes": ["looks"]}), 422, "key_invalid"),
        (json!({"name": "n"}), 422, "key_invalid"),
        (json!({"name": " ", "scopes": ["looks"]}), 422, "key_invalid"),
        (json!({"name": "x".repeat(101), "scopes": ["looks"]}), 422, "key_invalid"),
        (json!({"name": "a\nb", "scopes": ["looks"]}), 422, "key_invalid"),
        (json!({"name": "n", "scopes": []}), 422, "key_invalid"),
        (json!({"name": "n", "scopes": ["everything"]}), 422, "key_invalid"),
        (json!({"name": "n", "scopes": "looks"}), 422, "key_invalid"),
        (json!({"name": "n", "scopes": ["looks"], "expires_at": past}), 422, "key_invalid"),
        (json!({"name": "n", "scopes": ["looks"], "expires_at": "soon"}), 422, "key_invalid"),
        (json!({"name": "n", "scopes": ["looks"], "merchant": "other"}), 422, "key_invalid"),
        (json!({"name": "n", "scopes": ["looks"], "secret": "vk_"}), 422, "key_invalid"),
        (json!([]), 422, "key_invalid"),
        (json!({"name": "x".repeat(20_000)}), 413, "body_too_large"),
    ] {
        let answer = make(&service, &merchant(), body).await;
        problem(answer, status, code).await;
    }
    let request = service.client.post(service.url("/v1/keys")).bearer_auth(merchant());
    problem(request.body("{").send().await.unwrap(), 400, "json_invalid").await;
    assert_eq!(listed(&service, &merchant()).await, [] as [Value; 0]);
}

#[tokio::test]
async fn a_revoked_key_stops_at_once() {
    let service = start().await;
    let key = made(&service, &merchant(), &["search"]).await;
    let secret = key["secret"].as_str().unwrap();
    assert_eq!(service.get("/v1/catalog/products", secret).await.status(), 200);
    let path = format!("/v1/keys/{}", key["id"].as_str().unwrap());
    let revoke = || send(&service, Method::DELETE, &path, "", None);
    problem(revoke().await, 401, "token_missing").await;
    let answer = send(&service, Method::DELETE, &path, &merchant(), None).await;
    assert_eq!(answer.status(), 204);
    problem(service.get("/v1/catalog/products", secret).await, 401, "token_invalid").await;
    let answer = send(&service, Method::DELETE, &path, &merchant(), None).await;
    problem(answer, 404, "key_unknown").await;
    let answer = send(&service, Method::DELETE, "/v1/keys/x", &merchant(), None).await;
    problem(answer, 400, "id_invalid").await;
    assert_eq!(listed(&service, &merchant()).await, [] as [Value; 0]);
}

#[tokio::test]
async fn a_key_stops_when_its_time_is_over() {
    let service = start().await;
    let expires = Timestamp::now() + 400.milliseconds();
    let body = json!({"name": "n", "scopes": ["search"], "expires_at": expires});
    let key: Value = make(&service, &merchant(), body).await.json().await.unwrap();
    let secret = key["secret"].as_str().unwrap();
    assert_eq!(service.get("/v1/catalog/products", secret).await.status(), 200);
    tokio::time::sleep(Duration::from_millis(500)).await;
    problem(service.get("/v1/catalog/products", secret).await, 401, "token_expired").await;
    assert_eq!(listed(&service, &merchant()).await.len(), 1, "it is listed until it is revoked");
}

#[tokio::test]
async fn what_is_no_key_opens_nothing() {
    let service = start().await;
    let key = made(&service, &merchant(), &["search"]).await;
    let secret = key["secret"].as_str().unwrap();
    let reads = service.server_keys.reads();
    for bearer in ["vk_", "vk_x", &secret[..66], &format!("{secret}0"), &secret[3..]] {
        problem(service.get("/v1/catalog/products", bearer).await, 401, "token_invalid").await;
    }
    assert_eq!(service.server_keys.reads(), reads, "what is not written as a key is not looked up");
    let guessed = KeySecret::new([7; 32]).reveal();
    problem(service.get("/v1/catalog/products", &guessed).await, 401, "token_invalid").await;
}

#[tokio::test]
async fn a_store_that_is_away_is_told_as_such_and_tokens_are_good_meanwhile() {
    let service = start().await;
    let secret = KeySecret::new([9; 32]);
    let scopes = [Scope::Search].into_iter().collect();
    let key = Key::new(sample::merchant(), KeyName::new("n").unwrap(), scopes, None);
    service.server_keys.create_key(&key, &secret.hash()).await.unwrap();
    service.server_keys.set_away(true);
    let answer = service.get("/v1/catalog/products", &secret.reveal()).await;
    assert!(answer.headers().contains_key("retry-after"));
    problem(answer, 503, "store_unavailable").await;
    assert_eq!(service.get("/v1/catalog/products", &merchant()).await.status(), 200);
    service.server_keys.set_away(false);
    assert_eq!(service.get("/v1/catalog/products", &secret.reveal()).await.status(), 200);
}

#[tokio::test]
async fn a_merchant_has_a_hundred_keys_at_most() {
    let service = start().await;
    let mut last = Value::Null;
    for _ in 0..100 {
        last = made(&service, &merchant(), &["looks"]).await;
    }
    let body = json!({"name": "one more", "scopes": ["looks"]});
    let answer = make(&service, &merchant(), body.clone()).await;
    problem(answer, 409, "keys_too_many").await;
    let path = format!("/v1/keys/{}", last["id"].as_str().unwrap());
    assert_eq!(send(&service, Method::DELETE, &path, &merchant(), None).await.status(), 204);
    assert_eq!(make(&service, &merchant(), body).await.status(), 201);
}
