//! What is read from a shard.

use qdrant_edge::{
    EdgeShard, NamedQuery, Payload, PointId, QueryEnum, QueryRequest, Record, ScoringQuery,
    ScrollRequest, VectorInternal, VectorStructInternal, WithPayloadInterface, WithVector,
};
use serde_json::Value;
use uuid::Uuid;
use vitrine_core::ports::{Entry, Hit, StoreError};

use super::{
    super::{
        schema,
        search::{self, Legs, OF_HIT, Page},
    },
    error::{STORE, failed},
    form,
    shape::path,
};

/// The best `limit` points, with their likeness to a vector.
pub(super) fn search(
    shard: &EdgeShard,
    legs: Legs,
    limit: usize,
    likeness: &[f32],
) -> Result<Vec<Hit>, StoreError> {
    let Legs { terms, words, filter, depth } = legs;
    let filter = form::filter(&filter);
    let leg = |name: &str, vector: VectorInternal| {
        let nearest = NamedQuery { query: vector, using: Some(name.to_owned()) };
        let request = QueryRequest {
            prefetches: Vec::new(),
            query: Some(ScoringQuery::Vector(QueryEnum::Nearest(nearest))),
            filter: Some(filter.clone()),
            score_threshold: None,
            limit: depth,
            offset: 0,
            params: None,
            with_vector: WithVector::Bool(false),
            with_payload: WithPayloadInterface::Bool(false),
        };
        let found = shard.query(request).map_err(failed)?;
        let scored = found.into_iter().map(|point| Ok((uuid(point.id)?, point.score)));
        scored.collect::<Result<Vec<_>, StoreError>>()
    };
    let mut found = Vec::new();
    if let Some(terms) = terms {
        found.push(leg(schema::TERMS, VectorInternal::Sparse(terms))?);
    }
    found.push(leg(schema::WORDS, VectorInternal::Dense(words))?);
    let best = search::best(found, limit);

    let ids: Vec<PointId> = best.iter().copied().map(PointId::Uuid).collect();
    let fields = OF_HIT.map(path).to_vec();
    let records = shard
        .retrieve(
            &ids,
            Some(WithPayloadInterface::Fields(fields)),
            Some(WithVector::Selector(vec![schema::WORDS.to_owned()])),
        )
        .map_err(failed)?;
    let records = records.into_iter().map(|record| {
        let words = words_of(&record);
        Ok((uuid(record.id)?, record.payload, words))
    });
    search::hits(STORE, &best, records.collect::<Result<_, StoreError>>()?, likeness)
}

/// A page of what the shard holds.
pub(super) fn entries(shard: &EdgeShard, page: &Page) -> Result<Vec<Entry>, StoreError> {
    let request = ScrollRequest {
        offset: page.from.map(PointId::Uuid),
        limit: Some(page.asked()),
        filter: None,
        with_payload: Some(WithPayloadInterface::Fields(Page::FIELDS.map(path).to_vec())),
        with_vector: WithVector::Bool(false),
        order_by: None,
    };
    let (records, _) = shard.scroll(request).map_err(failed)?;
    let points = records.into_iter().map(|record| Ok((uuid(record.id)?, record.payload)));
    page.entries(STORE, points.collect::<Result<_, StoreError>>()?)
}

fn uuid(id: PointId) -> Result<Uuid, StoreError> {
    match id {
        PointId::Uuid(id) => Ok(id),
        PointId::NumId(number) => Err(STORE.corrupt(format!("a point has the id {number}"))),
    }
}

fn words_of(record: &Record) -> Option<Vec<f32>> {
    let Some(VectorStructInternal::Named(vectors)) = &record.vector else { return None };
    match vectors.get(schema::WORDS) {
        Some(VectorInternal::Dense(words)) => Some(words.clone()),
        _ => None,
    }
}

impl search::Payload for Option<Payload> {
    fn text(&self, field: &str) -> Option<&str> {
        self.as_ref()?.0.get(field).and_then(Value::as_str)
    }
}
