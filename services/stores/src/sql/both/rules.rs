//! What merchants want of searches.

mod sql;

use async_trait::async_trait;
use serde::{Serialize, de::DeserializeOwned};
use vitrine_core::{
    ids::MerchantId,
    ports::{Rules, StoreError},
    rules::{Rule, Synonyms},
};

use super::{Store, failed, json, parsed};
use crate::sql::Hold;

#[async_trait]
impl Rules for Store {
    async fn put_rule(
        &self,
        merchant: &MerchantId,
        name: &str,
        rule: &Rule,
    ) -> Result<bool, StoreError> {
        self.put_named(sql::NEW_RULE, sql::CHANGE_RULE, merchant, name, rule).await
    }

    async fn rules(&self, merchant: &MerchantId) -> Result<Vec<(String, Rule)>, StoreError> {
        self.all_named(sql::RULES, merchant).await
    }

    async fn remove_rule(&self, merchant: &MerchantId, name: &str) -> Result<bool, StoreError> {
        self.remove_named(sql::REMOVE_RULE, merchant, name).await
    }

    async fn put_synonyms(
        &self,
        merchant: &MerchantId,
        name: &str,
        synonyms: &Synonyms,
    ) -> Result<bool, StoreError> {
        self.put_named(sql::NEW_SYNONYMS, sql::CHANGE_SYNONYMS, merchant, name, synonyms).await
    }

    async fn synonyms(&self, merchant: &MerchantId) -> Result<Vec<(String, Synonyms)>, StoreError> {
        self.all_named(sql::SYNONYMS, merchant).await
    }

    async fn remove_synonyms(&self, merchant: &MerchantId, name: &str) -> Result<bool, StoreError> {
        self.remove_named(sql::REMOVE_SYNONYMS, merchant, name).await
    }
}

impl Store {
    async fn put_named(
        &self,
        new: &'static str,
        change: &'static str,
        merchant: &MerchantId,
        name: &str,
        value: &(impl Serialize + Sync),
    ) -> Result<bool, StoreError> {
        let value = json(value)?;
        let mut transaction = self.write(Hold::Merchant(merchant)).await?;
        let inserted = sqlx::query(new)
            .bind(merchant.as_str())
            .bind(name)
            .bind(&value)
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
        let is_new = inserted.rows_affected() > 0;
        if !is_new {
            sqlx::query(change)
                .bind(merchant.as_str())
                .bind(name)
                .bind(&value)
                .execute(&mut *transaction)
                .await
                .map_err(failed)?;
        }
        transaction.commit().await.map_err(failed)?;
        Ok(is_new)
    }

    async fn all_named<T: DeserializeOwned>(
        &self,
        all: &'static str,
        merchant: &MerchantId,
    ) -> Result<Vec<(String, T)>, StoreError> {
        let rows: Vec<(String, String)> = sqlx::query_as(all)
            .bind(merchant.as_str())
            .fetch_all(&self.readers)
            .await
            .map_err(failed)?;
        rows.into_iter().map(|(name, value)| Ok((name, parsed(&value)?))).collect()
    }

    async fn remove_named(
        &self,
        remove: &'static str,
        merchant: &MerchantId,
        name: &str,
    ) -> Result<bool, StoreError> {
        let mut transaction = self.write(Hold::Merchant(merchant)).await?;
        let removed = sqlx::query(remove)
            .bind(merchant.as_str())
            .bind(name)
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
        transaction.commit().await.map_err(failed)?;
        Ok(removed.rows_affected() > 0)
    }
}
