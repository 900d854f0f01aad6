use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::{Count, Day, Days, Difference, Family, Rate};
use crate::{
    events::EventKind,
    experiments::{Experiment, Served, Varied},
    ids::{ArmName, ExperimentName, MerchantId},
    ports::{Events, Experiments, StoreError},
};

/// What came of every experiment.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = ExperimentsReport)]
pub struct ExperimentReport {
    #[schema(value_type = String, format = Date)]
    pub from: Day,
    #[schema(value_type = String, format = Date)]
    pub to: Day,
    pub experiments: Vec<Outcome>,
}

/// What came of one experiment.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = ExperimentOutcome)]
pub struct Outcome {
    pub name: ExperimentName,
    pub running: bool,
    /// The control first.
    pub variants: Vec<ArmOutcome>,
}

/// What came of one variant. Visitors are counted, not looks, since what is shared out by chance is
/// visitors: each on the day that they were first answered under it, and with what they did since.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = ExperimentVariantOutcome)]
pub struct ArmOutcome {
    pub name: ArmName,
    pub settings: Varied,
    pub visitors: u64,
    /// Visitors who clicked at least once, and so on.
    pub clicked: Rate,
    pub added_to_cart: Rate,
    pub purchased: Rate,
    /// Absent for the control itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub against_control: Option<AgainstControl>,
}

/// How a variant did next to the control. Each interval is one of 95 %: of twenty comparisons
/// without a true difference one is told as conclusive, and more often where it is looked at again
/// and again until it is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
pub struct AgainstControl {
    pub clicked: Difference,
    pub added_to_cart: Difference,
    pub purchased: Difference,
}

impl ExperimentReport {
    pub async fn of(
        events: &dyn Events,
        experiments: &dyn Experiments,
        merchant: &MerchantId,
        days: Days,
    ) -> Result<Self, StoreError> {
        let counted = events.counts(merchant, Family::Experiments, days).await?;
        let counted: BTreeMap<Count, u64> = counted.into_iter().collect();
        let experiments = experiments.experiments(merchant).await?;
        let experiments = experiments.into_iter().map(|experiment| outcome(experiment, &counted));
        Ok(Self { from: days.first, to: days.last, experiments: experiments.collect() })
    }
}

fn outcome(experiment: Experiment, counted: &BTreeMap<Count, u64>) -> Outcome {
    let many = |count| counted.get(&count).copied().unwrap_or_default();
    let mut variants: Vec<ArmOutcome> = Vec::new();
    for arm in experiment.arms {
        let served = Served { experiment: experiment.name.clone(), variant: arm.name.clone() };
        let visitors = many(Count::Visitors(served.clone()));
        let rate = |kind| Rate::of(many(Count::VisitorsWith(served.clone(), kind)), visitors);
        let clicked = rate(EventKind::Click);
        let added_to_cart = rate(EventKind::AddToCart);
        let purchased = rate(EventKind::Purchase);
        let against_control = variants.first().map(|control| AgainstControl {
            clicked: Difference::of(&clicked, &control.clicked),
            added_to_cart: Difference::of(&added_to_cart, &control.added_to_cart),
            purchased: Difference::of(&purchased, &control.purchased),
        });
        variants.push(ArmOutcome {
            name: arm.name,
            settings: arm.settings,
            visitors,
            clicked,
            added_to_cart,
            purchased,
            against_control,
        });
    }
    Outcome { name: experiment.name, running: experiment.running, variants }
}
