use image::RgbImage;
use serde_json::Value;
use tokio::sync::mpsc;
use vitrine_core::ports::ModelError;

use crate::{mistral::Local, servers::Served, settings::VisionSettings};

/// One question about one photo, its answer held to a JSON schema.
#[derive(Debug, Clone)]
pub(crate) struct Question {
    pub photo: RgbImage,
    pub prompt: String,
    pub schema: Value,
    /// Tokens written at most.
    pub max_tokens: usize,
}

/// A piece of an answer, as text; a token where the model runs in this process.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Piece {
    pub text: String,
    /// What the model gave for it, 0 to 1, of all tokens or, where its first choice is not in the
    /// schema, of those that are. 1 where a server does not tell.
    pub probability: f32,
}

pub(crate) type Pieces = mpsc::UnboundedReceiver<Result<Piece, ModelError>>;

/// A vision-language model, wherever it runs.
pub enum Engine {
    /// In this process, by mistral.rs.
    Local(Local),
    /// On servers.
    Served(Served),
}

impl Engine {
    /// Loads the model here, or asks its servers for a first answer. Errors are
    /// [`ModelError::Load`], or [`ModelError::Timeout`].
    pub async fn load(settings: &VisionSettings) -> Result<Self, ModelError> {
        Ok(match &settings.served {
            None => Self::Local(Local::load(settings).await?),
            Some(served) => Self::Served(Served::load(served).await?),
        })
    }

    /// Asks, and gives the answer in pieces as it is written; ends with the JSON's last bracket or
    /// with one error. Dropping the receiver frees the model.
    pub(crate) fn ask(&self, question: Question) -> Pieces {
        match self {
            Self::Local(local) => local.ask(question),
            Self::Served(served) => served.ask(question),
        }
    }
}
