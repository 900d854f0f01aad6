use jiff::Timestamp;

use super::{Effect, Rule, Which};
use crate::{
    address::WebAddress,
    ids::{MerchantId, ProductId},
    look::{Attribute, Reason, ReasonKind},
    ports::{Rules, StoreError},
    product::Product,
    vocabulary::Category,
};

/// The rules of a merchant that hold now, by their names.
#[derive(Debug, Default)]
pub(crate) struct RulesNow(Vec<(String, Rule)>);

impl RulesNow {
    pub(crate) async fn of(rules: &dyn Rules, merchant: &MerchantId) -> Result<Self, StoreError> {
        Ok(Self::at(rules.rules(merchant).await?, Timestamp::now()))
    }

    /// Those of `rules` that hold at a time.
    pub(crate) fn at(mut rules: Vec<(String, Rule)>, time: Timestamp) -> Self {
        rules.retain(|(_, rule)| rule.holds_at(time));
        rules.sort_by(|(one, _), (other, _)| one.cmp(other));
        Self(rules)
    }

    /// What those that are meant for these words and kinds say together.
    pub(crate) fn ruling(&self, words: &[String], categories: &[Category]) -> Ruling {
        let mut ruling = Ruling::default();
        for (name, rule) in self.0.iter().filter(|(_, rule)| rule.when.is(words, categories)) {
            match rule.then.clone() {
                Effect::Pin { products } => {
                    for product in products {
                        if !ruling.pinned.contains(&product) {
                            ruling.pinned.push(product);
                        }
                    }
                }
                Effect::Hide { which } => ruling.hidden.push(which),
                Effect::Boost { which, strength } => ruling.moved.push((which, strength.0)),
                Effect::Bury { which, strength } => ruling.moved.push((which, -strength.0)),
                Effect::Redirect { url } => {
                    ruling.redirect.get_or_insert(url);
                }
            }
            ruling.names.push(name.clone());
        }
        ruling
    }
}

/// What rules say to one question. What one hides no other brings back.
#[derive(Debug, Default)]
pub(crate) struct Ruling {
    /// The rules that it is made of.
    pub(crate) names: Vec<String>,
    /// Listed first, in this order; each once.
    pub(crate) pinned: Vec<ProductId>,
    pub(crate) redirect: Option<WebAddress>,
    hidden: Vec<Which>,
    moved: Vec<(Which, f32)>,
}

impl Ruling {
    pub(crate) fn hides(&self, product: &Product) -> bool {
        self.hidden.iter().any(|which| which.covers(product))
    }

    /// How far a product is moved up, and the reasons to tell.
    pub(crate) fn moves(&self, product: &Product) -> (f32, Vec<Reason>) {
        let moves = self.moved.iter().filter(|(which, _)| which.covers(product));
        let (mut by, mut reasons) = (0.0, Vec::new());
        for (_, strength) in moves {
            by += strength;
            let text =
                if *strength < 0.0 { "moved down by the shop" } else { "moved up by the shop" };
            reasons.push(reason(text));
        }
        (by, reasons)
    }

    /// The place of a product among the pinned ones.
    pub(crate) fn place(&self, product: &ProductId) -> Option<usize> {
        self.pinned.iter().position(|pinned| pinned == product)
    }

    /// Why a pinned product stands where it does.
    pub(crate) fn chosen() -> Reason {
        reason("chosen by the shop")
    }
}

fn reason(text: &str) -> Reason {
    Reason { kind: ReasonKind::Rule, attribute: Attribute::Rule, text: text.to_owned() }
}
