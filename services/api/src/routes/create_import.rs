use std::sync::Arc;

use actix_web::{
    HttpMessage, HttpRequest, HttpResponse,
    http::header,
    web::{self, Bytes},
};
use futures::StreamExt;
use serde::Deserialize;
use tokio::runtime::Handle;
use utoipa::{IntoParams, ToSchema};
use vitrine_core::{
    address::WebAddress,
    feed::{Dialect, FeedOptions},
    ids::{ImportId, MerchantId},
    imports::{FeedAddress, Import, ImportOptions, ImportOrder, Mode, PartWriter, Source},
    money::Currency,
    ports::{Imports, StoreError},
};

use crate::{
    caller::Keeper,
    import_status::{ImportStatus, accepted},
    problem::{Problem, ProblemBody},
    problems::Code,
    state::State,
};

/// The longest body that is looked at as an order, in bytes: a longer one is a feed.
const MAX_ORDER: usize = 16 * 1024;

/// How the feed is to be taken.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Asked {
    /// What it does to the catalog; `upsert` where not given.
    mode: Option<Mode>,
    /// Report everything, write nothing.
    dry_run: Option<bool>,
    /// Go on though many rows fail or much of the catalog would be removed.
    force: Option<bool>,
    /// Fill in from its picture what the feed leaves unsaid of a product (colours, pattern, sleeve,
    /// length), marked as `from_picture`; never over the feed's own. Off where not given.
    enrich: Option<bool>,
    /// How the feed is written; told from how it begins where not given.
    dialect: Option<Dialect>,
    /// The currency of prices that name none (ISO 4217), as Shopify's.
    currency: Option<Currency>,
}

/// A feed that is to be fetched.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ImportAddress {
    /// An http or https address on the public internet, without a user name or password.
    #[schema(example = "https://shop.example/feeds/google.xml")]
    url: WebAddress,
    mode: Option<Mode>,
    dry_run: Option<bool>,
    force: Option<bool>,
    enrich: Option<bool>,
    dialect: Option<Dialect>,
    currency: Option<Currency>,
}

/// A feed in any dialect, packed with gzip or not.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
#[expect(dead_code, reason = "describes the body to the contract")]
pub(crate) struct FeedFile(Vec<u8>);

impl ImportAddress {
    /// Takes apart; what the body says is stronger than the query.
    fn and(self, query: Asked) -> (WebAddress, Asked) {
        let asked = Asked {
            mode: self.mode.or(query.mode),
            dry_run: self.dry_run.or(query.dry_run),
            force: self.force.or(query.force),
            enrich: self.enrich.or(query.enrich),
            dialect: self.dialect.or(query.dialect),
            currency: self.currency.or(query.currency),
        };
        (self.url, asked)
    }
}

impl Asked {
    fn order(&self, source: Source) -> ImportOrder {
        ImportOrder {
            source,
            reading: FeedOptions { dialect: self.dialect, currency: self.currency },
            options: ImportOptions {
                mode: self.mode.unwrap_or_default(),
                dry_run: self.dry_run.unwrap_or_default(),
                force: self.force.unwrap_or_default(),
                enrich: self.enrich.unwrap_or_default(),
            },
        }
    }
}

/// Import a feed
///
/// The body is the feed itself, in any dialect, packed or not, of any content type. Or it is JSON
/// with the `url` to fetch it from. The answer comes as soon as the feed is here; it is taken in
/// the background.
#[utoipa::path(
    post,
    path = "/v1/catalog/imports",
    operation_id = "createImport",
    tag = "imports",
    security(("token" = [])),
    params(Asked),
    request_body(
        description = "The feed, or where it is",
        content(
            (ImportAddress = "application/json"),
            (FeedFile = "application/octet-stream"),
            (String = "text/csv"),
            (String = "text/tab-separated-values"),
            (String = "application/xml"),
            (String = "application/jsonl"),
        )
    ),
    responses(
        (status = 202, description = "It is kept and will be run", body = ImportStatus, headers(
            ("Location" = String, description = "Where its state is")
        )),
        (status = 400, description = "`body_incomplete`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`role_not_allowed`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 408, description = "`body_slow`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "`feed_too_large`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "`import_invalid`, `feed_empty`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 500, description = "`internal`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "`store_unavailable`", body = ProblemBody, content_type = "application/problem+json", headers(
            ("Retry-After" = u64, description = "Seconds to wait")
        )),
    )
)]
pub(crate) async fn create_import(
    keeper: Keeper,
    request: HttpRequest,
    asked: Result<web::Query<Asked>, actix_web::Error>,
    payload: web::Payload,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let invalid = |error: &dyn std::fmt::Display| {
        Problem::new(Code::ImportInvalid, format!("{error}. {}", Code::ImportInvalid.remedy()))
    };
    let asked = asked.map_err(|error| invalid(&error))?.into_inner();
    let mut body = Body::new(&request, payload, &state)?;
    let json = request.content_type().eq_ignore_ascii_case("application/json");
    let head = if json { body.head().await? } else { Head::default() };
    let order = match head.order() {
        None => asked.order(Source::Body),
        Some(Err(error)) => return Err(invalid(&error)),
        Some(Ok(address)) => {
            let (url, asked) = address.and(asked);
            asked.order(Source::Address(FeedAddress { url, feed: None }))
        }
    };
    let import = Import::new(keeper.merchant, order);
    let importing = &state.importing;
    let receiving = Receiving::new(&importing.imports, &import);
    importing.imports.create(&import).await?;
    if import.order.source == Source::Body
        && let Err(problem) = body.receive(&head.bytes, &import, &state).await
    {
        receiving.give_up().await?;
        return Err(problem);
    }
    receiving.arrived();
    importing.wake.notify_one();
    let known = importing.imports.import(&import.merchant, import.id).await?;
    Ok(accepted(known.as_ref().unwrap_or(&import)))
}

