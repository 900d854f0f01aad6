use std::{
    collections::HashMap,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use futures::{StreamExt, stream};

use crate::{
    address::WebAddress,
    ports::{
        Fetch, FetchError, FetchRequest, FetchResponse, Fetched, MAX_REDIRECTS, bounded, redirected,
    },
};

/// What a made-up server answers at one address.
#[derive(Debug, Clone)]
pub struct Page {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: Bytes,
    /// Whether the length is told before the body.
    pub sized: bool,
}

impl Page {
    /// A 200.
    pub fn of(content_type: &str, body: impl Into<Bytes>) -> Self {
        let headers = vec![("content-type", content_type.to_owned())];
        Self { status: 200, headers, body: body.into(), sized: true }
    }

    /// An answer without a body.
    pub fn status(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Bytes::new(), sized: true }
    }

    /// A redirect.
    pub fn moved(location: &str) -> Self {
        Self::status(302).with("location", location)
    }

    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    pub fn unsized_body(self) -> Self {
        Self { sized: false, ..self }
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }

    /// Whether a request with these validators gets a 304 (RFC 9110, 13.1).
    pub fn is_known(&self, etag: Option<&str>, last_modified: Option<&str>) -> bool {
        match etag {
            Some(etag) => self.header("etag") == Some(etag),
            None => last_modified.is_some() && self.header("last-modified") == last_modified,
        }
    }
}

/// A made-up web: pages by address, and what each address was asked for.
#[derive(Debug, Default)]
pub struct FakeFetch {
    answers: Mutex<HashMap<String, Vec<Result<Page, FetchError>>>>,
    asked: Mutex<Vec<FetchRequest>>,
    running: AtomicUsize,
    most: AtomicUsize,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl FakeFetch {
    /// Puts a page at an address; where there are several, each is answered once, the last for
    /// ever.
    pub fn put(&self, address: &str, page: Page) {
        self.answer(address, Ok(page));
    }

    /// The same for a failure.
    pub fn fail(&self, address: &str, error: FetchError) {
        self.answer(address, Err(error));
    }

    fn answer(&self, address: &str, answer: Result<Page, FetchError>) {
        let address = WebAddress::parse(address).expect("a good address");
        lock(&self.answers).entry(address.as_str().to_owned()).or_default().push(answer);
    }

    /// All that was asked for, in order; redirects are not counted.
    pub fn asked(&self) -> Vec<FetchRequest> {
        lock(&self.asked).clone()
    }

    /// The most requests that were under way at once.
    pub fn most_at_once(&self) -> usize {
        self.most.load(Ordering::SeqCst)
    }

    fn next(&self, address: &WebAddress) -> Result<Page, FetchError> {
        let unknown = || FetchError::Unresolvable { host: address.host().to_string() };
        let mut answers = lock(&self.answers);
        let left = answers.get_mut(address.as_str()).ok_or_else(unknown)?;
        if left.len() > 1 { left.remove(0) } else { left.first().cloned().ok_or_else(unknown)? }
    }

    async fn walk(&self, request: &FetchRequest) -> Result<Fetched, FetchError> {
        let mut address = request.address.clone();
        for _ in 0..=MAX_REDIRECTS {
            let page = self.next(&address)?;
            match page.status {
                200 => return answered(address, page, request),
                301 | 302 | 303 | 307 | 308 => {
                    address = redirected(&address, page.header("location"))?;
                }
                status => {
                    let retry_after = page.header("retry-after").and_then(|text| text.parse().ok());
                    let retry_after = retry_after.map(Duration::from_secs);
                    let host = address.host().to_string();
                    return Err(FetchError::Status { host, status, retry_after });
                }
            }
        }
        Err(FetchError::TooManyRedirects { limit: MAX_REDIRECTS })
    }
}

fn answered(
    address: WebAddress,
    page: Page,
    request: &FetchRequest,
) -> Result<Fetched, FetchError> {
    if page.is_known(request.etag.as_deref(), request.last_modified.as_deref()) {
        return Ok(Fetched::NotModified);
    }
    let max_bytes = request.max_bytes;
    let content_length = page.sized.then_some(page.body.len() as u64);
    if content_length.is_some_and(|length| length > max_bytes) {
        return Err(FetchError::TooLarge { max_bytes });
    }
    let header = |name| page.header(name).map(str::to_owned);
    let pieces: Vec<_> =
        page.body.chunks(64).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    Ok(Fetched::Response(FetchResponse {
        address,
        content_type: header("content-type"),
        etag: header("etag"),
        last_modified: header("last-modified"),
        content_length,
        body: bounded(stream::iter(pieces).boxed(), max_bytes),
    }))
}

#[async_trait]
impl Fetch for FakeFetch {
    async fn fetch(&self, request: &FetchRequest) -> Result<Fetched, FetchError> {
        lock(&self.asked).push(request.clone());
        let running = self.running.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(running, Ordering::SeqCst);
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
        let answer = self.walk(request).await;
        self.running.fetch_sub(1, Ordering::SeqCst);
        answer
    }
}
