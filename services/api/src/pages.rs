//! The pages for people: a shopper's, a merchant's, an agent's. Files of this binary, which ask the
//! public API as any other client does.

use std::{collections::HashMap, sync::LazyLock};

use actix_web::{HttpRequest, http::header};
use rust_embed::Embed;
use vitrine_core::ids::MerchantId;

use crate::tokens::Role;

#[derive(Embed)]
#[folder = "pages"]
struct Files;

/// What these pages may do: run this service's scripts, which can not write markup, and ask this
/// service. Pictures of products come from wherever the shop has them.
pub(crate) const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
     img-src 'self' blob: https: http:; connect-src 'self'; base-uri 'none'; form-action 'none'; \
     frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

/// What the pages are set to.
#[derive(Debug, Clone)]
pub struct Pages {
    /// Whether they are answered.
    pub enabled: bool,
    /// The merchant whose shop everybody may visit, as a shopper.
    pub guests: Option<MerchantId>,
    pub trial: Option<Trial>,
}

impl Default for Pages {
    fn default() -> Self {
        Self { enabled: true, guests: None, trial: None }
    }
}

/// A shop to try: who sits at this very machine may sign in to it as anybody but who runs the
/// service.
#[derive(Debug, Clone)]
pub struct Trial {
    pub merchant: MerchantId,
    /// The host whose pictures are had through this service.
    pub pictures: String,
}

impl Pages {
    /// The merchant to whom somebody may sign in without a token; none where nobody may.
    pub(crate) fn merchant(&self, role: Role, request: &HttpRequest) -> Option<&MerchantId> {
        let tried = self.trial.as_ref().filter(|_| role != Role::Admin && is_at_hand(request));
        let tried = tried.map(|trial| &trial.merchant);
        tried.or(self.guests.as_ref().filter(|_| role == Role::Shopper))
    }
}

/// Whether a request comes from a browser on this machine that was led here by the machine's own
/// name: a page that gave its own name this address would send that one (DNS rebinding), and a proxy
/// would tell of itself.
fn is_at_hand(request: &HttpRequest) -> bool {
    let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
    let from_here = request.peer_addr().is_some_and(|peer| peer.ip().to_canonical().is_loopback());
    let host = header(header::HOST).and_then(|host| host.parse::<http::uri::Authority>().ok());
    let to_here = host.is_some_and(|host| {
        let name = host.host().trim_matches(['[', ']']);
        name == "localhost"
            || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
    });
    let passed_on = [header::FORWARDED, header::X_FORWARDED_FOR, header::VIA];
    from_here && to_here && passed_on.iter().all(|name| !request.headers().contains_key(name))
}

/// A file of the pages, and its media type.
pub(crate) fn file(path: &str) -> Option<(std::borrow::Cow<'static, [u8]>, &'static str)> {
    let (_, kind) = path.rsplit_once('.')?;
    let kind = match kind {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "json" => "application/json",
        "svg" => "image/svg+xml",
        _ => return None,
    };
    Some((Files::get(path)?.data, kind))
}

/// What the pages say in one language, for what the service itself writes for them.
#[derive(Clone, Copy)]
pub(crate) struct Words(&'static HashMap<String, String>);

/// By the tag of the language, as the files are named.
static DICTIONARIES: LazyLock<HashMap<String, HashMap<String, String>>> = LazyLock::new(|| {
    let files = Files::iter().filter_map(|path| {
        let tag = path.strip_prefix("words/")?.strip_suffix(".json")?.to_owned();
        let words = serde_json::from_slice(&Files::get(&path)?.data).ok()?;
        Some((tag, words))
    });
    files.collect()
});

impl Words {
    pub(crate) fn of(language: &str) -> Option<Self> {
        DICTIONARIES.get(language).map(Self)
    }

    /// The text of a key; the key where there is none.
    pub(crate) fn say(self, key: &str) -> String {
        self.0.get(key).cloned().unwrap_or_else(|| key.to_owned())
    }
}

impl Default for Words {
    /// English.
    fn default() -> Self {
        static NONE: LazyLock<HashMap<String, String>> = LazyLock::new(HashMap::new);
        Self::of("en").unwrap_or(Self(&NONE))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn every_language_has_the_same_words_with_the_same_places() {
        let english = &DICTIONARIES["en"];
        assert_eq!(DICTIONARIES.len(), 3);
        for (language, words) in DICTIONARIES.iter() {
            let keys = |words: &HashMap<String, String>| -> BTreeSet<String> {
                // Languages differ in how many plural forms they have.
                let plain = |key: &String| match key.rsplit_once('.') {
                    Some((key, "one" | "other")) => key.to_owned(),
                    _ => key.clone(),
                };
                words.keys().map(plain).collect()
            };
            let (theirs, ours) = (keys(words), keys(english));
            let differ: Vec<_> = theirs.symmetric_difference(&ours).collect();
            assert!(differ.is_empty(), "{language}: {differ:?}");
            for (key, text) in words {
                assert!(!text.trim().is_empty(), "{language}: {key}");
                let Some(wanted) = english.get(key) else { continue };
                let (has, wants) = (places(text), places(wanted));
                let plural = key.ends_with(".one") && has.is_subset(&wants);
                assert!(has == wants || plural, "{language}: {key}: {has:?}, {wants:?}");
            }
        }
    }

    /// The names in braces.
    fn places(text: &str) -> BTreeSet<&str> {
        text.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0)).collect()
    }

    fn trial() -> Pages {
        let merchant = MerchantId::new("demo").unwrap();
        let trial = Trial { merchant, pictures: "shop.example".into() };
        Pages { trial: Some(trial), ..Pages::default() }
    }

    fn asked(peer: &str, host: &str) -> TestRequest {
        TestRequest::default().peer_addr(peer.parse().unwrap()).insert_header(("Host", host))
    }

    #[test]
    fn a_shop_to_try_lets_in_who_sits_at_the_machine_and_nobody_else() {
        let pages = trial();
        let lets_in =
            |request: TestRequest, role| pages.merchant(role, &request.to_http_request()).is_some();
        for host in ["localhost:8080", "127.0.0.1:8080", "[::1]:8080", "localhost"] {
            for peer in ["127.0.0.1:5", "[::1]:5", "[::ffff:127.0.0.1]:5"] {
                assert!(lets_in(asked(peer, host), Role::Merchant), "{peer} {host}");
                assert!(!lets_in(asked(peer, host), Role::Admin), "{peer} {host}");
            }
            assert!(!lets_in(asked("192.0.2.1:5", host), Role::Merchant), "{host}");
        }
        for host in ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", ""] {
            assert!(!lets_in(asked("127.0.0.1:5", host), Role::Shopper), "{host}");
        }
        for name in ["Forwarded", "X-Forwarded-For", "Via"] {
            let passed_on = asked("127.0.0.1:5", "localhost").insert_header((name, "1.1 proxy"));
            assert!(!lets_in(passed_on, Role::Agent), "{name}");
        }
    }

    #[test]
    fn guests_are_shoppers_from_anywhere_and_nothing_else() {
        let guests = Some(MerchantId::new("shop").unwrap());
        let pages = Pages { guests, ..Pages::default() };
        for role in Role::ALL {
            let request = asked("192.0.2.1:5", "shop.example").to_http_request();
            assert_eq!(pages.merchant(*role, &request).is_some(), *role == Role::Shopper);
        }
        let request = asked("127.0.0.1:5", "localhost").to_http_request();
        assert!(Pages::default().merchant(Role::Shopper, &request).is_none());
    }
}
