use std::path::Path;

use serde::Deserialize;
use vitrine_core::{likeness::Grades, ports::ModelError};

use crate::{confidence::Confidence, describe::DescribeStyle, settings::ModelSource};

/// What Vitrine must know of a model beyond its weights: `vitrine.json` in the model's folder.
/// A model without one gets what suits Qwen3-VL of 4B parameters and more.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default)]
pub struct ModelCard {
    /// The model's name in answers; the folder's or hub's name if empty.
    pub name: String,
    /// What the model is for; told wherever it answers, where it is not for production.
    pub purpose: Option<String>,
    /// The side of the square photo, in pixels.
    pub photo_side: u32,
    /// The instruction to describe a photo; Vitrine's own where not set.
    pub describe_prompt: Option<String>,
    pub(crate) describe_style: DescribeStyle,
    pub advise_style: AdviceStyle,
    pub(crate) chat_style: ChatStyle,
    /// The languages that it writes, as BCP 47 primary tags; every language if empty.
    pub languages: Vec<String>,
    /// Whether it can judge if a photo is one for a shop.
    pub moderates: bool,
    /// For an embedder: the cosine below which two texts are not alike.
    pub min_similarity: Option<f32>,
    /// For a vision model: what its own probabilities are worth.
    pub confidence: Option<Confidence>,
    /// For a picture encoder: from which cosines on pictures look alike.
    pub grades: Option<Grades>,
    /// For a picture encoder: how garments are cut out; one without was trained on pictures pressed
    /// into a square.
    pub(crate) crop: Option<Crop>,
}

/// How the pictures that an encoder was trained on were cut out and laid on a square.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(crate) struct Crop {
    /// The shade, 0 to 255, of what stands beside a picture that is no square.
    pub(crate) grey: u8,
}

/// How candidate products are told to the model.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AdviceStyle {
    /// Instructions, garments, candidates with their titles.
    #[default]
    Full,
    /// One short line a candidate, as the small model was trained.
    Compact,
}

/// How messages of a chat are told to the model.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ChatStyle {
    /// Instructions, what was said before, products with their titles; it words replies too.
    #[default]
    Full,
    /// One short line a product and the message, as the small model was trained; it words nothing.
    Compact,
}

impl Default for ModelCard {
    fn default() -> Self {
        Self {
            name: String::new(),
            purpose: None,
            photo_side: 768,
            describe_prompt: None,
            describe_style: DescribeStyle::Full,
            advise_style: AdviceStyle::Full,
            chat_style: ChatStyle::Full,
            languages: Vec::new(),
            moderates: true,
            min_similarity: None,
            confidence: None,
            grades: None,
            crop: None,
        }
    }
}

impl ModelCard {
    /// Reads the card of a model; the defaults where there is none.
    pub fn of(source: &ModelSource) -> Result<Self, ModelError> {
        Self::beside(source, source.folder())
    }

    /// Reads the card of a model whose files are in this folder.
    pub(crate) fn beside(source: &ModelSource, folder: Option<&Path>) -> Result<Self, ModelError> {
        let mut card = match folder.map(|folder| folder.join("vitrine.json")) {
            Some(file) if file.is_file() => read(&file)?,
            _ => Self::default(),
        };
        if card.name.is_empty() {
            let id = String::from(source.clone());
            card.name = id.trim_start_matches("hub:").trim_end_matches('/').to_owned();
        }
        Ok(card)
    }
}

/// The grades, if those that are cosines are, and what looks very similar looks similar too.
pub(crate) fn checked(grades: Option<Grades>) -> Result<Option<Grades>, ModelError> {
    let Some(Grades { similar, very_similar, .. }) = grades else { return Ok(None) };
    let order: Vec<f32> =
        [Some(-1.0), similar, very_similar, Some(1.0)].into_iter().flatten().collect();
    if order.is_sorted() {
        return Ok(grades);
    }
    Err(ModelError::Load(format!(
        "the grades {similar:?} and {very_similar:?} are not in order: similar and very_similar are \
         cosines, the second at least as high as the first"
    )))
}

fn read(file: &Path) -> Result<ModelCard, ModelError> {
    let refuse = |error: &dyn std::fmt::Display| {
        ModelError::Load(format!("{} can not be read: {error}", file.display()))
    };
    let text = std::fs::read_to_string(file).map_err(|error| refuse(&error))?;
    serde_json::from_str(&text).map_err(|error| refuse(&error))
}

/// A short fingerprint of a model folder and of everything else its answers depend on. Weights
/// count by name and size, so that many gigabytes need not be read.
pub(crate) fn fingerprint(source: &ModelSource, depends_on: &[&str]) -> String {
    let mut hasher = blake3::Hasher::new();
    hasher.update(String::from(source.clone()).as_bytes());
    for part in depends_on {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    if let Some(files) = source.folder().and_then(|folder| std::fs::read_dir(folder).ok()) {
        let mut seen: Vec<_> = files
            .flatten()
            .filter_map(|file| Some((file.file_name(), file.metadata().ok()?)))
            .filter(|(_, data)| data.is_file())
            .map(|(name, data)| {
                let changed = data
                    .modified()
                    .ok()
                    .and_then(|at| at.duration_since(std::time::UNIX_EPOCH).ok());
                format!(
                    "{}:{}:{:?}",
                    name.to_string_lossy(),
                    data.len(),
                    changed.map(|at| at.as_secs())
                )
            })
            .collect();
        seen.sort_unstable();
        hasher.update(seen.join("\n").as_bytes());
    }
    hasher.finalize().to_hex()[..8].to_owned()
}
