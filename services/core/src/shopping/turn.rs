use std::{sync::Arc, time::Duration};

use tracing::{Instrument, info_span};

use crate::{
    admission::{Admission, Busy, Permit},
    ids::MerchantId,
};

/// A request's way to the models: it queues the first time that one of them is needed, and has its
/// place from then on. What needs none never queues.
pub(super) struct Turn {
    admission: Arc<Admission>,
    merchant: MerchantId,
    permit: Option<Permit>,
}

impl Turn {
    pub(super) fn new(admission: &Arc<Admission>, merchant: &MerchantId) -> Self {
        Self { admission: Arc::clone(admission), merchant: merchant.clone(), permit: None }
    }

    /// The permit; waits for it where there is none yet.
    pub(super) async fn permit(&mut self) -> Result<&Permit, Busy> {
        let permit = match self.permit.take() {
            Some(permit) => permit,
            None => self.admission.enter(&self.merchant).instrument(info_span!("queue")).await?,
        };
        Ok(self.permit.insert(permit))
    }

    /// How long was waited for it.
    pub(super) fn waited(&self) -> Duration {
        self.permit.as_ref().map_or(Duration::ZERO, Permit::waited)
    }
}
