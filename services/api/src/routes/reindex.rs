//! The index, built anew.

use actix_web::{HttpResponse, http::header, web};
use serde::Serialize;
use utoipa::ToSchema;
use vitrine_core::indexing::{Rebuild, RebuildState};

use crate::{
    caller::Operator,
    problem::{Problem, ProblemBody},
    state::State,
};

/// Building the index anew, as it was last asked for.
#[derive(Serialize, ToSchema)]
pub(crate) struct Reindex {
    #[serde(flatten)]
    state: ReindexState,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    asked_at: Option<String>,
    /// The last time that it was begun: a service that ends in the middle is succeeded by another,
    /// which begins from the start.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    started_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    ended_at: Option<String>,
}

/// How far it is.
#[derive(Serialize, ToSchema)]
#[serde(tag = "state", rename_all = "snake_case")]
pub(crate) enum ReindexState {
    /// Never asked for.
    Idle,
    /// Asked for; it begins when the index is up to the catalog.
    Waiting,
    /// In products.
    Running { done: u64, total: u64 },
    /// The new index is the one that is searched.
    Done { products: u64 },
    /// The index is as it was before.
    Failed { reason: String },
}

impl From<RebuildState> for ReindexState {
    fn from(state: RebuildState) -> Self {
        match state {
            RebuildState::Waiting => Self::Waiting,
            RebuildState::Running { done, total } => Self::Running { done, total },
            RebuildState::Done { products } => Self::Done { products },
            RebuildState::Failed { reason } => Self::Failed { reason },
        }
    }
}

impl From<Option<Rebuild>> for Reindex {
    fn from(rebuild: Option<Rebuild>) -> Self {
        let Some(Rebuild { state, asked, started, ended }) = rebuild else {
            let state = ReindexState::Idle;
            return Self { state, asked_at: None, started_at: None, ended_at: None };
        };
        Self {
            state: state.into(),
            asked_at: Some(asked.to_string()),
            started_at: started.map(|started| started.to_string()),
            ended_at: ended.map(|ended| ended.to_string()),
        }
    }
}

/// Build the index anew
///
/// For all merchants, beside the one that is searched; one switch at the end puts it in place, and
/// no search sees it half built. Any service that shares the catalog may be asked; one of them does
/// it, and another begins again where that one is gone. Needs a token of the role admin.
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
        (status = 503, description = "`store_unavailable`", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn start_reindex(
    _: Operator,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let reindex = Reindex::from(Some(state.indexer.request_rebuild().await?));
    Ok(HttpResponse::Accepted()
        .insert_header((header::LOCATION, "/v1/catalog/reindex"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(reindex))
}

/// Get how far building anew is
///
/// The last time that it was asked for, of whichever service that shares the catalog.
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
        (status = 503, description = "`store_unavailable`", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn get_reindex(
    _: Operator,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    Ok(HttpResponse::Ok().json(Reindex::from(state.indexer.rebuild_state().await?)))
}
