//! Indexing what the outbox holds, with all vectors known, next to writing the same points.

use std::{
    collections::HashMap,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use async_trait::async_trait;
use qdrant_edge::{
    EdgeShard, PointInsertOperations, PointOperations, PointStructPersisted, ScrollRequest,
    UpdateOperation, WithPayloadInterface, WithVector,
};
use rand::{Rng, SeedableRng, rngs::StdRng, seq::SliceRandom};
use vitrine_core::{
    indexing::Indexer,
    ports::{Catalog, Embedder, ModelError, Vector},
};
use vitrine_stores::{EmbeddedIndex, SqliteCatalog};

use super::parse::products;
use crate::measure::Outcome;

const MODEL: &str = "drawn";
const DIMENSIONS: usize = 768;
/// Products that are indexed together, with one flush.
const TOGETHER: usize = 512;
/// Texts whose vectors are kept together.
const KEPT: usize = 1_000;
const OURS: &str = "index";

/// A model that is never to be asked: all vectors are kept beforehand.
struct NoModel;

#[async_trait]
impl Embedder for NoModel {
    fn model(&self) -> &str {
        MODEL
    }

    fn dimensions(&self) -> usize {
        DIMENSIONS
    }

    fn min_similarity(&self) -> f32 {
        0.0
    }

    async fn embed(&self, texts: Vec<String>) -> Result<Vec<Vector>, ModelError> {
        panic!("{} texts have no vector, the first of them {:?}", texts.len(), texts.first())
    }
}

/// Keeps a drawn vector for every text that the feed's products are found by.
pub(super) async fn keep_vectors(catalog: &SqliteCatalog, feed: &[u8]) -> Outcome<()> {
    let mut dice = StdRng::seed_from_u64(2);
    let mut vectors = HashMap::new();
    for product in products(feed) {
        let (product, _) = product?;
        for version in product.colour_versions() {
            vectors.insert(version.search_text(), vector(&mut dice));
        }
        if vectors.len() >= KEPT {
            catalog.keep_vectors(MODEL, &std::mem::take(&mut vectors)).await?;
        }
    }
    Ok(catalog.keep_vectors(MODEL, &vectors).await?)
}

/// Of length one.
fn vector(dice: &mut StdRng) -> Vector {
    let drawn: Vector = (0..DIMENSIONS).map(|_| dice.random_range(-1.0..1.0)).collect();
    let length = drawn.iter().map(|value| value * value).sum::<f32>().sqrt();
    drawn.into_iter().map(|value| value / length).collect()
}

async fn open(folder: &Path) -> Outcome<EmbeddedIndex> {
    let folder = folder.to_owned();
    let opened =
        tokio::task::spawn_blocking(move || EmbeddedIndex::open(&folder, DIMENSIONS, MODEL));
    Ok(opened.await??.index)
}

pub(super) async fn ours(folder: &Path, catalog: &Arc<SqliteCatalog>) -> Outcome<Duration> {
    let index = Arc::new(open(&folder.join(OURS)).await?);
    let indexer =
        Indexer::new(Arc::clone(catalog) as _, Arc::clone(&index) as _, Arc::new(NoModel));
    let started = Instant::now();
    indexer.drain(|_| {}).await?;
    let took = started.elapsed();
    drop(indexer);
    index.close().await?;
    Ok(took)
}

/// Writes the points that the indexer wrote to a second, empty shard of the same settings.
pub(super) async fn bare(folder: &Path) -> Outcome<Duration> {
    let fresh = folder.join("bare");
    open(&fresh).await?.close().await?;
    let written = folder.join(OURS);
    let work = tokio::task::spawn_blocking(move || {
        let (mut points, products) = points(&EdgeShard::load(&shard(&written), None)?)?;
        // They are read in the order of their ids, which is not that in which they were written.
        points.shuffle(&mut StdRng::seed_from_u64(3));
        let batches = products.div_ceil(TOGETHER);
        let together = points.len().div_ceil(batches.max(1));
        let shard = EdgeShard::load(&shard(&fresh), None)?;
        let started = Instant::now();
        let mut points = points.into_iter();
        loop {
            let batch: Vec<PointStructPersisted> = points.by_ref().take(together).collect();
            if batch.is_empty() {
                break;
            }
            let insert = PointInsertOperations::PointsList(batch);
            let upsert = PointOperations::UpsertPoints(insert);
            shard.update(UpdateOperation::PointOperation(upsert))?;
            shard.flush();
        }
        Ok(started.elapsed())
    });
    work.await?
}

/// The one shard of an index's folder.
fn shard(index: &Path) -> std::path::PathBuf {
    index.join("shard-1")
}

/// All points of a shard, and of how many products they are.
fn points(shard: &EdgeShard) -> Outcome<(Vec<PointStructPersisted>, usize)> {
    let mut points = Vec::new();
    let mut products = std::collections::HashSet::new();
    let mut offset = None;
    loop {
        let (records, next) = shard.scroll(ScrollRequest {
            offset,
            limit: Some(1_000),
            filter: None,
            with_payload: Some(WithPayloadInterface::Bool(true)),
            with_vector: WithVector::Bool(true),
            order_by: None,
        })?;
        for record in records {
            let payload = record.payload.as_ref();
            let product = payload.and_then(|payload| payload.0.get("product"));
            products.extend(product.and_then(|product| product.as_str()).map(str::to_owned));
            points.push(PointStructPersisted::try_from(record)?);
        }
        match next {
            Some(next) => offset = Some(next),
            None => return Ok((points, products.len())),
        }
    }
}
