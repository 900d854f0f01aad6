//! Searching, and products as shoppers see them.

mod common;

use base64::{Engine, prelude::BASE64_STANDARD};
use common::{Service, png, problem, seeing_a_dress, start, start_with, token, token_for};
use reqwest::{
    Response,
    multipart::{Form, Part},
};
use serde_json::{Value, json};
use vitrine_api::ServerSettings;
use vitrine_core::{
    admission::Admission,
    ids::VariantId,
    ports::Catalog,
    product::{OfferChange, OfferPatch, Product},
    testing::sample,
    vocabulary::Category,
};

async fn search(service: &Service, body: &Value) -> Response {
    let request = service.client.post(service.url("/v1/search")).bearer_auth(token());
    request.json(body).send().await.unwrap()
}

async fn found(service: &Service, body: &Value) -> Value {
    let answer = search(service, body).await;
    let status = answer.status();
    let body: Value = answer.json().await.unwrap();
    assert_eq!(status, 200, "{body}");
    body
}

fn ids(answer: &Value) -> Vec<&str> {
    let products = answer["products"].as_array().unwrap();
    products.iter().map(|product| product["product_id"].as_str().unwrap()).collect()
}

async fn sell(service: &Service, products: Vec<Product>) {
    service.catalog.upsert(&sample::merchant(), products).await.unwrap();
    service.indexer.drain(|_| {}).await.unwrap();
}

/// `p1` and others of other colours.
async fn shop() -> Service {
    let service = start().await;
    let coloured = |(id, colour): (&str, &str)| {
        let variants = vec![sample::variant(&format!("{id}-m"), colour, "M")];
        Product { variants, ..sample::product(id) }
    };
    sell(&service, [("p2", "red"), ("p3", "black"), ("p4", "navy")].map(coloured).to_vec()).await;
    service
}

#[tokio::test]
async fn the_example_of_the_contract_is_a_search_that_is_answered() {
    let service = shop().await;
    let contract: Value = serde_json::from_str(&vitrine_api::contract()).unwrap();
    let search = &contract["paths"]["/v1/search"]["post"]["requestBody"]["content"];
    let answer = found(&service, &search["application/json"]["example"]).await;
    assert_eq!(ids(&answer), ["p1", "p4", "p3", "p2"]);
    let first = &answer["products"][0];
    assert_eq!(first["reasons"][0]["text"], "same category: dress");
    assert_eq!(first["variants"][0]["id"], "p1-navy-m");
    assert_eq!(answer["understood"]["colours"], json!(["navy"]));
    assert_eq!(answer["total"], json!({"count": 4, "is_lower_bound": false}));
    assert_eq!(answer["facets"][0]["values"][0], json!({"value": "navy", "count": 2}));
    assert_eq!(answer["facets"][1]["values"][0]["min_price"]["amount"], 3200);
    assert_eq!(answer["search_id"].as_str().unwrap().len(), 36);
    assert_eq!(answer["degraded"], json!([]));
    assert!(answer.get("next").is_none());
}

