use std::time::Duration;

use actix_web::{HttpRequest, HttpResponse, http::header, web};
use tokio::time::timeout;
use vitrine_core::{ids::MerchantId, look::Look, shopping::LookRequest};

use crate::{
    caller::Caller,
    problem::{Problem, ProblemBody},
    problems::Code,
    state::State,
    upload::{LookBody, LookForm, Upload},
};

/// When to come back while too many bodies are being read.
const COME_BACK: Duration = Duration::from_secs(2);

/// Answer a photo
///
/// Finds the garments in the photo, the shop's products that match each one and can be bought
/// now, why each matched, and advice on wearing them.
#[utoipa::path(
    post,
    path = "/v1/looks",
    operation_id = "createLook",
    tag = "looks",
    security(("token" = [])),
    request_body(content((LookForm = "multipart/form-data"), (LookBody = "application/json"))),
    responses(
        (status = 200, description = "The look", body = Look, headers(
            ("Location" = String, description = "Where the look can be fetched for an hour")
        )),
        (status = 400, description = "`json_invalid`, `multipart_invalid`, `body_incomplete`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 408, description = "`body_slow`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "`photo_too_large`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 415, description = "`photo_not_a_picture`, `photo_format_unsupported`, `body_unsupported`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "`photo_missing`, `photo_empty`, `photo_base64_invalid`, `photo_damaged`, `photo_too_many_pixels`, `photo_too_small`, `photo_too_narrow`, `text_invalid`, `text_too_long`, `filters_invalid`, `limit_invalid`, `locale_invalid`, `field_unknown`, `field_repeated`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "`busy`", body = ProblemBody, content_type = "application/problem+json", headers(
            ("Retry-After" = u64, description = "Seconds to wait")
        )),
        (status = 500, description = "`internal`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 502, description = "`model_answer_invalid`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "`model_unavailable`", body = ProblemBody, content_type = "application/problem+json", headers(
            ("Retry-After" = u64, description = "Seconds to wait")
        )),
        (status = 504, description = "`model_timeout`", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn create_look(
    caller: Caller,
    request: HttpRequest,
    payload: web::Payload,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let asked = read(caller.merchant, &request, payload, &state).await?;
    let answer = timeout(state.answer_time, async {
        let permit = state.admission.enter(&asked.merchant).await?;
        Ok::<_, Problem>(state.shop.look(asked, permit).await?)
    });
    let look = answer.await.unwrap_or_else(|_| Err(Problem::of(Code::ModelTimeout)))?;
    state.readiness.proven();
    Ok(HttpResponse::Ok()
        .insert_header((header::LOCATION, format!("/v1/looks/{}", look.id)))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(look))
}

/// The bytes have their place from the first one until they are a photo.
async fn read(
    merchant: MerchantId,
    request: &HttpRequest,
    payload: web::Payload,
    state: &State,
) -> Result<LookRequest, Problem> {
    let busy = |_| Problem::of(Code::Busy).retry_after(COME_BACK);
    let _place = state.uploads.try_acquire().map_err(busy)?;
    let reading = timeout(state.body_time, Upload::read(request, payload));
    let Upload { photo, text, filters, limit, locale } =
        reading.await.unwrap_or_else(|_| Err(Problem::of(Code::BodySlow)))?;
    let photo = state.decoding.photo(photo, state.shop.vision.photo_side()).await?;
    Ok(LookRequest { merchant, photo, wish: text, filters, limit, locale })
}
