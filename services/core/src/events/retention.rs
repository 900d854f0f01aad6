//! Removing what is older than it may be kept.

use std::{sync::Arc, time::Duration};

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::TOLD_WITHIN;
use crate::ports::{Conversations, Duties, DutyError, Events};

/// The name that the duty is kept under.
const RETENTION: &str = "retention";
const PERIOD: Duration = Duration::from_secs(3_600);
/// How long the duty is held; each batch is done well within it.
const LEASE: Duration = Duration::from_secs(60);
/// Rows of each kind that are removed in one transaction.
const BATCH: usize = 2_000;

/// Removes raw events, and what is known of single answers, once they are too old, while what they
/// counted for stays counted; and conversations in which nobody said anything for long.
pub struct Retention {
    events: Arc<dyn Events>,
    conversations: Arc<dyn Conversations>,
    duties: Arc<dyn Duties>,
    keep: SignedDuration,
    quiet: Duration,
}

impl Retention {
    /// Keeps events for as many days, and for longer than they may be told late, and conversations
    /// for as many days after their last message.
    pub fn new(
        events: Arc<dyn Events>,
        conversations: Arc<dyn Conversations>,
        duties: Arc<dyn Duties>,
        keep_days: u32,
        quiet_days: u32,
    ) -> Self {
        let keep = SignedDuration::from_hours(24 * i64::from(keep_days));
        let least = TOLD_WITHIN + SignedDuration::from_hours(24);
        let quiet = Duration::from_secs(24 * 60 * 60 * u64::from(quiet_days));
        Self { events, conversations, duties, keep: keep.max(least), quiet }
    }

    /// Removes every hour, for as long as it is polled.
    pub async fn run(&self) {
        loop {
            match self.once().await {
                Ok(0) => {}
                Ok(removed) => tracing::info!(removed, "what was too old is removed"),
                Err(error) => tracing::warn!(%error, "what is too old is not removed yet"),
            }
            tokio::time::sleep(PERIOD).await;
        }
    }

    /// Removes what is too old now, unless another process does; answers how much.
    pub async fn once(&self) -> Result<u64, DutyError> {
        let holder = Uuid::now_v7().to_string();
        let Some(duty) = self.duties.take(RETENTION, &holder, LEASE).await? else { return Ok(0) };
        let before = Timestamp::now().saturating_sub(self.keep).unwrap_or(Timestamp::MIN);
        let mut removed = 0;
        loop {
            let batch = self.events.expire(before, BATCH).await?
                + self.conversations.forget_conversations(self.quiet, BATCH).await?;
            removed += batch;
            if batch == 0 {
                break;
            }
            self.duties.hold(&duty, LEASE).await?;
        }
        self.duties.release(&duty).await?;
        Ok(removed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        conversation::Conversation,
        ports::{Conversations, Duties},
        testing::{MemoryCatalog, sample, told},
    };

    fn retention(store: &Arc<MemoryCatalog>, keep_days: u32) -> Retention {
        Retention::new(store.clone(), store.clone(), store.clone(), keep_days, 30)
    }

    async fn with_old_events() -> Arc<MemoryCatalog> {
        let store = Arc::new(MemoryCatalog::default());
        let old = SignedDuration::from_hours(24 * 32);
        let events = ["a", "b", "c"].map(|id| {
            let mut event = told::purchase(id);
            event.at = Timestamp::now() - if id == "c" { SignedDuration::ZERO } else { old };
            event
        });
        store.take_events(&sample::merchant(), events.to_vec()).await.unwrap();
        store
    }

    #[tokio::test]
    async fn what_is_too_old_is_removed_by_one_process() {
        let store = with_old_events().await;
        let retention = retention(&store, 1);
        let quiet = |days: i32| {
            let mut quiet = Conversation::new("api");
            quiet.updated = Timestamp::now() - SignedDuration::from_hours(24 * i64::from(days));
            quiet
        };
        for days in [29, 31] {
            store.create_conversation(&sample::merchant(), &quiet(days)).await.unwrap();
        }
        let other = store.take(RETENTION, "other", LEASE).await.unwrap().unwrap();
        assert_eq!(retention.once().await, Ok(0), "another has the duty");
        store.release(&other).await.unwrap();
        assert_eq!(retention.once().await, Ok(3), "two events and a conversation");
        assert_eq!(retention.once().await, Ok(0), "the new one stays");
    }

    #[tokio::test]
    async fn events_are_kept_for_longer_than_they_may_be_told_late() {
        let store = Arc::new(MemoryCatalog::default());
        let mut event = told::purchase("a");
        event.at = Timestamp::now() - TOLD_WITHIN;
        store.take_events(&sample::merchant(), vec![event.clone()]).await.unwrap();
        assert_eq!(retention(&store, 0).once().await, Ok(0));
        let again = store.take_events(&sample::merchant(), vec![event]).await.unwrap();
        assert_eq!((again.new, again.repeated), (0, 1));
    }
}
