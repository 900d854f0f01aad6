//! The index, whichever it is.

use std::sync::Arc;

use vitrine_core::ports::{Index, StoreError};
use vitrine_stores::{Dimensions, EmbeddedIndex, Inspection, Opened, ServerIndex};

use crate::{app::Models, error::Error, settings::Settings};

/// The models whose vectors an index holds, as it names them.
pub(crate) fn written_for(embedder: &str, pictures: Option<&str>) -> String {
    match pictures {
        None => embedder.to_owned(),
        Some(pictures) => format!("{embedder} and {pictures}"),
    }
}

/// An opened index.
#[derive(Clone)]
pub(crate) enum Search {
    Embedded(Arc<EmbeddedIndex>),
    Server(Arc<ServerIndex>),
}

impl Search {
    /// Opens the server's where `index.server` names one, else the folder in the data folder. Says
    /// too whether it starts empty.
    pub(crate) async fn open(settings: &Settings, models: &Models) -> Result<(Self, bool), Error> {
        let (embedder, pictures) = (&models.embedder, models.image_embedder.as_ref());
        let picture = pictures.map(|pictures| pictures.dimensions());
        let dimensions = Dimensions { words: embedder.dimensions(), picture };
        let model = written_for(embedder.model(), pictures.map(|pictures| pictures.model()));
        if let Some(server) = settings.index_server() {
            let Opened { index, rebuilt } = ServerIndex::open(&server, dimensions, &model).await?;
            return Ok((Self::Server(Arc::new(index)), rebuilt));
        }
        let folder = settings.data.folder.join("index");
        let opening =
            tokio::task::spawn_blocking(move || EmbeddedIndex::open(&folder, dimensions, &model));
        let stopped = |error: tokio::task::JoinError| StoreError::Unavailable {
            store: "the index",
            detail: error.to_string(),
        };
        let Opened { index, rebuilt } = opening.await.map_err(stopped)??;
        Ok((Self::Embedded(Arc::new(index)), rebuilt))
    }

    /// Whether a running service alone may write to it now.
    pub(crate) fn is_held(settings: &Settings) -> Result<bool, Error> {
        if settings.index.server.is_some() {
            return Ok(false);
        }
        Ok(EmbeddedIndex::inspect(&settings.data.folder.join("index"))? == Inspection::Held)
    }

    pub(crate) fn port(&self) -> Arc<dyn Index> {
        match self {
            Self::Embedded(index) => index.clone(),
            Self::Server(index) => index.clone(),
        }
    }

    /// Waits for what is being written.
    pub(crate) async fn close(&self) {
        if let Self::Embedded(index) = self
            && let Err(error) = index.close().await
        {
            tracing::warn!(%error, "the index was not closed in order; it catches up at the next start");
        }
    }
}