#[tokio::test]
async fn a_photo_and_words_come_as_json_or_as_a_form() {
    let service = shop().await;
    let data = BASE64_STANDARD.encode(png(96, 96));
    let body = json!({"photo": {"data": data}, "text": "linden", "limit": 2});
    let by_json = found(&service, &body).await;
    assert_eq!(by_json["garments"][0]["category"], "dress");
    assert_eq!(ids(&by_json), ["p1", "p4"]);
    let form = Form::new()
        .part("photo", Part::bytes(png(96, 96)).file_name("photo.png"))
        .text("text", "linden")
        .text("limit", "2")
        .text("facets", r#"["colour"]"#)
        .text("filters", r#"{"colours":["navy","red"]}"#)
        .text("deduplicate", "true")
        .text("locale", "");
    let request = service.client.post(service.url("/v1/search")).bearer_auth(token());
    let by_form: Value = request.multipart(form).send().await.unwrap().json().await.unwrap();
    assert_eq!(ids(&by_form), ["p1", "p4"]);
    assert_eq!(by_form["total"]["count"], 3);
    assert_eq!(by_form["facets"][0]["counted"], 3);
}

#[tokio::test]
async fn pages_follow_one_another_by_their_cursors() {
    let service = shop().await;
    let mut body = json!({"sort": "price_asc", "limit": 3});
    let first = found(&service, &body).await;
    assert_eq!(ids(&first), ["p1", "p2", "p3"]);
    body["cursor"] = first["next"].clone();
    let second = found(&service, &body).await;
    assert_eq!(ids(&second), ["p4"]);
    assert_eq!(second["search_id"], first["search_id"]);
    body["sort"] = json!("name");
    problem(search(&service, &body).await, 400, "cursor_invalid").await;
    body["cursor"] = json!("nonsense");
    problem(search(&service, &body).await, 400, "cursor_invalid").await;
}

#[tokio::test]
async fn what_can_not_be_understood_is_named_with_what_is_known() {
    let service = shop().await;
    for (body, code, pointer, part) in [
        (json!({"filters": {"weight": ["1 kg"]}}), "filters_invalid", "#/filters", "`categories`"),
        (json!({"filters": {"colours": ["mauve"]}}), "filters_invalid", "#/filters", "mauve"),
        (
            json!({"filters": {"brands": vec!["b"; 101]}}),
            "filters_invalid",
            "#/filters/brands",
            "100",
        ),
        (json!({"facets": ["weight"]}), "search_invalid", "#/facets", "category, colour"),
        (json!({"facets": "colour"}), "search_invalid", "#/facets", "list"),
        (json!({"sort": "newest"}), "search_invalid", "#/sort", "relevance, price_asc"),
        (json!({"deduplicate": "yes"}), "search_invalid", "#/deduplicate", "true"),
        (json!({"limit": 101}), "limit_invalid", "#/limit", "100"),
        (json!({"text": 7}), "text_invalid", "#/text", "string"),
        (json!({"text": "x".repeat(501)}), "text_too_long", "#/text", "501"),
        (json!({"locale": "!"}), "locale_invalid", "#/locale", "BCP 47"),
        (json!({"query": "dress"}), "field_unknown", "#/query", "`deduplicate`"),
        (json!({"photo": {"data": "%"}}), "photo_base64_invalid", "#/photo/data", ""),
        (json!({"photo": {}}), "photo_missing", "#/photo", ""),
    ] {
        let told = problem(search(&service, &body).await, 422, code).await;
        assert_eq!(told["errors"][0]["pointer"], pointer, "{told}");
        assert!(told["detail"].as_str().unwrap().contains(part), "{told}");
    }
    problem(search(&service, &json!([])).await, 400, "json_invalid").await;
    let form = Form::new().text("sort", "name").text("sort", "name");
    let request = service.client.post(service.url("/v1/search")).bearer_auth(token());
    problem(request.multipart(form).send().await.unwrap(), 422, "field_repeated").await;
    let request = service.client.post(service.url("/v1/search")).json(&json!({}));
    problem(request.send().await.unwrap(), 401, "token_missing").await;
}

#[tokio::test]
async fn a_merchants_search_never_lists_anothers_products() {
    let service = shop().await;
    for body in [json!({}), json!({"text": "navy dress"})] {
        let request = service.client.post(service.url("/v1/search")).json(&body);
        let answer: Value =
            request.bearer_auth(token_for("other")).send().await.unwrap().json().await.unwrap();
        assert_eq!(ids(&answer), Vec::<&str>::new(), "{body}");
    }
}

#[tokio::test]
async fn words_are_searched_while_every_turn_at_the_model_is_taken() {
    let service =
        start_with(seeing_a_dress(), Admission::new(1, 0), ServerSettings::default()).await;
    let _taken = service.admission.enter(&sample::merchant()).await.unwrap();
    assert_eq!(ids(&found(&service, &json!({"text": "navy dress"})).await), ["p1"]);
    let photo = json!({"photo": {"data": BASE64_STANDARD.encode(png(96, 96))}});
    let answer = search(&service, &photo).await;
    assert!(answer.headers().contains_key("retry-after"));
    problem(answer, 429, "busy").await;
}

#[tokio::test]
async fn a_product_is_shown_with_its_offers_now_and_sent_again_only_when_it_has_changed() {
    let service = shop().await;
    let path = "/v1/products/p1";
    let first = service.get(path, &token()).await;
    let tag = first.headers()["etag"].to_str().unwrap().to_owned();
    let shown: Value = first.json().await.unwrap();
    assert_eq!((&shown["product_id"], &shown["available"]), (&json!("p1"), &json!(true)));
    assert_eq!(shown["price"]["amount"], 4990);
    assert!(shown["variants"][0].get("stock").is_none());
    let again = |tag: String| {
        let request = service.client.get(service.url(path)).bearer_auth(token());
        async move { request.header("If-None-Match", tag).send().await.unwrap() }
    };
    for known in [tag.clone(), format!("\"other\", {tag}"), "*".to_owned()] {
        let answer = again(known).await;
        assert_eq!(answer.status(), 304);
        assert_eq!(answer.headers()["etag"], tag);
        assert_eq!(answer.bytes().await.unwrap().len(), 0);
    }
    let patch = OfferPatch { price: Some("20 EUR".parse().unwrap()), ..OfferPatch::default() };
    let variant = VariantId::new("p1-navy-m").unwrap();
    let change = OfferChange { variant, patch };
    service.catalog.set_offers(&sample::merchant(), vec![change]).await.unwrap();
    let answer = again(tag).await;
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.json::<Value>().await.unwrap()["price"]["amount"], 2000);
    problem(service.get("/v1/products/nobody", &token()).await, 404, "product_unknown").await;
    problem(service.get(path, &token_for("other")).await, 404, "product_unknown").await;
}

#[tokio::test]
async fn similar_products_are_filtered_by_the_query() {
    let service = shop().await;
    let similar = |query: &str| {
        let path = format!("/v1/products/p1/similar{query}");
        let service = &service;
        async move { service.get(&path, &token()).await }
    };
    let answer: Value = similar("").await.json().await.unwrap();
    assert_eq!(ids(&answer), ["p4", "p3", "p2"]);
    assert_eq!(answer["products"][1]["reasons"][1]["text"], "similar colour: black for navy");
    let answer: Value = similar("?colour=red,black&limit=1").await.json().await.unwrap();
    assert_eq!(ids(&answer), ["p3"]);
    let answer: Value = similar("?max_price=10%20EUR").await.json().await.unwrap();
    assert_eq!(ids(&answer), Vec::<&str>::new());
    problem(similar("?weight=1").await, 422, "field_unknown").await;
    problem(similar("?colour=mauve").await, 422, "filter_invalid").await;
    problem(similar("?max_price=cheap").await, 422, "filter_invalid").await;
    problem(similar("?limit=0").await, 422, "limit_invalid").await;
    let unknown = service.get("/v1/products/nobody/similar", &token()).await;
    problem(unknown, 404, "product_unknown").await;
}

#[tokio::test]
async fn a_product_is_completed_to_a_look() {
    let service = shop().await;
    let shoes = |(id, colour): (&str, &str)| Product {
        category: Category::Shoes,
        title: format!("{colour} shoes"),
        variants: vec![sample::variant(&format!("{id}-39"), colour, "39")],
        ..sample::product(id)
    };
    sell(&service, [("s1", "white"), ("s2", "beige")].map(shoes).to_vec()).await;
    let completed = |path: &'static str| {
        let service = &service;
        async move { service.get(path, &token()).await }
    };
    let path = "/v1/products/p1/complete-the-look";
    let answer: Value = completed(path).await.json().await.unwrap();
    let places = answer["complete_the_look"].as_array().unwrap();
    assert_eq!(places.len(), 1, "the shop has nothing to wear over it");
    assert_eq!(places[0]["slot"], "shoes");
    let reasons = &places[0]["matches"][0]["reasons"];
    assert_eq!(reasons[0]["text"], "shoes to go with your look");
    let white = "/v1/products/p1/complete-the-look?colour=white&limit=1";
    let answer: Value = completed(white).await.json().await.unwrap();
    assert_eq!(answer["complete_the_look"][0]["matches"][0]["product_id"], "s1");
    let unknown = completed("/v1/products/nobody/complete-the-look").await;
    problem(unknown, 404, "product_unknown").await;
    problem(completed("/v1/products/p1/complete-the-look?slot=x").await, 422, "field_unknown")
        .await;
}

#[tokio::test]
async fn looks_take_the_same_filters() {
    let service = shop().await;
    let look = |filters: Value| {
        let data = BASE64_STANDARD.encode(png(96, 96));
        let body = json!({"photo": {"data": data}, "filters": filters});
        let service = &service;
        async move { service.post_json(&body).await.json::<Value>().await.unwrap() }
    };
    let matches = |look: &Value| look["garments"][0]["matches"].as_array().unwrap().len();
    assert_eq!(matches(&look(json!({"patterns": ["plain"], "materials": ["Cotton"]})).await), 4);
    assert_eq!(matches(&look(json!({"patterns": ["striped"]})).await), 0);
    assert_eq!(matches(&look(json!({"age_groups": ["kids"]})).await), 0);
    assert_eq!(matches(&look(json!({"availability": ["preorder"]})).await), 0);
}
