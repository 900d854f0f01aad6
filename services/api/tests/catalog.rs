//! The catalog by REST.

mod common;

use std::time::Duration;

use common::{Service, keys, png, problem, start, token, token_for};
use reqwest::{Method, Response};
use serde_json::{Value, json};
use vitrine_api::Role;
use vitrine_core::{ids::MerchantId, testing::sample};

fn keeper(merchant: &str) -> String {
    let merchant = MerchantId::new(merchant).unwrap();
    keys().issue(Role::Merchant, &merchant, Duration::from_secs(600)).unwrap()
}

async fn send(
    service: &Service,
    method: Method,
    path: &str,
    token: &str,
    body: Option<&Value>,
) -> Response {
    let request = service.client.request(method, service.url(path)).bearer_auth(token);
    match body {
        Some(body) => request.json(body).send().await.unwrap(),
        None => request.send().await.unwrap(),
    }
}

async fn offers(service: &Service, lines: Value) -> Value {
    let body = json!({ "offers": lines });
    let answer =
        send(service, Method::POST, "/v1/catalog/offers", &keeper("demo"), Some(&body)).await;
    assert_eq!(answer.status(), 200);
    answer.json().await.unwrap()
}

fn product(id: &str) -> Value {
    serde_json::to_value(sample::product(id)).unwrap()
}

#[tokio::test]
async fn a_product_is_put_read_replaced_and_removed() {
    let service = start().await;
    let path = "/v1/catalog/products/a%20b%2F1";
    let mut body = product("a b/1");
    let put = |body: Value| {
        let service = &service;
        async move { send(service, Method::PUT, path, &keeper("demo"), Some(&body)).await }
    };
    assert_eq!(put(body.clone()).await.status(), 201);
    let read: Value = service.get(path, &token()).await.json().await.unwrap();
    assert_eq!(read, body);
    body["title"] = json!("Linden  maxi dress");
    let answer = put(body.clone()).await;
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.json::<Value>().await.unwrap()["title"], "Linden maxi dress");

    problem(service.get(path, &token_for("other")).await, 404, "product_unknown").await;
    let gone = send(&service, Method::DELETE, path, &keeper("demo"), None).await;
    assert_eq!(gone.status(), 204);
    problem(service.get(path, &token()).await, 404, "product_unknown").await;
    let again = send(&service, Method::DELETE, path, &keeper("demo"), None).await;
    problem(again, 404, "product_unknown").await;
}

#[tokio::test]
async fn only_who_keeps_the_catalog_changes_it() {
    let service = start().await;
    let path = "/v1/catalog/products/p1";
    for (method, path, body) in [
        (Method::PUT, path, Some(product("p1"))),
        (Method::DELETE, path, None),
        (Method::POST, "/v1/catalog/offers", Some(json!({"offers": []}))),
    ] {
        let answer = send(&service, method.clone(), path, &token(), body.as_ref()).await;
        problem(answer, 403, "role_not_allowed").await;
        let answer = send(&service, method, path, "no.such.token", body.as_ref()).await;
        problem(answer, 401, "token_invalid").await;
    }
    let answer = send(&service, Method::POST, path, &keeper("demo"), None).await;
    assert_eq!(answer.headers()["allow"], "GET, PUT, PATCH, DELETE");
    problem(answer, 405, "method_not_allowed").await;
}

