//! What a merchant lets us know of a customer.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{ids::CustomerId, money::Money, vocabulary::Colour};

/// The most sizes, and characters of one.
const MAX_SIZES: usize = 50;
const MAX_SIZE: usize = 100;

/// A customer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Customer {
    pub id: CustomerId,
    /// Since when the customer agrees that what they do is kept with their id; none where they do
    /// not.
    pub agreed: Option<Timestamp>,
    /// What they wear, as feeds write it.
    pub sizes: Vec<String>,
    pub liked_colours: Vec<Colour>,
    pub avoided_colours: Vec<Colour>,
    /// The most that one piece may cost.
    pub budget: Option<Money>,
    pub updated: Timestamp,
}

/// Why a customer is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CustomerError {
    #[error("send at most 50 sizes of 1 to 100 characters, without control characters")]
    Sizes,
    #[error("a colour is liked and avoided; send it in one of the lists")]
    Colours,
    #[error("the budget is no price: {0}")]
    Budget(String),
}

impl CustomerError {
    /// The field to blame.
    pub const fn field(&self) -> &'static str {
        match self {
            Self::Sizes => "sizes",
            Self::Colours => "avoided_colours",
            Self::Budget(_) => "budget",
        }
    }
}

impl Customer {
    pub fn check(&self) -> Result<(), CustomerError> {
        let fits = |size: &String| {
            (1..=MAX_SIZE).contains(&size.trim().chars().count())
                && !size.chars().any(char::is_control)
        };
        if self.sizes.len() > MAX_SIZES || !self.sizes.iter().all(fits) {
            return Err(CustomerError::Sizes);
        }
        if self.liked_colours.iter().any(|colour| self.avoided_colours.contains(colour)) {
            return Err(CustomerError::Colours);
        }
        if let Some(budget) = self.budget {
            let written = budget.to_string().parse::<Money>();
            written.map_err(|error| CustomerError::Budget(error.to_string()))?;
        }
        Ok(())
    }

    /// Whether something that happened then may be kept with their id.
    pub fn agreed_at(&self, at: Timestamp) -> bool {
        self.agreed.is_some_and(|agreed| agreed <= at)
    }
}
