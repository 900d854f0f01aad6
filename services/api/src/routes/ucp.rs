//! The doors for shopping agents that speak the Universal Commerce Protocol.

use std::collections::HashMap;

use actix_web::{HttpRequest, HttpResponse, http::header, web};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::time::timeout;
use vitrine_core::{
    filter::Filters,
    ids::{ProductId, VariantId},
    ports::StoreError,
    product::Product,
    search::{Cursor, SearchRequest, Sort},
};

use crate::{
    body,
    caller::Caller,
    page::{Page, after_of},
    problem::{Problem, ProblemBody, shown},
    problems::Code,
    state::State,
    ucp::{
        Asked, Detail, Envelope, Found, Input, LOOKUP, Message, Pagination, SEARCH, UcpGetProduct,
        UcpLookup, UcpProduct, UcpSearch, VERSION, asked, choose, in_order_of, open,
    },
};

/// The most bytes of a request.
const MAX_BODY: usize = 64 * 1024;
/// Products on a page where none are asked for, and at most; ids of one lookup at most.
const LIMIT: u64 = 10;
const MAX_LIMIT: u64 = 100;
const MAX_IDS: usize = 100;
/// Characters of a query at most.
const MAX_QUERY: usize = 500;

/// Tell what is spoken here
///
/// The profile by which agents find the catalog. Its endpoints need a token or a key.
#[utoipa::path(
    get,
    path = "/.well-known/ucp",
    operation_id = "getUcpProfile",
    tag = "ucp",
    responses((status = 200, description = "The profile", body = Object, example = json!({"ucp": {"version": "2026-04-08"}}))),
)]
pub(crate) async fn profile(request: HttpRequest) -> HttpResponse {
    let here = request.connection_info();
    let spec = |of: &str| format!("https://ucp.dev/{VERSION}/{of}");
    let capability = |name: &str| {
        json!([{
            "version": VERSION,
            "spec": spec(&format!("specification/catalog/{name}")),
            "schema": spec(&format!("schemas/shopping/catalog_{name}.json"))
        }])
    };
    HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(json!({
        "ucp": {
            "version": VERSION,
            "services": {"dev.ucp.shopping": [{
                "version": VERSION,
                "spec": spec("specification/overview"),
                "transport": "rest",
                "schema": spec("services/shopping/rest.openapi.json"),
                "endpoint": format!("{}://{}/ucp", here.scheme(), here.host())
            }]},
            "capabilities": {SEARCH: capability("search"), LOOKUP: capability("lookup")},
            "payment_handlers": {}
        }
    }))
}

/// Search the catalog as UCP has it
///
/// By words, by filters, or by both; the answer is that of `/v1/search` in other shapes.
#[utoipa::path(
    post,
    path = "/ucp/catalog/search",
    operation_id = "ucpSearch",
    tag = "ucp",
    security(("token" = [])),
    request_body = UcpSearch,
    responses(
        (status = 200, description = "A page of products", body = Found),
        (status = 400, description = "`json_invalid`, `body_incomplete`, `ucp_invalid`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`role_not_allowed`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "`body_too_large`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 500, description = "`internal`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 504, description = "`model_timeout`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "`model_unavailable`, `store_unavailable`", body = ProblemBody, content_type = "application/problem+json", headers(
            ("Retry-After" = u64, description = "Seconds to wait")
        )),
    )
)]
pub(crate) async fn search(
    caller: Caller,
    payload: web::Payload,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let body: UcpSearch = read(payload).await?;
    let Asked { filters, messages, excludes_all } = asked(&body.filters, &body.context)?;
    if body.query.as_ref().is_some_and(|query| query.chars().count() > MAX_QUERY) {
        let detail = format!("It has more than {MAX_QUERY} characters");
        return Err(Problem::of_field(Code::UcpInvalid, "query", detail));
    }
    let query = body.query.map(|query| query.trim().to_owned()).filter(|query| !query.is_empty());
    let is_count = |limit: u64| limit > 0 && i64::try_from(limit).is_ok();
    if body.pagination.limit.is_some_and(|limit| !is_count(limit)) {
        let detail = "This is not how many products a page can have";
        return Err(Problem::of_field(Code::UcpInvalid, "pagination.limit", detail));
    }
    if query.is_none() && filters.is_empty() && !excludes_all {
        let detail = "Give a query, filters, or both";
        return Err(Problem::of_field(Code::UcpInvalid, "query", detail));
    }
    let mut found =
        Found { ucp: Envelope::of(SEARCH), products: Vec::new(), pagination: None, messages };
    if excludes_all {
        return Ok(answer(&found));
    }
    let limit = body.pagination.limit.unwrap_or(LIMIT).clamp(1, MAX_LIMIT);
    let cursor: Option<Cursor> = after_of(body.pagination.cursor.as_deref())?;
    let request = SearchRequest {
        merchant: caller.merchant.clone(),
        text: query,
        photo: None,
        filters: filters.clone(),
        facets: Vec::new(),
        sort: Sort::Relevance,
        limit: usize::try_from(limit).unwrap_or(usize::MAX),
        cursor,
        deduplicate: true,
        locale: body.context.language,
        preview: None,
    };
    let page = timeout(state.answer_time, state.searching.search(request)).await;
    let page = page.map_err(|_| Problem::of(Code::ModelTimeout))??;
    let ids: Vec<ProductId> =
        page.products.iter().map(|listed| listed.found.product_id.clone()).collect();
    let products = state.shop.catalog.products(&caller.merchant, &ids).await?;
    let mut products: HashMap<ProductId, Product> =
        products.into_iter().map(|product| (product.id.clone(), product)).collect();
    for listed in &page.products {
        let Some(product) = products.remove(&listed.found.product_id) else { continue };
        let variants = allowed(&product, &filters, in_order_of(&product, &listed.found.variants));
        let chosen = open(&product, variants);
        found.products.extend(UcpProduct::of(product, chosen));
    }
    let next = page.next.as_ref().map(Page::cursor);
    found.pagination = Some(Pagination {
        has_next_page: next.is_some(),
        cursor: next,
        total_count: (!page.total.is_lower_bound).then_some(page.total.count),
    });
    Ok(answer(&found))
}

