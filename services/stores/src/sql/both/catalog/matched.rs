//! Products that were shown as matches.

use vitrine_core::ids::{MerchantId, ProductId};

use super::{Connection, StoreError, failed, json, now, sql};

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
