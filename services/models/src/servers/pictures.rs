//! Pictures' vectors by servers.

mod wire;

use std::sync::Arc;

use async_trait::async_trait;
use futures::{StreamExt, TryStreamExt, stream};
use image::RgbImage;
use vitrine_core::{
    likeness::Grades,
    ports::{ImageEmbedder, ModelError, Vector},
};

use super::{Servers, Whole, at_load, data_uri::data_uri, embedder::checked, vectors::vectors};
use crate::settings::{ServedImageEmbedderSettings, Wire};

/// Servers that embed pictures.
pub struct ServedImageEmbedder {
    servers: Arc<Servers>,
    wire: Wire,
    model: String,
    name: String,
    dimensions: usize,
    grades: Option<Grades>,
}

impl ServedImageEmbedder {
    /// Asks for one vector, to learn their size. Errors are [`ModelError::Load`], or
    /// [`ModelError::Timeout`].
    pub async fn load(settings: &ServedImageEmbedderSettings) -> Result<Self, ModelError> {
        let ServedImageEmbedderSettings { served, wire, grades } = settings;
        let grades = crate::card::checked(*grades)?;
        let (wire, model) = (*wire, served.model.clone());
        let picture = RgbImage::new(64, 64);
        let probe = wire.body(&model, &[data_uri(&picture)?]).to_string();
        let servers = Servers::new(served, wire.path(), probe)?;
        let name = format!("{model}+{}", wire.id());
        let mut embedder = Self { servers, wire, model, name, dimensions: 0, grades };
        let vectors = embedder.embed(vec![picture]).await.map_err(at_load)?;
        embedder.dimensions = vectors.first().map_or(0, Vec::len);
        Ok(embedder)
    }

    /// One request with all its tries.
    async fn request(&self, pictures: Vec<RgbImage>) -> Result<Vec<Vector>, ModelError> {
        let (deadline, wanted) = (self.servers.deadline(), pictures.len());
        let encoding = move || pictures.iter().map(data_uri).collect::<Result<Vec<_>, _>>();
        let stopped = |_| ModelError::Stopped("a picture could not be written".into());
        let uris = tokio::task::spawn_blocking(encoding).await.map_err(stopped)??;
        let body = self.wire.body(&self.model, &uris).to_string();
        let (answer, _) = self.servers.ask(deadline, &body, &Whole).await?;
        let vectors = vectors(&answer, wanted)?;
        vectors.into_iter().map(|vector| checked(vector, self.dimensions)).collect()
    }
}

#[async_trait]
impl ImageEmbedder for ServedImageEmbedder {
    fn model(&self) -> &str {
        &self.name
    }

    fn dimensions(&self) -> usize {
        self.dimensions
    }

    fn grades(&self) -> Option<Grades> {
        self.grades
    }

    async fn embed(&self, pictures: Vec<RgbImage>) -> Result<Vec<Vector>, ModelError> {
        let wire = self.wire;
        let mut pictures = pictures.into_iter();
        let batches: Vec<Vec<RgbImage>> = std::iter::from_fn(|| {
            let batch: Vec<RgbImage> = pictures.by_ref().take(wire.pictures_in_one()).collect();
            (!batch.is_empty()).then_some(batch)
        })
        .collect();
        let answers = stream::iter(batches).map(|batch| self.request(batch));
        let vectors: Vec<Vec<Vector>> = answers.buffered(wire.at_once()).try_collect().await?;
        Ok(vectors.concat())
    }
}

#[cfg(test)]
mod tests;
