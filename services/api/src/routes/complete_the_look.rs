use actix_web::{HttpResponse, web};
use serde::Serialize;
use utoipa::ToSchema;
use vitrine_core::{completing::Completion, ids::ProductId, search::SimilarRequest};

use super::product::id_of;
use crate::{
    caller::Caller,
    filter_query::{FilterQuery, ListParams},
    problem::{Problem, ProblemBody},
    problems::Code,
    product_query::Pairs,
    state::State,
};

/// What makes an outfit of a product.
#[derive(Serialize, ToSchema)]
pub(crate) struct CompletedLook {
    /// A place of the outfit that the product leaves empty each, what is missed most first.
    pub(crate) complete_the_look: Vec<Completion>,
}

/// Complete the look of a product
///
/// For each place of an outfit that the product leaves empty, as shoes to a dress, what goes with it
/// best: by colours, patterns and seasons, and by what customers bought together. Offers are
/// live.
#[utoipa::path(
    get,
    path = "/v1/products/{id}/complete-the-look",
    operation_id = "completeTheLook",
    tag = "search",
    security(("token" = [])),
    params(
        ("id" = ProductId, Path, description = "As matches have it"),
        ListParams,
    ),
    responses(
        (status = 200, description = "What goes with it", body = CompletedLook),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "`product_unknown`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "`limit_invalid`, `filter_invalid`, `field_unknown`, `field_repeated`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 500, description = "`internal`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 502, description = "`model_answer_invalid`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "`store_unavailable`, `model_unavailable`", body = ProblemBody, content_type = "application/problem+json", headers(
            ("Retry-After" = u64, description = "Seconds to wait")
        )),
        (status = 504, description = "`model_timeout`", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn complete_the_look(
    caller: Caller,
    path: web::Path<String>,
    query: Result<Pairs, actix_web::Error>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let FilterQuery { filters, limit } = FilterQuery::read(query)?;
    let product = id_of(&path)?;
    let request = SimilarRequest { merchant: caller.merchant, product, filters, limit };
    Ok(HttpResponse::Ok().json(completed(&request, &state).await?))
}

/// What goes with a product.
pub(crate) async fn completed(
    request: &SimilarRequest,
    state: &State,
) -> Result<CompletedLook, Problem> {
    let found = state.searching.complete(request).await?;
    let complete_the_look = found.ok_or_else(|| Problem::of(Code::ProductUnknown))?;
    Ok(CompletedLook { complete_the_look })
}
