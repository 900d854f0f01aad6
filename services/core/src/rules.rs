//! What a merchant wants of answers, beside what customers ask for.

mod ruling;
mod synonyms;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    address::WebAddress,
    filter::Filters,
    ids::ProductId,
    product::Product,
    search::{holds, tokens},
    vocabulary::Category,
};

pub(crate) use ruling::{RulesNow, Ruling};
pub use synonyms::Synonyms;

/// Rules of a merchant at most, and groups of synonyms.
pub const MOST: usize = 200;
/// Texts, categories or products that one names at most.
const NAMED: usize = 50;
/// Characters of a text at most.
const LONGEST: usize = 100;

/// What is done when a customer searches or sends a photo. Rules come one after the other by their
/// names; what one hides no other brings back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    #[serde(default)]
    pub when: Occasion,
    pub then: Effect,
    /// Not before this time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub starts_at: Option<Timestamp>,
    /// Not from this time on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ends_at: Option<Timestamp>,
    #[serde(default = "yes")]
    #[schema(default = true)]
    pub enabled: bool,
}

fn yes() -> bool {
    true
}

/// Which searches and photos; every list that is not empty must be met by one of its values.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Occasion {
    /// Whole words that stand in the customer's text.
    pub texts: Vec<String>,
    /// Kinds that the text names, or that the photo's garments are of.
    pub categories: Vec<Category>,
}

/// What is done with products.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Effect {
    /// Lists these first, in this order, as far as they can be bought and pass the filters. To a
    /// garment of a photo, those of its kind or a neighbouring one.
    Pin { products: Vec<ProductId> },
    /// Moves these up.
    Boost {
        which: Which,
        #[serde(default)]
        strength: Strength,
    },
    /// Moves these down.
    Bury {
        which: Which,
        #[serde(default)]
        strength: Strength,
    },
    /// Shows none of these.
    Hide { which: Which },
    /// Tells of a page that answers a search better.
    Redirect { url: WebAddress },
}

/// How far products are moved: 0 not at all, 1 past everything that relevance alone decides; 0.3
/// where not given.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
pub struct Strength(pub f32);

impl Default for Strength {
    fn default() -> Self {
        Self(0.3)
    }
}

/// Products that are named, or that pass filters; where both are given, that do both.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Which {
    pub products: Vec<ProductId>,
    pub filters: Filters,
}

impl Which {
    pub(crate) fn covers(&self, product: &Product) -> bool {
        let named = self.products.is_empty() || self.products.contains(&product.id);
        let passes = || {
            self.filters == Filters::default()
                || self.filters.allow_product(product)
                    && product.variants.iter().any(|variant| self.filters.allow_variant(variant))
        };
        named && passes()
    }

    fn is_everything(&self) -> bool {
        *self == Self::default()
    }
}

/// What is wrong with a rule, or with synonyms.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct BadRule {
    /// Which field, as `then.products`.
    pub field: &'static str,
    pub detail: String,
}

impl BadRule {
    fn new(field: &'static str, detail: impl Into<String>) -> Self {
        Self { field, detail: detail.into() }
    }
}

impl Rule {
    /// Whether it says something that can be done.
    pub fn check(&self) -> Result<(), BadRule> {
        if self.when.texts.len() > NAMED || self.when.categories.len() > NAMED {
            return Err(BadRule::new("when", format!("Name {NAMED} at most")));
        }
        for text in &self.when.texts {
            check_text("when.texts", text)?;
        }
        if self.starts_at.zip(self.ends_at).is_some_and(|(starts, ends)| ends <= starts) {
            return Err(BadRule::new("ends_at", "It ends before it starts"));
        }
        match &self.then {
            Effect::Pin { products } if !(1..=NAMED).contains(&products.len()) => {
                Err(BadRule::new("then.products", format!("Name 1 to {NAMED} products")))
            }
            Effect::Boost { which, strength } | Effect::Bury { which, strength } => {
                if !(0.0..=1.0).contains(&strength.0) {
                    return Err(BadRule::new("then.strength", "This is not a number from 0 to 1"));
                }
                check_which(which)
            }
            Effect::Hide { which } => check_which(which),
            Effect::Pin { .. } | Effect::Redirect { .. } => Ok(()),
        }
    }

    /// Whether it holds at a time.
    pub(crate) fn holds_at(&self, now: Timestamp) -> bool {
        self.enabled
            && self.starts_at.is_none_or(|starts| starts <= now)
            && self.ends_at.is_none_or(|ends| now < ends)
    }
}

