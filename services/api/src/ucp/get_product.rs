use std::{collections::HashSet, slice};

use vitrine_core::ids::MerchantId;

use super::{
    Asked, Detail, LOOKUP, UcpGetProduct, asked,
    choice::choose,
    ids::{Resolved, allowed, resolve},
    shapes::{Envelope, Message, UcpProduct},
};
use crate::{problem::Problem, problems::Code, state::State};

/// One product, with what can be chosen of it beside what is chosen so far; or that there is none.
pub(crate) async fn get_product(
    wanted: UcpGetProduct,
    merchant: &MerchantId,
    state: &State,
) -> Result<Detail, Problem> {
    let UcpGetProduct { id, selected, preferences, context, filters } = wanted;
    let names: HashSet<&String> = selected.iter().map(|one| &one.name).collect();
    if names.len() < selected.len() {
        let detail = "An option is chosen more than once";
        return Err(Problem::of_field(Code::UcpInvalid, "selected", detail));
    }
    let Asked { filters, messages, excludes_all } = asked(&filters, &context)?;
    let known = resolve(merchant, state, slice::from_ref(&id)).await?;
    let shown = known.products.into_iter().next().filter(|_| !excludes_all).and_then(|known| {
        let Resolved { product, by } = known;
        let all = allowed(&product, &filters, (0..product.variants.len()).collect());
        let named = by.into_iter().next().and_then(|(_, variant)| variant);
        let is_kept = filters.allow_product(&product)
            && named.as_ref().is_none_or(|id| all.iter().any(|at| product.variants[*at].id == *id));
        let chosen = choose(&product, named.as_ref(), &selected, &preferences, &all);
        is_kept.then(|| UcpProduct::of(product, chosen)).flatten()
    });
    Ok(match shown {
        Some(product) => Detail { ucp: Envelope::of(LOOKUP), product: Some(product), messages },
        None => {
            let none = Message::error("not_found", format!("Product not found: {id}"));
            Detail { ucp: Envelope::failed(LOOKUP), product: None, messages: vec![none] }
        }
    })
}
