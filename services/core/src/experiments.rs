//! Experiments: visitors are answered under different settings, and reports tell what came of it.

mod trials;

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    ids::{ArmName, ExperimentName, MerchantId},
    visitor::Visitor,
};

pub use trials::Trials;

/// Experiments that a merchant may keep.
pub const MAX_EXPERIMENTS: usize = 50;
/// Variants of an experiment at most.
const MAX_ARMS: usize = 10;
/// The highest weight.
const MAX_WEIGHT: u32 = 1_000;
/// The most matches for a garment.
const MAX_LIMIT: usize = 20;

/// What a merchant tries out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Experiment {
    pub name: ExperimentName,
    /// Whether visitors are answered under it.
    pub running: bool,
    /// The first is the control that the others are compared with.
    pub arms: Vec<Arm>,
    pub created: Timestamp,
}

/// One variant of an experiment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ExperimentVariant)]
pub struct Arm {
    pub name: ArmName,
    /// Its share of visitors, next to the others' weights.
    #[serde(default = "one")]
    #[schema(minimum = 1, maximum = 1000, default = 1)]
    pub weight: u32,
    #[serde(default)]
    pub settings: Varied,
}

const fn one() -> u32 {
    1
}

/// What a variant does otherwise than usual; what is left out is as usual.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ExperimentSettings)]
pub struct Varied {
    /// Matches for each garment at most, whatever the request says.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schema(minimum = 1, maximum = 20)]
    pub limit: Option<usize>,
    /// The cosine below which nothing is a match, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schema(minimum = 0, maximum = 1)]
    pub min_similarity: Option<f32>,
    /// The share of how alike pictures look when matches are put in order, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schema(minimum = 0, maximum = 1)]
    pub picture_share: Option<f32>,
    /// Whether advice is written.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub advice: Option<bool>,
}

/// A variant of an experiment that an answer was given under.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
pub struct Served {
    pub experiment: ExperimentName,
    pub variant: ArmName,
}

/// Who asks, and what experiments make of the answer.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Trial {
    pub visitor: Option<Visitor>,
    pub served: Vec<Served>,
    pub settings: Varied,
}

/// Why an experiment is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExperimentError {
    #[error("send 2 to 10 variants, the control first, each with a name of its own")]
    Arms,
    #[error("`{0}` has a weight that is not a whole number from 1 to 1000")]
    Weight(ArmName),
    #[error(
        "`{0}` has settings out of range: `limit` is 1 to 20, `min_similarity` and `picture_share` 0 to 1"
    )]
    Settings(ArmName),
    #[error(
        "its variants are others than before, and visitors have seen those; stop it, and try this under another name"
    )]
    Fixed,
    #[error(
        "`{0}` is running and varies the same setting, so neither could be told from the other; stop it first"
    )]
    Overlapping(ExperimentName),
    #[error("there are {MAX_EXPERIMENTS} experiments already; remove one first")]
    TooMany,
}

impl Experiment {
    /// Whether it makes sense by itself.
    pub fn check(&self) -> Result<(), ExperimentError> {
        let names: BTreeSet<&ArmName> = self.arms.iter().map(|arm| &arm.name).collect();
        if !(2..=MAX_ARMS).contains(&self.arms.len()) || names.len() < self.arms.len() {
            return Err(ExperimentError::Arms);
        }
        for Arm { name, weight, settings } in &self.arms {
            if !(1..=MAX_WEIGHT).contains(weight) {
                return Err(ExperimentError::Weight(name.clone()));
            }
            let limit = settings.limit.is_none_or(|limit| (1..=MAX_LIMIT).contains(&limit));
            let share = |share: Option<f32>| share.is_none_or(|share| (0.0..=1.0).contains(&share));
            if !limit || !share(settings.min_similarity) || !share(settings.picture_share) {
                return Err(ExperimentError::Settings(name.clone()));
            }
        }
        Ok(())
    }

    /// Whether it can be kept beside those that its merchant has, among them what it replaces.
    pub fn fits(&self, kept: &[Self]) -> Result<(), ExperimentError> {
        let before = kept.iter().find(|other| other.name == self.name);
        if before.is_some_and(|before| before.arms != self.arms) {
            return Err(ExperimentError::Fixed);
        }
        if before.is_none() && kept.len() >= MAX_EXPERIMENTS {
            return Err(ExperimentError::TooMany);
        }
        let overlapping = kept.iter().find(|other| {
            other.name != self.name && other.running && self.running && self.varies_as(other)
        });
        overlapping.map_or(Ok(()), |other| Err(ExperimentError::Overlapping(other.name.clone())))
    }

    fn varies_as(&self, other: &Self) -> bool {
        self.varies().into_iter().zip(other.varies()).any(|(own, theirs)| own && theirs)
    }

    fn varies(&self) -> [bool; 4] {
        let any = |is: fn(&Varied) -> bool| self.arms.iter().any(|arm| is(&arm.settings));
        [
            any(|settings| settings.limit.is_some()),
            any(|settings| settings.min_similarity.is_some()),
            any(|settings| settings.picture_share.is_some()),
            any(|settings| settings.advice.is_some()),
        ]
    }

