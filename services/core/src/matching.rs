//! Finding the shop's products for a garment.

use std::{cmp::Ordering, collections::HashMap, time::Instant};

use crate::{
    customer::Customer,
    explain,
    filter::Filters,
    garment::Garment,
    ids::MerchantId,
    look::{Match, MatchVariant, Reason},
    money::price_band,
    ports::{Catalog, Hit, Index, Prefilter, Query, StoreError, Vector},
    product::{ColourVersion, Product, Variant},
    vocabulary::Category,
};

/// How many points a search reads for each match wanted: what is sold out or filtered by its live
/// offer falls away after the search.
const DEPTH: usize = 8;
/// The most points that one search reads.
const MAX_POINTS: usize = 1_000;
/// The share of the shopper's own words in the vector that is searched by.
const WISH_SHARE: f32 = 0.25;
/// How much attribute agreement counts beside the cosine when matches are put in order.
const AGREEMENT_SHARE: f32 = 0.6;

/// What to look for.
pub struct Wanted<'a> {
    pub merchant: &'a MerchantId,
    pub garment: &'a Garment,
    /// The garment's [search text](Garment::search_text), embedded.
    pub vector: &'a Vector,
    /// The customer's own words and their vector.
    pub wish: Option<(&'a str, &'a Vector)>,
    pub filters: &'a Filters,
    pub customer: &'a Customer,
    pub limit: usize,
    /// Cosines below this are not a match.
    pub min_similarity: f32,
}

/// What was found for a garment.
#[derive(Debug, Default)]
pub struct Found {
    pub matches: Vec<Match>,
    /// For the customer: that the search was widened, or that nothing is close.
    pub note: Option<String>,
    pub search_ms: u64,
    pub join_ms: u64,
}

/// Looks in the garment's own category first, then in its neighbours if that found too few.
pub async fn find(
    catalog: &dyn Catalog,
    index: &dyn Index,
    wanted: &Wanted<'_>,
) -> Result<Found, StoreError> {
    let own = wanted.garment.category;
    let behind = catalog.pending(wanted.merchant).await? > 0;
    let mut found = Found::default();
    let mut ranked = search(catalog, index, wanted, &[own], behind, &mut found).await?;
    if ranked.len() < wanted.limit && !own.neighbours().is_empty() {
        let near = search(catalog, index, wanted, own.neighbours(), behind, &mut found).await?;
        if !near.is_empty() {
            let names = near_names(&near);
            found.note = Some(if ranked.is_empty() {
                format!("no {own} close to yours; showing {names}")
            } else {
                format!("few close matches for your {own}; {names} added")
            });
        }
        ranked.extend(near);
    }
    ranked.truncate(wanted.limit);
    if ranked.is_empty() {
        found.note = Some(format!("no close match for your {own} in the shop now"));
    }
    found.matches = ranked.into_iter().map(|ranked| ranked.found).collect();
    Ok(found)
}

struct Ranked {
    score: f32,
    found: Match,
}

fn near_names(near: &[Ranked]) -> String {
    let mut names: Vec<&str> = near.iter().map(|ranked| ranked.found.category.words()).collect();
    names.sort_unstable();
    names.dedup();
    names.join(", ")
}

/// One search among some categories, deepened until the limit is reached or the index is read out.
async fn search(
    catalog: &dyn Catalog,
    index: &dyn Index,
    wanted: &Wanted<'_>,
    categories: &[Category],
    behind: bool,
    found: &mut Found,
) -> Result<Vec<Ranked>, StoreError> {
    let Some(prefilter) = prefilter(wanted.filters, categories, behind) else {
        return Ok(Vec::new());
    };
    let mut query = Query {
        words: blend(wanted.vector, wanted.wish.map(|(_, vector)| vector)),
        terms: terms(wanted),
        likeness: wanted.vector.clone(),
        prefilter,
        limit: (wanted.limit * DEPTH).clamp(1, MAX_POINTS),
    };
    loop {
        let started = Instant::now();
        let hits = index.search(wanted.merchant, &query).await?;
        found.search_ms += millis(started);
        let started = Instant::now();
        let ranked = join(catalog, wanted, &hits).await?;
        found.join_ms += millis(started);
        let read_out = hits.len() < query.limit || query.limit >= MAX_POINTS;
        if ranked.len() >= wanted.limit || read_out {
            return Ok(ranked);
        }
        query.limit = (query.limit * 4).min(MAX_POINTS);
    }
}

/// What the index may rule out. Availability and price in the index are as old as its last
/// update: while it is behind the catalog they are left to the live offers alone.
fn prefilter(filters: &Filters, categories: &[Category], behind: bool) -> Option<Prefilter> {
    let categories: Vec<Category> = categories
        .iter()
        .copied()
        .filter(|category| filters.categories.is_empty() || filters.categories.contains(category))
        .collect();
    if categories.is_empty() {
        return None;
    }
    let price_bands = (filters.min_price.is_some() || filters.max_price.is_some()).then(|| {
        (filters.min_price.map_or(0, price_band), filters.max_price.map_or(u32::MAX, price_band))
    });
    Some(Prefilter {
        categories,
        colours: filters.colours.clone(),
        genders: filters.genders.clone(),
        sizes: filters.sizes.clone(),
        available: !behind && !filters.include_unavailable,
        price_bands: if behind { None } else { price_bands },
    })
}

