use std::time::Duration;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};

use super::memory_catalog::{MemoryCatalog, State};
use crate::{
    ids::{DeliveryId, MerchantId, WebhookId},
    ports::{DueDelivery, StoreError, Webhooks},
    webhooks::{
        Attempt, Delivery, DeliveryState, MAX_WEBHOOKS, Message, Settled, Standing, Webhook,
    },
};

/// Webhooks and deliveries in lists.
#[derive(Debug, Default)]
pub(super) struct Hooks {
    webhooks: Vec<(MerchantId, Webhook)>,
    deliveries: Vec<Kept>,
}

#[derive(Debug)]
struct Kept {
    merchant: MerchantId,
    delivery: Delivery,
    held_until: Timestamp,
}

impl Hooks {
    fn find(&self, merchant: &MerchantId, id: WebhookId) -> Option<&Webhook> {
        let mut all = self.webhooks.iter();
        all.find(|(of, webhook)| of == merchant && webhook.id == id).map(|(_, webhook)| webhook)
    }

    fn find_mut(&mut self, merchant: &MerchantId, id: WebhookId) -> Option<&mut Webhook> {
        let mut all = self.webhooks.iter_mut();
        all.find(|(of, webhook)| of == merchant && webhook.id == id).map(|(_, webhook)| webhook)
    }
}

impl State {
    pub(super) fn tell(&mut self, merchant: &MerchantId, messages: &[Message]) {
        let Hooks { webhooks, deliveries } = &mut self.hooks;
        for message in messages {
            for (_, webhook) in webhooks.iter().filter(|(of, _)| of == merchant) {
                let is_known = deliveries.iter().any(|kept| {
                    kept.delivery.webhook == webhook.id && kept.delivery.message == message.id
                });
                if !webhook.hears(message.topic) || is_known {
                    continue;
                }
                let now = Timestamp::now();
                let delivery = Delivery {
                    id: DeliveryId::now(),
                    webhook: webhook.id,
                    message: message.id,
                    topic: message.topic,
                    body: message.body(),
                    state: DeliveryState::Waiting,
                    attempts: 0,
                    next: now,
                    last: None,
                    created: now,
                };
                let merchant = merchant.clone();
                deliveries.push(Kept { merchant, delivery, held_until: Timestamp::UNIX_EPOCH });
            }
        }
    }
}

fn later(by: Duration) -> Timestamp {
    let by = SignedDuration::try_from(by).unwrap_or(SignedDuration::MAX);
    Timestamp::now().checked_add(by).unwrap_or(Timestamp::MAX)
}

#[async_trait]
impl Webhooks for MemoryCatalog {
    async fn create_webhook(
        &self,
        merchant: &MerchantId,
        webhook: &Webhook,
    ) -> Result<bool, StoreError> {
        let hooks = &mut self.state().hooks;
        let has = hooks.webhooks.iter().filter(|(of, _)| of == merchant).count();
        if has < MAX_WEBHOOKS {
            hooks.webhooks.push((merchant.clone(), webhook.clone()));
        }
        Ok(has < MAX_WEBHOOKS)
    }

    async fn webhook(
        &self,
        merchant: &MerchantId,
        id: WebhookId,
    ) -> Result<Option<Webhook>, StoreError> {
        Ok(self.state().hooks.find(merchant, id).cloned())
    }

    async fn webhooks(&self, merchant: &MerchantId) -> Result<Vec<Webhook>, StoreError> {
        let state = self.state();
        let own = state.hooks.webhooks.iter().filter(|(of, _)| of == merchant);
        Ok(own.map(|(_, webhook)| webhook.clone()).collect())
    }

    async fn change_webhook(
        &self,
        merchant: &MerchantId,
        webhook: &Webhook,
    ) -> Result<bool, StoreError> {
        let mut state = self.state();
        let known = state.hooks.find_mut(merchant, webhook.id);
        Ok(known.map(|known| *known = webhook.clone()).is_some())
    }

    async fn remove_webhook(
        &self,
        merchant: &MerchantId,
        id: WebhookId,
    ) -> Result<bool, StoreError> {
        let hooks = &mut self.state().hooks;
        if hooks.find(merchant, id).is_none() {
            return Ok(false);
        }
        hooks.webhooks.retain(|(_, webhook)| webhook.id != id);
        hooks.deliveries.retain(|kept| kept.delivery.webhook != id);
        Ok(true)
    }

    async fn tell(&self, merchant: &MerchantId, messages: &[Message]) -> Result<(), StoreError> {
        self.state().tell(merchant, messages);
        Ok(())
    }

