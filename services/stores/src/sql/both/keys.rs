//! Keys for servers.

mod sql;

use async_trait::async_trait;
use vitrine_core::{
    ids::{KeyId, MerchantId},
    keys::{Key, KeyHash, MAX_KEYS},
    ports::{Keys, StoreError},
    scope::Scopes,
};

use super::{Store, catalog, corrupt, failed, now, time, whole};
use crate::sql::Hold;

/// How far apart two notes are that one key was used, in milliseconds.
const NOTED: i64 = 60_000;

#[derive(sqlx::FromRow)]
struct Row {
    merchant: String,
    id: String,
    name: String,
    scopes: i64,
    created: i64,
    expires: Option<i64>,
    used: Option<i64>,
}

impl Row {
    fn key(self) -> Result<Key, StoreError> {
        Ok(Key {
            merchant: catalog::id(self.merchant)?,
            id: self.id.parse::<KeyId>().map_err(|error| corrupt(error.to_string()))?,
            name: catalog::id(self.name)?,
            scopes: Scopes::from_bits(self.scopes),
            created: time(self.created)?,
            expires: self.expires.map(time).transpose()?,
            used: self.used.map(time).transpose()?,
        })
    }
}

#[async_trait]
impl Keys for Store {
    async fn create_key(&self, key: &Key, hash: &KeyHash) -> Result<bool, StoreError> {
        let mut transaction = self.write(Hold::Merchant(&key.merchant)).await?;
        let kept: i64 = sqlx::query_scalar(sql::COUNT)
            .bind(key.merchant.as_str())
            .fetch_one(&mut *transaction)
            .await
            .map_err(failed)?;
        if whole(kept) >= MAX_KEYS as u64 {
            return Ok(false);
        }
        sqlx::query(sql::CREATE)
            .bind(key.merchant.as_str())
            .bind(key.id.to_string())
            .bind(&hash.0[..])
            .bind(key.name.as_str())
            .bind(key.scopes.bits())
            .bind(key.created.as_millisecond())
            .bind(key.expires.map(|expires| expires.as_millisecond()))
            .bind(key.used.map(|used| used.as_millisecond()))
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
        transaction.commit().await.map_err(failed)?;
        Ok(true)
    }

    async fn key(&self, hash: &KeyHash) -> Result<Option<Key>, StoreError> {
        let row: Option<Row> = sqlx::query_as(sql::KEY)
            .bind(&hash.0[..])
            .fetch_optional(&self.readers)
            .await
            .map_err(failed)?;
        row.map(Row::key).transpose()
    }

    async fn keys(&self, merchant: &MerchantId) -> Result<Vec<Key>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(sql::KEYS)
            .bind(merchant.as_str())
            .fetch_all(&self.readers)
            .await
            .map_err(failed)?;
        rows.into_iter().map(Row::key).collect()
    }

    async fn revoke_key(&self, merchant: &MerchantId, id: KeyId) -> Result<bool, StoreError> {
        let mut transaction = self.write(Hold::Rows).await?;
        let revoked = sqlx::query(sql::REVOKE)
            .bind(merchant.as_str())
            .bind(id.to_string())
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
        transaction.commit().await.map_err(failed)?;
        Ok(revoked.rows_affected() > 0)
    }

    async fn key_used(&self, merchant: &MerchantId, id: KeyId) -> Result<(), StoreError> {
        let now = now();
        let mut transaction = self.write(Hold::Rows).await?;
        sqlx::query(sql::USED)
            .bind(merchant.as_str())
            .bind(id.to_string())
            .bind(now)
            .bind(now - NOTED)
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
        transaction.commit().await.map_err(failed)
    }
}
