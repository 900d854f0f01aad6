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
        fusion, schema,
        search::{self, Asked, Found, Leg, Legs, Likeness, OF_HIT, Page},
    },
    error::{STORE, failed},
    form,
    shape::path,
};

/// The best `limit` points, with their likeness to what was asked for.
pub(super) fn search(
    shard: &EdgeShard,
    legs: Legs,
    limit: usize,
    likeness: Likeness<'_>,
) -> Result<Vec<Hit>, StoreError> {
    let Legs { legs, filter, depth } = legs;
    let filter = form::filter(&filter);
    let leg = |leg: Leg| {
        let query = match leg.vector {
            Asked::Dense(vector) => VectorInternal::Dense(vector),
            Asked::Sparse(vector) => VectorInternal::Sparse(vector),
        };
        let nearest = NamedQuery { query, using: Some(leg.name.to_owned()) };
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
        let points = scored.collect::<Result<Vec<_>, StoreError>>()?;
        Ok(fusion::Found { weight: leg.weight, points })
    };
    let found = legs.into_iter().map(leg).collect::<Result<_, StoreError>>()?;
    let best = search::best(found, limit);

    let ids: Vec<PointId> = best.iter().copied().map(PointId::Uuid).collect();
    let fields = OF_HIT.map(path).to_vec();
    let records = shard
        .retrieve(
            &ids,
            Some(WithPayloadInterface::Fields(fields)),
            Some(WithVector::Selector(likeness.vectors())),
        )
        .map_err(failed)?;
    let records = records.into_iter().map(|record| {
        let (words, picture) = (dense(&record, schema::WORDS), dense(&record, schema::PICTURE));
        Ok(Found { id: uuid(record.id)?, payload: record.payload, words, picture })
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

fn dense(record: &Record, name: &str) -> Option<Vec<f32>> {
    let Some(VectorStructInternal::Named(vectors)) = &record.vector else { return None };
    match vectors.get(name) {
        Some(VectorInternal::Dense(vector)) => Some(vector.clone()),
        _ => None,
    }
}

impl search::Payload for Option<Payload> {
    fn text(&self, field: &str) -> Option<&str> {
        self.as_ref()?.0.get(field).and_then(Value::as_str)
    }
}
