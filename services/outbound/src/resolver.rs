use std::{
    io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use async_trait::async_trait;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use vitrine_core::{address::plain, ports::FetchError};

use crate::policy::Policy;

/// Finds the IP addresses of a name.
#[async_trait]
pub trait Lookup: Send + Sync {
    async fn lookup(&self, host: &str) -> io::Result<Vec<IpAddr>>;
}

/// Asks the system.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemLookup;

#[async_trait]
impl Lookup for SystemLookup {
    async fn lookup(&self, host: &str) -> io::Result<Vec<IpAddr>> {
        Ok(tokio::net::lookup_host((host, 0)).await?.map(|found| found.ip()).collect())
    }
}

/// Gives the client only addresses that the policy permits. The client connects to what it is
/// given here and asks no second time, so a name can not change its answer in between.
#[derive(Clone)]
pub(crate) struct Resolver {
    lookup: Arc<dyn Lookup>,
    policy: Arc<Policy>,
    /// The operator's proxy, which may stand anywhere.
    proxy: Option<String>,
}

impl Resolver {
    pub(crate) fn new(lookup: Arc<dyn Lookup>, policy: Arc<Policy>, proxy: Option<String>) -> Self {
        Self { lookup, policy, proxy }
    }

    /// The addresses of `host` that may be connected to.
    pub(crate) async fn permitted(&self, host: &str) -> Result<Vec<IpAddr>, FetchError> {
        let found = self.lookup.lookup(host).await.map_err(|error| {
            tracing::debug!(host, %error, "a name could not be resolved");
            FetchError::Unresolvable { host: host.to_owned() }
        })?;
        self.policy.permitted(host, found)
    }

    async fn addresses(&self, host: &str) -> Result<Vec<IpAddr>, FetchError> {
        if self.proxy.as_deref() != Some(&plain(host)) {
            return self.permitted(host).await;
        }
        let lost = |error: io::Error| FetchError::Unreachable {
            host: format!("the proxy {host}"),
            detail: error.to_string(),
        };
        self.lookup.lookup(host).await.map_err(lost)
    }
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let resolver = self.clone();
        Box::pin(async move {
            let found = resolver.addresses(name.as_str()).await?;
            let found: Addrs = Box::new(found.into_iter().map(|ip| SocketAddr::new(ip, 0)));
            Ok(found)
        })
    }
}
