use async_trait::async_trait;

use super::StoreError;
use crate::{
    experiments::{Experiment, ExperimentError},
    ids::{ExperimentName, MerchantId},
};

/// What became of an experiment that was to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExperimentPut {
    New,
    Changed,
    Refused(ExperimentError),
}

/// Experiments, kept next to the catalog.
#[async_trait]
pub trait Experiments: Send + Sync {
    /// Keeps an experiment where it [fits](Experiment::fits) with the merchant's others. One that is
    /// changed was created when it was.
    async fn put_experiment(
        &self,
        merchant: &MerchantId,
        experiment: &Experiment,
    ) -> Result<ExperimentPut, StoreError>;

    /// The merchant's experiments, by name.
    async fn experiments(&self, merchant: &MerchantId) -> Result<Vec<Experiment>, StoreError>;

    /// Forgets an experiment and what was counted for it; answers whether it was there.
    async fn remove_experiment(
        &self,
        merchant: &MerchantId,
        name: &ExperimentName,
    ) -> Result<bool, StoreError>;
}
