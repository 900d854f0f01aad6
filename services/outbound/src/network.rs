use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    str::FromStr,
};

use crate::settings::SettingsError;

/// An IP network: an address and how many of its first bits count (RFC 4632).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Network {
    first: IpAddr,
    bits: u8,
}

impl Network {
    pub(crate) const fn v4(a: u8, b: u8, c: u8, d: u8, bits: u8) -> Self {
        Self { first: IpAddr::V4(Ipv4Addr::new(a, b, c, d)), bits }
    }

    /// The network of the first two groups of an IPv6 address.
    pub(crate) const fn v6(a: u16, b: u16, bits: u8) -> Self {
        Self { first: IpAddr::V6(Ipv6Addr::new(a, b, 0, 0, 0, 0, 0, 0)), bits }
    }

    /// The network of one address.
    pub(crate) const fn of(ip: IpAddr) -> Self {
        Self { first: ip, bits: width(ip) }
    }

    pub(crate) fn contains(&self, ip: IpAddr) -> bool {
        self.first.is_ipv4() == ip.is_ipv4()
            && masked(ip, self.bits) == masked(self.first, self.bits)
    }

    /// Whether it is one address alone.
    pub(crate) const fn is_single(&self) -> bool {
        self.bits == width(self.first)
    }
}

const fn width(ip: IpAddr) -> u8 {
    match ip {
        IpAddr::V4(_) => 32,
        IpAddr::V6(_) => 128,
    }
}

/// The first `bits` of an address, the rest being zero.
fn masked(ip: IpAddr, bits: u8) -> IpAddr {
    let rest = u32::from(width(ip) - bits);
    match ip {
        IpAddr::V4(ip) => {
            let mask = u32::MAX.checked_shl(rest).unwrap_or_default();
            Ipv4Addr::from_bits(ip.to_bits() & mask).into()
        }
        IpAddr::V6(ip) => {
            let mask = u128::MAX.checked_shl(rest).unwrap_or_default();
            Ipv6Addr::from_bits(ip.to_bits() & mask).into()
        }
    }
}

impl FromStr for Network {
    type Err = SettingsError;

    fn from_str(text: &str) -> Result<Self, SettingsError> {
        let refused = |better: String| SettingsError::Network(text.to_owned(), better);
        let example = || refused("10.1.0.0/16".to_owned());
        let (ip, bits) = match text.split_once('/') {
            Some((ip, bits)) => (ip, Some(bits.parse().map_err(|_| example())?)),
            None => (text, None),
        };
        let ip: IpAddr = ip.parse().map_err(|_| example())?;
        let bits = bits.unwrap_or(width(ip));
        if bits > width(ip) {
            return Err(example());
        }
        let first = masked(ip, bits);
        if first != ip {
            return Err(refused(format!("{first}/{bits}")));
        }
        Ok(Self { first, bits })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(network: &str, ip: &str) -> bool {
        network.parse::<Network>().unwrap().contains(ip.parse().unwrap())
    }

    #[test]
    fn a_network_holds_its_first_and_its_last_address_and_no_other() {
        for (network, first, last, before, after) in [
            ("10.1.0.0/16", "10.1.0.0", "10.1.255.255", "10.0.255.255", "10.2.0.0"),
            ("10.1.2.3", "10.1.2.3", "10.1.2.3", "10.1.2.2", "10.1.2.4"),
            ("172.16.0.0/12", "172.16.0.0", "172.31.255.255", "172.15.255.255", "172.32.0.0"),
            ("fd12::/32", "fd12::", "fd12:0:ffff:ffff::", "fd11:ffff::", "fd12:1::"),
            ("fd12::1", "fd12::1", "fd12::1", "fd12::", "fd12::2"),
        ] {
            assert!(holds(network, first) && holds(network, last), "{network}");
            assert!(!holds(network, before) && !holds(network, after), "{network}");
        }
        assert!(holds("0.0.0.0/0", "255.1.2.3") && !holds("0.0.0.0/0", "::1"));
        assert!(holds("::/0", "ffff::1") && !holds("::/0", "1.2.3.4"));
    }

    #[test]
    fn what_is_no_network_is_told_with_what_it_may_mean() {
        for text in ["", "10", "10.0.0.0/33", "10.0.0.0/x", "fd12::/129", "shop.example", "/8"] {
            let error = text.parse::<Network>().unwrap_err().to_string();
            assert!(error.ends_with("write it as 10.1.0.0/16"), "{text}: {error}");
        }
        let error = "10.1.2.3/8".parse::<Network>().unwrap_err().to_string();
        assert!(error.ends_with("write it as 10.0.0.0/8"), "{error}");
    }
}
