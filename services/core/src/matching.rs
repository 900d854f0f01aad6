//! Finding the shop's products for a garment.

use std::{collections::HashMap, time::Instant};

use tracing::{Instrument, info_span};

use crate::{
    customer::Customer,
    explain,
    filter::Filters,
    garment::Garment,
    ids::{MerchantId, ProductId},
    likeness::{Balance, Likeness, LooksAlike, is_close},
    look::{Match, MatchVariant, Reason, whole_millis},
    ports::{Catalog, Hit, Index, Prefilter, Query, StoreError, Vector},
    product::{ColourVersion, Product, Variant},
    profile::Person,
    rules::Ruling,
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

/// What it adds to be taken for the same product: as much as relevance tells apart.
const SAME_AHEAD: f32 = 0.5;

/// What to look for.
pub(crate) struct Wanted<'a> {
    pub(crate) merchant: &'a MerchantId,
    pub(crate) garment: &'a Garment,
    /// The garment's [search text](Garment::search_text), embedded.
    pub(crate) vector: &'a Vector,
    /// What the garment looks like, where that is to count.
    pub(crate) likeness: Option<&'a Likeness>,
    /// The customer's own words and their vector.
    pub(crate) wish: Option<(&'a str, &'a Vector)>,
    pub(crate) filters: &'a Filters,
    pub(crate) customer: &'a Customer,
    /// Who it is, where the merchant knows.
    pub(crate) person: Option<&'a Person>,
    /// What the merchant's rules say to this garment.
    pub(crate) ruling: &'a Ruling,
    pub(crate) limit: usize,
    /// Cosines below this are not a match, unless it looks alike.
    pub(crate) min_similarity: f32,
    pub(crate) balance: Balance,
}

/// What was found for a garment.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) matches: Vec<Match>,
    /// For the customer: that the search was widened, or that nothing is close.
    pub(crate) note: Option<String>,
    pub(crate) search_ms: u64,
    pub(crate) join_ms: u64,
}

