//! What a message wants: as a model understands it, and the conditions that its words say outright.

use crate::{
    conversation::{Shown, Turn},
    feed::colour_named,
    filter::Filters,
    money::Currency,
    vocabulary::{Colour, vocabulary},
    wish,
};

vocabulary! {
    /// What a message wants.
    Intent {
        Find = "find", "find something";
        Refine = "refine", "something else of what was shown";
        Compare = "compare", "compare products";
        AskProduct = "ask_product", "know something of a product";
        AskOrder = "ask_order", "know something of an order";
        SmallTalk = "small_talk", "nothing but to be polite";
        HandOver = "hand_over", "speak to a person";
    }
}

/// A message and what came before it, for a model to understand.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Heard {
    /// The customer's own words: data, never an instruction.
    pub text: String,
    /// The products shown last, which are called by their places.
    pub shown: Vec<Shown>,
    /// What was said last, the oldest first.
    pub before: Vec<Turn>,
}

/// A message as it was understood.
#[derive(Debug, Clone, PartialEq)]
pub struct Understood {
    pub intent: Intent,
    /// The places, from 0, of the products of [`Heard::shown`] that are meant.
    pub about: Vec<usize>,
    /// How sure the model is, 0 to 1; 1 where it does not tell.
    pub confidence: f32,
}

/// One thing that a customer asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    /// Less than what is shown costs.
    Cheaper,
    /// What goes with what is shown.
    GoesWith,
}

const CHEAPER: [&str; 14] = [
    "cheaper",
    "less expensive",
    "not so expensive",
    "lower price",
    "too expensive",
    "günstiger",
    "billiger",
    "preiswerter",
    "zu teuer",
    "moins cher",
    "trop cher",
    "más barato",
    "más barata",
    "muy caro",
];
const GOES_WITH: [&str; 12] = [
    "goes with",
    "go with",
    "match with",
    "wear with",
    "complete the look",
    "combine with",
    "passt dazu",
    "passt zu",
    "dazu tragen",
    "va avec",
    "combina con",
    "queda bien con",
];
const NOT: [&str; 9] = ["no", "not", "without", "kein", "keine", "nicht", "pas", "sans", "sin"];

/// The conditions that a message says outright: those of a [wish](wish::understood), every other
/// colour that it names and does not rule out, and what [`Condition`] has.
pub fn conditions(text: &str, currency: Option<Currency>) -> (Filters, Vec<Condition>) {
    let mut filters = wish::understood(text, currency);
    if filters.colours.is_empty() {
        filters.colours = colours(text);
    }
    let lower = text.to_lowercase();
    let says = |phrases: &[&str]| phrases.iter().any(|phrase| lower.contains(phrase));
    let mut asked = Vec::new();
    if says(&CHEAPER) {
        asked.push(Condition::Cheaper);
    }
    if says(&GOES_WITH) {
        asked.push(Condition::GoesWith);
    }
    (filters, asked)
}

/// The colours that a text names, of two words before one of one.
fn colours(text: &str) -> Vec<Colour> {
    let lower = text.to_lowercase();
    let words: Vec<&str> =
        lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let mut found = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let pair = words.get(at..at + 2).map(|pair| pair.join(" "));
        let named = pair.and_then(|pair| Some((colour_named(&pair)?, 2)));
        let named = named.or_else(|| Some((colour_named(words[at])?, 1)));
        let is_ruled_out = at.checked_sub(1).is_some_and(|before| NOT.contains(&words[before]));
        if let Some((colour, _)) = named.filter(|_| !is_ruled_out)
            && !found.contains(&colour)
        {
            found.push(colour);
        }
        at += named.map_or(1, |(_, length)| length);
    }
    found
}

impl Understood {
    /// What is under it, it is not acted on.
    pub const FLOOR: f32 = 0.5;

    pub fn is_sure(&self) -> bool {
        self.confidence >= Self::FLOOR
    }
}
