use std::sync::Arc;

use async_trait::async_trait;
use serde_json::json;
use vitrine_core::ports::{Embedder, ModelError, Vector};

use super::{Servers, Whole, at_load, vectors::vectors};
use crate::{
    embedder::{BATCH, DEFAULT_MIN_SIMILARITY, embeddable},
    settings::ServedSettings,
    vector::unit,
};

/// Servers that embed texts: `POST {url}/v1/embeddings`, as OpenAI's API has it.
pub struct ServedEmbedder {
    servers: Arc<Servers>,
    model: String,
    dimensions: usize,
    min_similarity: f32,
}

impl ServedEmbedder {
    /// Asks for one vector, to learn their size. Errors are [`ModelError::Load`], or
    /// [`ModelError::Timeout`].
    pub async fn load(
        settings: &ServedSettings,
        min_similarity: Option<f32>,
    ) -> Result<Self, ModelError> {
        let model = settings.model.clone();
        let probe = body(&model, &["a dress".into()]);
        let mut embedder = Self {
            servers: Servers::new(settings, "/v1/embeddings", probe)?,
            model,
            dimensions: 0,
            min_similarity: min_similarity.unwrap_or(DEFAULT_MIN_SIMILARITY),
        };
        let vectors = embedder.embed(vec!["a dress".into()]).await.map_err(at_load)?;
        embedder.dimensions = vectors.first().map_or(0, Vec::len);
        Ok(embedder)
    }
}

#[async_trait]
impl Embedder for ServedEmbedder {
    fn model(&self) -> &str {
        &self.model
    }

    fn dimensions(&self) -> usize {
        self.dimensions
    }

    fn min_similarity(&self) -> f32 {
        self.min_similarity
    }

    async fn embed(&self, texts: Vec<String>) -> Result<Vec<Vector>, ModelError> {
        let mut all = Vec::with_capacity(texts.len());
        for batch in texts.chunks(BATCH) {
            let batch: Vec<String> = batch.iter().map(|text| embeddable(text)).collect();
            let body = body(&self.model, &batch);
            let (answer, _) = self.servers.ask(self.servers.deadline(), &body, &Whole).await?;
            for vector in vectors(&answer, batch.len())? {
                all.push(checked(vector, self.dimensions)?);
            }
        }
        Ok(all)
    }
}

fn body(model: &str, texts: &[String]) -> String {
    json!({"model": model, "input": texts, "encoding_format": "float"}).to_string()
}

/// A vector of length 1 with as many floats as all before it; 0 where there was none.
pub(super) fn checked(vector: Vector, dimensions: usize) -> Result<Vector, ModelError> {
    if dimensions > 0 && vector.len() != dimensions {
        let told =
            format!("a vector of {} floats came where {dimensions} came before", vector.len());
        return Err(ModelError::Answer(told));
    }
    unit(vector)
}
