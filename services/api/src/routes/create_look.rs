use std::time::Duration;

use actix_web::{HttpRequest, HttpResponse, web};
use tokio::time::timeout;
use vitrine_core::{
    address::WebAddress,
    ids::MerchantId,
    look::Look,
    photo::{MAX_BYTES, Photo},
    ports::{FetchRequest, Fetched, Patience},
    shopping::{LookRequest, Sight},
};

use crate::{
    caller::Caller,
    looks,
    problem::{Problem, ProblemBody},
    problems::Code,
    state::State,
    upload::{LookBody, LookForm, Sent, Upload},
};

const PICTURES: &str = "image/jpeg, image/png, image/webp, image/gif, image/bmp, image/tiff";

/// Answer a photo
///
/// Finds the garments in the photo, the shop's products that match each one and can be bought
/// now, why each matched, and advice on wearing them.
///
/// With `Accept: text/event-stream` the same answer comes as server-sent events while it is found:
/// `look.created`, then for each garment `look.garment` (LookGarmentSeen) and `look.matches`
/// (LookMatches), `look.completion` (Completion) for each place that is filled where that is asked
/// for, then `look.advice.delta` (LookAdviceDelta) for each piece of the advice, and at
/// the end exactly one `look.completed`, whose data is the whole Look, or `look.failed`, whose data
/// is a Problem. Comments keep the line open. Closing it stops the work.
#[utoipa::path(
    post,
    path = "/v1/looks",
    operation_id = "createLook",
    tag = "looks",
    security(("token" = [])),
    request_body(content((LookForm = "multipart/form-data"), (LookBody = "application/json"))),
    responses(
        (status = 200, description = "The look, whole or as events", content((Look = "application/json"), (String = "text/event-stream")), headers(
            ("Location" = String, description = "Where the look can be fetched for an hour; not with events")
        )),
        (status = 400, description = "`json_invalid`, `multipart_invalid`, `body_incomplete`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "`photo_unknown`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 408, description = "`body_slow`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "`photo_too_large`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 415, description = "`photo_not_a_picture`, `photo_format_unsupported`, `body_unsupported`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "`photo_missing`, `photo_empty`, `photo_base64_invalid`, `photo_unreachable`, `photo_damaged`, `photo_too_many_pixels`, `photo_too_small`, `photo_too_narrow`, `photo_refused`, `region_invalid`, `text_invalid`, `text_too_long`, `filters_invalid`, `customer_invalid`, `complete_the_look_invalid`, `occasion_invalid`, `tone_invalid`, `limit_invalid`, `locale_invalid`, `visitor_invalid`, `field_unknown`, `field_repeated`", body = ProblemBody, content_type = "application/problem+json"),
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
pub(crate) async fn create_look(
    caller: Caller,
    request: HttpRequest,
    payload: web::Payload,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let asked = read(&caller, &request, payload, &state).await?;
    looks::answer(&request, asked, state).await
}

/// The bytes have their place from the first one until they are a photo.
async fn read(
    caller: &Caller,
    request: &HttpRequest,
    payload: web::Payload,
    state: &State,
) -> Result<LookRequest, Problem> {
    let _place = state.place()?;
    let reading = timeout(state.body_time, Upload::read(request, payload));
    let upload = reading.await.unwrap_or_else(|_| Err(Problem::of(Code::BodySlow)))?;
    asked(upload, caller, state).await
}

/// What is asked for, its photo had and decoded.
pub(crate) async fn asked(
    upload: Upload,
    caller: &Caller,
    state: &State,
) -> Result<LookRequest, Problem> {
    let Upload { photo, focus, ask } = upload;
    let is_kept = matches!(photo, Sent::Id(_));
    let (photo, waited) = sent(photo, &caller.merchant, state).await?;
    let sight = if is_kept { Sight::KeptPhoto(photo) } else { Sight::Photo(photo) };
    let bare = LookRequest { focus, waited, ..LookRequest::of(caller.merchant.clone(), sight) };
    ask.put_into(bare, caller, state).await
}

/// The photo, wherever it is, and how long was waited until it could be decoded.
pub(crate) async fn sent(
    photo: Sent,
    merchant: &MerchantId,
    state: &State,
) -> Result<(Photo, Duration), Problem> {
    let side = state.shop.vision.photo_side();
    match photo {
        Sent::Bytes(bytes) => state.decoding.photo(bytes, side).await,
        Sent::Address(address) => state.decoding.photo(fetched(address, state).await?, side).await,
        Sent::Id(id) => Ok((kept(merchant, &id, side, state).await?, Duration::ZERO)),
    }
}

async fn kept(merchant: &MerchantId, id: &str, side: u32, state: &State) -> Result<Photo, Problem> {
    let photo = state.shop.photos.find(merchant, id, side).await?;
    photo.ok_or_else(|| Problem::of(Code::PhotoUnknown))
}

/// The picture's file; a shopper learns only that it can not be had, since why would show what
/// else can be reached from here.
async fn fetched(address: WebAddress, state: &State) -> Result<Vec<u8>, Problem> {
    let mut request = FetchRequest::new(address, MAX_BYTES as u64, Patience::Waiting);
    request.accept = PICTURES.to_owned();
    let bytes = async {
        match state.fetch.fetch(&request).await? {
            Fetched::Response(response) => response.bytes().await.map(Some),
            Fetched::NotModified => Ok(None),
        }
    };
    match bytes.await {
        Ok(Some(bytes)) => Ok(bytes.into()),
        Ok(None) => Err(Problem::of(Code::PhotoUnreachable)),
        Err(error) => {
            tracing::info!(%error, "a photo could not be fetched");
            Err(Problem::of_field(Code::PhotoUnreachable, "photo/url", error.for_customers()))
        }
    }
}
