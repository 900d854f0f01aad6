//! What a text names, or what a product is, and how far another product has it too.

use serde::Serialize;
use utoipa::ToSchema;

use super::{holds, tokens};
use crate::{
    feed::{Said, said},
    filter::{Filters, counted_age_group},
    look::{Attribute, Reason, ReasonKind},
    money::Money,
    product::ColourVersion,
    rules::Synonyms,
    vocabulary::{AgeGroup, Category, Colour, Gender, Length, Pattern, Sleeve},
};

/// The most words that name one attribute: `long sleeve top`.
const PHRASE: usize = 3;
/// How much the attributes count that a shopper looks at first, beside the others and words.
const FIRST: f32 = 3.0;

/// Words that say nothing of a product.
const IDLE: [&str; 40] = [
    "a",
    "an",
    "and",
    "any",
    "are",
    "as",
    "at",
    "but",
    "by",
    "do",
    "for",
    "from",
    "have",
    "i",
    "in",
    "is",
    "it",
    "like",
    "looking",
    "me",
    "my",
    "need",
    "of",
    "on",
    "one",
    "or",
    "over",
    "please",
    "show",
    "some",
    "something",
    "that",
    "the",
    "this",
    "to",
    "under",
    "want",
    "with",
    "you",
    "your",
];

/// Attributes and words, as they were understood.
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
pub struct Asked {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<Category>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub colours: Vec<Colour>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pattern: Option<Pattern>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sleeve: Option<Sleeve>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub length: Option<Length>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gender: Option<Gender>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub age_group: Option<AgeGroup>,
    /// Conditions that are said outright, as `size 38` and `under 50 euro`: they hold as filters do.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sizes: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_price: Option<Money>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_price: Option<Money>,
    /// What names none of these: looked for in the products' own texts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub words: Vec<String>,
    /// What stands for one of the words as well.
    #[serde(skip)]
    also: Vec<(String, String)>,
}

/// How far a product has what was asked for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Agreement {
    reached: f32,
    possible: f32,
    lacks: bool,
}

impl Agreement {
    /// 0 to 1; none where nothing could be compared.
    pub(super) fn share(self) -> Option<f32> {
        (self.possible > 0.0).then(|| self.reached / self.possible)
    }

    /// Whether something was asked for, and all of it is there.
    pub(super) fn is_whole(self) -> bool {
        self.possible > 0.0 && !self.lacks
    }

    fn count(&mut self, weight: f32, share: f32) {
        self.possible += weight;
        self.reached += weight * share;
        self.lacks |= share < 1.0;
    }

    /// What a product leaves unsaid counts neither for nor against it.
    fn detail<T: PartialEq>(&mut self, wanted: Option<T>, has: Option<T>) {
        match (wanted, has) {
            (Some(wanted), Some(has)) => self.count(1.0, f32::from(u8::from(wanted == has))),
            (Some(_), None) => self.lacks = true,
            (None, _) => {}
        }
    }
}

impl Asked {
    /// What a text names: the longest phrases that name an attribute, then single words.
    pub fn of_text(text: &str) -> Self {
        let text = text.to_lowercase();
        let words: Vec<&str> = text
            .split(|letter: char| !letter.is_alphanumeric() && letter != '-' && letter != '\'')
            .map(|word| word.trim_matches(['-', '\'']))
            .filter(|word| !word.is_empty())
            .collect();
        let mut asked = Self::default();
        let mut at = 0;
        while at < words.len() {
            let longest = PHRASE.min(words.len() - at);
            let named = (1..=longest)
                .rev()
                .find_map(|length| Some((length, said(&words[at..at + length].join(" "))?)));
            match named {
                Some((length, said)) => {
                    asked.take(said);
                    at += length;
                }
                None => {
                    asked.take_word(words[at]);
                    at += 1;
                }
            }
        }
        asked
    }

    /// With conditions that were said outright.
    pub(super) fn with(self, said: &Filters) -> Self {
        let Filters { sizes, min_price, max_price, .. } = said.clone();
        Self { sizes, min_price, max_price, ..self }
    }

    /// Understands words by those that mean the same: one that names no attribute stands for what
    /// another names, or is found where another is.
    pub(super) fn extend(&mut self, synonyms: &Synonyms) {
        for word in self.words.clone() {
            let others = synonyms.others(&word);
            match others.iter().find_map(|other| said(other)) {
                Some(said) => {
                    self.words.retain(|known| *known != word);
                    self.take(said);
                }
                None => {
                    let pairs = others.into_iter().map(|other| (word.clone(), other.to_owned()));
                    self.also.extend(pairs);
                }
            }
        }
    }

    /// What a version of a product is.
    pub(super) fn of_version(version: &ColourVersion<'_>) -> Self {
        let product = version.product;
        Self {
            categories: vec![product.category],
            colours: version.colours.to_vec(),
            pattern: product.pattern,
            sleeve: product.sleeve,
            length: product.length,
            gender: product.gender.filter(|gender| *gender != Gender::Unisex),
            age_group: Some(counted_age_group(product)),
            ..Self::default()
        }
    }

