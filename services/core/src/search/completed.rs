//! What goes with a product.

use super::{SearchError, Searching, SimilarRequest};
use crate::{
    completing::{self, Completion},
    customer::Customer,
    garment::{Garment, Region},
    product::ColourVersion,
    rules::RulesNow,
    vocabulary::Pattern,
};

impl Searching {
    /// Products for the places of an outfit that a product leaves empty, as for a look that is made
    /// of it alone; `limit` for each. None where there is no such product.
    pub async fn complete(
        &self,
        request: &SimilarRequest,
    ) -> Result<Option<Vec<Completion>>, SearchError> {
        let SimilarRequest { merchant, product, filters, limit } = request;
        let shop = &*self.shop;
        let known = shop.catalog.products(merchant, std::slice::from_ref(product)).await?;
        let Some(own) = known.first() else { return Ok(None) };
        let Some(version) = own.colour_versions().into_iter().next() else { return Ok(None) };
        let garments = [worn(&version)];
        let rules = RulesNow::of(&*shop.rules, merchant).await?;
        let ruling = rules.ruling(&[], &[own.category]);
        let together = shop.together(merchant, &known).await;
        let mut completions = Vec::new();
        for slot in completing::empty_slots(&garments) {
            let text = completing::search_text(slot, &garments);
            let wanted = completing::Wanted {
                merchant,
                garments: &garments,
                gender: completing::shared_gender(&known),
                slot,
                text: &text,
                vector: &self.vector(&text).await?,
                filters,
                customer: &Customer::default(),
                person: None,
                ruling: &ruling,
                together: &together,
                limit: *limit,
                legs: shop.balance.legs,
            };
            let matches = completing::find(&*shop.catalog, &*shop.index, &wanted).await?;
            if !matches.is_empty() {
                completions.push(Completion { slot, matches });
            }
        }
        Ok(Some(completions))
    }
}

/// A version as if it were worn.
fn worn(version: &ColourVersion<'_>) -> Garment {
    let product = version.product;
    Garment {
        category: product.category,
        colours: version.colours.to_vec(),
        pattern: product.pattern.unwrap_or(Pattern::Plain),
        sleeve: product.sleeve,
        length: product.length,
        description: String::new(),
        text: String::new(),
        region: Region::WHOLE,
        confidence: None,
        perhaps: None,
    }
}
