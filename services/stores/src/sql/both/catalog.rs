//! The catalog: products, offers and the outbox.

mod filter;
mod gtins;
mod lacks;
mod lag;
mod matched;
mod offers;
mod rows;
mod sql;
mod told;
mod upsert;
mod vectors;

use std::collections::HashMap;

use async_trait::async_trait;
use vitrine_core::{
    duplicates::DuplicateGroup,
    ids::{MerchantId, ProductId, VariantId},
    lack::Lacks,
    ports::{
        Catalog, Change, Duty, DutyError, Edit, Edited, Lag, OffersSet, StoreError, Upserted,
        Vector,
    },
    product::{OfferChange, Product},
    product_filter::ProductFilter,
};

pub(super) use offers::set as set_offers;
pub(super) use rows::id;
pub(super) use upsert::{remove, tell_outbox, upsert};

use super::{
    Connection, Pool, Store, corrupt, duties::on_duty, failed, json, now, parsed, pictures, time,
    whole,
};
use crate::sql::Hold;

#[async_trait]
impl Catalog for Store {
    async fn upsert(
        &self,
        merchant: &MerchantId,
        products: Vec<Product>,
    ) -> Result<Upserted, StoreError> {
        let mut transaction = self.write(Hold::Merchant(merchant)).await?;
        let named = pictures::named(&products, &[]);
        let upserted = upsert::upsert(&mut transaction, merchant, products).await?;
        pictures::note(&mut transaction, merchant, named).await?;
        transaction.commit().await.map_err(failed)?;
        Ok(upserted)
    }

    async fn edit(
        &self,
        merchant: &MerchantId,
        product: &ProductId,
        edit: Edit,
    ) -> Result<Edited, StoreError> {
        let mut transaction = self.write(Hold::Merchant(merchant)).await?;
        let ids = std::slice::from_ref(product);
        let known = rows::products(&mut transaction, merchant, ids).await?;
        let Some(known) = known.first() else { return Ok(Edited::Unknown) };
        let Some(edited) = edit(known) else { return Ok(Edited::Refused) };
        let mut edited = vec![edited];
        upsert::upsert(&mut transaction, merchant, edited.clone()).await?;
        let named = pictures::named(&edited, &[]);
        pictures::note(&mut transaction, merchant, named).await?;
        pictures::fill_in(&mut transaction, merchant, &mut edited).await?;
        transaction.commit().await.map_err(failed)?;
        Ok(edited.pop().map_or(Edited::Unknown, Edited::Done))
    }

    async fn set_offers(
        &self,
        merchant: &MerchantId,
        changes: Vec<OfferChange>,
    ) -> Result<OffersSet, StoreError> {
        let mut transaction = self.write(Hold::Merchant(merchant)).await?;
        let set = offers::set(&mut transaction, merchant, changes).await?;
        transaction.commit().await.map_err(failed)?;
        Ok(set)
    }

    async fn try_offers(
        &self,
        merchant: &MerchantId,
        changes: Vec<OfferChange>,
    ) -> Result<OffersSet, StoreError> {
        let mut transaction = self.read().await?;
        offers::try_set(&mut transaction, merchant, &changes).await
    }

    async fn remove(
        &self,
        merchant: &MerchantId,
        products: &[ProductId],
    ) -> Result<u64, StoreError> {
        let mut transaction = self.write(Hold::Merchant(merchant)).await?;
        let removed = upsert::remove(&mut transaction, merchant, products).await?;
        transaction.commit().await.map_err(failed)?;
        Ok(removed)
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
        let mut transaction = self.read().await?;
        let mut products = rows::products(&mut transaction, merchant, ids).await?;
        pictures::fill_in(&mut transaction, merchant, &mut products).await?;
        Ok(products)
    }

    async fn owners(
        &self,
        merchant: &MerchantId,
        variants: &[VariantId],
    ) -> Result<Vec<(VariantId, ProductId)>, StoreError> {
        let mut transaction = self.read().await?;
        let mut owners = Vec::new();
        for variant in variants {
            let owner: Option<String> = sqlx::query_scalar(sql::OWNER)
                .bind(merchant.as_str())
                .bind(variant.as_str())
                .fetch_optional(&mut *transaction)
                .await
                .map_err(failed)?;
            if let Some(owner) = owner {
                owners.push((variant.clone(), rows::id(owner)?));
            }
        }
        Ok(owners)
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

    async fn matching_ids(
        &self,
        merchant: &MerchantId,
        filter: &ProductFilter,
        after: Option<&ProductId>,
        limit: usize,
    ) -> Result<Vec<ProductId>, StoreError> {
        filter::ids(&self.readers, merchant, filter, after, limit).await
    }

    async fn count_by_lacks(&self, merchant: &MerchantId) -> Result<Vec<(Lacks, u64)>, StoreError> {
        lacks::count(&self.readers, merchant).await
    }

    async fn count_shared_gtins(&self, merchant: &MerchantId) -> Result<u64, StoreError> {
        gtins::count(&self.readers, merchant).await
    }

    async fn shared_gtins(
        &self,
        merchant: &MerchantId,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<DuplicateGroup>, StoreError> {
        // One transaction, so that groups and their products are of one moment.
        let mut transaction = self.read().await?;
        gtins::groups(&mut transaction, merchant, after, limit).await
    }

    async fn count_matched(&self, merchant: &MerchantId) -> Result<u64, StoreError> {
        matched::count(&self.readers, merchant).await
    }

    async fn note_matched(
        &self,
        merchant: &MerchantId,
        products: &[ProductId],
    ) -> Result<(), StoreError> {
        let mut transaction = self.write(Hold::Merchant(merchant)).await?;
        matched::note(&mut transaction, merchant, products).await?;
        transaction.commit().await.map_err(failed)
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

    async fn done(&self, duty: &Duty, changes: &[Change]) -> Result<(), DutyError> {
        let sequences: Vec<i64> = changes.iter().map(|change| change.sequence).collect();
        let mut transaction = self.write(Hold::Rows).await?;
        on_duty(&mut transaction, duty).await?;
        let done = sqlx::query(sql::DONE).bind(json(&sequences)?);
        done.execute(&mut *transaction).await.map_err(failed)?;
        Ok(transaction.commit().await.map_err(failed)?)
    }

    async fn enter_again(
        &self,
        merchant: &MerchantId,
        products: &[ProductId],
    ) -> Result<(), StoreError> {
        let mut transaction = self.write(Hold::Merchant(merchant)).await?;
        upsert::tell_outbox(&mut transaction, merchant, products).await?;
        transaction.commit().await.map_err(failed)
    }

    async fn lag(&self) -> Result<Lag, StoreError> {
        lag::read(&self.readers).await
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
        let mut transaction = self.write(Hold::Rows).await?;
        vectors::write(&mut transaction, model, vectors).await?;
        transaction.commit().await.map_err(failed)
    }

    async fn reindex_all(&self) -> Result<u64, StoreError> {
        let mut transaction = self.write(Hold::Everything).await?;
        let enter = sqlx::query(sql::ENTER_ALL).bind(now());
        let all = enter.execute(&mut *transaction).await.map_err(failed)?;
        transaction.commit().await.map_err(failed)?;
        Ok(all.rows_affected())
    }

    async fn check(&self) -> Result<(), StoreError> {
        sqlx::query(sql::READ_CHECK).execute(&self.readers).await.map_err(failed)?;
        let transaction = self.write(Hold::Rows).await?;
        transaction.rollback().await.map_err(failed)
    }
}
