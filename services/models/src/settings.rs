use std::{
    fmt,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use vitrine_core::{likeness::Grades, ports::ModelError};

/// Where a model's files are: a folder, or `hub:` and a name on the Hugging Face hub. The prefix
/// keeps a mistyped folder from being looked for on the network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum ModelSource {
    Folder(PathBuf),
    Hub(String),
}

impl From<String> for ModelSource {
    fn from(text: String) -> Self {
        match text.strip_prefix("hub:") {
            Some(name) => Self::Hub(name.to_owned()),
            None => Self::Folder(PathBuf::from(text)),
        }
    }
}

impl From<ModelSource> for String {
    fn from(source: ModelSource) -> Self {
        match source {
            ModelSource::Folder(folder) => folder.display().to_string(),
            ModelSource::Hub(name) => format!("hub:{name}"),
        }
    }
}

impl ModelSource {
    /// The folder, if it is one.
    pub fn folder(&self) -> Option<&Path> {
        match self {
            Self::Folder(folder) => Some(folder),
            Self::Hub(_) => None,
        }
    }

    /// What mistral.rs takes as the model's id; an error when the folder has no `config.json`.
    pub(crate) fn id(&self) -> Result<String, ModelError> {
        match self {
            Self::Hub(name) => Ok(name.clone()),
            Self::Folder(folder) if folder.join("config.json").is_file() => {
                Ok(folder.display().to_string())
            }
            Self::Folder(folder) => Err(ModelError::Load(format!(
                "there is no model in {} (no config.json); set the folder of a model, or `hub:` and its name",
                folder.display()
            ))),
        }
    }
}

/// Where a model runs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Device {
    /// The GPU where Vitrine was built with the feature `cuda`, else the CPU.
    #[default]
    Auto,
    Cpu,
}

impl Device {
    /// Whether the CPU will be used.
    pub const fn is_cpu(self) -> bool {
        matches!(self, Self::Cpu) || !cfg!(feature = "cuda")
    }
}

/// How the vision-language model is loaded.
#[derive(Debug, Clone, PartialEq)]
pub struct VisionSettings {
    pub model: ModelSource,
    /// The servers that run it; this process where there are none.
    pub served: Option<ServedVisionSettings>,
    /// In-situ quantisation: bits (`4`, `8`) or a type mistral.rs knows (`q4k`, `q8_0`); none
    /// keeps the weights as they are.
    pub isq: Option<String>,
    pub device: Device,
    /// The side in pixels of the square that the model sees: its pixel budget. The model card's
    /// own where not set.
    pub photo_side: Option<u32>,
    /// Photos described at once.
    pub concurrency: usize,
    /// The longest that one answer may take, in seconds.
    pub timeout_seconds: u64,
}

/// How the text embedder is loaded.
#[derive(Debug, Clone, PartialEq)]
pub struct EmbedderSettings {
    pub model: ModelSource,
    pub device: Device,
    /// The cosine below which nothing is a match; the model card's own where not set.
    pub min_similarity: Option<f32>,
    /// The longest that one batch may take, in seconds.
    pub timeout_seconds: u64,
}

/// How the picture encoder is loaded.
#[derive(Debug, Clone, PartialEq)]
pub struct ImageEmbedderSettings {
    pub model: ModelSource,
    pub device: Device,
    /// The longest that one batch may take, in seconds.
    pub timeout_seconds: u64,
    /// From which cosines on pictures look alike; the model card's own where not set.
    pub grades: Option<Grades>,
}

/// How pictures are sent to a server and vectors come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Wire {
    /// `POST {url}/embeddings` with `modality: image` (<https://github.com/michaelfeil/infinity>).
    Infinity,
    /// `POST {url}/v1/embeddings` with a chat of one picture (<https://docs.vllm.ai>), from a model
    /// that is served with `--runner pooling`.
    Vllm,
}

/// Servers that all run the same model.
#[derive(Clone, PartialEq)]
pub struct ServedSettings {
    /// Where they are, such as `http://localhost:8000`.
    pub urls: Vec<String>,
    /// The model's name there.
    pub model: String,
    /// Sent as a bearer token.
    pub api_key: Option<String>,
    /// The longest that one request may take with all its tries, in seconds.
    pub timeout_seconds: u64,
}

impl fmt::Debug for ServedSettings {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { urls, model, api_key, timeout_seconds } = self;
        out.debug_struct("ServedSettings")
            .field("urls", urls)
            .field("model", model)
            .field("api_key", &api_key.as_ref().map(|_| "hidden"))
            .field("timeout_seconds", timeout_seconds)
            .finish()
    }
}

/// How servers are asked about photos.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ChatWire {
    /// `POST {url}/v1/chat/completions` with a JSON schema as `response_format`: vLLM, mistral.rs
    /// and most others.
    Openai,
    /// `POST {url}/api/chat` with a JSON schema as `format`.
    Ollama,
}

/// Servers that run a vision-language model.
#[derive(Debug, Clone, PartialEq)]
pub struct ServedVisionSettings {
    pub served: ServedSettings,
    pub wire: ChatWire,
}

/// Servers that run a picture encoder.
#[derive(Debug, Clone, PartialEq)]
pub struct ServedImageEmbedderSettings {
    pub served: ServedSettings,
    pub wire: Wire,
    /// From which cosines on pictures look alike to this model, where somebody measured it.
    pub grades: Option<Grades>,
}
