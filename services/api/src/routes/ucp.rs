//! The doors for shopping agents that speak the Universal Commerce Protocol.

use actix_web::{HttpRequest, HttpResponse, http::header, web};
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::{
    body,
    caller::Caller,
    problem::{Problem, ProblemBody},
    state::State,
    ucp::{self, Detail, Found, LOOKUP, SEARCH, UcpGetProduct, UcpLookup, UcpSearch, VERSION},
};

/// The most bytes of a request.
const MAX_BODY: usize = 64 * 1024;

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
    let service = |transport: &str, schema: &str, endpoint: &str| {
        json!({
            "version": VERSION,
            "spec": spec("specification/overview"),
            "transport": transport,
            "schema": spec(schema),
            "endpoint": format!("{}://{}{endpoint}", here.scheme(), here.host())
        })
    };
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
            "services": {"dev.ucp.shopping": [
                service("rest", "services/shopping/rest.openapi.json", "/ucp"),
                service("mcp", "services/shopping/mcp.openrpc.json", "/mcp")
            ]},
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
    let asked: UcpSearch = read(payload).await?;
    Ok(answer(&ucp::search_catalog(asked, &caller.merchant, &state).await?))
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
    let asked: UcpLookup = read(payload).await?;
    Ok(answer(&ucp::lookup_catalog(asked, &caller.merchant, &state).await?))
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
    let asked: UcpGetProduct = read(payload).await?;
    Ok(answer(&ucp::get_product(asked, &caller.merchant, &state).await?))
}

async fn read<T: DeserializeOwned>(payload: web::Payload) -> Result<T, Problem> {
    ucp::read(body::json(payload, MAX_BODY).await?)
}

fn answer(body: &impl serde::Serialize) -> HttpResponse {
    HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(body)
}
