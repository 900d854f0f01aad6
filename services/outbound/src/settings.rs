use std::time::Duration;

use vitrine_core::ports::Patience;

/// How Vitrine speaks to addresses from outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboundSettings {
    /// Where a server's owner can ask who we are, an address or a mail address; told in
    /// `User-Agent`.
    pub contact: Option<String>,
    /// Hosts that may be spoken to whatever they resolve to, written out in full.
    pub allow_hosts: Vec<String>,
    /// Networks that may be spoken to, as `10.1.0.0/16` or `fd12::/32`. The metadata addresses of
    /// clouds open only where they stand here by themselves.
    pub allow_networks: Vec<String>,
    /// An HTTP proxy that all goes through; the environment's is never used. What it resolves
    /// itself is its own to check.
    pub proxy: Option<String>,
    /// Requests that one host gets at once.
    pub per_host: usize,
    /// Requests at once in all.
    pub at_once: usize,
    /// How long a server has to take what it is told.
    pub telling: Duration,
    pub waiting: Times,
    pub picture: Times,
    pub feed: Times,
}

/// How patient Vitrine is. Time in which nobody reads, or in which a place is waited for, is
/// not counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Times {
    /// From the request to the headers.
    pub first_byte: Duration,
    /// From one piece of the body to the next.
    pub idle: Duration,
    /// One try, from its request to the body's last byte, over all redirects.
    pub total: Duration,
    /// Bytes a second that a body must bring on average over each `idle`.
    pub min_rate: u64,
    /// How often it is tried before it has failed.
    pub tries: u32,
    /// The longest that is waited before the next try. A server that asks for more is obeyed by
    /// giving up.
    pub longest_wait: Duration,
}

impl Default for OutboundSettings {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self {
            contact: None,
            allow_hosts: Vec::new(),
            allow_networks: Vec::new(),
            proxy: None,
            per_host: 4,
            at_once: 32,
            telling: seconds(20),
            waiting: Times {
                first_byte: seconds(5),
                idle: seconds(3),
                total: seconds(10),
                min_rate: 16 * 1024,
                tries: 2,
                longest_wait: seconds(1),
            },
            picture: Times {
                first_byte: seconds(15),
                idle: seconds(10),
                total: seconds(60),
                min_rate: 4 * 1024,
                tries: 3,
                longest_wait: seconds(30),
            },
            feed: Times {
                first_byte: seconds(120),
                idle: seconds(30),
                total: seconds(3600),
                min_rate: 4 * 1024,
                tries: 3,
                longest_wait: seconds(120),
            },
        }
    }
}

impl OutboundSettings {
    pub(crate) const fn times(&self, patience: Patience) -> Times {
        match patience {
            Patience::Waiting => self.waiting,
            Patience::Picture => self.picture,
            Patience::Feed => self.feed,
        }
    }
}

/// What is wrong with the settings.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    #[error(
        "`outbound.allow_hosts` holds `{0}`, which is no host; write the name alone, as feeds.shop.internal"
    )]
    Host(String),
    #[error("`outbound.allow_networks` holds `{0}`, which is no network; write it as {1}")]
    Network(String, String),
    #[error(
        "`outbound.proxy` is no address of a proxy; write it as http://proxy.internal:3128 ({0})"
    )]
    Proxy(String),
    #[error(
        "`outbound.contact` holds letters that no header can; write an address or a mail address"
    )]
    Contact,
    #[error("the client for addresses from outside can not be made: {0}")]
    Client(String),
}
