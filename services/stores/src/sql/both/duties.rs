//! Work that one process at a time may do.

mod sql;

use std::time::Duration;

use async_trait::async_trait;
use vitrine_core::ports::{Duties, Duty, DutyError, StoreError};

use super::{Connection, Store, failed, later, now};
use crate::sql::Hold;

#[async_trait]
impl Duties for Store {
    async fn take(
        &self,
        name: &'static str,
        holder: &str,
        time: Duration,
    ) -> Result<Option<Duty>, StoreError> {
        let taken: bool = sqlx::query_scalar(sql::IS_TAKEN)
            .bind(name)
            .bind(holder)
            .bind(now())
            .fetch_one(&self.readers)
            .await
            .map_err(failed)?;
        if taken {
            return Ok(None);
        }
        let mut transaction = self.write(Hold::Rows).await?;
        let token: Option<i64> = sqlx::query_scalar(sql::TAKE)
            .bind(name)
            .bind(holder)
            .bind(now())
            .bind(later(time))
            .fetch_optional(&mut *transaction)
            .await
            .map_err(failed)?;
        transaction.commit().await.map_err(failed)?;
        Ok(token.map(|token| Duty { name, token }))
    }

    async fn hold(&self, duty: &Duty, time: Duration) -> Result<(), DutyError> {
        let mut transaction = self.write(Hold::Rows).await?;
        let held = sqlx::query(sql::HOLD)
            .bind(duty.name)
            .bind(duty.token)
            .bind(later(time))
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
        transaction.commit().await.map_err(failed)?;
        if held.rows_affected() > 0 { Ok(()) } else { Err(DutyError::Lost) }
    }

    async fn release(&self, duty: &Duty) -> Result<(), StoreError> {
        let mut transaction = self.write(Hold::Rows).await?;
        sqlx::query(sql::RELEASE)
            .bind(duty.name)
            .bind(duty.token)
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
        transaction.commit().await.map_err(failed)
    }
}

/// An error unless the duty is held. Nobody else takes it before the transaction has ended.
pub(super) async fn on_duty(connection: &mut Connection, duty: &Duty) -> Result<(), DutyError> {
    let held: Option<i64> = sqlx::query_scalar(sql::IS_HELD)
        .bind(duty.name)
        .bind(duty.token)
        .fetch_optional(connection)
        .await
        .map_err(failed)?;
    held.map(drop).ok_or(DutyError::Lost)
}
