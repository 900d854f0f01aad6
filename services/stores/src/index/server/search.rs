//! What is read from the server.

use qdrant_client::qdrant::{
    GetPointsBuilder, PayloadIncludeSelector, QuantizationSearchParamsBuilder, Query,
    QueryBatchPointsBuilder, QueryPoints, QueryPointsBuilder, ScrollPointsBuilder, SearchParams,
    SearchParamsBuilder, VectorInput, VectorsSelector, vector_output::Vector as AnyVector,
};
use uuid::Uuid;
use vitrine_core::ports::{Entry, Hit, StoreError};

use super::{
    super::{
        fusion, schema,
        search::{self, Asked, Found, Legs, Likeness, OF_HIT, Page},
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

/// Has the nearest compared again by their whole vectors.
fn compared_again() -> SearchParams {
    let again = QuantizationSearchParamsBuilder::default().rescore(true).oversampling(OVERSAMPLING);
    SearchParamsBuilder::default().quantization(again).build()
}

impl ServerIndex {
    /// The ids of the best points of all legs, which are asked for in one call.
    pub(super) async fn legs(&self, legs: Legs, limit: usize) -> Result<Vec<Uuid>, StoreError> {
        let Legs { legs, filter, depth } = legs;
        if legs.is_empty() {
            return Ok(Vec::new());
        }
        let filter = form::filter(&filter);
        let query = |name: &str, vector: VectorInput| {
            QueryPointsBuilder::new(self.collections.alias())
                .query(Query::new_nearest(vector))
                .using(name)
                .filter(filter.clone())
                .limit(depth as u64)
                .with_payload(false)
        };
        let (asked, weights) = (legs.len(), legs.iter().map(|leg| leg.weight).collect::<Vec<_>>());
        let queries = legs.into_iter().map(|leg| match leg.vector {
            Asked::Sparse(terms) => {
                query(leg.name, VectorInput::new_sparse(terms.indices, terms.values)).build()
            }
            Asked::Dense(vector) => {
                let dense = query(leg.name, VectorInput::new_dense(vector));
                let dense = if self.quantized { dense.params(compared_again()) } else { dense };
                dense.build()
            }
        });
        let queries: Vec<QueryPoints> = queries.collect();
        let request = QueryBatchPointsBuilder::new(self.collections.alias(), queries).build();
        let found = self.link.ask(|client| client.query_batch(request.clone())).await?.result;
        if found.len() != asked {
            return Err(STORE.corrupt("it did not answer all that it was asked"));
        }
        let legs = weights.into_iter().zip(found).map(|(weight, batch)| {
            let points = batch.result.into_iter();
            let points = points.map(|point| Ok((uuid(point.id)?, point.score)));
            Ok(fusion::Found { weight, points: points.collect::<Result<_, StoreError>>()? })
        });
        Ok(search::best(legs.collect::<Result<_, StoreError>>()?, limit))
    }

    /// The points in this order, with their likeness to what was asked for.
    pub(super) async fn hits(
        &self,
        ids: &[Uuid],
        likeness: Likeness<'_>,
    ) -> Result<Vec<Hit>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let wanted: Vec<_> = ids.iter().copied().map(form::id).collect();
        let vectors = VectorsSelector { names: likeness.vectors() };
        let request = GetPointsBuilder::new(self.collections.alias(), wanted)
            .with_payload(only(&OF_HIT))
            .with_vectors(vectors)
            .build();
        let found = self.link.ask(|client| client.get_points(request.clone())).await?.result;
        let found = found.into_iter().map(|point| {
            let dense = |name: &str| match point.vectors.as_ref()?.get_vector_by_name(name)? {
                AnyVector::Dense(vector) => Some(vector.data),
                _ => None,
            };
            let (words, picture) = (dense(schema::WORDS), dense(schema::PICTURE));
            Ok(Found { id: uuid(point.id)?, payload: Fields(point.payload), words, picture })
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
