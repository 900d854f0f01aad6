//! Feeds that are fetched on a schedule.

use std::time::Duration;

use actix_web::{HttpResponse, http::header, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vitrine_core::{
    address::WebAddress,
    feed::{Dialect, FeedOptions},
    ids::ImportId,
    imports::{EVERY, ImportOptions, KeptFeed, Mode, Validators, start_feed},
    money::Currency,
};

use crate::{
    body,
    caller::Keeper,
    import_status::{ImportStatus, accepted},
    problem::{Problem, ProblemBody},
    problems::Code,
    state::State,
};

/// The longest description of a feed, in bytes of JSON, and the longest name, in characters.
const MAX_FEED: usize = 16 * 1024;
const MAX_NAME: usize = 100;
/// An hour.
const EVERY_DEFAULT: u64 = 3_600;

/// A feed to be fetched again and again.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FeedBody {
    /// An http or https address on the public internet, without a user name or password.
    #[schema(example = "https://shop.example/feeds/google.xml")]
    url: WebAddress,
    /// Seconds from one fetch to the next, five minutes to 31 days.
    #[schema(minimum = 300, maximum = 2678400, default = 3600)]
    every_seconds: Option<u64>,
    /// What it does to the catalog; `upsert` where not given.
    mode: Option<Mode>,
    /// Go on though many rows fail or much of the catalog would be removed.
    force: Option<bool>,
    /// Fill in from its picture what the feed leaves unsaid of a product, and mark it.
    enrich: Option<bool>,
    /// How it is written; told from how it begins where not given.
    dialect: Option<Dialect>,
    /// The currency of prices that name none (ISO 4217), as Shopify's.
    currency: Option<Currency>,
}

/// A kept feed as it is now.
#[derive(Serialize, ToSchema)]
#[schema(as = Feed)]
pub(crate) struct FeedStatus {
    name: String,
    url: WebAddress,
    every_seconds: u64,
    mode: Mode,
    force: bool,
    enrich: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    dialect: Option<Dialect>,
    #[serde(skip_serializing_if = "Option::is_none")]
    currency: Option<Currency>,
    /// Imports in a row that failed; after each, the next try comes later.
    failures: u32,
    /// When it is fetched next.
    #[schema(value_type = String, format = DateTime)]
    next_at: String,
    /// Its import that was begun last.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_import: Option<ImportId>,
}

impl From<&KeptFeed> for FeedStatus {
    fn from(feed: &KeptFeed) -> Self {
        Self {
            name: feed.name.clone(),
            url: feed.address.clone(),
            every_seconds: feed.every_seconds,
            mode: feed.options.mode,
            force: feed.options.force,
            enrich: feed.options.enrich,
            dialect: feed.reading.dialect,
            currency: feed.reading.currency,
            failures: feed.failures,
            next_at: feed.next.to_string(),
            last_import: feed.last_import,
        }
    }
}

/// All kept feeds.
#[derive(Serialize, ToSchema)]
pub(crate) struct FeedList {
    feeds: Vec<FeedStatus>,
}

/// List the feeds that are fetched on a schedule
#[utoipa::path(
    get,
    path = "/v1/catalog/feeds",
    operation_id = "listFeeds",
    tag = "imports",
    security(("token" = [])),
    responses(
        (status = 200, description = "All, by name", body = FeedList),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`role_not_allowed`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 500, description = "`internal`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "`store_unavailable`", body = ProblemBody, content_type = "application/problem+json", headers(
            ("Retry-After" = u64, description = "Seconds to wait")
        )),
    )
)]
pub(crate) async fn list_feeds(
    keeper: Keeper,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let feeds = state.importing.feeds.feeds(&keeper.merchant).await?;
    let feeds = feeds.iter().map(FeedStatus::from).collect();
    Ok(HttpResponse::Ok().json(FeedList { feeds }))
}

/// Get a kept feed
#[utoipa::path(
    get,
    path = "/v1/catalog/feeds/{name}",
    operation_id = "getFeed",
    tag = "imports",
    security(("token" = [])),
    params(("name" = String, Path, min_length = 1, max_length = 100, description = "As the merchant calls it")),
    responses(
        (status = 200, description = "The feed", body = FeedStatus),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`role_not_allowed`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "`feed_unknown`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 500, description = "`internal`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "`store_unavailable`", body = ProblemBody, content_type = "application/problem+json", headers(
            ("Retry-After" = u64, description = "Seconds to wait")
        )),
    )
)]
pub(crate) async fn get_feed(
    keeper: Keeper,
    path: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let feed = known(&keeper, &path, &state).await?;
    Ok(HttpResponse::Ok().json(FeedStatus::from(&feed)))
}

