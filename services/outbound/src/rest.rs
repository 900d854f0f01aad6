use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use tokio::time::Instant;
use vitrine_core::ports::{Fetch, FetchError, FetchRequest, Fetched};

/// Requests that a host fails one after the other before it is left alone.
const FAILURES: u32 = 5;
/// How long it is left alone.
const REST: Duration = Duration::from_secs(60);
/// Hosts in trouble before those whose rest is over are forgotten.
const REMEMBERED: usize = 1_024;

/// Leaves a host alone that is not there. A feed may name ten thousand pictures on one host, and
/// to wait in vain for each of them would take days.
pub(crate) struct Resting<F> {
    inner: F,
    hosts: Mutex<HashMap<String, Trouble>>,
}

struct Trouble {
    failures: u32,
    until: Instant,
    last: FetchError,
}

impl<F> Resting<F> {
    pub(crate) fn new(inner: F) -> Self {
        Self { inner, hosts: Mutex::default() }
    }

    fn hosts(&self) -> MutexGuard<'_, HashMap<String, Trouble>> {
        self.hosts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the host failed with, while it is left alone.
    fn resting(&self, host: &str) -> Option<FetchError> {
        let hosts = self.hosts();
        let trouble = hosts.get(host)?;
        let rests = trouble.failures >= FAILURES && Instant::now() < trouble.until;
        rests.then(|| trouble.last.clone())
    }

    fn note(&self, host: String, failure: Option<&FetchError>) {
        let mut hosts = self.hosts();
        let Some(failure) = failure else {
            hosts.remove(&host);
            return;
        };
        let now = Instant::now();
        if hosts.len() >= REMEMBERED {
            hosts.retain(|_, trouble| now < trouble.until);
        }
        let failures = hosts.get(&host).map_or(0, |trouble| trouble.failures).saturating_add(1);
        if failures == FAILURES {
            tracing::info!(host, %failure, "a host is left alone for a minute");
        }
        hosts.insert(host, Trouble { failures, until: now + REST, last: failure.clone() });
    }
}

/// Whether no answer came at all; any answer shows that the host is there.
const fn is_absent(error: &FetchError) -> bool {
    matches!(
        error,
        FetchError::Unresolvable { .. }
            | FetchError::Unreachable { .. }
            | FetchError::TimedOut { .. }
    )
}

#[async_trait]
impl<F: Fetch> Fetch for Resting<F> {
    async fn fetch(&self, request: &FetchRequest) -> Result<Fetched, FetchError> {
        let host = request.address.host().to_string();
        if let Some(error) = self.resting(&host) {
            return Err(error);
        }
        let answer = self.inner.fetch(request).await;
        self.note(host, answer.as_ref().err().filter(|error| is_absent(error)));
        answer
    }
}

#[cfg(test)]
mod tests {
    use vitrine_core::{
        address::WebAddress,
        ports::Patience,
        testing::{FakeFetch, Page},
    };

    use super::*;

    const DEAD: &str = "http://dead.example/a.jpg";

    async fn fetch(fetch: &Resting<FakeFetch>, address: &str) -> Option<FetchError> {
        let address = WebAddress::parse(address).unwrap();
        fetch.fetch(&FetchRequest::new(address, 1_000, Patience::Picture)).await.err()
    }

    fn unreachable() -> FetchError {
        FetchError::Unreachable { host: "dead.example".into(), detail: "refused".into() }
    }

    /// Fails as a dead host does, so many times, and then answers this.
    fn dead(times: u32, then: Page) -> Resting<FakeFetch> {
        let fake = FakeFetch::default();
        for _ in 0..times {
            fake.fail(DEAD, unreachable());
        }
        fake.put(DEAD, then);
        fake.put("http://live.example/a.jpg", Page::of("image/jpeg", "x"));
        Resting::new(fake)
    }

    #[tokio::test(start_paused = true)]
    async fn a_host_that_is_not_there_is_left_alone_for_a_while() {
        let resting = dead(FAILURES, Page::of("image/jpeg", "x"));
        for _ in 0..FAILURES + 20 {
            assert_eq!(fetch(&resting, DEAD).await, Some(unreachable()));
        }
        assert_eq!(resting.inner.asked().len(), FAILURES as usize);
        assert_eq!(fetch(&resting, "http://live.example/a.jpg").await, None, "others are asked");
        tokio::time::advance(REST).await;
        assert_eq!(fetch(&resting, DEAD).await, None, "it is asked again");
    }

    #[tokio::test(start_paused = true)]
    async fn a_host_that_is_still_not_there_is_left_alone_again() {
        let resting = dead(FAILURES + 1, Page::of("image/jpeg", "x"));
        for _ in 0..FAILURES {
            fetch(&resting, DEAD).await;
        }
        tokio::time::advance(REST).await;
        for _ in 0..5 {
            assert_eq!(fetch(&resting, DEAD).await, Some(unreachable()));
        }
        assert_eq!(resting.inner.asked().len(), FAILURES as usize + 1);
    }

    #[tokio::test(start_paused = true)]
    async fn a_host_that_answers_is_there_whatever_it_says() {
        let resting = dead(FAILURES - 1, Page::status(404));
        for _ in 0..FAILURES - 1 {
            fetch(&resting, DEAD).await;
        }
        for _ in 0..20 {
            assert_eq!(fetch(&resting, DEAD).await.unwrap().code(), "status_4xx");
        }
        assert_eq!(resting.inner.asked().len(), FAILURES as usize + 19);
    }
}