impl Occasion {
    /// Whether a search with these words, and of these kinds, is meant.
    pub(crate) fn is(&self, words: &[String], categories: &[Category]) -> bool {
        let said = |text: &String| holds(words, &tokens(text));
        (self.texts.is_empty() || self.texts.iter().any(said))
            && (self.categories.is_empty()
                || self.categories.iter().any(|category| categories.contains(category)))
    }
}

fn check_which(which: &Which) -> Result<(), BadRule> {
    if which.is_everything() {
        return Err(BadRule::new("then.which", "Name products, or filters that some pass"));
    }
    if which.products.len() > NAMED {
        return Err(BadRule::new("then.which.products", format!("Name {NAMED} at most")));
    }
    Ok(())
}

fn check_text(field: &'static str, text: &str) -> Result<(), BadRule> {
    if tokens(text).is_empty() || text.chars().count() > LONGEST {
        return Err(BadRule::new(field, format!("Write words of at most {LONGEST} characters")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{testing::sample, vocabulary::Colour};

    fn rule(json: &str) -> Result<Rule, serde_json::Error> {
        serde_json::from_str(json)
    }

    #[test]
    fn a_rule_that_does_nothing_or_everything_is_refused_and_named() {
        for (json, field) in [
            (r#"{"then":{"kind":"pin","products":[]}}"#, "then.products"),
            (r#"{"then":{"kind":"hide","which":{}}}"#, "then.which"),
            (
                r#"{"then":{"kind":"boost","which":{"products":["a"]},"strength":2}}"#,
                "then.strength",
            ),
            (r#"{"when":{"texts":["..."]},"then":{"kind":"pin","products":["a"]}}"#, "when.texts"),
            (
                r#"{"then":{"kind":"pin","products":["a"]},"starts_at":"2026-01-02T00:00:00Z","ends_at":"2026-01-01T00:00:00Z"}"#,
                "ends_at",
            ),
        ] {
            assert_eq!(rule(json).unwrap().check().unwrap_err().field, field, "{json}");
        }
        for json in [
            r#"{"then":{"kind":"sell"}}"#,
            r#"{"then":{"kind":"hide","which":{"colour":["red"]}}}"#,
            r#"{"then":{"kind":"redirect","url":"javascript:alert(1)"}}"#,
            r#"{"then":{"kind":"pin","products":["a"]},"until":"2026-01-01T00:00:00Z"}"#,
        ] {
            assert!(rule(json).is_err(), "{json}");
        }
    }

    #[test]
    fn a_rule_holds_from_its_start_to_its_end() {
        let json = r#"{"then":{"kind":"pin","products":["a"]},
            "starts_at":"2026-01-01T00:00:00Z","ends_at":"2026-02-01T00:00:00Z"}"#;
        let mut scheduled = rule(json).unwrap();
        scheduled.check().unwrap();
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        for (time, holds) in [
            ("2025-12-31T23:59:59Z", false),
            ("2026-01-01T00:00:00Z", true),
            ("2026-01-31T23:59:59Z", true),
            ("2026-02-01T00:00:00Z", false),
        ] {
            assert_eq!(scheduled.holds_at(at(time)), holds, "{time}");
        }
        scheduled.enabled = false;
        assert!(!scheduled.holds_at(at("2026-01-15T00:00:00Z")));
    }

    #[test]
    fn products_are_named_or_pass_filters_or_both() {
        let product = sample::product("p");
        let which = |products: &[&str], colours: &[Colour]| Which {
            products: products.iter().map(|id| ProductId::new(id).unwrap()).collect(),
            filters: Filters { colours: colours.into(), ..Filters::default() },
        };
        assert!(which(&["p"], &[]).covers(&product));
        assert!(which(&["p"], &[Colour::Navy]).covers(&product));
        assert!(which(&[], &[Colour::Navy]).covers(&product));
        assert!(!which(&["q"], &[Colour::Navy]).covers(&product));
        assert!(!which(&["p"], &[Colour::Red]).covers(&product));
    }

    #[test]
    fn an_occasion_is_told_by_whole_words_and_by_kinds() {
        let occasion = |texts: &[&str], categories: &[Category]| Occasion {
            texts: texts.iter().map(|&text| text.to_owned()).collect(),
            categories: categories.into(),
        };
        let words = tokens("Red dresses for a WEDDING");
        let is = |occasion: Occasion| occasion.is(&words, &[Category::Dress]);
        assert!(is(occasion(&[], &[])));
        assert!(is(occasion(&["hat", "red dress"], &[])));
        assert!(!is(occasion(&["wed"], &[])) && !is(occasion(&["dress red"], &[])));
        assert!(is(occasion(&["wedding"], &[Category::Dress])));
        assert!(!is(occasion(&["wedding"], &[Category::Hat])));
    }
}
