use std::path::Path;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use image::{Rgb, RgbImage};
use vitrine_core::testing::{contracts, sample};

use super::*;
use crate::{
    settings::{ChatWire, Device, ModelSource, ServedSettings, ServedVisionSettings},
    tests::stand_in::{Asked, Reply, StandIn},
};

fn settings(server: &StandIn) -> VisionSettings {
    let served = ServedSettings {
        urls: vec![server.url.clone()],
        model: "eye".into(),
        api_key: None,
        timeout_seconds: 20,
    };
    VisionSettings {
        model: ModelSource::Hub("eye".into()),
        served: Some(ServedVisionSettings { served, wire: ChatWire::Openai }),
        isq: None,
        device: Device::Auto,
        photo_side: Some(64),
        concurrency: 1,
        timeout_seconds: 20,
    }
}

async fn moderation(server: &StandIn, card: &ModelCard) -> Result<VlmModeration, ModelError> {
    let settings = settings(server);
    let engine = Arc::new(Engine::load(&settings).await.unwrap());
    VlmModeration::new(engine, card, &settings)
}

fn photo(colour: [u8; 3]) -> Photo {
    Photo::from_picture(&RgbImage::from_pixel(64, 64, Rgb(colour)), 64)
}

/// A server of a model that answers a question about a photo so, and any other as it has to.
async fn server(says: impl Fn(&RgbImage) -> String + Send + Sync + 'static) -> StandIn {
    StandIn::start(move |asked| {
        let said = seen(asked).map_or(r#"["ok"]"#.to_owned(), |picture| says(&picture));
        let event = json!({"choices": [{"delta": {"content": said}}]});
        Reply::new(200, &format!("data: {event}\n\ndata: [DONE]\n\n"))
    })
    .await
}

/// The photo that is to be judged, where one is.
fn seen(asked: &Asked) -> Option<RgbImage> {
    let body: Value = serde_json::from_slice(&asked.body).unwrap();
    let schema = &body["response_format"]["json_schema"]["schema"];
    let kinds = schema["properties"]["kind"]["enum"].as_array()?;
    assert_eq!(*kinds, ["clothes", "no_clothes", "nakedness", "document"]);
    let content = &body["messages"][0]["content"];
    for kind in kinds {
        let named = format!(". {}: ", kind.as_str().unwrap());
        assert!(content[1]["text"].as_str().unwrap().contains(&named), "{kind} is explained");
    }
    let uri = content[0]["image_url"]["url"].as_str().unwrap();
    let bytes = STANDARD.decode(uri.split_once(";base64,").unwrap().1).unwrap();
    Some(image::load_from_memory(&bytes).unwrap().into_rgb8())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_that_can_judge_keeps_the_contract() {
    let server = server(|picture| {
        let is_red = picture.get_pixel(32, 32).0[0] > 150;
        json!({"kind": if is_red { "document" } else { "clothes" }}).to_string()
    });
    let server = server.await;
    let moderation = moderation(&server, &ModelCard::default()).await.unwrap();
    let (navy, red) = (photo([20, 30, 90]), photo([200, 30, 40]));
    contracts::moderation(&moderation, &navy, &red, Unfit::Document).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_kind_has_its_verdict_and_what_is_none_is_an_error_not_a_guess() {
    for (said, verdict) in [
        (r#"{"kind":"clothes"}"#, Some(Verdict::Fit)),
        (r#"{"kind":"no_clothes"}"#, Some(Verdict::Unfit(Unfit::NoClothes))),
        (r#"{"kind":"nakedness"}"#, Some(Verdict::Unfit(Unfit::Nakedness))),
        ("{\n \"kind\": \"document\"\n}", Some(Verdict::Unfit(Unfit::Document))),
        (r#"{"kind":"a cat"}"#, None),
        (r#"{}"#, None),
        ("[]", None),
    ] {
        let server = server(move |_| said.to_owned()).await;
        let moderation = moderation(&server, &ModelCard::default()).await.unwrap();
        let judged = moderation.judge(&photo([9; 3]), &sample::permit().await).await;
        match verdict {
            Some(verdict) => assert_eq!(judged, Ok(verdict), "{said}"),
            None => assert!(matches!(judged, Err(ModelError::Answer(_))), "{said}: {judged:?}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_photo_of_another_side_is_refused_before_it_reaches_the_model() {
    let server = server(|_| r#"{"kind":"clothes"}"#.to_owned()).await;
    let moderation = moderation(&server, &ModelCard::default()).await.unwrap();
    let asked = server.asked();
    let photo = Photo::from_picture(&RgbImage::new(90, 90), 96);
    let judged = moderation.judge(&photo, &sample::permit().await).await;
    assert!(matches!(judged, Err(ModelError::Answer(_))), "{judged:?}");
    assert_eq!(server.asked(), asked);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_small_model_says_that_it_was_not_trained_to_judge_and_what_to_do() {
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../demo/model/vlm");
    let card = ModelCard::of(&ModelSource::Folder(demo)).unwrap();
    let server = server(|_| String::new()).await;
    let error = moderation(&server, &card).await.err().unwrap();
    assert!(matches!(error, ModelError::Load(_)), "{error:?}");
    let told = error.to_string();
    assert!(told.contains(&card.name) && told.contains("set `moderation.by`"), "{told}");
}
