//! Experiments.

mod sql;

use async_trait::async_trait;
use vitrine_core::{
    experiments::Experiment,
    ids::{ExperimentName, MerchantId},
    ports::{ExperimentPut, Experiments, StoreError},
    reports::{Count, Family},
};

use super::{Connection, Store, failed, json, parsed};
use crate::sql::Hold;

#[async_trait]
impl Experiments for Store {
    async fn put_experiment(
        &self,
        merchant: &MerchantId,
        experiment: &Experiment,
    ) -> Result<ExperimentPut, StoreError> {
        let mut transaction = self.write(Hold::Events(merchant)).await?;
        let kept = read(&mut transaction, merchant).await?;
        if let Err(error) = experiment.fits(&kept) {
            return Ok(ExperimentPut::Refused(error));
        }
        let before = kept.iter().find(|other| other.name == experiment.name);
        let created = before.map_or(experiment.created, |before| before.created);
        let experiment = Experiment { created, ..experiment.clone() };
        sqlx::query(sql::PUT)
            .bind(merchant.as_str())
            .bind(experiment.name.as_str())
            .bind(json(&experiment)?)
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
        transaction.commit().await.map_err(failed)?;
        Ok(if before.is_some() { ExperimentPut::Changed } else { ExperimentPut::New })
    }

    async fn experiments(&self, merchant: &MerchantId) -> Result<Vec<Experiment>, StoreError> {
        let mut transaction = self.read().await?;
        read(&mut transaction, merchant).await
    }

    async fn remove_experiment(
        &self,
        merchant: &MerchantId,
        name: &ExperimentName,
    ) -> Result<bool, StoreError> {
        let mut transaction = self.write(Hold::Events(merchant)).await?;
        let counted: Vec<String> = sqlx::query_scalar(sql::COUNTED)
            .bind(merchant.as_str())
            .bind(Family::Experiments.id())
            .fetch_all(&mut *transaction)
            .await
            .map_err(failed)?;
        for what in counted {
            if counts_for(&parsed(&what)?, name) {
                sqlx::query(sql::REMOVE_COUNT)
                    .bind(merchant.as_str())
                    .bind(Family::Experiments.id())
                    .bind(what)
                    .execute(&mut *transaction)
                    .await
                    .map_err(failed)?;
            }
        }
        let mut removed = 0;
        for statement in [sql::REMOVE_VISITORS, sql::REMOVE] {
            let done = sqlx::query(statement)
                .bind(merchant.as_str())
                .bind(name.as_str())
                .execute(&mut *transaction)
                .await
                .map_err(failed)?;
            removed = done.rows_affected();
        }
        transaction.commit().await.map_err(failed)?;
        Ok(removed > 0)
    }
}

fn counts_for(count: &Count, name: &ExperimentName) -> bool {
    matches!(count, Count::Visitors(served) | Count::VisitorsWith(served, _)
        if served.experiment == *name)
}

async fn read(
    connection: &mut Connection,
    merchant: &MerchantId,
) -> Result<Vec<Experiment>, StoreError> {
    let experiments: Vec<String> = sqlx::query_scalar(sql::EXPERIMENTS)
        .bind(merchant.as_str())
        .fetch_all(connection)
        .await
        .map_err(failed)?;
    experiments.iter().map(|experiment| parsed(experiment)).collect()
}
