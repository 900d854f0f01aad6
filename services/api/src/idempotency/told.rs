//! Answers that are told again to whoever names the same thing again, without the rest of a request.

use vitrine_core::{holding::Holding, ports::StoreError};

use super::{COME_BACK, Idempotency, KEPT};
use crate::{problem::Problem, problems::Code};

impl Idempotency {
    /// What was answered under this name, if anything was.
    pub(crate) async fn told(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.records.get(name).await
    }

    /// What was answered under this name, or else what `answer` gives, which is kept; the second says
    /// whether it was answered before. One at a time: others are told to come back.
    pub(crate) async fn tell_once(
        &self,
        name: &str,
        answer: impl Future<Output = Result<Vec<u8>, Problem>>,
    ) -> Result<(Vec<u8>, bool), Problem> {
        let Some(holding) = Holding::take(&self.locks, name).await? else {
            return Err(Problem::of(Code::IdempotencyInFlight).retry_after(COME_BACK));
        };
        let told = match self.told(name).await {
            Ok(Some(told)) => Ok((told, true)),
            Ok(None) => answer.await.map(|told| (told, false)),
            Err(error) => Err(error.into()),
        };
        if let Ok((told, false)) = &told
            && let Err(error) = self.records.put(name, told.clone(), KEPT).await
        {
            tracing::warn!(%error, "an answer is not kept for who asks for it again");
        }
        holding.end().await;
        told
    }
}
