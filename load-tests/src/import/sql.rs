//! The import as a worker runs it, from the body as it is sent to the catalog, next to statements
//! that write the same rows.

use std::{
    collections::HashMap,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use async_trait::async_trait;
use sqlx::{
    ConnectOptions, Connection, FromRow, QueryBuilder, Sqlite, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};
use vitrine_core::{
    feed::FeedOptions,
    ids::MerchantId,
    imports::{
        Import, ImportOptions, ImportOrder, ImportSettings, ImportState, ImportWorker, PartWriter,
        Source,
    },
    ports::{Fetch, FetchError, FetchRequest, Fetched, Imports},
};
use vitrine_stores::{Migrate, SqliteCatalog, SqliteOptions};

use super::parse::all;
use crate::measure::Outcome;

/// Products that an import writes in one transaction.
const TOGETHER: usize = 512;
/// Rows of one statement, so that all but the last are the same text.
const ROWS: usize = 128;
const OURS: &str = "catalog.db";

/// The web, from which nothing is to be fetched here.
struct NoWeb;

#[async_trait]
impl Fetch for NoWeb {
    async fn fetch(&self, request: &FetchRequest) -> Result<Fetched, FetchError> {
        let host = format!("{:?}", request.address);
        Err(FetchError::Broken { host, detail: "there is no web in a load test".into() })
    }
}

pub(super) async fn ours(
    folder: &Path,
    feed: &[u8],
    rows: u64,
) -> Outcome<(Arc<SqliteCatalog>, Duration)> {
    let options = SqliteOptions { readers: 4, migrate: Migrate::AtStart };
    let catalog = Arc::new(SqliteCatalog::open(&folder.join(OURS), options).await?);
    let (imports, web) = (Arc::clone(&catalog), Arc::new(NoWeb));
    let settings = ImportSettings::default();
    let worker = ImportWorker::new(
        imports,
        Arc::clone(&catalog) as _,
        Arc::clone(&catalog) as _,
        web,
        settings,
        Arc::default(),
    );
    let merchant = MerchantId::new("shop")?;
    let (reading, options) = (FeedOptions::default(), ImportOptions::default());
    let order = ImportOrder { source: Source::Body, reading, options };
    let started = Instant::now();
    let import = Import::new(merchant.clone(), order);
    catalog.create(&import).await?;
    let mut parts = PartWriter::new(&*catalog, import.id);
    parts.put(feed).await?;
    parts.finish().await?;
    worker.run_next().await?;
    let took = started.elapsed();
    let ended = catalog.import(&merchant, import.id).await?.ok_or("the import is gone")?;
    if ended.state != ImportState::Done {
        return Err(format!("the import ended as {:?}: {:?}", ended.state, ended.failure).into());
    }
    all(ended.progress.counts.rows, rows)?;
    Ok((catalog, took))
}

#[derive(FromRow)]
struct ProductRow {
    merchant: String,
    id: String,
    document: String,
}

#[derive(FromRow)]
struct VariantRow {
    merchant: String,
    id: String,
    product: String,
    position: i64,
    attributes: String,
    price: i64,
    currency: String,
    sale_price: Option<i64>,
    sale_currency: Option<String>,
    availability: String,
    stock: Option<i64>,
}

/// Writes the rows that the import wrote to a second file of the same tables.
pub(super) async fn bare(folder: &Path) -> Outcome<Duration> {
    let mut from = connect(&folder.join(OURS)).await?;
    let products: Vec<ProductRow> =
        sqlx::query_as("SELECT merchant, id, document FROM products ORDER BY rowid")
            .fetch_all(&mut from)
            .await?;
    let variants: Vec<VariantRow> = sqlx::query_as(
        "SELECT v.merchant, v.id, v.product, v.position, v.attributes, o.price, o.currency,
                o.sale_price, o.sale_currency, o.availability, o.stock
         FROM variants v JOIN offers o ON o.merchant = v.merchant AND o.variant = v.id
         ORDER BY v.product, v.position",
    )
    .fetch_all(&mut from)
    .await?;
    from.close().await?;
    let mut by_product: HashMap<String, Vec<VariantRow>> = HashMap::new();
    for variant in variants {
        by_product.entry(variant.product.clone()).or_default().push(variant);
    }
    let file = folder.join("bare.db");
    SqliteCatalog::migrate(&file).await?;
    let mut to = connect(&file).await?;
    let started = Instant::now();
    for products in products.chunks(TOGETHER) {
        let variants: Vec<&VariantRow> =
            products.iter().filter_map(|product| by_product.get(&product.id)).flatten().collect();
        let mut transaction = to.begin_with("BEGIN IMMEDIATE").await?;
        write(&mut transaction, products, &variants).await?;
        transaction.commit().await?;
    }
    let took = started.elapsed();
    let written: i64 = sqlx::query_scalar("SELECT count(*) FROM outbox").fetch_one(&mut to).await?;
    to.close().await?;
    all(u64::try_from(written)?, products.len() as u64)?;
    Ok(took)
}

/// As the catalog opens it.
async fn connect(file: &Path) -> sqlx::Result<SqliteConnection> {
    SqliteConnectOptions::new()
        .filename(file)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .connect()
        .await
}

async fn write(
    to: &mut SqliteConnection,
    products: &[ProductRow],
    variants: &[&VariantRow],
) -> sqlx::Result<()> {
    for rows in products.chunks(ROWS) {
        let mut query =
            QueryBuilder::<Sqlite>::new("INSERT INTO products (merchant, id, document) ");
        query.push_values(rows, |mut values, row| {
            values.push_bind(&row.merchant).push_bind(&row.id).push_bind(&row.document);
        });
        query.build().execute(&mut *to).await?;
    }
    for rows in variants.chunks(ROWS) {
        let mut query = QueryBuilder::<Sqlite>::new(
            "INSERT INTO variants (merchant, id, product, position, attributes) ",
        );
        query.push_values(rows, |mut values, row| {
            values
                .push_bind(&row.merchant)
                .push_bind(&row.id)
                .push_bind(&row.product)
                .push_bind(row.position)
                .push_bind(&row.attributes);
        });
        query.build().execute(&mut *to).await?;
    }
    for rows in variants.chunks(ROWS) {
        let mut query = QueryBuilder::<Sqlite>::new(
            "INSERT INTO offers (merchant, variant, price, currency, sale_price, sale_currency, \
             availability, stock) ",
        );
        query.push_values(rows, |mut values, row| {
            values
                .push_bind(&row.merchant)
                .push_bind(&row.id)
                .push_bind(row.price)
                .push_bind(&row.currency)
                .push_bind(row.sale_price)
                .push_bind(&row.sale_currency)
                .push_bind(&row.availability)
                .push_bind(row.stock);
        });
        query.build().execute(&mut *to).await?;
    }
    for rows in products.chunks(ROWS) {
        let mut query = QueryBuilder::<Sqlite>::new("INSERT INTO outbox (merchant, product) ");
        query.push_values(rows, |mut values, row| {
            values.push_bind(&row.merchant).push_bind(&row.id);
        });
        query.build().execute(&mut *to).await?;
    }
    Ok(())
}
