//! The catalog in SQLite, for one machine.

mod error;
mod offers;
mod rows;
mod sql;
mod told;
mod upsert;
mod vectors;

use std::{collections::HashMap, path::Path, time::Duration};

use async_trait::async_trait;
use sqlx::{
    Sqlite, SqlitePool, Transaction,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use vitrine_core::{
    ids::{MerchantId, ProductId},
    ports::{Catalog, Change, OffersSet, StoreError, Upserted, Vector},
    product::{OfferChange, Product},
};

use error::{corrupt, failed};

/// How long a connection waits for another process's write before it gives up.
const BUSY: Duration = Duration::from_secs(10);

/// Products, offers and the outbox in one SQLite file.
///
/// Writes go through one connection, so they queue here instead of failing with "database is
/// locked"; reads go through others and never wait for a write (write-ahead log). Commits are
/// synced to the disk (`synchronous = FULL`): what was acknowledged survives a killed process,
/// for which `NORMAL` would do, and a power cut too, for which it would not.
#[derive(Debug, Clone)]
pub struct SqliteCatalog {
    writer: SqlitePool,
    readers: SqlitePool,
}

impl SqliteCatalog {
    /// Opens the file, creating it and its tables where they are missing.
    pub async fn open(file: &Path, readers: u32) -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::new()
            .filename(file)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(BUSY)
            .foreign_keys(true);
        let writer = pool(1).connect_with(options.clone()).await.map_err(failed)?;
        sqlx::migrate!("../../migrations/sqlite")
            .run(&writer)
            .await
            .map_err(|error| corrupt(error.to_string()))?;
        let options = options.pragma("query_only", "ON");
        let readers = pool(readers.max(1)).connect_with(options).await.map_err(failed)?;
        Ok(Self { writer, readers })
    }

    /// Waits for what is under way and closes the file.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }

    /// A transaction that holds the write lock from its first statement on, so that what it reads
    /// can not change before it writes.
    async fn write(&self) -> Result<Transaction<'static, Sqlite>, StoreError> {
        self.writer.begin_with("BEGIN IMMEDIATE").await.map_err(failed)
    }
}

/// Connections are kept for good: each holds its prepared statements.
fn pool(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(connections)
        .min_connections(1)
        .idle_timeout(None)
        .max_lifetime(None)
}

/// A list as the one JSON parameter that `json_each` reads.
fn json<T: serde::Serialize + ?Sized>(list: &T) -> Result<String, StoreError> {
    serde_json::to_string(list).map_err(|error| corrupt(error.to_string()))
}

fn whole(count: i64) -> u64 {
    u64::try_from(count).unwrap_or_default()
}

#[async_trait]
impl Catalog for SqliteCatalog {
    async fn upsert(
        &self,
        merchant: &MerchantId,
        products: Vec<Product>,
    ) -> Result<Upserted, StoreError> {
        let mut transaction = self.write().await?;
        let upserted = upsert::upsert(&mut transaction, merchant, products).await?;
        transaction.commit().await.map_err(failed)?;
        Ok(upserted)
    }

    async fn set_offers(
        &self,
        merchant: &MerchantId,
        changes: Vec<OfferChange>,
    ) -> Result<OffersSet, StoreError> {
        let mut transaction = self.write().await?;
        let set = offers::set(&mut transaction, merchant, changes).await?;
        transaction.commit().await.map_err(failed)?;
        Ok(set)
    }

    async fn remove(
        &self,
        merchant: &MerchantId,
        products: &[ProductId],
    ) -> Result<u64, StoreError> {
        let mut transaction = self.write().await?;
        let removed: Vec<String> = sqlx::query_scalar(sql::REMOVE_PRODUCTS)
            .bind(merchant.as_str())
            .bind(json(products)?)
            .fetch_all(&mut *transaction)
            .await
            .map_err(failed)?;
        upsert::tell_outbox(&mut transaction, merchant, &removed).await?;
        transaction.commit().await.map_err(failed)?;
        Ok(removed.len() as u64)
    }

