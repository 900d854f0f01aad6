//! Customers.

mod sql;

use async_trait::async_trait;
use vitrine_core::{
    events::Event,
    ids::{CustomerId, MerchantId, ProductId},
    ports::{Customers, StoreError},
    profile::Profile,
};

use super::{
    Connection, Store, catalog, conversations,
    events::{EventRow, event_of},
    failed, json, parsed,
};
use crate::sql::Hold;

#[async_trait]
impl Customers for Store {
    async fn put_customer(
        &self,
        merchant: &MerchantId,
        customer: &Profile,
    ) -> Result<bool, StoreError> {
        let mut transaction = self.write(Hold::Events(merchant)).await?;
        let before = read(&mut transaction, merchant, &customer.id).await?;
        let agreed = customer.agreed.map(|agreed| {
            let before = before.as_ref().and_then(|before| before.agreed);
            before.unwrap_or(agreed)
        });
        if agreed.is_none() {
            part(&mut transaction, merchant, &customer.id).await?;
        }
        let customer = Profile { agreed, ..customer.clone() };
        sqlx::query(sql::PUT)
            .bind(merchant.as_str())
            .bind(customer.id.as_str())
            .bind(agreed.map(|agreed| agreed.as_millisecond()))
            .bind(json(&customer)?)
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
        transaction.commit().await.map_err(failed)?;
        Ok(before.is_none())
    }

    async fn customer(
        &self,
        merchant: &MerchantId,
        id: &CustomerId,
    ) -> Result<Option<Profile>, StoreError> {
        let mut transaction = self.read().await?;
        read(&mut transaction, merchant, id).await
    }

    async fn customer_events(
        &self,
        merchant: &MerchantId,
        id: &CustomerId,
    ) -> Result<Vec<Event>, StoreError> {
        let rows: Vec<EventRow> = sqlx::query_as(sql::EVENTS)
            .bind(merchant.as_str())
            .bind(id.as_str())
            .fetch_all(&self.readers)
            .await
            .map_err(failed)?;
        rows.into_iter().map(event_of).collect()
    }

    async fn purchases(
        &self,
        merchant: &MerchantId,
        id: &CustomerId,
        limit: usize,
    ) -> Result<Vec<ProductId>, StoreError> {
        let products: Vec<String> = sqlx::query_scalar(sql::PURCHASES)
            .bind(merchant.as_str())
            .bind(id.as_str())
            .bind(i64::try_from(limit).unwrap_or(i64::MAX))
            .fetch_all(&self.readers)
            .await
            .map_err(failed)?;
        products.into_iter().map(catalog::id).collect()
    }

    async fn forget_customer(
        &self,
        merchant: &MerchantId,
        id: &CustomerId,
    ) -> Result<(), StoreError> {
        let mut transaction = self.write(Hold::Events(merchant)).await?;
        part(&mut transaction, merchant, id).await?;
        conversations::forget_of(&mut transaction, merchant, id).await?;
        sqlx::query(sql::REMOVE)
            .bind(merchant.as_str())
            .bind(id.as_str())
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
        transaction.commit().await.map_err(failed)
    }
}

async fn read(
    connection: &mut Connection,
    merchant: &MerchantId,
    id: &CustomerId,
) -> Result<Option<Profile>, StoreError> {
    let customer: Option<String> = sqlx::query_scalar(sql::CUSTOMER)
        .bind(merchant.as_str())
        .bind(id.as_str())
        .fetch_optional(connection)
        .await
        .map_err(failed)?;
    customer.as_deref().map(parsed).transpose()
}

/// Takes away from the customer's events all but that they happened.
async fn part(
    connection: &mut Connection,
    merchant: &MerchantId,
    id: &CustomerId,
) -> Result<(), StoreError> {
    let query = sqlx::query(sql::PART).bind(merchant.as_str()).bind(id.as_str());
    query.execute(connection).await.map(drop).map_err(failed)
}
