//! What a merchant's rules make of what was found.

use std::collections::HashSet;

use jiff::Timestamp;

use super::{
    Asked, SearchAnswer, SearchError, SearchRequest, Searching, Sort,
    candidates::{Window, shown},
    order::Cursor,
    tokens,
};
use crate::{
    ids::{MerchantId, ProductId},
    look::{Attribute, Reason, ReasonKind},
    rules::{Effect, Rule, Which},
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
        let categories = categories(answer);
        let meant = rules.into_iter().filter(|(_, rule)| rule.when.is(&words, &categories));
        let (mut pinned, mut hidden): (Vec<ProductId>, Vec<Which>) = (Vec::new(), Vec::new());
        for (name, rule) in meant {
            match rule.then {
                Effect::Pin { products } => pinned.extend(products),
                Effect::Hide { which } => hidden.push(which),
                Effect::Boost { which, strength } => {
                    window.shift(&which, strength.0, "moved up by the shop");
                }
                Effect::Bury { which, strength } => {
                    window.shift(&which, -strength.0, "moved down by the shop");
                }
                Effect::Redirect { url } => answer.redirect = answer.redirect.take().or(Some(url)),
            }
            if request.preview.is_some() {
                answer.rules.push(name);
            }
        }
        if request.sort == Sort::Relevance && !pinned.is_empty() {
            self.pin(request, pinned, window).await?;
        }
        window
            .candidates
            .retain(|candidate| !hidden.iter().any(|which| which.covers(&candidate.product)));
        Ok(())
    }

    /// The rules that hold now, or those of a preview.
    async fn rules_of(&self, request: &SearchRequest) -> Result<Vec<(String, Rule)>, SearchError> {
        let mut rules = self.rules.rules(&request.merchant).await?;
        let preview = request.preview.clone().unwrap_or_default();
        for (name, draft) in preview.drafts {
            rules.retain(|(known, _)| *known != name);
            rules.push((name, draft));
        }
        rules.sort_by(|(one, _), (other, _)| one.cmp(other));
        let now = preview.at.unwrap_or_else(Timestamp::now);
        rules.retain(|(_, rule)| rule.holds_at(now));
        Ok(rules)
    }

    /// Puts products before all others, in their order. Where the catalog is walked through, they
    /// stand in the first window alone.
    async fn pin(
        &self,
        request: &SearchRequest,
        pinned: Vec<ProductId>,
        window: &mut Window,
    ) -> Result<(), SearchError> {
        let mut known = HashSet::new();
        let pinned: Vec<ProductId> =
            pinned.into_iter().filter(|id| known.insert(id.clone())).collect();
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
            let place = pinned.iter().position(|id| *id == candidate.product.id);
            if let Some(place) = place {
                candidate.pinned = Some(place);
                candidate.found.reasons.insert(0, reason("chosen by the shop"));
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
        let groups = self.rules.synonyms(merchant).await?;
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

impl Window {
    fn shift(&mut self, which: &Which, by: f32, text: &str) {
        let moved = self.candidates.iter_mut().filter(|found| which.covers(&found.product));
        for candidate in moved {
            candidate.worth += by;
            candidate.found.reasons.push(reason(text));
        }
    }
}

/// The kinds that a search is about.
fn categories(answer: &SearchAnswer) -> Vec<Category> {
    let named = answer.understood.iter().flat_map(|asked| asked.categories.iter().copied());
    named.chain(answer.garments.iter().map(|garment| garment.category)).collect()
}

fn reason(text: &str) -> Reason {
    Reason { kind: ReasonKind::Rule, attribute: Attribute::Rule, text: text.to_owned() }
}
