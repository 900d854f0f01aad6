use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{ChatMessage, Intent, Speaker};
use crate::{
    filter::Filters,
    garment::Garment,
    ids::{LookId, ProductId},
    look::Match,
    money::Currency,
    vocabulary::{Category, Colour},
};

/// Products that are shown at once, and can be called by their places, at most.
pub const SHOWN: usize = 6;
/// Turns that a model is told of, at most, and characters of each.
const TURNS: usize = 6;
const TURN: usize = 600;
/// Wishes of the customer's that the summary tells, at most, and characters of each.
const WISHES: usize = 8;
const WISH: usize = 200;

/// What is known in a conversation: what was seen, shown and asked for. Bounded, however long it goes on.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Memory {
    /// The look that was answered last.
    pub look: Option<LookId>,
    /// The garments of the photo that was sent last.
    pub garments: Vec<Garment>,
    /// The words that were searched for last, where that was after the photo.
    pub words: Option<String>,
    /// What the products shown last are paid in.
    pub currency: Option<Currency>,
    /// What holds until something else is asked for.
    pub filters: Filters,
    /// The products shown last, in the order of their places.
    pub shown: Vec<Shown>,
    /// What was said last, the oldest first.
    pub turns: Vec<Turn>,
    pub wishes: Vec<String>,
    pub photos: u64,
    pub first_heard: Option<Timestamp>,
}

/// A product that was shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Shown {
    pub product: ProductId,
    pub title: String,
    pub category: Category,
    pub colour: Option<Colour>,
}

/// A message, as far as it is remembered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Turn {
    pub from: Speaker,
    pub text: String,
}

impl Shown {
    pub fn of(found: &Match) -> Self {
        Self {
            product: found.product_id.clone(),
            title: found.title.clone(),
            category: found.category,
            colour: found.colours.first().copied(),
        }
    }
}

impl Memory {
    /// Remembers that something was said.
    pub(super) fn hear(&mut self, message: &ChatMessage) {
        self.photos += message.photo_ids.len() as u64;
        if message.from == Speaker::Customer {
            self.first_heard.get_or_insert(message.at);
        }
        if message.text.is_empty() {
            return;
        }
        self.turns.push(Turn { from: message.from, text: cut(&message.text, TURN) });
        let beyond = self.turns.len().saturating_sub(TURNS);
        self.turns.drain(..beyond);
    }

    /// Remembers what the customer wants of the shop.
    pub fn wish(&mut self, text: &str, intent: Intent) {
        let is_wish = matches!(intent, Intent::Find | Intent::Refine);
        if is_wish && !text.is_empty() {
            self.wishes.push(cut(text, WISH));
            let beyond = self.wishes.len().saturating_sub(WISHES);
            self.wishes.drain(..beyond);
        }
    }

    /// What the customer was told last.
    pub fn last_said(&self) -> String {
        let mut last = self.turns.iter().rev();
        let last = last.find(|turn| turn.from != Speaker::Customer);
        last.map(|turn| turn.text.clone()).unwrap_or_default()
    }

    /// What an agent must know, in plain words; customers' and merchants' own between quotation
    /// marks.
    pub(super) fn summary(&self) -> String {
        let mut lines = Vec::new();
        if self.photos > 0 {
            let many =
                if self.photos == 1 { "1 photo" } else { &format!("{} photos", self.photos) };
            lines.push(format!("The customer sent {many}."));
        }
        if !self.garments.is_empty() {
            let seen: Vec<&str> =
                self.garments.iter().map(|garment| garment.description.as_str()).collect();
            lines.push(format!("In the last photo: {}", seen.join(" ")));
        }
        if !self.wishes.is_empty() {
            let wishes: Vec<String> = self.wishes.iter().map(|wish| format!("«{wish}»")).collect();
            lines.push(format!("Asked for: {}.", wishes.join(", ")));
        }
        if !self.shown.is_empty() {
            let shown: Vec<String> =
                self.shown.iter().map(|shown| format!("«{}»", shown.title)).collect();
            lines.push(format!("Shown last: {}.", shown.join(", ")));
        }
        let last = self.turns.iter().rev().find(|turn| turn.from == Speaker::Customer);
        if let Some(last) = last {
            lines.push(format!("Said last: «{}».", last.text));
        }
        if lines.is_empty() { "Nothing was said yet.".to_owned() } else { lines.join("\n") }
    }
}

fn cut(text: &str, most: usize) -> String {
    let line: Vec<&str> = text.split_whitespace().collect();
    line.join(" ").chars().take(most).collect()
}
