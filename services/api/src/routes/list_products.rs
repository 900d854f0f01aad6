use actix_web::{HttpResponse, http::header, web};
use serde::Serialize;
use utoipa::ToSchema;
use vitrine_core::product::Product;

use crate::{
    caller::Caller,
    page::{Page, Paged},
    problem::{Problem, ProblemBody},
    state::State,
};

/// A page of the catalog, in the order of the ids.
#[derive(Serialize, ToSchema)]
pub(crate) struct ProductPage {
    products: Vec<Product>,
    /// The cursor of the page after this one; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// List the products
#[utoipa::path(
    get,
    path = "/v1/catalog/products",
    operation_id = "listProducts",
    tag = "catalog",
    security(("token" = [])),
    params(Page),
    responses(
        (status = 200, description = "A page of products, as they are now", body = ProductPage),
        (status = 400, description = "`cursor_invalid`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "`limit_invalid`, `field_unknown`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 500, description = "`internal`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "`store_unavailable`", body = ProblemBody, content_type = "application/problem+json", headers(
            ("Retry-After" = u64, description = "Seconds to wait")
        )),
    )
)]
pub(crate) async fn list_products(
    caller: Caller,
    page: Result<web::Query<Page>, actix_web::Error>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let Paged { limit, after } = Page::read(page)?;
    let catalog = &state.shop.catalog;
    let mut ids = catalog.ids(&caller.merchant, after.as_ref(), limit + 1).await?;
    let more = ids.len() > limit;
    ids.truncate(limit);
    let next = ids.last().filter(|_| more).map(Page::cursor);
    let products = catalog.products(&caller.merchant, &ids).await?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(ProductPage { products, next }))
}
