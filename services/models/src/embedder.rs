use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use either::Either;
use mistralrs::{EmbeddingModelBuilder, EmbeddingRequest, Model, ModelDType, TokenSource};
use tokio::sync::{Semaphore, oneshot};
use vitrine_core::ports::{Embedder, ModelError, Vector};

use crate::{
    card::{ModelCard, fingerprint},
    settings::EmbedderSettings,
    text::harmless,
    vector::unit,
};

/// Texts handed to the engine at once.
pub(crate) const BATCH: usize = 64;
/// Characters of a text that are embedded.
const MAX_TEXT: usize = 2_000;
/// The cosine below which texts are not alike, for a model without a measured one.
pub(crate) const DEFAULT_MIN_SIMILARITY: f32 = 0.45;
/// What stands for an empty text: the engine stops on a text without words.
const NOTHING: &str = "nothing";

/// A Qwen3-Embedding model in this process.
pub struct MistralEmbedder {
    model: Arc<Model>,
    turn: Arc<Semaphore>,
    name: String,
    dimensions: usize,
    min_similarity: f32,
    timeout: Duration,
}

impl MistralEmbedder {
    /// Loads the model and embeds one text to learn the vectors' size.
    pub async fn load(settings: &EmbedderSettings) -> Result<Self, ModelError> {
        let card = ModelCard::of(&settings.model)?;
        let mut builder = EmbeddingModelBuilder::new(settings.model.id()?);
        if settings.model.folder().is_some() {
            builder = builder.with_token_source(TokenSource::None);
        }
        if settings.device.is_cpu() {
            builder = builder.with_force_cpu().with_dtype(ModelDType::F32);
        }
        let model =
            builder.build().await.map_err(|error| ModelError::Load(format!("{error:#}")))?;
        check_tokenizer(&model).await?;
        let mut embedder = Self {
            model: Arc::new(model),
            turn: Arc::new(Semaphore::new(1)),
            name: format!("{}+{}", card.name, fingerprint(&settings.model, &[])),
            dimensions: 0,
            min_similarity: settings
                .min_similarity
                .or(card.min_similarity)
                .unwrap_or(DEFAULT_MIN_SIMILARITY),
            timeout: Duration::from_secs(settings.timeout_seconds.max(1)),
        };
        let probe = embedder.embed(vec![NOTHING.into()]).await?;
        embedder.dimensions = probe.first().map_or(0, Vec::len);
        Ok(embedder)
    }

    /// Embeds one batch in a task of its own, which always hears the engine out: the engine stops
    /// when nobody takes its answer. Callers wait, or leave, on a channel of ours.
    async fn batch(&self, texts: Vec<String>) -> Result<Vec<Vector>, ModelError> {
        let (sender, receiver) = oneshot::channel();
        let model = Arc::clone(&self.model);
        let turn = Arc::clone(&self.turn);
        tokio::spawn(async move {
            let Ok(_turn) = turn.acquire().await else { return };
            if sender.is_closed() {
                return;
            }
            let request =
                EmbeddingRequest::builder().add_prompts(texts).with_truncate_sequence(true);
            let _ = sender.send(model.generate_embeddings(request).await);
        });
        match tokio::time::timeout(self.timeout, receiver).await {
            Err(_) => Err(ModelError::Timeout(self.timeout.as_secs())),
            Ok(Err(_)) => Err(ModelError::Stopped("the embedding task ended".into())),
            Ok(Ok(Err(error))) => Err(ModelError::Stopped(error.to_string())),
            Ok(Ok(Ok(vectors))) => vectors.into_iter().map(unit).collect(),
        }
    }
}

#[async_trait]
impl Embedder for MistralEmbedder {
    fn model(&self) -> &str {
        &self.name
    }

    fn dimensions(&self) -> usize {
        self.dimensions
    }

    fn min_similarity(&self) -> f32 {
        self.min_similarity
    }

    async fn embed(&self, texts: Vec<String>) -> Result<Vec<Vector>, ModelError> {
        let mut vectors = Vec::with_capacity(texts.len());
        for batch in texts.chunks(BATCH) {
            let batch: Vec<String> = batch.iter().map(|text| embeddable(text)).collect();
            let wanted = batch.len();
            let got = self.batch(batch).await?;
            if got.len() != wanted {
                return Err(ModelError::Answer("not one vector for each text".into()));
            }
            vectors.extend(got);
        }
        Ok(vectors)
    }
}

pub(crate) fn embeddable(text: &str) -> String {
    let text = harmless(text, MAX_TEXT);
    if text.is_empty() { NOTHING.to_owned() } else { text }
}

/// A text of one token stops the engine: the tokenizer must add its end token.
async fn check_tokenizer(model: &Model) -> Result<(), ModelError> {
    let tokens = model
        .tokenize(Either::Right("a".into()), None, true, false, None)
        .await
        .map_err(|error| ModelError::Load(error.to_string()))?;
    if tokens.len() < 2 {
        let message =
            "the embedder's tokenizer adds no end token; use one whose post-processor does";
        return Err(ModelError::Load(message.into()));
    }
    Ok(())
}
