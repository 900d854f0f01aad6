//! What a customer searches for, read from a form or from JSON and checked once.

use std::str::FromStr;

use actix_web::{HttpMessage, HttpRequest, web::Payload};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use vitrine_core::{
    filter::Filters,
    ids::MerchantId,
    search::{Cursor, FacetField, SearchRequest, Sort},
};

use crate::{
    page::after_of,
    problem::{Problem, shown},
    problems::Code,
    upload::{
        Sent, ask, form,
        json::{self, PhotoSource},
    },
};

/// Products on a page when none are asked for, and at most.
const LIMIT: u64 = 20;
const MAX_LIMIT: u64 = 100;
/// Values of one filter at most, and characters of each.
const MAX_VALUES: usize = 100;
const MAX_VALUE: usize = 200;
/// The fields besides the photo.
const FIELDS: [&str; 8] =
    ["text", "filters", "facets", "sort", "limit", "cursor", "deduplicate", "locale"];

/// A search as JSON.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the body to the contract")]
pub(crate) struct SearchBody {
    /// The customer's own words. With a photo, they turn what is found a little.
    #[schema(max_length = 500)]
    text: Option<String>,
    photo: Option<PhotoSource>,
    filters: Option<Filters>,
    /// What to count the products found by.
    facets: Option<Vec<FacetField>>,
    #[schema(default = "relevance")]
    sort: Option<Sort>,
    /// Products on the page at most.
    #[schema(minimum = 1, maximum = 100, default = 20)]
    limit: Option<u32>,
    /// `next` of the page before; all else but `limit` and `facets` as it was for that one.
    cursor: Option<String>,
    /// Whether of products that share a GTIN or, within a category, a picture, only the best is
    /// listed.
    #[schema(default = true)]
    deduplicate: Option<bool>,
    /// The customer's language (BCP 47).
    #[schema(example = "en-GB")]
    locale: Option<String>,
}

/// A search as a form.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the form to the contract")]
pub(crate) struct SearchForm {
    /// The customer's own words. With a photo, they turn what is found a little.
    #[schema(max_length = 500)]
    text: Option<String>,
    /// A JPEG, PNG, WebP, GIF, BMP or TIFF file of at most 20 MiB, 64 pixels a side at least.
    #[schema(value_type = Option<String>, format = Binary, content_media_type = "application/octet-stream")]
    photo: Option<Vec<u8>>,
    /// As JSON.
    filters: Option<Filters>,
    /// As a JSON list.
    facets: Option<Vec<FacetField>>,
    #[schema(default = "relevance")]
    sort: Option<Sort>,
    /// Products on the page at most.
    #[schema(minimum = 1, maximum = 100, default = 20)]
    limit: Option<u32>,
    /// `next` of the page before.
    cursor: Option<String>,
    #[schema(default = true)]
    deduplicate: Option<bool>,
    /// The customer's language (BCP 47).
    #[schema(example = "en-GB")]
    locale: Option<String>,
}

/// A search, its photo still to be read.
pub(crate) struct Search {
    pub photo: Option<Sent>,
    pub request: SearchRequest,
}

impl Search {
    /// Reads a body of either kind.
    pub(crate) async fn read(
        merchant: MerchantId,
        request: &HttpRequest,
        payload: Payload,
    ) -> Result<Self, Problem> {
        match request.content_type().to_ascii_lowercase().as_str() {
            "multipart/form-data" => {
                let (mut photos, fields) =
                    form::fields(request, payload, 1, known, value_of).await?;
                Self::checked(merchant, photos.pop(), fields)
            }
            "application/json" => {
                json::fields(request, payload, |fields| Self::of_json(merchant, fields)).await
            }
            _ => Err(Problem::of(Code::BodyUnsupported)),
        }
    }

    /// What a JSON object describes.
    pub(crate) fn of_json(
        merchant: MerchantId,
        mut fields: Map<String, Value>,
    ) -> Result<Self, Problem> {
        let photo = fields.shift_remove("photo").filter(|photo| !photo.is_null());
        Self::checked(merchant, photo.map(json::photo).transpose()?, fields)
    }

