use super::{LookRequest, Shopping};
use crate::{
    completing::{self, Completion, Slot},
    garment::Garment,
    look::{Look, Part},
    vocabulary::Gender,
};

/// What a look lacks, and what fills it has to go with.
#[derive(Default)]
pub(super) struct Gaps {
    pub(super) slots: Vec<Slot>,
    garments: Vec<Garment>,
    gender: Option<Gender>,
}

impl Shopping {
    /// What is to be filled; nothing where that is not asked for.
    pub(super) async fn gaps(&self, request: &LookRequest, look: &Look) -> Gaps {
        if !request.complete_the_look {
            return Gaps::default();
        }
        let garments: Vec<Garment> =
            look.garments.iter().map(|seen| seen.garment.clone()).collect();
        let slots = completing::empty_slots(&garments);
        let gender = if slots.is_empty() { None } else { self.gender_of(request, look).await };
        Gaps { slots, garments, gender }
    }

    /// Products for a slot; `None` where there are none. What fails is said in the look.
    pub(super) async fn completion(
        &self,
        request: &LookRequest,
        gaps: &Gaps,
        slot: Slot,
        look: &mut Look,
    ) -> Option<Completion> {
        let text = completing::search_text(slot, &gaps.garments);
        let vectors = self.vectors(vec![text.clone()]);
        let vectors = match look.timed(|timings| &mut timings.embed, vectors).await {
            Ok(vectors) => vectors,
            Err(error) => {
                look.lose(Part::Matches, &error, error.for_customers());
                return None;
            }
        };
        let wanted = completing::Wanted {
            merchant: &request.merchant,
            garments: &gaps.garments,
            gender: gaps.gender,
            slot,
            text: &text,
            vector: vectors.first()?,
            filters: &request.filters,
            customer: &request.customer,
            limit: request.limit,
        };
        let finding = completing::find(&*self.catalog, &*self.index, &wanted);
        match look.timed(|timings| &mut timings.search, finding).await {
            Ok(matches) if matches.is_empty() => None,
            Ok(matches) => Some(Completion { slot, matches }),
            Err(error) => {
                look.lose(Part::Matches, &error, error.for_customers());
                None
            }
        }
    }

    /// Whom the best matches are made for, where they agree.
    async fn gender_of(&self, request: &LookRequest, look: &Look) -> Option<Gender> {
        let best = look.garments.iter().filter_map(|garment| garment.matches.first());
        let ids: Vec<_> = best.map(|found| found.product_id.clone()).collect();
        let products = self.catalog.products(&request.merchant, &ids).await.ok()?;
        let mut genders = products.iter().filter_map(|product| product.gender);
        let first = genders.find(|gender| *gender != Gender::Unisex)?;
        genders.all(|gender| gender == first || gender == Gender::Unisex).then_some(first)
    }
}
