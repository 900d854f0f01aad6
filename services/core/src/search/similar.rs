//! Products like another one.

use super::{
    Listed, SearchError, Searching, Sort, WINDOW, asked::Asked, candidates::Candidate, near, order,
};
use crate::{
    customer::Customer,
    filter::Filters,
    ids::{MerchantId, ProductId},
    likeness::{Likeness, is_close},
    look::Match,
    matching::{Judged, as_match, liked, with_picture, worth},
    ports::{Hit, Query, Vector},
    product::{ColourVersion, Product},
    rules::RulesNow,
};

/// Which product others are to be like, and how.
#[derive(Debug, Clone)]
pub struct SimilarRequest {
    pub merchant: MerchantId,
    pub product: ProductId,
    pub filters: Filters,
    /// Products at most.
    pub limit: usize,
}

impl Searching {
    /// The products that are most like one, of its category or a neighbouring one; by the vector
    /// that it was indexed with, so that no model is asked. Never itself, nor what seems to be the
    /// same. None where there is no such product.
    pub async fn similar(
        &self,
        request: &SimilarRequest,
    ) -> Result<Option<Vec<Listed>>, SearchError> {
        let SimilarRequest { merchant, product, filters, limit } = request;
        let catalog = &*self.shop.catalog;
        let known = catalog.products(merchant, std::slice::from_ref(product)).await?;
        let Some(own) = known.into_iter().next() else { return Ok(None) };
        let Some(version) = own.colour_versions().into_iter().next() else { return Ok(None) };
        let behind = catalog.pending(merchant).await? > 0;
        let Some(prefilter) = near(filters, own.category, behind) else {
            return Ok(Some(Vec::new()));
        };
        let text = version.search_text();
        let vector = self.indexed_vector(&text).await?;
        let picture = self.indexed_picture(merchant, product).await?;
        let likeness = picture.map(|vector| Likeness::to(vector, self.shop.grades()));
        let query = Query {
            words: vector.clone(),
            terms: text,
            picture: likeness.as_ref().map(|likeness| likeness.vector.clone()),
            weights: self.shop.balance.legs,
            likeness: vector,
            prefilter,
            limit: WINDOW,
        };
        let hits = self.shop.index.search(merchant, &query).await?;
        let others = hits
            .into_iter()
            .filter(|hit| hit.product != own.id)
            .filter(|hit| is_close(hit, self.shop.min_similarity, likeness.as_ref()));
        let asked = Asked::of_version(&version);
        let rules = RulesNow::of(&*self.shop.rules, merchant).await?;
        let ruling = rules.ruling(&[], &[own.category]);
        let judge = |version: &ColourVersion<'_>, hit: &Hit| {
            let share = asked.agreement(version).share().unwrap_or_default();
            let liked = liked(version, &Customer::default(), None, &ruling)?;
            let reasons = asked.reasons(version).into_iter().chain(liked.reasons).collect();
            let words = worth(hit.similarity, share);
            let (worth, looks_alike) =
                with_picture(words, hit, likeness.as_ref(), self.shop.balance);
            Some(Judged { worth: worth + liked.worth, reasons, looks_alike })
        };
        let others: Vec<_> = others.collect();
        let mut candidates = self.join(merchant, filters, &others, judge).await?;
        order::sort(&mut candidates, Sort::Relevance);
        // The first of all, so that what is the same collapses into it.
        if let Some(found) = itself(&own) {
            let (product, worth) = (own.clone(), f32::INFINITY);
            candidates.insert(0, Candidate { product, found, worth, pinned: None, collapsed: 0 });
        }
        self.collapse(merchant, &mut candidates).await?;
        let similar = candidates.into_iter().filter(|candidate| candidate.product.id != own.id);
        Ok(Some(similar.take(*limit).map(Listed::from).collect()))
    }

    /// The vector of the product's picture, where it is kept.
    async fn indexed_picture(
        &self,
        merchant: &MerchantId,
        product: &ProductId,
    ) -> Result<Option<Vector>, SearchError> {
        let Some(embedder) = &self.shop.image_embedder else { return Ok(None) };
        let kept = self.pictures.pictures_of(merchant, std::slice::from_ref(product)).await?;
        let picture = kept.into_iter().find_map(|kept| kept.picture?.ok());
        let Some(hash) = picture.map(|picture| picture.hash) else { return Ok(None) };
        let mut kept = self.shop.catalog.vectors(embedder.model(), &[hash.clone()]).await?;
        Ok(kept.remove(&hash))
    }

    /// As it is kept, else as the embedder makes it now.
    async fn indexed_vector(&self, text: &str) -> Result<Vector, SearchError> {
        let (model, texts) = (self.shop.embedder.model(), [text.to_owned()]);
        let mut kept = self.shop.catalog.vectors(model, &texts).await?;
        match kept.remove(text) {
            Some(vector) => Ok(vector),
            None => self.vector(text).await,
        }
    }
}

/// The product as a match, whether it can be bought or not.
pub(crate) fn itself(own: &Product) -> Option<Match> {
    let anything = Filters { include_unavailable: true, ..Filters::default() };
    let version = own.colour_versions().into_iter().next()?;
    as_match(&version, &anything, &Customer::default(), 1.0, Judged::default())
}
