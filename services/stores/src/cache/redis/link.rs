//! Calls to the server. It only ever saves time, so it is never waited for long: a call has a short
//! limit, and after one that failed the server is left alone for a moment.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use redis::{
    Client, ErrorKind, RedisError, RedisResult,
    aio::{ConnectionManager, ConnectionManagerConfig},
};
use tokio::time::timeout;
use vitrine_core::ports::StoreError;

use super::RedisSettings;

/// Calls in a row without an answer after which a connection is given up.
const SILENCES: u32 = 2;

pub(super) struct Link {
    client: Client,
    settings: RedisSettings,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Made when it is first needed.
    connection: Option<ConnectionManager>,
    /// Until when it is not asked, and why.
    away: Option<(Instant, StoreError)>,
    /// Calls in a row that had no answer.
    silences: u32,
}

impl Link {
    pub(super) fn new(settings: &RedisSettings) -> Result<Self, StoreError> {
        // The library takes the process's cryptography and panics where none was chosen; two are
        // compiled in. One that was chosen before stays.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let client = Client::open(settings.url.as_str()).map_err(|error| {
            // Without the address: it may hold a password.
            unavailable(format!("`data.redis` is not an address of Redis ({})", said(&error)))
        })?;
        Ok(Self { client, settings: settings.clone(), state: Mutex::default() })
    }

    /// Makes a call.
    pub(super) async fn ask<T, Answer: Future<Output = RedisResult<T>>>(
        &self,
        call: impl FnOnce(ConnectionManager) -> Answer,
    ) -> Result<T, StoreError> {
        let call = call(self.connection()?);
        let failure = match timeout(self.settings.timeout, call).await {
            Ok(Ok(answer)) => {
                self.state().silences = 0;
                return Ok(answer);
            }
            Ok(Err(error)) if !error.is_timeout() => Some(error),
            Ok(Err(_)) | Err(_) => None,
        };
        Err(self.failed(failure))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn connection(&self) -> Result<ConnectionManager, StoreError> {
        let mut state = self.state();
        if let Some((until, why)) = &state.away {
            if Instant::now() < *until {
                return Err(why.clone());
            }
            state.away = None;
        }
        if let Some(connection) = &state.connection {
            return Ok(connection.clone());
        }
        let config = ConnectionManagerConfig::new()
            .set_number_of_retries(0)
            .set_connection_timeout(Some(self.settings.timeout * 4))
            .set_response_timeout(Some(self.settings.timeout));
        let connection = ConnectionManager::new_lazy_with_config(self.client.clone(), config);
        let connection = connection.map_err(|error| unavailable(said(&error)))?;
        state.connection = Some(connection.clone());
        Ok(connection)
    }

    /// `failure` is what went wrong; none where no answer came.
    fn failed(&self, failure: Option<RedisError>) -> StoreError {
        let mut state = self.state();
        let why = match failure {
            Some(error) => {
                // Also one that was refused would be refused for ever.
                state.connection = None;
                unavailable(said(&error))
            }
            None => {
                state.silences += 1;
                unavailable(format!("no answer within {} ms", self.settings.timeout.as_millis()))
            }
        };
        if state.silences >= SILENCES {
            // It may be a line that is dead and does not say so.
            state.connection = None;
            state.silences = 0;
        }
        state.away = Some((Instant::now() + self.settings.pause, why.clone()));
        why
    }
}

fn said(error: &RedisError) -> String {
    match error.kind() {
        ErrorKind::AuthenticationFailed => "it refuses the user name or password".into(),
        _ => error.to_string(),
    }
}

fn unavailable(detail: String) -> StoreError {
    StoreError::Unavailable { store: "Redis", detail }
}
