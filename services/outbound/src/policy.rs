use std::{
    collections::HashSet,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use url::Host;
use vitrine_core::{
    address::{WebAddress, plain},
    ports::FetchError,
};

use crate::{
    network::Network,
    settings::{OutboundSettings, SettingsError},
};

const HERE: &str = "stands for the machine that Vitrine runs on";
const PRIVATE: &str = "belongs to a private network";
const LINK: &str = "belongs to the local link";
const MANY: &str = "is for many receivers at once";
const PROTOCOLS: &str = "is set aside for protocols";
const DOCUMENTATION: &str = "is set aside for documentation";
const METADATA: &str = "is where a cloud tells its machines their secrets";
const NOT_PUBLIC: &str = "is not on the public internet";

/// What is not public in IPv4
/// (<https://www.iana.org/assignments/iana-ipv4-special-registry>).
const V4: [(Network, &str); 16] = [
    (Network::v4(0, 0, 0, 0, 8), HERE),
    (Network::v4(127, 0, 0, 0, 8), HERE),
    (Network::v4(10, 0, 0, 0, 8), PRIVATE),
    (Network::v4(172, 16, 0, 0, 12), PRIVATE),
    (Network::v4(192, 168, 0, 0, 16), PRIVATE),
    (Network::v4(100, 64, 0, 0, 10), "belongs to the inner network of a provider"),
    (Network::v4(169, 254, 0, 0, 16), LINK),
    (Network::v4(192, 0, 0, 0, 24), PROTOCOLS),
    (Network::v4(192, 0, 2, 0, 24), DOCUMENTATION),
    (Network::v4(198, 51, 100, 0, 24), DOCUMENTATION),
    (Network::v4(203, 0, 113, 0, 24), DOCUMENTATION),
    (Network::v4(192, 88, 99, 0, 24), PROTOCOLS),
    (Network::v4(198, 18, 0, 0, 15), "is set aside for benchmarks"),
    (Network::v4(224, 0, 0, 0, 4), MANY),
    (Network::v4(255, 255, 255, 255, 32), MANY),
    (Network::v4(240, 0, 0, 0, 4), "is reserved"),
];

/// What is not public in IPv6 (<https://www.iana.org/assignments/iana-ipv6-special-registry>).
/// Teredo lies in `2001::/23`; it and 6to4 are retired (RFC 7526) and would carry us to any IPv4.
const V6: [(Network, &str); 10] = [
    (Network::of(IpAddr::V6(Ipv6Addr::UNSPECIFIED)), HERE),
    (Network::of(IpAddr::V6(Ipv6Addr::LOCALHOST)), HERE),
    (Network::v6(0xfc00, 0, 7), PRIVATE),
    (Network::v6(0xfec0, 0, 10), PRIVATE),
    (Network::v6(0xfe80, 0, 10), LINK),
    (Network::v6(0xff00, 0, 8), MANY),
    (Network::v6(0x2001, 0, 23), PROTOCOLS),
    (Network::v6(0x2001, 0xdb8, 32), DOCUMENTATION),
    (Network::v6(0x3fff, 0, 20), DOCUMENTATION),
    (Network::v6(0x2002, 0, 16), "is a 6to4 address, and these are retired"),
];

/// All that IPv6 has given out as public (<https://www.iana.org/assignments/ipv6-address-space>).
const V6_PUBLIC: Network = Network::v6(0x2000, 0, 3);

/// Where clouds tell machines their secrets; Azure's looks public.
const METADATA_IPS: [IpAddr; 9] = [
    IpAddr::V4(Ipv4Addr::new(169, 254, 169, 254)),
    IpAddr::V4(Ipv4Addr::new(169, 254, 170, 2)),
    IpAddr::V4(Ipv4Addr::new(169, 254, 170, 23)),
    IpAddr::V4(Ipv4Addr::new(100, 100, 100, 200)),
    IpAddr::V4(Ipv4Addr::new(168, 63, 129, 16)),
    IpAddr::V4(Ipv4Addr::new(192, 0, 0, 192)),
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254)),
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x23)),
    IpAddr::V6(Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254)),
];

/// Names that lead inside by what they are (RFC 6762 and its appendix G, RFC 8375, and `.internal`
/// as ICANN set it aside), and everything under them.
const INNER_NAMES: [&str; 6] = ["localdomain", "local", "internal", "home.arpa", "lan", "intranet"];

/// Where clouds answer by name, beyond those that end in `.internal`.
const METADATA_NAMES: [&str; 5] = [
    "metadata.goog",
    "metadata.tencentyun.com",
    "metadata.packet.net",
    "metadata.platformequinix.com",
    "rancher-metadata.rancher.io",
];

/// Whom Vitrine speaks to: the public internet, and what the operator lets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Policy {
    hosts: HashSet<String>,
    networks: Vec<Network>,
}