/// Look up products as UCP has it
///
/// By ids of products or of variants. Those that are not known are told, and the others answered.
#[utoipa::path(
    post,
    path = "/ucp/catalog/lookup",
    operation_id = "ucpLookup",
    tag = "ucp",
    security(("token" = [])),
    request_body = UcpLookup,
    responses(
        (status = 200, description = "What was found", body = Found),
        (status = 400, description = "`json_invalid`, `body_incomplete`, `ucp_invalid`, `request_too_large`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`role_not_allowed`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "`body_too_large`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 500, description = "`internal`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "`store_unavailable`", body = ProblemBody, content_type = "application/problem+json", headers(
            ("Retry-After" = u64, description = "Seconds to wait")
        )),
    )
)]
pub(crate) async fn lookup(
    caller: Caller,
    payload: web::Payload,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let mut body: UcpLookup = read(payload).await?;
    if body.ids.is_empty() {
        return Err(Problem::of_field(Code::UcpInvalid, "ids", "Give an id at least"));
    }
    if body.ids.len() > MAX_IDS {
        return Err(Problem::of(Code::RequestTooLarge));
    }
    let mut seen = std::collections::HashSet::new();
    body.ids.retain(|id| seen.insert(id.clone()));
    let Asked { filters, mut messages, excludes_all } = asked(&body.filters, &body.context)?;
    let known = resolve(&caller, &state, &body.ids).await?;
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
        let chosen = crate::ucp::Chosen { inputs, ..open(&product, variants) };
        products.extend(UcpProduct::of(product, chosen));
    }
    messages.extend(known.missing.into_iter().map(|id| Message::info("not_found", id)));
    let found = Found { ucp: Envelope::of(LOOKUP), products, pagination: None, messages };
    Ok(answer(&found))
}