    fn take(&mut self, said: Said) {
        match said {
            Said::Category(category) => add(&mut self.categories, category),
            Said::Colour(colour) => add(&mut self.colours, colour),
            Said::Pattern(pattern) => self.pattern = self.pattern.or(Some(pattern)),
            Said::Sleeve(sleeve) => self.sleeve = self.sleeve.or(Some(sleeve)),
            Said::Length(length) => self.length = self.length.or(Some(length)),
            Said::Gender(gender) => self.gender = self.gender.or(Some(gender)),
            Said::AgeGroup(age_group) => self.age_group = self.age_group.or(Some(age_group)),
        }
    }

    fn take_word(&mut self, word: &str) {
        if !IDLE.contains(&word) {
            add(&mut self.words, word.to_owned());
        }
    }

    pub(super) fn agreement(&self, version: &ColourVersion<'_>) -> Agreement {
        let product = version.product;
        let mut agreement = Agreement { reached: 0.0, possible: 0.0, lacks: false };
        if !self.categories.is_empty() {
            agreement.count(FIRST, self.category_share(product.category));
        }
        if !self.colours.is_empty() {
            agreement.count(FIRST, self.colour_share(version.colours));
        }
        if let Some(gender) = self.gender {
            match product.gender {
                Some(has) if has == gender || has == Gender::Unisex => agreement.count(FIRST, 1.0),
                Some(_) => agreement.count(FIRST, 0.0),
                None => agreement.lacks = true,
            }
        }
        if let Some(age_group) = self.age_group {
            let same = counted_age_group(product) == age_group;
            agreement.count(FIRST, f32::from(u8::from(same)));
        }
        agreement.detail(self.pattern, product.pattern);
        agreement.detail(self.sleeve, product.sleeve);
        agreement.detail(self.length, product.length);
        let found = self.found(version).len();
        for at in 0..self.words.len() {
            agreement.count(1.0, f32::from(u8::from(at < found)));
        }
        agreement
    }

    fn category_share(&self, has: Category) -> f32 {
        if self.categories.contains(&has) {
            1.0
        } else if self.categories.iter().any(|wanted| wanted.neighbours().contains(&has)) {
            0.5
        } else {
            0.0
        }
    }

    fn colour_share(&self, has: &[Colour]) -> f32 {
        let wanted = |colour: &Colour| self.colours.contains(colour);
        let near = |colour: &Colour| {
            self.colours.iter().any(|wanted| wanted.neighbours().contains(colour))
        };
        match has.first() {
            Some(main) if wanted(main) => 1.0,
            _ if has.iter().any(wanted) => 0.7,
            Some(main) if near(main) => 0.5,
            _ => 0.0,
        }
    }

    /// Which of the words stand in the version's text, in one number or the other.
    fn found(&self, version: &ColourVersion<'_>) -> Vec<&str> {
        if self.words.is_empty() {
            return Vec::new();
        }
        let text = tokens(&version.search_text());
        let stands = |word: &&str| {
            let mut others = self.also.iter().filter(|(known, _)| known == word);
            holds(&text, &tokens(word)) || others.any(|(_, other)| holds(&text, &tokens(other)))
        };
        self.words.iter().map(String::as_str).filter(stands).collect()
    }

    /// That words stand in the version's own text.
    pub(super) fn words_found(&self, version: &ColourVersion<'_>) -> Option<Reason> {
        let found = self.found(version);
        let text = || format!("in its words: {}", found.join(", "));
        (!found.is_empty()).then(|| reason(ReasonKind::Same, Attribute::Words, text()))
    }

    /// Reasons in the order of what a shopper looks at first; differences come last.
    pub(super) fn reasons(&self, version: &ColourVersion<'_>) -> Vec<Reason> {
        let product = version.product;
        let mut reasons: Vec<Reason> = Vec::new();
        reasons.extend(self.category_reason(product.category));
        reasons.extend(self.colour_reason(version.colours));
        reasons.extend(compared(self.pattern, product.pattern, Attribute::Pattern, |pattern| {
            pattern.to_string()
        }));
        reasons.extend(compared(self.sleeve, product.sleeve, Attribute::Sleeve, sleeves));
        reasons.extend(compared(self.length, product.length, Attribute::Length, |length| {
            length.to_string()
        }));
        let gender = product.gender.map(|has| match self.gender {
            Some(wanted) if has == Gender::Unisex => wanted,
            _ => has,
        });
        reasons.extend(compared(self.gender, gender, Attribute::Gender, |gender| {
            format!("for {gender}")
        }));
        let age_group = Some(counted_age_group(product));
        reasons.extend(compared(self.age_group, age_group, Attribute::AgeGroup, |age_group| {
            format!("for the age {age_group}")
        }));
        reasons.extend(self.words_found(version));
        reasons.sort_by_key(|reason| reason.kind == ReasonKind::Differs);
        reasons
    }

