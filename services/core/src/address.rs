//! Addresses of the web, as strangers give them.

use url::{Host, Url};

/// The most bytes of an address; servers take hardly more (RFC 9110, 4.1).
const MAX_BYTES: usize = 8_000;

/// Ports that other services than HTTP listen on, so that nobody makes us speak to those: the bad
/// ports of the Fetch standard (<https://fetch.spec.whatwg.org/#port-blocking>), and those of SQL
/// Server, Oracle, MySQL, PostgreSQL, Redis, Memcached and MongoDB.
const NOT_HTTP: [u16; 90] = [
    0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101,
    102, 103, 104, 109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427,
    465, 512, 513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990,
    993, 995, 1433, 1521, 1719, 1720, 1723, 2049, 3306, 3659, 4045, 4190, 5060, 5061, 5432, 6000,
    6379, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080, 11211, 27017,
];

/// An http or https address with a host and no user name or password in it. Whether its host may
/// be spoken to is another question: [`Fetch`](crate::ports::Fetch) answers it.
#[derive(
    Debug, Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, utoipa::ToSchema,
)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, format = Uri)]
pub struct WebAddress(Url);

/// Why a text is no [`WebAddress`]. Never shows the text: it may hold a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    #[error(
        "this is not an address on the web ({0}); give one that begins with http:// or https://"
    )]
    NotHttp(String),
    #[error("the address is longer than {MAX_BYTES} bytes; give a shorter one")]
    TooLong,
    #[error(
        "the address holds a user name or password, and these are never sent; give one without them"
    )]
    Credentials,
    #[error("port {0} is not one of web servers; give the port that the web server listens on")]
    Port(u16),
}

impl AddressError {
    /// The identifier that programs compare.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotHttp(_) => "address_not_http",
            Self::TooLong => "address_too_long",
            Self::Credentials => "address_has_credentials",
            Self::Port(_) => "address_port_forbidden",
        }
    }
}

impl TryFrom<String> for WebAddress {
    type Error = AddressError;

    fn try_from(text: String) -> Result<Self, AddressError> {
        Self::parse(&text)
    }
}

impl From<WebAddress> for String {
    fn from(address: WebAddress) -> Self {
        address.0.into()
    }
}

impl WebAddress {
    /// Parses as browsers do (<https://url.spec.whatwg.org>): the many ways to write one host,
    /// as `0x7f.1` or full-width digits, become one.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        if text.len() > MAX_BYTES {
            return Err(AddressError::TooLong);
        }
        Url::parse(text.trim())
            .map_err(|error| AddressError::NotHttp(error.to_string()))?
            .try_into()
    }

    /// Where a `Location` header of this address points to.
    pub fn join(&self, location: &str) -> Result<Self, AddressError> {
        if location.len() > MAX_BYTES {
            return Err(AddressError::TooLong);
        }
        self.0.join(location).map_err(|error| AddressError::NotHttp(error.to_string()))?.try_into()
    }

    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    pub const fn url(&self) -> &Url {
        &self.0
    }

    pub fn is_https(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// The host in lower case, without a dot at its end and the brackets of an IPv6 address.
    pub fn host(&self) -> Host<String> {
        match self.0.host() {
            Some(Host::Ipv4(ip)) => Host::Ipv4(ip),
            Some(Host::Ipv6(ip)) => Host::Ipv6(ip),
            Some(Host::Domain(name)) => Host::Domain(plain(name)),
            None => Host::Domain(String::new()),
        }
    }

    /// The port, that of the scheme where none is written.
    pub fn port(&self) -> u16 {
        self.0.port_or_known_default().unwrap_or_default()
    }
}

/// A name in the one form that names are compared in.
pub fn plain(name: &str) -> String {
    name.trim_end_matches('.').to_lowercase()
}

impl TryFrom<Url> for WebAddress {
    type Error = AddressError;

    fn try_from(mut url: Url) -> Result<Self, AddressError> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(AddressError::NotHttp(format!("it begins with {}:", url.scheme())));
        }
        if url.as_str().len() > MAX_BYTES {
            return Err(AddressError::TooLong);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(AddressError::Credentials);
        }
        if url.host_str().is_none_or(|host| plain(host).is_empty()) {
            return Err(AddressError::NotHttp("it has no host".to_owned()));
        }
        url.set_fragment(None);
        let address = Self(url);
        if NOT_HTTP.contains(&address.port()) {
            return Err(AddressError::Port(address.port()));
        }
        Ok(address)
    }
}

impl std::fmt::Display for WebAddress {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(self.as_str())
    }
}

