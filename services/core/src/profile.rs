//! What a merchant lets us know of a customer.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    customer::{Customer, MAX_SIZE, MAX_VALUES},
    ids::CustomerId,
    money::Money,
};

/// A customer as kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Profile {
    pub id: CustomerId,
    /// Since when the customer agrees that what they do is kept with their id; none where they do
    /// not.
    pub agreed: Option<Timestamp>,
    pub customer: Customer,
    pub updated: Timestamp,
}

/// Why a customer is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProfileError {
    #[error("send at most 20 sizes of 1 to 40 characters, without control characters")]
    Sizes,
    #[error(
        "send at most 20 colours that are liked and 20 that are avoided, each in one of the lists"
    )]
    Colours,
    #[error("the budget is no price: {0}")]
    Budget(String),
}

impl ProfileError {
    /// The field to blame.
    pub const fn field(&self) -> &'static str {
        match self {
            Self::Sizes => "sizes",
            Self::Colours => "avoided_colours",
            Self::Budget(_) => "budget",
        }
    }
}

impl Profile {
    pub fn check(&self) -> Result<(), ProfileError> {
        let Customer { sizes, budget, liked_colours, avoided_colours } = &self.customer;
        let fits = |size: &String| {
            (1..=MAX_SIZE).contains(&size.trim().chars().count())
                && !size.chars().any(char::is_control)
        };
        if sizes.len() > MAX_VALUES || !sizes.iter().all(fits) {
            return Err(ProfileError::Sizes);
        }
        let most = liked_colours.len().max(avoided_colours.len());
        if most > MAX_VALUES || liked_colours.iter().any(|liked| avoided_colours.contains(liked)) {
            return Err(ProfileError::Colours);
        }
        if let Some(budget) = budget {
            let written = budget.to_string().parse::<Money>();
            written.map_err(|error| ProfileError::Budget(error.to_string()))?;
        }
        Ok(())
    }

    /// Whether something that happened then may be kept with their id.
    pub fn agreed_at(&self, at: Timestamp) -> bool {
        self.agreed.is_some_and(|agreed| agreed <= at)
    }
}
