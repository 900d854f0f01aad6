use base64::{Engine, engine::general_purpose::STANDARD};
use futures::executor::block_on;
use image::Rgb;
use serde_json::{Value, json};
use vitrine_core::testing::{FakeImageEmbedder, contracts};

use super::*;
use crate::{
    settings::{ServedSettings, Wire},
    tests::stand_in::{Asked, Reply, StandIn},
};

const KEY: &str = "sk-a-key-that-nobody-may-see";

fn settings(server: &StandIn, wire: Wire) -> ServedImageEmbedderSettings {
    ServedImageEmbedderSettings {
        served: ServedSettings {
            urls: vec![server.url.clone()],
            model: "eye".into(),
            api_key: Some(KEY.into()),
            timeout_seconds: 20,
        },
        wire,
        grades: Some(Grades { same: Some(1.1), very_similar: Some(0.8), similar: Some(0.5) }),
    }
}

/// The pictures of a request, after a look at the rest of it.
fn pictures(asked: &Asked) -> Vec<RgbImage> {
    let body: Value = serde_json::from_slice(&asked.body).unwrap();
    assert_eq!((&body["model"], &body["encoding_format"]), (&json!("eye"), &json!("float")));
    assert_eq!(asked.header("content-type"), Some("application/json"));
    assert_eq!(asked.header("authorization"), Some(format!("Bearer {KEY}").as_str()));
    let uris: Vec<&str> = match asked.path.as_str() {
        "/embeddings" => {
            assert_eq!(body["modality"], "image");
            body["input"].as_array().unwrap().iter().map(|uri| uri.as_str().unwrap()).collect()
        }
        "/v1/embeddings" => {
            let [message] = &body["messages"].as_array().unwrap()[..] else { panic!("{body}") };
            let [content] = &message["content"].as_array().unwrap()[..] else { panic!("{body}") };
            assert_eq!((&message["role"], &content["type"]), (&json!("user"), &json!("image_url")));
            vec![content["image_url"]["url"].as_str().unwrap()]
        }
        other => panic!("nothing is at {other}"),
    };
    assert!((1..=16).contains(&uris.len()));
    let decode = |uri: &str| {
        let (kind, data) = uri.split_once(";base64,").unwrap();
        assert!(["data:image/png", "data:image/jpeg"].contains(&kind));
        let picture = image::load_from_memory(&STANDARD.decode(data).unwrap()).unwrap().into_rgb8();
        assert!(picture.width().max(picture.height()) <= 512);
        picture
    };
    uris.into_iter().map(decode).collect()
}

/// What the fake sees, twice as long, the last one first.
fn seen(asked: &Asked) -> Value {
    let vectors = block_on(FakeImageEmbedder::default().embed(pictures(asked))).unwrap();
    let data = vectors.into_iter().enumerate().map(|(index, vector)| {
        let embedding: Vec<f32> = vector.iter().map(|value| value * 2.0).collect();
        json!({"object": "embedding", "index": index, "embedding": embedding})
    });
    let data: Vec<Value> = data.rev().collect();
    json!({"object": "list", "model": "eye", "data": data, "usage": {"total_tokens": 1}})
}

