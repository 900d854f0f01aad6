//! How far the index is behind.

use vitrine_core::ports::Lag;

use super::{Pool, StoreError, failed, sql, time, whole};

/// Entries that are counted one by one. An outbox may hold a million, and a count would read them
/// all; beyond this, the numbers of the first and the last tell how many there are at most.
const COUNTED: i64 = 10_000;

pub(super) async fn read(readers: &Pool) -> Result<Lag, StoreError> {
    let (counted, between, oldest): (i64, Option<i64>, Option<i64>) =
        sqlx::query_as(sql::LAG).bind(COUNTED + 1).fetch_one(readers).await.map_err(failed)?;
    let all = if counted > COUNTED { between.unwrap_or(counted) } else { counted };
    Ok(Lag { products: whole(all), oldest: oldest.map(time).transpose()? })
}
