use std::time::Duration;

use futures::{StreamExt, stream};
use reqwest::Response;
use tokio::time::Instant;
use vitrine_core::ports::{Body, FetchError, bounded};

use crate::{client::broken, settings::Times, slots::Slot};

/// The time that one try may spend on waiting for servers.
pub(crate) struct Clock {
    total: Duration,
    left: Duration,
}

impl Clock {
    pub(crate) const fn new(total: Duration) -> Self {
        Self { total, left: total }
    }

    /// Waits for `future` for at most `limit`, and no longer than is left in all; answers what it
    /// gave and how long it took.
    pub(crate) async fn wait<T>(
        &mut self,
        host: &str,
        limit: Duration,
        what: &'static str,
        future: impl Future<Output = T>,
    ) -> Result<(T, Duration), FetchError> {
        let began = Instant::now();
        let given = tokio::time::timeout(limit.min(self.left), future).await;
        let took = began.elapsed();
        let late = |what, after| FetchError::TimedOut { host: host.to_owned(), what, after };
        let given = given.map_err(|_| {
            if limit < self.left { late(what, limit) } else { late("in all", self.total) }
        })?;
        self.left = self.left.saturating_sub(took);
        Ok((given, took))
    }
}

/// What reading a body needs until its end.
struct Reading {
    response: Response,
    host: String,
    clock: Clock,
    times: Times,
    /// The bytes of this stretch and how long they were waited for.
    bytes: u64,
    waited: Duration,
    _slot: Slot,
}

impl Reading {
    /// The next piece of the body. A server that sends a drop now and then would hold its place
    /// for as long as the whole may take; so each stretch of waiting must bring something.
    async fn next(&mut self) -> Result<Option<bytes::Bytes>, FetchError> {
        let idle = self.times.idle;
        let what = "to send the next piece of its answer";
        let (piece, took) = self.clock.wait(&self.host, idle, what, self.response.chunk()).await?;
        let piece = piece.map_err(|error| broken(&self.host, error))?;
        self.waited += took;
        self.bytes += piece.as_ref().map_or(0, |piece| piece.len() as u64);
        if self.waited >= idle {
            if piece.is_some()
                && (self.bytes as f64) < self.times.min_rate as f64 * self.waited.as_secs_f64()
            {
                let what = "to send even a little of its answer";
                return Err(FetchError::TimedOut { host: self.host.clone(), what, after: idle });
            }
            (self.bytes, self.waited) = (0, Duration::ZERO);
        }
        Ok(piece)
    }
}

/// The body of an answer, as it comes over the wire. Holds the slot until it is read or dropped.
pub(crate) fn body(
    response: Response,
    host: String,
    clock: Clock,
    times: Times,
    max_bytes: u64,
    slot: Slot,
) -> Body {
    let reading =
        Reading { response, host, clock, times, bytes: 0, waited: Duration::ZERO, _slot: slot };
    let pieces = stream::try_unfold(reading, |mut reading| async move {
        Ok(reading.next().await?.map(|piece| (piece, reading)))
    });
    bounded(pieces.boxed(), max_bytes)
}
