//! What is not a good request is told so, by its own code, and harms nobody else.

mod common;

use base64::{Engine, prelude::BASE64_STANDARD};
use common::{form, picture, png, problem, start, token};
use image::ImageFormat;
use reqwest::multipart::{Form, Part};
use serde_json::json;

/// A PNG header of this size with a good checksum.
fn png_claiming(width: u32, height: u32) -> Vec<u8> {
    let mut header = b"IHDR".to_vec();
    header.extend(width.to_be_bytes());
    header.extend(height.to_be_bytes());
    header.extend([8, 2, 0, 0, 0]);
    let mut crc = u32::MAX;
    for byte in &header {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 };
        }
    }
    let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\x0d".to_vec();
    png.extend(header);
    png.extend((!crc).to_be_bytes());
    png.extend([0, 0, 0, 4]);
    png.extend(b"IDAT\0\0\0\0\0\0\0\0");
    png
}

#[tokio::test]
async fn every_bad_photo_has_its_own_code() {
    let service = start().await;
    let jpeg = picture(200, 200, ImageFormat::Jpeg);
    let heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic................".to_vec();
    let avif = b"\0\0\0\x18ftypavif\0\0\0\0mif1avif................".to_vec();
    for (photo, status, code) in [
        (vec![], 422, "photo_empty"),
        (b"hello".to_vec(), 415, "photo_not_a_picture"),
        (heic, 415, "photo_format_unsupported"),
        (avif, 415, "photo_format_unsupported"),
        (jpeg[..jpeg.len() / 2].to_vec(), 422, "photo_damaged"),
        (png_claiming(30_000, 30_000), 422, "photo_too_many_pixels"),
        (png(63, 100), 422, "photo_too_small"),
        (png(600, 64), 422, "photo_too_narrow"),
        (vec![0; 20 * 1024 * 1024 + 1], 413, "photo_too_large"),
    ] {
        problem(service.post_photo(photo.clone()).await, status, code).await;
        if photo.len() < 1_000_000 {
            let data = BASE64_STANDARD.encode(photo);
            let response = service.post_json(&json!({"photo": {"data": data}})).await;
            problem(response, status, code).await;
        }
        service.still_answers().await;
    }
    problem(service.post_form(Form::new().text("text", "hi")).await, 422, "photo_missing").await;
}