/// Keep a feed
///
/// It is fetched at once and then every so often. A fetch asks for it only if it changed since (by
/// `ETag` and `Last-Modified`); one that fails is tried again after a minute, then two, then four,
/// up to the usual time.
#[utoipa::path(
    put,
    path = "/v1/catalog/feeds/{name}",
    operation_id = "putFeed",
    tag = "imports",
    security(("token" = [])),
    params(("name" = String, Path, min_length = 1, max_length = 100, description = "As the merchant calls it")),
    request_body = FeedBody,
    responses(
        (status = 200, description = "The feed as it is now; it was there before", body = FeedStatus),
        (status = 201, description = "The feed as it is now; it is new", body = FeedStatus),
        (status = 400, description = "`json_invalid`, `body_incomplete`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`role_not_allowed`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "`body_too_large`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "`feed_invalid`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 500, description = "`internal`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "`store_unavailable`", body = ProblemBody, content_type = "application/problem+json", headers(
            ("Retry-After" = u64, description = "Seconds to wait")
        )),
    )
)]
pub(crate) async fn put_feed(
    keeper: Keeper,
    path: web::Path<String>,
    payload: web::Payload,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let body: FeedBody = body::described(payload, MAX_FEED, Code::FeedInvalid).await?;
    let name = name_in(&path).ok_or_else(|| {
        let detail = "A name has 1 to 100 characters, none of them control characters";
        Problem::of_field(Code::FeedInvalid, "name", detail)
    })?;
    let name = name.to_owned();
    let every_seconds = body.every_seconds.unwrap_or(EVERY_DEFAULT);
    if !(EVERY.0..=EVERY.1).contains(&Duration::from_secs(every_seconds)) {
        let detail = format!("Give {} to {} seconds", EVERY.0.as_secs(), EVERY.1.as_secs());
        return Err(Problem::of_field(Code::FeedInvalid, "every_seconds", detail));
    }
    let before = state.importing.feeds.feed(&keeper.merchant, &name).await?;
    let options = ImportOptions {
        mode: body.mode.unwrap_or_default(),
        dry_run: false,
        force: body.force.unwrap_or_default(),
        enrich: body.enrich.unwrap_or_default(),
    };
    let reading = FeedOptions { dialect: body.dialect, currency: body.currency };
    // A feed that is read otherwise now has to be read, whether it changed or not.
    let same = before.as_ref().filter(|before| {
        before.address == body.url && before.options == options && before.reading == reading
    });
    let feed = KeptFeed {
        name,
        validators: same.map_or_else(Validators::default, |same| same.validators.clone()),
        address: body.url,
        every_seconds,
        reading,
        options,
        failures: 0,
        next: jiff::Timestamp::now(),
        last_import: before.and_then(|before| before.last_import),
    };
    let new = state.importing.feeds.put_feed(&keeper.merchant, &feed).await?;
    state.importing.wake.notify_one();
    let mut answer = if new { HttpResponse::Created() } else { HttpResponse::Ok() };
    Ok(answer.insert_header((header::CACHE_CONTROL, "no-store")).json(FeedStatus::from(&feed)))
}

/// Forget a kept feed
///
/// Its imports and products stay.
#[utoipa::path(
    delete,
    path = "/v1/catalog/feeds/{name}",
    operation_id = "deleteFeed",
    tag = "imports",
    security(("token" = [])),
    params(("name" = String, Path, min_length = 1, max_length = 100, description = "As the merchant calls it")),
    responses(
        (status = 204, description = "It is forgotten"),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`role_not_allowed`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "`feed_unknown`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 500, description = "`internal`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "`store_unavailable`", body = ProblemBody, content_type = "application/problem+json", headers(
            ("Retry-After" = u64, description = "Seconds to wait")
        )),
    )
)]
pub(crate) async fn delete_feed(
    keeper: Keeper,
    path: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let name = name_in(&path).ok_or_else(|| Problem::of(Code::FeedUnknown))?;
    match state.importing.feeds.remove_feed(&keeper.merchant, name).await? {
        false => Err(Problem::of(Code::FeedUnknown)),
        true => Ok(HttpResponse::NoContent().finish()),
    }
}

/// Import a kept feed now
///
/// Without waiting until it is due.
#[utoipa::path(
    post,
    path = "/v1/catalog/feeds/{name}/imports",
    operation_id = "importFeed",
    tag = "imports",
    security(("token" = [])),
    params(("name" = String, Path, min_length = 1, max_length = 100, description = "As the merchant calls it")),
    responses(
        (status = 202, description = "An import of it will be run", body = ImportStatus, headers(
            ("Location" = String, description = "Where its state is")
        )),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`role_not_allowed`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "`feed_unknown`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 500, description = "`internal`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "`store_unavailable`", body = ProblemBody, content_type = "application/problem+json", headers(
            ("Retry-After" = u64, description = "Seconds to wait")
        )),
    )
)]
pub(crate) async fn import_feed(
    keeper: Keeper,
    path: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let feed = known(&keeper, &path, &state).await?;
    let importing = &state.importing;
    let import = start_feed(&*importing.feeds, &*importing.imports, keeper.merchant, &feed).await?;
    importing.wake.notify_one();
    Ok(accepted(&import))
}

async fn known(keeper: &Keeper, path: &str, state: &State) -> Result<KeptFeed, Problem> {
    let unknown = || Problem::of(Code::FeedUnknown);
    let name = name_in(path).ok_or_else(unknown)?;
    state.importing.feeds.feed(&keeper.merchant, name).await?.ok_or_else(unknown)
}

/// The name that a path has, if a feed can be called so.
fn name_in(path: &str) -> Option<&str> {
    let name = path.trim();
    let fits = (1..=MAX_NAME).contains(&name.chars().count());
    (fits && !name.chars().any(char::is_control)).then_some(name)
}
