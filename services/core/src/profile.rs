//! What a merchant lets us know of a customer.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    customer::{Customer, MAX_SIZE, MAX_VALUES},
    ids::{CustomerId, MerchantId},
    look::{Attribute, Reason, ReasonKind},
    money::Money,
    ports::{Catalog, Customers, StoreError},
    product::Product,
    product_filter::folded_brand,
};

/// Purchases that are looked at, the latest ones.
const PURCHASES: usize = 50;
/// How much having bought something takes away from it, and a brand that was bought adds.
const OWNED: f32 = 0.1;
const KNOWN_BRAND: f32 = 0.03;

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

/// A customer whom the merchant named, with what the shop still sells of what they bought.
#[derive(Debug, Clone, PartialEq)]
pub struct Person {
    pub id: CustomerId,
    /// The latest first. Empty for who did not agree to be remembered.
    pub bought: Vec<Product>,
}

impl Person {
    /// Who a customer is, and what they wear and like as the merchant told; none where the merchant
    /// told nothing.
    pub async fn recall(
        customers: &dyn Customers,
        catalog: &dyn Catalog,
        merchant: &MerchantId,
        id: CustomerId,
    ) -> Result<Option<(Self, Customer)>, StoreError> {
        let Some(profile) = customers.customer(merchant, &id).await? else { return Ok(None) };
        let ids = customers.purchases(merchant, &id, PURCHASES).await?;
        let mut bought = catalog.products(merchant, &ids).await?;
        bought.sort_by_key(|product| ids.iter().position(|id| *id == product.id));
        Ok(Some((Self { id, bought }, profile.customer)))
    }

    /// What their purchases say of a product: how much it counts for it, and why.
    pub(crate) fn knows(&self, product: &Product) -> (f32, Vec<Reason>) {
        let reason = |kind, text| vec![Reason { kind, attribute: Attribute::Purchases, text }];
        if self.bought.iter().any(|bought| bought.id == product.id) {
            return (-OWNED, reason(ReasonKind::Bought, "you bought this before".into()));
        }
        let brand = product.brand.as_deref().and_then(folded_brand);
        let same = |bought: &&Product| {
            brand.is_some() && bought.brand.as_deref().and_then(folded_brand) == brand
        };
        match self.bought.iter().find(same).and_then(|bought| bought.brand.as_deref()) {
            Some(brand) => {
                (KNOWN_BRAND, reason(ReasonKind::Liked, format!("you bought {brand} before")))
            }
            None => (0.0, Vec::new()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::sample;

    #[test]
    fn what_was_bought_steps_back_and_its_brand_comes_forward() {
        let bought = sample::product("bought");
        let person = Person { id: CustomerId::new("c").unwrap(), bought: vec![bought.clone()] };
        let knows = |product: &Product| {
            let (counts, reasons) = person.knows(product);
            (counts, reasons.into_iter().map(|reason| reason.text).collect::<Vec<_>>())
        };
        assert_eq!(knows(&bought), (-OWNED, vec!["you bought this before".into()]));
        let sister = Product { brand: Some(" LINDEN".into()), ..sample::product("sister") };
        assert_eq!(knows(&sister), (KNOWN_BRAND, vec!["you bought Linden before".into()]));
        for brand in [None, Some("Oakwren".into())] {
            let other = Product { brand, ..sample::product("other") };
            assert_eq!(knows(&other), (0.0, Vec::new()));
        }
    }
}