    /// The variant of a visitor: always the same, and by the weights over many visitors. Nothing is
    /// kept for it.
    pub fn arm_of(&self, merchant: &MerchantId, visitor: &Visitor) -> Option<&Arm> {
        let all: u64 = self.arms.iter().map(|arm| u64::from(arm.weight)).sum();
        let number = visitor.number(&format!("{} {}", merchant.as_str(), self.name.as_str()));
        // The upper half of the product: evenly from 0 to `all`, without `all`.
        let mut place = (u128::from(number) * u128::from(all)) >> 64;
        self.arms.iter().find(|arm| {
            let within = place < u128::from(arm.weight);
            place = place.saturating_sub(u128::from(arm.weight));
            within
        })
    }
}

impl Trial {
    /// What all running experiments make of a visitor's answer.
    pub fn of(merchant: &MerchantId, visitor: Visitor, experiments: &[Experiment]) -> Self {
        let mut trial = Self::default();
        for experiment in experiments.iter().filter(|experiment| experiment.running) {
            let Some(arm) = experiment.arm_of(merchant, &visitor) else { continue };
            trial
                .served
                .push(Served { experiment: experiment.name.clone(), variant: arm.name.clone() });
            trial.settings = Varied {
                limit: arm.settings.limit.or(trial.settings.limit),
                min_similarity: arm.settings.min_similarity.or(trial.settings.min_similarity),
                picture_share: arm.settings.picture_share.or(trial.settings.picture_share),
                advice: arm.settings.advice.or(trial.settings.advice),
            };
        }
        trial.visitor = Some(visitor);
        trial
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        ids::VisitorId,
        testing::{sample, told},
    };

    fn visitor(n: usize) -> Visitor {
        Visitor::new(&sample::merchant(), &VisitorId::new(n.to_string()).unwrap())
    }

    #[test]
    fn visitors_stay_with_their_variant_and_are_shared_out_by_the_weights() {
        let mut experiment = told::experiment("limits", &[1, 3]);
        let shop = sample::merchant();
        let arm = |experiment: &Experiment, n| {
            experiment.arm_of(&shop, &visitor(n)).unwrap().name.clone()
        };
        let all = 10_000;
        let first: Vec<ArmName> = (0..all).map(|n| arm(&experiment, n)).collect();
        let of_control = first.iter().filter(|arm| **arm == experiment.arms[0].name).count();
        // Four standard deviations of a binomial are 173.
        assert!((2_327..=2_673).contains(&of_control), "{of_control} of {all}");
        assert!((0..all).all(|n| arm(&experiment, n) == first[n]), "always the same");
        experiment.name = ExperimentName::new("other").unwrap();
        let moved = (0..all).filter(|n| arm(&experiment, *n) != first[*n]).count();
        assert!((3_500..=4_000).contains(&moved), "{moved}: another experiment draws anew");
    }

    #[test]
    fn an_experiment_is_refused_with_what_to_do() {
        let good = told::experiment("limits", &[1, 1]);
        assert_eq!(good.check(), Ok(()));
        let refused = |change: fn(&mut Experiment)| {
            let mut experiment = good.clone();
            change(&mut experiment);
            experiment.check()
        };
        assert_eq!(refused(|bad| bad.arms.truncate(1)), Err(ExperimentError::Arms));
        assert_eq!(refused(|bad| bad.arms[1] = bad.arms[0].clone()), Err(ExperimentError::Arms));
        let weight = refused(|bad| bad.arms[1].weight = 0);
        assert!(matches!(weight, Err(ExperimentError::Weight(_))));
        for bad in [f32::NAN, -0.1, 1.1] {
            let mut experiment = good.clone();
            experiment.arms[0].settings.min_similarity = Some(bad);
            assert!(matches!(experiment.check(), Err(ExperimentError::Settings(_))), "{bad}");
            let mut experiment = good.clone();
            experiment.arms[1].settings.picture_share = Some(bad);
            assert!(matches!(experiment.check(), Err(ExperimentError::Settings(_))), "{bad}");
        }
        let limit = refused(|bad| bad.arms[0].settings.limit = Some(21));
        assert!(matches!(limit, Err(ExperimentError::Settings(_))));
    }

    #[test]
    fn what_runs_together_varies_different_things() {
        let kept = told::experiment("limits", &[1, 1]);
        let mut other = told::experiment("more limits", &[1, 1]);
        assert_eq!(
            other.fits(std::slice::from_ref(&kept)),
            Err(ExperimentError::Overlapping(kept.name.clone()))
        );
        other.running = false;
        assert_eq!(other.fits(std::slice::from_ref(&kept)), Ok(()));
        let mut advice = told::experiment("advice", &[1, 1]);
        for arm in &mut advice.arms {
            arm.settings = Varied { advice: Some(false), ..Varied::default() };
        }
        assert_eq!(advice.fits(std::slice::from_ref(&kept)), Ok(()));
        let mut changed = kept.clone();
        changed.arms[0].weight += 1;
        assert_eq!(changed.fits(std::slice::from_ref(&kept)), Err(ExperimentError::Fixed));
        let trial = Trial::of(&sample::merchant(), visitor(1), &[kept, advice, other]);
        assert_eq!(trial.served.len(), 2, "one that does not run serves nobody");
        assert!(trial.settings.limit.is_some() && trial.settings.advice == Some(false));
    }
}
