//! One product, as it can be had under conditions.

use super::{SearchError, Searching};
use crate::{
    customer::Customer,
    filter::Filters,
    ids::{MerchantId, ProductId},
    look::Match,
    matching::{Judged, as_match, liked},
    product::Product,
    rules::RulesNow,
};

impl Searching {
    /// The versions of a product that pass now, each as a match; empty where none does, where there
    /// is no such product, and where a rule hides it.
    pub async fn versions(
        &self,
        merchant: &MerchantId,
        product: &ProductId,
        filters: &Filters,
        customer: &Customer,
    ) -> Result<Vec<Match>, SearchError> {
        let known = self.products_now(merchant, std::slice::from_ref(product)).await?;
        let Some(own) = known.first() else { return Ok(Vec::new()) };
        let rules = RulesNow::of(&*self.shop.rules, merchant).await?;
        let ruling = rules.ruling(&[], &[own.category]);
        let versions = own.colour_versions();
        let passing = versions.iter().filter_map(|version| {
            let liked = liked(version, customer, None, &ruling)?;
            let judged = Judged { reasons: liked.reasons, ..Judged::default() };
            as_match(version, filters, customer, 1.0, judged)
        });
        Ok(passing.collect())
    }

    /// Products as they are now, in the order asked for; those unknown are left out.
    pub async fn products_now(
        &self,
        merchant: &MerchantId,
        ids: &[ProductId],
    ) -> Result<Vec<Product>, SearchError> {
        Ok(self.shop.catalog.products(merchant, ids).await?)
    }
}
