//! What is read from the server.

use qdrant_client::qdrant::{
    GetPointsBuilder, PayloadIncludeSelector, QuantizationSearchParamsBuilder, Query,
    QueryBatchPointsBuilder, QueryPoints, QueryPointsBuilder, ScrollPointsBuilder,
    SearchParamsBuilder, VectorInput, VectorsSelector, vector_output::Vector as AnyVector,
};
use uuid::Uuid;
use vitrine_core::ports::{Entry, Hit, StoreError};

use super::{
    super::{
        schema,
        search::{self, Found, Legs, OF_HIT, Page},
    },
    STORE, ServerIndex,
    form::{self, Fields, uuid},
};

/// How many points, for each one wanted, are compared by their whole vectors where those in memory
/// are smaller.
const OVERSAMPLING: f64 = 3.0;

fn only(fields: &[&str]) -> PayloadIncludeSelector {
    PayloadIncludeSelector { fields: fields.iter().map(|&field| field.to_owned()).collect() }
}

impl ServerIndex {
    /// The ids of the best points of both legs, which are asked for in one call.
    pub(super) async fn legs(&self, legs: Legs, limit: usize) -> Result<Vec<Uuid>, StoreError> {
        let Legs { terms, words, filter, depth } = legs;
        let filter = form::filter(&filter);
        let leg = |name: &str, vector: VectorInput| {
            QueryPointsBuilder::new(self.collections.alias())
                .query(Query::new_nearest(vector))
                .using(name)
                .filter(filter.clone())
                .limit(depth as u64)
                .with_payload(false)
        };
        let mut dense = leg(schema::WORDS, VectorInput::new_dense(words));
        if self.quantized {
            let again =
                QuantizationSearchParamsBuilder::default().rescore(true).oversampling(OVERSAMPLING);
            dense = dense.params(SearchParamsBuilder::default().quantization(again));
        }
        let sparse = terms.map(|terms| VectorInput::new_sparse(terms.indices, terms.values));
        let sparse = sparse.map(|vector| leg(schema::TERMS, vector).build());
        let queries: Vec<QueryPoints> = sparse.into_iter().chain([dense.build()]).collect();
        let asked = queries.len();
        let request = QueryBatchPointsBuilder::new(self.collections.alias(), queries).build();
        let found = self.link.ask(|client| client.query_batch(request.clone())).await?.result;
        if found.len() != asked {
            return Err(STORE.corrupt("it did not answer all that it was asked"));
        }
        let leg = |points: Vec<qdrant_client::qdrant::ScoredPoint>| {
            points.into_iter().map(|point| Ok((uuid(point.id)?, point.score))).collect()
        };
        let legs = found.into_iter().map(|batch| leg(batch.result));
        Ok(search::best(legs.collect::<Result<_, StoreError>>()?, limit))
    }

    /// The points in this order, with their likeness to a vector.
    pub(super) async fn hits(
        &self,
        ids: &[Uuid],
        likeness: &[f32],
    ) -> Result<Vec<Hit>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let wanted: Vec<_> = ids.iter().copied().map(form::id).collect();
        let words = VectorsSelector { names: vec![schema::WORDS.to_owned()] };
        let request = GetPointsBuilder::new(self.collections.alias(), wanted)
            .with_payload(only(&OF_HIT))
            .with_vectors(words)
            .build();
        let found = self.link.ask(|client| client.get_points(request.clone())).await?.result;
        let found = found.into_iter().map(|point| {
            let words = point.vectors.and_then(|all| all.get_vector_by_name(schema::WORDS));
            let words = words.and_then(|vector| match vector {
                AnyVector::Dense(words) => Some(words.data),
                _ => None,
            });
            Ok((uuid(point.id)?, Fields(point.payload), words))
        });
        let found: Vec<Found<Fields>> = found.collect::<Result<_, StoreError>>()?;
        search::hits(STORE, ids, found, likeness)
    }

    pub(super) async fn page(&self, page: &Page) -> Result<Vec<Entry>, StoreError> {
        let mut request = ScrollPointsBuilder::new(self.collections.alias())
            .limit(u32::try_from(page.asked()).unwrap_or(u32::MAX))
            .with_payload(only(&Page::FIELDS))
            .with_vectors(false);
        if let Some(from) = page.from {
            request = request.offset(form::id(from));
        }
        let request = request.build();
        let found = self.link.ask(|client| client.scroll(request.clone())).await?.result;
        let points = found.into_iter().map(|point| Ok((uuid(point.id)?, Fields(point.payload))));
        page.entries(STORE, points.collect::<Result<_, StoreError>>()?)
    }
}
