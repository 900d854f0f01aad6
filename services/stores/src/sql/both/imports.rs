//! Imports, next to the catalog that they write to.

mod sql;

use std::time::Duration;

use async_trait::async_trait;
use vitrine_core::{
    feed::Problem,
    ids::{ImportId, MerchantId},
    imports::{Import, ImportState, Progress},
    ports::{
        Batch, Checkpoint, Claimed, ImportEnd, Imports, Lease, LeaseError, Record, StoreError,
        UnderWay, Work, Worked,
    },
    webhooks::Message,
};

use super::{
    Connection, Store, catalog, corrupt, failed, json, later, now, parsed, pictures, time,
    webhooks, whole,
};
use crate::sql::Hold;

/// Sorted after every import.
const LAST: &str = "g";

/// A row of `imports`, without what only statements look at.
#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    merchant: String,
    state: String,
    asked: String,
    progress: String,
    failure: Option<String>,
    not_modified: i64,
    cancelling: i64,
    attempt: i64,
    fruitless: i64,
    bytes: Option<i64>,
    created: i64,
    running_since: Option<i64>,
    running_from: i64,
    pictures_failed: i64,
    updated: i64,
    ended: Option<i64>,
}

impl Row {
    fn import(&self) -> Result<Import, StoreError> {
        let state = ImportState::ALL.into_iter().find(|state| state.id() == self.state);
        Ok(Import {
            id: self.id.parse().map_err(|_| corrupt(format!("the import {}", self.id)))?,
            merchant: catalog::id(self.merchant.clone())?,
            order: parsed(&self.asked)?,
            state: state.ok_or_else(|| corrupt(format!("the state {}", self.state)))?,
            progress: parsed(&self.progress)?,
            pictures_failed: whole(self.pictures_failed),
            failure: self.failure.as_deref().map(parsed).transpose()?,
            not_modified: self.not_modified != 0,
            bytes: self.bytes.map(whole),
            created: time(self.created)?,
            running_since: self.running_since.map(time).transpose()?,
            running_from: whole(self.running_from),
            updated: time(self.updated)?,
            ended: self.ended.map(time).transpose()?,
            cancelling: self.cancelling != 0,
        })
    }
}

#[async_trait]
impl Imports for Store {
    async fn create(&self, import: &Import) -> Result<(), StoreError> {
        let mut transaction = self.write(Hold::Rows).await?;
        sqlx::query(sql::CREATE)
            .bind(import.id.to_string())
            .bind(import.merchant.as_str())
            .bind(import.state.id())
            .bind(json(&import.order)?)
            .bind(json(&import.progress)?)
            .bind(import.created.as_millisecond())
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
        transaction.commit().await.map_err(failed)
    }

    async fn put_part(
        &self,
        import: ImportId,
        number: u32,
        bytes: Vec<u8>,
    ) -> Result<(), StoreError> {
        let mut transaction = self.write(Hold::Rows).await?;
        let touched = sqlx::query(sql::TOUCH)
            .bind(import.to_string())
            .bind(now())
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
        if touched.rows_affected() == 0 {
            return Ok(());
        }
        sqlx::query(sql::PUT_PART)
            .bind(import.to_string())
            .bind(i64::from(number))
            .bind(bytes)
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
        transaction.commit().await.map_err(failed)
    }

    async fn part(&self, import: ImportId, number: u32) -> Result<Option<Vec<u8>>, StoreError> {
        let part = sqlx::query_scalar(sql::PART).bind(import.to_string()).bind(i64::from(number));
        part.fetch_optional(&self.readers).await.map_err(failed)
    }

    async fn body_complete(&self, import: ImportId, bytes: u64) -> Result<(), StoreError> {
        let mut transaction = self.write(Hold::Rows).await?;
        sqlx::query(sql::BODY_COMPLETE)
            .bind(import.to_string())
            .bind(i64::try_from(bytes).unwrap_or(i64::MAX))
            .bind(now())
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
        transaction.commit().await.map_err(failed)
    }

    async fn drop_parts(&self, import: ImportId) -> Result<(), StoreError> {
        let mut transaction = self.write(Hold::Rows).await?;
        drop_parts(&mut transaction, &import.to_string()).await?;
        transaction.commit().await.map_err(failed)
    }

    async fn import(
        &self,
        merchant: &MerchantId,
        import: ImportId,
    ) -> Result<Option<Import>, StoreError> {
        let row: Option<Row> = sqlx::query_as(sql::IMPORT)
            .bind(merchant.as_str())
            .bind(import.to_string())
            .fetch_optional(&self.readers)
            .await
            .map_err(failed)?;
        row.map(|row| row.import()).transpose()
    }