/// Get one product as UCP has it
///
/// With what can be chosen of it, beside what is chosen so far.
#[utoipa::path(
    post,
    path = "/ucp/catalog/product",
    operation_id = "ucpGetProduct",
    tag = "ucp",
    security(("token" = [])),
    request_body = UcpGetProduct,
    responses(
        (status = 200, description = "The product; or `status` `error` where there is none", body = Detail),
        (status = 400, description = "`json_invalid`, `body_incomplete`, `ucp_invalid`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`role_not_allowed`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "`body_too_large`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 500, description = "`internal`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "`store_unavailable`", body = ProblemBody, content_type = "application/problem+json", headers(
            ("Retry-After" = u64, description = "Seconds to wait")
        )),
    )
)]
pub(crate) async fn product(
    caller: Caller,
    payload: web::Payload,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let body: UcpGetProduct = read(payload).await?;
    let names: std::collections::HashSet<&String> =
        body.selected.iter().map(|one| &one.name).collect();
    if names.len() < body.selected.len() {
        let detail = "An option is chosen more than once";
        return Err(Problem::of_field(Code::UcpInvalid, "selected", detail));
    }
    let Asked { filters, messages, excludes_all } = asked(&body.filters, &body.context)?;
    let known = resolve(&caller, &state, std::slice::from_ref(&body.id)).await?;
    let shown = known.products.into_iter().next().filter(|_| !excludes_all).and_then(|known| {
        let Resolved { product, by } = known;
        let all = allowed(&product, &filters, (0..product.variants.len()).collect());
        let named = by.into_iter().next().and_then(|(_, variant)| variant);
        let is_kept = filters.allow_product(&product)
            && named.as_ref().is_none_or(|id| all.iter().any(|at| product.variants[*at].id == *id));
        let chosen = choose(&product, named.as_ref(), &body.selected, &body.preferences, &all);
        is_kept.then(|| UcpProduct::of(product, chosen)).flatten()
    });
    Ok(answer(&match shown {
        Some(product) => Detail { ucp: Envelope::of(LOOKUP), product: Some(product), messages },
        None => {
            let none = Message::error("not_found", format!("Product not found: {}", body.id));
            Detail { ucp: Envelope::failed(LOOKUP), product: None, messages: vec![none] }
        }
    }))
}

/// A body whose objects are objects: a list of their values would be taken for one too.
async fn read<T: DeserializeOwned>(payload: web::Payload) -> Result<T, Problem> {
    let body: Value = body::json(payload, MAX_BODY).await?;
    let selected = body["selected"].as_array().into_iter().flatten();
    let objects = ["/context", "/filters", "/filters/price", "/pagination"];
    let objects = objects.iter().filter_map(|place| body.pointer(place));
    if let Some(other) = objects.chain(selected).chain([&body]).find(|value| value.is_array()) {
        let detail = format!("This must be an object: {}", shown(&other.to_string()));
        return Err(Problem::new(Code::UcpInvalid, detail));
    }
    body::described_by(body, Code::UcpInvalid)
}

fn answer(body: &impl serde::Serialize) -> HttpResponse {
    HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(body)
}

/// The places of variants that filters let pass, whether they can be bought or not.
fn allowed(product: &Product, filters: &Filters, places: Vec<usize>) -> Vec<usize> {
    let shown = Filters { include_unavailable: true, ..filters.clone() };
    places.into_iter().filter(|at| shown.allow_variant(&product.variants[*at])).collect()
}

/// What ids stand for.
struct Known {
    products: Vec<Resolved>,
    missing: Vec<String>,
}

/// A product, and the ids that led to it, each with the variant that it is of.
struct Resolved {
    product: Product,
    by: Vec<(String, Option<VariantId>)>,
}

/// An id is that of a product, else of a variant.
async fn resolve(caller: &Caller, state: &State, ids: &[String]) -> Result<Known, StoreError> {
    let (merchant, catalog) = (&caller.merchant, &state.shop.catalog);
    let named: Vec<ProductId> = ids.iter().filter_map(|id| ProductId::new(id).ok()).collect();
    let mut products = catalog.products(merchant, &named).await?;
    let is_product = |id: &str| products.iter().any(|product| product.id.as_str() == id.trim());
    let rest = ids.iter().filter(|id| !is_product(id));
    let variants: Vec<VariantId> = rest.filter_map(|id| VariantId::new(id).ok()).collect();
    let owners: HashMap<VariantId, ProductId> =
        catalog.owners(merchant, &variants).await?.into_iter().collect();
    let mut more: Vec<ProductId> = owners.values().cloned().collect();
    more.retain(|id| products.iter().all(|product| product.id != *id));
    more.sort_unstable();
    more.dedup();
    products.extend(catalog.products(merchant, &more).await?);
    let mut known: Vec<Resolved> =
        products.into_iter().map(|product| Resolved { product, by: Vec::new() }).collect();
    let mut missing = Vec::new();
    for id in ids {
        let variant = VariantId::new(id).ok().filter(|variant| owners.contains_key(variant));
        let owner = variant.as_ref().and_then(|variant| owners.get(variant));
        let place = known.iter_mut().find(|known| match owner {
            Some(owner) => known.product.id == *owner,
            None => known.product.id.as_str() == id.trim(),
        });
        match place {
            Some(place) => place.by.push((id.clone(), variant)),
            None => missing.push(id.clone()),
        }
    }
    known.retain(|known| !known.by.is_empty());
    Ok(Known { products: known, missing })
}
