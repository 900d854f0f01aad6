//! Calls to the server, with time limits and further tries.

use std::{future::Future, time::Duration};

use qdrant_client::{Qdrant, QdrantError, config::QdrantConfig};
use vitrine_core::ports::StoreError;

use super::{STORE, ServerSettings};

/// The wait before the second try; it doubles with each.
const FIRST_WAIT: Duration = Duration::from_millis(100);
const LONGEST_WAIT: Duration = Duration::from_secs(3);
/// What a try may take beyond its time. The client's own time runs out first, so that it leaves a
/// connection that hangs; it then asks once more by itself, which is not waited for.
const GRACE: Duration = Duration::from_millis(500);

pub(super) struct Link {
    client: Qdrant,
    url: String,
    timeout: Duration,
    retries: u32,
}

/// Why a call failed.
enum Failure {
    /// It may get through when tried again.
    Passing(String),
    /// It will not.
    Lasting(String),
}

impl Link {
    /// Connects when it is first used.
    pub(super) fn new(settings: &ServerSettings) -> Result<Self, StoreError> {
        settings.check()?;
        let ServerSettings { url, api_key, timeout, retries, .. } = settings;
        let mut config = QdrantConfig::from_url(url)
            .timeout(*timeout)
            .connect_timeout(*timeout)
            .keep_alive_while_idle()
            .skip_compatibility_check();
        config.api_key.clone_from(api_key);
        let client = Qdrant::new(config)
            .map_err(|error| STORE.unavailable(format!("{url} is no address: {error}")))?;
        Ok(Self { client, url: url.clone(), timeout: *timeout, retries: *retries })
    }

    /// Makes a call that may be made twice without harm, again and again while what is wrong may
    /// pass.
    pub(super) async fn ask<'a, T, Answer>(
        &'a self,
        call: impl Fn(&'a Qdrant) -> Answer,
    ) -> Result<T, StoreError>
    where
        Answer: Future<Output = Result<T, QdrantError>>,
    {
        let (mut wait, mut tries) = (FIRST_WAIT, 0);
        loop {
            let answer = tokio::time::timeout(self.timeout + GRACE, call(&self.client)).await;
            tries += 1;
            let failure = match answer {
                Ok(Ok(answer)) => return Ok(answer),
                Ok(Err(error)) => self.failure(&error),
                Err(_) => Failure::Passing(self.silence()),
            };
            match failure {
                Failure::Passing(detail) if tries > self.retries => {
                    return Err(STORE.unavailable(format!("{detail}, asked {tries} times")));
                }
                Failure::Passing(detail) => {
                    tracing::debug!(%detail, tries, "the index is asked again");
                    tokio::time::sleep(wait).await;
                    wait = (wait * 2).min(LONGEST_WAIT);
                }
                Failure::Lasting(detail) => return Err(STORE.unavailable(detail)),
            }
        }
    }

    fn silence(&self) -> String {
        format!("{} did not answer within {:?}", self.url, self.timeout)
    }

    fn failure(&self, error: &QdrantError) -> Failure {
        let status = match error {
            QdrantError::ResponseError { status } => status,
            QdrantError::ResourceExhaustedError { status, .. } => {
                return Failure::Passing(format!(
                    "{} is overloaded: {}",
                    self.url,
                    status.message()
                ));
            }
            other => return Failure::Lasting(other.to_string()),
        };
        let said = status.message();
        // Codes by number: the type that names them is not the client's to give.
        match i32::from(status.code()) {
            CANCELLED | DEADLINE_EXCEEDED => Failure::Passing(self.silence()),
            UNAVAILABLE => Failure::Passing(format!("{} is not ready: {said}", self.url)),
            INTERNAL if said.starts_with("Failed to connect") => {
                Failure::Passing(format!("{} can not be connected to", self.url))
            }
            // A collection that was searched while a rebuild replaced it.
            NOT_FOUND => Failure::Passing(said.to_owned()),
            UNAUTHENTICATED | PERMISSION_DENIED => {
                Failure::Lasting(format!("{} refuses the API key; check it", self.url))
            }
            _ => Failure::Lasting(said.to_owned()),
        }
    }
}

// Status codes of gRPC.
const CANCELLED: i32 = 1;
const DEADLINE_EXCEEDED: i32 = 4;
const NOT_FOUND: i32 = 5;
const PERMISSION_DENIED: i32 = 7;
const INTERNAL: i32 = 13;
const UNAVAILABLE: i32 = 14;
const UNAUTHENTICATED: i32 = 16;
