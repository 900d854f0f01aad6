//! What it takes to count what came of answers.

use std::sync::Arc;

use crate::{
    experiments::Trials,
    ports::{Customers, Events, Experiments},
};

/// Events, customers and experiments, as the door sees them.
#[derive(Clone)]
pub struct Measuring {
    pub events: Arc<dyn Events>,
    pub customers: Arc<dyn Customers>,
    pub experiments: Arc<dyn Experiments>,
    pub trials: Arc<Trials>,
}

impl Measuring {
    /// Of one store that keeps all of them.
    pub fn new<S: Events + Customers + Experiments + 'static>(store: Arc<S>) -> Self {
        let trials = Arc::new(Trials::new(store.clone()));
        Self { events: store.clone(), customers: store.clone(), experiments: store, trials }
    }
}
