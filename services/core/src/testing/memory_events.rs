//! Events, customers and experiments in lists; what is counted is counted anew each time.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

use async_trait::async_trait;
use jiff::Timestamp;

use super::memory_catalog::MemoryCatalog;
use crate::{
    answers::{AnswerId, AnswerRecord},
    events::{Event, EventKind, Taken},
    experiments::{Experiment, Served},
    ids::{CustomerId, EventId, ExperimentName, MerchantId, OrderId, ProductId},
    ports::{Customers, Events, ExperimentPut, Experiments, StoreError},
    profile::Profile,
    reports::{Count, Counts, Day, Days, Family},
    visitor::Visitor,
    webhooks::Message,
};

#[derive(Debug, Default)]
pub(super) struct Measured {
    answers: Vec<(MerchantId, AnswerRecord, Kept)>,
    events: BTreeMap<(MerchantId, EventId), (Event, Kept)>,
    customers: BTreeMap<(MerchantId, CustomerId), Profile>,
    experiments: BTreeMap<(MerchantId, ExperimentName), Experiment>,
    refuses_answers: bool,
}

/// Whether it is still kept by itself, or only what it counted for.
type Kept = bool;

impl MemoryCatalog {
    /// Whether answers can not be noted from now on.
    pub fn refuse_answers(&self, refuse: bool) {
        self.state().measured.refuses_answers = refuse;
    }
}

impl Measured {
    fn counted(&self, merchant: &MerchantId) -> Counts {
        let mut counts = Counts::default();
        let events: Vec<&Event> = self
            .events
            .iter()
            .filter(|((of, _), _)| of == merchant)
            .map(|(_, (event, _))| event)
            .collect();
        let mut visits: BTreeMap<(ExperimentName, Visitor), Visit> = BTreeMap::new();
        for (_, answer, _) in self.answers.iter().filter(|(of, ..)| of == merchant) {
            counts.add_answer(answer);
            let kinds: BTreeSet<EventKind> = events
                .iter()
                .filter(|event| event.answer == Some(answer.id))
                .map(|event| event.kind)
                .collect();
            for kind in &kinds {
                let count = Count::AnswersWith(answer.id.kind(), *kind);
                counts.add(Day::of(answer.at), count, 1);
            }
            let Some(visitor) = &answer.visitor else { continue };
            for served in &answer.served {
                let key = (served.experiment.clone(), visitor.clone());
                let new =
                    || Visit { served: served.clone(), since: answer.at, answers: BTreeSet::new() };
                visits.entry(key).or_insert_with(new).answers.insert(answer.id);
            }
        }
        for ((_, visitor), visit) in visits {
            let day = Day::of(visit.since);
            counts.add(day, Count::Visitors(visit.served.clone()), 1);
            let theirs = |event: &&&Event| {
                event.answer.is_some_and(|answer| visit.answers.contains(&answer))
                    || event.visitor.as_ref() == Some(&visitor) && event.at >= visit.since
            };
            let kinds: BTreeSet<EventKind> =
                events.iter().filter(theirs).map(|event| event.kind).collect();
            for kind in kinds {
                counts.add(day, Count::VisitorsWith(visit.served.clone(), kind), 1);
            }
        }
        events.iter().for_each(|event| counts.add_event(event));
        counts
    }

    /// Parts events from a customer.
    fn part(&mut self, merchant: &MerchantId, id: &CustomerId) {
        let theirs = self.events.iter_mut().filter(|((of, _), _)| of == merchant);
        for (_, (event, _)) in theirs {
            if event.customer.as_ref() == Some(id) {
                event.customer = None;
            }
        }
    }
}

/// A visitor under an experiment.
struct Visit {
    served: Served,
    since: Timestamp,
    answers: BTreeSet<AnswerId>,
}

