//! Feeds that are fetched on a schedule.

mod sql;

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use vitrine_core::{
    ids::{ImportId, MerchantId},
    imports::{FeedOutcome, KeptFeed},
    ports::{Feeds, StoreError},
};

use super::{Connection, Store, catalog, failed, json, later, now, parsed};
use crate::sql::Hold;

#[async_trait]
impl Feeds for Store {
    async fn put_feed(&self, merchant: &MerchantId, feed: &KeptFeed) -> Result<bool, StoreError> {
        let mut transaction = self.write(Hold::Merchant(merchant)).await?;
        let new = read(&mut transaction, merchant, &feed.name).await?.is_none();
        write(&mut transaction, merchant, feed).await?;
        transaction.commit().await.map_err(failed)?;
        Ok(new)
    }

    async fn feed(
        &self,
        merchant: &MerchantId,
        name: &str,
    ) -> Result<Option<KeptFeed>, StoreError> {
        let mut transaction = self.read().await?;
        read(&mut transaction, merchant, name).await
    }

    async fn feeds(&self, merchant: &MerchantId) -> Result<Vec<KeptFeed>, StoreError> {
        let feeds: Vec<String> = sqlx::query_scalar(sql::FEEDS)
            .bind(merchant.as_str())
            .fetch_all(&self.readers)
            .await
            .map_err(failed)?;
        feeds.iter().map(|feed| parsed(feed)).collect()
    }

    async fn remove_feed(&self, merchant: &MerchantId, name: &str) -> Result<bool, StoreError> {
        let mut transaction = self.write(Hold::Merchant(merchant)).await?;
        let removed = sqlx::query(sql::REMOVE)
            .bind(merchant.as_str())
            .bind(name)
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
        transaction.commit().await.map_err(failed)?;
        Ok(removed.rows_affected() > 0)
    }

    async fn due_feed(
        &self,
        reserve: Duration,
    ) -> Result<Option<(MerchantId, KeptFeed)>, StoreError> {
        let any: bool = sqlx::query_scalar(sql::ANY_DUE)
            .bind(now())
            .fetch_one(&self.readers)
            .await
            .map_err(failed)?;
        if !any {
            return Ok(None);
        }
        let mut transaction = self.write(Hold::Rows).await?;
        let due: Option<(String, String, String)> = sqlx::query_as(sql::NEXT_DUE)
            .bind(now())
            .fetch_optional(&mut *transaction)
            .await
            .map_err(failed)?;
        let Some((merchant, name, feed)) = due else { return Ok(None) };
        sqlx::query(sql::RESERVE)
            .bind(&merchant)
            .bind(&name)
            .bind(later(reserve))
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
        transaction.commit().await.map_err(failed)?;
        Ok(Some((catalog::id(merchant)?, parsed(&feed)?)))
    }

    async fn feed_started(
        &self,
        merchant: &MerchantId,
        name: &str,
        import: ImportId,
    ) -> Result<(), StoreError> {
        self.change_feed(merchant, name, |feed| feed.start(import, Timestamp::now())).await
    }

    async fn feed_ended(
        &self,
        merchant: &MerchantId,
        name: &str,
        outcome: FeedOutcome,
    ) -> Result<(), StoreError> {
        self.change_feed(merchant, name, |feed| feed.end(outcome, Timestamp::now())).await
    }
}

impl Store {
    /// Changes a feed that may have been removed meanwhile.
    async fn change_feed(
        &self,
        merchant: &MerchantId,
        name: &str,
        change: impl FnOnce(&mut KeptFeed) + Send,
    ) -> Result<(), StoreError> {
        let mut transaction = self.write(Hold::Merchant(merchant)).await?;
        if let Some(mut feed) = read(&mut transaction, merchant, name).await? {
            change(&mut feed);
            write(&mut transaction, merchant, &feed).await?;
        }
        transaction.commit().await.map_err(failed)
    }
}

async fn read(
    connection: &mut Connection,
    merchant: &MerchantId,
    name: &str,
) -> Result<Option<KeptFeed>, StoreError> {
    let feed: Option<String> = sqlx::query_scalar(sql::FEED)
        .bind(merchant.as_str())
        .bind(name)
        .fetch_optional(connection)
        .await
        .map_err(failed)?;
    feed.as_deref().map(parsed).transpose()
}

async fn write(
    connection: &mut Connection,
    merchant: &MerchantId,
    feed: &KeptFeed,
) -> Result<(), StoreError> {
    sqlx::query(sql::PUT)
        .bind(merchant.as_str())
        .bind(&feed.name)
        .bind(json(feed)?)
        .bind(feed.next.as_millisecond())
        .bind(feed.last_import.map(|import| import.to_string()))
        .execute(connection)
        .await
        .map(drop)
        .map_err(failed)
}
