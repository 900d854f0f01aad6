//! Imports: listed, looked at, cancelled.

use actix_web::{HttpResponse, web};
use serde::Serialize;
use utoipa::ToSchema;
use vitrine_core::{ids::ImportId, imports::Import};

use crate::{
    caller::Keeper,
    import_status::ImportStatus,
    page::{Page, Paged},
    problem::{Problem, ProblemBody},
    problems::Code,
    state::State,
};

/// A page of imports, the newest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct ImportPage {
    imports: Vec<ImportStatus>,
    /// The cursor of the page after this one; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// List the imports
///
/// Those of the last 30 days.
#[utoipa::path(
    get,
    path = "/v1/catalog/imports",
    operation_id = "listImports",
    tag = "imports",
    security(("token" = [])),
    params(Page),
    responses(
        (status = 200, description = "A page of imports, the newest first", body = ImportPage),
        (status = 400, description = "`cursor_invalid`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`role_not_allowed`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "`limit_invalid`, `field_unknown`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 500, description = "`internal`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "`store_unavailable`", body = ProblemBody, content_type = "application/problem+json", headers(
            ("Retry-After" = u64, description = "Seconds to wait")
        )),
    )
)]
pub(crate) async fn list_imports(
    keeper: Keeper,
    page: Result<web::Query<Page>, actix_web::Error>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let Paged { limit, after } = Page::read::<ImportId>(page)?;
    let imports = &state.importing.imports;
    let mut found = imports.imports(&keeper.merchant, after, limit + 1).await?;
    let more = found.len() > limit;
    found.truncate(limit);
    let next = found.last().filter(|_| more).map(|import| Page::cursor(&import.id));
    let imports = found.iter().map(ImportStatus::from).collect();
    Ok(HttpResponse::Ok().json(ImportPage { imports, next }))
}

/// Get an import
///
/// How far it is, and what it did.
#[utoipa::path(
    get,
    path = "/v1/catalog/imports/{id}",
    operation_id = "getImport",
    tag = "imports",
    security(("token" = [])),
    params(("id" = ImportId, Path, description = "As `createImport` gave it")),
    responses(
        (status = 200, description = "The import as it is now", body = ImportStatus),
        (status = 400, description = "`id_invalid`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`role_not_allowed`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "`import_unknown`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 500, description = "`internal`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "`store_unavailable`", body = ProblemBody, content_type = "application/problem+json", headers(
            ("Retry-After" = u64, description = "Seconds to wait")
        )),
    )
)]
pub(crate) async fn get_import(
    keeper: Keeper,
    path: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let import = state.importing.imports.import(&keeper.merchant, id_of(&path)?).await?;
    answer(import)
}

/// Cancel an import
///
/// One that runs ends between two batches; what was written before stays. One that has ended is
/// left as it is.
#[utoipa::path(
    delete,
    path = "/v1/catalog/imports/{id}",
    operation_id = "cancelImport",
    tag = "imports",
    security(("token" = [])),
    params(("id" = ImportId, Path, description = "As `createImport` gave it")),
    responses(
        (status = 200, description = "The import as it is now", body = ImportStatus),
        (status = 400, description = "`id_invalid`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`role_not_allowed`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "`import_unknown`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 500, description = "`internal`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "`store_unavailable`", body = ProblemBody, content_type = "application/problem+json", headers(
            ("Retry-After" = u64, description = "Seconds to wait")
        )),
    )
)]
pub(crate) async fn cancel_import(
    keeper: Keeper,
    path: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let import = state.importing.imports.cancel(&keeper.merchant, id_of(&path)?).await?;
    answer(import)
}

fn answer(import: Option<Import>) -> Result<HttpResponse, Problem> {
    let import = import.ok_or_else(|| Problem::of(Code::ImportUnknown))?;
    Ok(HttpResponse::Ok().json(ImportStatus::from(&import)))
}

pub(super) fn id_of(text: &str) -> Result<ImportId, Problem> {
    text.parse().map_err(|_| Problem::of(Code::IdInvalid))
}