#[tokio::test]
async fn every_field_that_is_wrong_is_named() {
    let service = start().await;
    let mut body = product("p2");
    body["title"] = json!(" ");
    body["link"] = json!("javascript:alert(1)");
    body["variants"][0]["price"]["amount"] = json!(-5);
    let path = "/v1/catalog/products/p2";
    let answer = send(&service, Method::PUT, path, &keeper("demo"), Some(&body)).await;
    let told = problem(answer, 422, "product_invalid").await;
    let pointers: Vec<&str> =
        told["errors"].as_array().unwrap().iter().map(|e| e["pointer"].as_str().unwrap()).collect();
    assert_eq!(pointers, ["#/title", "#/link", "#/variants/0/price"]);

    let other = send(&service, Method::PUT, path, &keeper("demo"), Some(&product("p3"))).await;
    assert_eq!(problem(other, 422, "product_invalid").await["errors"][0]["pointer"], "#/id");
    let toga = json!({"id": "p2", "title": "t", "category": "toga", "variants": []});
    let answer = send(&service, Method::PUT, path, &keeper("demo"), Some(&toga)).await;
    problem(answer, 400, "json_invalid").await;
    let big = json!({"title": "x".repeat(5_000_000)});
    let answer = send(&service, Method::PUT, path, &keeper("demo"), Some(&big)).await;
    problem(answer, 413, "body_too_large").await;
}

#[tokio::test]
async fn a_field_that_is_not_known_changes_nothing_and_is_named_with_the_nearest_one() {
    let service = start().await;
    let path = "/v1/catalog/products/p1";
    let before: Value = service.get(path, &token()).await.json().await.unwrap();
    let known = before.clone();
    let with = |pointer: &str, name: &str, value: Value| {
        let mut body = known.clone();
        body.pointer_mut(pointer).unwrap()[name] = value;
        body
    };
    for (body, pointer, hint) in [
        (with("", "Titel", json!("Other")), "#/Titel", "is `title` meant?"),
        (with("", "weight", json!(null)), "#/weight", "known are: id, title, "),
        (with("/variants/0", "prize", json!(1)), "#/variants/0/prize", "is `price` meant?"),
        (
            with("/variants/0/price", "currencies", json!("USD")),
            "#/variants/0/price/currencies",
            "is `currency` meant?",
        ),
        // Told before what it leads to: the title is missing.
        (json!({"id": "p1", "titel": "Other"}), "#/titel", "is `title` meant?"),
    ] {
        for method in [Method::PUT, Method::PATCH] {
            let answer = send(&service, method, path, &keeper("demo"), Some(&body)).await;
            let told = problem(answer, 422, "field_unknown").await;
            assert_eq!(told["errors"].as_array().unwrap().len(), 1, "{told}");
            assert_eq!(told["errors"][0]["pointer"], pointer);
            let detail = told["errors"][0]["detail"].as_str().unwrap();
            assert!(detail.contains(hint), "{detail}");
        }
    }
    let mut many = known.clone();
    (0..100).for_each(|at| many[format!("field{at}")] = json!(at));
    let answer = send(&service, Method::PUT, path, &keeper("demo"), Some(&many)).await;
    let told = problem(answer, 422, "field_unknown").await;
    assert_eq!(told["errors"].as_array().unwrap().len(), 20);
    assert_eq!(service.get(path, &token()).await.json::<Value>().await.unwrap(), before);
}

#[tokio::test]
async fn what_is_read_can_be_put_and_patched_as_it_is() {
    let service = start().await;
    let path = "/v1/catalog/products/full";
    let mut body = product("full");
    for (name, value) in [
        ("age_group", json!("adult")),
        ("link", json!("https://shop.example/full")),
        ("image_link", json!("https://shop.example/full.jpg")),
    ] {
        body[name] = value;
    }
    body["variants"][0]["gtin"] = json!("4006381333931");
    body["variants"][0]["sale_price"] = json!({"amount": 3990, "currency": "EUR"});
    let empty = |value: &Value| value.is_null() || *value == json!("") || *value == json!([]);
    for part in [&body, &body["variants"][0]] {
        let unset: Vec<_> =
            part.as_object().unwrap().iter().filter(|(_, value)| empty(value)).collect();
        assert!(unset.is_empty(), "every field is set: {unset:?}");
    }
    let put = send(&service, Method::PUT, path, &keeper("demo"), Some(&body)).await;
    assert_eq!(put.status(), 201);
    for method in [Method::PUT, Method::PATCH] {
        let read: Value = service.get(path, &token()).await.json().await.unwrap();
        assert_eq!(read, body);
        let answer = send(&service, method, path, &keeper("demo"), Some(&read)).await;
        assert_eq!(answer.status(), 200);
    }
}

