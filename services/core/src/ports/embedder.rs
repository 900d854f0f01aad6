use async_trait::async_trait;

use super::ModelError;

/// A unit-length vector.
pub type Vector = Vec<f32>;

/// Turns texts into vectors whose dot product tells how close their meanings are.
#[async_trait]
pub trait Embedder: Send + Sync {
    /// Names the model; vectors of two models are never mixed.
    fn model(&self) -> &str;

    /// Floats in each vector.
    fn dimensions(&self) -> usize;

    /// The cosine below which two texts are not taken to mean a similar thing, measured for this
    /// model.
    fn min_similarity(&self) -> f32;

    /// One unit-length vector for each text, in order. Any text is accepted, an empty one too.
    async fn embed(&self, texts: Vec<String>) -> Result<Vec<Vector>, ModelError>;
}
