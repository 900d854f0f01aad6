//! What is asked and answered, in each server's own words.

use serde_json::{Value, json};

use crate::settings::Wire;

impl Wire {
    pub(super) const fn id(self) -> &'static str {
        match self {
            Self::Infinity => "infinity",
            Self::Vllm => "vllm",
        }
    }

    pub(super) const fn path(self) -> &'static str {
        match self {
            Self::Infinity => "/embeddings",
            Self::Vllm => "/v1/embeddings",
        }
    }

    /// Pictures in one request: Infinity takes 32 at most, a chat is embedded as one.
    pub(super) const fn pictures_in_one(self) -> usize {
        match self {
            Self::Infinity => 16,
            Self::Vllm => 1,
        }
    }

    /// Requests at once, so that the server can batch them.
    pub(super) const fn at_once(self) -> usize {
        match self {
            Self::Infinity => 2,
            Self::Vllm => 8,
        }
    }

    /// `OpenAIEmbeddingInput` of `infinity_emb/fastapi_schemas/pymodels.py`, or a chat as in
    /// `examples/pooling/embed/vision_embedding_online.py` of vLLM.
    pub(super) fn body(self, model: &str, pictures: &[String]) -> Value {
        match self {
            Self::Infinity => json!({
                "model": model, "input": pictures, "modality": "image", "encoding_format": "float"
            }),
            Self::Vllm => {
                let content: Vec<Value> = pictures
                    .iter()
                    .map(|picture| json!({"type": "image_url", "image_url": {"url": picture}}))
                    .collect();
                let messages = json!([{"role": "user", "content": content}]);
                json!({"model": model, "messages": messages, "encoding_format": "float"})
            }
        }
    }
}
