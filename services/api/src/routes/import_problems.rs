use std::sync::Arc;

use actix_web::{
    HttpRequest, HttpResponse,
    http::header,
    web::{self, Bytes},
};
use futures::{Stream, stream};
use serde::Serialize;
use utoipa::ToSchema;
use vitrine_core::{
    feed::{Problem as FeedProblem, Severity},
    ids::{ImportId, MerchantId},
    ports::{Imports, StoreError},
};

use super::imports::id_of;
use crate::{
    accept::accepts,
    caller::Keeper,
    page::{Page, Paged},
    problem::{Problem, ProblemBody},
    problems::Code,
    spreadsheet::{self, CSV, harmless},
    state::State,
};

/// Problems read at once for a download.
const TOGETHER: usize = 1_000;

/// A page of what is wrong with a feed, in the order told.
#[derive(Serialize, ToSchema)]
pub(crate) struct ProblemPage {
    problems: Vec<FeedProblem>,
    /// The cursor of the page after this one; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// List what is wrong with the feed
///
/// Row by row. With `Accept: text/csv` all of it comes as one file to open in a spreadsheet.
#[utoipa::path(
    get,
    path = "/v1/catalog/imports/{id}/problems",
    operation_id = "listImportProblems",
    tag = "imports",
    security(("token" = [])),
    params(("id" = ImportId, Path, description = "As `createImport` gave it"), Page),
    responses(
        (status = 200, description = "A page of problems, or all as CSV", content(
            (ProblemPage = "application/json"), (String = "text/csv")
        )),
        (status = 400, description = "`id_invalid`, `cursor_invalid`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`role_not_allowed`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "`import_unknown`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "`limit_invalid`, `field_unknown`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 500, description = "`internal`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "`store_unavailable`", body = ProblemBody, content_type = "application/problem+json", headers(
            ("Retry-After" = u64, description = "Seconds to wait")
        )),
    )
)]
pub(crate) async fn list_import_problems(
    keeper: Keeper,
    request: HttpRequest,
    path: web::Path<String>,
    page: Result<web::Query<Page>, actix_web::Error>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let id = id_of(&path)?;
    let Paged { limit, after } = Page::read::<u64>(page)?;
    let (imports, merchant) = (&state.importing.imports, keeper.merchant);
    if imports.import(&merchant, id).await?.is_none() {
        return Err(Problem::of(Code::ImportUnknown));
    }
    if accepts(request.headers(), "text/csv") {
        return Ok(HttpResponse::Ok()
            .insert_header((header::CONTENT_TYPE, CSV))
            .insert_header((
                header::CONTENT_DISPOSITION,
                format!("attachment; filename=\"import-{id}-problems.csv\""),
            ))
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .insert_header((header::VARY, "Accept"))
            .streaming(csv(Arc::clone(imports), merchant, id)));
    }
    let skip = after.unwrap_or_default();
    let mut problems = imports.problems(&merchant, id, skip, limit + 1).await?;
    let more = problems.len() > limit;
    problems.truncate(limit);
    let next = more.then(|| Page::cursor(&(skip + limit as u64)));
    Ok(HttpResponse::Ok()
        .insert_header((header::VARY, "Accept"))
        .json(ProblemPage { problems, next }))
}

/// The table in pieces.
fn csv(
    imports: Arc<dyn Imports>,
    merchant: MerchantId,
    id: ImportId,
) -> impl Stream<Item = Result<Bytes, StoreError>> {
    let head =
        spreadsheet::rows([["row", "line", "column", "code", "severity", "value", "message"]]);
    let pages = stream::try_unfold(0_u64, move |skip| {
        let (imports, merchant) = (Arc::clone(&imports), merchant.clone());
        async move {
            let page = imports.problems(&merchant, id, skip, TOGETHER).await?;
            if page.is_empty() {
                return Ok(None);
            }
            let rows = spreadsheet::rows(page.iter().map(row));
            Ok(Some((rows, skip + page.len() as u64)))
        }
    });
    futures::StreamExt::chain(stream::iter([Ok(head)]), pages)
}

fn row(problem: &FeedProblem) -> [String; 7] {
    let FeedProblem { place, column, code, value, message, severity } = problem;
    let severity = match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    [
        place.row.to_string(),
        place.line.to_string(),
        harmless(column),
        code.as_str().to_owned(),
        severity.to_owned(),
        harmless(value.as_deref().unwrap_or_default()),
        harmless(message),
    ]
}
