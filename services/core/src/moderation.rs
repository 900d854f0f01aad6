//! Photos that are none for a shop are refused before a model describes them.

use std::sync::Arc;

use async_trait::async_trait;

use crate::{
    admission::Permit,
    photo::Photo,
    ports::{DescribeStream, ModelError, Moderation, Verdict, Vision},
    vocabulary::vocabulary,
};

vocabulary! {
    /// Why a photo is not answered. Its words are what a customer is told.
    Unfit {
        NoClothes = "no_clothes", "We see no clothes in this photo. Please send one that shows a garment or an outfit.";
        Nakedness = "nakedness", "We do not look at photos of undressed people. Please send one of the clothes alone, or of somebody who wears them.";
        Document = "document", "This looks like a document, and we do not read those. Please send a photo of clothes instead.";
        Unsuitable = "unsuitable", "We can not help with this photo. Please send another one that shows clothes.";
    }
}

/// Sees garments in photos that are for a shop, and in no others: where a photo can not be judged it
/// is not described. Who judges is part of the model's name, so what was remembered of a photo
/// that nobody judged is not found.
pub struct Moderated {
    vision: Arc<dyn Vision>,
    moderation: Arc<dyn Moderation>,
    model: String,
}

impl Moderated {
    pub fn new(vision: Arc<dyn Vision>, moderation: Arc<dyn Moderation>) -> Self {
        let model = format!("{} checked by {}", vision.model(), moderation.name());
        Self { vision, moderation, model }
    }
}

#[async_trait]
impl Vision for Moderated {
    fn model(&self) -> &str {
        &self.model
    }

    fn photo_side(&self) -> u32 {
        self.vision.photo_side()
    }

    fn caution(&self) -> Option<&str> {
        self.vision.caution()
    }

    fn instructions(&self) -> Vec<&str> {
        self.vision.instructions()
    }

    async fn describe(&self, photo: &Photo, permit: &Permit) -> Result<DescribeStream, ModelError> {
        match self.moderation.judge(photo, permit).await? {
            Verdict::Fit => self.vision.describe(photo, permit).await,
            Verdict::Unfit(why) => Err(ModelError::Refused(why)),
        }
    }
}
