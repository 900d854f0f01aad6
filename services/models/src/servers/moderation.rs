//! Photos judged by servers.

use std::{collections::HashMap, sync::Arc};

use async_trait::async_trait;
use image::{Rgb, RgbImage};
use serde::Deserialize;
use serde_json::json;
use vitrine_core::{
    admission::Permit,
    garment::Region,
    moderation::Unfit,
    photo::Photo,
    ports::{ModelError, Moderation, Verdict},
};

use super::{Servers, Whole, at_load, data_uri::data_uri};
use crate::settings::ServedSettings;

/// Servers that judge pictures: `POST {url}/v1/moderations`, as OpenAI's API has it
/// (<https://platform.openai.com/docs/api-reference/moderations>).
pub struct ServedModeration {
    servers: Arc<Servers>,
    model: String,
}

impl ServedModeration {
    /// Has one small picture judged. Errors are [`ModelError::Load`], or [`ModelError::Timeout`].
    pub async fn load(settings: &ServedSettings) -> Result<Self, ModelError> {
        let model = settings.model.clone();
        let picture = RgbImage::from_pixel(64, 64, Rgb([128; 3]));
        let probe = body(&model, &data_uri(&picture)?);
        let servers = Servers::new(settings, "/v1/moderations", probe)?;
        let moderation = Self { servers, model };
        moderation.request(picture).await.map_err(at_load)?;
        Ok(moderation)
    }

    /// One request with all its tries.
    async fn request(&self, picture: RgbImage) -> Result<Verdict, ModelError> {
        let deadline = self.servers.deadline();
        let stopped = |_| ModelError::Stopped("the photo could not be written".into());
        let encoding = tokio::task::spawn_blocking(move || data_uri(&picture));
        let uri = encoding.await.map_err(stopped)??;
        let body = body(&self.model, &uri);
        let (answer, _) = self.servers.ask(deadline, &body, &Whole).await?;
        verdict(&answer)
    }
}

#[async_trait]
impl Moderation for ServedModeration {
    fn name(&self) -> &str {
        &self.model
    }

    async fn judge(&self, photo: &Photo, _: &Permit) -> Result<Verdict, ModelError> {
        self.request(photo.part(Region::WHOLE)).await
    }
}

fn body(model: &str, picture: &str) -> String {
    let input = json!([{"type": "image_url", "image_url": {"url": picture}}]);
    json!({"model": model, "input": input}).to_string()
}

#[derive(Deserialize)]
struct Answer {
    results: Vec<Judged>,
}

#[derive(Deserialize)]
struct Judged {
    flagged: bool,
    /// None for a category that the model does not know of pictures.
    #[serde(default)]
    categories: HashMap<String, Option<bool>>,
}

fn verdict(answer: &[u8]) -> Result<Verdict, ModelError> {
    let answer: Answer = serde_json::from_slice(answer)
        .map_err(|error| ModelError::Answer(format!("it is no verdict on a photo: {error}")))?;
    let [Judged { flagged, categories }] = &answer.results[..] else {
        let got = answer.results.len();
        return Err(ModelError::Answer(format!("{got} verdicts came on one photo")));
    };
    let is_sexual = categories.get("sexual").copied().flatten().unwrap_or_default();
    Ok(match (flagged, is_sexual) {
        (false, _) => Verdict::Fit,
        (true, true) => Verdict::Unfit(Unfit::Nakedness),
        (true, false) => Verdict::Unfit(Unfit::Unsuitable),
    })
}

#[cfg(test)]
mod tests;
