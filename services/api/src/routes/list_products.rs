use actix_web::{HttpResponse, web};
use serde::Serialize;
use utoipa::ToSchema;
use vitrine_core::{
    lack::Lack,
    product::Product,
    vocabulary::{AgeGroup, Category, Colour, Gender, Pattern},
};

use crate::{
    caller::Caller,
    page::{Page, Paged},
    problem::{Problem, ProblemBody},
    product_query::{Pairs, ProductQuery},
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
///
/// Those that pass all filters given, each by any of its values. A cursor goes on under the same
/// filters.
#[utoipa::path(
    get,
    path = "/v1/catalog/products",
    operation_id = "listProducts",
    tag = "catalog",
    security(("token" = [])),
    params(
        Page,
        ("category" = Option<Vec<Category>>, Query, description = "Its kind; repeated, or separated by commas"),
        ("colour" = Option<Vec<Colour>>, Query, description = "A colour of any variant; repeated, or separated by commas"),
        ("pattern" = Option<Vec<Pattern>>, Query, description = "Repeated, or separated by commas"),
        ("brand" = Option<Vec<String>>, Query, description = "Compared without case; repeated"),
        ("gender" = Option<Vec<Gender>>, Query, description = "Repeated, or separated by commas"),
        ("age_group" = Option<Vec<AgeGroup>>, Query, description = "Repeated, or separated by commas"),
        ("lacks" = Option<Vec<Lack>>, Query, description = "Something that is missing, as `getCatalogHealth` counts it; repeated, or separated by commas"),
        ("available" = Option<bool>, Query, description = "Whether any variant can be bought now"),
        ("never_matched" = Option<bool>, Query, description = "Whether it was never shown as a match"),
        ("id_prefix" = Option<String>, Query, min_length = 1, max_length = 200, description = "What the id begins with"),
    ),
    responses(
        (status = 200, description = "A page of products, as they are now", body = ProductPage),
        (status = 400, description = "`cursor_invalid`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "`limit_invalid`, `filter_invalid`, `field_unknown`, `field_repeated`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 500, description = "`internal`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "`store_unavailable`", body = ProblemBody, content_type = "application/problem+json", headers(
            ("Retry-After" = u64, description = "Seconds to wait")
        )),
    )
)]
pub(crate) async fn list_products(
    caller: Caller,
    query: Result<Pairs, actix_web::Error>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let ProductQuery { page: Paged { limit, after }, filter } = ProductQuery::read(query)?;
    let catalog = &state.shop.catalog;
    let mut ids =
        catalog.matching_ids(&caller.merchant, &filter, after.as_ref(), limit + 1).await?;
    let more = ids.len() > limit;
    ids.truncate(limit);
    let next = ids.last().filter(|_| more).map(Page::cursor);
    let products = catalog.products(&caller.merchant, &ids).await?;
    Ok(HttpResponse::Ok().json(ProductPage { products, next }))
}
