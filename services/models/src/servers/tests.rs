//! Model servers that are well, and that are not.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use image::RgbImage;
use serde_json::{Value, json};
use tokio::sync::mpsc;
use vitrine_core::{
    meters::Purpose,
    testing::{FakeEmbedder, contracts},
};

use super::*;
use crate::{
    ModelCard, VlmAssistant, VlmStylist, VlmVision,
    engine::{Engine, Pieces, Question},
    settings::{ChatWire, Device, ModelSource, ServedVisionSettings, VisionSettings},
    tests::stand_in::{Asked, Piece, Reply, StandIn},
};
use vitrine_core::ports::Embedder;

const KEY: &str = "sk-a-key-that-nobody-may-see";

fn served(servers: &[&StandIn]) -> ServedSettings {
    ServedSettings {
        urls: servers.iter().map(|server| server.url.clone()).collect(),
        model: "eye".into(),
        api_key: Some(KEY.into()),
        timeout_seconds: 20,
    }
}

async fn chat(servers: &[&StandIn]) -> Engine {
    chat_within(servers, 20).await
}

async fn chat_within(servers: &[&StandIn], timeout_seconds: u64) -> Engine {
    let served = ServedSettings { timeout_seconds, ..served(servers) };
    let settings = ServedVisionSettings { served, wire: ChatWire::Openai };
    Engine::served(&settings).await.unwrap()
}

fn question() -> Question {
    let schema = json!({"type": "array"});
    Question {
        purpose: Purpose::See,
        photo: RgbImage::new(32, 32),
        prompt: "What?".into(),
        schema,
        max_tokens: 64,
    }
}

/// All of an answer.
async fn whole(mut pieces: Pieces) -> Result<String, ModelError> {
    let mut text = String::new();
    while let Some(piece) = pieces.recv().await {
        text.push_str(&piece?.text);
    }
    Ok(text)
}

fn event(text: &str) -> String {
    format!("data: {}\n\n", json!({"choices": [{"delta": {"content": text}}]}))
}

/// An answer in these pieces.
fn says(pieces: &[&str]) -> Reply {
    let (sender, reply) = Reply::pieces();
    for piece in pieces {
        sender.send(Piece::Text(event(piece))).unwrap_or_default();
    }
    reply
}

/// The same, after which the connection ends.
fn says_then_cuts(pieces: &[&str]) -> Reply {
    let (sender, reply) = Reply::pieces();
    for piece in pieces {
        sender.send(Piece::Text(event(piece))).unwrap_or_default();
    }
    sender.send(Piece::Cut).unwrap_or_default();
    reply
}

