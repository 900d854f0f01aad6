//! One product: read, put in place, removed.

use actix_web::{HttpResponse, http::header, web};
use vitrine_core::{feed, ids::ProductId, product::Product};

use crate::{
    body,
    caller::{Caller, Keeper},
    problem::{Problem, ProblemBody},
    problems::Code,
    state::State,
};

/// The longest product, in bytes of JSON.
const MAX_PRODUCT: usize = 4 * 1024 * 1024;

/// Get a product
///
/// With all its variants, and their prices and stock now.
#[utoipa::path(
    get,
    path = "/v1/catalog/products/{id}",
    operation_id = "getProduct",
    tag = "catalog",
    security(("token" = [])),
    params(("id" = ProductId, Path, description = "As the merchant names it")),
    responses(
        (status = 200, description = "The product", body = Product),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "`product_unknown`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 500, description = "`internal`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "`store_unavailable`", body = ProblemBody, content_type = "application/problem+json", headers(
            ("Retry-After" = u64, description = "Seconds to wait")
        )),
    )
)]
pub(crate) async fn get_product(
    caller: Caller,
    path: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let ids = [id_of(&path)?];
    let found = state.shop.catalog.products(&caller.merchant, &ids).await?;
    let product = found.into_iter().next().ok_or_else(|| Problem::of(Code::ProductUnknown))?;
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(product))
}

/// Put a product in place
///
/// Creates it, or replaces it with all its variants. It is found by photos seconds later; price
/// and stock hold in the very next answer.
#[utoipa::path(
    put,
    path = "/v1/catalog/products/{id}",
    operation_id = "putProduct",
    tag = "catalog",
    security(("token" = [])),
    params(("id" = ProductId, Path, description = "As the merchant names it; the product's own `id`")),
    request_body = Product,
    responses(
        (status = 200, description = "The product as it is now; it was there before", body = Product),
        (status = 201, description = "The product as it is now; it is new", body = Product),
        (status = 400, description = "`json_invalid`, `body_incomplete`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`role_not_allowed`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "`body_too_large`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "`product_invalid`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 500, description = "`internal`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "`store_unavailable`", body = ProblemBody, content_type = "application/problem+json", headers(
            ("Retry-After" = u64, description = "Seconds to wait")
        )),
    )
)]
pub(crate) async fn put_product(
    keeper: Keeper,
    path: web::Path<String>,
    payload: web::Payload,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let product: Product = body::json(payload, MAX_PRODUCT).await?;
    if product.id.as_str() != path.trim() {
        let detail = "This is not the id in the path";
        return Err(Problem::of_field(Code::ProductInvalid, "id", detail));
    }
    let product = feed::check_product(&product).map_err(|problems| {
        let fields = problems.into_iter().map(|problem| (problem.column, problem.message));
        Problem::of_fields(Code::ProductInvalid, fields)
    })?;
    let upserted = state.shop.catalog.upsert(&keeper.merchant, vec![product.clone()]).await?;
    let mut answer =
        if upserted.created > 0 { HttpResponse::Created() } else { HttpResponse::Ok() };
    Ok(answer.insert_header((header::CACHE_CONTROL, "no-store")).json(product))
}

/// Remove a product
///
/// With all its variants. No answer offers it from now on.
#[utoipa::path(
    delete,
    path = "/v1/catalog/products/{id}",
    operation_id = "deleteProduct",
    tag = "catalog",
    security(("token" = [])),
    params(("id" = ProductId, Path, description = "As the merchant names it")),
    responses(
        (status = 204, description = "It is removed"),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`role_not_allowed`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "`product_unknown`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 500, description = "`internal`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "`store_unavailable`", body = ProblemBody, content_type = "application/problem+json", headers(
            ("Retry-After" = u64, description = "Seconds to wait")
        )),
    )
)]
pub(crate) async fn delete_product(
    keeper: Keeper,
    path: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    match state.shop.catalog.remove(&keeper.merchant, &[id_of(&path)?]).await? {
        0 => Err(Problem::of(Code::ProductUnknown)),
        _ => Ok(HttpResponse::NoContent().finish()),
    }
}

/// What is no id names no product.
fn id_of(text: &str) -> Result<ProductId, Problem> {
    ProductId::new(text).map_err(|_| Problem::of(Code::ProductUnknown))
}
