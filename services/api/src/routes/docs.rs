//! The contract as pages to read and to try: Swagger UI, from this binary alone.

use std::sync::{Arc, LazyLock};

use actix_web::{HttpResponse, http::header, web};
use utoipa_swagger_ui::Config;

use crate::{problem::Problem, problems::Code};

/// What these pages may do that no other answer may: run their own scripts, and ask this service.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
                      img-src 'self' data:; connect-src 'self'; base-uri 'none'; \
                      form-action 'none'; frame-ancestors 'none'";

/// Without a badge that an outside service would draw, and the bar that asks for other contracts.
static PAGES: LazyLock<Arc<Config<'static>>> = LazyLock::new(|| {
    let config = Config::from("/openapi.json");
    Arc::new(config.validator_url("none").use_base_layout().try_it_out_enabled(true))
});

pub(super) async fn home() -> HttpResponse {
    HttpResponse::PermanentRedirect().insert_header((header::LOCATION, "/docs/")).finish()
}

pub(super) async fn pages(path: web::Path<String>) -> Result<HttpResponse, Problem> {
    let file = utoipa_swagger_ui::serve(&path, Arc::clone(&PAGES));
    let file = file.map_err(|_| Problem::of(Code::Internal))?;
    let file = file.ok_or_else(|| Problem::of(Code::RouteUnknown))?;
    Ok(HttpResponse::Ok()
        .content_type(file.content_type)
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        .body(file.bytes.into_owned()))
}