/// Well for its first request, which comes when it is loaded, then as told.
async fn after_load(does: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> StandIn {
    StandIn::start(move |asked| if asked.before == 0 { says(&["[]"]) } else { does(asked) }).await
}

/// The small model behind the wires that model servers have.
async fn small_model() -> StandIn {
    let model = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../demo/model/vlm");
    let settings = VisionSettings {
        model: ModelSource::Folder(model),
        served: None,
        isq: None,
        device: Device::Cpu,
        photo_side: None,
        concurrency: 1,
        timeout_seconds: 60,
    };
    let engine = Arc::new(Engine::load(&settings).await.unwrap());
    StandIn::start(move |asked| {
        assert_eq!(asked.header("authorization"), Some(format!("Bearer {KEY}").as_str()));
        let body: Value = serde_json::from_slice(&asked.body).unwrap();
        let (wire, question) = read(&asked.path, &body);
        let pieces = engine.ask(question);
        let (sender, reply) = Reply::pieces();
        tokio::spawn(stream(wire, pieces, sender));
        reply
    })
    .await
}

/// A request as a model server reads it.
fn read(path: &str, body: &Value) -> (ChatWire, Question) {
    assert_eq!((&body["model"], &body["stream"]), (&json!("eye"), &json!(true)));
    let message = &body["messages"][0];
    let (wire, prompt, photo, schema, most) = match path {
        "/v1/chat/completions" => {
            assert_eq!(body["response_format"]["type"], "json_schema");
            let uri = message["content"][0]["image_url"]["url"].as_str().unwrap();
            let photo = uri.split_once(";base64,").unwrap().1;
            let schema = &body["response_format"]["json_schema"]["schema"];
            let prompt = &message["content"][1]["text"];
            (ChatWire::Openai, prompt, photo, schema, &body["max_tokens"])
        }
        "/api/chat" => {
            let photo = message["images"][0].as_str().unwrap();
            let most = &body["options"]["num_predict"];
            (ChatWire::Ollama, &message["content"], photo, &body["format"], most)
        }
        other => panic!("nothing is at {other}"),
    };
    assert!(schema.get("x-guidance").is_none(), "what only one engine knows is not sent");
    // As servers do, which write JSON without spaces only where they are told to in their own way.
    let mut schema = schema.clone();
    schema["x-guidance"] = json!({"whitespace_flexible": false});
    let photo = image::load_from_memory(&STANDARD.decode(photo).unwrap()).unwrap().into_rgb8();
    let question = Question {
        purpose: Purpose::See,
        photo,
        prompt: prompt.as_str().unwrap().into(),
        schema,
        max_tokens: most.as_u64().unwrap().try_into().unwrap(),
    };
    (wire, question)
}

async fn stream(wire: ChatWire, mut pieces: Pieces, sender: mpsc::UnboundedSender<Piece>) {
    while let Some(piece) = pieces.recv().await {
        let line = match (wire, piece) {
            (ChatWire::Openai, Ok(piece)) => event(&piece.text),
            (ChatWire::Ollama, Ok(piece)) => {
                let line = json!({"message": {"content": piece.text}, "done": false});
                format!("{line}\n")
            }
            (_, Err(error)) => format!("data: {}\n\n", json!({"error": error.to_string()})),
        };
        if sender.send(Piece::Text(line)).is_err() {
            return;
        }
    }
    let end = match wire {
        ChatWire::Openai => "data: [DONE]\n\n".to_owned(),
        ChatWire::Ollama => format!("{}\n", json!({"done": true, "done_reason": "stop"})),
    };
    let _ = sender.send(Piece::Text(end));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_served_model_keeps_the_contracts_of_vision_and_stylist_over_either_wire() {
    let server = small_model().await;
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../demo/model/vlm");
    let card = ModelCard::of(&ModelSource::Folder(demo)).unwrap();
    for wire in [ChatWire::Openai, ChatWire::Ollama] {
        let settings = VisionSettings {
            model: ModelSource::Hub("eye".into()),
            served: Some(ServedVisionSettings { served: served(&[&server]), wire }),
            isq: None,
            device: Device::Auto,
            photo_side: None,
            concurrency: 1,
            timeout_seconds: 60,
        };
        let engine = Arc::new(Engine::load(&settings).await.unwrap());
        contracts::vision(&VlmVision::new(Arc::clone(&engine), &card, &settings)).await;
        let stylist = VlmStylist::new(Arc::clone(&engine), &card, &settings);
        contracts::stylist(&stylist, card.photo_side).await;
        contracts::assistant(&VlmAssistant::new(engine, &card, &settings)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn served_texts_keep_the_contract() {
    let embed = |asked: &Asked| {
        assert_eq!(asked.path, "/v1/embeddings");
        let body: Value = serde_json::from_slice(&asked.body).unwrap();
        let texts: Vec<String> = serde_json::from_value(body["input"].clone()).unwrap();
        let vectors = futures::executor::block_on(FakeEmbedder::default().embed(texts)).unwrap();
        let data = vectors.into_iter().enumerate();
        let data = data.map(|(index, vector)| json!({"index": index, "embedding": vector}));
        Reply::json(&json!({"data": data.rev().collect::<Vec<_>>()}))
    };
    let server = StandIn::start(embed).await;
    let embedder = ServedEmbedder::load(&served(&[&server]), None).await.unwrap();
    assert_eq!(embedder.model(), "eye");
    contracts::embedder(&embedder).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_fails_before_its_first_word_is_asked_of_another_server() {
    let good = StandIn::start(|_| says(&["[", "1]"])).await;
    let replies: [fn() -> Reply; 6] = [
        || Reply::new(500, "it broke"),
        || Reply::new(503, "loading"),
        || Reply::new(429, "busy"),
        || says_then_cuts(&[]),
        || Reply::new(200, "data: {\"error\": {\"message\": \"out of memory\"}}\n\n"),
        || Reply::new(200, "data: {\"choices\": [{\n\n"),
    ];
    for (number, reply) in replies.into_iter().enumerate() {
        let bad = after_load(move |_| reply()).await;
        let engine = chat(&[&bad, &good]).await;
        for _ in 0..2 {
            let text = whole(engine.ask(question())).await;
            assert_eq!(text.as_deref(), Ok("[1]"), "{number}");
        }
        assert!(bad.asked() > 0, "{number}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_cut_after_its_first_word_is_an_error_and_is_asked_of_nobody_else() {
    let cutting = after_load(|_| says_then_cuts(&["[", "1"])).await;
    let engine = chat(&[&cutting]).await;
    let mut pieces = engine.ask(question());
    assert_eq!(pieces.recv().await.unwrap().unwrap().text, "[");
    let error = whole(pieces).await.unwrap_err();
    assert!(matches!(error, ModelError::Stopped(_)), "{error:?}");
    assert_eq!(cutting.asked(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_server_has_half_of_the_time_and_another_one_the_rest() {
    let slow = after_load(|_| Reply::never()).await;
    let good = StandIn::start(|_| says(&["[2]"])).await;
    let engine = chat_within(&[&slow, &good], 2).await;
    for _ in 0..4 {
        assert_eq!(whole(engine.ask(question())).await.as_deref(), Ok("[2]"));
    }
    let alone = after_load(|_| Reply::never()).await;
    let engine = chat_within(&[&alone], 1).await;
    assert_eq!(whole(engine.ask(question())).await, Err(ModelError::Timeout(1)));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_stands_still_is_not_waited_for() {
    let still = StandIn::start(|asked| {
        let (sender, reply) = Reply::pieces();
        let text = if asked.before == 0 { "[]" } else { "[1," };
        sender.send(Piece::Text(event(text))).unwrap_or_default();
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_secs(30)).await;
            drop(sender);
        });
        reply
    });
    let still = still.await;
    let engine = chat_within(&[&still], 1).await;
    assert_eq!(whole(engine.ask(question())).await, Err(ModelError::Timeout(1)));
}

#[tokio::test(flavor = "multi_thread")]
async fn words_that_are_no_json_or_end_early_are_an_error() {
    let cut = format!(
        "{}data: {}\n\n",
        event("[1,"),
        json!({"choices": [{"delta": {}, "finish_reason": "length"}]})
    );
    for (body, told) in [
        (format!("{}data: [DONE]\n\n", event("Sorry, I see nothing.")), "ended early: stop"),
        (cut, "ended early: length"),
        ("data: [DONE]\n\n".to_owned(), "ended early: stop"),
    ] {
        let server = after_load(move |_| Reply::new(200, &body)).await;
        let error = whole(chat(&[&server]).await.ask(question())).await.unwrap_err();
        assert!(matches!(error, ModelError::Answer(_)), "{error:?}");
        assert!(error.to_string().contains(told), "{error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_refuses_is_told_without_its_key() {
    let server = after_load(|asked| Reply::new(401, asked.header("authorization").unwrap())).await;
    let error = whole(chat(&[&server]).await.ask(question())).await.unwrap_err();
    assert!(matches!(error, ModelError::Load(_)), "{error:?}");
    let text = error.to_string();
    assert!(text.contains("401") && text.contains("API key") && !text.contains(KEY), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_server_is_left_alone_until_it_does_its_work_again() {
    let (is_well, real) = (Arc::new(AtomicBool::new(true)), Arc::new(AtomicUsize::new(0)));
    let (well, asked_for) = (Arc::clone(&is_well), Arc::clone(&real));
    let flaky = StandIn::start(move |asked| {
        let body: Value = serde_json::from_slice(&asked.body).unwrap();
        asked_for.fetch_add(usize::from(body["stream"] == true), Ordering::SeqCst);
        if well.load(Ordering::SeqCst) { says(&["[]"]) } else { Reply::new(500, "no") }
    })
    .await;
    let good = StandIn::start(|_| says(&["[3]"])).await;
    let engine = chat(&[&flaky, &good]).await;
    is_well.store(false, Ordering::SeqCst);
    for _ in 0..12 {
        assert_eq!(whole(engine.ask(question())).await.as_deref(), Ok("[3]"));
    }
    let asked = real.load(Ordering::SeqCst);
    assert!(asked <= 4, "it was asked {asked} times");

    is_well.store(true, Ordering::SeqCst);
    let mut heard = 0;
    for _ in 0..150 {
        heard += usize::from(whole(engine.ask(question())).await.as_deref() == Ok("[]"));
        tokio::time::sleep(Duration::from_millis(100)).await;
        if heard > 0 {
            break;
        }
    }
    assert!(heard > 0, "it is asked again once it is well");
}

#[tokio::test(flavor = "multi_thread")]
async fn where_no_server_is_well_the_answer_comes_at_once_and_names_them() {
    let server = after_load(|_| Reply::new(500, "it broke")).await;
    let engine = chat(&[&server]).await;
    for _ in 0..3 {
        whole(engine.ask(question())).await.unwrap_err();
    }
    let asked = server.asked();
    let error = whole(engine.ask(question())).await.unwrap_err().to_string();
    assert!(error.contains(&server.url) && error.contains("it broke"), "{error}");
    assert_eq!(server.asked(), asked);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_with_the_fewest_open_answers_is_asked() {
    let holding = |text: &'static str| {
        StandIn::start(move |asked| {
            let (sender, reply) = Reply::pieces();
            let text = if asked.before == 0 { "[]" } else { text };
            sender.send(Piece::Text(event(text))).unwrap_or_default();
            tokio::spawn(async move {
                tokio::time::sleep(Duration::from_secs(20)).await;
                drop(sender);
            });
            reply
        })
    };
    let (one, other) = (holding("[").await, holding("[").await);
    let engine = chat(&[&one, &other]).await;
    let (one_before, other_before) = (one.asked(), other.asked());
    let mut open = Vec::new();
    for _ in 0..6 {
        let mut pieces = engine.ask(question());
        pieces.recv().await.unwrap().unwrap();
        open.push(pieces);
    }
    assert_eq!((one.asked() - one_before, other.asked() - other_before), (3, 3));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_can_not_be_used_is_told_when_it_is_loaded() {
    let missing = StandIn::start(|_| Reply::new(404, "no model called eye")).await;
    let good = served(&[&missing]);
    let password = good.urls[0].replace("//", "//me:secret@");
    for (served, told) in [
        (good.clone(), "no model called eye"),
        (ServedSettings { urls: vec!["http://127.0.0.1:1".into()], ..good.clone() }, "runs"),
        (ServedSettings { urls: vec!["shop".into()], ..good.clone() }, "`shop`"),
        (ServedSettings { urls: vec![password], ..good.clone() }, "API key"),
    ] {
        let settings = ServedVisionSettings { served, wire: ChatWire::Openai };
        let error = Engine::served(&settings).await.err().unwrap();
        assert!(matches!(error, ModelError::Load(_)), "{error:?}");
        assert!(error.to_string().contains(told), "{error}");
        assert!(!error.to_string().contains("secret"), "{error}");
    }
}
