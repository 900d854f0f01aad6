use std::{collections::HashMap, ops::Range};

use serde::Deserialize;
use vitrine_core::vocabulary::Category;

/// What a model's own probability of a garment's kind is worth, measured on photos whose kinds are
/// known: `confidence` in its card.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Confidence {
    /// The share that is right is the logistic function of scale x logit(probability) + shift (Platt
    /// 1999).
    pub scale: f32,
    pub shift: f32,
    /// Below it the kind is more likely wrong than right.
    pub floor: f32,
    /// For a kind that the model tells below the floor, which other one it is most often.
    #[serde(default)]
    pub perhaps: HashMap<Category, Category>,
}

impl Confidence {
    /// How likely the kind is right, 0 to 1, in thousandths: what is beyond them differs from one run
    /// of the same sums to the next, and the same photo is to get the same answer.
    pub(crate) fn of(&self, probability: f32) -> f32 {
        let probability = probability.clamp(1e-6, 1.0 - 1e-6);
        let logit = (probability / (1.0 - probability)).ln();
        let share = 1.0 / (1.0 + (-self.scale * logit - self.shift).exp());
        ((share * 1_000.0).round() / 1_000.0).clamp(0.001, 0.999)
    }

    /// What it may be instead, where the kind is in doubt.
    pub(crate) fn perhaps(&self, told: Category, confidence: f32) -> Option<Category> {
        self.perhaps.get(&told).copied().filter(|_| confidence < self.floor)
    }
}

/// Which bytes of an object were written with which probability.
#[derive(Debug, Default)]
pub(crate) struct Certainty(Vec<(Range<usize>, f32)>);

impl Certainty {
    /// The byte at this place belongs to a token of this probability.
    pub(crate) fn note(&mut self, at: usize, probability: f32, is_same_token: bool) {
        match self.0.last_mut() {
            Some((range, _)) if is_same_token => range.end = at + 1,
            _ => self.0.push((at..at + 1, probability)),
        }
    }

    /// The probability of all tokens together that the value of a text property has a part in.
    pub(crate) fn of_value(&self, object: &[u8], property: &str) -> Option<f32> {
        let text = std::str::from_utf8(object).ok()?;
        let before = format!("\"{property}\":\"");
        let start = text.find(&before)? + before.len();
        let end = start + text[start..].find('"')?;
        let within = self.0.iter().filter(|(range, _)| range.start < end && range.end > start);
        Some(within.map(|(_, probability)| probability).product())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_probability_is_worth_what_was_measured() {
        let perhaps = HashMap::from([(Category::Shirt, Category::Blouse)]);
        let as_it_is = Confidence { scale: 1.0, shift: 0.0, floor: 0.5, perhaps };
        for probability in [0.01, 0.3, 0.9] {
            assert!((as_it_is.of(probability) - probability).abs() < 1e-4);
        }
        let modest = Confidence { scale: 0.5, ..as_it_is.clone() };
        assert!(modest.of(0.99) < 0.95 && modest.of(0.01) > 0.05);
        assert!(modest.of(1.0) < 1.0 && modest.of(0.0) > 0.0, "nothing is certain");
        assert_eq!(as_it_is.perhaps(Category::Shirt, 0.4), Some(Category::Blouse));
        assert_eq!(as_it_is.perhaps(Category::Shirt, 0.6), None);
        assert_eq!(as_it_is.perhaps(Category::Dress, 0.4), None);
    }

    #[test]
    fn only_the_tokens_of_the_value_count() {
        let tokens =
            [("{\"category\":", 0.5), ("\"long", 0.8), ("-sleeve-top", 0.9), ("\",\"x", 0.1)];
        let (mut object, mut certainty) = (Vec::new(), Certainty::default());
        for (text, probability) in tokens {
            for (at, byte) in text.bytes().enumerate() {
                certainty.note(object.len(), probability, at > 0);
                object.push(byte);
            }
        }
        let told = certainty.of_value(&object, "category").unwrap();
        assert!((told - 0.72).abs() < 1e-6, "{told}");
        assert_eq!(certainty.of_value(&object, "pattern"), None);
    }
}
