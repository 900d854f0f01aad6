use actix_web::{HttpResponse, http::header, web};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;
use vitrine_core::{
    ids::VariantId,
    money::Money,
    product::{OfferChange, OfferPatch},
    vocabulary::Availability,
};

use crate::{
    body,
    caller::Keeper,
    problem::{Problem, ProblemBody},
    problems::Code,
    state::State,
};

/// Lines of one request at most, and its bytes.
const MAX_OFFERS: usize = 10_000;
const MAX_BODY: usize = 8 * 1024 * 1024;

/// Prices and stock.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Offers {
    /// Each after the one before it.
    #[schema(min_items = 1, max_items = 10_000)]
    offers: Vec<OfferLine>,
}

/// What changes of one variant's offer; what is left out stays as it is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OfferLine {
    variant_id: VariantId,
    /// The regular price.
    price: Option<Money>,
    /// The lower price that holds now; `null` ends a sale.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<Money>)]
    sale_price: Option<Option<Money>>,
    availability: Option<Availability>,
    /// Pieces in stock; `null` where they are not counted.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<i64>, minimum = 0)]
    stock: Option<Option<u32>>,
}

/// A field that is `null` is told apart from one that is left out.
fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    from: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(from).map(Some)
}

/// What was done.
#[derive(Serialize, ToSchema)]
pub(crate) struct OffersAnswer {
    /// Lines that hold from now on.
    set: u64,
    /// Lines that do not.
    problems: Vec<OfferProblem>,
}

/// Why a line was not taken; the others were.
#[derive(Serialize, ToSchema)]
pub(crate) struct OfferProblem {
    /// Which line, from 0.
    index: usize,
    /// `variant_unknown`, `price_invalid` or `sale_price_invalid`.
    #[schema(example = "variant_unknown")]
    code: &'static str,
    detail: String,
}

/// Set prices and stock
///
/// They hold in the very next answer. A line that can not be taken is told; the others are.
#[utoipa::path(
    post,
    path = "/v1/catalog/offers",
    operation_id = "setOffers",
    tag = "catalog",
    security(("token" = [])),
    request_body = Offers,
    responses(
        (status = 200, description = "What was set and what was not", body = OffersAnswer),
        (status = 400, description = "`json_invalid`, `body_incomplete`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`role_not_allowed`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "`body_too_large`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "`offers_invalid`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 500, description = "`internal`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "`store_unavailable`", body = ProblemBody, content_type = "application/problem+json", headers(
            ("Retry-After" = u64, description = "Seconds to wait")
        )),
    )
)]
pub(crate) async fn set_offers(
    keeper: Keeper,
    payload: web::Payload,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let Offers { offers } = body::json(payload, MAX_BODY).await?;
    if !(1..=MAX_OFFERS).contains(&offers.len()) {
        let detail = format!("There are {} offers", offers.len());
        return Err(Problem::of_field(Code::OffersInvalid, "offers", detail));
    }
    let mut problems = Vec::new();
    let (mut changes, mut places) = (Vec::new(), Vec::new());
    for (index, line) in offers.into_iter().enumerate() {
        match change(line) {
            Ok(change) => {
                changes.push(change);
                places.push(index);
            }
            Err(detail) => problems.push(OfferProblem { index, code: "price_invalid", detail }),
        }
    }
    let done = state.shop.catalog.set_offers(&keeper.merchant, changes).await?;
    let place = |at: usize| places.get(at).copied().unwrap_or(at);
    problems.extend(done.unknown.into_iter().map(|at| OfferProblem {
        index: place(at),
        code: "variant_unknown",
        detail: "no product has a variant of this id".into(),
    }));
    problems.extend(done.refused.into_iter().map(|(at, bad)| OfferProblem {
        index: place(at),
        code: "sale_price_invalid",
        detail: bad.to_string(),
    }));
    problems.sort_by_key(|problem| problem.index);
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(OffersAnswer { set: done.set, problems }))
}

fn change(line: OfferLine) -> Result<OfferChange, String> {
    let OfferLine { variant_id, price, sale_price, availability, stock } = line;
    for money in [price, sale_price.flatten()].into_iter().flatten() {
        // In writing, its range is checked.
        money.to_string().parse::<Money>().map_err(|error| error.to_string())?;
    }
    let patch = OfferPatch { price, sale_price, availability, stock };
    Ok(OfferChange { variant: variant_id, patch })
}
