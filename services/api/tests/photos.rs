//! Photos by their address and by their id, and the part of them that is meant.

mod common;

use std::sync::Arc;

use base64::{Engine, prelude::BASE64_STANDARD};
use common::{Service, form, png, problem, start, start_with, token_for};
use serde_json::{Value, json};
use vitrine_api::ServerSettings;
use vitrine_core::{
    admission::Admission,
    garment::{Garment, Region},
    ports::FetchError,
    testing::{FakeVision, Page, sample},
    vocabulary::{Category, Colour},
};

const ADDRESS: &str = "https://pictures.example/outfit";

fn at(url: &str) -> Value {
    json!({"photo": {"url": url}})
}

#[tokio::test]
async fn a_photo_is_fetched_from_its_address() {
    let service = start().await;
    service.web.put(ADDRESS, Page::of("image/png", png(120, 96)));
    let look: Value = service.post_json(&at(ADDRESS)).await.json().await.unwrap();
    assert_eq!(look["garments"][0]["matches"][0]["product_id"], "p1");
    let sent: Value = service.post_photo(png(120, 96)).await.json().await.unwrap();
    assert_eq!(look["photo_id"], sent["photo_id"]);
}

#[tokio::test]
async fn an_address_that_gives_no_photo_says_so_and_shows_nothing_of_what_is_near() {
    let service = start().await;
    service.web.put(ADDRESS, Page::of("text/html", "<html>"));
    problem(service.post_json(&at(ADDRESS)).await, 415, "photo_not_a_picture").await;
    service.web.put("https://pictures.example/none", Page::status(404));
    let host = || "db.internal".to_owned();
    let inside = "https://db.internal/";
    service.web.fail(inside, FetchError::Forbidden { host: host(), why: "is a private address" });
    let mut told = Vec::new();
    for url in ["https://pictures.example/none", inside, "https://nobody.example/"] {
        let body = problem(service.post_json(&at(url)).await, 422, "photo_unreachable").await;
        assert_eq!(body["errors"][0]["pointer"], "#/photo/url");
        told.push(body["detail"].as_str().unwrap().to_owned());
    }
    assert!(told.iter().all(|detail| *detail == told[0]), "{told:?}");
    for url in ["file:///etc/passwd", "ftp://pictures.example/a", "no address", ""] {
        problem(service.post_json(&at(url)).await, 422, "photo_unreachable").await;
    }
}

#[tokio::test]
async fn a_photo_that_was_sent_is_asked_for_again_by_its_id() {
    let service = start().await;
    let sent: Value = service.post_photo(png(120, 96)).await.json().await.unwrap();
    let by_id = json!({"photo": {"id": sent["photo_id"]}, "text": "for a wedding"});
    let look: Value = service.post_json(&by_id).await.json().await.unwrap();
    assert_eq!(look["photo_id"], sent["photo_id"]);
    assert_eq!(look["garments"], sent["garments"]);
    assert_eq!(look["cached"], true);

    let request = service.client.post(service.url("/v1/looks")).bearer_auth(token_for("other"));
    let other = request.json(&by_id).send().await.unwrap();
    problem(other, 404, "photo_unknown").await;
    let unknown = json!({"photo": {"id": "5f2d1c0e9b8a47769d3e4c5b6a798812"}});
    problem(service.post_json(&unknown).await, 404, "photo_unknown").await;
}

#[tokio::test]
async fn a_photo_has_one_source() {
    let service = start().await;
    let data = BASE64_STANDARD.encode(png(96, 96));
    for photo in [
        json!({}),
        json!({"data": data, "id": "x"}),
        json!({"url": ADDRESS, "id": "x"}),
        json!({"id": 7}),
        json!({"data": null, "url": null}),
        json!("x"),
    ] {
        problem(service.post_json(&json!({"photo": photo})).await, 422, "photo_missing").await;
    }
    let unknown = json!({"photo": {"data": data, "path": "/tmp"}});
    problem(service.post_json(&unknown).await, 422, "field_unknown").await;
}

/// Sees a dress on the left and shoes on the right.
async fn two_garments() -> Service {
    let region = |left, right| Region { left, top: 0.1, right, bottom: 0.9 };
    let seen =
        |category, colour, region| Garment { region, ..sample::garment(category, &[colour]) };
    let vision = FakeVision::seeing(vec![
        seen(Category::Dress, Colour::Navy, region(0.0, 0.4)),
        seen(Category::Shoes, Colour::White, region(0.6, 1.0)),
    ]);
    start_with(Arc::new(vision), Admission::new(1, 4), ServerSettings::default()).await
}

fn garments(look: &Value) -> Vec<&str> {
    look["garments"].as_array().unwrap().iter().map(|seen| seen["id"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_box_or_a_point_picks_one_garment() {
    let service = two_garments().await;
    for (field, value, picked) in [
        ("point", r#"{"x":0.2,"y":0.5}"#, vec!["g1"]),
        ("point", r#"{"x":0.8,"y":0.5}"#, vec!["g2"]),
        ("point", r#"{"x":0.5,"y":0.5}"#, vec![]),
        ("region", r#"{"left":0.55,"top":0.0,"right":1.0,"bottom":1.0}"#, vec!["g2"]),
    ] {
        let form = form(png(120, 96)).text(field, value);
        let look: Value = service.post_form(form).await.json().await.unwrap();
        assert_eq!(garments(&look), picked, "{value}");
        assert_eq!(look["note"].is_string(), picked.is_empty(), "{value}");
    }
    let whole: Value = service.post_photo(png(120, 96)).await.json().await.unwrap();
    assert_eq!((garments(&whole), &whole["cached"]), (vec!["g1", "g2"], &json!(true)));
}

#[tokio::test]
async fn a_part_that_is_none_is_refused() {
    let service = start().await;
    for (field, value) in [
        ("point", r#"{"x":1.5,"y":0.5}"#),
        ("point", r#"{"x":0.5}"#),
        ("point", r#"{"x":0.5,"y":0.5,"z":1}"#),
        ("point", "[0.5, 0.5]"),
        ("region", r#"{"left":0.5,"top":0,"right":0.5,"bottom":1}"#),
        ("region", r#"{"left":0.9,"top":0,"right":0.1,"bottom":1}"#),
        ("region", r#"{"left":-1,"top":0,"right":1,"bottom":1}"#),
        ("region", "left"),
    ] {
        let form = form(png(96, 96)).text(field, value);
        problem(service.post_form(form).await, 422, "region_invalid").await;
    }
    let both = form(png(96, 96))
        .text("point", r#"{"x":0.5,"y":0.5}"#)
        .text("region", r#"{"left":0,"top":0,"right":1,"bottom":1}"#);
    problem(service.post_form(both).await, 422, "region_invalid").await;
}
