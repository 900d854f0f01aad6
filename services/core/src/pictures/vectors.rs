//! The vectors of pictures, kept next to the catalog by the hashes of their files.

use std::collections::HashMap;

use image::RgbImage;

use super::Picture;
use crate::ports::{Catalog, ImageEmbedder, ModelError, StoreError, Vector};

/// Has pictures embedded that this model has not embedded before, and notes it in each whose vector
/// is kept. What could not be embedded is told to the log.
pub(super) async fn embed(
    embedder: &dyn ImageEmbedder,
    catalog: &dyn Catalog,
    mut pictures: Vec<(&mut Picture, Option<RgbImage>)>,
) -> Result<(), StoreError> {
    let model = embedder.model();
    let hashes: Vec<String> = pictures.iter().map(|(picture, _)| picture.hash.clone()).collect();
    let known = catalog.vectors(model, &hashes).await?;
    let mut unknown: HashMap<String, RgbImage> = HashMap::new();
    for (picture, pixels) in &mut pictures {
        if let Some(pixels) = pixels.take().filter(|_| !known.contains_key(&picture.hash)) {
            unknown.insert(picture.hash.clone(), pixels);
        }
    }
    let new = together_or_alone(embedder, unknown.into_iter().collect()).await;
    if !new.is_empty() {
        catalog.keep_vectors(model, &new).await?;
    }
    for (picture, _) in pictures {
        if known.contains_key(&picture.hash) || new.contains_key(&picture.hash) {
            picture.embedded_by = Some(model.to_owned());
        }
    }
    Ok(())
}

/// All at once; one by one where one of them is what the model can not take.
async fn together_or_alone(
    embedder: &dyn ImageEmbedder,
    pictures: Vec<(String, RgbImage)>,
) -> HashMap<String, Vector> {
    let (hashes, pixels): (Vec<String>, Vec<RgbImage>) = pictures.iter().cloned().unzip();
    let failed = |error: &ModelError, count: usize| {
        tracing::warn!(%error, pictures = count, "product pictures are not compared yet");
    };
    match embedder.embed(pixels).await {
        Ok(vectors) => hashes.into_iter().zip(vectors).collect(),
        Err(ModelError::Answer(_)) if pictures.len() > 1 => {
            let mut new = HashMap::new();
            for (hash, pixels) in pictures {
                match embedder.embed(vec![pixels]).await {
                    Ok(vectors) => new.extend(vectors.into_iter().map(|one| (hash.clone(), one))),
                    Err(error) => failed(&error, 1),
                }
            }
            new
        }
        Err(error) => {
            failed(&error, pictures.len());
            HashMap::new()
        }
    }
}