    fn category_reason(&self, has: Category) -> Option<Reason> {
        let wanted = either(&self.categories)?;
        let share = self.category_share(has);
        Some(shared(share, Attribute::Category, "category", &has.to_string(), &wanted))
    }

    fn colour_reason(&self, has: &[Colour]) -> Option<Reason> {
        let wanted = either(&self.colours)?;
        let main = has.iter().find(|colour| self.colours.contains(colour)).or(has.first())?;
        let share = if self.colours.contains(main) { 1.0 } else { self.colour_share(has) };
        Some(shared(share, Attribute::Colour, "colour", &main.to_string(), &wanted))
    }
}

fn add<T: PartialEq>(list: &mut Vec<T>, value: T) {
    if !list.contains(&value) {
        list.push(value);
    }
}

/// `navy or black`; none of none.
fn either<T: ToString>(wanted: &[T]) -> Option<String> {
    let names: Vec<String> = wanted.iter().map(T::to_string).collect();
    (!names.is_empty()).then(|| names.join(" or "))
}

fn sleeves(sleeve: Sleeve) -> String {
    match sleeve {
        Sleeve::Sleeveless => "sleeveless".to_owned(),
        sleeve => format!("{sleeve} sleeves"),
    }
}

fn shared(share: f32, attribute: Attribute, name: &str, has: &str, wanted: &str) -> Reason {
    if share >= 1.0 {
        reason(ReasonKind::Same, attribute, format!("same {name}: {has}"))
    } else if share > 0.0 {
        reason(ReasonKind::Similar, attribute, format!("similar {name}: {has} for {wanted}"))
    } else {
        reason(ReasonKind::Differs, attribute, format!("differs: {has}, not {wanted}"))
    }
}

fn compared<T: PartialEq>(
    wanted: Option<T>,
    has: Option<T>,
    attribute: Attribute,
    name: impl Fn(T) -> String,
) -> Option<Reason> {
    let (wanted, has) = (wanted?, has?);
    Some(if wanted == has {
        reason(ReasonKind::Same, attribute, format!("same: {}", name(has)))
    } else {
        let text = format!("differs: {}, not {}", name(has), name(wanted));
        reason(ReasonKind::Differs, attribute, text)
    })
}

fn reason(kind: ReasonKind, attribute: Attribute, text: String) -> Reason {
    Reason { kind, attribute, text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{product::Product, testing::sample};

    fn texts(asked: &Asked, product: &Product) -> Vec<String> {
        let reasons = asked.reasons(&product.colour_versions()[0]);
        reasons.into_iter().map(|reason| reason.text).collect()
    }

    #[test]
    fn attributes_and_words_of_a_text_are_understood() {
        let asked = Asked::of_text(
            "Light-blue or navy striped MIDI dress with long sleeves, for a Wedding",
        );
        let understood = Asked {
            categories: vec![Category::Dress],
            colours: vec![Colour::LightBlue, Colour::Navy],
            pattern: Some(Pattern::Striped),
            sleeve: Some(Sleeve::Long),
            length: Some(Length::Midi),
            words: vec!["wedding".into()],
            ..Asked::default()
        };
        assert_eq!(asked, understood);
        assert_eq!(Asked::of_text(" ... ! "), Asked::default());
        assert_eq!(Asked::of_text("the one for my wedding").words, ["wedding"]);
        assert_eq!(Asked::of_text("men's polo shirt").gender, Some(Gender::Men));
    }

    #[test]
    fn reasons_say_what_is_as_asked_for_what_is_near_and_what_differs() {
        let product = sample::product("p");
        let asked = Asked::of_text("black striped skirt by Lindens, midi, for women");
        assert_eq!(
            texts(&asked, &product),
            [
                "similar category: dress for skirt",
                "similar colour: navy for black",
                "same: midi",
                "same: for women",
                "in its words: lindens",
                "differs: plain, not striped",
            ]
        );
    }

    #[test]
    fn agreement_falls_with_every_difference_and_is_whole_with_none() {
        let product = sample::product("p");
        let version = product.colour_versions()[0];
        let agreement = |text: &str| Asked::of_text(text).agreement(&version);
        let shares = ["navy dress", "black dress", "black skirt", "yellow shoes"]
            .map(|text| agreement(text).share().unwrap());
        assert!(shares.is_sorted_by(|one, other| one > other), "{shares:?}");
        assert!(agreement("linden dresses in navy").is_whole());
        assert!(!agreement("linden dresses in navy wool").is_whole());
        assert!(!agreement("...").is_whole() && agreement("...").share().is_none());
    }

    #[test]
    fn what_a_product_leaves_unsaid_counts_neither_for_nor_against_it_but_is_not_all_there() {
        let product = Product { pattern: None, ..sample::product("p") };
        let version = product.colour_versions()[0];
        let agreement = Asked::of_text("striped dress").agreement(&version);
        assert_eq!(agreement.share(), Some(1.0));
        assert!(!agreement.is_whole());
    }
}
