use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use vitrine_core::likeness::Grades;
use vitrine_models::{
    ChatWire, Device, EmbedderSettings, ImageEmbedderSettings, ModelSource,
    ServedImageEmbedderSettings, ServedSettings, ServedVisionSettings, VisionSettings, Wire,
};

use super::Settings;
use crate::demo;

/// The vision-language model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Models {
    /// The vision-language model (Qwen3-VL architecture): a folder, or `hub:` and a name on the
    /// Hugging Face hub. With `servers`, what they call it; any architecture then.
    #[schemars(with = "String")]
    pub vision: ModelSource,
    /// Servers that run it, so that it does not run in this process: whichever has the least to do
    /// is asked, another one where that fails. With them, set `concurrency` to as many photos as
    /// they describe at once.
    #[serde(deserialize_with = "one_or_more")]
    #[schemars(example = ["http://gpu-1:8000", "http://gpu-2:8000"])]
    pub servers: Vec<String>,
    /// The servers' key. Better given by the environment or a file.
    #[schemars(example = &"secret", extend("x-secret" = true))]
    pub api_key: Option<String>,
    /// How they are asked: "openai" (vLLM, mistral.rs, most others) or "ollama".
    #[schemars(with = "String")]
    pub wire: ChatWire,
    /// Quantisation while loading: bits ("4", "8") or a type that mistral.rs knows ("q4k", "q8_0").
    /// None where not set.
    #[serde(deserialize_with = "text_or_number")]
    #[schemars(example = &"4")]
    pub isq: Option<String>,
    /// "auto": the GPU where Vitrine is built with the feature `cuda`, else the CPU. "cpu": the
    /// CPU.
    #[schemars(with = "String")]
    pub device: Device,
    /// The side in pixels of the square that the model sees. The model card's own where not set,
    /// and 768 without a card.
    #[schemars(example = 768)]
    pub photo_side: Option<u32>,
    /// Photos looked at in the same moment. More than one changes the arithmetic, and can so change
    /// an answer.
    pub concurrency: usize,
    /// Photos that may wait for the model; one more is answered 429 with Retry-After. Merchants are
    /// taken in turn, and while others wait none holds more than its share.
    pub queue: usize,
    /// The longest that a photo may wait for its turn; who would wait longer is answered 429 at
    /// once.
    pub wait_seconds: u64,
    /// The longest that one answer of the model may take. A whole request ends after 300 s in any
    /// case.
    pub timeout_seconds: u64,
}

/// What texts are compared by.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Embedder {
    /// The text embedder (Qwen3-Embedding architecture): a folder, or `hub:` and a name. Another
    /// embedder makes the index be built anew at the next start.
    #[schemars(with = "String")]
    pub model: ModelSource,
    /// Servers that embed texts by `/v1/embeddings` (vLLM, Ollama, Infinity,
    /// text-embeddings-inference); `model` is what they call it.
    #[serde(deserialize_with = "one_or_more")]
    #[schemars(example = ["http://localhost:8001"])]
    pub servers: Vec<String>,
    /// The servers' key. Better given by the environment or a file.
    #[schemars(example = &"secret", extend("x-secret" = true))]
    pub api_key: Option<String>,
    /// "auto": the GPU where Vitrine is built with the feature `cuda`, else the CPU. "cpu": the CPU.
    #[schemars(with = "String")]
    pub device: Device,
    /// The longest that one batch of texts may take.
    pub timeout_seconds: u64,
}

/// What tells how alike pictures look.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ImageEmbedder {
    /// Whether the pictures of garments and products are compared.
    pub enabled: bool,
    /// The picture encoder (SigLIP or SigLIP 2 of a fixed size): a folder, or `hub:` and a name.
    /// Another one makes all pictures be fetched and embedded again.
    #[schemars(with = "String")]
    pub model: ModelSource,
    /// "auto": the GPU where Vitrine is built with the feature `cuda`, else the CPU. "cpu": the CPU.
    #[schemars(with = "String")]
    pub device: Device,
    /// Servers that embed pictures; `model` is what they call it.
    #[serde(deserialize_with = "one_or_more")]
    #[schemars(example = ["http://localhost:7997"])]
    pub servers: Vec<String>,
    /// The servers' key. Better given by the environment or a file.
    #[schemars(example = &"secret", extend("x-secret" = true))]
    pub api_key: Option<String>,
    /// How they are asked: "infinity" or "vllm".
    #[schemars(with = "String")]
    pub wire: Wire,
    /// The longest that one batch of pictures may take.
    pub timeout_seconds: u64,
    /// From where on pictures look alike, where the encoder's card does not say or says it of other
    /// pictures.
    pub grades: GradesOf,
}

/// From where on pictures look alike; those that the model brings where none is set.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct GradesOf {
    /// The cosine and twice the lead over the next product.
    #[schemars(example = 1.1)]
    pub same: Option<f32>,
    /// A cosine.
    #[schemars(example = 0.93)]
    pub very_similar: Option<f32>,
    /// A cosine.
    #[schemars(example = 0.92)]
    pub similar: Option<f32>,
}

impl GradesOf {
    fn set(self) -> Option<Grades> {
        let Self { same, very_similar, similar } = self;
        let some = same.or(very_similar).or(similar).is_some();
        some.then_some(Grades { same, very_similar, similar })
    }
}

/// Where texts are embedded, and on servers from which cosine on they are alike.
pub enum TextEncoder {
    Here(EmbedderSettings),
    Served(ServedSettings, Option<f32>),
}

