//! The doors for agents that speak the Universal Commerce Protocol.

mod common;

use common::{Service, problem, start, token};
use serde_json::{Value, json};
use vitrine_core::{
    ports::Catalog,
    testing::sample,
    vocabulary::{Category, Colour},
};

/// A dress in two colours and two sizes, one of them sold out, and shoes.
async fn shop() -> Service {
    let service = start().await;
    let mut dress = sample::product("dress");
    dress.title = "Linden midi dress".into();
    dress.link = Some("https://shop.example/p/dress".into());
    dress.image_link = Some("not an address".into());
    let variants =
        [("d-n-s", Colour::Navy, "S"), ("d-n-m", Colour::Navy, "M"), ("d-r-s", Colour::Red, "S")];
    dress.variants = variants
        .map(|(id, colour, size)| {
            let mut variant = sample::variant(id, "navy", size);
            (variant.colours, variant.colour_name) = (vec![colour], None);
            variant
        })
        .into();
    dress.variants[0].offer.sale_price = Some("39.90 EUR".parse().unwrap());
    dress.variants[1].offer.stock = Some(0);
    let shoes =
        vitrine_core::product::Product { category: Category::Shoes, ..sample::product("shoes") };
    service.catalog.upsert(&sample::merchant(), vec![dress, shoes]).await.unwrap();
    service.indexer.drain(|_| {}).await.unwrap();
    service
}

async fn ask(service: &Service, path: &str, body: Value) -> Value {
    let url = service.url(&format!("/ucp/catalog/{path}"));
    let answer = service.client.post(url).bearer_auth(token()).json(&body).send().await.unwrap();
    assert_eq!(answer.status(), 200, "{body}");
    let answer: Value = answer.json().await.unwrap();
    assert_eq!(answer["ucp"]["version"], "2026-04-08");
    answer
}

