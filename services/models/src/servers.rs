//! Models that run on servers.

mod caller;
mod chat;
mod data_uri;
mod embedder;
mod lines;
mod moderation;
mod pictures;
mod pool;
mod vectors;

use std::{
    sync::{Arc, Weak},
    time::Duration,
};

use reqwest::{Response, Url};
use tokio::time::Instant;
use vitrine_core::ports::ModelError;

pub(crate) use chat::Served;
pub use embedder::ServedEmbedder;
pub use moderation::ServedModeration;
pub use pictures::ServedImageEmbedder;

use crate::settings::ServedSettings;
use caller::{Caller, Failure, Next, address, unreachable};
use pool::{Lease, Pool, Server};

/// How long is waited before each further try where no other server is left.
const WAITS: [Duration; 2] = [Duration::from_millis(200), Duration::from_millis(800)];
/// How often it is looked whether a broken server is well again.
const LOOK: Duration = Duration::from_secs(1);

/// Servers that all run the same model: whichever has the least to do is asked, and another one where
/// that fails. One that fails again and again is left alone until it answers a request of our own.
struct Servers {
    caller: Caller,
    pool: Pool,
    /// The longest that one request may take with all its tries.
    timeout: Duration,
    /// What a server must answer to be well again: a small piece of the model's own work.
    probe: String,
}

impl Servers {
    /// Asks nobody yet. Errors are [`ModelError::Load`].
    fn new(settings: &ServedSettings, path: &str, probe: String) -> Result<Arc<Self>, ModelError> {
        let addresses: Vec<Url> =
            settings.urls.iter().map(|url| address(url, path)).collect::<Result<_, _>>()?;
        let servers = Arc::new(Self {
            caller: Caller::new(settings)?,
            pool: Pool::new(addresses),
            timeout: Duration::from_secs(settings.timeout_seconds.max(1)),
            probe,
        });
        tokio::spawn(watch(Arc::downgrade(&servers)));
        Ok(servers)
    }

    /// Until when a request that begins now may take.
    fn deadline(&self) -> Instant {
        Instant::now() + self.timeout
    }

    fn late(&self) -> ModelError {
        ModelError::Timeout(self.timeout.as_secs())
    }

    /// Sends a request, and reads as much of the answer as must be there before no other server can
    /// be asked any more.
    async fn ask<R: Read>(
        &self,
        deadline: Instant,
        body: &str,
        reader: &R,
    ) -> Result<(R::Answer, Lease), ModelError> {
        let (mut waits, mut tried) = (WAITS.into_iter(), Vec::new());
        let mut last: Option<Failure> = None;
        loop {
            if let Some(lease) = self.pool.choose(&tried) {
                tried.push(lease.server.address.clone());
                // The first of several has half of the time, so that another one has the rest.
                let until = if tried.len() < self.pool.well() {
                    Instant::now() + self.timeout / 2
                } else {
                    deadline
                };
                match self.once(&lease.server, until.min(deadline), body, reader).await {
                    Ok(answer) => return Ok((answer, lease)),
                    Err(Failure { error, next: Next::Nothing }) => return Err(error),
                    Err(failure) => last = Some(failure),
                }
                continue;
            }
            let Some(Failure { error, next }) = last.take() else {
                return Err(ModelError::Load(format!(
                    "none of its servers is well: {}; they are looked at again and again",
                    self.pool.wrong()
                )));
            };
            match waits.next().filter(|_| next != Next::Elsewhere) {
                None => return Err(error),
                Some(wait) => tokio::time::sleep(wait).await,
            }
            tried.clear();
            last = Some(Failure { error, next });
        }
    }

    /// One try.
    async fn once<R: Read>(
        &self,
        server: &Server,
        until: Instant,
        body: &str,
        reader: &R,
    ) -> Result<R::Answer, Failure> {
        let work = async {
            let response = self.caller.post(&server.address, body).await?;
            reader.read(&server.address, response).await
        };
        let late = |_| Err(Failure { error: self.late(), next: Next::Elsewhere });
        let outcome = tokio::time::timeout_at(until, work).await.unwrap_or_else(late);
        match &outcome {
            Ok(_) => server.succeeded(),
            Err(Failure { next: Next::Nothing, .. }) => {}
            Err(Failure { next: Next::Busy(until), .. }) => server.is_busy(*until),
            Err(failure) => {
                tracing::debug!(server = %server.address, error = %failure.error, "a try failed");
                server.failed(&format!("{}: {}", server.address, failure.error));
            }
        }
        outcome
    }
}

/// How an answer of status 2xx is read, as far as it must be there before it is an answer.
trait Read: Sync {
    type Answer: Send;

    fn read(
        &self,
        address: &Url,
        response: Response,
    ) -> impl Future<Output = Result<Self::Answer, Failure>> + Send;
}

/// All of it at once.
struct Whole;

impl Read for Whole {
    type Answer = Vec<u8>;

    async fn read(&self, address: &Url, response: Response) -> Result<Vec<u8>, Failure> {
        let bytes = response.bytes().await.map_err(|error| unreachable(address, &error))?;
        Ok(bytes.into())
    }
}

/// Looks at broken servers when it is time, by the model's own work, as long as anybody needs them.
async fn watch(servers: Weak<Servers>) {
    loop {
        tokio::time::sleep(LOOK).await;
        let Some(servers) = servers.upgrade() else { return };
        for server in servers.pool.to_look_at() {
            let look = async {
                let response = servers.caller.post(&server.address, &servers.probe).await?;
                Whole.read(&server.address, response).await
            };
            match tokio::time::timeout(servers.timeout, look).await {
                Ok(Ok(_)) => server.succeeded(),
                Ok(Err(failure)) => server.failed(&failure.error.to_string()),
                Err(_) => server.failed(&format!("{} is slow", server.address)),
            }
        }
    }
}

/// What a first answer that never came says of the servers.
pub(crate) fn at_load(error: ModelError) -> ModelError {
    match error {
        ModelError::Stopped(detail) | ModelError::Answer(detail) => ModelError::Load(detail),
        other => other,
    }
}

#[cfg(test)]
mod tests;