impl std::str::FromStr for WebAddress {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        Self::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, Ipv6Addr};

    use super::*;

    fn code(text: &str) -> &'static str {
        WebAddress::parse(text)
            .map_or_else(|error| error.code(), |address| panic!("{address} was taken"))
    }

    #[test]
    fn only_http_and_https_are_addresses_of_the_web() {
        for text in [
            "",
            "   ",
            "feeds/products.csv",
            "//shop.example/feed",
            "http://",
            "http:///",
            "https://.",
            "file:///etc/passwd",
            "ftp://shop.example/feed.csv",
            "gopher://shop.example",
            "data:image/png;base64,AAAA",
            "javascript:alert(1)",
            "unix:/run/docker.sock",
            "http://[fe80::1%25eth0]/",
            "http://shop.example:99999/",
            "http://1.2.3.4.5/",
            "http://256.1.1.1/",
            "http://shop example/",
            "http://shop.example:80:80/",
        ] {
            assert_eq!(code(text), "address_not_http", "{text}");
        }
        for text in ["http://shop.example", "HTTPS://Shop.Example/feed", " https://a.example/ "] {
            assert!(WebAddress::parse(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn an_address_with_a_password_is_refused_and_not_shown() {
        for text in
            ["http://me@a.example", "http://me:hush@a.example", "https://:hush@a.example/feed"]
        {
            let error = WebAddress::parse(text).unwrap_err();
            assert_eq!(error, AddressError::Credentials);
            assert!(!format!("{error} {error:?}").contains("hush"));
        }
        let error = WebAddress::parse("ftp://me:hush@a.example").unwrap_err();
        assert!(!format!("{error} {error:?}").contains("hush"), "{error}");
        assert!(WebAddress::parse("https://a.example/?mail=me@b.example").is_ok());
    }

    #[test]
    fn ports_of_other_services_are_refused() {
        for port in [0, 22, 25, 3306, 5432, 6379, 11211, 27017] {
            let error = WebAddress::parse(&format!("http://a.example:{port}/")).unwrap_err();
            assert_eq!(error, AddressError::Port(port));
        }
        for port in [80, 443, 3000, 8000, 8080, 8443, 9000, 49_152] {
            assert!(WebAddress::parse(&format!("http://a.example:{port}/")).is_ok(), "{port}");
        }
    }

    #[test]
    fn an_address_of_endless_length_is_refused() {
        let long = |length| format!("http://a.example/{}", "x".repeat(length - 17));
        assert!(WebAddress::parse(&long(MAX_BYTES)).is_ok());
        assert_eq!(code(&long(MAX_BYTES + 1)), "address_too_long");
        // Each of these letters becomes nine bytes.
        assert_eq!(code(&format!("http://a.example/{}", "服".repeat(1_000))), "address_too_long");
    }

    #[test]
    fn the_many_ways_to_write_a_host_become_one() {
        let host = |text: &str| WebAddress::parse(text).unwrap().host();
        let loopback: Host<String> = Host::Ipv4(Ipv4Addr::LOCALHOST);
        for text in [
            "http://127.0.0.1/",
            "http://127.1/",
            "http://127.0.0.1./",
            "http://2130706433/",
            "http://017700000001/",
            "http://0x7f000001/",
            "http://0x7f.0.0.1/",
            "http://0177.0.0.01/",
            "http://１２７．０．０．１/",
            "http://①②⑦.0.0.1/",
            "http://127。0。0。1/",
            "http:\\\\127.0.0.1\\",
            "http:127.0.0.1",
        ] {
            assert_eq!(host(text), loopback, "{text}");
        }
        assert_eq!(host("http://[::1]/"), Host::<String>::Ipv6(Ipv6Addr::LOCALHOST));
        for text in ["http://LOCALHOST/", "http://localhost./", "http://ｌocalhost../"] {
            assert_eq!(host(text), Host::Domain("localhost".to_owned()), "{text}");
        }
    }

    #[test]
    fn a_location_is_read_relative_to_where_it_came_from() {
        let from = WebAddress::parse("https://a.example/feeds/one.csv?x=1#top").unwrap();
        assert_eq!(from.as_str(), "https://a.example/feeds/one.csv?x=1");
        assert_eq!(from.join("two.csv").unwrap().as_str(), "https://a.example/feeds/two.csv");
        assert_eq!(from.join("//b.example/").unwrap().as_str(), "https://b.example/");
        assert_eq!(from.join("ftp://b.example").unwrap_err().code(), "address_not_http");
        assert_eq!(from.join("//me@b.example").unwrap_err(), AddressError::Credentials);
    }

    #[test]
    fn the_ports_stand_in_order_once_each() {
        assert!(NOT_HTTP.is_sorted_by(|one, next| one < next));
    }
}
