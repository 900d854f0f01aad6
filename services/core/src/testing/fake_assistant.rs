use std::sync::Mutex;

use async_trait::async_trait;

use crate::{
    admission::Permit,
    conversation::{Heard, Intent, Understood},
    ports::{Assistant, ModelError, Wording},
};

/// Understands a few plain English words, and words replies as it is told to.
#[derive(Debug, Default)]
pub struct FakeAssistant {
    /// What it makes of every draft; none where it words no replies.
    pub wording: Mutex<Option<String>>,
    pub failure: Mutex<Option<ModelError>>,
    /// How sure it says that it is; sure where there is none.
    pub confidence: Mutex<Option<f32>>,
}

impl FakeAssistant {
    /// Puts `text` in the place of every draft.
    pub fn wording(text: &str) -> Self {
        Self { wording: Mutex::new(Some(text.to_owned())), ..Self::default() }
    }

    /// Understands nothing and fails.
    pub fn failing(failure: ModelError) -> Self {
        Self { failure: Mutex::new(Some(failure)), ..Self::default() }
    }
}

const PLACES: [&str; 6] = ["first", "second", "third", "fourth", "fifth", "sixth"];
const WORDS: [(Intent, &[&str]); 6] = [
    (Intent::HandOver, &["person"]),
    (Intent::AskOrder, &["order"]),
    (Intent::Compare, &["compare"]),
    (Intent::AskProduct, &["cost", "costs", "made", "stock"]),
    (Intent::Refine, &["in", "cheaper", "like", "more"]),
    (Intent::SmallTalk, &["hello", "thanks"]),
];

#[async_trait]
impl Assistant for FakeAssistant {
    fn model(&self) -> &str {
        "fake-assistant"
    }

    async fn understand(&self, heard: &Heard, _: &Permit) -> Result<Understood, ModelError> {
        if let Some(failure) = self.failure.lock().ok().and_then(|failure| failure.clone()) {
            return Err(failure);
        }
        let lower = heard.text.to_lowercase();
        let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).collect();
        let says = |wanted: &&&str| words.contains(*wanted);
        let intent = WORDS.iter().find(|(_, wanted)| wanted.iter().any(|word| says(&word)));
        let is_named = |at: &usize| PLACES.get(*at).is_some_and(|place| words.contains(place));
        Ok(Understood {
            intent: intent.map_or(Intent::Find, |(intent, _)| *intent),
            about: (0..heard.shown.len()).filter(is_named).collect(),
            confidence: self.confidence.lock().ok().and_then(|sure| *sure).unwrap_or(1.0),
        })
    }

    fn words_replies(&self) -> bool {
        self.wording.lock().is_ok_and(|wording| wording.is_some())
    }

    async fn word(&self, _: &Wording, _: &Permit) -> Result<String, ModelError> {
        let wording = self.wording.lock().ok().and_then(|wording| wording.clone());
        wording.ok_or_else(|| ModelError::Answer("this one words no replies".into()))
    }
}
