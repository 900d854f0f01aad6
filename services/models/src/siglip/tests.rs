use std::{collections::HashMap, path::PathBuf};

use candle_core::safetensors;
use image::Rgb;
use serde::Deserialize;
use serde_json::{Value, json};
use tempfile::TempDir;
use vitrine_core::testing::contracts;

use super::{weights::tests::Twice, *};
use crate::settings::{self, ModelSource};

fn settings(folder: &Path) -> ImageEmbedderSettings {
    ImageEmbedderSettings {
        model: ModelSource::Folder(folder.to_owned()),
        device: settings::Device::Cpu,
        timeout_seconds: 60,
        grades: None,
    }
}

async fn load(folder: &Path) -> Result<SiglipEmbedder, ModelError> {
    SiglipEmbedder::load(&settings(folder)).await
}

fn demo() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../demo/model/pictures")
}

fn cosine(one: &[f32], other: &[f32]) -> f32 {
    one.iter().zip(other).map(|(one, other)| one * other).sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_small_encoder_keeps_the_contract() {
    contracts::image_embedder(&load(&demo()).await.unwrap()).await;
}

#[derive(Debug, Deserialize)]
struct Recorded {
    picture: String,
    embedding: Vec<f32>,
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_pictures_give_the_same_vectors_as_transformers() {
    let embedder = load(&demo()).await.unwrap();
    let parity = demo().join("parity");
    let record = std::fs::read(parity.join("parity.json")).unwrap();
    let record: Vec<Recorded> = serde_json::from_slice(&record).unwrap();
    assert_eq!(record.len(), 20);
    let pictures = record
        .iter()
        .map(|one| image::open(parity.join(&one.picture)).unwrap().into_rgb8())
        .collect();
    for (vector, recorded) in embedder.embed(pictures).await.unwrap().iter().zip(&record) {
        let cosine = cosine(vector, &recorded.embedding);
        assert!(cosine > 0.9999, "{}: {cosine}", recorded.picture);
    }
}

/// Values between -0.5 and 0.5 that are the same each time.
fn random() -> impl FnMut(&[usize]) -> Tensor {
    let mut state = 1_u32;
    move |shape| {
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / (1 << 24) as f32 - 0.5
        };
        let values: Vec<f32> = (0..shape.iter().product()).map(|_| next()).collect();
        Tensor::from_vec(values, shape, &Device::Cpu).unwrap()
    }
}

/// The shape of a small encoder, as transformers writes it.
fn shape() -> Value {
    json!({
        "model_type": "siglip_vision_model", "image_size": 32, "patch_size": 8, "hidden_size": 24,
        "intermediate_size": 48, "num_hidden_layers": 3, "num_attention_heads": 4,
        "hidden_act": "gelu"
    })
}

fn folder(config: &Value, file: &str, tensors: &HashMap<String, Tensor>) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("config.json"), config.to_string()).unwrap();
    safetensors::save(tensors, folder.path().join(file)).unwrap();
    folder
}

fn small() -> Twice {
    let config = folder(&shape(), "empty", &HashMap::new());
    Twice::new(&config::read(config.path()).unwrap(), random())
}

