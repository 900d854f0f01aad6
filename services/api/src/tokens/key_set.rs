//! The keys that an issuer has now, fetched from its address and kept.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use vitrine_core::{
    address::WebAddress,
    ports::{Fetch, FetchRequest, Fetched, Patience},
};

use super::public_key::{self, PublicKey};

/// The most bytes of a set of keys.
const MAX_BYTES: u64 = 256 * 1024;

/// How long an issuer's keys are good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyTimes {
    /// After so long the keys are fetched again.
    pub refresh: Duration,
    /// So long lies between two tries, however many tokens name a key that is not known.
    pub between: Duration,
    /// So long the keys last when their address does not answer.
    pub last: Duration,
}

impl Default for KeyTimes {
    fn default() -> Self {
        Self {
            refresh: Duration::from_secs(10 * 60),
            between: Duration::from_secs(30),
            last: Duration::from_secs(6 * 60 * 60),
        }
    }
}

/// The keys are not known, and the address does not answer.
pub(super) struct Silent;

pub(super) struct KeySet {
    address: WebAddress,
    fetch: Arc<dyn Fetch>,
    times: KeyTimes,
    held: Mutex<Held>,
    /// Had by who fetches.
    turn: tokio::sync::Mutex<()>,
}

#[derive(Clone, Default)]
struct Held {
    keys: Arc<[PublicKey]>,
    fetched: Option<Instant>,
    /// When the last try ended.
    tried: Option<Instant>,
}

impl Held {
    /// The keys of this name; for a token that names none, the only key there is.
    fn named(&self, id: Option<&str>) -> Vec<PublicKey> {
        match id {
            Some(_) => self.keys.iter().filter(|key| key.id.as_deref() == id).cloned().collect(),
            None if self.keys.len() == 1 => self.keys.to_vec(),
            None => Vec::new(),
        }
    }

    fn is_older_than(&self, age: Duration) -> bool {
        self.fetched.is_none_or(|fetched| fetched.elapsed() > age)
    }
}

impl KeySet {
    pub(super) fn new(address: WebAddress, fetch: Arc<dyn Fetch>, times: KeyTimes) -> Self {
        Self { address, fetch, times, held: Mutex::default(), turn: tokio::sync::Mutex::default() }
    }

    /// The keys that a token of this key id may be signed with; none where there is no such key.
    pub(super) async fn named(
        self: &Arc<Self>,
        id: Option<&str>,
    ) -> Result<Vec<PublicKey>, Silent> {
        let mut held = self.held().clone();
        let unknown = held.is_older_than(self.times.last) || held.named(id).is_empty();
        let due = unknown || held.is_older_than(self.times.refresh);
        let tried = held.tried.is_some_and(|tried| tried.elapsed() < self.times.between);
        // Only who can not be answered otherwise waits for what another fetches.
        if due && !tried && (unknown || self.turn.try_lock().is_ok()) {
            held = self.fetched_anew().await;
        }
        if held.is_older_than(self.times.last) { Err(Silent) } else { Ok(held.named(id)) }
    }

    /// Fetching goes on when who asked has left: else whoever leaves early, over and over, could
    /// keep new keys from being known.
    async fn fetched_anew(self: &Arc<Self>) -> Held {
        let set = Arc::clone(self);
        if tokio::spawn(async move { set.fetch_anew().await }).await.is_err() {
            tracing::error!("fetching the issuer's keys broke");
        }
        self.held().clone()
    }

    async fn fetch_anew(&self) {
        let asked = Instant::now();
        let _turn = self.turn.lock().await;
        if self.held().tried.is_some_and(|tried| tried >= asked) {
            return;
        }
        let fetched = self.fetch().await;
        let mut held = self.held();
        held.tried = Some(Instant::now());
        match fetched {
            Ok(keys) => {
                held.keys = keys.into();
                held.fetched = held.tried;
            }
            Err(trouble) => tracing::warn!(
                address = %self.address,
                "the issuer's keys can not be had: {trouble}; those known stay in use for {} s",
                self.times.last.as_secs()
            ),
        }
    }

    /// What the address has now, whatever is known already.
    pub(super) async fn fetch(&self) -> Result<Vec<PublicKey>, String> {
        let request = FetchRequest::new(self.address.clone(), MAX_BYTES, Patience::Waiting);
        let told = |error: vitrine_core::ports::FetchError| error.to_string();
        match self.fetch.fetch(&request).await.map_err(told)? {
            Fetched::Response(response) => {
                public_key::parse(&response.bytes().await.map_err(told)?)
            }
            Fetched::NotModified => Err("it answers that nothing changed, unasked".into()),
        }
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
