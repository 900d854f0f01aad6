//! An import as it is answered.

use actix_web::{HttpResponse, http::header};
use serde::Serialize;
use utoipa::ToSchema;
use vitrine_core::{
    address::WebAddress,
    feed::Dialect,
    ids::ImportId,
    imports::{Counts, Failure, Import, ImportState, Mode, Source},
    money::Currency,
};

/// One run of a feed.
#[derive(Serialize, ToSchema)]
#[schema(as = Import)]
pub(crate) struct ImportStatus {
    id: ImportId,
    state: ImportState,
    mode: Mode,
    dry_run: bool,
    force: bool,
    enrich: bool,
    /// As it was set, or told from how the feed begins; absent until that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    dialect: Option<Dialect>,
    #[serde(skip_serializing_if = "Option::is_none")]
    currency: Option<Currency>,
    /// Where the feed is fetched from, if it was not sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<WebAddress>,
    /// The kept feed that this is a run of, if any.
    #[serde(skip_serializing_if = "Option::is_none")]
    feed: Option<String>,
    counts: Counts,
    /// Problems told so far, pictures that can not be had among them; the first 100,000 of each
    /// are kept.
    problems: u64,
    /// Pictures that it named and that can not be had. They are fetched after it, for hours if
    /// there are many; their products are taken all the same.
    pictures_failed: u64,
    /// Bytes of the feed, once it is here.
    #[serde(skip_serializing_if = "Option::is_none")]
    bytes: Option<u64>,
    /// Bytes of it that were taken.
    bytes_taken: u64,
    /// What is done of it, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    share: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rows_per_second: Option<f64>,
    /// At the rate so far.
    #[serde(skip_serializing_if = "Option::is_none")]
    seconds_left: Option<f64>,
    /// Why it stopped, if it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<Failure>,
    /// The address had nothing newer than what was imported before.
    not_modified: bool,
    #[schema(value_type = String, format = DateTime)]
    created_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    ended_at: Option<String>,
}

/// Answers that an import will be run, and where its state is.
pub(crate) fn accepted(import: &Import) -> HttpResponse {
    HttpResponse::Accepted()
        .insert_header((header::LOCATION, format!("/v1/catalog/imports/{}", import.id)))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(ImportStatus::from(import))
}

impl From<&Import> for ImportStatus {
    fn from(import: &Import) -> Self {
        let (url, feed) = match &import.order.source {
            Source::Body => (None, None),
            Source::Address(address) => (Some(address.url.clone()), address.feed.clone()),
        };
        let (options, reading) = (import.order.options, import.order.reading);
        Self {
            id: import.id,
            state: import.state,
            mode: options.mode,
            dry_run: options.dry_run,
            force: options.force,
            enrich: options.enrich,
            dialect: reading.dialect.or(import.progress.dialect),
            currency: reading.currency,
            url,
            feed,
            counts: import.progress.counts,
            problems: import.progress.problems + import.pictures_failed,
            pictures_failed: import.pictures_failed,
            bytes: import.bytes,
            bytes_taken: import.progress.bytes,
            share: import.share(),
            rows_per_second: import.rows_per_second(),
            seconds_left: import.seconds_left(),
            failure: import.failure.clone(),
            not_modified: import.not_modified,
            created_at: import.created.to_string(),
            ended_at: import.ended.map(|ended| ended.to_string()),
        }
    }
}
