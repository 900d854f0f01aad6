//! Products that were shown as matches.

use vitrine_core::ids::{MerchantId, ProductId};

use super::{Connection, Pool, StoreError, failed, json, now, sql, whole};

pub(super) async fn note(
    connection: &mut Connection,
    merchant: &MerchantId,
    products: &[ProductId],
) -> Result<(), StoreError> {
    sqlx::query(sql::NOTE_MATCHED)
        .bind(merchant.as_str())
        .bind(json(products)?)
        .bind(now())
        .execute(connection)
        .await
        .map(drop)
        .map_err(failed)
}

pub(super) async fn count(readers: &Pool, merchant: &MerchantId) -> Result<u64, StoreError> {
    let count = sqlx::query_scalar(sql::COUNT_MATCHED).bind(merchant.as_str());
    count.fetch_one(readers).await.map(whole).map_err(failed)
}
