use super::{LookRequest, Shopping};
use crate::{
    completing::{self, Completion, Slot},
    garment::Garment,
    look::{Look, Part},
    vocabulary::Gender,
};

impl Shopping {
    /// The places that are to be filled; none where that is not asked for.
    pub(super) fn slots_to_fill(&self, request: &LookRequest, look: &Look) -> Vec<Slot> {
        if request.complete_the_look { completing::empty_slots(&worn(look)) } else { Vec::new() }
    }

    /// Products for a slot; `None` where there are none. What fails is said in the look.
    pub(super) async fn completion(
        &self,
        request: &LookRequest,
        slot: Slot,
        look: &mut Look,
    ) -> Option<Completion> {
        let garments = worn(look);
        let text = completing::search_text(slot, &garments);
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
            garments: &garments,
            gender: self.gender_of(request, look).await,
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

fn worn(look: &Look) -> Vec<Garment> {
    look.garments.iter().map(|seen| seen.garment.clone()).collect()
}
