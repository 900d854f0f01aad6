use actix_web::{HttpResponse, http::header, web};

use crate::{
    problem::{Problem, ProblemBody},
    problems::Code,
    readiness::Ready,
    state::State,
};

/// Whether photos can be answered
///
/// Asks every store and has the models do a small piece of work, at most once every ten seconds. All
/// parts that are away are named. Without the cache the service is ready still, and slower.
#[utoipa::path(
    get,
    path = "/readyz",
    operation_id = "readyz",
    tag = "operation",
    responses(
        (status = 200, description = "They can; `status` is `degraded` where something is away that only makes answers slower", body = Ready),
        (status = 503, description = "`not_ready`, with the parts that do not answer", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn readyz(state: web::Data<State>) -> Result<HttpResponse, Problem> {
    let ready = state.readiness.check().await.map_err(|reason| {
        Problem::new(Code::NotReady, format!("{reason}; {}", Code::NotReady.remedy()))
    })?;
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(ready))
}
