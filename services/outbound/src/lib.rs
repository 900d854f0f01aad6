//! What goes out to addresses that strangers gave: feeds, product pictures, a shopper's photo by
//! its address; and what webhooks are told. One client, behind the ports [`Fetch`] and [`Tell`], so that the rules hold for all of them.
//!
//! [`Outbound`] is made of four: [`rest`] leaves a host alone that is not there, [`retry`] tries
//! again, [`client`] walks from redirect to redirect and reads the answer, and [`policy`] says who
//! may be spoken to, asked before each hop and for each address that a name resolves to.

mod body;
mod client;
mod network;
mod policy;
mod resolver;
mod rest;
mod retry;
mod settings;
mod slots;

use std::sync::Arc;

use async_trait::async_trait;
use vitrine_core::ports::{Fetch, FetchError, FetchRequest, Fetched, Post, Posted, Tell};

use crate::{client::Client, rest::Resting, retry::Retrying};
pub use crate::{
    resolver::{Lookup, SystemLookup},
    settings::{OutboundSettings, SettingsError, Times},
};

/// The one client for addresses from outside.
pub struct Outbound {
    fetch: Resting<Retrying<Arc<Client>>>,
    client: Arc<Client>,
}

impl Outbound {
    /// Resolves names as the system does.
    pub fn new(settings: &OutboundSettings) -> Result<Self, SettingsError> {
        Self::with_lookup(settings, Arc::new(SystemLookup))
    }

    /// Resolves names by `lookup`; what it finds is checked all the same.
    pub fn with_lookup(
        settings: &OutboundSettings,
        lookup: Arc<dyn Lookup>,
    ) -> Result<Self, SettingsError> {
        let client = Arc::new(Client::new(settings, lookup)?);
        let fetch = Resting::new(Retrying::new(Arc::clone(&client), settings));
        Ok(Self { fetch, client })
    }
}

#[async_trait]
impl Fetch for Outbound {
    async fn fetch(&self, request: &FetchRequest) -> Result<Fetched, FetchError> {
        self.fetch.fetch(request).await
    }
}

/// Once: whoever tells something tries again in its own time.
#[async_trait]
impl Tell for Outbound {
    async fn post(&self, post: &Post) -> Result<Posted, FetchError> {
        self.client.post(post).await
    }
}
