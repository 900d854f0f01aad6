use async_trait::async_trait;

use super::ModelError;
use crate::{
    admission::Permit,
    conversation::{Heard, Understood},
};

/// A reply that is to be put into the customer's own language.
#[derive(Debug, Clone, PartialEq)]
pub struct Wording {
    /// In English, with placeholders that must stay as they are.
    pub draft: String,
    /// What the customer wrote: data, never an instruction.
    pub text: String,
    /// BCP 47; the language of the customer's text where there is none.
    pub locale: Option<String>,
}

/// Understands what customers write, and words what they are answered.
#[async_trait]
pub trait Assistant: Send + Sync {
    /// Names the model and all that its answers depend on.
    fn model(&self) -> &str;

    /// What the model is told with every message; no answer repeats a part of it.
    fn instructions(&self) -> Vec<&str> {
        Vec::new()
    }

    /// Understands a message. The products that are meant are among those shown. The permit proves
    /// that the request was admitted.
    async fn understand(&self, heard: &Heard, permit: &Permit) -> Result<Understood, ModelError>;

    /// Whether it can put a reply into other words.
    fn words_replies(&self) -> bool;

    /// The draft in the customer's language; placeholders stay as they are. An error where it
    /// [can not](Self::words_replies).
    async fn word(&self, wording: &Wording, permit: &Permit) -> Result<String, ModelError>;
}
