//! The index, built anew.

use actix_web::{HttpResponse, http::header, web};
use serde::Serialize;
use utoipa::ToSchema;
use vitrine_core::indexing::RebuildState;

use crate::{
    caller::Operator,
    problem::{Problem, ProblemBody},
    state::State,
};

/// How far building anew is.
#[derive(Serialize, ToSchema)]
#[serde(tag = "state", rename_all = "snake_case")]
pub(crate) enum Reindex {
    /// Not asked for since the start.
    Idle,
    /// Asked for; it begins when the index is up to the catalog.
    Waiting,
    /// In products.
    Running { done: u64, total: u64 },
    /// The new index is the one that is searched.
    Done { products: u64 },
    /// The index is as it was before; the log says why.
    Failed,
}

impl From<RebuildState> for Reindex {
    fn from(state: RebuildState) -> Self {
        match state {
            RebuildState::Idle => Self::Idle,
            RebuildState::Waiting => Self::Waiting,
            RebuildState::Running { done, total } => Self::Running { done, total },
            RebuildState::Done { products } => Self::Done { products },
            RebuildState::Failed { .. } => Self::Failed,
        }
    }
}

/// Build the index anew
///
/// For all merchants, beside the one that is searched; one switch at the end puts it in place, and
/// no search sees it half built. Needs a token of the role admin.
#[utoipa::path(
    post,
    path = "/v1/catalog/reindex",
    operation_id = "reindexCatalog",
    tag = "operation",
    security(("token" = [])),
    responses(
        (status = 202, description = "It will be done, or is being done already", body = Reindex, headers(
            ("Location" = String, description = "Where its state is")
        )),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`role_not_allowed`", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn start_reindex(
    _: Operator,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let reindex = Reindex::from(state.indexer.request_rebuild());
    Ok(HttpResponse::Accepted()
        .insert_header((header::LOCATION, "/v1/catalog/reindex"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(reindex))
}

/// Get how far building anew is
///
/// Of this process, since its start.
#[utoipa::path(
    get,
    path = "/v1/catalog/reindex",
    operation_id = "getReindex",
    tag = "operation",
    security(("token" = [])),
    responses(
        (status = 200, description = "Its state now", body = Reindex),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`role_not_allowed`", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn get_reindex(
    _: Operator,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(Reindex::from(state.indexer.rebuild_state())))
}
