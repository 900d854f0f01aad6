//! Which page of a list.

use std::str::FromStr;

use actix_web::web::Query;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{problem::Problem, problems::Code};

/// Entries on a page when none are asked for, and at most.
const LIMIT: usize = 20;
const MAX_LIMIT: usize = 100;

/// Which page.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Page {
    /// Entries on the page at most.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 100, default = 20)]
    limit: Option<String>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// A page that can be read.
pub(crate) struct Paged<T> {
    pub limit: usize,
    /// The last entry of the page before.
    pub after: Option<T>,
}

impl Page {
    pub(crate) fn read<T: FromStr>(
        page: Result<Query<Self>, actix_web::Error>,
    ) -> Result<Paged<T>, Problem> {
        let Self { limit, cursor } =
            page.map_err(|error| Problem::new(Code::FieldUnknown, error.to_string()))?.into_inner();
        Ok(Paged { limit: limit_of(limit.as_deref())?, after: after_of(cursor.as_deref())? })
    }

    /// The cursor that goes on after this entry.
    pub(crate) fn cursor(last: &impl ToString) -> String {
        BASE64.encode(last.to_string())
    }
}

/// How many entries are wanted.
pub(crate) fn limit_of(text: Option<&str>) -> Result<usize, Problem> {
    let Some(text) = text else { return Ok(LIMIT) };
    let limit = text.parse().ok().filter(|limit| (1..=MAX_LIMIT).contains(limit));
    limit.ok_or_else(|| {
        let detail = format!("This is not a number from 1 to {MAX_LIMIT}");
        Problem::of_field(Code::LimitInvalid, "limit", detail)
    })
}

/// The entry that a cursor goes on after.
pub(crate) fn after_of<T: FromStr>(cursor: Option<&str>) -> Result<Option<T>, Problem> {
    let Some(cursor) = cursor else { return Ok(None) };
    let bytes = BASE64.decode(cursor).ok();
    let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
    // No entry's name has control characters, and stores need not take them.
    let text = text.filter(|text| !text.chars().any(char::is_control));
    let after = text.and_then(|text| text.parse().ok());
    after.map(Some).ok_or_else(|| Problem::of(Code::CursorInvalid))
}
