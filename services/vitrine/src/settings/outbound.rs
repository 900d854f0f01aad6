//! How strangers' addresses are fetched.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vitrine_outbound::OutboundSettings;

use super::Settings;

/// What may be fetched from addresses that strangers gave.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Outbound {
    /// An address where a server's owner can ask who fetches from it; told in User-Agent.
    #[schemars(example = &"https://shop.example/contact")]
    pub contact: Option<String>,
    /// Hosts that may be spoken to whatever they resolve to.
    #[schemars(example = ["feeds.internal"])]
    pub allow_hosts: Vec<String>,
    /// Networks inside that may be spoken to all the same.
    #[schemars(example = ["10.1.0.0/16"])]
    pub allow_networks: Vec<String>,
    /// An HTTP proxy that all goes through.
    #[schemars(example = &"http://proxy.example:3128")]
    pub proxy: Option<String>,
    /// Requests that one host gets at once.
    pub per_host: usize,
    /// Requests at once in all.
    pub at_once: usize,
}

impl Default for Outbound {
    fn default() -> Self {
        let OutboundSettings {
            contact, allow_hosts, allow_networks, proxy, per_host, at_once, ..
        } = OutboundSettings::default();
        Self { contact, allow_hosts, allow_networks, proxy, per_host, at_once }
    }
}

impl Settings {
    /// How strangers' addresses are fetched.
    pub fn outbound(&self) -> OutboundSettings {
        let Outbound { contact, allow_hosts, allow_networks, proxy, per_host, at_once } =
            self.outbound.clone();
        OutboundSettings {
            contact,
            allow_hosts,
            allow_networks,
            proxy,
            per_host,
            at_once,
            ..OutboundSettings::default()
        }
    }
}
