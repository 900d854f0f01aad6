//! Photos that are none for a shop.

mod common;

use std::sync::Arc;

use base64::{Engine, prelude::BASE64_STANDARD};
use common::{Service, form, png, problem, seeing_a_dress, start, start_with, token};
use reqwest::Response;
use serde_json::{Value, json};
use vitrine_api::{RateLimits, ServerSettings};
use vitrine_core::{
    admission::Admission,
    moderation::{Moderated, Unfit},
    photo::Photo,
    ports::ModelError,
    quota::Quota,
    testing::{FakeModeration, FakeVision},
};

/// One for each reason to refuse it; no two are the same.
fn photos() -> Vec<(Vec<u8>, Unfit)> {
    let photo = |(number, why): (u32, &Unfit)| (png(100 + 40 * number, 96), *why);
    (0..).zip(Unfit::ALL).map(photo).collect()
}

/// A photo that is none of those.
fn fit() -> Vec<u8> {
    png(96, 200)
}

fn refusing() -> FakeModeration {
    let read = |(bytes, why): (Vec<u8>, Unfit)| (Photo::read(&bytes, 64).unwrap(), why);
    let photos: Vec<(Photo, Unfit)> = photos().into_iter().map(read).collect();
    FakeModeration::refusing(photos.iter().map(|(photo, why)| (photo, *why)))
}

/// A service whose photos are judged, and the model that sees those that are fit.
async fn judged(
    moderation: FakeModeration,
    settings: ServerSettings,
) -> (Service, Arc<FakeVision>) {
    let vision = seeing_a_dress();
    let moderated = Moderated::new(vision.clone(), Arc::new(moderation));
    (start_with(Arc::new(moderated), Admission::new(2, 8), settings).await, vision)
}

async fn stream(service: &Service, photo: Vec<u8>) -> Response {
    let request = service.client.post(service.url("/v1/looks")).bearer_auth(token());
    request.header("Accept", "text/event-stream").multipart(form(photo)).send().await.unwrap()
}

/// The names of all events, and the data of the first and the last one.
async fn events(response: Response) -> (Vec<String>, Value, Value) {
    assert_eq!(response.status(), 200);
    let text = response.text().await.unwrap();
    let parted = |block: &str| {
        let (name, data) = block.split_once('\n').unwrap();
        let name = name.strip_prefix("event: ").unwrap().to_owned();
        (name, serde_json::from_str(data.strip_prefix("data: ").unwrap()).unwrap())
    };
    let (names, data): (Vec<String>, Vec<Value>) =
        text.split_terminator("\n\n").map(parted).unzip();
    (names, data.first().unwrap().clone(), data.last().unwrap().clone())
}

async fn search(service: &Service, photo: &[u8]) -> Response {
    let body = json!({"photo": {"data": BASE64_STANDARD.encode(photo)}});
    let request = service.client.post(service.url("/v1/search")).bearer_auth(token());
    request.json(&body).send().await.unwrap()
}

#[tokio::test]
async fn each_reason_is_told_in_its_own_words_whole_in_events_and_in_a_search() {
    let (service, vision) = judged(refusing(), ServerSettings::default()).await;
    for (photo, why) in photos() {
        let words = why.words();
        let whole = problem(service.post_photo(photo.clone()).await, 422, "photo_refused").await;
        assert_eq!(whole["detail"], words);
        assert_eq!(whole["errors"], json!([{"detail": words, "pointer": "#/photo"}]));

        let (names, _, failure) = events(stream(&service, photo.clone()).await).await;
        assert_eq!(names, ["look.created", "look.failed"]);
        assert_eq!((&failure["code"], &failure["status"]), (&json!("photo_refused"), &json!(422)));
        assert_eq!(failure["detail"], words);

        let found = problem(search(&service, &photo).await, 422, "photo_refused").await;
        assert_eq!(found["detail"], words);
    }
    assert_eq!(vision.asked(), 0, "the model that describes is shown none of them");
}

#[tokio::test]
async fn a_fit_photo_is_answered_and_where_nobody_judges_every_photo_is() {
    let (judged, vision) = judged(refusing(), ServerSettings::default()).await;
    let look: Value = judged.post_photo(fit()).await.json().await.unwrap();
    assert_eq!(look["garments"][0]["matches"][0]["product_id"], "p1");
    assert_eq!(search(&judged, &fit()).await.status(), 200);
    assert_eq!(vision.asked(), 1);

    let unjudged = start().await;
    for (photo, _) in photos() {
        assert_eq!(unjudged.post_photo(photo.clone()).await.status(), 200);
        assert_eq!(search(&unjudged, &photo).await.status(), 200);
    }
}

#[tokio::test]
async fn of_a_refused_photo_nothing_can_be_had_again() {
    let (service, _) = judged(refusing(), ServerSettings::default()).await;
    let again = async |photo: Vec<u8>| {
        let (_, created, _) = events(stream(&service, photo).await).await;
        let look = format!("/v1/looks/{}", created["id"].as_str().unwrap());
        let by_id = service.post_json(&json!({"photo": {"id": created["photo_id"]}})).await;
        (by_id, service.get(&look, &token()).await)
    };
    for (photo, _) in photos() {
        let (by_id, look) = again(photo).await;
        problem(by_id, 404, "photo_unknown").await;
        problem(look, 404, "look_unknown").await;
    }
    let (by_id, look) = again(fit()).await;
    assert_eq!((by_id.status().as_u16(), look.status().as_u16()), (200, 200));
}

#[tokio::test]
async fn a_refused_photo_counts_as_a_request() {
    let rates = RateLimits { caller: Quota::a_minute(2), merchant: Quota::a_minute(100) };
    let settings = ServerSettings { rates, ..ServerSettings::default() };
    let (service, _) = judged(refusing(), settings).await;
    let token = token();
    for (at, (photo, _)) in photos().into_iter().take(3).enumerate() {
        let request = service.client.post(service.url("/v1/looks")).bearer_auth(&token);
        let answer = request.multipart(form(photo)).send().await.unwrap();
        match at {
            0 | 1 => problem(answer, 422, "photo_refused").await,
            _ => problem(answer, 429, "rate_limited").await,
        };
    }
}

#[tokio::test]
async fn where_photos_can_not_be_judged_none_is_answered_and_the_service_is_not_ready() {
    let broken = FakeModeration::failing(ModelError::Stopped("a secret".into()));
    let (service, vision) = judged(broken, ServerSettings::default()).await;
    problem(service.post_photo(fit()).await, 503, "model_unavailable").await;
    problem(search(&service, &fit()).await, 503, "model_unavailable").await;
    let body = problem(service.get("/readyz", "").await, 503, "not_ready").await;
    assert!(!body.to_string().contains("secret"), "{body}");
    assert_eq!(vision.asked(), 0);

    let (service, _) = judged(refusing(), ServerSettings::default()).await;
    let ready: Value = service.get("/readyz", "").await.json().await.unwrap();
    assert_eq!(ready["model"], "fake-vision checked by fake-moderation");
}