impl Policy {
    pub(crate) fn new(settings: &OutboundSettings) -> Result<Self, SettingsError> {
        let networks = settings.allow_networks.iter().map(|text| text.trim().parse());
        let mut networks: Vec<Network> = networks.collect::<Result<_, _>>()?;
        let mut hosts = HashSet::new();
        for text in &settings.allow_hosts {
            match Host::parse(text.trim()) {
                Ok(Host::Domain(name)) if !name.contains(['*', ':']) => {
                    hosts.insert(plain(&name));
                }
                Ok(Host::Ipv4(ip)) => networks.push(Network::of(ip.into())),
                Ok(Host::Ipv6(ip)) => networks.push(Network::of(ip.into())),
                _ => return Err(SettingsError::Host(text.clone())),
            }
        }
        Ok(Self { hosts, networks })
    }

    /// Judges what an address says by itself: a name, or an IP address, which no resolver is asked
    /// about.
    pub(crate) fn check_host(&self, address: &WebAddress) -> Result<(), FetchError> {
        let host = address.host();
        let refused = match &host {
            Host::Domain(name) => self.name_refused(name),
            Host::Ipv4(ip) => self.refused((*ip).into()),
            Host::Ipv6(ip) => self.refused((*ip).into()),
        };
        let forbidden = |why| FetchError::Forbidden { host: host.to_string(), why };
        refused.map_or(Ok(()), |why| Err(forbidden(why)))
    }

    /// Those of the addresses of a host that may be connected to.
    pub(crate) fn permitted(
        &self,
        host: &str,
        ips: Vec<IpAddr>,
    ) -> Result<Vec<IpAddr>, FetchError> {
        if ips.is_empty() {
            return Err(FetchError::Unresolvable { host: host.to_owned() });
        }
        let listed = self.hosts.contains(&plain(host));
        let refused = |ip: IpAddr| self.refused(ip).filter(|why| !listed || *why == METADATA);
        let (mut permitted, mut why_not) = (Vec::new(), NOT_PUBLIC);
        for ip in ips {
            match refused(ip) {
                None => permitted.push(ip),
                Some(why) => why_not = why,
            }
        }
        if permitted.is_empty() {
            return Err(FetchError::Forbidden { host: host.to_owned(), why: why_not });
        }
        Ok(permitted)
    }

    fn name_refused(&self, name: &str) -> Option<&'static str> {
        if self.hosts.contains(name) {
            return None;
        }
        let is_or_under = |outer: &str| {
            name.strip_suffix(outer).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        };
        if METADATA_NAMES.contains(&name) || is_or_under("metadata.google.internal") {
            Some(METADATA)
        } else if is_or_under("localhost") {
            Some(HERE)
        } else if INNER_NAMES.iter().any(|outer| is_or_under(outer)) {
            Some("is a name inside a private network")
        } else if !name.contains('.') {
            Some("has no dot, and such names lead inside a private network")
        } else {
            None
        }
    }

    /// Why this address may not be connected to.
    fn refused(&self, ip: IpAddr) -> Option<&'static str> {
        let why = match ip {
            _ if METADATA_IPS.contains(&ip) => Some(METADATA),
            IpAddr::V4(_) => why_of(&V4, ip),
            IpAddr::V6(v6) => {
                if let Some(v4) = translated(v6) {
                    return self.refused(v4.into());
                }
                tunnelled(v6)
                    .and_then(|v4| self.refused(v4.into()))
                    .or_else(|| why_of(&V6, ip))
                    .or_else(|| (!V6_PUBLIC.contains(ip)).then_some(NOT_PUBLIC))
            }
        }?;
        let lifts =
            |network: &Network| network.contains(ip) && (network.is_single() || why != METADATA);
        (!self.networks.iter().any(lifts)).then_some(why)
    }
}

fn why_of(table: &[(Network, &'static str)], ip: IpAddr) -> Option<&'static str> {
    table.iter().find(|(network, _)| network.contains(ip)).map(|(_, why)| *why)
}

/// The IPv4 address that this one is another way to write: IPv4-mapped (RFC 4291, 2.5.5.2) or
/// translated by NAT64 (RFC 6052, 2.1).
fn translated(ip: Ipv6Addr) -> Option<Ipv4Addr> {
    let prefix = ip.to_bits() >> 32;
    (prefix == 0xffff || prefix == 0x0064_ff9b << 64).then(|| last_four(ip))
}

/// The IPv4 address that packets to this one are sent on to: ISATAP (RFC 5214, 6.1).
fn tunnelled(ip: Ipv6Addr) -> Option<Ipv4Addr> {
    let [.., a, b, _, _] = ip.segments();
    (a & 0xfdff == 0 && b == 0x5efe).then(|| last_four(ip))
}

const fn last_four(ip: Ipv6Addr) -> Ipv4Addr {
    Ipv4Addr::from_bits(ip.to_bits() as u32)
}

#[cfg(test)]
mod tests;
