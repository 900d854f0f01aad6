//! Which service is asked, and as whom.

use std::net::IpAddr;

use reqwest::Url;

use crate::measure::Outcome;

/// A bearer token of each kind of user.
#[derive(Debug, Clone)]
pub(super) struct Tokens {
    pub(super) shopper: String,
    pub(super) agent: String,
    pub(super) merchant: String,
}

#[derive(Debug, Clone)]
pub(super) struct Target {
    pub(super) url: Url,
    pub(super) tokens: Tokens,
    /// The service's process, where it is one of this machine and known.
    pub(super) process: Option<u32>,
}

impl Target {
    /// A service on this machine, or on any that the operator owns.
    pub(super) fn named(host: &str, tokens: Tokens, owned: bool) -> Outcome<Self> {
        let url: Url = host.parse().map_err(|error| format!("{host}: {error}"))?;
        if !matches!(url.scheme(), "http" | "https") || url.path() != "/" {
            return Err(format!("{host} is no address as http://127.0.0.1:8080").into());
        }
        if !owned && !is_this_machine(&url) {
            return Err(format!(
                "{host} is not this machine; if it is yours to put a load on, say --i-own-this-host"
            )
            .into());
        }
        Ok(Self { url, tokens, process: None })
    }

    /// Host and port, as a connection is made to them.
    pub(super) fn authority(&self) -> String {
        let host = self.url.host_str().unwrap_or_default();
        format!("{host}:{}", self.url.port_or_known_default().unwrap_or(80))
    }
}

/// Whether it is a loopback address, or the name that stands for it (RFC 6761, section 6.3).
fn is_this_machine(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address: Result<IpAddr, _> = host.trim_matches(['[', ']']).parse();
    address.map_or(host == "localhost", |address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(host: &str, owned: bool) -> Outcome<Target> {
        let token = String::new;
        let tokens = Tokens { shopper: token(), agent: token(), merchant: token() };
        Target::named(host, tokens, owned)
    }

    #[test]
    fn only_this_machine_is_asked_unless_the_host_is_owned() {
        for here in ["http://127.0.0.1:8080", "http://[::1]:80/", "http://localhost:1"] {
            assert!(named(here, false).is_ok(), "{here}");
        }
        for there in [
            "http://192.0.2.1",
            "https://shop.example",
            "http://localhost.shop.example",
            "http://127.0.0.1@shop.example",
            "http://0.0.0.0:80",
        ] {
            assert!(named(there, false).is_err(), "{there}");
            assert!(named(there, true).is_ok(), "{there}");
        }
    }

    #[test]
    fn what_is_no_address_of_a_service_is_refused() {
        for wrong in ["127.0.0.1:8080", "ftp://127.0.0.1", "http://127.0.0.1/v1", ""] {
            assert!(named(wrong, true).is_err(), "{wrong}");
        }
    }
}
