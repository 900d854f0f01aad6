use actix_web::{HttpResponse, web};
use vitrine_core::{ids::ProductId, search::ShownProduct};

use super::product::id_of;
use crate::{
    caller::Caller,
    problem::{Problem, ProblemBody},
    problems::Code,
    state::State,
};

/// Show a product
///
/// As shoppers see it, with its prices and stock now.
#[utoipa::path(
    get,
    path = "/v1/products/{id}",
    operation_id = "getShownProduct",
    tag = "search",
    security(("token" = [])),
    params(
        ("id" = ProductId, Path, description = "As matches have it"),
    ),
    responses(
        (status = 200, description = "The product", body = ShownProduct),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "`product_unknown`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 500, description = "`internal`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "`store_unavailable`", body = ProblemBody, content_type = "application/problem+json", headers(
            ("Retry-After" = u64, description = "Seconds to wait")
        )),
    )
)]
pub(crate) async fn get_shown_product(
    caller: Caller,
    path: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let found = state.shop.catalog.products(&caller.merchant, &[id_of(&path)?]).await?;
    let product = found.into_iter().next().ok_or_else(|| Problem::of(Code::ProductUnknown))?;
    Ok(HttpResponse::Ok().json(ShownProduct::from(product)))
}