/// Where pictures are embedded.
pub enum Encoder {
    Here(ImageEmbedderSettings),
    Served(ServedImageEmbedderSettings),
}

impl Default for Models {
    fn default() -> Self {
        Self {
            vision: model("vlm"),
            servers: Vec::new(),
            api_key: None,
            wire: ChatWire::Openai,
            isq: None,
            device: Device::Auto,
            photo_side: None,
            concurrency: 1,
            queue: 32,
            wait_seconds: 60,
            timeout_seconds: 120,
        }
    }
}

impl Default for Embedder {
    fn default() -> Self {
        Self {
            model: model("embedder"),
            servers: Vec::new(),
            api_key: None,
            device: Device::Auto,
            timeout_seconds: 60,
        }
    }
}

impl Default for ImageEmbedder {
    fn default() -> Self {
        Self {
            enabled: true,
            model: model("pictures"),
            device: Device::Auto,
            servers: Vec::new(),
            api_key: None,
            wire: Wire::Infinity,
            timeout_seconds: 60,
            grades: GradesOf { same: None, very_similar: None, similar: None },
        }
    }
}

/// One of the small models.
fn model(name: &str) -> ModelSource {
    ModelSource::Folder(demo::folder().join("model").join(name))
}

impl Settings {
    /// Where the vision-language model runs, and how it is loaded.
    pub fn vision(&self) -> VisionSettings {
        let Models { vision, servers, api_key, wire, isq, device, photo_side, .. } =
            self.models.clone();
        let Models { concurrency, timeout_seconds, .. } = self.models;
        let served = served(servers, &vision, api_key, timeout_seconds);
        let served = served.map(|served| ServedVisionSettings { served, wire });
        VisionSettings {
            model: vision,
            served,
            isq,
            device,
            photo_side,
            concurrency,
            timeout_seconds,
        }
    }

    /// Where texts are embedded.
    pub fn embedder(&self) -> TextEncoder {
        let Embedder { model, servers, api_key, device, timeout_seconds } = self.embedder.clone();
        let min_similarity = self.matching.min_similarity;
        match served(servers, &model, api_key, timeout_seconds) {
            Some(served) => TextEncoder::Served(served, min_similarity),
            None => TextEncoder::Here(EmbedderSettings {
                model,
                device,
                min_similarity,
                timeout_seconds,
            }),
        }
    }

    /// Where pictures are embedded, if they are compared.
    pub fn image_embedder(&self) -> Option<Encoder> {
        let ImageEmbedder {
            enabled,
            model,
            device,
            servers,
            api_key,
            wire,
            timeout_seconds,
            grades,
        } = self.image_embedder.clone();
        let grades = grades.set();
        let encoder = match served(servers, &model, api_key, timeout_seconds) {
            Some(served) => Encoder::Served(ServedImageEmbedderSettings { served, wire, grades }),
            None => Encoder::Here(ImageEmbedderSettings { model, device, timeout_seconds, grades }),
        };
        enabled.then_some(encoder)
    }
}

/// The servers of a model, where there are some.
fn served(
    urls: Vec<String>,
    model: &ModelSource,
    api_key: Option<String>,
    timeout_seconds: u64,
) -> Option<ServedSettings> {
    let model = match model {
        ModelSource::Hub(name) => name.clone(),
        folder @ ModelSource::Folder(_) => folder.clone().into(),
    };
    (!urls.is_empty()).then_some(ServedSettings { urls, model, api_key, timeout_seconds })
}

/// A number stands for its digits, so that `isq = 4` and `isq = "4"` are the same.
fn text_or_number<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    Ok(match Option::<Value>::deserialize(from)? {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) => Some(text),
        Some(other) => Some(other.to_string()),
    })
}

/// A text stands for a list of what it has between commas, as an environment variable has it.
pub(super) fn one_or_more<'de, D: serde::Deserializer<'de>>(
    from: D,
) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Given {
        One(String),
        More(Vec<String>),
    }
    Ok(match Given::deserialize(from)? {
        Given::More(all) => all,
        Given::One(text) => {
            let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
            parts.map(str::to_owned).collect()
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::Common;

    fn settings(set: &[&str]) -> Settings {
        let set = set.iter().map(|set| (*set).to_owned()).collect();
        Settings::read(&Common { config: None, set, data: None }, None).unwrap()
    }

    #[test]
    fn naming_servers_is_all_it_takes_to_have_a_model_run_there() {
        let here = settings(&[]);
        assert_eq!(here.vision().served, None);
        assert!(matches!(here.embedder(), TextEncoder::Here(_)));
        assert!(matches!(here.image_embedder(), Some(Encoder::Here(_))));

        let there = settings(&[
            "models.vision=hub:Qwen/Qwen3-VL-4B-Instruct",
            r#"models.servers=["http://a:8000","http://b:8000"]"#,
            "embedder.servers=http://c:8000, http://d:8000",
            "image_embedder.servers=http://e:7997",
            "image_embedder.model=eye",
        ]);
        let vision = there.vision().served.unwrap();
        assert_eq!(vision.served.urls, ["http://a:8000", "http://b:8000"]);
        assert_eq!(vision.served.model, "Qwen/Qwen3-VL-4B-Instruct");
        let TextEncoder::Served(texts, _) = there.embedder() else { panic!("not served") };
        assert_eq!(texts.urls, ["http://c:8000", "http://d:8000"]);
        let Some(Encoder::Served(pictures)) = there.image_embedder() else { panic!("not served") };
        assert_eq!((pictures.served.urls.len(), pictures.served.model.as_str()), (1, "eye"));
    }
}