/// Cancels an import whose sender leaves before all of it is here: the server then drops whoever
/// waits for the rest. What a killed process leaves is cleared away later.
struct Receiving {
    imports: Arc<dyn Imports>,
    merchant: MerchantId,
    import: ImportId,
    over: bool,
}

impl Receiving {
    fn new(imports: &Arc<dyn Imports>, import: &Import) -> Self {
        let (imports, merchant) = (Arc::clone(imports), import.merchant.clone());
        Self { imports, merchant, import: import.id, over: false }
    }

    fn arrived(mut self) {
        self.over = true;
    }

    async fn give_up(mut self) -> Result<(), StoreError> {
        self.over = true;
        self.imports.cancel(&self.merchant, self.import).await.map(drop)
    }
}

impl Drop for Receiving {
    fn drop(&mut self) {
        if self.over {
            return;
        }
        let (imports, merchant) = (Arc::clone(&self.imports), self.merchant.clone());
        let import = self.import;
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(async move {
                if let Err(error) = imports.cancel(&merchant, import).await {
                    tracing::warn!(%error, %import, "an import that was given up stays for an hour");
                }
            });
        }
    }
}

/// How a body begins.
#[derive(Default)]
struct Head {
    bytes: Vec<u8>,
    whole: bool,
}

impl Head {
    /// The order that the body is, if it is one and not a feed: an object with a `url` and without
    /// the `id` or `@context` of a product.
    fn order(&self) -> Option<Result<ImportAddress, serde_json::Error>> {
        let value: serde_json::Value =
            self.whole.then(|| serde_json::from_slice(&self.bytes).ok()).flatten()?;
        let members = value.as_object()?;
        let product = ["id", "@context", "@type", "@graph"];
        let order =
            members.contains_key("url") && !product.iter().any(|it| members.contains_key(*it));
        order.then(|| serde_json::from_value(value))
    }
}

/// A body of any length, as long as it keeps coming.
struct Body {
    payload: web::Payload,
    max_bytes: u64,
}

impl Body {
    fn new(request: &HttpRequest, payload: web::Payload, state: &State) -> Result<Self, Problem> {
        let max_bytes = state.importing.max_bytes;
        let declared = request.headers().get(header::CONTENT_LENGTH);
        let declared = declared.and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
        if declared.is_some_and(|length| length > max_bytes) {
            return Err(Problem::of(Code::FeedTooLarge));
        }
        Ok(Self { payload, max_bytes })
    }

    async fn next(&mut self) -> Result<Option<Bytes>, Problem> {
        Ok(self.payload.next().await.transpose()?)
    }

    async fn head(&mut self) -> Result<Head, Problem> {
        let mut bytes = Vec::new();
        while bytes.len() <= MAX_ORDER {
            match self.next().await? {
                None => return Ok(Head { bytes, whole: true }),
                Some(piece) => bytes.extend_from_slice(&piece),
            }
        }
        Ok(Head { bytes, whole: false })
    }

    /// Keeps `head` and what follows it.
    async fn receive(
        &mut self,
        head: &[u8],
        import: &Import,
        state: &State,
    ) -> Result<(), Problem> {
        let mut parts = PartWriter::new(&*state.importing.imports, import.id);
        parts.put(head).await?;
        while let Some(piece) = self.next().await? {
            parts.put(&piece).await?;
            if parts.bytes() > self.max_bytes {
                return Err(Problem::of(Code::FeedTooLarge));
            }
        }
        if parts.bytes() == 0 {
            return Err(Problem::of(Code::FeedEmpty));
        }
        Ok(parts.finish().await?)
    }
}
