use std::{error::Error, io, sync::Arc, time::Duration};

use async_trait::async_trait;
use reqwest::{
    Proxy, RequestBuilder, Response, StatusCode,
    header::{
        ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, ETAG, HeaderMap,
        HeaderName, HeaderValue, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED, LOCATION,
        RETRY_AFTER,
    },
    redirect, retry,
};
use url::Host;
use vitrine_core::{
    address::{WebAddress, plain},
    ports::{
        Fetch, FetchError, FetchRequest, FetchResponse, Fetched, MAX_REDIRECTS, Post, Posted, Tell,
        redirected,
    },
};

use crate::{
    body::{Clock, body},
    policy::Policy,
    resolver::{Lookup, Resolver},
    settings::{OutboundSettings, SettingsError},
    slots::{Slot, Slots},
};

/// How long one IP address has to take a connection.
const CONNECT: Duration = Duration::from_secs(10);
/// How long a connection is kept for the next request.
const KEPT: Duration = Duration::from_secs(30);

/// Asks once, and walks from redirect to redirect.
pub(crate) struct Client {
    http: reqwest::Client,
    policy: Arc<Policy>,
    resolver: Resolver,
    slots: Slots,
    settings: OutboundSettings,
}

/// An answer's head, and the right to read on.
struct Answer {
    response: Response,
    slot: Slot,
    host: String,
}

impl Client {
    pub(crate) fn new(
        settings: &OutboundSettings,
        lookup: Arc<dyn Lookup>,
    ) -> Result<Self, SettingsError> {
        let proxy = settings.proxy.as_deref().map(proxy).transpose()?;
        let policy = Arc::new(Policy::new(settings)?);
        let proxy_host = proxy.as_ref().map(|(_, host)| host.clone());
        let resolver = Resolver::new(lookup, Arc::clone(&policy), proxy_host);
        let mut builder = reqwest::Client::builder()
            .no_proxy()
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .referer(false)
            .no_gzip()
            .no_brotli()
            .no_zstd()
            .no_deflate()
            .http1_only()
            .user_agent(user_agent(settings.contact.as_deref())?)
            .dns_resolver(resolver.clone())
            .connect_timeout(CONNECT)
            .pool_idle_timeout(KEPT)
            .pool_max_idle_per_host(settings.per_host.max(1));
        if let Some((proxy, _)) = proxy {
            builder = builder.proxy(proxy);
        }
        let http = builder.build().map_err(|error| SettingsError::Client(innermost(&error)))?;
        let slots = Slots::new(settings.per_host, settings.at_once);
        Ok(Self { http, policy, resolver, slots, settings: settings.clone() })
    }

    /// Asks one address, once it is known to be one that may be asked.
    async fn ask(
        &self,
        address: &WebAddress,
        request: RequestBuilder,
        first_byte: Duration,
        clock: &mut Clock,
    ) -> Result<Answer, FetchError> {
        self.policy.check_host(address)?;
        let host = address.host().to_string();
        let slot = self.slots.enter(&host).await;
        let sending = async {
            self.check_behind_proxy(address).await?;
            request.send().await.map_err(|error| failed(&host, error))
        };
        let what = "to begin its answer";
        let (response, _) = clock.wait(&host, first_byte, what, sending).await?;
        Ok(Answer { response: response?, slot, host })
    }

    /// A proxy resolves names itself. What leads inside as seen from here is refused all the
    /// same; what is not known here is left to the proxy.
    async fn check_behind_proxy(&self, address: &WebAddress) -> Result<(), FetchError> {
        let Host::Domain(name) = address.host() else { return Ok(()) };
        if self.settings.proxy.is_none() {
            return Ok(());
        }
        match self.resolver.permitted(&name).await {
            Err(error @ FetchError::Forbidden { .. }) => Err(error),
            _ => Ok(()),
        }
    }
}

#[async_trait]
impl Fetch for Client {
    async fn fetch(&self, request: &FetchRequest) -> Result<Fetched, FetchError> {
        let times = self.settings.times(request.patience);
        let mut clock = Clock::new(times.total);
        let mut address = request.address.clone();
        for _ in 0..=MAX_REDIRECTS {
            let get = self.http.get(address.url().clone()).headers(headers(request, &address));
            let Answer { response, slot, host } =
                self.ask(&address, get, times.first_byte, &mut clock).await?;
            let status = response.status();
            let head = response.headers();
            if is_redirect(status) {
                address = redirected(&address, text(head, &LOCATION).as_deref())?;
                continue;
            }
            let asked_before = request.etag.is_some() || request.last_modified.is_some();
            if status == StatusCode::NOT_MODIFIED && asked_before {
                return Ok(Fetched::NotModified);
            }
            // A part of the whole was not asked for, and is not what was asked for.
            if !status.is_success() || status == StatusCode::PARTIAL_CONTENT {
                let retry_after = text(head, &RETRY_AFTER).and_then(|text| pause(&text));
                return Err(FetchError::Status { host, status: status.as_u16(), retry_after });
            }
            let content_length = text(head, &CONTENT_LENGTH).and_then(|text| text.parse().ok());
            let max_bytes = request.max_bytes;
            if content_length.is_some_and(|length: u64| length > max_bytes) {
                return Err(FetchError::TooLarge { max_bytes });
            }
            return Ok(Fetched::Response(FetchResponse {
                address,
                content_type: text(head, &CONTENT_TYPE),
                etag: text(head, &ETAG),
                last_modified: text(head, &LAST_MODIFIED),
                content_length,
                body: body(response, host, clock, times, max_bytes, slot),
            }));
        }
        Err(FetchError::TooManyRedirects { limit: MAX_REDIRECTS })
    }
}

