//! A merchant: lists products, sets stock and sale prices, looks at the catalog's health, and now
//! and then imports a small feed.

use std::{fmt::Write, time::Duration};

use goose::prelude::GooseUser;
use rand::{Rng, seq::IndexedRandom};
use serde_json::{Value, json};
use tokio::time::sleep;

use super::{
    ask::{Ask, Body},
    ledger::{Answer, Asked},
    shares::ROUNDS_TO_AN_IMPORT,
    world::World,
};

/// Products of an import, the same each time, with other prices.
const ROWS: usize = 5;
/// How often and how many times it is asked whether an import is done.
const PAUSE: Duration = Duration::from_millis(500);
const PAUSES: u32 = 20;

/// Products as they were listed.
#[derive(Debug, Clone)]
struct Listed(Vec<Value>);

pub(super) async fn products(world: &World, user: &mut GooseUser) {
    let ask = Ask::get("merchant: products", "/v1/catalog/products?limit=50", merchant(world));
    let page = world.ask(user, ask).await;
    let products = page.and_then(|page| page["products"].as_array().cloned());
    user.set_session_data(Listed(products.unwrap_or_default()));
}

pub(super) async fn offers(world: &World, user: &mut GooseUser) {
    let listed = user.get_session_data::<Listed>();
    let product = listed.and_then(|Listed(products)| products.choose(&mut rand::rng()).cloned());
    let Some(body) = product.as_ref().and_then(changed) else { return };
    let body = Body::Json(body);
    let path = "/v1/catalog/offers";
    world.ask(user, Ask::post("merchant: prices and stock", path, merchant(world), body)).await;
}

/// Another stock for each variant, and a sale or its end. Regular prices stay as they are.
fn changed(product: &Value) -> Option<Value> {
    let sale = rand::rng().random_bool(0.5);
    let offer = |variant: &Value| {
        let price = &variant["price"];
        let amount = price["amount"].as_u64()? * 9 / 10;
        let sale = sale.then(|| json!({"amount": amount, "currency": price["currency"]}));
        let stock = rand::rng().random_range(1..=30);
        Some(json!({"variant_id": variant["id"], "sale_price": sale, "stock": stock}))
    };
    let offers: Option<Vec<Value>> = product["variants"].as_array()?.iter().map(offer).collect();
    offers.map(|offers| json!({"offers": offers}))
}

pub(super) async fn health(world: &World, user: &mut GooseUser) {
    let ask = Ask::get("merchant: catalog health", "/v1/catalog/health", merchant(world));
    world.ask(user, ask).await;
}

pub(super) async fn import(world: &World, user: &mut GooseUser) {
    if !rand::rng().random_ratio(1, ROUNDS_TO_AN_IMPORT) {
        return;
    }
    let path = "/v1/catalog/imports?mode=upsert";
    let ask = Ask::post("merchant: an import", path, merchant(world), Body::Feed(feed()));
    let Some(import) = world.ask(user, ask).await else { return };
    let Some(path) = import["id"].as_str().map(|id| format!("/v1/catalog/imports/{id}")) else {
        return;
    };
    let mut state = "running".to_owned();
    for _ in 0..PAUSES {
        sleep(PAUSE).await;
        let ask = Ask::get("merchant: the import's state", &path, merchant(world));
        let Some(import) = world.ask(user, ask).await else { return };
        import["state"].as_str().unwrap_or_default().clone_into(&mut state);
        if !matches!(state.as_str(), "receiving" | "waiting" | "running") {
            break;
        }
    }
    if state != "done" {
        let (name, at) = ("merchant: an import not done", world.ledger.now());
        world.ledger.write(Asked { name, at, took: Duration::ZERO, answer: Answer::Failed(None) });
        world.ledger.write_failure(format!("{path} is {state}"));
    }
}

/// In Vitrine's own JSON lines.
fn feed() -> String {
    let mut feed = String::new();
    for row in 1..=ROWS {
        let id = format!("load-{row}");
        let cents = rand::rng().random_range(990..=9_990);
        let price = format!("{}.{:02} EUR", cents / 100, cents % 100);
        let variant = json!({
            "id": format!("{id}-m"), "colours": ["navy"], "size": "M",
            "price": price, "availability": "in_stock", "stock": 3,
        });
        let product = json!({
            "id": id, "title": format!("Hat {row} of the load test"),
            "category": "hat", "variants": [variant],
        });
        // Writing to a string can not fail.
        let _ = writeln!(feed, "{product}");
    }
    feed
}

fn merchant(world: &World) -> &str {
    &world.target.tokens.merchant
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_variants_of_a_product_change_and_regular_prices_stay() {
        let price = json!({"amount": 1_000, "currency": "EUR"});
        let product =
            json!({"variants": [{"id": "a", "price": price}, {"id": "b", "price": price}]});
        let body = changed(&product).unwrap();
        let offers = body["offers"].as_array().unwrap();
        assert_eq!(offers.len(), 2);
        for offer in offers {
            assert!(offer.get("price").is_none(), "{offer}");
            assert!(offer["sale_price"].is_null() || offer["sale_price"]["amount"] == 900);
        }
    }

    #[test]
    fn a_feed_has_a_product_a_line() {
        let feed = feed();
        assert_eq!(feed.lines().count(), ROWS);
        for line in feed.lines() {
            let product: Value = serde_json::from_str(line).unwrap();
            assert!(product["variants"][0]["price"].as_str().unwrap().ends_with(" EUR"));
        }
    }
}
