pub(crate) mod reading;
mod style;

use std::sync::Arc;

use async_stream::stream;
use async_trait::async_trait;
use futures::StreamExt;
use vitrine_core::{
    admission::Permit,
    garment::Garment,
    meters::Purpose,
    photo::Photo,
    ports::{DescribeStream, ModelError, Vision},
};

pub(crate) use style::DescribeStyle;

use crate::{
    card::{ModelCard, fingerprint},
    confidence::Confidence,
    engine::{Engine, Question},
    settings::VisionSettings,
};
use reading::GarmentReader;

/// Tokens in one description at most.
const MAX_TOKENS: usize = 1_024;
/// The overlap from which a second garment of one kind is taken for the first one again.
const SAME_GARMENT: f32 = 0.7;

/// Sees garments through a vision-language model.
pub struct VlmVision {
    engine: Arc<Engine>,
    name: String,
    side: u32,
    style: DescribeStyle,
    prompt: String,
    caution: Option<String>,
    confidence: Option<Confidence>,
}

impl VlmVision {
    /// Uses an engine that is loaded already.
    pub fn new(engine: Arc<Engine>, card: &ModelCard, settings: &VisionSettings) -> Self {
        let style = card.describe_style;
        let prompt = card.describe_prompt.clone().unwrap_or_else(|| style.prompt());
        let side = settings.photo_side.unwrap_or(card.photo_side);
        let isq = settings.isq.as_deref().unwrap_or("none");
        let depends_on = [prompt.as_str(), &side.to_string(), isq, &style.schema().to_string()];
        let name = format!("{}+{}", card.name, fingerprint(&settings.model, &depends_on));
        let (caution, confidence) = (card.purpose.clone(), card.confidence.clone());
        Self { engine, name, side, style, prompt, caution, confidence }
    }
}

#[async_trait]
impl Vision for VlmVision {
    fn model(&self) -> &str {
        &self.name
    }

    fn photo_side(&self) -> u32 {
        self.side
    }

    fn caution(&self) -> Option<&str> {
        self.caution.as_deref()
    }

    fn instructions(&self) -> Vec<&str> {
        vec![self.prompt.as_str()]
    }

    async fn describe(&self, photo: &Photo, _: &Permit) -> Result<DescribeStream, ModelError> {
        let photo = photo_of(photo, self.side)?;
        let question = Question {
            purpose: Purpose::See,
            photo: photo.square().clone(),
            prompt: self.prompt.clone(),
            schema: self.style.schema(),
            max_tokens: MAX_TOKENS,
        };
        let mut pieces = self.engine.ask(question);
        let confidence = self.confidence.clone();
        let mut reader = GarmentReader::of(self.style);
        Ok(stream! {
            let mut seen: Vec<Garment> = Vec::new();
            while let Some(piece) = pieces.recv().await {
                let raw = match piece.and_then(|piece| reader.read(&piece)) {
                    Ok(raw) => raw,
                    Err(error) => {
                        yield Err(error);
                        return;
                    }
                };
                let garments = raw.into_iter().map(|(raw, probability)| {
                    let sure = confidence.as_ref().map(|measured| measured.of(probability));
                    let perhaps = confidence.as_ref().zip(sure);
                    let perhaps = perhaps.and_then(|(measured, sure)| measured.perhaps(raw.category, sure));
                    Garment { confidence: sure, perhaps, ..raw.into_garment(&photo) }
                });
                for garment in garments {
                    if !seen.iter().any(|other| is_again(other, &garment)) {
                        seen.push(garment.clone());
                        yield Ok(garment);
                    }
                }
            }
        }
        .boxed())
    }
}

/// The photo, which must have the side that every request to this engine has.
pub(crate) fn photo_of(photo: &Photo, side: u32) -> Result<Photo, ModelError> {
    if photo.square().dimensions() == (side, side) {
        Ok(photo.clone())
    } else {
        Err(ModelError::Answer(format!("the photo was not brought to {side} x {side} pixels")))
    }
}

fn is_again(one: &Garment, other: &Garment) -> bool {
    one.category == other.category && one.region.overlap(&other.region) > SAME_GARMENT
}
