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
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Models {
    /// A folder, or `hub:` and a name; with `servers`, what they call it.
    pub vision: ModelSource,
    /// Servers that run it, as `http://localhost:8000`; this process where there are none.
    #[serde(deserialize_with = "one_or_more")]
    pub servers: Vec<String>,
    pub api_key: Option<String>,
    /// How the servers are asked.
    pub wire: ChatWire,
    /// In-situ quantisation, as `4`, `8`, `q4k`.
    #[serde(deserialize_with = "text_or_number")]
    pub isq: Option<String>,
    pub device: Device,
    /// The side in pixels of the square that the model sees; its own where not set.
    pub photo_side: Option<u32>,
    /// Photos looked at in the same moment. More than one changes the arithmetic of a model in this
    /// process, and can so change an answer.
    pub concurrency: usize,
    /// Photos that may wait; one more is told to come back.
    pub queue: usize,
    /// The longest that a photo may wait for its turn.
    pub wait_seconds: u64,
    /// The longest that one answer of a model may take.
    pub timeout_seconds: u64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Embedder {
    /// The text embedder: a folder, or `hub:` and a name; with `servers`, what they call it.
    pub model: ModelSource,
    /// Servers that embed texts; this process where there are none.
    #[serde(deserialize_with = "one_or_more")]
    pub servers: Vec<String>,
    pub api_key: Option<String>,
    pub device: Device,
    pub timeout_seconds: u64,
}

/// What tells how alike pictures look.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ImageEmbedder {
    /// Whether pictures are compared.
    pub enabled: bool,
    /// The encoder: a folder, or `hub:` and a name; with `servers`, what they call it.
    pub model: ModelSource,
    pub device: Device,
    /// Servers that embed pictures, as `http://localhost:7997`; this process where there are none.
    #[serde(deserialize_with = "one_or_more")]
    pub servers: Vec<String>,
    pub api_key: Option<String>,
    /// How the servers are asked.
    pub wire: Wire,
    /// The longest that one batch may take.
    pub timeout_seconds: u64,
    pub grades: GradesOf,
}

/// From where on pictures look alike; those that the model brings where none is set.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct GradesOf {
    pub same: Option<f32>,
    pub very_similar: Option<f32>,
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
