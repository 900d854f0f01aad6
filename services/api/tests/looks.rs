//! Photos that are answered.

mod common;

use base64::{Engine, prelude::BASE64_STANDARD};
use common::{form, png, problem, start, token, token_for};
use serde_json::{Value, json};

#[tokio::test]
async fn a_form_with_a_photo_is_answered_with_a_look() {
    let service = start().await;
    let form = form(png(120, 96))
        .text("text", "for a wedding")
        .text("filters", r#"{"colours":["navy"],"genders":["women"]}"#)
        .text("limit", "3")
        .text("locale", "en-GB");
    let response = service.post_form(form).await;
    assert_eq!(response.status(), 200);
    let headers = response.headers().clone();
    let look: Value = response.json().await.unwrap();
    assert_eq!(headers["location"], format!("/v1/looks/{}", look["id"].as_str().unwrap()));
    assert_eq!(headers["cache-control"], "no-store");
    assert_eq!(headers["x-content-type-options"], "nosniff");
    let garment = &look["garments"][0];
    assert_eq!((&garment["id"], &garment["category"]), (&json!("g1"), &json!("dress")));
    assert!(garment["box"]["left"].is_number());
    assert_eq!(garment["matches"][0]["product_id"], "p1");
    assert_eq!(garment["matches"][0]["variants"][0]["id"], "p1-navy-m");
    assert_eq!(look["advice"]["suggestions"][0]["product_ids"][0], "p1");
    assert_eq!((&look["model"], &look["cached"]), (&json!("fake-vision"), &json!(false)));
    assert_eq!(look["degraded"], json!([]));
    assert!(look["timings"]["total"].is_number());
}

#[tokio::test]
async fn json_with_a_photo_is_answered_the_same() {
    let service = start().await;
    let data = BASE64_STANDARD.encode(png(120, 96));
    let body = json!({
        "photo": {"data": data}, "text": "for a wedding", "filters": {"colours": ["navy"]},
        "limit": 3, "locale": "en"
    });
    let look: Value = service.post_json(&body).await.json().await.unwrap();
    assert_eq!(look["garments"][0]["matches"][0]["product_id"], "p1");
    let unpadded = data.trim_end_matches('=');
    let again: Value =
        service.post_json(&json!({"photo": {"data": unpadded}})).await.json().await.unwrap();
    assert_eq!((&again["photo_id"], &again["cached"]), (&look["photo_id"], &json!(true)));
}

#[tokio::test]
async fn the_kind_of_a_body_is_read_in_any_case() {
    let service = start().await;
    let body = json!({"photo": {"data": BASE64_STANDARD.encode(png(96, 96))}}).to_string();
    let request = service.client.post(service.url("/v1/looks")).bearer_auth(token());
    let request = request.header("Content-Type", "Application/JSON; charset=utf-8").body(body);
    assert_eq!(request.send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn filters_rule_out_what_does_not_pass() {
    let service = start().await;
    let form = form(png(120, 96)).text("filters", r#"{"colours":["red"]}"#);
    let look: Value = service.post_form(form).await.json().await.unwrap();
    assert_eq!(look["garments"][0]["matches"], json!([]));
    assert_eq!(look["advice"], Value::Null);
}

#[tokio::test]
async fn a_look_can_be_fetched_again_by_its_merchant_only() {
    let service = start().await;
    let response = service.post_photo(png(96, 96)).await;
    let path = response.headers()["location"].to_str().unwrap().to_owned();
    let look: Value = response.json().await.unwrap();
    let again: Value = service.get(&path, &token()).await.json().await.unwrap();
    assert_eq!(again, look);
    problem(service.get(&path, &token_for("other")).await, 404, "look_unknown").await;
    let unknown = "/v1/looks/00000000-0000-7000-8000-000000000000";
    problem(service.get(unknown, &token()).await, 404, "look_unknown").await;
    problem(service.get("/v1/looks/nonsense", &token()).await, 400, "id_invalid").await;
    problem(service.client.get(service.url(&path)).send().await.unwrap(), 401, "token_missing")
        .await;
}

#[tokio::test]
async fn a_request_keeps_its_harmless_name_and_gets_one_otherwise() {
    let service = start().await;
    let named = |name: &'static str| {
        let request = service.client.get(service.url("/healthz")).header("Request-Id", name);
        async { request.send().await.unwrap().headers()["request-id"].to_str().unwrap().to_owned() }
    };
    assert_eq!(named("order-42.a_b").await, "order-42.a_b");
    for bad in ["a b", "", "<script>", "x\"y"] {
        let id = named(bad).await;
        assert!(id.len() == 36 && id != bad, "{id}");
    }
}
