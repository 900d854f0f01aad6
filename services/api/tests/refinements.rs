//! Looks that are refined, and whom they are for.

mod common;

use common::{Service, form, png, problem, start, token, token_for};
use reqwest::Response;
use serde_json::{Value, json};
use vitrine_core::{ids::ProductId, ports::Catalog, product::Product, testing::sample};

/// A shop with the navy dress `p1` of size M for 49.90 EUR, and the white one `p2` of size L for
/// 89.90 EUR.
async fn two_dresses() -> Service {
    let service = start().await;
    let mut white = sample::variant("p2-white-l", "white", "L");
    white.offer.price = "89.90 EUR".parse().unwrap();
    let id = ProductId::new("p2").unwrap();
    let product = Product { id, variants: vec![white], ..sample::product("p2") };
    service.catalog.upsert(&sample::merchant(), vec![product]).await.unwrap();
    service.indexer.drain(|_| {}).await.unwrap();
    service
}

async fn look(service: &Service) -> Value {
    service.post_photo(png(96, 96)).await.json().await.unwrap()
}

async fn refine(service: &Service, look: &Value, body: Value) -> Response {
    refine_as(service, look, body, &token()).await
}

async fn refine_as(service: &Service, look: &Value, body: Value, token: &str) -> Response {
    let path = format!("/v1/looks/{}/refinements", look["id"].as_str().unwrap());
    service.client.post(service.url(&path)).bearer_auth(token).json(&body).send().await.unwrap()
}

async fn refined(service: &Service, look: &Value, body: Value) -> Value {
    let response = refine(service, look, body).await;
    assert_eq!(response.status(), 200);
    response.json().await.unwrap()
}

fn products(look: &Value) -> Vec<&str> {
    let matches = look["garments"][0]["matches"].as_array().unwrap();
    matches.iter().map(|found| found["product_id"].as_str().unwrap()).collect()
}

fn reasons(look: &Value) -> Vec<&str> {
    let reasons = look["garments"][0]["matches"][0]["reasons"].as_array().unwrap();
    reasons.iter().map(|reason| reason["text"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn the_same_in_another_colour_is_found_without_the_photo_being_sent_again() {
    let service = two_dresses().await;
    let first = look(&service).await;
    assert_eq!(products(&first), ["p1", "p2"]);
    let body = json!({"text": "the same in white"});
    let response = refine(&service, &first, body).await;
    let place = response.headers()["location"].to_str().unwrap().to_owned();
    let second: Value = response.json().await.unwrap();
    assert_eq!(place, format!("/v1/looks/{}", second["id"].as_str().unwrap()));
    assert_eq!(products(&second), ["p2"]);
    assert!(reasons(&second).contains(&"colour white: as you asked"), "{second}");
    assert_eq!(second["understood"]["colours"], json!(["white"]));
    assert_eq!((&second["refines"], &second["photo_id"]), (&first["id"], &first["photo_id"]));
    assert_eq!(second["cached"], true);
    assert_eq!(second["garments"][0]["colours"], json!(["navy"]), "what is seen stays");
    assert!(second["advice"]["text"].is_string());

    let third = refined(&service, &second, json!({"text": "under 50 euro"})).await;
    assert_eq!((products(&third), &third["refines"]), (vec!["p1"], &second["id"]));
}

#[tokio::test]
async fn a_price_without_a_currency_is_in_the_one_that_was_shown() {
    let service = two_dresses().await;
    let first = look(&service).await;
    let cheap = refined(&service, &first, json!({"text": "under 60"})).await;
    assert_eq!(products(&cheap), ["p1"]);
    assert_eq!(cheap["understood"]["max_price"], json!({"amount": 6000, "currency": "EUR"}));
}

#[tokio::test]
async fn filters_are_stronger_than_words() {
    let service = two_dresses().await;
    let first = look(&service).await;
    let body = json!({"text": "in white", "filters": {"colours": ["navy"]}});
    assert_eq!(products(&refined(&service, &first, body).await), ["p1"]);
}

#[tokio::test]
async fn sizes_and_budget_hold_and_taste_counts_and_says_why() {
    let service = two_dresses().await;
    for (customer, found) in [
        (json!({"sizes": ["l"]}), vec!["p2"]),
        (json!({"budget": {"amount": 5000, "currency": "EUR"}}), vec!["p1"]),
        (json!({"sizes": ["XS"]}), vec![]),
        (json!({}), vec!["p1", "p2"]),
    ] {
        let form = form(png(96, 96)).text("customer", customer.to_string());
        let look: Value = service.post_form(form).await.json().await.unwrap();
        assert_eq!(products(&look), found, "{customer}");
    }
    let first = look(&service).await;
    let customer = json!({"avoided_colours": ["navy"], "liked_colours": ["white"]});
    let tasted = refined(&service, &first, json!({"customer": customer})).await;
    let found = tasted["garments"][0]["matches"].as_array().unwrap();
    let said = |id: &str| {
        let found = found.iter().find(|found| found["product_id"] == id).unwrap();
        let reasons = found["reasons"].as_array().unwrap();
        reasons.iter().map(|reason| reason["kind"].as_str().unwrap()).collect::<Vec<_>>()
    };
    assert!(said("p1").contains(&"avoided") && said("p2").contains(&"liked"));
}

#[tokio::test]
async fn a_refinement_is_of_the_garments_that_it_names() {
    let service = start().await;
    let first = look(&service).await;
    let again = refined(&service, &first, json!({"garment_ids": ["g1"]})).await;
    assert_eq!(again["garments"], first["garments"]);
    for ids in [json!(["g2"]), json!(["g1", "g9"]), json!("g1"), json!([1])] {
        let response = refine(&service, &first, json!({"garment_ids": ids})).await;
        problem(response, 422, "garment_unknown").await;
    }
}

#[tokio::test]
async fn a_look_is_refined_by_its_own_merchant_while_it_is_kept() {
    let service = start().await;
    let first = look(&service).await;
    let other = token_for("other");
    problem(refine_as(&service, &first, json!({}), &other).await, 404, "look_unknown").await;
    let unknown = json!({"id": "01a20bf0-f8ca-7111-b209-4ea8a190ebbc"});
    problem(refine(&service, &unknown, json!({})).await, 404, "look_unknown").await;
    problem(refine(&service, &json!({"id": "x"}), json!({})).await, 400, "id_invalid").await;
}

#[tokio::test]
async fn what_is_asked_must_be_understood() {
    let service = start().await;
    let first = look(&service).await;
    for (body, code) in [
        (json!({"photo": {"id": "x"}}), "field_unknown"),
        (json!({"text": 7}), "text_invalid"),
        (json!({"filters": {"colors": []}}), "filters_invalid"),
        (json!({"customer": {"age": 7}}), "customer_invalid"),
        (json!({"customer": {"sizes": vec!["M"; 21]}}), "customer_invalid"),
        (json!({"customer": {"sizes": ["M".repeat(41)]}}), "customer_invalid"),
        (json!({"occasion": "x".repeat(101)}), "occasion_invalid"),
        (json!({"occasion": 1}), "occasion_invalid"),
        (json!({"tone": "rude"}), "tone_invalid"),
        (json!({"limit": 0}), "limit_invalid"),
        (json!({"locale": "no tag"}), "locale_invalid"),
    ] {
        problem(refine(&service, &first, body).await, 422, code).await;
    }
    problem(refine(&service, &first, json!([])).await, 400, "json_invalid").await;
    let body = json!({"occasion": "a wedding", "tone": "formal", "customer": null});
    assert_eq!(refine(&service, &first, body).await.status(), 200);
}
