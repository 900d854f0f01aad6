use std::time::Duration;

use async_trait::async_trait;
use vitrine_core::ports::{Fetch, FetchError, FetchRequest, Fetched};

use crate::settings::{OutboundSettings, Times};

/// The wait before the second try; each further one is twice as long.
const FIRST_WAIT: Duration = Duration::from_millis(500);

/// Tries again what failed for a reason that passes. Once a body was handed out, its reader knows
/// better than we do what to do about its end.
pub(crate) struct Retrying<F> {
    inner: F,
    settings: OutboundSettings,
}

impl<F> Retrying<F> {
    pub(crate) fn new(inner: F, settings: &OutboundSettings) -> Self {
        Self { inner, settings: settings.clone() }
    }

    /// How long to wait after this failed try, counted from 1; `None` to give up.
    fn wait(&self, tried: u32, request: &FetchRequest, error: &FetchError) -> Option<Duration> {
        let Times { tries, longest_wait: longest, .. } = self.settings.times(request.patience);
        if tried >= tries || !error.is_transient() {
            return None;
        }
        let asked = error.retry_after().unwrap_or_default();
        if asked > longest {
            return None;
        }
        let doubled = FIRST_WAIT.saturating_mul(1 << (tried - 1).min(16)).min(longest);
        // Half of it by chance, so that what failed together does not come again together.
        Some(asked.max(doubled.mul_f64(rand::random_range(0.5..=1.0))))
    }
}

#[async_trait]
impl<F: Fetch> Fetch for Retrying<F> {
    async fn fetch(&self, request: &FetchRequest) -> Result<Fetched, FetchError> {
        let mut tried = 1;
        loop {
            let error = match self.inner.fetch(request).await {
                Ok(fetched) => return Ok(fetched),
                Err(error) => error,
            };
            let Some(wait) = self.wait(tried, request, &error) else { return Err(error) };
            tracing::debug!(%error, tried, ?wait, "trying again");
            tokio::time::sleep(wait).await;
            tried += 1;
        }
    }
}

#[cfg(test)]
mod tests;