/// Answers the probe as it should, and what comes after it so.
async fn after_probe(does: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> StandIn {
    let answer = move |asked: &Asked| match asked.before {
        0 => Reply::json(&seen(asked)),
        _ => does(asked),
    };
    StandIn::start(answer).await
}

fn picture() -> Vec<RgbImage> {
    vec![RgbImage::from_fn(60, 90, |x, y| Rgb([x as u8, y as u8, 200]))]
}

/// The error of the first picture after the probe.
async fn error_of(
    wire: Wire,
    does: impl Fn(&Asked) -> Reply + Send + Sync + 'static,
) -> ModelError {
    let server = after_probe(does).await;
    let embedder = ServedImageEmbedder::load(&settings(&server, wire)).await.unwrap();
    let error = embedder.embed(picture()).await.unwrap_err();
    assert!(!format!("{error:?}").contains(KEY), "{error}");
    error
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_keeps_the_contract_over_either_wire() {
    for wire in [Wire::Infinity, Wire::Vllm] {
        let server = StandIn::start(|asked| Reply::json(&seen(asked))).await;
        let embedder = ServedImageEmbedder::load(&settings(&server, wire)).await.unwrap();
        assert_eq!((embedder.dimensions(), embedder.model().contains("eye")), (48, true));
        assert_eq!(embedder.grades().and_then(|grades| grades.same), Some(1.1));
        contracts::image_embedder(&embedder).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_pictures_go_sixteen_to_a_request_or_one_to_a_chat() {
    for (wire, requests) in [(Wire::Infinity, 3), (Wire::Vllm, 40)] {
        let server = StandIn::start(|asked| Reply::json(&seen(asked))).await;
        let embedder = ServedImageEmbedder::load(&settings(&server, wire)).await.unwrap();
        embedder.embed(vec![RgbImage::new(20, 20); 40]).await.unwrap();
        assert_eq!(server.asked(), 1 + requests);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failing_server_is_told_with_its_status_and_a_little_of_what_it_said() {
    let error = error_of(Wire::Vllm, |_| Reply::new(500, &"it broke ".repeat(999))).await;
    assert!(matches!(error, ModelError::Stopped(_)), "{error:?}");
    let text = error.to_string();
    assert!(text.contains("/v1/embeddings answered 500") && text.contains("it broke"), "{text}");
    assert!(text.len() < 450, "{text}");

    let refusing = |asked: &Asked| Reply::new(401, asked.header("authorization").unwrap());
    let error = error_of(Wire::Infinity, refusing).await;
    assert!(matches!(error, ModelError::Load(_)), "{error:?}");
    assert!(error.to_string().contains("401") && error.to_string().contains("API key"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_one_good_vector_for_each_picture_is_an_error() {
    let vector = |length: usize| json!(vec![0.5; length]);
    let none = json!({"data": []});
    let two = json!({"data": [
        {"index": 0, "embedding": vector(48)}, {"index": 1, "embedding": vector(48)}
    ]});
    let short = json!({"data": [{"index": 0, "embedding": vector(47)}]});
    let zero = json!({"data": [{"index": 0, "embedding": vec![0; 48]}]});
    let mut numbers = vec!["0.5"; 48];
    numbers[7] = "1e300";
    let endless = format!(r#"{{"data": [{{"index": 0, "embedding": [{}]}}]}}"#, numbers.join(","));
    let nan = endless.replace("1e300", "NaN");
    let answers = [none, two, short, zero].map(|answer| answer.to_string());
    for answer in answers.into_iter().chain([endless, nan, "<html>".into(), String::new()]) {
        let told = answer.clone();
        let error = error_of(Wire::Infinity, move |_| Reply::new(200, &answer)).await;
        assert!(matches!(error, ModelError::Answer(_)), "{told}: {error:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_hangs_is_not_waited_for() {
    let server = after_probe(|_| Reply::never()).await;
    let mut settings = settings(&server, Wire::Vllm);
    settings.served.timeout_seconds = 1;
    let embedder = ServedImageEmbedder::load(&settings).await.unwrap();
    assert_eq!(embedder.embed(picture()).await.unwrap_err(), ModelError::Timeout(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_passes_is_tried_twice_more_and_what_does_not_is_not() {
    let server = after_probe(|asked| match asked.before {
        1 => Reply::new(503, "loading"),
        2 => Reply::new(429, "busy"),
        _ => Reply::json(&seen(asked)),
    });
    let server = server.await;
    let embedder = ServedImageEmbedder::load(&settings(&server, Wire::Infinity)).await.unwrap();
    assert_eq!(embedder.embed(picture()).await.unwrap().len(), 1);
    assert_eq!(server.asked(), 4);

    for (status, tries) in [(502, 3), (504, 3), (500, 1), (400, 1)] {
        let server = after_probe(move |_| Reply::new(status, "no")).await;
        let embedder = ServedImageEmbedder::load(&settings(&server, Wire::Infinity)).await.unwrap();
        let error = embedder.embed(picture()).await.unwrap_err().to_string();
        assert!(error.contains(&status.to_string()), "{error}");
        assert_eq!(server.asked(), 1 + tries, "{status}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redirect_is_not_followed() {
    let elsewhere = StandIn::start(|asked| Reply::json(&seen(asked))).await;
    let to = format!("{}/embeddings", elsewhere.url);
    let error = error_of(Wire::Infinity, move |_| Reply::new(307, "").with("location", &to)).await;
    assert!(error.to_string().contains("307"), "{error}");
    assert_eq!(elsewhere.asked(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_can_not_be_used_is_told_when_it_is_loaded() {
    let server = StandIn::start(|_| Reply::new(404, "no model called eye")).await;
    let good = settings(&server, Wire::Infinity);
    let changed = |change: fn(&mut ServedImageEmbedderSettings)| {
        let mut changed = good.clone();
        change(&mut changed);
        changed
    };
    for (settings, told) in [
        (good.clone(), "no model called eye"),
        (changed(|bad| bad.served.urls = vec!["ftp://shop".into()]), "`ftp://shop`"),
        (changed(|bad| bad.served.api_key = Some("sk-secret\n".into())), "API key"),
        (
            changed(|bad| {
                bad.grades = Some(Grades { very_similar: Some(0.1), ..bad.grades.unwrap() })
            }),
            "grades",
        ),
    ] {
        let error = ServedImageEmbedder::load(&settings).await.err().unwrap();
        assert!(matches!(error, ModelError::Load(_)), "{error:?}");
        assert!(error.to_string().contains(told), "{error}");
        assert!(!error.to_string().contains("secret"), "{error}");
    }
}

#[test]
fn settings_do_not_show_the_key_and_wires_are_called_as_their_servers() {
    let settings = ServedSettings {
        urls: vec!["http://localhost:7997".into()],
        model: "eye".into(),
        api_key: Some(KEY.into()),
        timeout_seconds: 1,
    };
    assert!(!format!("{settings:?}").contains(KEY));
    for wire in [Wire::Infinity, Wire::Vllm] {
        assert_eq!(serde_json::to_value(wire).unwrap(), wire.id());
    }
}
