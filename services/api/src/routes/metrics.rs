use actix_web::{HttpResponse, http::header, web};
use prometheus_client::encoding::prometheus_text::CONTENT_TYPE;

use crate::state::State;

/// Get figures of the service
///
/// In the text format of Prometheus, totals over all merchants alone; read from the stores at most
/// once every five seconds, and left out while those are away, which `vitrine_catalog_up` tells. Needs no
/// token: a proxy in front should not pass it to the outside.
/// Not there where the service is set to have none.
#[utoipa::path(
    get,
    path = "/metrics",
    operation_id = "metrics",
    tag = "operation",
    responses(
        (status = 200, description = "The figures now", body = String, content_type = "text/plain", example = "# HELP vitrine_index_lag_seconds How long the product waits to be indexed that waits longest, 0 where none does.\n# TYPE vitrine_index_lag_seconds gauge\nvitrine_index_lag_seconds 0.41\n"),
    )
)]
pub(crate) async fn metrics(state: web::Data<State>) -> HttpResponse {
    let text = state.metrics.text().await;
    HttpResponse::Ok()
        .content_type(CONTENT_TYPE)
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(text)
}
