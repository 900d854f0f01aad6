//! Visitors under experiments: since when, and which kinds of events they had from then on.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::Serialize;
use vitrine_core::{
    events::Kinds,
    experiments::Served,
    ids::{ExperimentName, MerchantId},
    ports::StoreError,
    reports::{Count, Counts, Day},
    visitor::Visitor,
};

use super::{
    super::{catalog, time},
    Connection, failed, json, sql,
};

/// All visits of some visitors.
pub(super) struct Visits(BTreeMap<Visitor, BTreeMap<ExperimentName, Visit>>);

struct Visit {
    served: Served,
    since: Timestamp,
    /// None where it is not kept yet.
    before: Option<Kinds>,
    events: Kinds,
}

/// As its columns.
#[derive(Serialize)]
struct VisitRow<'a> {
    visitor: &'a Visitor,
    experiment: &'a str,
    variant: &'a str,
    since: i64,
    events: i64,
}

impl Visits {
    pub(super) async fn read(
        connection: &mut Connection,
        merchant: &MerchantId,
        visitors: &BTreeSet<Visitor>,
    ) -> Result<Self, StoreError> {
        if visitors.is_empty() {
            return Ok(Self(BTreeMap::new()));
        }
        let rows: Vec<(String, String, String, i64, i64)> = sqlx::query_as(sql::VISITS)
            .bind(merchant.as_str())
            .bind(json(visitors)?)
            .fetch_all(connection)
            .await
            .map_err(failed)?;
        let mut visits: BTreeMap<Visitor, BTreeMap<ExperimentName, Visit>> = BTreeMap::new();
        for (visitor, experiment, variant, since, events) in rows {
            let experiment: ExperimentName = catalog::id(experiment)?;
            let served = Served { experiment: experiment.clone(), variant: catalog::id(variant)? };
            let events = Kinds::of_bits(events);
            let visit = Visit { served, since: time(since)?, before: Some(events), events };
            visits.entry(Visitor::kept(visitor)).or_default().insert(experiment, visit);
        }
        Ok(Self(visits))
    }

    /// A visitor was answered; the first answer under an experiment decides.
    pub(super) fn answered(&mut self, visitor: &Visitor, at: Timestamp, served: &[Served]) {
        let theirs = self.0.entry(visitor.clone()).or_default();
        for served in served {
            theirs.entry(served.experiment.clone()).or_insert_with(|| Visit {
                served: served.clone(),
                since: at,
                before: None,
                events: Kinds::default(),
            });
        }
    }

    /// An answer to the visitor had these kinds of events.
    pub(super) fn add_of_answer(&mut self, visitor: &Visitor, served: &[Served], kinds: Kinds) {
        let under = |visit: &Visit| {
            served.iter().any(|served| served.experiment == visit.served.experiment)
        };
        self.add_where(visitor, under, kinds);
    }

    /// A visitor had these kinds of events at this time.
    pub(super) fn add_since(&mut self, visitor: &Visitor, at: Timestamp, kinds: Kinds) {
        self.add_where(visitor, |visit| visit.since <= at, kinds);
    }

    /// The same, for what is not kept yet.
    pub(super) fn add_to_new(&mut self, visitor: &Visitor, at: Timestamp, kinds: Kinds) {
        self.add_where(visitor, |visit| visit.before.is_none() && visit.since <= at, kinds);
    }

    fn add_where(&mut self, visitor: &Visitor, which: impl Fn(&Visit) -> bool, kinds: Kinds) {
        let theirs = self.0.get_mut(visitor).into_iter().flat_map(BTreeMap::values_mut);
        theirs.filter(|visit| which(visit)).for_each(|visit| visit.events.add(kinds));
    }

    /// Visitors of whom something is not kept yet.
    pub(super) fn new(&self) -> BTreeSet<Visitor> {
        let new =
            self.0.iter().filter(|(_, visits)| visits.values().any(|visit| visit.before.is_none()));
        new.map(|(visitor, _)| visitor.clone()).collect()
    }

    /// Keeps what is new, and counts it.
    pub(super) async fn put(
        &self,
        connection: &mut Connection,
        merchant: &MerchantId,
        counts: &mut Counts,
    ) -> Result<(), StoreError> {
        let mut rows = Vec::new();
        let all = self
            .0
            .iter()
            .flat_map(|(visitor, visits)| visits.values().map(move |visit| (visitor, visit)));
        for (visitor, visit) in all {
            let (day, served) = (Day::of(visit.since), &visit.served);
            let new = visit.events.without(visit.before.unwrap_or_default());
            if visit.before.is_some() && new.is_empty() {
                continue;
            }
            if visit.before.is_none() {
                counts.add(day, Count::Visitors(served.clone()), 1);
            }
            for kind in new.iter() {
                counts.add(day, Count::VisitorsWith(served.clone(), kind), 1);
            }
            rows.push(VisitRow {
                visitor,
                experiment: served.experiment.as_str(),
                variant: served.variant.as_str(),
                since: visit.since.as_millisecond(),
                events: visit.events.bits(),
            });
        }
        if rows.is_empty() {
            return Ok(());
        }
        let query = sqlx::query(sql::PUT_VISITS).bind(merchant.as_str()).bind(json(&rows)?);
        query.execute(connection).await.map(drop).map_err(failed)
    }
}
