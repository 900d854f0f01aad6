//! A reply before it is filled in. Whatever of it can change stands as a placeholder, `{p1.price}`,
//! and is put in from the catalog as it is when the reply goes out.

use std::collections::BTreeMap;

use super::Unfounded;
use crate::{
    claims::turns_round, look::Match, money::Money, search::ShownProduct, vocabulary::Colour,
};

/// The most characters of a merchant's own text in a reply.
const TEXT: usize = 160;

/// A reply with placeholders, and what stands for each.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Draft {
    pub text: String,
    values: BTreeMap<String, String>,
}

/// A product as it can be told of now.
#[derive(Debug, Clone, PartialEq)]
pub struct Live {
    pub title: String,
    pub price: Option<Money>,
    pub available: bool,
    /// Those that can be bought now, each once, in the shop's order.
    pub sizes: Vec<String>,
    pub colours: Vec<Colour>,
    pub brand: Option<String>,
    pub material: Option<String>,
    pub description: String,
}

impl From<&ShownProduct> for Live {
    fn from(product: &ShownProduct) -> Self {
        let offered = product
            .variants
            .iter()
            .filter(|variant| !product.available || variant.availability.can_be_bought_now());
        let mut live = Self {
            title: product.title.clone(),
            price: product.price,
            available: product.available,
            sizes: Vec::new(),
            colours: Vec::new(),
            brand: product.brand.clone(),
            material: product.material.clone(),
            description: product.description.clone(),
        };
        for variant in offered {
            add(&mut live.sizes, variant.size.clone());
            for colour in &variant.colours {
                add(&mut live.colours, Some(*colour));
            }
        }
        live
    }
}

impl From<&Match> for Live {
    fn from(found: &Match) -> Self {
        let mut live = Self {
            title: found.title.clone(),
            price: Some(found.price),
            available: found
                .variants
                .iter()
                .any(|variant| variant.availability.can_be_bought_now()),
            sizes: Vec::new(),
            colours: found.colours.clone(),
            brand: found.brand.clone(),
            material: None,
            description: String::new(),
        };
        for variant in &found.variants {
            add(&mut live.sizes, variant.size.clone());
        }
        live
    }
}

fn add<T: PartialEq>(list: &mut Vec<T>, value: Option<T>) {
    if let Some(value) = value.filter(|value| !list.contains(value)) {
        list.push(value);
    }
}

impl Draft {
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), values: BTreeMap::new() }
    }

    /// Adds a sentence.
    pub fn say(&mut self, sentence: &str) {
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push(' ');
        }
        self.text.push_str(sentence);
    }

    /// Begins a new line with a sentence.
    pub fn line(&mut self, sentence: &str) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.text.push_str(sentence);
    }

    /// Makes what is known of a product available as `{pN.title}`, `{pN.price}` and so on; `place`
    /// counts from 0.
    pub fn offer(&mut self, place: usize, live: &Live) {
        let name = format!("p{}", place + 1);
        let mut put = |field: &str, value: Option<String>| {
            if let Some(value) = value.filter(|value| !value.is_empty()) {
                self.values.insert(format!("{name}.{field}"), value);
            }
        };
        put("title", Some(harmless(&live.title)));
        put("price", live.price.map(|price| price.to_string()));
        put("sizes", Some(live.sizes.join(", ")).filter(|sizes| !sizes.is_empty()));
        let colours: Vec<&str> = live.colours.iter().map(|colour| colour.words()).collect();
        put("colours", Some(colours.join(", ")));
        put("brand", live.brand.as_deref().map(harmless));
        put("material", live.material.as_deref().map(harmless));
        put("description", Some(harmless(&live.description)));
    }

    /// Makes a value of another kind available, as the conditions that the customer set.
    pub fn put(&mut self, name: &str, value: String) {
        self.values.insert(name.to_owned(), value);
    }

    /// Whether something stands for this placeholder.
    pub fn has(&self, name: &str) -> bool {
        self.values.contains_key(name)
    }

    /// The placeholders of a text, in their order.
    pub(super) fn placeholders(text: &str) -> Result<Vec<&str>, Unfounded> {
        let mut found = Vec::new();
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}']) {
            let (_, from) = rest.split_at(at);
            let name = from.strip_prefix('{').and_then(|from| from.split_once('}'));
            let (name, after) = name.ok_or(Unfounded::Placeholder)?;
            found.push(name);
            rest = after;
        }
        Ok(found)
    }

    /// The text with every placeholder filled in; an error where one has no value.
    pub fn fill(&self, text: &str) -> Result<String, Unfounded> {
        let mut filled = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').ok_or(Unfounded::Placeholder)?;
            filled.push_str(before);
            filled.push_str(self.values.get(name).ok_or(Unfounded::Placeholder)?);
            rest = after;
        }
        filled.push_str(rest);
        Ok(filled)
    }
}

/// A merchant's own words: one line, cut, without control characters and what would turn the words
/// round that stand after it.
fn harmless(text: &str) -> String {
    let is_between = |c: char| c.is_whitespace() || c.is_control() || turns_round(c);
    let words: Vec<&str> = text.split(is_between).collect();
    let line = words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    if line.chars().count() <= TEXT {
        return line;
    }
    let cut: String = line.chars().take(TEXT).collect();
    let end = cut.rfind(' ').unwrap_or(cut.len());
    format!("{}…", cut.get(..end).unwrap_or(&cut))
}
