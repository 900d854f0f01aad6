//! The way of a photo through the whole service.

use std::{
    path::{Path, PathBuf},
    sync::LazyLock,
};

use serde::Deserialize;
use serde_json::Value;
use vitrine_core::{garment::Region, ids::ProductId, product::OfferChange};
use vitrine_tests::{Service, demo, merchant};

static SERVICE: LazyLock<Service> = LazyLock::new(Service::start);

/// An outfit's drawn products, the main one first (`demo/outfits/outfits.jsonl`).
#[derive(Debug, Deserialize)]
struct Outfit {
    image: String,
    products: Vec<Drawn>,
}

#[derive(Debug, Deserialize)]
struct Drawn {
    product_id: String,
    #[serde(rename = "box")]
    corners: [f32; 4],
}

fn outfits() -> Vec<Outfit> {
    let text = std::fs::read_to_string(demo().join("outfits/outfits.jsonl")).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn outfit_photo(outfit: &Outfit) -> PathBuf {
    demo().join("outfits").join(&outfit.image)
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().map_or(&[], Vec::as_slice)
}

fn region(garment: &Value) -> Region {
    serde_json::from_value(garment["box"].clone()).unwrap()
}

/// Whether the garment seen where the product was drawn has it as its first match.
fn is_first_match(look: &Value, drawn: &Drawn) -> bool {
    let [x0, y0, x1, y1] = drawn.corners;
    let place = Region::new(x0, y0, x1, y1).unwrap();
    let seen = list(look, "garments")
        .iter()
        .max_by(|one, other| region(one).overlap(&place).total_cmp(&region(other).overlap(&place)));
    seen.is_some_and(|garment| garment["matches"][0]["product_id"] == drawn.product_id.as_str())
}

/// The least share of outfits whose main product must be the first match.
const FIRST_MATCHES: f64 = 0.9;

#[tokio::test]
async fn the_drawn_product_is_the_first_match() {
    let (mut main, mut all, mut products) = (0, 0, 0);
    let outfits = outfits();
    for outfit in &outfits {
        let look = SERVICE.look(&outfit_photo(outfit)).await;
        main += usize::from(is_first_match(&look, &outfit.products[0]));
        products += outfit.products.len();
        all += outfit.products.iter().filter(|drawn| is_first_match(&look, drawn)).count();
    }
    println!("first match right: {main} of {} main products, {all} of {products}", outfits.len());
    assert!(main as f64 >= FIRST_MATCHES * outfits.len() as f64, "{main} of {}", outfits.len());
}

#[tokio::test]
async fn a_match_that_is_taken_for_the_same_product_is_it() {
    let (mut right, mut wrong) = (0, 0);
    for outfit in outfits() {
        let drawn: Vec<&str> = outfit.products.iter().map(|drawn| &*drawn.product_id).collect();
        let look = SERVICE.look(&outfit_photo(&outfit)).await;
        let matches = list(&look, "garments").iter().flat_map(|garment| list(garment, "matches"));
        for found in matches.filter(|found| found["looks_alike"]["same_product"] == true) {
            assert_eq!(found["reasons"][0]["text"], "looks the same");
            let is_it = drawn.contains(&found["product_id"].as_str().unwrap());
            *if is_it { &mut right } else { &mut wrong } += 1;
        }
    }
    println!("taken for the same product: {right} rightly, {wrong} wrongly");
    assert!(right > 0 && wrong * 4 <= right, "{right} rightly, {wrong} wrongly");
}

#[tokio::test]
async fn advice_names_only_products_that_were_matched() {
    let mut suggestions = 0;
    for outfit in outfits().iter().take(20) {
        let look = SERVICE.look(&outfit_photo(outfit)).await;
        let matched: Vec<&Value> = list(&look, "garments")
            .iter()
            .flat_map(|garment| list(garment, "matches"))
            .map(|found| &found["product_id"])
            .collect();
        for suggestion in list(&look["advice"], "suggestions") {
            suggestions += 1;
            assert!(suggestion["text"].as_str().unwrap().ends_with('.'), "{suggestion}");
            for id in list(suggestion, "product_ids") {
                assert!(matched.contains(&id), "{id} in {look}");
            }
        }
    }
    assert!(suggestions > 0);
}

/// The first product of the first garment with matches.
fn first_match(look: &Value) -> &Value {
    let garments = list(look, "garments").iter();
    garments.map(|garment| &garment["matches"][0]).find(|found| !found.is_null()).unwrap()
}

async fn set_offers(product: &str, change: impl Fn(&mut vitrine_core::product::Offer)) {
    let ids = [ProductId::new(product).unwrap()];
    let product = SERVICE.shop.catalog.products(&merchant(), &ids).await.unwrap().remove(0);
    let changes = product.variants.into_iter().map(|mut variant| {
        change(&mut variant.offer);
        OfferChange { variant: variant.id, patch: variant.offer.into() }
    });
    SERVICE.shop.catalog.set_offers(&merchant(), changes.collect()).await.unwrap();
}

#[tokio::test]
async fn a_price_and_a_stock_change_show_in_the_very_next_answer_without_model_time() {
    let photo = demo().join("photos/outfit.jpg");
    let before = SERVICE.look(&photo).await;
    let product = first_match(&before)["product_id"].as_str().unwrap().to_owned();

    set_offers(&product, |offer| {
        offer.price.amount = 12_345;
        offer.sale_price = None;
    })
    .await;
    let after = SERVICE.look(&photo).await;
    assert_eq!(first_match(&after)["product_id"], product.as_str());
    assert_eq!(first_match(&after)["price"]["amount"], 12_345);
    assert_eq!((&after["cached"], &after["timings"]["describe"]), (&Value::Bool(true), &0.into()));

    set_offers(&product, |offer| offer.stock = Some(0)).await;
    let sold_out = SERVICE.look(&photo).await;
    let offered = list(&sold_out, "garments")
        .iter()
        .flat_map(|garment| list(garment, "matches"))
        .any(|found| found["product_id"] == product.as_str());
    assert!(!offered, "{product} is sold out, in {sold_out}");

    set_offers(&product, |offer| offer.stock = Some(5)).await;
    let back = SERVICE.look(&photo).await;
    assert_eq!(first_match(&back)["product_id"], product.as_str());
}

#[tokio::test]
async fn a_photo_without_clothes_gets_an_empty_answer_and_a_note() {
    let look = SERVICE.look(&demo().join("photos/no-clothes.jpg")).await;
    assert_eq!(list(&look, "garments"), &[] as &[Value]);
    assert!(look["advice"].is_null());
    assert!(look["note"].as_str().unwrap().contains("no clothes"), "{look}");
}

#[tokio::test]
async fn a_look_can_be_fetched_again_with_its_merchants_token() {
    let look = SERVICE.look(&demo().join("photos/outfit.jpg")).await;
    let address = SERVICE.url(&format!("/v1/looks/{}", look["id"].as_str().unwrap()));
    let ask = |token: &str| reqwest::Client::new().get(&address).bearer_auth(token).send();
    let again: Value = ask(&SERVICE.token).await.unwrap().json().await.unwrap();
    assert_eq!(again, look);
    assert_eq!(ask("no.such.token").await.unwrap().status(), 401);
}

#[tokio::test]
async fn a_broken_photo_is_refused_and_the_next_one_answered() {
    let photo = std::fs::read(demo().join("photos/outfit.jpg")).unwrap();
    let (status, problem) = SERVICE.send_photo(photo[..photo.len() / 2].to_vec()).await;
    assert_eq!((status, problem["code"].as_str()), (422, Some("photo_damaged")));
    let (status, problem) = SERVICE.send_photo(b"not a picture at all".to_vec()).await;
    assert_eq!((status, problem["code"].as_str()), (415, Some("photo_not_a_picture")));
    assert_eq!(SERVICE.send_photo(photo).await.0, 200);
}

#[tokio::test]
async fn eight_customers_at_once_get_the_answers_they_would_get_alone() {
    let outfits = outfits();
    let photos: Vec<PathBuf> = outfits[30..38].iter().map(outfit_photo).collect();
    let together = futures::future::join_all(photos.iter().map(|photo| SERVICE.look(photo))).await;
    let alone = Service::start();
    for (photo, look) in photos.iter().zip(together) {
        let wanted = alone.look(photo).await;
        let seen = |look: &Value| -> Vec<(Value, Value, Value)> {
            list(look, "garments")
                .iter()
                .map(|g| (g["category"].clone(), g["box"].clone(), g["description"].clone()))
                .collect()
        };
        assert_eq!(seen(&look), seen(&wanted), "{}", photo.display());
    }
}

#[tokio::test]
async fn the_service_says_that_it_lives_and_that_its_models_answer() {
    for path in ["/healthz", "/readyz"] {
        let status = reqwest::get(SERVICE.url(path)).await.unwrap().status();
        assert_eq!(status, 200, "{path}");
    }
}

#[tokio::test]
async fn real_photos_are_answered() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/photos/validation");
    let Ok(entries) = std::fs::read_dir(&folder) else {
        println!("skipped: there are no real photos in {}", folder.display());
        return;
    };
    let mut photos: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    photos.sort();
    for photo in photos.iter().step_by(photos.len() / 10) {
        let look = SERVICE.look(photo).await;
        for garment in list(&look, "garments") {
            assert!(region(garment).area() > 0.0, "{garment}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_model_did_is_told_to_who_watches() {
    SERVICE.look(&demo().join("photos/outfit.jpg")).await;
    let answer = reqwest::get(SERVICE.url("/metrics")).await.unwrap();
    let text = answer.text().await.unwrap();
    let told = |name: &str| -> f64 {
        let line = text.lines().find_map(|line| line.strip_prefix(name));
        line.unwrap_or_else(|| panic!("{name}: {text}")).trim().parse().unwrap()
    };
    assert!(told("vitrine_model_tokens_total{use=\"see\"}") > 10.0);
    assert!(told("vitrine_model_duration_seconds_count{use=\"see\"}") >= 1.0);
    assert!(told("vitrine_model_duration_seconds_sum{use=\"see\"}") > 0.01);
    // What the dashboard and the alerts are held to (monitoring/check).
    let kept = Path::new(env!("CARGO_TARGET_TMPDIR")).join("../metrics.txt");
    std::fs::write(kept, text).unwrap();
}