    async fn imports(
        &self,
        merchant: &MerchantId,
        before: Option<ImportId>,
        limit: usize,
    ) -> Result<Vec<Import>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(sql::IMPORTS)
            .bind(merchant.as_str())
            .bind(before.map_or_else(|| LAST.to_owned(), |before| before.to_string()))
            .bind(i64::try_from(limit).unwrap_or(i64::MAX))
            .fetch_all(&self.readers)
            .await
            .map_err(failed)?;
        rows.iter().map(Row::import).collect()
    }

    async fn under_way(&self) -> Result<UnderWay, StoreError> {
        let (waiting, running) =
            sqlx::query_as(sql::UNDER_WAY).fetch_one(&self.readers).await.map_err(failed)?;
        Ok(UnderWay { waiting: whole(waiting), running: whole(running) })
    }

    async fn problems(
        &self,
        merchant: &MerchantId,
        import: ImportId,
        skip: u64,
        limit: usize,
    ) -> Result<Vec<Problem>, StoreError> {
        let rows: Vec<String> = sqlx::query_scalar(sql::PROBLEMS)
            .bind(merchant.as_str())
            .bind(import.to_string())
            .bind(i64::try_from(skip).unwrap_or(i64::MAX))
            .bind(i64::try_from(limit).unwrap_or(i64::MAX))
            .fetch_all(&self.readers)
            .await
            .map_err(failed)?;
        rows.iter().map(|row| parsed(row)).collect()
    }

    async fn cancel(
        &self,
        merchant: &MerchantId,
        import: ImportId,
    ) -> Result<Option<Import>, StoreError> {
        let mut transaction = self.write(Hold::Rows).await?;
        let row: Option<Row> = sqlx::query_as(sql::CANCEL)
            .bind(merchant.as_str())
            .bind(import.to_string())
            .bind(now())
            .fetch_optional(&mut *transaction)
            .await
            .map_err(failed)?;
        let Some(row) = row else {
            transaction.rollback().await.map_err(failed)?;
            return self.import(merchant, import).await;
        };
        let cancelled = row.import()?;
        if cancelled.state.ended() {
            drop_parts(&mut transaction, &row.id).await?;
        }
        transaction.commit().await.map_err(failed)?;
        Ok(Some(cancelled))
    }

    async fn claim(&self, lease: Duration) -> Result<Option<Claimed>, StoreError> {
        let any: bool = sqlx::query_scalar(sql::ANY_FREE)
            .bind(now())
            .fetch_one(&self.readers)
            .await
            .map_err(failed)?;
        if !any {
            return Ok(None);
        }
        let mut transaction = self.write(Hold::Rows).await?;
        let next: Option<(String, String)> = sqlx::query_as(sql::NEXT_FREE)
            .bind(now())
            .fetch_optional(&mut *transaction)
            .await
            .map_err(failed)?;
        let Some((id, merchant)) = next else { return Ok(None) };
        let before = row(&mut transaction, &merchant, &id).await?;
        let taken: Row = sqlx::query_as(sql::TAKE)
            .bind(&id)
            .bind(later(lease))
            .bind(now())
            .bind(before.import()?.progress.bytes as i64)
            .fetch_one(&mut *transaction)
            .await
            .map_err(failed)?;
        transaction.commit().await.map_err(failed)?;
        let import = taken.import()?;
        let lease =
            Lease { import: import.id, merchant: import.merchant.clone(), attempt: taken.attempt };
        let fruitless = u32::try_from(before.fruitless).unwrap_or(u32::MAX);
        Ok(Some(Claimed { import, lease, fruitless }))
    }

    async fn hold(&self, lease: &Lease, time: Duration) -> Result<(), LeaseError> {
        let mut transaction = self.write(Hold::Rows).await?;
        let cancelling: Option<i64> = sqlx::query_scalar(sql::HOLD)
            .bind(lease.import.to_string())
            .bind(lease.attempt)
            .bind(later(time))
            .fetch_optional(&mut *transaction)
            .await
            .map_err(failed)?;
        transaction.commit().await.map_err(failed)?;
        still_wanted(cancelling)
    }

    async fn work(
        &self,
        lease: &Lease,
        work: Work,
        record: Record,
    ) -> Result<Progress, LeaseError> {
        let merchant = &lease.merchant;
        let mut transaction = self.write(Hold::Merchant(merchant)).await?;
        let cancelling: Option<i64> = sqlx::query_scalar(sql::IS_HELD)
            .bind(lease.import.to_string())
            .bind(lease.attempt)
            .fetch_optional(&mut *transaction)
            .await
            .map_err(failed)?;
        still_wanted(cancelling)?;
        let worked = match work {
            Work::Products(Batch { products, places, enrich }) => {
                let named = pictures::named(&products, &places);
                let upserted = catalog::upsert(&mut transaction, merchant, products).await?;
                let import = lease.import;
                pictures::note_of_import(&mut transaction, merchant, import, named, enrich).await?;
                Worked::Products(upserted)
            }
            Work::Offers(changes) => {
                Worked::Offers(catalog::set_offers(&mut transaction, merchant, changes).await?)
            }
            Work::Removal(products) => {
                Worked::Removal(catalog::remove(&mut transaction, merchant, &products).await?)
            }
            Work::Nothing => Worked::Nothing,
        };
        let checkpoint = record(&worked);
        let progress = checkpoint.progress;
        // Where the lease was lost meanwhile, nothing of it is committed.
        keep(&mut transaction, lease, checkpoint).await?;
        transaction.commit().await.map_err(failed)?;
        Ok(progress)
    }

    async fn end(
        &self,
        lease: &Lease,
        end: ImportEnd,
        checkpoint: Option<Checkpoint>,
    ) -> Result<(), LeaseError> {
        let mut transaction = self.write(Hold::Rows).await?;
        if let Some(checkpoint) = checkpoint {
            keep(&mut transaction, lease, checkpoint).await?;
        }
        let (state, not_modified, failure) = match end {
            ImportEnd::Done => (ImportState::Done, false, None),
            ImportEnd::NotModified => (ImportState::Done, true, None),
            ImportEnd::Failed(failure) => (ImportState::Failed, false, Some(failure)),
            ImportEnd::Cancelled => (ImportState::Cancelled, false, None),
        };
        let ended = sqlx::query(sql::END)
            .bind(lease.import.to_string())
            .bind(lease.attempt)
            .bind(state.id())
            .bind(failure.as_ref().map(json).transpose()?)
            .bind(i64::from(not_modified))
            .bind(now())
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
        held(ended.rows_affected())?;
        let id = lease.import.to_string();
        drop_parts(&mut transaction, &id).await?;
        let import = row(&mut transaction, lease.merchant.as_str(), &id).await?.import()?;
        let told = || Message::of_import(&import);
        webhooks::tell(&mut transaction, &lease.merchant, told).await?;
        Ok(transaction.commit().await.map_err(failed)?)
    }

    async fn release(&self, lease: &Lease) -> Result<(), LeaseError> {
        let mut transaction = self.write(Hold::Rows).await?;
        let released = sqlx::query(sql::RELEASE)
            .bind(lease.import.to_string())
            .bind(lease.attempt)
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
        held(released.rows_affected())?;
        Ok(transaction.commit().await.map_err(failed)?)
    }

    async fn forget(&self, ended: Duration, receiving: Duration) -> Result<u64, StoreError> {
        let mut transaction = self.write(Hold::Rows).await?;
        let forgotten = sqlx::query(sql::FORGET)
            .bind(ago(ended))
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
        let given_up: Vec<String> = sqlx::query_scalar(sql::GIVE_UP)
            .bind(ago(receiving))
            .bind(now())
            .fetch_all(&mut *transaction)
            .await
            .map_err(failed)?;
        for import in &given_up {
            drop_parts(&mut transaction, import).await?;
        }
        transaction.commit().await.map_err(failed)?;
        Ok(forgotten.rows_affected() + given_up.len() as u64)
    }
}