#[async_trait]
impl Events for MemoryCatalog {
    async fn take_events(
        &self,
        merchant: &MerchantId,
        events: Vec<Event>,
    ) -> Result<Taken, StoreError> {
        let mut state = self.state();
        let measured = &mut state.measured;
        let mut taken = Taken::default();
        for mut event in events {
            let key = (merchant.clone(), event.id.clone());
            if measured.events.contains_key(&key) {
                taken.repeated += 1;
                continue;
            }
            let agreed = |id: &CustomerId| {
                let customer = measured.customers.get(&(merchant.clone(), id.clone()));
                customer.is_some_and(|customer| customer.agreed_at(event.at))
            };
            event.customer = event.customer.filter(agreed);
            measured.events.insert(key, (event, true));
            taken.new += 1;
        }
        Ok(taken)
    }

    async fn note_answers(
        &self,
        merchant: &MerchantId,
        answers: &[AnswerRecord],
    ) -> Result<(), StoreError> {
        let mut state = self.state();
        let measured = &mut state.measured;
        if measured.refuses_answers {
            let detail = "told to refuse".to_owned();
            return Err(StoreError::Unavailable { store: "the events in lists", detail });
        }
        let mut known: BTreeSet<AnswerId> = measured
            .answers
            .iter()
            .filter(|(of, ..)| of == merchant)
            .map(|(_, answer, _)| answer.id)
            .collect();
        let mut messages = Vec::new();
        for answer in answers {
            if known.insert(answer.id) {
                measured.answers.push((merchant.clone(), answer.clone(), true));
                messages.extend(Message::of_answer(answer));
            }
        }
        state.tell(merchant, &messages);
        Ok(())
    }

    async fn counts(
        &self,
        merchant: &MerchantId,
        family: Family,
        days: Days,
    ) -> Result<Vec<(Count, u64)>, StoreError> {
        let mut sums: BTreeMap<Count, u64> = BTreeMap::new();
        for (_, count, many) in self.counts_by_day(merchant, family, days).await? {
            *sums.entry(count).or_default() += many;
        }
        Ok(sums.into_iter().collect())
    }

    async fn counts_by_day(
        &self,
        merchant: &MerchantId,
        family: Family,
        days: Days,
    ) -> Result<Vec<(Day, Count, u64)>, StoreError> {
        let counts = self.state().measured.counted(merchant);
        let asked = counts
            .iter()
            .filter(|(day, count, _)| {
                (days.first..=days.last).contains(day) && count.family() == family
            })
            .map(|(day, count, many)| (day, count.clone(), many));
        Ok(asked.collect())
    }

    async fn bought_with(
        &self,
        merchant: &MerchantId,
        product: &ProductId,
        least: u64,
        limit: usize,
    ) -> Result<Vec<(ProductId, u64)>, StoreError> {
        let state = self.state();
        let bought: Vec<(&OrderId, &ProductId)> = state
            .measured
            .events
            .iter()
            .filter(|((of, _), (_, kept))| of == merchant && *kept)
            .filter_map(|(_, (event, _))| event.order.as_ref().zip(event.product.as_ref()))
            .collect();
        let orders: BTreeSet<&OrderId> =
            bought.iter().filter(|(_, id)| *id == product).map(|(order, _)| *order).collect();
        let mut with: BTreeMap<&ProductId, BTreeSet<&OrderId>> = BTreeMap::new();
        for (order, id) in bought {
            if id != product && orders.contains(order) {
                with.entry(id).or_default().insert(order);
            }
        }
        let many = with.into_iter().map(|(id, orders)| (id.clone(), orders.len() as u64));
        let mut many: Vec<(ProductId, u64)> = many.filter(|(_, many)| *many >= least).collect();
        many.sort_by_key(|(_, many)| Reverse(*many));
        many.truncate(limit);
        Ok(many)
    }

    async fn expire(&self, before: Timestamp, limit: usize) -> Result<u64, StoreError> {
        let mut state = self.state();
        let measured = &mut state.measured;
        let events = measured.events.values_mut().map(|(event, kept)| (event.at, kept));
        let answers = measured.answers.iter_mut().map(|(_, answer, kept)| (answer.at, kept));
        let mut removed = 0;
        for (_, kept) in events.chain(answers).filter(|(at, _)| *at < before) {
            if *kept && removed < limit as u64 {
                *kept = false;
                removed += 1;
            }
        }
        Ok(removed)
    }
}

