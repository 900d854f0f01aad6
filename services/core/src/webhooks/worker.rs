//! Sending what is on its way.

use std::{sync::Arc, time::Duration};

use futures::{StreamExt, stream::FuturesUnordered};
use jiff::Timestamp;
use tokio::time::Instant;

use super::{Attempt, Settled, signature};
use crate::ports::{DueDelivery, Post, Posted, StoreError, Tell, Webhooks};

/// Tries at once in this process, and at once to one webhook by all processes: one that is slow
/// takes no room from others.
const AT_ONCE: usize = 64;
const AT_ONCE_TO_ONE: usize = 4;
/// How often it is looked whether something is due.
const LOOK: Duration = Duration::from_secs(1);
/// How long a try may be held; longer than it can take.
const HOLD: Duration = Duration::from_secs(60);
/// How long what came to its end can be looked at and sent again, and how often that is seen to.
const KEPT: Duration = Duration::from_secs(30 * 24 * 3600);
const TIDY: Duration = Duration::from_secs(3600);
const TIDIED_AT_ONCE: usize = 2_000;

/// Sends what is on its way to webhooks. Several processes may do so: no delivery is tried by two at
/// once. One whose process dies is tried again by another after a minute.
pub struct WebhookWorker {
    pub webhooks: Arc<dyn Webhooks>,
    pub tell: Arc<dyn Tell>,
}

impl WebhookWorker {
    /// Sends for as long as it is polled.
    pub async fn run(&self) {
        let mut trying = FuturesUnordered::new();
        let mut tidied: Option<Instant> = None;
        loop {
            let room = AT_ONCE - trying.len();
            let due = self.webhooks.due_deliveries(AT_ONCE_TO_ONE, room, HOLD).await;
            match due {
                Ok(due) => trying.extend(due.into_iter().map(|due| self.try_once(due))),
                Err(error) => tracing::warn!(%error, "what is due to webhooks can not be read"),
            }
            if tidied.is_none_or(|at| at.elapsed() >= TIDY) {
                if let Err(error) = self.webhooks.forget_deliveries(KEPT, TIDIED_AT_ONCE).await {
                    tracing::warn!(%error, "old deliveries can not be forgotten");
                }
                tidied = Some(Instant::now());
            }
            tokio::select! {
                Some(()) = trying.next(), if !trying.is_empty() => {}
                () = tokio::time::sleep(LOOK) => {}
            }
        }
    }

    /// Sends all that is due now, and waits until it is settled; answers how many were tried.
    pub async fn send_due(&self) -> Result<usize, StoreError> {
        let due = self.webhooks.due_deliveries(AT_ONCE_TO_ONE, AT_ONCE, HOLD).await?;
        let tried = due.len();
        futures::future::join_all(due.into_iter().map(|due| self.try_once(due))).await;
        Ok(tried)
    }

    async fn try_once(&self, due: DueDelivery) {
        let at = Timestamp::now();
        let told = self.tell.post(&post(&due, at)).await;
        let attempt = match told {
            Ok(Posted { status: status @ 200..=299, .. }) => {
                Attempt { at, status: Some(status), error: None, retry_after: None }
            }
            Ok(Posted { status, retry_after }) => {
                let error = Some(format!("{} answered {status}", due.webhook.url.host()));
                let retry_after = retry_after.map(|wait| wait.as_secs());
                Attempt { at, status: Some(status), error, retry_after }
            }
            Err(error) => {
                Attempt { at, status: None, error: Some(error.to_string()), retry_after: None }
            }
        };
        let settled = due.delivery.after(&attempt);
        match settled {
            Settled::Delivered => tracing::debug!(delivery = %due.delivery.id, "delivered"),
            Settled::Again(next) => {
                tracing::info!(delivery = %due.delivery.id, error = ?attempt.error, %next, "a webhook is tried again");
            }
            Settled::Dead => {
                tracing::warn!(delivery = %due.delivery.id, error = ?attempt.error, "a delivery is dead");
            }
            Settled::Gone => {
                tracing::warn!(webhook = %due.webhook.id, "a webhook is gone and is told nothing more");
            }
        }
        if let Err(error) = self.webhooks.settle(&due, &attempt, settled).await {
            tracing::warn!(%error, "a try is not noted; it will be made again");
        }
    }
}

