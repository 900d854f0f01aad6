//! Completing a look: what the shop sells for the places that the photo leaves empty, such as shoes
//! to a dress.

mod colours;
mod seasons;
mod slots;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    customer::Customer,
    filter::Filters,
    garment::{Garment, attribute_words},
    ids::MerchantId,
    look::{Attribute, Match, Reason, ReasonKind},
    matching::{Judged, join, liked, prefilter, version_key},
    ports::{Catalog, Hit, Index, Query, StoreError, Vector, Weights},
    product::{ColourVersion, Product},
    profile::Person,
    rules::Ruling,
    vocabulary::{Category, Colour, Gender, Pattern},
};
use colours::harmony;
use seasons::Season;
pub use slots::Slot;

/// Points that are read for one slot.
const POINTS: usize = 100;
/// Colours that a slot is searched in.
const WANTED_COLOURS: usize = 3;
/// What it costs to wear a second pattern, and something of the other season.
const PATTERNS_CLASH: f32 = 0.3;
const SEASONS_CLASH: f32 = 0.4;
/// The share of the cosine beside the rules.
const SIMILARITY_SHARE: f32 = 0.2;
/// What goes worse than this with the look is not offered for it, unless customers buy the two
/// together.
const LEAST: f32 = 0.5;
/// What that adds.
const BOUGHT_TOGETHER: f32 = 0.2;

/// Products for one place of the look.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Completion {
    pub slot: Slot,
    /// What goes with the look best first.
    pub matches: Vec<Match>,
}

/// The places that these garments leave empty, what is missed most first.
pub(crate) fn empty_slots(garments: &[Garment]) -> Vec<Slot> {
    slots::empty(garments.iter().map(|garment| garment.category))
}

/// The words that a slot is searched by: its kinds, in colours that go with the look.
pub(crate) fn search_text(slot: Slot, garments: &[Garment]) -> String {
    let worn = main_colours(garments);
    let mut colours: Vec<Colour> = Colour::ALL.to_vec();
    colours.sort_by(|one, other| harmony(*other, &worn).total_cmp(&harmony(*one, &worn)));
    colours.truncate(WANTED_COLOURS);
    let words = slot.categories().iter().flat_map(|category| {
        colours.iter().map(|colour| attribute_words(&[*colour], None, None, *category, None))
    });
    words.collect::<Vec<_>>().join(", ")
}

/// Whom products are made for, where they agree.
pub(crate) fn shared_gender(products: &[Product]) -> Option<Gender> {
    let mut genders = products.iter().filter_map(|product| product.gender);
    let first = genders.find(|gender| *gender != Gender::Unisex)?;
    genders.all(|gender| gender == first || gender == Gender::Unisex).then_some(first)
}

/// What to look for, and for whom.
pub(crate) struct Wanted<'a> {
    pub(crate) merchant: &'a MerchantId,
    /// The garments of the photo.
    pub(crate) garments: &'a [Garment],
    /// Whom the matches of these are made for, where they agree.
    pub(crate) gender: Option<Gender>,
    pub(crate) slot: Slot,
    /// The slot's [search text](search_text), and that embedded.
    pub(crate) text: &'a str,
    pub(crate) vector: &'a Vector,
    pub(crate) filters: &'a Filters,
    pub(crate) customer: &'a Customer,
    pub(crate) person: Option<&'a Person>,
    /// What the merchant's rules say to this look.
    pub(crate) ruling: &'a Ruling,
    /// What customers buy with what was matched.
    pub(crate) together: &'a [Together],
    pub(crate) limit: usize,
    /// Of the legs that the index is searched by.
    pub(crate) legs: Weights,
}

/// A product that customers buy together with one that was matched.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Together {
    pub(crate) product: Product,
    /// The title of the one that was matched.
    pub(crate) with: String,
}

