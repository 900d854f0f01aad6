use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::Value;
use vitrine_core::testing::{contracts, sample};

use super::*;
use crate::tests::stand_in::{Asked, Reply, StandIn};

const KEY: &str = "sk-a-key-that-nobody-may-see";

fn settings(server: &StandIn) -> ServedSettings {
    ServedSettings {
        urls: vec![server.url.clone()],
        model: "judge".into(),
        api_key: Some(KEY.into()),
        timeout_seconds: 20,
    }
}

/// The picture of a request, after a look at the rest of it.
fn picture(asked: &Asked) -> RgbImage {
    assert_eq!(asked.path, "/v1/moderations");
    assert_eq!(asked.header("content-type"), Some("application/json"));
    assert_eq!(asked.header("authorization"), Some(format!("Bearer {KEY}").as_str()));
    let body: Value = serde_json::from_slice(&asked.body).unwrap();
    assert_eq!(body["model"], "judge");
    let [input] = &body["input"].as_array().unwrap()[..] else { panic!("{body}") };
    assert_eq!(input["type"], "image_url");
    let (kind, data) = input["image_url"]["url"].as_str().unwrap().split_once(";base64,").unwrap();
    assert!(["data:image/png", "data:image/jpeg"].contains(&kind));
    image::load_from_memory(&STANDARD.decode(data).unwrap()).unwrap().into_rgb8()
}

/// What a server says of a photo, with OpenAI's own fields.
fn judged(flagged: bool, categories: &Value) -> Reply {
    let scores = json!({"sexual": 0.5, "violence": 0.5});
    let result = json!({"flagged": flagged, "categories": categories, "category_scores": scores});
    Reply::json(&json!({"id": "modr-1", "model": "judge", "results": [result]}))
}

fn fit() -> Reply {
    judged(false, &json!({"sexual": false, "violence": false}))
}

