use async_trait::async_trait;
use futures::stream::BoxStream;

use super::ModelError;
use crate::{
    admission::Permit,
    garment::Garment,
    ids::ProductId,
    look::Suggestion,
    photo::Photo,
    vocabulary::{Category, Colour, Tone},
};

/// Garments, each as soon as it is known; ends after the last one, or after one error.
pub type DescribeStream = BoxStream<'static, Result<Garment, ModelError>>;

/// Pieces of advice in the order written; ends after the last one, or after one error.
pub type AdviceStream = BoxStream<'static, Result<AdvicePiece, ModelError>>;

/// A part of the advice that is complete.
#[derive(Debug, Clone, PartialEq)]
pub enum AdvicePiece {
    /// The overall sentence. Comes once, first.
    Text(String),
    Suggestion(Suggestion),
}

/// Sees garments in a photo.
#[async_trait]
pub trait Vision: Send + Sync {
    /// Names the model and all that its answers depend on besides the photo (prompt, settings);
    /// part of every cache key.
    fn model(&self) -> &str;

    /// The side, in pixels, of the square that photos must be brought to.
    fn photo_side(&self) -> u32;

    /// What a customer must know of this model wherever it answers, if anything.
    fn caution(&self) -> Option<&str>;

    /// What the model is told with every photo; no answer repeats a part of it.
    fn instructions(&self) -> Vec<&str> {
        Vec::new()
    }

    /// Describes what is worn or shown. A photo without clothes gives an empty stream. The permit
    /// proves that the request was admitted; dropping the stream frees the model.
    async fn describe(&self, photo: &Photo, permit: &Permit) -> Result<DescribeStream, ModelError>;
}

/// A product offered to the stylist under its own id; the stylist names nothing else. Prices are
/// left out: advice must hold, and be remembered, whatever they become.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    pub product: ProductId,
    pub title: String,
    pub category: Category,
    pub colour: Option<Colour>,
}

/// Something that the customer has.
#[derive(Debug, Clone, PartialEq)]
pub struct Bought {
    pub category: Category,
    pub colours: Vec<Colour>,
}

/// All that the stylist is told.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Brief {
    pub garments: Vec<Garment>,
    /// What was found, the best first; never empty.
    pub candidates: Vec<Candidate>,
    /// What the customer asked for, in their words.
    pub wish: Option<String>,
    /// What the clothes are for, in the customer's words.
    pub occasion: Option<String>,
    pub tone: Option<Tone>,
    pub liked_colours: Vec<Colour>,
    pub avoided_colours: Vec<Colour>,
    /// What the customer bought before, the latest first.
    pub bought: Vec<Bought>,
    /// BCP 47; the language to answer in.
    pub locale: Option<String>,
}

/// Writes advice over products that were found.
#[async_trait]
pub trait Stylist: Send + Sync {
    /// Names the model and all that its answers depend on besides the brief and the photo.
    fn model(&self) -> &str;

    /// Whether it can write in the language of this BCP 47 tag.
    fn writes(&self, locale: &str) -> bool;

    /// What the model is told with every brief; no answer repeats a part of it.
    fn instructions(&self) -> Vec<&str> {
        Vec::new()
    }

    /// Advises on wearing the candidates. Suggestions name only products of the brief.
    async fn advise(
        &self,
        photo: &Photo,
        brief: &Brief,
        permit: &Permit,
    ) -> Result<AdviceStream, ModelError>;
}