/// The request: its headers are those of Standard Webhooks.
fn post(due: &DueDelivery, now: Timestamp) -> Post {
    let (id, seconds) = (due.delivery.message.header(), now.as_second());
    let body = due.delivery.body.clone();
    let signature = signature(due.webhook.secrets(now), &id, seconds, &body);
    Post {
        address: due.webhook.url.clone(),
        headers: vec![
            ("webhook-id", id),
            ("webhook-timestamp", seconds.to_string()),
            ("webhook-signature", signature),
        ],
        body,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{
        address::WebAddress,
        ids::{MerchantId, MessageId},
        ports::FetchError,
        testing::{FakeTell, MemoryCatalog, sample},
        webhooks::{Delivery, DeliveryState, Message, Standing, Topic, Webhook, WebhookSecret},
    };

    struct Told {
        store: Arc<MemoryCatalog>,
        tell: Arc<FakeTell>,
        worker: WebhookWorker,
        webhook: Webhook,
    }

    async fn told(messages: usize) -> Told {
        let (store, tell) = (Arc::new(MemoryCatalog::default()), Arc::new(FakeTell::default()));
        let url = WebAddress::parse("https://shop.example/hook").unwrap();
        let secret = WebhookSecret::new([1; 32]);
        let webhook = Webhook::new(url, vec![Topic::LookCompleted], secret);
        store.create_webhook(&merchant(), &webhook).await.unwrap();
        let messages: Vec<Message> = (0..messages)
            .map(|number| Message {
                id: MessageId::now(),
                topic: Topic::LookCompleted,
                at: Timestamp::now(),
                data: json!({"number": number}),
            })
            .collect();
        store.tell(&merchant(), &messages).await.unwrap();
        let worker = WebhookWorker { webhooks: store.clone(), tell: tell.clone() };
        Told { store, tell, worker, webhook }
    }

    fn merchant() -> MerchantId {
        sample::merchant()
    }

    impl Told {
        async fn deliveries(&self) -> Vec<Delivery> {
            let merchant = merchant();
            let all = self.store.deliveries(&merchant, self.webhook.id, None, None, 100);
            all.await.unwrap()
        }
    }

    #[tokio::test]
    async fn a_message_is_sent_signed_and_once() {
        let told = told(1).await;
        assert_eq!(told.worker.send_due().await.unwrap(), 1);
        assert_eq!(told.worker.send_due().await.unwrap(), 0);
        let [post] = &told.tell.posts()[..] else { panic!("one is sent") };
        let header = |name| &post.headers.iter().find(|(known, _)| *known == name).unwrap().1;
        let [delivery] = &told.deliveries().await[..] else { panic!("one is kept") };
        assert_eq!(*header("webhook-id"), delivery.message.header());
        let seconds: i64 = header("webhook-timestamp").parse().unwrap();
        let secret = [&told.webhook.secret];
        let expected = signature(secret.into_iter(), header("webhook-id"), seconds, &delivery.body);
        assert_eq!(*header("webhook-signature"), expected);
        assert_eq!((&post.address, &post.body), (&told.webhook.url, &delivery.body));
        assert_eq!(delivery.state, DeliveryState::Delivered);
    }

    #[tokio::test]
    async fn both_secrets_sign_while_one_takes_the_others_place() {
        let mut told = told(1).await;
        told.webhook.rotate(WebhookSecret::new([2; 32]));
        told.store.change_webhook(&merchant(), &told.webhook).await.unwrap();
        told.worker.send_due().await.unwrap();
        let post = told.tell.posts().remove(0);
        let signed = &post.headers.iter().find(|(name, _)| *name == "webhook-signature").unwrap().1;
        assert_eq!(signed.split(' ').filter(|one| one.starts_with("v1,")).count(), 2);
    }

    #[tokio::test]
    async fn what_is_not_taken_is_told_with_why_and_comes_again() {
        let told = told(2).await;
        told.tell.answer(Ok(Posted { status: 500, retry_after: None }));
        let host = || "shop.example".to_owned();
        told.tell.answer(Err(FetchError::Unresolvable { host: host() }));
        assert_eq!(told.worker.send_due().await.unwrap(), 2);
        for delivery in told.deliveries().await {
            assert_eq!((delivery.state, delivery.attempts), (DeliveryState::Waiting, 1));
            let error = delivery.last.unwrap().error.unwrap();
            assert!(error.contains("shop.example"), "{error}");
            let wait = delivery.next.duration_since(Timestamp::now()).as_secs_f64();
            assert!((3.0..=5.0).contains(&wait), "{wait}");
        }
        assert_eq!(told.worker.send_due().await.unwrap(), 0, "not yet");
    }

    #[tokio::test]
    async fn a_server_that_is_gone_is_told_nothing_more() {
        let told = told(6).await;
        told.tell.answer(Ok(Posted { status: 410, retry_after: None }));
        told.worker.send_due().await.unwrap();
        let webhook = told.store.webhook(&merchant(), told.webhook.id).await.unwrap().unwrap();
        assert_eq!(webhook.standing, Standing::Gone);
        assert_eq!(told.worker.send_due().await.unwrap(), 0);
        assert!(told.tell.posts().len() < 6, "what waited is not sent");
    }
}
