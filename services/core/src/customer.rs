//! Whom an answer is for.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    look::{Attribute, Reason, ReasonKind},
    money::Money,
    product::Variant,
    vocabulary::Colour,
};

/// The most values of each list of a customer's, and characters of a size.
pub const MAX_VALUES: usize = 20;
pub const MAX_SIZE: usize = 40;
/// How much a liked colour adds to what puts matches in order, and an avoided one takes away: less
/// than another category, more than another pattern.
const LIKED: f32 = 0.05;
const AVOIDED: f32 = 0.15;

/// What a customer can wear and pay, which holds, and what they like, which only counts.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Customer {
    /// Sizes that fit. What comes in sizes is offered in these alone.
    #[schema(max_items = 20, example = json!(["M", "39"]))]
    pub sizes: Vec<String>,
    /// The most that is paid for one piece.
    pub budget: Option<Money>,
    /// Come first among what is otherwise alike.
    #[schema(max_items = 20)]
    pub liked_colours: Vec<Colour>,
    /// Come last among what is otherwise alike.
    #[schema(max_items = 20)]
    pub avoided_colours: Vec<Colour>,
}

impl Customer {
    /// These, and where they say nothing, `kept`.
    pub fn or(self, kept: Self) -> Self {
        fn either<T>(own: Vec<T>, kept: Vec<T>) -> Vec<T> {
            if own.is_empty() { kept } else { own }
        }
        Self {
            sizes: either(self.sizes, kept.sizes),
            budget: self.budget.or(kept.budget),
            liked_colours: either(self.liked_colours, kept.liked_colours),
            avoided_colours: either(self.avoided_colours, kept.avoided_colours),
        }
    }

    /// Whether they can wear and pay it.
    pub fn can_take(&self, variant: &Variant) -> bool {
        let price = variant.offer.current_price();
        let affordable = self.budget.is_none_or(|budget| {
            price.currency == budget.currency && price.amount <= budget.amount
        });
        self.fits(variant.size.as_deref()) && affordable
    }

    /// Whether they can wear this size; what comes in none fits.
    pub(crate) fn fits(&self, size: Option<&str>) -> bool {
        self.sizes.is_empty()
            || size.is_none_or(|size| {
                self.sizes.iter().any(|own| own.trim().eq_ignore_ascii_case(size.trim()))
            })
    }

    /// How much the main colour of something is to their taste, and the reason to tell.
    pub fn taste(&self, colours: &[Colour]) -> (f32, Option<Reason>) {
        let Some(main) = colours.first() else { return (0.0, None) };
        let reason = |kind, text| Some(Reason { kind, attribute: Attribute::Colour, text });
        if self.avoided_colours.contains(main) {
            let text = format!("{main} is a colour that you avoid");
            (-AVOIDED, reason(ReasonKind::Avoided, text))
        } else if self.liked_colours.contains(main) {
            let text = format!("{main} is a colour that you like");
            (LIKED, reason(ReasonKind::Liked, text))
        } else {
            (0.0, None)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::sample;

    #[test]
    fn size_and_budget_hold_and_what_has_no_size_fits() {
        let customer = Customer {
            sizes: vec!["m".into()],
            budget: Some("49.90 EUR".parse().unwrap()),
            ..Customer::default()
        };
        let variant = sample::variant("a", "navy", "M");
        assert!(customer.can_take(&variant));
        assert!(!customer.can_take(&sample::variant("a", "navy", "L")));
        let without = Variant { size: None, ..variant.clone() };
        assert!(customer.can_take(&without));
        let mut dear = variant;
        dear.offer.price = "49.91 EUR".parse().unwrap();
        assert!(!customer.can_take(&dear));
        dear.offer.price = "1.00 USD".parse().unwrap();
        assert!(!customer.can_take(&dear));
    }

    #[test]
    fn taste_looks_at_the_main_colour_and_says_why() {
        let customer = Customer {
            liked_colours: vec![Colour::Navy],
            avoided_colours: vec![Colour::Yellow],
            ..Customer::default()
        };
        let of = |colours: &[Colour]| {
            let (counts, reason) = customer.taste(colours);
            (counts > 0.0, counts < 0.0, reason.map(|reason| reason.text))
        };
        let liked = Some("navy is a colour that you like".to_owned());
        let avoided = Some("yellow is a colour that you avoid".to_owned());
        assert_eq!(of(&[Colour::Navy, Colour::Yellow]), (true, false, liked));
        assert_eq!(of(&[Colour::Yellow]), (false, true, avoided));
        assert_eq!(of(&[Colour::Red]), (false, false, None));
        assert_eq!(of(&[]), (false, false, None));
    }
}
