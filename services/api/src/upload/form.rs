use actix_multipart::{Field, Multipart, MultipartError};
use actix_web::{HttpRequest, error::PayloadError, web::Payload};
use futures::TryStreamExt;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use vitrine_core::{filter::Filters, ids::VisitorId, photo::MAX_BYTES, vocabulary::Tone};

use super::{
    CustomerAsk, Sent, Upload,
    json::{PointBody, RegionBody},
    unknown,
};
use crate::{body::bounded, problem::Problem, problems::Code};

/// What a form may have besides the photo: boundaries, part headers and the other fields.
const BESIDES: usize = 64 * 1024;
/// The most bytes of a field that is not the photo.
const MAX_FIELD: usize = 16 * 1024;

/// A photo as a form.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "describes the form to the contract")]
pub(crate) struct LookForm {
    /// A JPEG, PNG, WebP, GIF, BMP or TIFF file of at most 20 MiB, 64 pixels a side at least.
    #[schema(value_type = String, format = Binary, content_media_type = "application/octet-stream")]
    photo: Vec<u8>,
    /// As JSON: the garment whose box is most like this one, alone. Not together with `point`.
    region: Option<RegionBody>,
    /// As JSON: the smallest garment that holds this point, alone. Not together with `region`.
    point: Option<PointBody>,
    /// The customer's own words.
    #[schema(max_length = 500, example = "something warmer, for a wedding")]
    text: Option<String>,
    /// As JSON.
    filters: Option<Filters>,
    /// As JSON.
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

pub(super) async fn read(request: &HttpRequest, payload: Payload) -> Result<Upload, Problem> {
    let (mut photos, fields) = fields(request, payload, 1, code_of, value_of).await?;
    Upload::checked(photos.pop(), fields)
}

/// The code of a field that is too long or can not be read.
fn code_of(name: &str) -> Result<Code, Problem> {
    Ok(match name {
        "text" => Code::TextTooLong,
        "limit" => Code::LimitInvalid,
        "filters" => Code::FiltersInvalid,
        "customer" => Code::CustomerInvalid,
        "complete_the_look" => Code::CompleteTheLookInvalid,
        "region" | "point" => Code::RegionInvalid,
        "locale" => Code::LocaleInvalid,
        "occasion" => Code::OccasionInvalid,
        "tone" => Code::ToneInvalid,
        "visitor_id" => Code::VisitorInvalid,
        _ => return Err(unknown(name)),
    })
}

fn value_of(name: &str, written: Vec<u8>) -> Result<Value, Problem> {
    match name {
        "text" => Ok(utf8(Code::TextInvalid, name, written)?.into()),
        "visitor_id" => Ok(trimmed(&utf8(Code::VisitorInvalid, name, written)?)),
        "limit" => Ok(json(&written).unwrap_or_else(|_| "not a number".into())),
        "locale" | "occasion" | "tone" => Ok(trimmed(&String::from_utf8_lossy(&written))),
        _ => {
            let code = code_of(name)?;
            json(&written).map_err(|error| Problem::of_field(code, name, error.to_string()))
        }
    }
}

/// The photos of a form, `most` of them, and its other fields. `code_of` says what a field is that is too long, and
/// refuses one that is not known; `value_of` makes of what is written in it what JSON would have.
pub(crate) async fn fields(
    request: &HttpRequest,
    payload: Payload,
    most: usize,
    code_of: fn(&str) -> Result<Code, Problem>,
    value_of: fn(&str, Vec<u8>) -> Result<Value, Problem>,
) -> Result<(Vec<Sent>, Map<String, Value>), Problem> {
    let body = bounded(request, payload, MAX_BYTES + BESIDES)?;
    let mut form = Multipart::new(request.headers(), body);
    let mut photos = Vec::new();
    let mut fields = Map::new();
    while let Some(mut field) = form.try_next().await? {
        let name = field.name().unwrap_or_default().to_owned();
        if fields.contains_key(&name) || name == "photo" && photos.len() >= most {
            return Err(Problem::of_field(Code::FieldRepeated, &name, "This field comes twice"));
        }
        if name == "photo" {
            photos.push(Sent::Bytes(bytes(&mut field, MAX_BYTES, Code::PhotoTooLarge).await?));
        } else {
            let written = bytes(&mut field, MAX_FIELD, code_of(&name)?).await?;
            let value = value_of(&name, written)?;
            fields.insert(name, value);
        }
    }
    Ok((photos, fields))
}

pub(crate) fn utf8(code: Code, name: &str, written: Vec<u8>) -> Result<String, Problem> {
    String::from_utf8(written).map_err(|_| Problem::of_field(code, name, "This is not UTF-8"))
}

/// An empty field of a form is no field.
fn trimmed(text: &str) -> Value {
    let text = text.trim();
    if text.is_empty() { Value::Null } else { text.into() }
}

/// The same for one that holds JSON.
fn json(bytes: &[u8]) -> serde_json::Result<Value> {
    if bytes.trim_ascii().is_empty() { Ok(Value::Null) } else { serde_json::from_slice(bytes) }
}

/// All of a field, up to a bound.
async fn bytes(field: &mut Field, limit: usize, too_long: Code) -> Result<Vec<u8>, Problem> {
    let mut bytes = Vec::new();
    while let Some(piece) = field.try_next().await? {
        if bytes.len() + piece.len() > limit {
            return Err(Problem::of(too_long));
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes)
}

impl From<MultipartError> for Problem {
    fn from(error: MultipartError) -> Self {
        match error {
            // The head of a part does not fit into the buffer.
            MultipartError::Payload(PayloadError::Overflow) => Self::of(Code::MultipartInvalid),
            MultipartError::Payload(error) => error.into(),
            MultipartError::Incomplete => Self::of(Code::BodyIncomplete),
            error => Self::new(
                Code::MultipartInvalid,
                format!("{error}. {}", Code::MultipartInvalid.remedy()),
            ),
        }
    }
}
