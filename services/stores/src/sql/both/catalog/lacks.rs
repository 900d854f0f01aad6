//! What products lack, counted.

use vitrine_core::{ids::MerchantId, lack::Lacks};

use super::{Pool, StoreError, failed, sql, whole};

pub(super) async fn count(
    readers: &Pool,
    merchant: &MerchantId,
) -> Result<Vec<(Lacks, u64)>, StoreError> {
    let rows: Vec<(i64, i64)> = sqlx::query_as(sql::COUNT_BY_LACKS)
        .bind(merchant.as_str())
        .fetch_all(readers)
        .await
        .map_err(failed)?;
    Ok(rows.into_iter().map(|(bits, count)| (Lacks::from_bits(bits), whole(count))).collect())
}