    async fn due_deliveries(
        &self,
        at_once: usize,
        most: usize,
        hold: Duration,
    ) -> Result<Vec<DueDelivery>, StoreError> {
        let Hooks { webhooks, deliveries } = &mut self.state().hooks;
        let now = Timestamp::now();
        let mut order: Vec<usize> = (0..deliveries.len()).collect();
        order.sort_by_key(|at| (deliveries[*at].delivery.next, deliveries[*at].delivery.id));
        let mut due = Vec::new();
        for at in order {
            let (id, state) = (deliveries[at].delivery.webhook, deliveries[at].delivery.state);
            let held = deliveries.iter().filter(|kept| {
                kept.delivery.webhook == id
                    && kept.delivery.state == DeliveryState::Waiting
                    && kept.held_until > now
            });
            let is_full = held.count() >= at_once || due.len() >= most;
            let kept = &mut deliveries[at];
            let is_due = kept.delivery.next <= now && kept.held_until <= now;
            let webhook = webhooks.iter().find(|(_, webhook)| webhook.id == id);
            let webhook = webhook.filter(|(_, webhook)| webhook.standing == Standing::Enabled);
            let Some((merchant, webhook)) = webhook else { continue };
            if state != DeliveryState::Waiting || is_full || !is_due {
                continue;
            }
            kept.held_until = later(hold);
            due.push(DueDelivery {
                merchant: merchant.clone(),
                webhook: webhook.clone(),
                delivery: kept.delivery.clone(),
            });
        }
        Ok(due)
    }

    async fn settle(
        &self,
        due: &DueDelivery,
        attempt: &Attempt,
        settled: Settled,
    ) -> Result<(), StoreError> {
        let hooks = &mut self.state().hooks;
        let tried = hooks.deliveries.iter_mut().find(|kept| {
            let Delivery { id, state, attempts, next, .. } = &kept.delivery;
            let asked = &due.delivery;
            *id == asked.id
                && *state == DeliveryState::Waiting
                && (*attempts, *next) == (asked.attempts, asked.next)
        });
        let Some(kept) = tried else { return Ok(()) };
        kept.delivery.attempts += 1;
        kept.delivery.last = Some(attempt.clone());
        kept.held_until = Timestamp::UNIX_EPOCH;
        match settled {
            Settled::Delivered => kept.delivery.state = DeliveryState::Delivered,
            Settled::Again(next) => kept.delivery.next = next,
            Settled::Dead | Settled::Gone => kept.delivery.state = DeliveryState::Dead,
        }
        if settled == Settled::Gone {
            let id = due.webhook.id;
            if let Some(webhook) = hooks.find_mut(&due.merchant, id) {
                webhook.standing = Standing::Gone;
            }
            let waiting = hooks.deliveries.iter_mut().map(|kept| &mut kept.delivery);
            waiting
                .filter(|one| one.webhook == id && one.state == DeliveryState::Waiting)
                .for_each(|one| one.state = DeliveryState::Dead);
        }
        Ok(())
    }

    async fn deliveries(
        &self,
        merchant: &MerchantId,
        webhook: WebhookId,
        state: Option<DeliveryState>,
        before: Option<DeliveryId>,
        limit: usize,
    ) -> Result<Vec<Delivery>, StoreError> {
        let all = self.state();
        let mut own: Vec<Delivery> = all
            .hooks
            .deliveries
            .iter()
            .filter(|kept| kept.merchant == *merchant && kept.delivery.webhook == webhook)
            .map(|kept| kept.delivery.clone())
            .filter(|one| state.is_none_or(|state| one.state == state))
            .filter(|one| before.is_none_or(|before| one.id < before))
            .collect();
        own.sort_by_key(|one| std::cmp::Reverse(one.id));
        own.truncate(limit);
        Ok(own)
    }

    async fn replay(
        &self,
        merchant: &MerchantId,
        webhook: WebhookId,
        delivery: Option<DeliveryId>,
    ) -> Result<u64, StoreError> {
        let deliveries = &mut self.state().hooks.deliveries;
        let mut replayed = 0;
        for kept in deliveries.iter_mut().filter(|kept| kept.merchant == *merchant) {
            let one = &mut kept.delivery;
            let is_meant = match delivery {
                Some(id) => one.id == id,
                None => one.state == DeliveryState::Dead,
            };
            if one.webhook == webhook && is_meant {
                (one.state, one.attempts) = (DeliveryState::Waiting, 0);
                (one.next, kept.held_until) = (Timestamp::now(), Timestamp::UNIX_EPOCH);
                replayed += 1;
            }
        }
        Ok(replayed)
    }

    async fn forget_deliveries(&self, older: Duration, limit: usize) -> Result<u64, StoreError> {
        let deliveries = &mut self.state().hooks.deliveries;
        let (before, now) = (deliveries.len(), Timestamp::now());
        let mut left = limit;
        deliveries.retain(|kept| {
            let is_old = now.duration_since(kept.delivery.created).unsigned_abs() >= older;
            let goes = kept.delivery.state != DeliveryState::Waiting && is_old && left > 0;
            left -= usize::from(goes);
            !goes
        });
        Ok((before - deliveries.len()) as u64)
    }
}
