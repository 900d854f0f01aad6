use std::path::{Path, PathBuf};

use vitrine_api::{InboundError, KeyError, TlsError};
use vitrine_core::{
    ids::BadId,
    indexing::IndexingError,
    photo::PhotoError,
    ports::{ModelError, StoreError},
};

/// What stops a command.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{0}")]
    Settings(String),
    #[error("{}: {error}", path.display())]
    File { path: PathBuf, error: std::io::Error },
    #[error("{0}: {1}")]
    Photo(String, PhotoError),
    #[error("{}: {message}", path.display())]
    Import { path: PathBuf, message: String },
    #[error(transparent)]
    Model(#[from] ModelError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Indexing(#[from] IndexingError),
    #[error(transparent)]
    Id(#[from] BadId),
    #[error(transparent)]
    Key(#[from] KeyError),
    #[error(transparent)]
    Inbound(#[from] InboundError),
    #[error("cannot listen on {address}: {error}; choose another with --listen")]
    Listen { address: String, error: std::io::Error },
    #[error(transparent)]
    Tls(#[from] TlsError),
    #[error("the server stopped: {0}")]
    Server(std::io::Error),
    #[error("the running service at {0} did not answer: {1}")]
    Service(String, String),
    #[error("{0}")]
    Refused(String),
    #[error("{0}")]
    Evaluation(String),
}

impl Error {
    /// An error of the file system, with the path it speaks of.
    pub fn file(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |error| Self::File { path, error }
    }
}
