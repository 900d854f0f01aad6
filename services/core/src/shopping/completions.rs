use std::{collections::HashMap, time::Duration};

use super::{LookRequest, Shopping, step::Step};
use crate::{
    completing::{self, Completion, Slot, Together},
    digest,
    filter::Filters,
    garment::Garment,
    ids::{MerchantId, ProductId},
    look::{Look, Part},
    product::Product,
    rules::{RulesNow, Ruling},
    vocabulary::Gender,
};

/// Orders that must have two products in common for it to be more than chance.
const LEAST_ORDERS: u64 = 3;
/// Products that are looked at for each that orders are looked up for.
const TOGETHER: usize = 20;
/// How long it is remembered what is bought together.
const TOGETHER_KEPT: Duration = Duration::from_secs(60 * 60);

/// What a look lacks, and what fills it has to go with.
#[derive(Default)]
pub(super) struct Gaps {
    pub(super) slots: Vec<Slot>,
    garments: Vec<Garment>,
    gender: Option<Gender>,
    together: Vec<Together>,
    ruling: Ruling,
}

impl Shopping {
    /// What is to be filled; nothing where that is not asked for.
    pub(super) async fn gaps(&self, request: &LookRequest, rules: &RulesNow, look: &Look) -> Gaps {
        if !request.complete_the_look {
            return Gaps::default();
        }
        let garments: Vec<Garment> =
            look.garments.iter().map(|seen| seen.garment.clone()).collect();
        let slots = completing::empty_slots(&garments);
        if slots.is_empty() {
            return Gaps::default();
        }
        let best = self.best_matches(request, look).await;
        let kinds: Vec<_> = garments.iter().map(|garment| garment.category).collect();
        Gaps {
            slots,
            gender: completing::shared_gender(&best),
            together: self.together(&request.merchant, &best).await,
            ruling: rules.ruling(&request.words(), &kinds),
            garments,
        }
    }

    /// Products for a slot; `None` where there are none. Filters on categories and colours speak of
    /// the garments in the photo and do not hold here; all others do. What fails is said in the
    /// look.
    pub(super) async fn completion(
        &self,
        request: &LookRequest,
        gaps: &Gaps,
        slot: Slot,
        look: &mut Look,
    ) -> Option<Completion> {
        let text = completing::search_text(slot, &gaps.garments);
        let vectors = self.vectors(vec![text.clone()]);
        let vectors = match look.timed(Step::Embed, vectors).await {
            Ok(vectors) => vectors,
            Err(error) => {
                look.lose(Part::Matches, &error, error.for_customers());
                return None;
            }
        };
        let filters =
            Filters { categories: Vec::new(), colours: Vec::new(), ..request.filters.clone() };
        let wanted = completing::Wanted {
            merchant: &request.merchant,
            garments: &gaps.garments,
            gender: gaps.gender,
            slot,
            text: &text,
            vector: vectors.first()?,
            filters: &filters,
            customer: &request.customer,
            person: request.person.as_ref(),
            ruling: &gaps.ruling,
            together: &gaps.together,
            limit: request.limit,
            legs: self.balance.legs,
        };
        let finding = completing::find(&*self.catalog, &*self.index, &wanted);
        match look.timed(Step::Search, finding).await {
            Ok(matches) if matches.is_empty() => None,
            Ok(matches) => Some(Completion { slot, matches }),
            Err(error) => {
                look.lose(Part::Matches, &error, error.for_customers());
                None
            }
        }
    }

    /// What customers bought in the same orders as these products, as it is now; nothing where that
    /// can not be told.
    pub(crate) async fn together(
        &self,
        merchant: &MerchantId,
        products: &[Product],
    ) -> Vec<Together> {
        let mut ids: Vec<ProductId> = Vec::new();
        let mut with: HashMap<ProductId, &str> = HashMap::new();
        for product in products {
            for other in self.bought_with(merchant, &product.id).await {
                let is_new = !with.contains_key(&other);
                if is_new && products.iter().all(|product| product.id != other) {
                    with.insert(other.clone(), &product.title);
                    ids.push(other);
                }
            }
        }
        if ids.is_empty() {
            return Vec::new();
        }
        let found = self.catalog.products(merchant, &ids).await.unwrap_or_default();
        let told = found.into_iter().filter_map(|product| {
            let with = (*with.get(&product.id)?).to_owned();
            Some(Together { product, with })
        });
        told.collect()
    }

    async fn bought_with(&self, merchant: &MerchantId, product: &ProductId) -> Vec<ProductId> {
        let key = format!("together:{}", digest(&[merchant.as_str(), product.as_str()]));
        if let Some(known) = self.recall(&key).await {
            return known;
        }
        let events = &self.measuring.events;
        match events.bought_with(merchant, product, LEAST_ORDERS, TOGETHER).await {
            Ok(found) => {
                let found: Vec<ProductId> = found.into_iter().map(|(id, _)| id).collect();
                self.remember(&key, &found, TOGETHER_KEPT).await;
                found
            }
            Err(error) => {
                tracing::warn!(%error, "what is bought together can not be told");
                Vec::new()
            }
        }
    }

    /// The best match of each garment.
    async fn best_matches(&self, request: &LookRequest, look: &Look) -> Vec<Product> {
        let best = look.garments.iter().filter_map(|garment| garment.matches.first());
        let ids: Vec<_> = best.map(|found| found.product_id.clone()).collect();
        self.catalog.products(&request.merchant, &ids).await.unwrap_or_default()
    }
}