#[async_trait]
impl Tell for Client {
    async fn post(&self, post: &Post) -> Result<Posted, FetchError> {
        let mut request = self.http.post(post.address.url().clone()).body(post.body.clone());
        request = request.header(CONTENT_TYPE, "application/json");
        for (name, value) in &post.headers {
            request = request.header(*name, value);
        }
        let telling = self.settings.telling;
        let mut clock = Clock::new(telling);
        let answer = self.ask(&post.address, request, telling, &mut clock).await?;
        let head = answer.response.headers();
        let retry_after = text(head, &RETRY_AFTER).and_then(|text| pause(&text));
        Ok(Posted { status: answer.response.status().as_u16(), retry_after })
    }
}

fn is_redirect(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}

/// All that is told besides the address. Nothing asks for packing: what is small on the wire and
/// endless when unpacked would pass the bound on bytes.
fn headers(request: &FetchRequest, address: &WebAddress) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    let told = [
        (ACCEPT, Some(&request.accept)),
        (IF_NONE_MATCH, request.etag.as_ref()),
        (IF_MODIFIED_SINCE, request.last_modified.as_ref()),
    ];
    for (name, text) in told {
        if let Some(value) = text.and_then(|text| HeaderValue::from_str(text).ok()) {
            headers.insert(name, value);
        }
    }
    let bearer = request.bearer.as_ref().filter(|_| *address == request.address);
    if let Some(mut value) = bearer.and_then(|it| HeaderValue::from_str(&it.header()).ok()) {
        value.set_sensitive(true);
        headers.insert(AUTHORIZATION, value);
    }
    headers
}

fn text(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

/// How long a `Retry-After` asks to wait: seconds, or a date (RFC 9110, 10.2.3).
fn pause(text: &str) -> Option<Duration> {
    if let Ok(seconds) = text.trim().parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = jiff::fmt::rfc2822::parse(text.trim()).ok()?.timestamp();
    let left = date.as_second().saturating_sub(jiff::Timestamp::now().as_second());
    Some(Duration::from_secs(left.try_into().unwrap_or_default()))
}

fn user_agent(contact: Option<&str>) -> Result<HeaderValue, SettingsError> {
    let name = concat!("Vitrine/", env!("CARGO_PKG_VERSION"));
    let whole = contact.map_or_else(|| name.to_owned(), |contact| format!("{name} (+{contact})"));
    HeaderValue::from_str(&whole).map_err(|_| SettingsError::Contact)
}

/// The proxy and its host.
fn proxy(text: &str) -> Result<(Proxy, String), SettingsError> {
    let refused = |error: String| SettingsError::Proxy(error);
    let url = url::Url::parse(text).map_err(|error| refused(error.to_string()))?;
    let host = url.host_str().map(plain).filter(|host| !host.is_empty());
    let host = host.filter(|_| matches!(url.scheme(), "http" | "https"));
    let host = host.ok_or_else(|| refused("it must be http or https, with a host".to_owned()))?;
    Ok((Proxy::all(url).map_err(|error| refused(innermost(&error)))?, host))
}

/// What hindered a request that got no answer.
fn failed(host: &str, error: reqwest::Error) -> FetchError {
    if let Some(ours) = chain(&error).find_map(|cause| cause.downcast_ref::<FetchError>()) {
        return ours.clone();
    }
    let host = host.to_owned();
    if error.is_timeout() {
        return FetchError::TimedOut { host, what: "to take the connection", after: CONNECT };
    }
    if !error.is_connect() {
        return broken(&host, error);
    }
    let detail = innermost(&error);
    let is_tls = |cause: &(dyn Error + 'static)| {
        let cause = cause.downcast_ref::<io::Error>();
        cause.is_some_and(|cause| cause.kind() == io::ErrorKind::InvalidData)
    };
    if chain(&error).any(is_tls) {
        FetchError::Tls { host, detail }
    } else {
        FetchError::Unreachable { host, detail }
    }
}

/// What broke an answer off.
pub(crate) fn broken(host: &str, error: reqwest::Error) -> FetchError {
    FetchError::Broken { host: host.to_owned(), detail: innermost(&error) }
}

/// An error and what caused it. An [`io::Error`] names as its source not what it wraps but the
/// source of that, so it is looked into.
fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| {
        let wrapped = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        wrapped.map(|inner| inner as &(dyn Error + 'static)).or_else(|| error.source())
    })
}

/// What is at the bottom of an error; what lies above it would show the whole address.
fn innermost(error: &(dyn Error + 'static)) -> String {
    chain(error).last().map(ToString::to_string).unwrap_or_default()
}
