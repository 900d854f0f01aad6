//! Lists under filters, and what can be done for the catalog.

mod common;

use std::time::Duration;

use common::{Service, keys, png, problem, start, token, token_for};
use serde_json::{Value, json};
use vitrine_api::Role;
use vitrine_core::{ids::MerchantId, testing::sample};

fn keeper() -> String {
    let merchant = sample::merchant();
    keys().issue(Role::Merchant, &merchant, Duration::from_secs(600)).unwrap()
}

async fn put(service: &Service, product: &Value) {
    let path = format!("/v1/catalog/products/{}", product["id"].as_str().unwrap());
    let request = service.client.put(service.url(&path)).bearer_auth(keeper());
    let status = request.json(product).send().await.unwrap().status();
    assert!(status.is_success(), "{status}: {product}");
}

/// A navy dress of Linden's, in stock, with these fields set.
fn product(id: &str, set: Value) -> Value {
    let mut product = serde_json::to_value(sample::product(id)).unwrap();
    for (field, value) in set.as_object().unwrap() {
        product[field] = value.clone();
    }
    product
}

fn with_variant(id: &str, set: Value) -> Value {
    let mut product = product(id, json!({}));
    for (field, value) in set.as_object().unwrap() {
        product["variants"][0][field] = value.clone();
    }
    product
}

/// `p1`, the navy dress, and six others.
async fn shop() -> Service {
    let service = start().await;
    for product in [
        product("hat", json!({"category": "hat", "brand": "Söhne, Inc.", "gender": null})),
        product("kids", json!({"age_group": "kids", "gender": "unisex", "pattern": "striped"})),
        product(
            "skirt",
            json!({"category": "skirt", "brand": null, "image_link": "https://shop.example/s.webp"}),
        ),
        with_variant("red", json!({"colours": ["red", "navy"], "gtin": "4006381333931"})),
        with_variant("sold-out", json!({"stock": 0, "gtin": "04006381333931"})),
        with_variant("white", json!({"colours": ["white"], "availability": "unknown"})),
    ] {
        put(&service, &product).await;
    }
    service
}

async fn read(service: &Service, path: &str) -> Value {
    let answer = service.get(path, &keeper()).await;
    assert_eq!(answer.status(), 200, "{path}");
    answer.json().await.unwrap()
}