#[tokio::test]
async fn products_are_listed_page_by_page() {
    let service = start().await;
    for id in ["a", "b", "c"] {
        let path = format!("/v1/catalog/products/{id}");
        send(&service, Method::PUT, &path, &keeper("demo"), Some(&product(id))).await;
    }
    let (mut listed, mut query) = (Vec::new(), "?limit=3".to_owned());
    loop {
        let path = format!("/v1/catalog/products{query}");
        let page: Value = service.get(&path, &token()).await.json().await.unwrap();
        let products = page["products"].as_array().unwrap();
        listed.extend(products.iter().map(|one| one["id"].as_str().unwrap().to_owned()));
        let Some(next) = page["next"].as_str() else { break };
        query = format!("?limit=3&cursor={next}");
    }
    assert_eq!(listed, ["a", "b", "c", "p1"]);
    for (query, status, code) in [
        ("limit=0", 422, "limit_invalid"),
        ("limit=many", 422, "limit_invalid"),
        ("cursor=%20", 400, "cursor_invalid"),
        ("color=red", 422, "field_unknown"),
    ] {
        let path = format!("/v1/catalog/products?{query}");
        problem(service.get(&path, &token()).await, status, code).await;
    }
}

#[tokio::test]
async fn a_price_and_stock_that_are_set_show_in_the_very_next_answer() {
    let service = start().await;
    let done = offers(
        &service,
        json!([
            {"variant_id": "p1-navy-m", "price": {"amount": 5990, "currency": "EUR"}, "stock": 1},
            {"variant_id": "nobody's", "stock": 1},
            {"variant_id": "p1-navy-m", "sale_price": {"amount": 9990, "currency": "EUR"}},
            {"variant_id": "p1-navy-m", "price": {"amount": -1, "currency": "EUR"}},
        ]),
    )
    .await;
    let codes: Vec<_> = done["problems"].as_array().unwrap().iter().map(|p| &p["code"]).collect();
    assert_eq!(done["set"], 1);
    assert_eq!(codes, ["variant_unknown", "sale_price_invalid", "price_invalid"]);
    let look: Value = service.post_photo(png(96, 96)).await.json().await.unwrap();
    assert_eq!(look["garments"][0]["matches"][0]["price"]["amount"], 5990);

    let sale = json!({"amount": 4990, "currency": "EUR"});
    offers(&service, json!([{"variant_id": "p1-navy-m", "sale_price": sale}])).await;
    let look: Value = service.post_photo(png(96, 96)).await.json().await.unwrap();
    assert_eq!(look["garments"][0]["matches"][0]["price"]["amount"], 4990);
    offers(&service, json!([{"variant_id": "p1-navy-m", "sale_price": null}])).await;
    let look: Value = service.post_photo(png(96, 96)).await.json().await.unwrap();
    assert_eq!(look["garments"][0]["matches"][0]["price"]["amount"], 5990);

    offers(&service, json!([{"variant_id": "p1-navy-m", "stock": 0}])).await;
    let look: Value = service.post_photo(png(96, 96)).await.json().await.unwrap();
    assert_eq!(look["garments"][0]["matches"], json!([]));
}

#[tokio::test]
async fn offers_that_can_not_be_read_change_nothing() {
    let service = start().await;
    for (body, status, code) in [
        (json!({"offers": []}), 422, "offers_invalid"),
        (json!({"offers": vec![json!({"variant_id": "a"}); 10_001]}), 422, "offers_invalid"),
        (json!({"offers": [{"variant_id": "a", "prize": 1}]}), 400, "json_invalid"),
        (json!([]), 400, "json_invalid"),
    ] {
        let path = "/v1/catalog/offers";
        let answer = send(&service, Method::POST, path, &keeper("demo"), Some(&body)).await;
        problem(answer, status, code).await;
    }
}
