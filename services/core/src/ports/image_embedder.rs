use async_trait::async_trait;
use image::RgbImage;

use super::{ModelError, Vector};
use crate::likeness::Grades;

/// Turns pictures into vectors whose dot product tells how alike they look.
#[async_trait]
pub trait ImageEmbedder: Send + Sync {
    /// Names the model; vectors of two models are never mixed.
    fn model(&self) -> &str;

    /// Floats in each vector.
    fn dimensions(&self) -> usize;

    /// From where on pictures are taken to look alike, measured for this model; none where nobody
    /// measured.
    fn grades(&self) -> Option<Grades>;

    /// One unit-length vector for each picture, in order. Pictures may have any size from one pixel
    /// on; each is seen whole.
    async fn embed(&self, pictures: Vec<RgbImage>) -> Result<Vec<Vector>, ModelError>;
}
