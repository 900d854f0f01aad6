use actix_web::{HttpRequest, HttpResponse, http::header, web};
use serde::Serialize;

use tokio::time::timeout;
use utoipa::ToSchema;
use vitrine_core::search::{SearchAnswer, SearchRequest};

use super::create_look::sent;
use crate::{
    caller::Caller,
    page::Page,
    problem::{Problem, ProblemBody},
    problems::Code,
    search_body::{Search, SearchBody, SearchForm},
    state::State,
};

/// A page of a search.
#[derive(Serialize, ToSchema)]
pub(crate) struct SearchPage {
    #[serde(flatten)]
    answer: SearchAnswer,
    /// The cursor of the page after this one; absent on the last. A page may be short, or empty,
    /// with others after it.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

impl From<SearchAnswer> for SearchPage {
    fn from(answer: SearchAnswer) -> Self {
        Self { next: answer.next.as_ref().map(Page::cursor), answer }
    }
}

/// Search products
///
/// By the customer's words, by a photo, by both, or by filters alone, which lists the catalog in
/// the order of its ids. Offers are live. A photo is seen as for a look, and its main garments are
/// searched for; one that was seen before takes no turn at the model. A search looks at the 1,000
/// closest colour versions, and browsing at 1,000 products at a time: `total` says where there may
/// be more, and `facets` count what `total` counts. While browsing, each 1,000 are in order and
/// collapsed by themselves.
#[utoipa::path(
    post,
    path = "/v1/search",
    operation_id = "search",
    tag = "search",
    security(("token" = [])),
    request_body(content((SearchBody = "application/json"), (SearchForm = "multipart/form-data"))),
    responses(
        (status = 200, description = "A page of products", body = SearchPage),
        (status = 400, description = "`json_invalid`, `multipart_invalid`, `body_incomplete`, `cursor_invalid`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "`photo_unknown`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 408, description = "`body_slow`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "`photo_too_large`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 415, description = "`photo_not_a_picture`, `photo_format_unsupported`, `body_unsupported`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "`photo_missing`, `photo_empty`, `photo_base64_invalid`, `photo_unreachable`, `photo_damaged`, `photo_too_many_pixels`, `photo_too_small`, `photo_too_narrow`, `photo_refused`, `text_invalid`, `text_too_long`, `filters_invalid`, `search_invalid`, `limit_invalid`, `locale_invalid`, `field_unknown`, `field_repeated`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "`busy`", body = ProblemBody, content_type = "application/problem+json", headers(
            ("Retry-After" = u64, description = "Seconds to wait")
        )),
        (status = 500, description = "`internal`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 502, description = "`model_answer_invalid`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "`model_unavailable`, `store_unavailable`", body = ProblemBody, content_type = "application/problem+json", headers(
            ("Retry-After" = u64, description = "Seconds to wait")
        )),
        (status = 504, description = "`model_timeout`", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn search(
    caller: Caller,
    request: HttpRequest,
    payload: web::Payload,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let reading = Search::read(caller.merchant, &request, payload);
    let asked = read(reading, &state).await?;
    answer(asked, &state).await
}

/// Answers a search.
pub(super) async fn answer(asked: SearchRequest, state: &State) -> Result<HttpResponse, Problem> {
    let answer = timeout(state.answer_time, state.searching.search(asked)).await;
    let answer = answer.map_err(|_| Problem::of(Code::ModelTimeout))??;
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(SearchPage::from(answer)))
}

/// The bytes have their place from the first one until they are a photo.
pub(super) async fn read(
    reading: impl Future<Output = Result<Search, Problem>>,
    state: &State,
) -> Result<SearchRequest, Problem> {
    let _place = state.place()?;
    let read = timeout(state.body_time, reading).await;
    let Search { photo, request } = read.unwrap_or_else(|_| Err(Problem::of(Code::BodySlow)))?;
    let photo = match photo {
        Some(photo) => Some(sent(photo, &request.merchant, state).await?.0),
        None => None,
    };
    Ok(SearchRequest { photo, ..request })
}