async fn listed(service: &Service, query: &str) -> Vec<String> {
    let page = read(service, &format!("/v1/catalog/products?{query}")).await;
    let products = page["products"].as_array().unwrap();
    products.iter().map(|product| product["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_list_is_of_what_passes_all_filters_each_by_any_of_its_values() {
    let service = shop().await;
    for (query, expected) in [
        ("", vec!["hat", "kids", "p1", "red", "skirt", "sold-out", "white"]),
        ("category=hat&category=skirt", vec!["hat", "skirt"]),
        ("category=hat,skirt&brand=linden", vec![]),
        ("brand=s%C3%B6hne,%20inc.&brand=nobody", vec!["hat"]),
        ("colour=red", vec!["red"]),
        ("colour=white,red", vec!["red", "white"]),
        ("available=false", vec!["sold-out", "white"]),
        ("available=true&colour=navy&category=dress&gender=women", vec!["p1", "red"]),
        ("gender=unisex&age_group=kids&pattern=striped", vec!["kids"]),
        ("lacks=brand,gender", vec!["hat", "skirt"]),
        ("lacks=availability", vec!["white"]),
        ("lacks=picture&category=skirt", vec![]),
        ("id_prefix=s", vec!["skirt", "sold-out"]),
        ("id_prefix=%25", vec![]),
    ] {
        assert_eq!(listed(&service, query).await, expected, "{query}");
    }
    let other = service.get("/v1/catalog/products?colour=navy", &token_for("other")).await;
    assert_eq!(other.json::<Value>().await.unwrap()["products"], json!([]));
}

#[tokio::test]
async fn a_cursor_goes_on_under_the_same_filters() {
    let service = shop().await;
    let (mut all, mut cursor) = (Vec::new(), String::new());
    loop {
        let path = format!("/v1/catalog/products?lacks=gtin&limit=2{cursor}");
        let page = read(&service, &path).await;
        let products = page["products"].as_array().unwrap();
        assert!(products.len() <= 2);
        all.extend(products.iter().map(|product| product["id"].as_str().unwrap().to_owned()));
        let Some(next) = page["next"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(all, ["hat", "kids", "p1", "skirt", "white"]);
}

#[tokio::test]
async fn what_is_not_known_is_answered_with_what_is() {
    let service = start().await;
    let long = format!("brand={}", "x".repeat(201));
    let many = format!("colour={}", ["red"; 101].join(","));
    for (query, code, told) in [
        ("color=red", "field_unknown", "colour"),
        ("colour=crimson", "filter_invalid", "black, white, grey"),
        ("colour=red,", "filter_invalid", "black, white, grey"),
        ("category=toga", "filter_invalid", "blazer, blouse"),
        ("lacks=everything", "filter_invalid", "picture, description"),
        ("available=yes", "filter_invalid", "true"),
        ("available=true&available=true", "field_repeated", "available"),
        ("id_prefix=", "filter_invalid", "1 to 200"),
        ("id_prefix=%00", "filter_invalid", "control"),
        (&long, "filter_invalid", "1 to 200"),
        (&many, "filter_invalid", "100"),
        ("limit=5&limit=6", "field_repeated", "limit"),
    ] {
        let path = format!("/v1/catalog/products?{query}");
        let body = problem(service.get(&path, &token()).await, 422, code).await;
        assert!(body["detail"].as_str().unwrap().contains(told), "{query}: {body}");
    }
}

#[tokio::test]
async fn the_health_counts_what_is_missing_and_says_where_it_is_listed() {
    let service = shop().await;
    let health = read(&service, "/v1/catalog/health").await;
    assert_eq!(health["products"], 7);
    for lack in health["lacks"].as_array().unwrap() {
        let query = lack["list"].as_str().unwrap().strip_prefix("/v1/catalog/products?").unwrap();
        let ids = listed(&service, query).await;
        assert_eq!(lack["products"], ids.len(), "{lack}");
        assert_eq!(lack["examples"], json!(ids[..ids.len().min(5)]), "{lack}");
        assert!(lack["why"].is_string() && lack["remedy"].is_string(), "{lack}");
    }
    let gtin = health["lacks"].as_array().unwrap().iter().find(|lack| lack["lack"] == "gtin");
    assert_eq!(gtin.unwrap()["share"], 0.7143);

    let doubled = &health["duplicates"][0];
    assert_eq!((&doubled["by"], &doubled["groups"]), (&json!("gtin"), &json!(1)));
    let group = json!({"value": "04006381333931", "count": 2, "products": ["red", "sold-out"]});
    assert_eq!(doubled["first"], json!([group]));
    let page = read(&service, doubled["list"].as_str().unwrap()).await;
    assert_eq!(page, json!({"groups": [group]}));
}

#[tokio::test]
async fn a_product_that_was_shown_is_no_longer_never_matched() {
    let service = shop().await;
    let never = read(&service, "/v1/catalog/health").await["never_matched"].clone();
    assert_eq!((&never["products"], &never["share"]), (&json!(7), &json!(1.0)));
    assert_eq!(service.post_photo(png(96, 96)).await.status(), 200);
    service.matched.flush().await.unwrap();
    let never = read(&service, "/v1/catalog/health").await["never_matched"].clone();
    assert_eq!(never["products"], 6);
    let list = never["list"].as_str().unwrap().strip_prefix("/v1/catalog/products?").unwrap();
    assert_eq!(listed(&service, list).await, ["hat", "kids", "red", "skirt", "sold-out", "white"]);
    assert_eq!(listed(&service, "never_matched=false").await, ["p1"]);
}

#[tokio::test]
async fn duplicates_are_told_page_by_page() {
    let service = start().await;
    for (gtin, at) in ["73513537", "4006381333931", "5901234123457"].iter().zip(0..) {
        for id in ["x", "y"] {
            put(&service, &with_variant(&format!("{id}{at}"), json!({"gtin": gtin}))).await;
        }
    }
    let first = read(&service, "/v1/catalog/duplicates?by=gtin&limit=2").await;
    let values = |page: &Value| -> Vec<String> {
        let groups = page["groups"].as_array().unwrap().iter();
        groups.map(|group| group["value"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(values(&first), ["00000073513537", "04006381333931"]);
    let next = first["next"].as_str().unwrap();
    let path = format!("/v1/catalog/duplicates?by=gtin&limit=2&cursor={next}");
    let second = read(&service, &path).await;
    assert_eq!((values(&second), &second["next"]), (vec!["05901234123457".into()], &Value::Null));
}

#[tokio::test]
async fn findings_are_for_who_keeps_the_catalog() {
    let service = start().await;
    for path in ["/v1/catalog/health", "/v1/catalog/duplicates?by=gtin"] {
        problem(service.get(path, &token()).await, 403, "role_not_allowed").await;
    }
    let other = MerchantId::new("other").unwrap();
    let other = keys().issue(Role::Merchant, &other, Duration::from_secs(600)).unwrap();
    let health: Value = service.get("/v1/catalog/health", &other).await.json().await.unwrap();
    assert_eq!((&health["products"], &health["never_matched"]["share"]), (&json!(0), &json!(0.0)));
    for (query, status, code) in [
        ("", 422, "duplicates_invalid"),
        ("by=title", 422, "duplicates_invalid"),
        ("by=gtin&of=x", 422, "duplicates_invalid"),
        ("by=gtin&limit=0", 422, "limit_invalid"),
        ("by=gtin&cursor=%20", 400, "cursor_invalid"),
        ("by=gtin&cursor=AA", 400, "cursor_invalid"),
    ] {
        let path = format!("/v1/catalog/duplicates?{query}");
        problem(service.get(&path, &keeper()).await, status, code).await;
    }
}
