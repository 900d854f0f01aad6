//! Merchants' rules and synonyms.

mod common;

use std::time::Duration;

use base64::Engine;
use common::{Service, keys, png, problem, start, token, token_for};
use reqwest::{Method, Response};
use serde_json::{Value, json};
use vitrine_api::Role;
use vitrine_core::{ids::MerchantId, ports::Catalog, testing::sample};

fn keeper(merchant: &str) -> String {
    let merchant = MerchantId::new(merchant).unwrap();
    keys().issue(Role::Merchant, &merchant, Duration::from_secs(600)).unwrap()
}

async fn send(
    service: &Service,
    method: Method,
    path: &str,
    token: &str,
    body: &Value,
) -> Response {
    let request = service.client.request(method, service.url(path)).bearer_auth(token);
    request.json(body).send().await.unwrap()
}

/// Sells `p1`, `p2` and `p3`, which are alike.
async fn shop() -> Service {
    let service = start().await;
    let products = ["p2", "p3"].map(sample::product).to_vec();
    service.catalog.upsert(&sample::merchant(), products).await.unwrap();
    service.indexer.drain(|_| {}).await.unwrap();
    service
}

async fn found(service: &Service, text: &str) -> Vec<String> {
    let body = json!({"text": text});
    let answer = send(service, Method::POST, "/v1/search", &token(), &body).await;
    ids(&answer.json().await.unwrap())
}