async fn row(connection: &mut Connection, merchant: &str, id: &str) -> Result<Row, StoreError> {
    let row = sqlx::query_as(sql::IMPORT).bind(merchant).bind(id);
    row.fetch_one(connection).await.map_err(failed)
}

async fn drop_parts(connection: &mut Connection, import: &str) -> Result<(), StoreError> {
    let dropped = sqlx::query(sql::DROP_PARTS).bind(import).execute(connection).await;
    dropped.map(drop).map_err(failed)
}

/// Keeps progress and problems, if the lease still holds.
async fn keep(
    connection: &mut Connection,
    lease: &Lease,
    checkpoint: Checkpoint,
) -> Result<(), LeaseError> {
    let Checkpoint { progress, problems } = checkpoint;
    let import = lease.import.to_string();
    let kept = sqlx::query(sql::KEEP)
        .bind(&import)
        .bind(lease.attempt)
        .bind(json(&progress)?)
        .bind(now())
        .execute(&mut *connection)
        .await
        .map_err(failed)?;
    held(kept.rows_affected())?;
    Ok(tell(connection, &import, &problems).await?)
}

/// Keeps problems after those that are kept already.
pub(super) async fn tell(
    connection: &mut Connection,
    import: &str,
    problems: &[Problem],
) -> Result<(), StoreError> {
    if problems.is_empty() {
        return Ok(());
    }
    let problems: Vec<String> = problems.iter().map(json).collect::<Result<_, _>>()?;
    let first: i64 = sqlx::query_scalar(sql::NEXT_PROBLEM)
        .bind(import)
        .fetch_one(&mut *connection)
        .await
        .map_err(failed)?;
    let told = sqlx::query(sql::TELL).bind(import).bind(first).bind(json(&problems)?);
    told.execute(connection).await.map_err(failed)?;
    Ok(())
}

fn held(rows: u64) -> Result<(), LeaseError> {
    if rows > 0 { Ok(()) } else { Err(LeaseError::Lost) }
}

fn still_wanted(cancelling: Option<i64>) -> Result<(), LeaseError> {
    match cancelling {
        None => Err(LeaseError::Lost),
        Some(0) => Ok(()),
        Some(_) => Err(LeaseError::Cancelled),
    }
}

fn ago(by: Duration) -> i64 {
    now().saturating_sub(i64::try_from(by.as_millis()).unwrap_or(i64::MAX))
}
