//! What a merchant's rules make of what was found.

use jiff::Timestamp;

use super::{
    Asked, SearchAnswer, SearchError, SearchRequest, Searching, Sort,
    candidates::{Window, shown},
    order::Cursor,
    tokens,
};
use crate::{
    ids::{MerchantId, ProductId},
    rules::{Rule, RulesNow, Ruling},
    vocabulary::Category,
};

/// Rules as they would be, at a time of the merchant's choice.
#[derive(Debug, Clone, Default)]
pub struct Preview {
    /// These take the place of kept ones of their names.
    pub drafts: Vec<(String, Rule)>,
    /// Now where not given.
    pub at: Option<Timestamp>,
}

impl Searching {
    /// Applies the rules that hold now and are meant for this search. What one hides stays hidden;
    /// what one pins is listed though it was not found, where it can be bought and passes the
    /// filters.
    pub(super) async fn rule(
        &self,
        request: &SearchRequest,
        window: &mut Window,
        answer: &mut SearchAnswer,
    ) -> Result<(), SearchError> {
        let rules = self.rules_of(request).await?;
        let words = tokens(request.text.as_deref().unwrap_or_default());
        let ruling = rules.ruling(&words, &categories(answer));
        for candidate in &mut window.candidates {
            let (by, reasons) = ruling.moves(&candidate.product);
            candidate.worth += by;
            candidate.found.reasons.extend(reasons);
        }
        if request.sort == Sort::Relevance && !ruling.pinned.is_empty() {
            self.pin(request, &ruling, window).await?;
        }
        window.candidates.retain(|candidate| !ruling.hides(&candidate.product));
        answer.redirect = ruling.redirect;
        if request.preview.is_some() {
            answer.rules = ruling.names;
        }
        Ok(())
    }

    /// The rules that hold now, or those of a preview.
    async fn rules_of(&self, request: &SearchRequest) -> Result<RulesNow, SearchError> {
        let Some(preview) = &request.preview else {
            return Ok(RulesNow::of(&*self.shop.rules, &request.merchant).await?);
        };
        let mut rules = self.shop.rules.rules(&request.merchant).await?;
        for (name, draft) in &preview.drafts {
            rules.retain(|(known, _)| known != name);
            rules.push((name.clone(), draft.clone()));
        }
        Ok(RulesNow::at(rules, preview.at.unwrap_or_else(Timestamp::now)))
    }

    /// Puts products before all others, in their order. Where the catalog is walked through, they
    /// stand in the first window alone.
    async fn pin(
        &self,
        request: &SearchRequest,
        ruling: &Ruling,
        window: &mut Window,
    ) -> Result<(), SearchError> {
        let Ruling { pinned, .. } = ruling;
        if request.cursor.as_ref().and_then(Cursor::from).is_some() {
            window.candidates.retain(|candidate| !pinned.contains(&candidate.product.id));
            return Ok(());
        }
        let is_there = |id: &&ProductId| {
            window.candidates.iter().any(|candidate| candidate.product.id == **id)
        };
        let missing: Vec<ProductId> = pinned.iter().filter(|id| !is_there(id)).cloned().collect();
        let products = self.shop.catalog.products(&request.merchant, &missing).await?;
        let added = products.into_iter().filter_map(|product| shown(&request.filters, product));
        window.candidates.extend(added);
        for candidate in &mut window.candidates {
            if let Some(place) = ruling.place(&candidate.product.id) {
                candidate.pinned = Some(place);
                candidate.found.reasons.insert(0, Ruling::chosen());
            }
        }
        Ok(())
    }

    /// What a text means with the merchant's synonyms: the text to search by, and what it names.
    pub(super) async fn meaning(
        &self,
        merchant: &MerchantId,
        text: &str,
    ) -> Result<(String, Asked), SearchError> {
        let groups = self.shop.rules.synonyms(merchant).await?;
        let words = tokens(text);
        let mut meaning = text.to_owned();
        let mut asked = Asked::of_text(text);
        for (_, synonyms) in &groups {
            for other in synonyms.unsaid(&words) {
                meaning.push(' ');
                meaning.push_str(other);
            }
            asked.extend(synonyms);
        }
        Ok((meaning, asked))
    }
}

/// The kinds that a search is about.
fn categories(answer: &SearchAnswer) -> Vec<Category> {
    let named = answer.understood.iter().flat_map(|asked| asked.categories.iter().copied());
    named.chain(answer.garments.iter().map(|garment| garment.category)).collect()
}
