use actix_web::{HttpRequest, web::Payload};
use base64::{
    Engine, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use futures::TryStreamExt;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use vitrine_core::{filter::Filters, ids::VisitorId};

use super::{Upload, unknown};
use crate::{body::bounded, problem::Problem, problems::Code};

/// A photo of 20 MiB as base64, and what goes with it.
const MAX_JSON: usize = 28 * 1024 * 1024;

/// Standard base64, with or without its padding.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A photo as JSON.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the body to the contract")]
pub(crate) struct LookBody {
    photo: PhotoData,
    /// The customer's own words.
    #[schema(max_length = 500, example = "something warmer, for a wedding")]
    text: Option<String>,
    filters: Option<Filters>,
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

/// A picture's bytes.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the body to the contract")]
pub(super) struct PhotoData {
    /// A JPEG, PNG, WebP, GIF, BMP or TIFF file as base64 (RFC 4648, section 4).
    #[schema(content_encoding = "base64", content_media_type = "application/octet-stream")]
    data: String,
}

pub(super) async fn read(request: &HttpRequest, payload: Payload) -> Result<Upload, Problem> {
    let pieces = bounded(request, payload, MAX_JSON)?;
    let body = pieces
        .try_fold(Vec::new(), |mut body, piece| async move {
            body.extend_from_slice(&piece);
            Ok(body)
        })
        .await?;
    tokio::task::spawn_blocking(move || parsed(body))
        .await
        .unwrap_or_else(|_| Err(Problem::of(Code::Internal)))
}

fn parsed(body: Vec<u8>) -> Result<Upload, Problem> {
    let mut fields: Map<String, Value> = serde_json::from_slice(&body).map_err(|error| {
        Problem::new(Code::JsonInvalid, format!("{error}. {}", Code::JsonInvalid.remedy()))
    })?;
    drop(body);
    let photo = fields.shift_remove("photo").map(photo).transpose()?;
    Upload::checked(photo, fields)
}

fn photo(value: Value) -> Result<Vec<u8>, Problem> {
    let missing = |field| Problem::of_field(Code::PhotoMissing, field, "There is no base64 here");
    let Value::Object(mut photo) = value else { return Err(missing("photo")) };
    let data = photo.shift_remove("data");
    if let Some(name) = photo.keys().next() {
        return Err(unknown(&format!("photo/{name}")));
    }
    let Some(Value::String(data)) = data else { return Err(missing("photo/data")) };
    BASE64.decode(data).map_err(|error| {
        Problem::of_field(Code::PhotoBase64Invalid, "photo/data", error.to_string())
    })
}
