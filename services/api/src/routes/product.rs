//! One product: read, put in place, changed, removed.

use std::sync::{Arc, OnceLock};

use actix_web::{HttpResponse, http::header, web};
use serde::de::DeserializeOwned;
use serde_json::Value;
use vitrine_core::{
    feed::{self, UnknownField},
    ids::ProductId,
    ports::Edited,
    product::Product,
};

use crate::{
    body,
    caller::{Caller, Keeper},
    problem::{Problem, ProblemBody, shown},
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
    Ok(HttpResponse::Ok().json(product))
}

/// Put a product in place
///
/// Creates it, or replaces it with all its variants. It is found by photos seconds later; price
/// and stock hold in the very next answer. What `getProduct` answers is taken as it is.
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
        (status = 422, description = "`product_invalid`, `field_unknown`", body = ProblemBody, content_type = "application/problem+json"),
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
    let product: Product = body::parsed(payload, MAX_PRODUCT, from_known).await?;
    if product.id.as_str() != path.trim() {
        let detail = "This is not the id in the path";
        return Err(Problem::of_field(Code::ProductInvalid, "id", detail));
    }
    let product = checked(&product)?;
    let upserted = state.shop.catalog.upsert(&keeper.merchant, vec![product.clone()]).await?;
    let now = state.shop.catalog.products(&keeper.merchant, &[product.id.clone()]).await?;
    let mut answer =
        if upserted.created > 0 { HttpResponse::Created() } else { HttpResponse::Ok() };
    let shown = now.into_iter().next().unwrap_or(product);
    Ok(answer.insert_header((header::CACHE_CONTROL, "no-store")).json(shown))
}

/// Change a product
///
/// By a JSON merge patch (RFC 7396): fields that are sent take the place of those there, `null`
/// removes one, `variants` is replaced as a whole. No other change comes in between. For prices and
/// stock alone use `setOffers`.
#[utoipa::path(
    patch,
    path = "/v1/catalog/products/{id}",
    operation_id = "patchProduct",
    tag = "catalog",
    security(("token" = [])),
    params(("id" = ProductId, Path, description = "As the merchant names it")),
    request_body(content = Object, content_type = "application/merge-patch+json", example = json!({"title": "Linden midi dress", "brand": null})),
    responses(
        (status = 200, description = "The product as it is now", body = Product),
        (status = 400, description = "`json_invalid`, `body_incomplete`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`role_not_allowed`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "`product_unknown`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "`body_too_large`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "`patch_invalid`, `product_invalid`, `field_unknown`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 500, description = "`internal`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "`store_unavailable`", body = ProblemBody, content_type = "application/problem+json", headers(
            ("Retry-After" = u64, description = "Seconds to wait")
        )),
    )
)]
pub(crate) async fn patch_product(
    keeper: Keeper,
    path: web::Path<String>,
    payload: web::Payload,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let id = id_of(&path)?;
    let patch: Value = body::parsed(payload, MAX_PRODUCT, from_known).await?;
    if !patch.is_object() {
        return Err(Problem::of(Code::PatchInvalid));
    }
    let refused = Arc::new(OnceLock::new());
    let edit = {
        let refused = Arc::clone(&refused);
        move |product: &Product| {
            patched(product, patch).map_err(|problem| refused.set(problem)).ok()
        }
    };
    let catalog = &state.shop.catalog;
    match catalog.edit(&keeper.merchant, &id, Box::new(edit)).await? {
        Edited::Unknown => Err(Problem::of(Code::ProductUnknown)),
        Edited::Refused => {
            let refused = Arc::into_inner(refused).and_then(OnceLock::into_inner);
            Err(refused.unwrap_or_else(|| Problem::of(Code::Internal)))
        }
        Edited::Done(product) => {
            Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(product))
        }
    }
}

/// The product with the patch in it, if that makes one.
fn patched(product: &Product, patch: Value) -> Result<Product, Problem> {
    let mut document = serde_json::to_value(product).map_err(|_| Problem::of(Code::Internal))?;
    merge(&mut document, patch);
    let changed: Product = serde_json::from_value(document).map_err(|error| {
        Problem::new(Code::PatchInvalid, format!("{error}. {}", Code::PatchInvalid.remedy()))
    })?;
    if changed.id != product.id {
        let detail = "A product keeps its id";
        return Err(Problem::of_field(Code::ProductInvalid, "id", detail));
    }
    checked(&changed)
}

/// RFC 7396, section 2.
fn merge(target: &mut Value, patch: Value) {
    let Value::Object(patch) = patch else {
        *target = patch;
        return;
    };
    if !target.is_object() {
        *target = Value::Object(serde_json::Map::new());
    }
    if let Value::Object(members) = target {
        for (name, value) in patch {
            if value.is_null() {
                members.remove(&name);
            } else {
                merge(members.entry(name).or_insert(Value::Null), value);
            }
        }
    }
}

/// What is said of a product in fields that are all known: a name that is mistyped would else be
/// passed over, and the product keep, or lose, what was to be changed.
fn from_known<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let unknown = feed::unknown_fields(&body::from_json(bytes)?);
    if unknown.is_empty() {
        return body::from_json(bytes);
    }
    let fields = unknown.into_iter().map(|UnknownField { path, hint }| {
        let detail = format!("`{}` is not known here; {hint}", shown(&path));
        (path, detail)
    });
    Err(Problem::of_fields(Code::FieldUnknown, fields))
}

fn checked(product: &Product) -> Result<Product, Problem> {
    feed::check_product(product).map_err(|problems| {
        let fields = problems.into_iter().map(|problem| (problem.column, problem.message));
        Problem::of_fields(Code::ProductInvalid, fields)
    })
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
