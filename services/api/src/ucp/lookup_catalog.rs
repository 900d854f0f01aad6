use std::collections::HashSet;

use vitrine_core::ids::MerchantId;

use super::{
    Asked, Found, LOOKUP, UcpLookup, asked,
    choice::{choose, open},
    ids::{Resolved, allowed, resolve},
    shapes::{Chosen, Envelope, Input, Message, UcpProduct},
};
use crate::{problem::Problem, problems::Code, state::State};

/// Ids of one lookup at most.
const MAX_IDS: usize = 100;

/// What has these ids; those that nothing has are told.
pub(crate) async fn lookup_catalog(
    mut wanted: UcpLookup,
    merchant: &MerchantId,
    state: &State,
) -> Result<Found, Problem> {
    if wanted.ids.is_empty() {
        return Err(Problem::of_field(Code::UcpInvalid, "ids", "Give an id at least"));
    }
    if wanted.ids.len() > MAX_IDS {
        return Err(Problem::of(Code::RequestTooLarge));
    }
    let mut seen = HashSet::new();
    wanted.ids.retain(|id| seen.insert(id.clone()));
    let Asked { filters, mut messages, excludes_all } = asked(&wanted.filters, &wanted.context)?;
    let known = resolve(merchant, state, &wanted.ids).await?;
    let mut products = Vec::new();
    for Resolved { product, by } in known.products {
        let all = allowed(&product, &filters, (0..product.variants.len()).collect());
        if excludes_all || !filters.allow_product(&product) {
            continue;
        }
        let mut shown: Vec<(usize, Vec<Input>)> = Vec::new();
        for (id, variant) in by {
            let chosen = choose(&product, variant.as_ref(), &[], &[], &all);
            let Some(at) = chosen.variants.first() else { continue };
            let exact = variant.as_ref() == Some(&product.variants[*at].id);
            if variant.is_some() && !exact {
                continue;
            }
            let input = Input { id, how: if exact { "exact" } else { "featured" } };
            match shown.iter_mut().find(|(known, _)| known == at) {
                Some((_, inputs)) => inputs.push(input),
                None => shown.push((*at, vec![input])),
            }
        }
        let (variants, inputs) = shown.into_iter().unzip();
        let chosen = Chosen { inputs, ..open(&product, variants) };
        products.extend(UcpProduct::of(product, chosen));
    }
    messages.extend(known.missing.into_iter().map(|id| Message::info("not_found", id)));
    Ok(Found { ucp: Envelope::of(LOOKUP), products, pagination: None, messages })
}
