//! What stands behind the ids that agents give.

use std::collections::HashMap;

use vitrine_core::{
    filter::Filters,
    ids::{MerchantId, ProductId, VariantId},
    ports::StoreError,
    product::Product,
};

use crate::state::State;

/// What ids stand for.
pub(super) struct Known {
    pub(super) products: Vec<Resolved>,
    pub(super) missing: Vec<String>,
}

/// A product, and the ids that led to it, each with the variant that it is of.
pub(super) struct Resolved {
    pub(super) product: Product,
    pub(super) by: Vec<(String, Option<VariantId>)>,
}

/// An id is that of a product, else of a variant.
pub(super) async fn resolve(
    merchant: &MerchantId,
    state: &State,
    ids: &[String],
) -> Result<Known, StoreError> {
    let catalog = &state.shop.catalog;
    let named: Vec<ProductId> = ids.iter().filter_map(|id| ProductId::new(id).ok()).collect();
    let mut products = catalog.products(merchant, &named).await?;
    let is_product = |id: &str| products.iter().any(|product| product.id.as_str() == id.trim());
    let rest = ids.iter().filter(|id| !is_product(id));
    let variants: Vec<VariantId> = rest.filter_map(|id| VariantId::new(id).ok()).collect();
    let owners: HashMap<VariantId, ProductId> =
        catalog.owners(merchant, &variants).await?.into_iter().collect();
    let mut more: Vec<ProductId> = owners.values().cloned().collect();
    more.retain(|id| products.iter().all(|product| product.id != *id));
    more.sort_unstable();
    more.dedup();
    products.extend(catalog.products(merchant, &more).await?);
    let mut known: Vec<Resolved> =
        products.into_iter().map(|product| Resolved { product, by: Vec::new() }).collect();
    let mut missing = Vec::new();
    for id in ids {
        let variant = VariantId::new(id).ok().filter(|variant| owners.contains_key(variant));
        let owner = variant.as_ref().and_then(|variant| owners.get(variant));
        let place = known.iter_mut().find(|known| match owner {
            Some(owner) => known.product.id == *owner,
            None => known.product.id.as_str() == id.trim(),
        });
        match place {
            Some(place) => place.by.push((id.clone(), variant)),
            None => missing.push(id.clone()),
        }
    }
    known.retain(|known| !known.by.is_empty());
    Ok(Known { products: known, missing })
}

/// The places of variants that filters let pass, whether they can be bought or not.
pub(super) fn allowed(product: &Product, filters: &Filters, places: Vec<usize>) -> Vec<usize> {
    let shown = Filters { include_unavailable: true, ..filters.clone() };
    places.into_iter().filter(|at| shown.allow_variant(&product.variants[*at])).collect()
}
