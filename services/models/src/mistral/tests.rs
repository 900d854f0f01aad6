//! mistral.rs with the small model, at the edges where mistral.rs would trip.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use image::{Rgb, RgbImage};
use serde::Deserialize;
use serde_json::Value;
use vitrine_core::{
    admission::Admission,
    conversation::{Heard, Intent, Shown},
    ids::ProductId,
    meters::Purpose,
    ports::Assistant,
    testing::contracts,
    vocabulary::{Category, Colour},
};

use super::*;
use crate::{
    MistralEmbedder, ModelCard, VlmAssistant, VlmStylist, VlmVision, advise,
    engine::{Engine, Pieces},
    settings::{Device, EmbedderSettings, ModelSource},
};

fn demo_model(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../demo/model").join(name)
}

fn settings(concurrency: usize) -> VisionSettings {
    VisionSettings {
        model: ModelSource::Folder(demo_model("vlm")),
        isq: None,
        device: Device::Cpu,
        photo_side: None,
        served: None,
        concurrency,
        timeout_seconds: 60,
    }
}

/// That of the style in which the small model was trained.
fn describe_schema() -> Value {
    ModelCard::of(&settings(1).model).unwrap().describe_style.schema()
}

fn question(photo: RgbImage) -> Question {
    let prompt = "Garments:".to_owned();
    Question { purpose: Purpose::See, photo, prompt, schema: describe_schema(), max_tokens: 512 }
}

async fn whole(mut pieces: Pieces) -> Result<Vec<String>, ModelError> {
    let mut all = Vec::new();
    while let Some(piece) = pieces.recv().await {
        let Piece { text, probability } = piece?;
        assert!(probability > 0.0 && probability <= 1.0, "{text}: {probability}");
        all.push(text);
    }
    Ok(all)
}