#[async_trait]
impl Customers for MemoryCatalog {
    async fn put_customer(
        &self,
        merchant: &MerchantId,
        customer: &Profile,
    ) -> Result<bool, StoreError> {
        let mut state = self.state();
        let measured = &mut state.measured;
        let key = (merchant.clone(), customer.id.clone());
        let before = measured.customers.get(&key);
        let agreed =
            customer.agreed.map(|agreed| before.and_then(|before| before.agreed).unwrap_or(agreed));
        if agreed.is_none() {
            measured.part(merchant, &customer.id);
        }
        let customer = Profile { agreed, ..customer.clone() };
        Ok(measured.customers.insert(key, customer).is_none())
    }

    async fn customer(
        &self,
        merchant: &MerchantId,
        id: &CustomerId,
    ) -> Result<Option<Profile>, StoreError> {
        let key = (merchant.clone(), id.clone());
        Ok(self.state().measured.customers.get(&key).cloned())
    }

    async fn customer_events(
        &self,
        merchant: &MerchantId,
        id: &CustomerId,
    ) -> Result<Vec<Event>, StoreError> {
        let state = self.state();
        let measured = &state.measured;
        let mut events: Vec<Event> = measured
            .events
            .iter()
            .filter(|((of, _), (event, kept))| {
                of == merchant && *kept && event.customer.as_ref() == Some(id)
            })
            .map(|(_, (event, _))| event.clone())
            .collect();
        events.sort_by_key(|event| (event.at, event.key()));
        Ok(events)
    }

    async fn purchases(
        &self,
        merchant: &MerchantId,
        id: &CustomerId,
        limit: usize,
    ) -> Result<Vec<ProductId>, StoreError> {
        let mut bought: Vec<ProductId> = Vec::new();
        for event in self.customer_events(merchant, id).await?.into_iter().rev() {
            let product = event.product.filter(|_| event.kind == EventKind::Purchase);
            let new = product.filter(|product| !bought.contains(product));
            bought.extend(new.filter(|_| bought.len() < limit));
        }
        Ok(bought)
    }

    async fn forget_customer(
        &self,
        merchant: &MerchantId,
        id: &CustomerId,
    ) -> Result<(), StoreError> {
        let mut state = self.state();
        let measured = &mut state.measured;
        measured.part(merchant, id);
        measured.customers.remove(&(merchant.clone(), id.clone()));
        state.forget_chats_of(merchant, id);
        Ok(())
    }
}

#[async_trait]
impl Experiments for MemoryCatalog {
    async fn put_experiment(
        &self,
        merchant: &MerchantId,
        experiment: &Experiment,
    ) -> Result<ExperimentPut, StoreError> {
        let kept = self.experiments(merchant).await?;
        if let Err(error) = experiment.fits(&kept) {
            return Ok(ExperimentPut::Refused(error));
        }
        let before = kept.into_iter().find(|other| other.name == experiment.name);
        let created = before.as_ref().map_or(experiment.created, |before| before.created);
        let key = (merchant.clone(), experiment.name.clone());
        let experiment = Experiment { created, ..experiment.clone() };
        self.state().measured.experiments.insert(key, experiment);
        Ok(if before.is_some() { ExperimentPut::Changed } else { ExperimentPut::New })
    }

    async fn experiments(&self, merchant: &MerchantId) -> Result<Vec<Experiment>, StoreError> {
        let state = self.state();
        let measured = &state.measured;
        let own = measured.experiments.iter().filter(|((of, _), _)| of == merchant);
        Ok(own.map(|(_, experiment)| experiment.clone()).collect())
    }

    async fn remove_experiment(
        &self,
        merchant: &MerchantId,
        name: &ExperimentName,
    ) -> Result<bool, StoreError> {
        let mut state = self.state();
        let measured = &mut state.measured;
        for (_, answer, _) in measured.answers.iter_mut().filter(|(of, ..)| of == merchant) {
            answer.served.retain(|served| served.experiment != *name);
        }
        Ok(measured.experiments.remove(&(merchant.clone(), name.clone())).is_some())
    }
}
