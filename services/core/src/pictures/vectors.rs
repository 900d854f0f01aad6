//! The vectors of pictures, kept next to the catalog by the hashes of their files.

use std::collections::HashMap;

use image::RgbImage;

use super::Picture;
use crate::ports::{Catalog, ImageEmbedder, StoreError, Vector};

/// Has pictures embedded that this model has not embedded before, all at once, and notes it in each.
/// Where the model can not, the log is told and they are left without a vector: a file that breaks
/// it would break it again.
pub(super) async fn embed(
    embedder: &dyn ImageEmbedder,
    catalog: &dyn Catalog,
    mut pictures: Vec<(&mut Picture, Option<RgbImage>)>,
) -> Result<(), StoreError> {
    let hashes: Vec<String> = pictures.iter().map(|(picture, _)| picture.hash.clone()).collect();
    let known = catalog.vectors(embedder.model(), &hashes).await?;
    let mut unknown: HashMap<String, RgbImage> = HashMap::new();
    for (picture, pixels) in &mut pictures {
        picture.embedded_by = Some(embedder.model().to_owned());
        if let Some(pixels) = pixels.take().filter(|_| !known.contains_key(&picture.hash)) {
            unknown.insert(picture.hash.clone(), pixels);
        }
    }
    if unknown.is_empty() {
        return Ok(());
    }
    let (hashes, pixels): (Vec<String>, Vec<RgbImage>) = unknown.into_iter().unzip();
    match embedder.embed(pixels).await {
        Ok(vectors) => {
            let new: HashMap<String, Vector> = hashes.into_iter().zip(vectors).collect();
            catalog.keep_vectors(embedder.model(), &new).await
        }
        Err(error) => {
            tracing::warn!(%error, pictures = hashes.len(), "product pictures are not compared: they could not be embedded");
            Ok(())
        }
    }
}
