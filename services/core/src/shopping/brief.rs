use super::LookRequest;
use crate::{
    look::{Look, Match},
    ports::{Bought, Brief, Candidate},
};

/// Products offered to the stylist at most.
const CANDIDATES: usize = 8;
/// Purchases that it is told of at most.
const BOUGHT: usize = 3;

/// What the stylist is told.
pub(super) fn brief(request: &LookRequest, look: &Look) -> Brief {
    Brief {
        garments: look.garments.iter().map(|seen| seen.garment.clone()).collect(),
        candidates: candidates(look),
        wish: request.wish.clone(),
        occasion: request.occasion.clone(),
        tone: request.tone,
        liked_colours: request.customer.liked_colours.clone(),
        avoided_colours: request.customer.avoided_colours.clone(),
        bought: bought(request),
        locale: request.locale.clone(),
    }
}

/// The latest purchases.
fn bought(request: &LookRequest) -> Vec<Bought> {
    let products = request.person.iter().flat_map(|person| &person.bought).take(BOUGHT);
    let told = products.map(|product| Bought {
        category: product.category,
        colours: product.colour_versions().first().map_or(Vec::new(), |main| main.colours.to_vec()),
    });
    told.collect()
}

/// The products that the stylist may speak of: the best match of each garment and of each place
/// that is to be filled first, then the second best of each.
pub fn candidates(look: &Look) -> Vec<Candidate> {
    let mut candidates: Vec<Candidate> = Vec::new();
    let seen = look.garments.iter().map(|garment| &garment.matches);
    let lists: Vec<&Vec<Match>> =
        seen.chain(look.complete_the_look.iter().map(|completion| &completion.matches)).collect();
    let deepest = lists.iter().map(|matches| matches.len()).max().unwrap_or(0);
    for rank in 0..deepest {
        for found in lists.iter().filter_map(|matches| matches.get(rank)) {
            let known = candidates.iter().any(|candidate| candidate.product == found.product_id);
            if !known && candidates.len() < CANDIDATES {
                candidates.push(Candidate {
                    product: found.product_id.clone(),
                    title: found.title.clone(),
                    category: found.category,
                    colour: found.colours.first().copied(),
                });
            }
        }
    }
    candidates
}
