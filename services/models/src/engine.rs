use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use image::RgbImage;
use serde_json::Value;
use tokio::sync::mpsc;
use tracing::{Instrument, field::Empty, info_span};
use vitrine_core::{
    meters::{Purpose, meters},
    ports::ModelError,
};

use crate::{
    mistral::Local,
    piece::Piece,
    servers::{Served, at_load},
    settings::{ServedVisionSettings, VisionSettings},
};

/// One question about one photo, its answer held to a JSON schema.
#[derive(Debug, Clone)]
pub(crate) struct Question {
    pub purpose: Purpose,
    pub photo: RgbImage,
    pub prompt: String,
    pub schema: Value,
    /// Tokens written at most.
    pub max_tokens: usize,
}

pub(crate) type Pieces = mpsc::UnboundedReceiver<Result<Piece, ModelError>>;

/// Where the pieces of an answer go.
pub(crate) struct Reader {
    pieces: mpsc::UnboundedSender<Result<Piece, ModelError>>,
    sent: AtomicU64,
}

impl Reader {
    /// Passes a piece on, and answers whether anybody still reads.
    pub(crate) fn take(&self, piece: Piece) -> bool {
        self.sent.fetch_add(1, Ordering::Relaxed);
        self.pieces.send(Ok(piece)).is_ok()
    }
}

/// A vision-language model, wherever it runs.
#[derive(Clone)]
pub enum Engine {
    /// In this process, by mistral.rs.
    Local(Arc<Local>),
    /// On servers.
    Served(Arc<Served>),
}

impl Engine {
    /// Loads the model here, or asks its servers for a first answer. Errors are
    /// [`ModelError::Load`], or [`ModelError::Timeout`].
    pub async fn load(settings: &VisionSettings) -> Result<Self, ModelError> {
        Ok(match &settings.served {
            None => Self::Local(Arc::new(Local::load(settings).await?)),
            Some(served) => Self::served(served).await?,
        })
    }

    /// The same on servers, which have one small picture to look at.
    pub(crate) async fn served(settings: &ServedVisionSettings) -> Result<Self, ModelError> {
        let engine = Self::Served(Arc::new(Served::new(settings)?));
        let mut pieces = engine.ask(Served::probe());
        while let Some(piece) = pieces.recv().await {
            piece.map_err(at_load)?;
        }
        Ok(engine)
    }

    /// Asks, and gives the answer in pieces as it is written; ends with the JSON's last bracket or
    /// with one error. Dropping the receiver frees the model.
    pub(crate) fn ask(&self, question: Question) -> Pieces {
        let (pieces, receiver) = mpsc::unbounded_channel();
        let (engine, purpose) = (self.clone(), question.purpose);
        let span = info_span!("model", r#use = purpose.id(), pieces = Empty);
        let told = span.clone();
        let answering = async move {
            let reader = Reader { pieces, sent: AtomicU64::new(0) };
            let asked = Instant::now();
            let outcome = tokio::select! {
                () = reader.pieces.closed() => Ok(()),
                outcome = engine.answer(question, &reader) => outcome,
            };
            let sent = reader.sent.load(Ordering::Relaxed);
            meters().model(purpose, asked.elapsed(), sent, outcome.is_err());
            told.record("pieces", sent);
            if let Err(error) = outcome {
                tracing::warn!(%error, "the vision model gave no whole answer");
                let _ = reader.pieces.send(Err(error));
            }
        };
        tokio::spawn(answering.instrument(span));
        receiver
    }

    async fn answer(&self, question: Question, reader: &Reader) -> Result<(), ModelError> {
        match self {
            Self::Local(local) => local.answer(question, reader).await,
            Self::Served(served) => served.answer(question, reader).await,
        }
    }
}
