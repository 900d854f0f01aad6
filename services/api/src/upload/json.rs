use actix_web::{HttpRequest, web::Payload};
use base64::{
    Engine, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use futures::TryStreamExt;
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use vitrine_core::{address::WebAddress, filter::Filters, ids::VisitorId, vocabulary::Tone};

use super::{CustomerAsk, Sent, Upload, unknown};
use crate::{
    body::{bounded, from_json},
    problem::Problem,
    problems::Code,
};

/// A photo of 20 MiB as base64, and what goes with it.
pub(crate) const MAX_JSON: usize = 28 * 1024 * 1024;

/// Standard base64, with or without its padding.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A photo as JSON.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "describes the body to the contract")]
pub(crate) struct LookBody {
    photo: PhotoSource,
    /// The garment whose box is most like this one, alone. Not together with `point`.
    region: Option<RegionBody>,
    /// The smallest garment that holds this point, alone. Not together with `region`.
    point: Option<PointBody>,
    /// The customer's own words. Colours, sizes and prices that they say outright (`in blue, under
    /// 50 euro`) hold as filters do, and stand in `understood` of the answer.
    #[schema(max_length = 500, example = "something warmer, for a wedding")]
    text: Option<String>,
    filters: Option<Filters>,
    customer: Option<CustomerAsk>,
    /// Whether products for the places that the photo leaves empty, such as shoes to a dress, are
    /// looked for too.
    #[schema(default = false)]
    complete_the_look: Option<bool>,
    /// What the clothes are for, as `a wedding in June`.
    #[schema(max_length = 100)]
    occasion: Option<String>,
    tone: Option<Tone>,
    /// Matches for each garment at most.
    #[schema(minimum = 1, maximum = 20, default = 5)]
    limit: Option<u32>,
    /// The language to answer in (BCP 47).
    #[schema(example = "en-GB")]
    locale: Option<String>,
    /// The device or session, the same each time; who asks without one is in no experiment. Kept as a
    /// hash.
    visitor_id: Option<VisitorId>,
}

/// Where the picture is: one of the three.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "describes the body to the contract")]
pub(crate) struct PhotoSource {
    /// A JPEG, PNG, WebP, GIF, BMP or TIFF file as base64 (RFC 4648, section 4).
    #[schema(content_encoding = "base64", content_media_type = "application/octet-stream")]
    data: Option<String>,
    /// Where it can be fetched, over http or https, from a host on the public internet.
    #[schema(value_type = Option<String>, format = Uri)]
    url: Option<WebAddress>,
    /// The `photo_id` of a look: the photo need not be sent again for as long as it is kept, an hour
    /// where the merchant wants nothing else.
    #[schema(max_length = 64)]
    id: Option<String>,
}

/// A box in the photo: fractions of its width and height, from the top left corner.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RegionBody {
    #[schema(minimum = 0, maximum = 1)]
    pub left: f32,
    #[schema(minimum = 0, maximum = 1)]
    pub top: f32,
    #[schema(minimum = 0, maximum = 1)]
    pub right: f32,
    #[schema(minimum = 0, maximum = 1)]
    pub bottom: f32,
}

/// A point in the photo: fractions of its width and height, from the top left corner.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PointBody {
    #[schema(minimum = 0, maximum = 1)]
    pub x: f32,
    #[schema(minimum = 0, maximum = 1)]
    pub y: f32,
}

pub(super) async fn read(request: &HttpRequest, payload: Payload) -> Result<Upload, Problem> {
    let checked = |mut fields: Map<String, Value>| {
        let photo = fields.shift_remove("photo").map(photo).transpose()?;
        Upload::checked(photo, fields)
    };
    fields(request, payload, checked).await
}

/// The fields of a body that may hold a photo, and what `checked` makes of them, on a thread for
/// work that takes its time.
pub(crate) async fn fields<T: Send + 'static>(
    request: &HttpRequest,
    payload: Payload,
    checked: impl FnOnce(Map<String, Value>) -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    let pieces = bounded(request, payload, MAX_JSON)?;
    let body = pieces
        .try_fold(Vec::new(), |mut body, piece| async move {
            body.extend_from_slice(&piece);
            Ok(body)
        })
        .await?;
    let parsed = tokio::task::spawn_blocking(move || {
        let fields = from_json(&body)?;
        drop(body);
        checked(fields)
    });
    parsed.await.unwrap_or_else(|_| Err(Problem::of(Code::Internal)))
}

/// Where the photo of a JSON body is.
pub(crate) fn photo(value: Value) -> Result<Sent, Problem> {
    let missing = |field| {
        let detail = "There is no `data`, no `url` and no `id` here";
        Problem::of_field(Code::PhotoMissing, field, detail)
    };
    let no_text = |field| Problem::of_field(Code::PhotoMissing, field, "This is not a string");
    let Value::Object(mut photo) = value else { return Err(missing("photo")) };
    let mut take = |name| photo.shift_remove(name).filter(|value| !value.is_null());
    let sources = (take("data"), take("url"), take("id"));
    if let Some(name) = photo.keys().next() {
        return Err(unknown(&format!("photo/{name}")));
    }
    match sources {
        (Some(Value::String(data)), None, None) => decoded(&data),
        (None, Some(Value::String(url)), None) => addressed(&url),
        (None, None, Some(Value::String(id))) => Ok(Sent::Id(id)),
        (Some(_), None, None) => Err(no_text("photo/data")),
        (None, Some(_), None) => Err(no_text("photo/url")),
        (None, None, Some(_)) => Err(no_text("photo/id")),
        (None, None, None) => Err(missing("photo")),
        _ => {
            let detail = "Send one of `data`, `url` and `id`";
            Err(Problem::of_field(Code::PhotoMissing, "photo", detail))
        }
    }
}

/// A photo that is given by one address: `data:` and base64 (RFC 2397), http or https.
pub(crate) fn at(url: &str) -> Result<Sent, Problem> {
    let Some(data) = url.strip_prefix("data:") else { return addressed(url) };
    let (kind, data) = data.split_once(',').unwrap_or(("", data));
    if !kind.ends_with(";base64") {
        let detail = "This is no `data:` address with base64";
        return Err(Problem::of_field(Code::PhotoBase64Invalid, "photo/data", detail));
    }
    decoded(data)
}

/// The photo that is written as base64.
pub(crate) fn decoded(data: &str) -> Result<Sent, Problem> {
    let bytes = BASE64.decode(data).map_err(|error| {
        Problem::of_field(Code::PhotoBase64Invalid, "photo/data", error.to_string())
    })?;
    Ok(Sent::Bytes(bytes))
}

/// The photo that is at an address.
pub(crate) fn addressed(url: &str) -> Result<Sent, Problem> {
    let address = WebAddress::parse(url).map_err(|error| {
        Problem::of_field(Code::PhotoUnreachable, "photo/url", error.to_string())
    })?;
    Ok(Sent::Address(address))
}