/// Products for a slot, by rules for colours, patterns and seasons, and by what customers buy
/// together.
pub(crate) async fn find(
    catalog: &dyn Catalog,
    index: &dyn Index,
    wanted: &Wanted<'_>,
) -> Result<Vec<Match>, StoreError> {
    let filters = Filters {
        genders: match wanted.gender {
            Some(gender) if wanted.filters.genders.is_empty() => vec![gender],
            _ => wanted.filters.genders.clone(),
        },
        ..wanted.filters.clone()
    };
    let kinds = wanted.slot.categories();
    let behind = catalog.pending(wanted.merchant).await? > 0;
    let Some(prefilter) = prefilter(&filters, kinds.iter().copied(), behind) else {
        return Ok(Vec::new());
    };
    let query = Query {
        words: wanted.vector.clone(),
        terms: wanted.text.to_owned(),
        picture: None,
        weights: wanted.legs,
        likeness: wanted.vector.clone(),
        prefilter,
        limit: POINTS,
    };
    let mut hits = index.search(wanted.merchant, &query).await?;
    let bought =
        wanted.together.iter().filter(|together| kinds.contains(&together.product.category));
    for Together { product, .. } in bought {
        if hits.iter().all(|hit| hit.product != product.id) {
            hits.extend(product.colour_versions().iter().map(|version| Hit {
                product: product.id.clone(),
                version: version_key(version),
                similarity: 0.0,
                picture: None,
            }));
        }
    }
    let judge = |version: &ColourVersion<'_>, hit: &Hit| judged(wanted, version, hit.similarity);
    let hits: Vec<&Hit> = hits.iter().collect();
    let who = (&filters, wanted.customer);
    let mut best = join(catalog, wanted.merchant, who, &hits, judge).await?;
    best.truncate(wanted.limit);
    Ok(best.into_iter().map(|ranked| ranked.found).collect())
}

/// What a version is worth for the look; none where it does not go with it, or rules hide it.
fn judged(wanted: &Wanted<'_>, version: &ColourVersion<'_>, similarity: f32) -> Option<Judged> {
    let (mut goes, mut reasons) = goes_with(version, wanted);
    let mut together = wanted.together.iter();
    let together = together.find(|together| together.product.id == version.product.id);
    if goes < LEAST && together.is_none() {
        return None;
    }
    if let Some(Together { with, .. }) = together {
        goes += BOUGHT_TOGETHER;
        reasons.push(Reason {
            kind: ReasonKind::GoesWith,
            attribute: Attribute::Purchases,
            text: format!("often bought together with {with}"),
        });
    }
    let liked = liked(version, wanted.customer, wanted.person, wanted.ruling)?;
    reasons.extend(liked.reasons);
    let worth = goes + SIMILARITY_SHARE * similarity + liked.worth;
    Some(Judged { worth, reasons, looks_alike: None })
}

/// How well something goes with the look, 0 to 1, and why.
fn goes_with(version: &ColourVersion<'_>, wanted: &Wanted<'_>) -> (f32, Vec<Reason>) {
    let product = version.product;
    let worn = main_colours(wanted.garments);
    let reason = |attribute, text| Reason { kind: ReasonKind::GoesWith, attribute, text };
    let mut reasons =
        vec![reason(Attribute::Category, format!("{} to go with your look", product.category))];
    let mut goes = 1.0;
    if let Some(main) = version.colours.first() {
        goes = harmony(*main, &worn);
        reasons.extend(worn_best(*main, wanted.garments).map(|(colour, category)| {
            reason(Attribute::Colour, format!("{main} goes with your {colour} {category}"))
        }));
    }
    let patterned = |pattern: Pattern| pattern != Pattern::Plain;
    let worn_patterned = wanted.garments.iter().any(|garment| patterned(garment.pattern));
    match product.pattern {
        Some(pattern) if patterned(pattern) && worn_patterned => goes -= PATTERNS_CLASH,
        Some(Pattern::Plain) if worn_patterned => {
            reasons.push(reason(Attribute::Pattern, "plain, beside your pattern".into()));
        }
        _ => {}
    }
    if let (Some(look), Some(theirs)) = (Season::of_look(wanted.garments), Season::of(product))
        && look != theirs
    {
        goes -= SEASONS_CLASH;
    }
    (goes, reasons)
}

fn main_colours(garments: &[Garment]) -> Vec<Colour> {
    garments.iter().filter_map(Garment::main_colour).collect()
}

/// The garment that a colour goes with best.
fn worn_best(colour: Colour, garments: &[Garment]) -> Option<(Colour, Category)> {
    garments.iter().filter_map(|garment| Some((garment.main_colour()?, garment.category))).max_by(
        |(one, _), (other, _)| harmony(colour, &[*one]).total_cmp(&harmony(colour, &[*other])),
    )
}

#[cfg(test)]
mod tests;