fn ids(answer: &Value) -> Vec<String> {
    let products = answer["products"].as_array().unwrap();
    products.iter().map(|product| product["product_id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_rule_is_kept_listed_followed_and_forgotten() {
    let service = shop().await;
    let path = "/v1/catalog/rules/summer%20sale";
    let rule = json!({
        "when": {"texts": ["dress"]}, "then": {"kind": "pin", "products": ["p3"]},
        "ends_at": "2100-01-01T00:00:00Z"
    });
    let demo = keeper("demo");
    assert_eq!(found(&service, "navy dress").await, ["p1", "p2", "p3"]);
    let kept = send(&service, Method::PUT, path, &demo, &rule).await;
    assert_eq!(kept.status(), 201);
    let shown: Value = kept.json().await.unwrap();
    assert_eq!((&shown["name"], &shown["enabled"]), (&json!("summer sale"), &json!(true)));
    assert_eq!(found(&service, "navy dress").await, ["p3", "p1", "p2"]);
    assert_eq!(found(&service, "navy").await, ["p1", "p2", "p3"]);
    let hide = json!({"then": {"kind": "hide", "which": {"products": ["p3"]}}});
    assert_eq!(send(&service, Method::PUT, path, &demo, &hide).await.status(), 200);
    assert_eq!(found(&service, "navy").await, ["p1", "p2"]);
    let list: Value = service.get("/v1/catalog/rules", &demo).await.json().await.unwrap();
    assert_eq!(list["rules"][0]["then"]["kind"], "hide");
    let others: Value =
        service.get("/v1/catalog/rules", &keeper("other")).await.json().await.unwrap();
    assert_eq!(others["rules"], json!([]));
    let other = send(&service, Method::DELETE, path, &keeper("other"), &json!({})).await;
    problem(other, 404, "rule_unknown").await;
    assert_eq!(send(&service, Method::DELETE, path, &demo, &json!({})).await.status(), 204);
    assert_eq!(found(&service, "navy").await.len(), 3);
}

#[tokio::test]
async fn a_preview_answers_under_drafts_and_keeps_nothing() {
    let service = shop().await;
    let body = json!({
        "search": {"text": "navy dress", "limit": 2},
        "rules": {"draft": {
            "then": {"kind": "boost", "which": {"products": ["p2"]}, "strength": 1},
            "starts_at": "2030-01-01T00:00:00Z"
        }},
        "at": "2030-06-01T00:00:00Z"
    });
    let path = "/v1/catalog/rules/preview";
    let answer: Value =
        send(&service, Method::POST, path, &keeper("demo"), &body).await.json().await.unwrap();
    assert_eq!(ids(&answer), ["p2", "p1"]);
    assert_eq!(answer["rules"], json!(["draft"]));
    let reasons = answer["products"][0]["reasons"].as_array().unwrap();
    assert!(reasons.iter().any(|reason| reason["kind"] == "rule"), "{reasons:?}");
    assert_eq!(found(&service, "navy dress").await[0], "p1");
    let list: Value = service.get("/v1/catalog/rules", &keeper("demo")).await.json().await.unwrap();
    assert_eq!(list["rules"], json!([]));
    let wrong = json!({"search": {"picture": {"data": ""}}});
    let refused = send(&service, Method::POST, path, &keeper("demo"), &wrong).await;
    problem(refused, 422, "field_unknown").await;
    let empty = json!({"search": {"photo": {"data": ""}}});
    let refused = send(&service, Method::POST, path, &keeper("demo"), &empty).await;
    problem(refused, 422, "photo_empty").await;
}

#[tokio::test]
async fn a_preview_is_of_a_photo_too() {
    let service = start().await;
    let hide = json!({"then": {"kind": "hide", "which": {"products": ["p1"]}}});
    let data = base64::engine::general_purpose::STANDARD.encode(png(96, 96));
    let search = json!({"photo": {"data": data}});
    let path = "/v1/catalog/rules/preview";
    let before = json!({"search": search});
    let after = json!({"search": search, "rules": {"no-p1": hide}});
    for (body, found, applied) in [(before, 1, json!([])), (after, 0, json!(["no-p1"]))] {
        let answer = send(&service, Method::POST, path, &keeper("demo"), &body).await;
        assert_eq!(answer.status(), 200);
        let answer: Value = answer.json().await.unwrap();
        assert_eq!(answer["products"].as_array().unwrap().len(), found, "{answer}");
        assert_eq!(answer.get("rules").cloned().unwrap_or(json!([])), applied);
    }
}

#[tokio::test]
async fn rules_that_can_not_be_understood_are_refused_and_only_keepers_send_any() {
    let service = shop().await;
    let path = "/v1/catalog/rules/r";
    let demo = keeper("demo");
    for (rule, part) in [
        (json!({"then": {"kind": "sell"}}), "`pin`"),
        (json!({"then": {"kind": "hide", "which": {}}}), ""),
        (json!({"when": {"text": "x"}, "then": {"kind": "pin", "products": ["a"]}}), "`texts`"),
        (json!([]), ""),
    ] {
        let told =
            problem(send(&service, Method::PUT, path, &demo, &rule).await, 422, "rule_invalid")
                .await;
        assert!(told["detail"].as_str().unwrap().contains(part), "{told}");
    }
    let hide = json!({"then": {"kind": "hide", "which": {}}});
    let told =
        problem(send(&service, Method::PUT, path, &demo, &hide).await, 422, "rule_invalid").await;
    assert_eq!(told["errors"][0]["pointer"], "#/then/which");
    for (method, path) in [
        (Method::GET, "/v1/catalog/rules"),
        (Method::PUT, "/v1/catalog/rules/r"),
        (Method::DELETE, "/v1/catalog/rules/r"),
        (Method::POST, "/v1/catalog/rules/preview"),
        (Method::GET, "/v1/catalog/synonyms"),
        (Method::PUT, "/v1/catalog/synonyms/s"),
        (Method::DELETE, "/v1/catalog/synonyms/s"),
    ] {
        let answer = send(&service, method, path, &token_for("demo"), &json!({})).await;
        problem(answer, 403, "role_not_allowed").await;
    }
}

#[tokio::test]
async fn synonyms_are_kept_listed_followed_and_forgotten() {
    let service = shop().await;
    let (path, demo) = ("/v1/catalog/synonyms/dresses", keeper("demo"));
    let group = json!({"words": ["frock", "dress"]});
    assert_eq!(send(&service, Method::PUT, path, &demo, &group).await.status(), 201);
    assert_eq!(send(&service, Method::PUT, path, &demo, &group).await.status(), 200);
    let body = json!({"text": "navy frock"});
    let answer: Value =
        send(&service, Method::POST, "/v1/search", &token(), &body).await.json().await.unwrap();
    assert_eq!(answer["understood"]["categories"], json!(["dress"]));
    let list: Value = service.get("/v1/catalog/synonyms", &demo).await.json().await.unwrap();
    assert_eq!(list["synonyms"], json!([{"name": "dresses", "words": ["frock", "dress"]}]));
    let alone = json!({"words": ["frock"]});
    let refused = send(&service, Method::PUT, path, &demo, &alone).await;
    problem(refused, 422, "synonyms_invalid").await;
    assert_eq!(send(&service, Method::DELETE, path, &demo, &json!({})).await.status(), 204);
    let again = send(&service, Method::DELETE, path, &demo, &json!({})).await;
    problem(again, 404, "synonyms_unknown").await;
}