fn terms(wanted: &Wanted<'_>) -> String {
    let mut terms = wanted.garment.search_text();
    for more in [wanted.garment.text.as_str(), wanted.wish.map_or("", |(text, _)| text)] {
        if !more.is_empty() {
            terms.push(' ');
            terms.push_str(more);
        }
    }
    terms
}

/// The garment's direction, turned a little towards the wish; unit length.
fn blend(garment: &Vector, wish: Option<&Vector>) -> Vector {
    let Some(wish) = wish else { return garment.clone() };
    let mixed: Vector = garment
        .iter()
        .zip(wish)
        .map(|(garment, wish)| (1.0 - WISH_SHARE) * garment + WISH_SHARE * wish)
        .collect();
    let length = mixed.iter().map(|value| value * value).sum::<f32>().sqrt();
    if length > 0.0 { mixed.iter().map(|value| value / length).collect() } else { garment.clone() }
}

/// Joins hits with live products and offers; one match a product, the best first.
async fn join(
    catalog: &dyn Catalog,
    wanted: &Wanted<'_>,
    hits: &[Hit],
) -> Result<Vec<Ranked>, StoreError> {
    let close: Vec<&Hit> =
        hits.iter().filter(|hit| hit.similarity >= wanted.min_similarity).collect();
    let mut ids = Vec::new();
    for hit in &close {
        if !ids.contains(&hit.product) {
            ids.push(hit.product.clone());
        }
    }
    let products = catalog.products(wanted.merchant, &ids).await?;
    let by_id: HashMap<_, &Product> =
        products.iter().map(|product| (&product.id, product)).collect();
    let mut best: Vec<Ranked> = Vec::new();
    for hit in close {
        let Some(product) = by_id.get(&hit.product) else { continue };
        if !wanted.filters.allow_product(product) {
            continue;
        }
        let Some(version) = product
            .colour_versions()
            .into_iter()
            .find(|version| version_key(version) == hit.version)
        else {
            continue;
        };
        let mut reasons = explain::reasons(wanted.garment, &version, &wanted.filters.colours);
        let (taste, liking) = wanted.customer.taste(version.colours);
        reasons.extend(liking);
        let found = as_match(&version, wanted.filters, wanted.customer, hit.similarity, reasons);
        let Some(found) = found else { continue };
        let agreement = explain::agreement(wanted.garment, &version);
        let score = (1.0 - AGREEMENT_SHARE) * hit.similarity + AGREEMENT_SHARE * agreement + taste;
        match best.iter_mut().find(|ranked| ranked.found.product_id == product.id) {
            Some(ranked) if ranked.score >= score => {}
            Some(ranked) => *ranked = Ranked { score, found },
            None => best.push(Ranked { score, found }),
        }
    }
    best.sort_by(|a, b| b.score.partial_cmp(&a.score).unwrap_or(Ordering::Equal));
    Ok(best)
}

/// Names a colour version within its product: its colours' ids, joined.
pub fn version_key(version: &ColourVersion<'_>) -> String {
    version.colours.iter().map(|colour| colour.id()).collect::<Vec<_>>().join("+")
}

/// A match that lists what can be chosen: the variants of the version, then of other colours;
/// `None` where nothing of the version can be.
pub(crate) fn as_match(
    version: &ColourVersion<'_>,
    filters: &Filters,
    customer: &Customer,
    similarity: f32,
    reasons: Vec<Reason>,
) -> Option<Match> {
    let allowed = |variant: &&Variant| filters.allow_variant(variant) && customer.can_take(variant);
    let own: Vec<&Variant> = version.variants().filter(allowed).collect();
    let price = own.iter().map(|variant| variant.offer.current_price()).min_by_key(|p| p.amount)?;
    let product = version.product;
    let others = product
        .variants
        .iter()
        .filter(|variant| variant.colours != version.colours)
        .filter(allowed);
    Some(Match {
        product_id: product.id.clone(),
        title: product.title.clone(),
        brand: product.brand.clone(),
        category: product.category,
        colours: version.colours.to_vec(),
        link: product.link.clone(),
        image_link: product.image_link.clone(),
        price,
        variants: own.iter().copied().chain(others).map(to_variant).collect(),
        similarity,
        reasons,
    })
}

fn to_variant(variant: &Variant) -> MatchVariant {
    let offer = &variant.offer;
    MatchVariant {
        id: variant.id.clone(),
        colours: variant.colours.clone(),
        size: variant.size.clone(),
        price: offer.current_price(),
        regular_price: offer.sale_price.map(|_| offer.price),
        availability: offer.availability,
    }
}

fn millis(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
