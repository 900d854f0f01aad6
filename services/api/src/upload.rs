//! What a customer sends with a photo, read from a form or from JSON and checked once.

mod form;
mod json;

use actix_web::{HttpMessage, HttpRequest, web::Payload};
use serde_json::{Map, Value};
use vitrine_core::{filter::Filters, ids::VisitorId};

use crate::{
    problem::{Problem, shown},
    problems::Code,
};

pub(crate) use form::LookForm;
pub(crate) use json::LookBody;

/// The most characters that the customer's own words may have.
const MAX_TEXT: usize = 500;
/// Matches for each garment when none are asked for, and at most.
const LIMIT: u64 = 5;
const MAX_LIMIT: u64 = 20;
/// The most characters that a language tag may have (RFC 5646, section 4.4.1).
const MAX_LOCALE: usize = 35;

/// A photo, still as bytes, and what is wanted of it.
pub(crate) struct Upload {
    pub photo: Vec<u8>,
    pub text: Option<String>,
    pub filters: Filters,
    pub limit: usize,
    pub locale: Option<String>,
    pub visitor: Option<VisitorId>,
}

impl Upload {
    /// Reads a body of either kind.
    pub(crate) async fn read(request: &HttpRequest, payload: Payload) -> Result<Self, Problem> {
        match request.content_type().to_ascii_lowercase().as_str() {
            "multipart/form-data" => form::read(request, payload).await,
            "application/json" => json::read(request, payload).await,
            _ => Err(Problem::of(Code::BodyUnsupported)),
        }
    }

    fn checked(photo: Option<Vec<u8>>, mut fields: Map<String, Value>) -> Result<Self, Problem> {
        let mut take = |name| fields.shift_remove(name).filter(|value| !value.is_null());
        let text = take("text").map(text).transpose()?.flatten();
        let filters = take("filters").map(filters).transpose()?.unwrap_or_default();
        let limit = take("limit").map(limit).transpose()?.unwrap_or(LIMIT as usize);
        let locale = take("locale").map(locale).transpose()?;
        let visitor = take("visitor_id").map(visitor).transpose()?;
        if let Some(name) = fields.keys().next() {
            return Err(unknown(name));
        }
        let missing = || Problem::of_field(Code::PhotoMissing, "photo", "There is no photo");
        Ok(Self { photo: photo.ok_or_else(missing)?, text, filters, limit, locale, visitor })
    }
}

fn unknown(name: &str) -> Problem {
    let detail = format!(
        "`{}` is not known here; send `photo`, `text`, `filters`, `limit`, `locale` and `visitor_id`",
        shown(name)
    );
    Problem::of_field(Code::FieldUnknown, name, detail)
}

fn text(value: Value) -> Result<Option<String>, Problem> {
    let Value::String(text) = value else {
        return Err(Problem::of_field(Code::TextInvalid, "text", "This is not a string"));
    };
    let length = text.chars().count();
    if length > MAX_TEXT {
        let detail = format!("The text has {length} characters");
        return Err(Problem::of_field(Code::TextTooLong, "text", detail));
    }
    Ok(Some(text.trim().to_owned()).filter(|text| !text.is_empty()))
}

fn filters(value: Value) -> Result<Filters, Problem> {
    serde_json::from_value(value)
        .map_err(|error| Problem::of_field(Code::FiltersInvalid, "filters", error.to_string()))
}

fn limit(value: Value) -> Result<usize, Problem> {
    let limit = value.as_u64().filter(|limit| (1..=MAX_LIMIT).contains(limit));
    limit.and_then(|limit| usize::try_from(limit).ok()).ok_or_else(|| {
        Problem::of_field(Code::LimitInvalid, "limit", "This is not a number from 1 to 20")
    })
}

fn locale(value: Value) -> Result<String, Problem> {
    let tag = value.as_str().filter(|tag| tag.len() <= MAX_LOCALE).unwrap_or_default();
    match language_tags::LanguageTag::parse(tag) {
        Ok(tag) if tag.is_valid() => Ok(tag.into_string()),
        _ => Err(Problem::of_field(Code::LocaleInvalid, "locale", "This is not a BCP 47 tag")),
    }
}

fn visitor(value: Value) -> Result<VisitorId, Problem> {
    serde_json::from_value(value)
        .map_err(|error| Problem::of_field(Code::VisitorInvalid, "visitor_id", error.to_string()))
}