fn pictures() -> Vec<RgbImage> {
    let slope = |x: u32, y: u32| Rgb([(x * 3) as u8, (y * 5) as u8, (x + y) as u8]);
    vec![
        RgbImage::from_fn(80, 50, slope),
        RgbImage::new(1, 1),
        RgbImage::from_pixel(700, 3, Rgb([255, 0, 0])),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_weights_give_the_same_vectors_under_every_naming() {
    let Twice { transformers, timm } = small();
    let wrapped = timm.iter().map(|(name, tensor)| (format!("model.{name}"), tensor.clone()));
    let mut whole = transformers.clone();
    let text = Tensor::zeros((9, 24), DType::F16, &Device::Cpu).unwrap();
    whole.insert("text_model.embeddings.token_embedding.weight".into(), text.clone());
    whole.insert("logit_scale".into(), text);
    let wholly = json!({"model_type": "siglip", "text_config": {}, "vision_config": shape()});

    let folders = [
        folder(&shape(), "model.safetensors", &transformers),
        folder(&wholly, "model.safetensors", &whole),
        folder(&shape(), "model.safetensors", &wrapped.collect()),
        folder(&shape(), "open_clip_model.safetensors", &timm),
    ];
    let mut all = Vec::new();
    for folder in &folders {
        let embedder = load(folder.path()).await.unwrap();
        assert_eq!((embedder.dimensions(), embedder.grades()), (24, None));
        all.push(embedder.embed(pictures()).await.unwrap());
    }
    assert!(cosine(&all[0][0], &all[0][1]) < 0.999, "random weights still tell pictures apart");
    assert!(all.iter().all(|vectors| *vectors == all[0]));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_card_tells_grades_and_how_pictures_become_square() {
    let folder = folder(&shape(), "model.safetensors", &small().transformers);
    let bilinear = r#"{"resample": 2}"#;
    std::fs::write(folder.path().join("preprocessor_config.json"), bilinear).unwrap();
    let pressed = load(folder.path()).await.unwrap();
    let card = json!({
        "name": "eye", "crop": {"margin": 0.06, "grey": 128}, "measured": {"recall": [1, 2]},
        "grades": {"same": null, "very_similar": 0.9, "similar": 0.7}
    });
    std::fs::write(folder.path().join("vitrine.json"), card.to_string()).unwrap();
    let laid = load(folder.path()).await.unwrap();
    assert!(laid.model().starts_with("eye+"), "{}", laid.model());
    assert_ne!(laid.model(), pressed.model());
    assert_eq!(
        laid.grades(),
        Some(Grades { same: None, very_similar: Some(0.9), similar: Some(0.7) })
    );

    let [square, wide] = [(64, 64), (128, 64)].map(|(width, height)| {
        RgbImage::from_fn(width, height, |x, y| Rgb([x as u8, y as u8, 90]))
    });
    let of = async |embedder: &SiglipEmbedder, picture: &RgbImage| {
        embedder.embed(vec![picture.clone()]).await.unwrap().remove(0)
    };
    assert_eq!(of(&laid, &square).await, of(&pressed, &square).await);
    assert_ne!(of(&laid, &wide).await, of(&pressed, &wide).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_that_waits_too_long_for_its_turn_is_told_so_and_the_next_is_answered() {
    let folder = folder(&shape(), "model.safetensors", &small().transformers);
    let settings = ImageEmbedderSettings { timeout_seconds: 1, ..settings(folder.path()) };
    let embedder = SiglipEmbedder::load(&settings).await.unwrap();
    let held = embedder.turn.acquire().await.unwrap();
    let error = embedder.embed(pictures()).await.unwrap_err();
    assert_eq!(error, ModelError::Timeout(1));
    drop(held);
    assert_eq!(embedder.embed(pictures()).await.unwrap().len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_not_be_loaded_is_told_with_what_is_missing() {
    let error = load(Path::new("no/such/model")).await.err().unwrap().to_string();
    assert!(error.contains("no/such/model") && error.contains("hub:"), "{error}");

    let bare = folder(&shape(), "weights", &HashMap::new());
    let error = load(bare.path()).await.err().unwrap().to_string();
    assert!(error.contains("model.safetensors"), "{error}");

    let mut tensors = small().transformers;
    tensors.remove("vision_model.head.probe");
    let torn = folder(&shape(), "model.safetensors", &tensors);
    let error = load(torn.path()).await.err().unwrap().to_string();
    assert!(error.contains("probe"), "{error}");

    let wrong = folder(&shape(), "model.safetensors", &small().transformers);
    let card = r#"{"grades": {"same": 1.2, "very_similar": 0.6, "similar": 0.7}}"#;
    std::fs::write(wrong.path().join("vitrine.json"), card).unwrap();
    let error = load(wrong.path()).await.err().unwrap().to_string();
    assert!(error.contains("grades"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn weights_that_give_no_numbers_are_an_error_not_a_vector() {
    let mut tensors = small().transformers;
    let bias = Tensor::full(f32::NAN, 24, &Device::Cpu).unwrap();
    tensors.insert("vision_model.post_layernorm.bias".into(), bias);
    let folder = folder(&shape(), "model.safetensors", &tensors);
    let error = load(folder.path()).await.unwrap().embed(pictures()).await.unwrap_err();
    assert!(matches!(error, ModelError::Answer(_)), "{error:?}");
}
