//! One hybrid query: up to three legs under one filter, fused, then read back.

use std::{collections::HashMap, iter};

use qdrant_edge::SparseVector;
use uuid::Uuid;
use vitrine_core::{
    ids::{MerchantId, ProductId},
    ports::{Entry, Hit, Query, StoreError, Vector},
};

use super::{
    error::Store,
    filter::Filter,
    fusion::{self, fuse},
    point::id,
    schema,
    terms::Terms,
};

/// How many points a leg gives for each one wanted: a point far down one leg may still be among
/// the best of all.
const LEG_DEPTH: usize = 4;
/// The fewest and the most points that a leg gives.
const LEG_BOUNDS: (usize, usize) = (100, 10_000);
/// The most entries that are listed at once.
const PAGE: usize = 10_000;

/// What is searched for, once for each leg, under one filter.
#[derive(Debug)]
pub(super) struct Legs {
    pub(super) legs: Vec<Leg>,
    pub(super) filter: Filter,
    /// How many points each leg gives.
    pub(super) depth: usize,
}

/// The points whose vector of this name is nearest.
#[derive(Debug)]
pub(super) struct Leg {
    pub(super) name: &'static str,
    pub(super) vector: Asked,
    pub(super) weight: f32,
}

#[derive(Debug)]
pub(super) enum Asked {
    Sparse(SparseVector),
    Dense(Vector),
}

impl Legs {
    pub(super) fn new(merchant: &MerchantId, query: &Query, terms: &Terms) -> Self {
        let weights = query.weights;
        let legs = [
            (schema::TERMS, terms.of_query(&query.terms).map(Asked::Sparse), weights.terms),
            (schema::WORDS, Some(Asked::Dense(query.words.clone())), weights.words),
            (schema::PICTURE, query.picture.clone().map(Asked::Dense), weights.picture),
        ];
        let counts = legs.into_iter().filter(|(.., weight)| *weight > 0.0);
        let leg = |(name, vector, weight)| Some(Leg { name, vector: vector?, weight });
        Self {
            legs: counts.filter_map(leg).collect(),
            filter: Filter::of_query(merchant, &query.prefilter),
            depth: query.limit.saturating_mul(LEG_DEPTH).clamp(LEG_BOUNDS.0, LEG_BOUNDS.1),
        }
    }
}

/// The ids of the best points of all legs.
pub(super) fn best(legs: Vec<fusion::Found<Uuid>>, limit: usize) -> Vec<Uuid> {
    let mut best = fuse(legs);
    best.truncate(limit);
    best
}

/// What the points that were found are compared with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Likeness<'a> {
    words: &'a [f32],
    picture: Option<&'a [f32]>,
}

impl<'a> Likeness<'a> {
    pub(super) fn of(query: &'a Query) -> Self {
        Self { words: &query.likeness, picture: query.picture.as_deref() }
    }

    /// The names of the vectors that are read back for it.
    pub(super) fn vectors(self) -> Vec<String> {
        let picture = self.picture.map(|_| schema::PICTURE);
        iter::once(schema::WORDS).chain(picture).map(str::to_owned).collect()
    }
}

/// A point's payload, in whatever form it was read.
pub(super) trait Payload {
    fn text(&self, field: &str) -> Option<&str>;
}

/// A text that every point has.
fn text(store: Store, payload: &impl Payload, field: &str) -> Result<String, StoreError> {
    let text = payload.text(field).map(str::to_owned);
    text.ok_or_else(|| store.corrupt(format!("a point has no {field}")))
}

/// A point that was read back.
pub(super) struct Found<P> {
    pub(super) id: Uuid,
    pub(super) payload: P,
    pub(super) words: Option<Vector>,
    pub(super) picture: Option<Vector>,
}

/// The payload fields that a hit is read from.
pub(super) const OF_HIT: [&str; 2] = [schema::PRODUCT, schema::VERSION];

/// The points in the order of `ids`; one that was replaced meanwhile is left out.
pub(super) fn hits<P: Payload>(
    store: Store,
    ids: &[Uuid],
    found: Vec<Found<P>>,
    likeness: Likeness<'_>,
) -> Result<Vec<Hit>, StoreError> {
    let mut by_id: HashMap<Uuid, Found<P>> =
        found.into_iter().map(|found| (found.id, found)).collect();
    let hit = |found: Found<P>| {
        let Found { payload, words, picture, .. } = found;
        let words = words.ok_or_else(|| store.corrupt("a point has no vector"))?;
        Ok(Hit {
            product: ProductId::new(text(store, &payload, schema::PRODUCT)?)
                .map_err(|error| store.corrupt(error.to_string()))?,
            version: text(store, &payload, schema::VERSION)?,
            similarity: cosine(&words, likeness.words),
            picture: picture.zip(likeness.picture).map(|(has, asked)| cosine(&has, asked)),
        })
    };
    ids.iter().filter_map(|id| by_id.remove(id)).map(hit).collect()
}

/// A page of the list of entries. Qdrant lists points by id, from one on and including it, so the
/// one before the page is asked for too.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) from: Option<Uuid>,
    limit: usize,
}

impl Page {
    /// The payload fields that an entry is read from.
    pub(super) const FIELDS: [&str; 4] =
        [schema::MERCHANT, schema::PRODUCT, schema::VERSION, schema::FINGERPRINT];

    pub(super) fn new(after: Option<&Entry>, limit: usize) -> Self {
        let from = after.map(|entry| id(&entry.merchant, &entry.product, &entry.version));
        Self { from, limit: limit.min(PAGE) }
    }

    /// How many points to ask for.
    pub(super) fn asked(&self) -> usize {
        self.limit + usize::from(self.from.is_some())
    }

    pub(super) fn entries(
        &self,
        store: Store,
        points: Vec<(Uuid, impl Payload)>,
    ) -> Result<Vec<Entry>, StoreError> {
        let bad = |error: vitrine_core::ids::BadId| store.corrupt(error.to_string());
        let later = points.into_iter().filter(|(id, _)| self.from != Some(*id));
        let entry = |(_, payload)| {
            Ok(Entry {
                merchant: MerchantId::new(text(store, &payload, schema::MERCHANT)?).map_err(bad)?,
                product: ProductId::new(text(store, &payload, schema::PRODUCT)?).map_err(bad)?,
                version: text(store, &payload, schema::VERSION)?,
                fingerprint: text(store, &payload, schema::FINGERPRINT)?,
            })
        };
        later.take(self.limit).map(entry).collect()
    }
}

/// The cosine of two vectors of one length; 0 where one of them is zero.
fn cosine(a: &[f32], b: &[f32]) -> f32 {
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
    let lengths = (dot(a, a) * dot(b, b)).sqrt();
    if lengths > 0.0 { (dot(a, b) / lengths).clamp(-1.0, 1.0) } else { 0.0 }
}