fn ids(products: &Value) -> Vec<&str> {
    products.as_array().unwrap().iter().map(|product| product["id"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn the_profile_leads_to_the_doors() {
    let service = shop().await;
    let profile: Value = service
        .client
        .get(service.url("/.well-known/ucp"))
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    let doors = &profile["ucp"]["services"]["dev.ucp.shopping"];
    let endpoint = doors[0]["endpoint"].as_str().unwrap();
    assert_eq!(endpoint, service.url("/ucp"));
    let models = (&doors[1]["transport"], &doors[1]["endpoint"]);
    assert_eq!(models, (&json!("mcp"), &json!(service.url("/mcp"))));
    assert!(profile["ucp"]["capabilities"]["dev.ucp.shopping.catalog.lookup"].is_array());
    let url = format!("{endpoint}/catalog/search");
    let closed = service.client.post(url).json(&json!({"query": "dress"})).send().await.unwrap();
    problem(closed, 401, "token_missing").await;
}

#[tokio::test]
async fn a_search_answers_with_products_that_can_be_bought_first() {
    let service = shop().await;
    let found = ask(&service, "search", json!({"query": "Linden midi dress"})).await;
    let product = &found["products"][0];
    assert_eq!((&product["id"], &product["title"]), (&json!("dress"), &json!("Linden midi dress")));
    assert_eq!(product["variants"][0]["price"], json!({"amount": 3990, "currency": "EUR"}));
    assert_eq!(product["variants"][0]["list_price"]["amount"], 4990);
    assert_eq!(product["price_range"]["min"]["amount"], 3990);
    assert_eq!(product["list_price_range"]["max"]["amount"], 4990);
    let sold_out = product["variants"].as_array().unwrap().iter().find(|one| one["id"] == "d-n-m");
    let availability = json!({"available": false, "status": "out_of_stock"});
    assert_eq!(sold_out.unwrap()["availability"], availability);
    assert!(product["media"].is_null(), "what is no address is not told as one");

    let filters = json!({"categories": ["shoes", "hovercraft"]});
    let shoes = ask(&service, "search", json!({"filters": filters})).await;
    assert_eq!(ids(&shoes["products"]), ["shoes"]);
    assert_eq!(shoes["messages"][0]["code"], "unknown_category");
    let none = ask(&service, "search", json!({"filters": {"categories": ["hovercraft"]}})).await;
    assert_eq!(none["products"], json!([]));

    let cheap = |context: Value| json!({"query": "dress", "filters": {"price": {"max": 4500}}, "context": context});
    let found = ask(&service, "search", cheap(json!({"currency": "EUR"}))).await;
    assert_eq!(ids(&found["products"]), ["dress"]);
    let listed = found["products"][0]["variants"].as_array().unwrap();
    assert_eq!(listed.len(), 1, "what costs more is not shown");
    let ignored = ask(&service, "search", cheap(json!({}))).await;
    assert_eq!(ignored["messages"][0]["code"], "price_filter_ignored");
}

#[tokio::test]
async fn pages_follow_one_another() {
    let service = shop().await;
    let page = |cursor: Value| json!({"filters": {"categories": ["dress", "shoes"]}, "pagination": {"limit": 1, "cursor": cursor}});
    let first = ask(&service, "search", page(Value::Null)).await;
    assert_eq!(first["pagination"]["has_next_page"], true);
    let second = ask(&service, "search", page(first["pagination"]["cursor"].clone())).await;
    assert_ne!(ids(&first["products"]), ids(&second["products"]));
}

#[tokio::test]
async fn ids_of_products_and_of_variants_are_looked_up_and_told_apart() {
    let service = shop().await;
    let asked = json!({"ids": ["dress", "d-r-s", "gone", "d-n-s", "dress"]});
    let found = ask(&service, "lookup", asked).await;
    assert_eq!(ids(&found["products"]), ["dress"]);
    let variants = found["products"][0]["variants"].as_array().unwrap();
    let inputs: Vec<(&str, &Value)> =
        variants.iter().map(|one| (one["id"].as_str().unwrap(), &one["inputs"])).collect();
    let featured = json!([{"id": "dress", "match": "featured"}, {"id": "d-n-s", "match": "exact"}]);
    let exact = json!([{"id": "d-r-s", "match": "exact"}]);
    assert_eq!(inputs, [("d-n-s", &featured), ("d-r-s", &exact)]);
    assert_eq!(
        found["messages"],
        json!([{"type": "info", "code": "not_found", "content": "gone"}])
    );
}

#[tokio::test]
async fn one_product_says_what_can_be_chosen_beside_what_is() {
    let service = shop().await;
    let asked = json!({"id": "dress", "selected": [{"name": "Color", "label": "navy"}]});
    let found = ask(&service, "product", asked).await;
    let product = &found["product"];
    assert_eq!(product["selected"], json!([{"name": "Color", "label": "navy"}]));
    let sizes = product["options"].as_array().unwrap().iter().find(|one| one["name"] == "Size");
    let medium = json!({"label": "M", "available": false, "exists": true});
    assert_eq!(sizes.unwrap()["values"][1], medium);
    let named = ask(&service, "product", json!({"id": "d-r-s"})).await;
    assert_eq!(named["product"]["variants"][0]["id"], "d-r-s");
    let none = ask(&service, "product", json!({"id": "gone"})).await;
    assert_eq!(
        (&none["ucp"]["status"], &none["messages"][0]["code"]),
        (&json!("error"), &json!("not_found"))
    );
    assert!(none["product"].is_null());
}

#[tokio::test]
async fn what_is_no_question_is_told() {
    let service = shop().await;
    let too_many: Vec<String> = (0..101).map(|number| number.to_string()).collect();
    for (path, body, code) in [
        ("search", json!({}), "ucp_invalid"),
        ("search", json!({"query": "  "}), "ucp_invalid"),
        ("search", json!({"query": 7}), "ucp_invalid"),
        ("search", json!({"query": "x".repeat(501)}), "ucp_invalid"),
        (
            "search",
            json!({"query": "x", "filters": {"price": {"max": 1}}, "context": {"currency": "ducats"}}),
            "ucp_invalid",
        ),
        ("search", json!({"query": "x", "pagination": {"limit": 0}}), "ucp_invalid"),
        ("search", json!({"query": "x", "filters": {"price": [null, null]}}), "ucp_invalid"),
        ("lookup", json!({"ids": ["p1"], "context": []}), "ucp_invalid"),
        ("product", json!({"id": "p1", "selected": [["Size", "S"]]}), "ucp_invalid"),
        ("product", json!(["p1"]), "ucp_invalid"),
        ("search", json!({"query": "x", "filters": {"price": {"max": u64::MAX}}}), "ucp_invalid"),
        ("search", json!({"query": "x", "filters": {"price": {"max": -1}}}), "ucp_invalid"),
        ("search", json!({"query": "x", "pagination": {"cursor": "no"}}), "cursor_invalid"),
        ("lookup", json!({"ids": []}), "ucp_invalid"),
        ("lookup", json!({}), "ucp_invalid"),
        ("lookup", json!({"ids": too_many}), "request_too_large"),
        (
            "product",
            json!({"id": "p1", "selected": [{"name": "Size", "label": "S"}, {"name": "Size", "label": "M"}]}),
            "ucp_invalid",
        ),
    ] {
        let url = service.url(&format!("/ucp/catalog/{path}"));
        let answer =
            service.client.post(url).bearer_auth(token()).json(&body).send().await.unwrap();
        problem(answer, 400, code).await;
    }
}