/// Answers the probe as it should, and what comes after it so.
async fn after_probe(does: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> StandIn {
    StandIn::start(move |asked| if asked.before == 0 { fit() } else { does(asked) }).await
}

async fn judge(moderation: &ServedModeration) -> Result<Verdict, ModelError> {
    moderation.judge(&sample::photo(1), &sample::permit().await).await
}

/// What comes of a photo after the probe.
async fn verdict_of(
    does: impl Fn(&Asked) -> Reply + Send + Sync + 'static,
) -> Result<Verdict, ModelError> {
    let server = after_probe(does).await;
    let verdict = judge(&ServedModeration::load(&settings(&server)).await.unwrap()).await;
    assert!(!format!("{verdict:?}").contains(KEY), "{verdict:?}");
    verdict
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_keeps_the_contract() {
    let server = StandIn::start(|asked| {
        let is_red = picture(asked).get_pixel(0, 0).0[0] > 150;
        judged(is_red, &json!({"sexual": is_red}))
    });
    let server = server.await;
    let moderation = ServedModeration::load(&settings(&server)).await.unwrap();
    assert_eq!(moderation.name(), "judge");
    let (fit, red) = (sample::photo(20), sample::photo(220));
    contracts::moderation(&moderation, &fit, &red, Unfit::Nakedness).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_photo_is_judged_whole_without_the_margin_and_larger_than_the_model_sees_it() {
    let server = after_probe(|asked| {
        let picture = picture(asked);
        assert_eq!(picture.dimensions(), (400, 200));
        judged(*picture.get_pixel(0, 0) == Rgb([0; 3]), &json!({}))
    });
    let server = server.await;
    let moderation = ServedModeration::load(&settings(&server)).await.unwrap();
    let photo = Photo::from_picture(&RgbImage::new(400, 200), 64);
    let judged = moderation.judge(&photo, &sample::permit().await).await;
    assert_eq!(judged, Ok(Verdict::Unfit(Unfit::Unsuitable)));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_flagged_as_sexual_is_nakedness_and_all_else_that_is_flagged_is_unsuitable() {
    let (nakedness, unsuitable) =
        (Verdict::Unfit(Unfit::Nakedness), Verdict::Unfit(Unfit::Unsuitable));
    for (flagged, categories, verdict) in [
        (false, json!({"sexual": false, "illicit": null}), Verdict::Fit),
        (true, json!({"sexual": true, "violence": false}), nakedness),
        (true, json!({"sexual": true, "violence": true}), nakedness),
        (true, json!({"sexual": false, "violence": true}), unsuitable),
        (true, json!({"sexual": null, "self-harm": true}), unsuitable),
        (true, json!({}), unsuitable),
    ] {
        let told = categories.clone();
        let judged = verdict_of(move |_| judged(flagged, &categories)).await;
        assert_eq!(judged, Ok(verdict), "{told}");
    }
    let bare = verdict_of(|_| Reply::new(200, r#"{"results": [{"flagged": true}]}"#)).await;
    assert_eq!(bare, Ok(unsuitable), "a server that names no categories");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_one_verdict_is_an_error() {
    for answer in [
        r#"{"results": []}"#,
        r#"{"results": [{"flagged": false}, {"flagged": false}]}"#,
        r#"{"results": [{"categories": {"sexual": false}}]}"#,
        r#"{"results": [{"flagged": "no"}]}"#,
        r#"{"error": {"message": "no such model"}}"#,
        "<html>",
        "",
    ] {
        let error = verdict_of(move |_| Reply::new(200, answer)).await.unwrap_err();
        assert!(matches!(error, ModelError::Answer(_)), "{answer}: {error:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_passes_is_tried_twice_more_and_what_does_not_is_not() {
    let server = after_probe(|asked| match asked.before {
        1 => Reply::new(503, "loading"),
        2 => Reply::new(429, "busy"),
        _ => fit(),
    });
    let server = server.await;
    let moderation = ServedModeration::load(&settings(&server)).await.unwrap();
    assert_eq!(judge(&moderation).await, Ok(Verdict::Fit));
    assert_eq!(server.asked(), 4);

    for (status, tries) in [(429, 3), (502, 3), (500, 1), (400, 1)] {
        let server = after_probe(move |_| Reply::new(status, "no")).await;
        let moderation = ServedModeration::load(&settings(&server)).await.unwrap();
        let error = judge(&moderation).await.unwrap_err().to_string();
        assert!(error.contains(&status.to_string()), "{error}");
        assert_eq!(server.asked(), 1 + tries, "{status}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_server_judges_what_one_fails_to() {
    let bad = after_probe(|_| Reply::new(500, "it broke")).await;
    let good = StandIn::start(|_| fit()).await;
    let urls = vec![bad.url.clone(), good.url.clone()];
    let settings = ServedSettings { urls, ..settings(&bad) };
    let moderation = ServedModeration::load(&settings).await.unwrap();
    for _ in 0..6 {
        assert_eq!(judge(&moderation).await, Ok(Verdict::Fit));
    }
    assert!((2..=4).contains(&bad.asked()), "it is left alone, but was asked {}", bad.asked());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_hangs_is_not_waited_for() {
    let server = after_probe(|_| Reply::never()).await;
    let settings = ServedSettings { timeout_seconds: 1, ..settings(&server) };
    let moderation = ServedModeration::load(&settings).await.unwrap();
    assert_eq!(judge(&moderation).await, Err(ModelError::Timeout(1)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_can_not_be_used_is_told_when_it_is_loaded() {
    for (status, text, told) in [
        (404, "no model called judge", "no model called judge"),
        (401, KEY, "look at the API key"),
        (200, "<html>", "no verdict on a photo"),
    ] {
        let server = StandIn::start(move |_| Reply::new(status, text)).await;
        let error = ServedModeration::load(&settings(&server)).await.err().unwrap();
        assert!(matches!(error, ModelError::Load(_)), "{error:?}");
        let text = error.to_string();
        assert!(text.contains(told) && !text.contains(KEY), "{text}");
    }
}
