use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::Topic;
use crate::{
    ids::{DeliveryId, MessageId, WebhookId},
    vocabulary::vocabulary,
};

/// How long is waited after each try that failed, before the next: those that Standard Webhooks
/// recommends. After the last one a delivery is dead.
pub const PAUSES: [Duration; 9] = [
    Duration::from_secs(5),
    Duration::from_secs(5 * 60),
    Duration::from_secs(30 * 60),
    Duration::from_secs(2 * 3600),
    Duration::from_secs(5 * 3600),
    Duration::from_secs(10 * 3600),
    Duration::from_secs(14 * 3600),
    Duration::from_secs(20 * 3600),
    Duration::from_secs(24 * 3600),
];

vocabulary! {
    /// Where a delivery is.
    DeliveryState {
        Waiting = "waiting", "to be tried, or tried again";
        Delivered = "delivered", "taken";
        Dead = "dead", "not taken, and not tried any more";
    }
}

/// One message on its way to one webhook.
#[derive(Debug, Clone, PartialEq)]
pub struct Delivery {
    pub id: DeliveryId,
    pub webhook: WebhookId,
    pub message: MessageId,
    pub topic: Topic,
    /// What is sent, each time the same.
    pub body: String,
    pub state: DeliveryState,
    /// Tries so far.
    pub attempts: u32,
    /// When it is tried next, while it waits.
    pub next: Timestamp,
    pub last: Option<Attempt>,
    pub created: Timestamp,
}

/// One try.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Attempt {
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// What was answered; absent where nothing was.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub status: Option<u16>,
    /// Why it was not taken.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub error: Option<String>,
    /// How long the server asked to be left alone, in seconds.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schema(ignore)]
    pub retry_after: Option<u64>,
}

/// What comes of a try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settled {
    Delivered,
    Again(Timestamp),
    Dead,
    /// Nobody listens there any more: nothing is told to the webhook from now on.
    Gone,
}

impl Delivery {
    /// What comes of a try of it.
    pub fn after(&self, attempt: &Attempt) -> Settled {
        match attempt.status {
            Some(200..=299) => return Settled::Delivered,
            Some(410) => return Settled::Gone,
            _ => {}
        }
        let tried = usize::try_from(self.attempts).unwrap_or(usize::MAX);
        let Some(pause) = PAUSES.get(tried) else { return Settled::Dead };
        let asked = Duration::from_secs(attempt.retry_after.unwrap_or_default());
        let pause = SignedDuration::try_from(asked.min(PAUSES[PAUSES.len() - 1]).max(*pause));
        let next = attempt.at.checked_add(pause.unwrap_or(SignedDuration::ZERO));
        Settled::Again(next.unwrap_or(Timestamp::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn delivery(attempts: u32) -> Delivery {
        Delivery {
            id: DeliveryId::now(),
            webhook: WebhookId::now(),
            message: MessageId::now(),
            topic: Topic::LookCompleted,
            body: "{}".into(),
            state: DeliveryState::Waiting,
            attempts,
            next: Timestamp::UNIX_EPOCH,
            last: None,
            created: Timestamp::UNIX_EPOCH,
        }
    }

    fn attempt(status: Option<u16>, retry_after: Option<u64>) -> Attempt {
        Attempt { at: Timestamp::UNIX_EPOCH, status, error: None, retry_after }
    }

    #[test]
    fn it_is_tried_ten_times_in_three_days_and_then_dead() {
        let mut seconds = 0;
        for tried in 0..9 {
            let Settled::Again(next) = delivery(tried).after(&attempt(Some(500), None)) else {
                panic!("it is tried again after {tried}")
            };
            seconds += next.as_second();
        }
        assert_eq!(seconds, 5 + 300 + 1_800 + 3_600 * (2 + 5 + 10 + 14 + 20 + 24));
        assert_eq!(delivery(9).after(&attempt(None, None)), Settled::Dead);
    }

    #[test]
    fn only_a_2xx_is_taken_and_410_is_for_good() {
        for status in [200, 202, 204] {
            assert_eq!(delivery(0).after(&attempt(Some(status), None)), Settled::Delivered);
        }
        assert_eq!(delivery(0).after(&attempt(Some(410), None)), Settled::Gone);
        for status in [301, 400, 404, 429, 503] {
            let settled = delivery(0).after(&attempt(Some(status), None));
            assert!(matches!(settled, Settled::Again(_)), "{status}");
        }
    }

    #[test]
    fn a_server_that_asks_for_more_time_gets_it() {
        let next = |retry_after| match delivery(0).after(&attempt(Some(429), Some(retry_after))) {
            Settled::Again(next) => next.as_second(),
            other => panic!("{other:?}"),
        };
        assert_eq!((next(1), next(90), next(u64::MAX)), (5, 90, 24 * 3_600));
    }
}
