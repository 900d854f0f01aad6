//! What the index found, as the products are now.

use std::collections::{HashMap, HashSet};

use super::{SearchError, Searching};
use crate::{
    customer::Customer,
    filter::Filters,
    ids::{MerchantId, ProductId},
    look::Match,
    matching::{Judged, as_match, version_key},
    ports::Hit,
    product::{ColourVersion, Product},
};

/// A product that may be listed.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    pub(super) product: Product,
    pub(super) found: Match,
    pub(super) worth: f32,
    /// Its place among those that a rule lists first.
    pub(super) pinned: Option<usize>,
    /// Others that it stands for.
    pub(super) collapsed: u64,
}

/// All candidates that a search looked at, each product once.
pub(super) struct Window {
    pub(super) candidates: Vec<Candidate>,
    /// Whether nothing else can answer.
    pub(super) is_whole: bool,
    /// The last product that was looked at, where the catalog goes on after it.
    pub(super) rest: Option<ProductId>,
}

impl Window {
    pub(super) fn whole() -> Self {
        Self { candidates: Vec::new(), is_whole: true, rest: None }
    }

    /// Adds candidates; of a product that is there the better one stays.
    pub(super) fn add(&mut self, found: Vec<Candidate>, is_whole: bool) {
        self.is_whole &= is_whole;
        let places = self.candidates.iter().enumerate();
        let places = places.map(|(at, known)| (known.found.product_id.clone(), at));
        let places: HashMap<ProductId, usize> = places.collect();
        for candidate in found {
            match places.get(&candidate.found.product_id) {
                Some(at) if self.candidates[*at].worth >= candidate.worth => {}
                Some(at) => self.candidates[*at] = candidate,
                None => self.candidates.push(candidate),
            }
        }
    }
}

impl Searching {
    /// Hits joined with live products and offers, as far as the filters and `judge` let them pass;
    /// one a product, by the version that is worth most.
    pub(super) async fn join(
        &self,
        merchant: &MerchantId,
        filters: &Filters,
        hits: &[Hit],
        judge: impl Fn(&ColourVersion<'_>, &Hit) -> Option<Judged>,
    ) -> Result<Vec<Candidate>, SearchError> {
        let mut ids = Vec::new();
        let mut known = HashSet::new();
        for hit in hits {
            if known.insert(&hit.product) {
                ids.push(hit.product.clone());
            }
        }
        let mut by_product: HashMap<&ProductId, Vec<&Hit>> = HashMap::new();
        for hit in hits {
            by_product.entry(&hit.product).or_default().push(hit);
        }
        let products = self.shop.catalog.products(merchant, &ids).await?;
        let candidates = products.into_iter().filter_map(|product| {
            let hits = by_product.get(&product.id)?;
            best(filters, product, hits, &judge)
        });
        Ok(candidates.collect())
    }
}

fn best(
    filters: &Filters,
    product: Product,
    hits: &[&Hit],
    judge: impl Fn(&ColourVersion<'_>, &Hit) -> Option<Judged>,
) -> Option<Candidate> {
    if !filters.allow_product(&product) {
        return None;
    }
    let anybody = Customer::default();
    let mut best: Option<(f32, Match)> = None;
    for version in product.colour_versions() {
        let key = version_key(&version);
        let Some(hit) = hits.iter().find(|hit| hit.version == key) else { continue };
        let Some(judged) = judge(&version, hit) else { continue };
        let worth = judged.worth;
        if best.as_ref().is_some_and(|(known, _)| *known >= worth) {
            continue;
        }
        let found = as_match(&version, filters, &anybody, hit.similarity, judged);
        if let Some(found) = found {
            best = Some((worth, found));
        }
    }
    best.map(|(worth, found)| Candidate { product, found, worth, pinned: None, collapsed: 0 })
}

/// A product that nothing was compared with, as far as the filters let it pass.
pub(super) fn shown(filters: &Filters, product: Product) -> Option<Candidate> {
    if !filters.allow_product(&product) {
        return None;
    }
    let (versions, anybody) = (product.colour_versions(), Customer::default());
    let found = versions
        .iter()
        .find_map(|version| as_match(version, filters, &anybody, 0.0, Judged::default()))?;
    Some(Candidate { product, found, worth: 0.0, pinned: None, collapsed: 0 })
}
