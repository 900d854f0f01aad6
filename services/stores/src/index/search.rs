//! One hybrid query: two legs under one filter, fused, then read back.

use std::collections::HashMap;

use qdrant_edge::{
    EdgeShard, Filter, NamedQuery, PointId, QueryEnum, QueryRequest, Record, ScoringQuery,
    VectorInternal, VectorStructInternal, WithPayloadInterface, WithVector,
};
use serde_json::Value;
use vitrine_core::{
    ids::{MerchantId, ProductId},
    ports::{Hit, Query},
};

use super::{
    StoreError,
    error::{corrupt, failed},
    filter,
    fusion::fuse,
    schema,
    terms::Terms,
};

/// How many points a leg gives for each one wanted: a point far down one leg may still be among
/// the best of both.
const LEG_DEPTH: usize = 4;
/// The fewest and the most points that a leg gives.
const LEG_BOUNDS: (usize, usize) = (100, 10_000);

pub(super) fn search(
    shard: &EdgeShard,
    terms: &Terms,
    merchant: &MerchantId,
    query: Query,
) -> Result<Vec<Hit>, StoreError> {
    let filter = filter::of_query(merchant, &query.prefilter);
    let depth = query.limit.saturating_mul(LEG_DEPTH).clamp(LEG_BOUNDS.0, LEG_BOUNDS.1);
    let mut legs = Vec::new();
    if let Some(sparse) = terms.of_query(&query.terms) {
        legs.push(leg(shard, schema::TERMS, VectorInternal::Sparse(sparse), &filter, depth)?);
    }
    legs.push(leg(shard, schema::WORDS, VectorInternal::Dense(query.words), &filter, depth)?);
    let mut best = fuse(legs);
    best.truncate(query.limit);
    hits(shard, &best, &query.likeness)
}

fn leg(
    shard: &EdgeShard,
    name: &str,
    vector: VectorInternal,
    filter: &Filter,
    limit: usize,
) -> Result<Vec<(PointId, f32)>, StoreError> {
    let nearest = NamedQuery { query: vector, using: Some(name.to_owned()) };
    let request = QueryRequest {
        prefetches: Vec::new(),
        query: Some(ScoringQuery::Vector(QueryEnum::Nearest(nearest))),
        filter: Some(filter.clone()),
        score_threshold: None,
        limit,
        offset: 0,
        params: None,
        with_vector: WithVector::Bool(false),
        with_payload: WithPayloadInterface::Bool(false),
    };
    let found = shard.query(request).map_err(failed)?;
    Ok(found.into_iter().map(|point| (point.id, point.score)).collect())
}

/// Reads the points in this order; one that was replaced meanwhile is left out.
fn hits(shard: &EdgeShard, ids: &[PointId], likeness: &[f32]) -> Result<Vec<Hit>, StoreError> {
    let fields = [schema::PRODUCT, schema::VERSION].map(schema::path).to_vec();
    let records = shard
        .retrieve(
            ids,
            Some(WithPayloadInterface::Fields(fields)),
            Some(WithVector::Selector(vec![schema::WORDS.to_owned()])),
        )
        .map_err(failed)?;
    let by_id: HashMap<PointId, Record> =
        records.into_iter().map(|record| (record.id, record)).collect();
    ids.iter().filter_map(|id| by_id.get(id)).map(|record| hit(record, likeness)).collect()
}

fn hit(record: &Record, likeness: &[f32]) -> Result<Hit, StoreError> {
    let text = |field: &str| match record.payload.as_ref().and_then(|all| all.0.get(field)) {
        Some(Value::String(text)) => Ok(text.clone()),
        _ => Err(corrupt(format!("a point has no {field}"))),
    };
    let words = match &record.vector {
        Some(VectorStructInternal::Named(vectors)) => vectors.get(schema::WORDS),
        _ => None,
    };
    let Some(VectorInternal::Dense(words)) = words else {
        return Err(corrupt("a point has no vector"));
    };
    Ok(Hit {
        product: ProductId::new(text(schema::PRODUCT)?)
            .map_err(|error| corrupt(error.to_string()))?,
        version: text(schema::VERSION)?,
        similarity: cosine(words, likeness),
    })
}

/// The cosine of two vectors of one length; 0 where one of them is zero.
fn cosine(a: &[f32], b: &[f32]) -> f32 {
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
    let lengths = (dot(a, a) * dot(b, b)).sqrt();
    if lengths > 0.0 { (dot(a, b) / lengths).clamp(-1.0, 1.0) } else { 0.0 }
}
