use std::sync::LazyLock;

use actix_web::HttpResponse;

static CONTRACT: LazyLock<String> = LazyLock::new(crate::openapi::contract);

pub(super) async fn contract() -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").body(CONTRACT.as_str())
}