#[tokio::test]
async fn a_bad_field_of_a_form_is_named() {
    let service = start().await;
    let long = "x".repeat(501);
    for (name, value, code) in [
        ("limit", "0", "limit_invalid"),
        ("limit", "21", "limit_invalid"),
        ("limit", "-1", "limit_invalid"),
        ("limit", "many", "limit_invalid"),
        ("limit", "1.5", "limit_invalid"),
        ("locale", "not a tag", "locale_invalid"),
        ("locale", "en_GB!", "locale_invalid"),
        ("filters", "{", "filters_invalid"),
        ("filters", "[]]", "filters_invalid"),
        ("filters", r#"{"colours":["mauve"]}"#, "filters_invalid"),
        ("filters", r#"{"colors":["red"]}"#, "filters_invalid"),
        ("text", &long, "text_too_long"),
        ("size", "M", "field_unknown"),
    ] {
        let form = form(png(96, 96)).text(name, value.to_owned());
        let body = problem(service.post_form(form).await, 422, code).await;
        assert_eq!(body["errors"][0]["pointer"], format!("#/{name}"), "{value}");
    }
    let twice = form(png(96, 96)).text("limit", "3").text("limit", "4");
    problem(service.post_form(twice).await, 422, "field_repeated").await;
    let photos = form(png(96, 96)).part("photo", Part::bytes(png(96, 96)));
    problem(service.post_form(photos).await, 422, "field_repeated").await;
    let latin = form(png(96, 96)).part("text", Part::bytes(vec![0xE9, 0xFF]));
    problem(service.post_form(latin).await, 422, "text_invalid").await;
    service.still_answers().await;
}

#[tokio::test]
async fn empty_fields_of_a_form_are_no_fields() {
    let service = start().await;
    let form = ["text", "filters", "limit", "locale"]
        .into_iter()
        .fold(form(png(96, 96)), |form, name| form.text(name, ""));
    assert_eq!(service.post_form(form).await.status(), 200);
}

#[tokio::test]
async fn a_bad_field_of_json_is_named() {
    let service = start().await;
    let photo = json!({"data": BASE64_STANDARD.encode(png(96, 96))});
    for (body, code, pointer) in [
        (json!({}), "photo_missing", "#/photo"),
        (json!({"photo": null}), "photo_missing", "#/photo"),
        (json!({"photo": "abc"}), "photo_missing", "#/photo"),
        (json!({"photo": {}}), "photo_missing", "#/photo"),
        (json!({"photo": {"data": 7}}), "photo_missing", "#/photo/data"),
        (json!({"photo": {"url": ["http://x"]}}), "photo_missing", "#/photo/url"),
        (json!({"photo": {"id": 7}}), "photo_missing", "#/photo/id"),
        (json!({"photo": {"path": "/etc"}}), "field_unknown", "#/photo/path"),
        (json!({"photo": {"data": "no base64!"}}), "photo_base64_invalid", "#/photo/data"),
        (
            json!({"photo": {"data": "data:image/png;base64,AAAA"}}),
            "photo_base64_invalid",
            "#/photo/data",
        ),
        (json!({"photo": photo, "limit": 0}), "limit_invalid", "#/limit"),
        (json!({"photo": photo, "limit": "5"}), "limit_invalid", "#/limit"),
        (json!({"photo": photo, "locale": 5}), "locale_invalid", "#/locale"),
        (json!({"photo": photo, "text": ["a"]}), "text_invalid", "#/text"),
        (json!({"photo": photo, "text": "ä".repeat(501)}), "text_too_long", "#/text"),
        (json!({"photo": photo, "filters": 3}), "filters_invalid", "#/filters"),
        (json!({"photo": photo, "colour": "red"}), "field_unknown", "#/colour"),
    ] {
        let said = problem(service.post_json(&body).await, 422, code).await;
        assert_eq!(said["errors"][0]["pointer"], pointer, "{said}");
    }
    let ok = json!({"photo": photo, "text": "ä".repeat(500), "limit": 20});
    assert_eq!(service.post_json(&ok).await.status(), 200);
}

#[tokio::test]
async fn what_is_said_of_a_field_does_not_repeat_all_of_it() {
    let service = start().await;
    let photo = json!({"data": BASE64_STANDARD.encode(png(96, 96))});
    let body = json!({"photo": photo, "filters": {"colours": ["x".repeat(1_000_000)]}});
    let said = problem(service.post_json(&body).await, 422, "filters_invalid").await;
    assert!(said.to_string().len() < 2_000);
}

#[tokio::test]
async fn a_body_of_another_kind_is_refused() {
    const FORM: &str = "multipart/form-data; boundary=b";
    let service = start().await;
    let post = |kind: &'static str, body: &'static str| {
        let request = service.client.post(service.url("/v1/looks")).bearer_auth(token());
        request.header("Content-Type", kind).body(body).send()
    };
    let endless_head: &'static str = format!("--b\r\nX-Long: {}", "x".repeat(200_000)).leak();
    for (kind, body, status, code) in [
        ("text/plain", "hello", 415, "body_unsupported"),
        ("image/jpeg", "hello", 415, "body_unsupported"),
        ("application/json", "{", 400, "json_invalid"),
        ("application/json", "", 400, "json_invalid"),
        ("application/json", "[1]", 400, "json_invalid"),
        ("multipart/form-data", "x", 400, "multipart_invalid"),
        (FORM, "", 400, "body_incomplete"),
        (
            FORM,
            "--b\r\nContent-Disposition: form-data; name=\"photo\"\r\n\r\nx",
            400,
            "body_incomplete",
        ),
        (FORM, "--b\r\n\r\nx\r\n--b--\r\n", 400, "body_incomplete"),
        (FORM, "--b\r\nContent-Type: text/plain\r\n\r\nx\r\n--b--\r\n", 400, "multipart_invalid"),
        (
            FORM,
            "--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--\r\n",
            400,
            "multipart_invalid",
        ),
        (FORM, endless_head, 400, "multipart_invalid"),
    ] {
        problem(post(kind, body).await.unwrap(), status, code).await;
    }
    let deep: &'static str = "[".repeat(100_000).leak();
    problem(post("application/json", deep).await.unwrap(), 400, "json_invalid").await;
    let zipped = service.client.post(service.url("/v1/looks")).bearer_auth(token());
    let zipped = zipped.header("Content-Encoding", "gzip").json(&json!({})).send().await.unwrap();
    problem(zipped, 415, "body_unsupported").await;
    service.still_answers().await;
}

#[tokio::test]
async fn an_unknown_path_and_a_wrong_method_are_problems_too() {
    let service = start().await;
    problem(service.get("/v2/nothing", &token()).await, 404, "route_unknown").await;
    let response = service.get("/v1/looks", &token()).await;
    assert_eq!(response.headers()["allow"], "POST");
    problem(response, 405, "method_not_allowed").await;
    let response = service.client.delete(service.url("/healthz")).send().await.unwrap();
    assert_eq!(response.headers()["allow"], "GET");
    problem(response, 405, "method_not_allowed").await;
}

#[tokio::test]
async fn every_code_is_explained_on_the_page_of_problems() {
    let service = start().await;
    let page = service.get("/problems", "").await.text().await.unwrap();
    assert!(page.contains("id=\"photo_too_small\""));
    let contract: serde_json::Value = service.get("/openapi.json", "").await.json().await.unwrap();
    assert!(contract["paths"]["/v1/looks"]["post"].is_object());
}