fn block(side: u32, shade: u8) -> RgbImage {
    RgbImage::from_fn(side, side, |x, y| {
        let inside = (side / 4..side * 3 / 4).contains(&x) && y > side / 5;
        if inside { Rgb([shade, 40, 200 - shade / 2]) } else { Rgb([230, 230, 225]) }
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_in_the_engine_fails_one_request_clearly_and_the_next_is_answered() {
    let engine = Engine::load(&settings(1)).await.unwrap();
    let side = ModelCard::of(&settings(1).model).unwrap().photo_side;
    assert!(whole(engine.ask(question(block(side, 200)))).await.is_ok());

    let error = whole(engine.ask(question(RgbImage::new(4, 4)))).await.unwrap_err();
    assert!(matches!(error, ModelError::Stopped(_)), "{error:?}");
    assert!(error.to_string().contains("send the request again"), "{error}");

    let after = whole(engine.ask(question(block(side, 200)))).await.unwrap().concat();
    assert!(after.starts_with('[') && after.ends_with(']'), "{after}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_ends_with_its_last_bracket_and_a_dropped_one_frees_the_engine() {
    let engine = Engine::load(&settings(1)).await.unwrap();
    let side = ModelCard::of(&settings(1).model).unwrap().photo_side;
    let answer = whole(engine.ask(question(block(side, 90)))).await.unwrap().concat();
    assert!(serde_json::from_str::<Value>(&answer).is_ok(), "{answer}");
    for _ in 0..5 {
        let mut pieces = engine.ask(question(block(side, 90)));
        let _first = pieces.recv().await;
        drop(pieces);
    }
    assert_eq!(whole(engine.ask(question(block(side, 90)))).await.unwrap().concat(), answer);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_outgrows_its_tokens_is_an_error_not_half_an_answer() {
    let engine = Engine::load(&settings(1)).await.unwrap();
    let side = ModelCard::of(&settings(1).model).unwrap().photo_side;
    let record = record();
    let seen = record.iter().find(|one| one.task == "describe" && one.text.len() > 40).unwrap();
    let photo = image::open(demo_model("vlm").join("parity").join(&seen.picture)).unwrap();
    assert_eq!(photo.width(), side);
    let short = Question { max_tokens: 5, ..question(photo.into_rgb8()) };
    let error = whole(engine.ask(short)).await.unwrap_err();
    assert!(matches!(error, ModelError::Answer(_)), "{error:?}");
}

#[derive(Debug, Deserialize)]
struct Recorded {
    picture: String,
    task: String,
    prompt: String,
    ids: Vec<u32>,
    text: String,
}

/// What transformers answered greedily (`demo/train/vlm_record.py`).
fn record() -> Vec<Recorded> {
    let file = demo_model("vlm").join("parity/parity.json");
    serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap()
}

fn recorded_question(recorded: &Recorded) -> Question {
    let photo = image::open(demo_model("vlm").join("parity").join(&recorded.picture)).unwrap();
    let handles: Vec<String> = recorded
        .prompt
        .lines()
        .filter_map(|line| line.split(' ').next())
        .filter(|word| word.starts_with('p') && word[1..].parse::<u8>().is_ok())
        .map(str::to_owned)
        .collect();
    let schema =
        if recorded.task == "describe" { describe_schema() } else { advise::schema(&handles) };
    let prompt = recorded.prompt.clone();
    Question { purpose: Purpose::See, photo: photo.into_rgb8(), prompt, schema, max_tokens: 512 }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_inputs_give_the_same_greedy_tokens_as_transformers() {
    let engine = Engine::load(&settings(1)).await.unwrap();
    let tokenizer =
        tokenizers::Tokenizer::from_file(demo_model("vlm").join("tokenizer.json")).unwrap();
    let record = record();
    assert_eq!(record.len(), 20);
    for recorded in &record {
        let pieces = whole(engine.ask(recorded_question(recorded))).await.unwrap();
        assert_eq!(pieces.concat(), recorded.text, "{}: {}", recorded.picture, recorded.task);
        let tokens: Vec<String> = recorded
            .ids
            .iter()
            .map(|id| tokenizer.decode(&[*id], true).unwrap())
            .filter(|text| !text.is_empty())
            .collect();
        assert_eq!(pieces, tokens, "{}: {}", recorded.picture, recorded.task);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn photos_run_one_at_a_time_so_company_changes_no_answer() {
    let engine = Arc::new(Engine::load(&settings(1)).await.unwrap());
    let admission = Arc::new(vitrine_core::admission::Admission::new(1, 8));
    let record = record();
    let eight: Vec<&Recorded> =
        record.iter().filter(|one| one.task == "describe").take(8).collect();
    let mut together = Vec::new();
    for recorded in &eight {
        let (engine, admission) = (Arc::clone(&engine), Arc::clone(&admission));
        let question = recorded_question(recorded);
        together.push(tokio::spawn(async move {
            let _permit = admission.enter_unnamed().await.unwrap();
            whole(engine.ask(question)).await.unwrap().concat()
        }));
    }
    for (answer, recorded) in together.into_iter().zip(&eight) {
        assert_eq!(answer.await.unwrap(), recorded.text, "{}", recorded.picture);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_small_model_keeps_the_contracts_of_vision_stylist_and_assistant() {
    let settings = settings(1);
    let card = ModelCard::of(&settings.model).unwrap();
    let engine = Arc::new(Engine::load(&settings).await.unwrap());
    contracts::vision(&VlmVision::new(Arc::clone(&engine), &card, &settings)).await;
    let stylist = VlmStylist::new(Arc::clone(&engine), &card, &settings);
    contracts::stylist(&stylist, card.photo_side).await;
    contracts::assistant(&VlmAssistant::new(engine, &card, &settings)).await;
}

/// A message of a chat that was drawn (`demo/train/make_chats.py`) and not trained on.
#[derive(Deserialize)]
struct DrawnMessage {
    shown: Vec<DrawnProduct>,
    text: String,
    intent: Intent,
    about: Vec<usize>,
}

#[derive(Deserialize)]
struct DrawnProduct {
    category: Category,
    colour: Colour,
}

#[tokio::test(flavor = "multi_thread")]
async fn nine_in_ten_drawn_messages_are_understood() {
    let settings = settings(1);
    let card = ModelCard::of(&settings.model).unwrap();
    let engine = Arc::new(Engine::load(&settings).await.unwrap());
    let assistant = VlmAssistant::new(engine, &card, &settings);
    let drawn = std::fs::read_to_string(demo_model("../chats.jsonl")).unwrap();
    let (mut understood, mut all) = (0, 0);
    let permit = Admission::new(1, 0).enter_unnamed().await.unwrap();
    for line in drawn.lines() {
        let DrawnMessage { shown, text, intent, about } = serde_json::from_str(line).unwrap();
        let shown = shown.into_iter().enumerate().map(|(at, product)| Shown {
            product: ProductId::new(format!("product {at}")).unwrap(),
            title: "Linden".into(),
            category: product.category,
            colour: Some(product.colour),
        });
        let heard = Heard { text, shown: shown.collect(), before: Vec::new() };
        let mut told = assistant.understand(&heard, &permit).await.unwrap();
        told.about.sort_unstable();
        all += 1;
        understood += usize::from(told.intent == intent && told.about == about);
    }
    println!("{understood} of {all} drawn messages are understood");
    assert!(all == 200 && understood * 10 >= all * 9, "{understood} of {all}");
}

#[tokio::test(flavor = "multi_thread")]
async fn weights_quantised_in_place_answer_too() {
    let settings = VisionSettings { isq: Some("q8_0".into()), ..settings(1) };
    let engine = Engine::load(&settings).await.unwrap();
    let side = ModelCard::of(&settings.model).unwrap().photo_side;
    let answer = whole(engine.ask(question(block(side, 120)))).await.unwrap().concat();
    assert!(serde_json::from_str::<Value>(&answer).is_ok(), "{answer}");
}

#[tokio::test]
async fn a_folder_without_a_model_is_told_and_never_looked_for_on_the_network() {
    let mut wrong = settings(1);
    wrong.model = ModelSource::Folder("no/such/model".into());
    let error = Engine::load(&wrong).await.err().unwrap().to_string();
    assert!(error.contains("no/such/model") && error.contains("hub:"), "{error}");
}

fn embedder_settings() -> EmbedderSettings {
    EmbedderSettings {
        model: ModelSource::Folder(demo_model("embedder")),
        device: Device::Cpu,
        min_similarity: None,
        timeout_seconds: 60,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_small_embedder_keeps_the_contract() {
    contracts::embedder(&MistralEmbedder::load(&embedder_settings()).await.unwrap()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn callers_that_leave_do_not_stop_the_embedder() {
    use vitrine_core::ports::Embedder;
    let embedder = Arc::new(MistralEmbedder::load(&embedder_settings()).await.unwrap());
    for _ in 0..20 {
        let texts = (0..64).map(|number| format!("a dress, number {number}")).collect();
        let leaving = embedder.embed(texts);
        let _ = tokio::time::timeout(Duration::from_millis(3), leaving).await;
    }
    assert_eq!(embedder.embed(vec!["a dress".into()]).await.unwrap().len(), 1);
}

#[derive(Debug, Deserialize)]
struct Embedded {
    text: String,
    vector: Vec<f32>,
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_texts_give_the_same_vectors_as_transformers() {
    use vitrine_core::ports::Embedder;
    let embedder = MistralEmbedder::load(&embedder_settings()).await.unwrap();
    let file = demo_model("embedder").join("parity.json");
    let record: Vec<Embedded> = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    assert_eq!(record.len(), 20);
    for recorded in record.iter().filter(|one| !one.text.is_empty()) {
        let vector = embedder.embed(vec![recorded.text.clone()]).await.unwrap().remove(0);
        let cosine: f32 = vector.iter().zip(&recorded.vector).map(|(a, b)| a * b).sum();
        assert!(cosine > 0.9999, "{}: {cosine}", recorded.text);
    }
}
