//! Building the index anew, as a job.

mod sql;

use async_trait::async_trait;
use vitrine_core::{
    indexing::{Rebuild, RebuildState},
    ports::{Duty, DutyError, Rebuilds, StoreError},
};

use super::{Store, corrupt, duties::on_duty, failed, now, time, whole};
use crate::sql::Hold;

/// What the column `state` may hold.
const WAITING: &str = "waiting";
const RUNNING: &str = "running";
const DONE: &str = "done";
const FAILED: &str = "failed";

#[derive(sqlx::FromRow)]
struct Row {
    state: String,
    asked: i64,
    started: Option<i64>,
    ended: Option<i64>,
    done: i64,
    total: i64,
    reason: Option<String>,
}

impl Row {
    fn rebuild(self) -> Result<Rebuild, StoreError> {
        let state = match self.state.as_str() {
            WAITING => RebuildState::Waiting,
            RUNNING => RebuildState::Running { done: whole(self.done), total: whole(self.total) },
            DONE => RebuildState::Done { products: whole(self.done) },
            FAILED => RebuildState::Failed { reason: self.reason.unwrap_or_default() },
            other => return Err(corrupt(format!("the state {other}"))),
        };
        Ok(Rebuild {
            state,
            asked: time(self.asked)?,
            started: self.started.map(time).transpose()?,
            ended: self.ended.map(time).transpose()?,
        })
    }
}

#[async_trait]
impl Rebuilds for Store {
    async fn ask_rebuild(&self) -> Result<Rebuild, StoreError> {
        let mut transaction = self.write(Hold::Rows).await?;
        let ask = sqlx::query(sql::ASK).bind(now());
        ask.execute(&mut *transaction).await.map_err(failed)?;
        let row: Row =
            sqlx::query_as(sql::REBUILD).fetch_one(&mut *transaction).await.map_err(failed)?;
        transaction.commit().await.map_err(failed)?;
        row.rebuild()
    }

    async fn rebuild(&self) -> Result<Option<Rebuild>, StoreError> {
        let row: Option<Row> =
            sqlx::query_as(sql::REBUILD).fetch_optional(&self.readers).await.map_err(failed)?;
        row.map(Row::rebuild).transpose()
    }

    async fn start_rebuild(&self, duty: &Duty) -> Result<Option<u32>, DutyError> {
        let mut transaction = self.write(Hold::Rows).await?;
        on_duty(&mut transaction, duty).await?;
        let starts: Option<i64> = sqlx::query_scalar(sql::START)
            .bind(now())
            .fetch_optional(&mut *transaction)
            .await
            .map_err(failed)?;
        transaction.commit().await.map_err(failed)?;
        Ok(starts.map(|starts| u32::try_from(starts).unwrap_or(u32::MAX)))
    }

    async fn tell_rebuild(&self, duty: &Duty, done: u64, total: u64) -> Result<(), DutyError> {
        let mut transaction = self.write(Hold::Rows).await?;
        on_duty(&mut transaction, duty).await?;
        sqlx::query(sql::TELL)
            .bind(i64::try_from(done).unwrap_or(i64::MAX))
            .bind(i64::try_from(total).unwrap_or(i64::MAX))
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
        Ok(transaction.commit().await.map_err(failed)?)
    }

    async fn end_rebuild(&self, duty: &Duty, end: Result<u64, String>) -> Result<(), DutyError> {
        let (state, done, reason) = match end {
            Ok(products) => (DONE, Some(i64::try_from(products).unwrap_or(i64::MAX)), None),
            Err(reason) => (FAILED, None, Some(reason)),
        };
        let mut transaction = self.write(Hold::Rows).await?;
        on_duty(&mut transaction, duty).await?;
        sqlx::query(sql::END)
            .bind(state)
            .bind(now())
            .bind(done)
            .bind(reason)
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
        Ok(transaction.commit().await.map_err(failed)?)
    }
}
