//! GTINs that more than one product has.

use std::collections::HashMap;

use vitrine_core::{
    duplicates::{DuplicateGroup, NAMED},
    ids::{MerchantId, ProductId},
};

use super::{Connection, Pool, StoreError, failed, json, rows, sql, whole};

pub(super) async fn count(readers: &Pool, merchant: &MerchantId) -> Result<u64, StoreError> {
    let count = sqlx::query_scalar(sql::COUNT_SHARED_GTINS).bind(merchant.as_str());
    count.fetch_one(readers).await.map(whole).map_err(failed)
}

/// Call it within a transaction: it reads twice.
pub(super) async fn groups(
    connection: &mut Connection,
    merchant: &MerchantId,
    after: Option<&str>,
    limit: usize,
) -> Result<Vec<DuplicateGroup>, StoreError> {
    let shared: Vec<(String, i64)> = sqlx::query_as(sql::SHARED_GTINS)
        .bind(merchant.as_str())
        .bind(after.unwrap_or_default())
        .bind(i64::try_from(limit).unwrap_or(i64::MAX))
        .fetch_all(&mut *connection)
        .await
        .map_err(failed)?;
    let named: Vec<&str> = shared.iter().map(|(value, _)| value.as_str()).collect();
    let sharing: Vec<(String, String)> = sqlx::query_as(sql::PRODUCTS_OF_GTINS)
        .bind(merchant.as_str())
        .bind(json(&named)?)
        .bind(i64::try_from(NAMED).unwrap_or(i64::MAX))
        .fetch_all(connection)
        .await
        .map_err(failed)?;
    let mut by_value: HashMap<String, Vec<ProductId>> = HashMap::new();
    for (value, product) in sharing {
        by_value.entry(value).or_default().push(rows::id(product)?);
    }
    let group = |(value, count)| DuplicateGroup {
        products: by_value.remove(&value).unwrap_or_default(),
        count: whole(count),
        value,
    };
    Ok(shared.into_iter().map(group).collect())
}
