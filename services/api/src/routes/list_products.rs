use actix_web::{HttpResponse, http::header, web};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use vitrine_core::{ids::ProductId, product::Product};

use crate::{
    caller::Caller,
    problem::{Problem, ProblemBody},
    problems::Code,
    state::State,
};

/// Products on a page when none are asked for, and at most.
const LIMIT: usize = 20;
const MAX_LIMIT: usize = 100;

/// Which page.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Page {
    /// Products on the page at most.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 100, default = 20)]
    limit: Option<String>,
    /// `next` of the page before.
    cursor: Option<String>,
}

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
    let Page { limit, cursor } =
        page.map_err(|error| Problem::new(Code::FieldUnknown, error.to_string()))?.into_inner();
    let limit = limit.map(|text| limit_of(&text)).transpose()?.unwrap_or(LIMIT);
    let after = cursor.map(|text| id_of(&text)).transpose()?;
    let catalog = &state.shop.catalog;
    let mut ids = catalog.ids(&caller.merchant, after.as_ref(), limit + 1).await?;
    let more = ids.len() > limit;
    ids.truncate(limit);
    let next = ids.last().filter(|_| more).map(|id| BASE64.encode(id.as_str()));
    let products = catalog.products(&caller.merchant, &ids).await?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(ProductPage { products, next }))
}

fn limit_of(text: &str) -> Result<usize, Problem> {
    let limit = text.parse().ok().filter(|limit| (1..=MAX_LIMIT).contains(limit));
    limit.ok_or_else(|| {
        let detail = format!("This is not a number from 1 to {MAX_LIMIT}");
        Problem::of_field(Code::LimitInvalid, "limit", detail)
    })
}

fn id_of(cursor: &str) -> Result<ProductId, Problem> {
    let bytes = BASE64.decode(cursor).ok();
    let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
    let id = text.and_then(|text| ProductId::new(text).ok());
    id.ok_or_else(|| Problem::of(Code::CursorInvalid))
}
