//! Which experiments run, remembered for a moment, so that an answer waits for no store.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::{Instant, timeout};

use super::{Experiment, Trial};
use crate::{
    ids::{MerchantId, VisitorId},
    ports::Experiments,
    visitor::Visitor,
};

/// How long a change may take until every process answers by it.
const REMEMBERED: Duration = Duration::from_secs(5);
/// How long an answer waits to learn of them.
const PATIENCE: Duration = Duration::from_secs(1);
/// Merchants remembered at most.
const MERCHANTS: usize = 10_000;

/// Tells what experiments make of an answer.
pub struct Trials {
    experiments: Arc<dyn Experiments>,
    known: Mutex<HashMap<MerchantId, (Instant, Arc<[Experiment]>)>>,
}

impl Trials {
    pub fn new(experiments: Arc<dyn Experiments>) -> Self {
        Self { experiments, known: Mutex::default() }
    }

    /// The visitor's trial. Where the store does not answer at once, what was known last holds.
    pub async fn of(&self, merchant: &MerchantId, visitor: &VisitorId) -> Trial {
        let visitor = Visitor::new(merchant, visitor);
        Trial::of(merchant, visitor, &self.kept(merchant).await)
    }

    async fn kept(&self, merchant: &MerchantId) -> Arc<[Experiment]> {
        let now = Instant::now();
        let before = self.known().get(merchant).cloned();
        let last = match before {
            Some((since, known)) if now.duration_since(since) < REMEMBERED => return known,
            Some((_, known)) => known,
            None => Arc::default(),
        };
        let experiments = match timeout(PATIENCE, self.experiments.experiments(merchant)).await {
            Ok(Ok(experiments)) => experiments.into(),
            failed => {
                tracing::warn!(?failed, "which experiments run is not known; the last known hold");
                last
            }
        };
        let mut known = self.known();
        if known.len() >= MERCHANTS {
            known.clear();
        }
        known.insert(merchant.clone(), (now, Arc::clone(&experiments)));
        experiments
    }

    fn known(&self) -> MutexGuard<'_, HashMap<MerchantId, (Instant, Arc<[Experiment]>)>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{MemoryCatalog, sample, told};

    #[tokio::test(start_paused = true)]
    async fn an_experiment_that_begins_is_noticed_within_seconds() {
        let store = Arc::new(MemoryCatalog::default());
        let trials = Trials::new(store.clone());
        let (shop, visitor) = (sample::merchant(), VisitorId::new("v").unwrap());
        assert!(trials.of(&shop, &visitor).await.served.is_empty());
        let experiment = told::experiment("limits", &[1, 1]);
        store.put_experiment(&shop, &experiment).await.unwrap();
        tokio::time::sleep(REMEMBERED).await;
        let served = trials.of(&shop, &visitor).await.served;
        assert_eq!(served.len(), 1);
        assert_eq!(served[0].experiment, experiment.name);
        let other = MerchantId::new("other").unwrap();
        assert!(trials.of(&other, &visitor).await.served.is_empty());
    }
}