/// Looks in the garment's own category first, then in its neighbours if that found too few, and
/// among all of them for what looks alike: the garment may be of another kind than it was taken for.
pub(crate) async fn find(
    catalog: &dyn Catalog,
    index: &dyn Index,
    wanted: &Wanted<'_>,
) -> Result<Found, StoreError> {
    let own = wanted.garment.category;
    let (kinds, near) = (wanted.garment.kinds().collect::<Vec<_>>(), wanted.garment.near_kinds());
    let behind = catalog.pending(wanted.merchant).await? > 0;
    let mut found = Found::default();
    let mut ranked = search(catalog, index, wanted, &kinds, behind, &mut found).await?;
    if ranked.len() < wanted.limit && !near.is_empty() {
        let near = search(catalog, index, wanted, &near, behind, &mut found).await?;
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
    add_alike(catalog, wanted, &mut ranked).await?;
    pin(catalog, wanted, &mut ranked).await?;
    ranked.truncate(wanted.limit);
    if ranked.is_empty() {
        found.note = Some(format!("no close match for your {own} in the shop now"));
    }
    if let Some(other) = wanted.garment.perhaps {
        let asked = format!("{own} or {other}? The photo leaves it open, so both were looked for");
        found.note = Some(match found.note {
            Some(note) => format!("{asked}; {note}"),
            None => asked,
        });
    }
    found.matches = ranked.into_iter().map(|ranked| ranked.found).collect();
    Ok(found)
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
    let Some(prefilter) = prefilter(wanted.filters, categories.iter().copied(), behind) else {
        return Ok(Vec::new());
    };
    let mut query = Query {
        words: blend(wanted.vector, wanted.wish.map(|(_, vector)| vector)),
        terms: terms(wanted.garment, wanted.wish.map(|(text, _)| text)),
        picture: wanted.likeness.map(|likeness| likeness.vector.clone()),
        weights: wanted.balance.legs,
        likeness: wanted.vector.clone(),
        prefilter,
        limit: (wanted.limit * DEPTH).clamp(1, MAX_POINTS),
    };
    loop {
        let started = Instant::now();
        let hits = index.search(wanted.merchant, &query).instrument(info_span!("search")).await?;
        found.search_ms += millis(started);
        let started = Instant::now();
        let close: Vec<&Hit> = hits
            .iter()
            .filter(|hit| is_close(hit, wanted.min_similarity, wanted.likeness))
            .collect();
        let who = (wanted.filters, wanted.customer);
        let judge = |version: &ColourVersion<'_>, hit: &Hit| judged(wanted, version, Some(hit));
        let joining = join(catalog, wanted.merchant, who, &close, judge);
        let ranked = joining.instrument(info_span!("join")).await?;
        found.join_ms += millis(started);
        let read_out = hits.len() < query.limit || query.limit >= MAX_POINTS;
        if ranked.len() >= wanted.limit || read_out {
            return Ok(ranked);
        }
        query.limit = (query.limit * 4).min(MAX_POINTS);
    }
}

/// Adds what looks the same or very similar and was not found yet, of whatever category.
async fn add_alike(
    catalog: &dyn Catalog,
    wanted: &Wanted<'_>,
    ranked: &mut Vec<Ranked>,
) -> Result<(), StoreError> {
    let known = |id: &ProductId| ranked.iter().any(|ranked| ranked.found.product_id == *id);
    let new = wanted.likeness.map_or_else(Vec::new, |likeness| likeness.beyond(known));
    if new.is_empty() {
        return Ok(());
    }
    let judge = |version: &ColourVersion<'_>, hit: &Hit| judged(wanted, version, Some(hit));
    let who = (wanted.filters, wanted.customer);
    ranked.extend(join(catalog, wanted.merchant, who, &new, judge).await?);
    ranked.sort_by(|one, other| other.worth.total_cmp(&one.worth));
    Ok(())
}

/// What a version is worth, as it was found or unfound; none where the merchant's rules hide it.
fn judged(wanted: &Wanted<'_>, version: &ColourVersion<'_>, hit: Option<&Hit>) -> Option<Judged> {
    let mut reasons = explain::reasons(wanted.garment, version, &wanted.filters.colours);
    let liked = liked(version, wanted.customer, wanted.person, wanted.ruling)?;
    reasons.extend(liked.reasons);
    let similarity = hit.map_or(0.0, |hit| hit.similarity);
    let words = worth(similarity, explain::agreement(wanted.garment, version));
    let (worth, looks_alike) = match hit {
        Some(hit) => with_picture(words, hit, wanted.likeness, wanted.balance),
        None => (words, None),
    };
    Some(Judged { worth: worth + liked.worth, reasons, looks_alike })
}

/// What a version is worth to this customer and to the merchant, whatever it is compared with; none
/// where rules hide it.
pub(crate) fn liked(
    version: &ColourVersion<'_>,
    customer: &Customer,
    person: Option<&Person>,
    ruling: &Ruling,
) -> Option<Judged> {
    if ruling.hides(version.product) {
        return None;
    }
    let (taste, reason) = customer.taste(version.colours);
    let (known, bought) = person.map(|person| person.knows(version.product)).unwrap_or_default();
    let (moved, ruled) = ruling.moves(version.product);
    let reasons = reason.into_iter().chain(bought).chain(ruled).collect();
    Some(Judged { worth: taste + known + moved, reasons, looks_alike: None })
}

/// Puts what the merchant pins before all others, found or not, where it is of the garment's kind
/// or a neighbouring one.
async fn pin(
    catalog: &dyn Catalog,
    wanted: &Wanted<'_>,
    ranked: &mut Vec<Ranked>,
) -> Result<(), StoreError> {
    let Wanted { garment, filters, customer, ruling, .. } = wanted;
    if ruling.pinned.is_empty() {
        return Ok(());
    }
    let found = |id: &&ProductId| ranked.iter().any(|ranked| ranked.found.product_id == **id);
    let missing: Vec<ProductId> = ruling.pinned.iter().filter(|id| !found(id)).cloned().collect();
    let near_kinds = garment.near_kinds();
    let near = |kind| garment.kinds().chain(near_kinds.iter().copied()).any(|own| own == kind);
    for product in catalog.products(wanted.merchant, &missing).await? {
        if !near(product.category) || !filters.allow_product(&product) {
            continue;
        }
        let versions = product.colour_versions();
        let judged = versions.iter().filter_map(|version| {
            let judged = judged(wanted, version, None)?;
            let worth = judged.worth;
            let found = as_match(version, filters, customer, 0.0, judged)?;
            Some(Ranked { worth, found })
        });
        ranked.extend(judged.max_by(|one, other| one.worth.total_cmp(&other.worth)));
    }
    let place = |ranked: &Ranked| ruling.place(&ranked.found.product_id).unwrap_or(usize::MAX);
    ranked.sort_by_key(place);
    for pinned in ranked.iter_mut().filter(|ranked| place(ranked) < usize::MAX) {
        pinned.found.reasons.insert(0, Ruling::chosen());
    }
    Ok(())
}

/// What the index may rule out; none where the filters leave none of these categories.
pub(crate) fn prefilter(
    filters: &Filters,
    categories: impl IntoIterator<Item = Category>,
    behind: bool,
) -> Option<Prefilter> {
    let categories: Vec<Category> = categories
        .into_iter()
        .filter(|category| filters.categories.is_empty() || filters.categories.contains(category))
        .collect();
    if categories.is_empty() {
        return None;
    }
    Some(Prefilter { categories, ..filters.prefilter(behind) })
}

/// What the term index is asked for a garment and the customer's own words.
pub(crate) fn terms(garment: &Garment, wish: Option<&str>) -> String {
    let mut terms = garment.search_text();
    for more in [garment.text.as_str(), wish.unwrap_or_default()] {
        if !more.is_empty() {
            terms.push(' ');
            terms.push_str(more);
        }
    }
    terms
}

/// The garment's direction, turned a little towards the wish; unit length.
pub(crate) fn blend(garment: &Vector, wish: Option<&Vector>) -> Vector {
    let Some(wish) = wish else { return garment.clone() };
    let mixed: Vector = garment
        .iter()
        .zip(wish)
        .map(|(garment, wish)| (1.0 - WISH_SHARE) * garment + WISH_SHARE * wish)
        .collect();
    let length = mixed.iter().map(|value| value * value).sum::<f32>().sqrt();
    if length > 0.0 { mixed.iter().map(|value| value / length).collect() } else { garment.clone() }
}

/// What a version of a product is worth for what was asked, and why.
#[derive(Default)]
pub(crate) struct Judged {
    pub(crate) worth: f32,
    pub(crate) reasons: Vec<Reason>,
    pub(crate) looks_alike: Option<LooksAlike>,
}

/// A match, and what puts it in order.
pub(crate) struct Ranked {
    worth: f32,
    pub(crate) found: Match,
}

/// Hits joined with live products and offers, as far as filters, customer and `judge` let them
/// pass; one match a product, the best first.
pub(crate) async fn join(
    catalog: &dyn Catalog,
    merchant: &MerchantId,
    (filters, customer): (&Filters, &Customer),
    hits: &[&Hit],
    judge: impl Fn(&ColourVersion<'_>, &Hit) -> Option<Judged> + Send,
) -> Result<Vec<Ranked>, StoreError> {
    let mut ids = Vec::new();
    for hit in hits {
        if !ids.contains(&hit.product) {
            ids.push(hit.product.clone());
        }
    }
    let products = catalog.products(merchant, &ids).await?;
    let by_id: HashMap<_, &Product> =
        products.iter().map(|product| (&product.id, product)).collect();
    let mut best: Vec<Ranked> = Vec::new();
    for hit in hits {
        let Some(product) = by_id.get(&hit.product) else { continue };
        if !filters.allow_product(product) {
            continue;
        }
        let versions = product.colour_versions();
        let version = versions.iter().find(|version| version_key(version) == hit.version);
        let Some(version) = version else { continue };
        let Some(judged) = judge(version, hit) else { continue };
        let worth = judged.worth;
        let found = as_match(version, filters, customer, hit.similarity, judged);
        let Some(found) = found else { continue };
        match best.iter_mut().find(|ranked| ranked.found.product_id == product.id) {
            Some(ranked) if ranked.worth >= worth => {}
            Some(ranked) => *ranked = Ranked { worth, found },
            None => best.push(Ranked { worth, found }),
        }
    }
    best.sort_by(|one, other| other.worth.total_cmp(&one.worth));
    Ok(best)
}

/// What matches are put in order by.
pub(crate) fn worth(similarity: f32, agreement: f32) -> f32 {
    (1.0 - AGREEMENT_SHARE) * similarity + AGREEMENT_SHARE * agreement
}

/// The same with how alike pictures look, where both have one, and what is to be told of it. What is
/// taken for the same product comes before all others, but for what the merchant's rules and the
/// customer's tastes add.
pub(crate) fn with_picture(
    words: f32,
    hit: &Hit,
    likeness: Option<&Likeness>,
    balance: Balance,
) -> (f32, Option<LooksAlike>) {
    let Some(cosine) = hit.picture else { return (words, None) };
    let looks_alike = likeness.and_then(|likeness| likeness.looks_alike(hit));
    let same = looks_alike.is_some_and(|alike| alike.same_product);
    let ahead = if same { SAME_AHEAD } else { 0.0 };
    let share = balance.picture_share;
    ((1.0 - share) * words + share * cosine + ahead, looks_alike)
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
    Judged { reasons, looks_alike, .. }: Judged,
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
        looks_alike,
        reasons: looks_alike.map(LooksAlike::reason).into_iter().chain(reasons).collect(),
    })
}

pub(crate) fn to_variant(variant: &Variant) -> MatchVariant {
    let offer = &variant.offer;
    MatchVariant {
        id: variant.id.clone(),
        colours: variant.colours.clone(),
        size: variant.size.clone(),
        price: offer.current_price(),
        regular_price: offer.sale_price.map(|_| offer.price),
        availability: offer.current_availability(),
    }
}

fn millis(since: Instant) -> u64 {
    whole_millis(since.elapsed())
}

#[cfg(test)]
mod tests;
