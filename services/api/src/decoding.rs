//! Turning bytes into photos, a few at a time.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::sync::Semaphore;
use vitrine_core::photo::Photo;

use crate::{problem::Problem, problems::Code};

/// Decodes off the threads that answer, and only so many photos at once: each may take the memory
/// of 60 million pixels.
pub(crate) struct Decoding(Arc<Semaphore>);

impl Decoding {
    pub(crate) fn new(at_once: usize) -> Self {
        Self(Arc::new(Semaphore::new(at_once.max(1))))
    }

    /// The photo, and how long was waited for a place. It is held until the decoding ends, even when
    /// nobody waits for it any more.
    pub(crate) async fn photo(
        &self,
        bytes: Vec<u8>,
        side: u32,
    ) -> Result<(Photo, Duration), Problem> {
        let broken = || Problem::of(Code::Internal);
        let began = Instant::now();
        let place = Arc::clone(&self.0).acquire_owned().await.map_err(|_| broken())?;
        let waited = began.elapsed();
        let decoding = tokio::task::spawn_blocking(move || {
            let photo = Photo::read(&bytes, side);
            drop(place);
            photo
        });
        Ok((decoding.await.map_err(|_| broken())??, waited))
    }
}