    fn checked(
        merchant: MerchantId,
        photo: Option<Sent>,
        mut fields: Map<String, Value>,
    ) -> Result<Self, Problem> {
        let mut take = |name| fields.shift_remove(name).filter(|value| !value.is_null());
        let text = take("text").map(ask::text).transpose()?.flatten();
        let filters = take("filters").map(filters).transpose()?.unwrap_or_default();
        let facets = take("facets").map(facets).transpose()?.unwrap_or_default();
        let sort = take("sort").map(|value| word("sort", &value)).transpose()?;
        let limit = take("limit").map(limit).transpose()?.unwrap_or(LIMIT as usize);
        let cursor = take("cursor").map(cursor).transpose()?.flatten();
        let deduplicate = take("deduplicate").map(truth).transpose()?.unwrap_or(true);
        let locale = take("locale").map(ask::locale).transpose()?;
        if let Some(name) = fields.keys().next() {
            return Err(unknown(name));
        }
        let request = SearchRequest {
            merchant,
            text,
            photo: None,
            filters,
            facets,
            sort: sort.unwrap_or(Sort::Relevance),
            limit,
            cursor,
            deduplicate,
            locale,
            preview: None,
        };
        Ok(Self { photo, request })
    }
}

fn known(name: &str) -> Result<Code, Problem> {
    if FIELDS.contains(&name) { Ok(code_of(name)) } else { Err(unknown(name)) }
}

/// An empty field of a form is no field.
fn value_of(name: &str, written: Vec<u8>) -> Result<Value, Problem> {
    let code = code_of(name);
    let text = form::utf8(code, name, written)?;
    match name {
        _ if text.trim().is_empty() => Ok(Value::Null),
        "filters" | "facets" | "limit" | "deduplicate" => serde_json::from_str(&text)
            .map_err(|error| Problem::of_field(code, name, error.to_string())),
        _ => Ok(text.trim().into()),
    }
}

fn code_of(name: &str) -> Code {
    match name {
        "text" => Code::TextInvalid,
        "filters" => Code::FiltersInvalid,
        "limit" => Code::LimitInvalid,
        "cursor" => Code::CursorInvalid,
        "locale" => Code::LocaleInvalid,
        _ => Code::SearchInvalid,
    }
}

fn unknown(name: &str) -> Problem {
    let known = FIELDS.map(|field| format!("`{field}`")).join(", ");
    let detail = format!("`{}` is not known here; send `photo`, {known}", shown(name));
    Problem::of_field(Code::FieldUnknown, name, detail)
}

fn filters(value: Value) -> Result<Filters, Problem> {
    let too_much = |name: &str, detail: String| {
        Problem::of_field(Code::FiltersInvalid, &format!("filters/{name}"), detail)
    };
    for (name, values) in value.as_object().into_iter().flatten() {
        let values = values.as_array().map(Vec::as_slice).unwrap_or_default();
        if values.len() > MAX_VALUES {
            return Err(too_much(name, format!("This has more than {MAX_VALUES} values")));
        }
        let long = |value: &Value| value.as_str().is_some_and(|text| text.len() > MAX_VALUE);
        if values.iter().any(long) {
            return Err(too_much(name, format!("A value has more than {MAX_VALUE} bytes")));
        }
    }
    ask::filters(value)
}

fn facets(value: Value) -> Result<Vec<FacetField>, Problem> {
    let Value::Array(values) = value else {
        return Err(Problem::of_field(Code::SearchInvalid, "facets", "This is not a list"));
    };
    let mut facets = Vec::new();
    for value in values {
        let facet = word("facets", &value)?;
        if !facets.contains(&facet) {
            facets.push(facet);
        }
    }
    Ok(facets)
}

/// A word of a vocabulary.
fn word<T: FromStr<Err: std::fmt::Display>>(name: &str, value: &Value) -> Result<T, Problem> {
    let Some(word) = value.as_str() else {
        return Err(Problem::of_field(Code::SearchInvalid, name, "This is not a string"));
    };
    word.parse()
        .map_err(|error: T::Err| Problem::of_field(Code::SearchInvalid, name, error.to_string()))
}

fn limit(value: Value) -> Result<usize, Problem> {
    let limit = value.as_u64().filter(|limit| (1..=MAX_LIMIT).contains(limit));
    limit.and_then(|limit| usize::try_from(limit).ok()).ok_or_else(|| {
        let detail = format!("This is not a number from 1 to {MAX_LIMIT}");
        Problem::of_field(Code::LimitInvalid, "limit", detail)
    })
}

fn cursor(value: Value) -> Result<Option<Cursor>, Problem> {
    let text = value.as_str().ok_or_else(|| Problem::of(Code::CursorInvalid))?;
    after_of(Some(text))
}

fn truth(value: Value) -> Result<bool, Problem> {
    let neither = "This is neither true nor false";
    value.as_bool().ok_or_else(|| Problem::of_field(Code::SearchInvalid, "deduplicate", neither))
}