    async fn products(
        &self,
        merchant: &MerchantId,
        ids: &[ProductId],
    ) -> Result<Vec<Product>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        // One transaction, so that products and variants are of one moment.
        let mut transaction = self.readers.begin().await.map_err(failed)?;
        rows::products(&mut transaction, merchant, ids).await
    }

    async fn ids(
        &self,
        merchant: &MerchantId,
        after: Option<&ProductId>,
        limit: usize,
    ) -> Result<Vec<ProductId>, StoreError> {
        // No id is empty, so the empty text comes before all.
        let ids: Vec<String> = sqlx::query_scalar(sql::IDS)
            .bind(merchant.as_str())
            .bind(after.map_or("", ProductId::as_str))
            .bind(i64::try_from(limit).unwrap_or(i64::MAX))
            .fetch_all(&self.readers)
            .await
            .map_err(failed)?;
        ids.into_iter().map(rows::id).collect()
    }

    async fn merchants(
        &self,
        after: Option<&MerchantId>,
        limit: usize,
    ) -> Result<Vec<MerchantId>, StoreError> {
        let ids: Vec<String> = sqlx::query_scalar(sql::MERCHANTS)
            .bind(after.map_or("", MerchantId::as_str))
            .bind(i64::try_from(limit).unwrap_or(i64::MAX))
            .fetch_all(&self.readers)
            .await
            .map_err(failed)?;
        ids.into_iter().map(rows::id).collect()
    }

    async fn count(&self, merchant: &MerchantId) -> Result<u64, StoreError> {
        let count = sqlx::query_scalar(sql::COUNT_PRODUCTS).bind(merchant.as_str());
        count.fetch_one(&self.readers).await.map(whole).map_err(failed)
    }

    async fn changes(&self, limit: usize) -> Result<Vec<Change>, StoreError> {
        let rows: Vec<(i64, String, String)> = sqlx::query_as(sql::CHANGES)
            .bind(i64::try_from(limit).unwrap_or(i64::MAX))
            .fetch_all(&self.readers)
            .await
            .map_err(failed)?;
        let change = |(sequence, merchant, product)| {
            Ok(Change { sequence, merchant: rows::id(merchant)?, product: rows::id(product)? })
        };
        rows.into_iter().map(change).collect()
    }

    async fn done(&self, changes: &[Change]) -> Result<(), StoreError> {
        let sequences: Vec<i64> = changes.iter().map(|change| change.sequence).collect();
        let done = sqlx::query(sql::DONE).bind(json(&sequences)?);
        done.execute(&self.writer).await.map(drop).map_err(failed)
    }

    async fn pending(&self, merchant: &MerchantId) -> Result<u64, StoreError> {
        let count = sqlx::query_scalar(sql::PENDING).bind(merchant.as_str());
        count.fetch_one(&self.readers).await.map(whole).map_err(failed)
    }

    async fn vectors(
        &self,
        model: &str,
        texts: &[String],
    ) -> Result<HashMap<String, Vector>, StoreError> {
        vectors::read(&self.readers, model, texts).await
    }

    async fn keep_vectors(
        &self,
        model: &str,
        vectors: &HashMap<String, Vector>,
    ) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        vectors::write(&mut transaction, model, vectors).await?;
        transaction.commit().await.map_err(failed)
    }

    async fn reindex_all(&self) -> Result<u64, StoreError> {
        let mut transaction = self.write().await?;
        sqlx::query(sql::FORGET_ENTRIES_OF_PRODUCTS)
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
        let all = sqlx::query(sql::ENTER_ALL).execute(&mut *transaction).await.map_err(failed)?;
        transaction.commit().await.map_err(failed)?;
        Ok(all.rows_affected())
    }

    async fn check(&self) -> Result<(), StoreError> {
        sqlx::query(sql::READ_CHECK).execute(&self.readers).await.map_err(failed)?;
        let transaction = self.write().await?;
        transaction.rollback().await.map_err(failed)
    }
}
