use std::{
    io::{self, Write},
    sync::{Arc, Mutex, PoisonError},
};

use actix_web::{
    HttpResponse,
    http::header,
    web::{self, Bytes},
};
use futures::{Stream, stream};
use serde::Deserialize;
use utoipa::IntoParams;
use vitrine_core::{
    feed::{ExportDialect, Exporter},
    ids::{MerchantId, ProductId},
    money::Currency,
    ports::Catalog,
};

use crate::{
    caller::Keeper,
    problem::{Problem, ProblemBody},
    problems::Code,
    state::State,
};

/// Products written into one piece of the answer.
const TOGETHER: usize = 200;

/// How the catalog is written.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Asked {
    /// `vitrine` (JSON lines), `google` (tab-separated) or `shopify` (CSV).
    #[param(value_type = Option<ExportDialect>, example = "google")]
    dialect: Option<String>,
    /// For `shopify`, whose prices name none: variants in another currency are left out.
    currency: Option<Currency>,
}

/// Write the catalog out
///
/// As a feed, from which an import changes nothing.
#[utoipa::path(
    get,
    path = "/v1/catalog/export",
    operation_id = "exportCatalog",
    tag = "catalog",
    security(("token" = [])),
    params(Asked),
    responses(
        (status = 200, description = "All products, by id", content(
            (String = "application/jsonl"), (String = "text/tab-separated-values"), (String = "text/csv")
        )),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`role_not_allowed`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "`export_invalid`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 500, description = "`internal`", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn export_catalog(
    keeper: Keeper,
    asked: Result<web::Query<Asked>, actix_web::Error>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let invalid = |error: String| {
        Problem::new(Code::ExportInvalid, format!("{error}. {}", Code::ExportInvalid.remedy()))
    };
    let Asked { dialect, currency } =
        asked.map_err(|error| invalid(error.to_string()))?.into_inner();
    let dialect: ExportDialect = match &dialect {
        None => ExportDialect::Vitrine,
        Some(dialect) => dialect.parse().map_err(invalid)?,
    };
    let (kind, name) = match dialect {
        ExportDialect::Vitrine => ("application/jsonl", "catalog.jsonl"),
        ExportDialect::Google => ("text/tab-separated-values; charset=utf-8", "catalog.tsv"),
        ExportDialect::Shopify => ("text/csv; charset=utf-8", "catalog.csv"),
    };
    let pieces = Pieces::begin(dialect, currency).map_err(|_| Problem::of(Code::Internal))?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, kind))
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .streaming(feed(Arc::clone(&state.shop.catalog), keeper.merchant, pieces)))
}

/// The feed in pieces; it breaks off where the store does.
fn feed(
    catalog: Arc<dyn Catalog>,
    merchant: MerchantId,
    pieces: Pieces,
) -> impl Stream<Item = io::Result<Bytes>> {
    let begin = Some((pieces, None::<ProductId>));
    stream::try_unfold(begin, move |state| {
        let (catalog, merchant) = (Arc::clone(&catalog), merchant.clone());
        async move {
            let Some((mut pieces, last)) = state else { return Ok(None) };
            let ids = catalog.ids(&merchant, last.as_ref(), TOGETHER).await;
            let ids = ids.map_err(io::Error::other)?;
            let Some(last) = ids.last().cloned() else {
                return Ok(Some((pieces.end()?, None)));
            };
            let products = catalog.products(&merchant, &ids).await.map_err(io::Error::other)?;
            for product in &products {
                pieces.exporter.write(product)?;
            }
            Ok(Some((pieces.take(), Some((pieces, Some(last))))))
        }
    })
}

/// What was written since the last piece.
#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Written {
    fn take(&self) -> Bytes {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner)).into()
    }
}

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Pieces {
    exporter: Exporter<Written>,
    written: Written,
}

impl Pieces {
    fn begin(dialect: ExportDialect, currency: Option<Currency>) -> io::Result<Self> {
        let written = Written::default();
        let exporter = Exporter::new(dialect, written.clone())?;
        let exporter = match currency {
            Some(currency) => exporter.in_currency(currency),
            None => exporter,
        };
        Ok(Self { exporter, written })
    }

    fn take(&self) -> Bytes {
        self.written.take()
    }

    fn end(self) -> io::Result<Bytes> {
        self.exporter.finish()?;
        Ok(self.written.take())
    }
}
