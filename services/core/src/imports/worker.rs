//! Who runs imports: claims them one by one, holds their leases, fetches what stands at an
//! address, and ends them.

use std::{sync::Arc, time::Duration};

use futures::TryStreamExt;
use tokio::sync::Notify;

use super::{
    FeedAddress, FeedOutcome, Import, ImportError, PartWriter, Source, Validators, feeds,
    run::{Ended, Run, Stopped, failure},
};
use crate::ports::{
    Catalog, Claimed, Feeds, Fetch, FetchRequest, Fetched, ImportEnd, Imports, Lease, LeaseError,
    Patience, StoreError,
};

/// How often a worker looks for imports when nobody wakes it.
const PERIOD: Duration = Duration::from_secs(2);
/// How long it rests when the store can not be reached.
const PAUSE_AFTER_ERROR: Duration = Duration::from_secs(2);
/// How often an import may be claimed without a batch written before it is given up.
const FRUITLESS: u32 = 5;
/// How long ended imports are kept, and how long a body may take between two of its parts.
const KEEP_ENDED: Duration = Duration::from_secs(30 * 24 * 3600);
const KEEP_RECEIVING: Duration = Duration::from_secs(3600);
/// How often those that are too old are looked for.
const FORGET_PERIOD: Duration = Duration::from_secs(3600);

/// Runs imports, one at a time.
pub struct ImportWorker {
    imports: Arc<dyn Imports>,
    catalog: Arc<dyn Catalog>,
    feeds: Arc<dyn Feeds>,
    fetch: Arc<dyn Fetch>,
    settings: ImportSettings,
    wake: Arc<Notify>,
    /// Notified when the catalog was written to.
    written: Arc<Notify>,
}

/// How imports are run.
#[derive(Debug, Clone, Copy)]
pub struct ImportSettings {
    /// How long after a worker was last heard of another one takes over.
    pub lease: Duration,
    /// The most bytes of a feed, as it is sent.
    pub max_bytes: u64,
}

impl Default for ImportSettings {
    fn default() -> Self {
        Self { lease: Duration::from_secs(15), max_bytes: 2 * 1024 * 1024 * 1024 }
    }
}

impl ImportWorker {
    /// `written` is notified when the catalog was changed.
    pub fn new(
        imports: Arc<dyn Imports>,
        catalog: Arc<dyn Catalog>,
        feeds: Arc<dyn Feeds>,
        fetch: Arc<dyn Fetch>,
        settings: ImportSettings,
        written: Arc<Notify>,
    ) -> Self {
        Self { imports, catalog, feeds, fetch, settings, wake: Arc::new(Notify::new()), written }
    }

    /// Wakes [`run`](Self::run) when notified.
    pub fn waker(&self) -> Arc<Notify> {
        Arc::clone(&self.wake)
    }

    /// Runs whatever import comes, for as long as it is polled.
    pub async fn run(&self) {
        let mut swept: Option<std::time::Instant> = None;
        loop {
            if swept.is_none_or(|swept| swept.elapsed() >= FORGET_PERIOD) {
                swept = Some(std::time::Instant::now());
                if let Err(error) = self.imports.forget(KEEP_ENDED, KEEP_RECEIVING).await {
                    tracing::warn!(%error, "old imports were not cleared away");
                }
            }
            match self.next().await {
                Ok(true) => continue,
                Ok(false) => {}
                Err(error) => {
                    tracing::warn!(%error, "imports pause; they go on from their last batch");
                    tokio::time::sleep(PAUSE_AFTER_ERROR).await;
                }
            }
            let _ = tokio::time::timeout(PERIOD, self.wake.notified()).await;
        }
    }

    /// Starts what is due, then runs the next import.
    pub(super) async fn next(&self) -> Result<bool, StoreError> {
        feeds::start_due(&*self.feeds, &*self.imports).await?;
        self.run_next().await
    }

    /// Runs the next import that waits, if there is one.
    pub async fn run_next(&self) -> Result<bool, StoreError> {
        let Some(claimed) = self.imports.claim(self.settings.lease).await? else {
            return Ok(false);
        };
        let import = &claimed.import;
        tracing::info!(import = %import.id, merchant = %import.merchant, steps = import.progress.steps, "import begins");
        let stop = tokio::select! {
            ended = self.run_claimed(&claimed) => ended,
            stop = self.keep(&claimed.lease) => stop,
        };
        self.written.notify_one();
        match stop {
            Ok(ended) => self.end(&claimed, ended).await?,
            Err(Stopped::Lost) => {
                tracing::warn!(import = %import.id, "another worker took the import over");
            }
            Err(Stopped::Store(error)) => {
                // It is claimed again when the lease runs out, at the latest.
                let _ = self.imports.release(&claimed.lease).await;
                return Err(error);
            }
        }
        Ok(true)
    }

    async fn end(&self, claimed: &Claimed, ended: Ended) -> Result<(), StoreError> {
        let Ended { end, left, validators } = ended;
        let import = &claimed.import;
        tracing::info!(import = %import.id, merchant = %import.merchant, ?end, "import ends");
        let outcome = match &end {
            ImportEnd::Done => FeedOutcome::Taken(validators.unwrap_or_default()),
            ImportEnd::NotModified => FeedOutcome::NotModified,
            ImportEnd::Failed(_) | ImportEnd::Cancelled => FeedOutcome::Failed,
        };
        match self.imports.end(&claimed.lease, end, left).await {
            Ok(()) => {}
            Err(LeaseError::Lost | LeaseError::Cancelled) => return Ok(()),
            Err(LeaseError::Store(error)) => return Err(error),
        }
        if let Source::Address(FeedAddress { feed: Some(feed), .. }) = &import.order.source {
            self.feeds.feed_ended(&import.merchant, feed, outcome).await?;
        }
        Ok(())
    }

    /// Holds the lease for as long as it is polled; ends when it is lost or to be given up.
    async fn keep(&self, lease: &Lease) -> Result<Ended, Stopped> {
        loop {
            tokio::time::sleep(self.settings.lease / 3).await;
            match self.imports.hold(lease, self.settings.lease).await {
                Ok(()) => {}
                Err(LeaseError::Cancelled) => return Ok(ImportEnd::Cancelled.into()),
                Err(LeaseError::Lost) => return Err(Stopped::Lost),
                Err(LeaseError::Store(error)) => {
                    tracing::warn!(%error, "the lease of an import could not be prolonged");
                }
            }
        }
    }

    async fn run_claimed(&self, claimed: &Claimed) -> Result<Ended, Stopped> {
        let Claimed { import, lease, fruitless } = claimed;
        if *fruitless >= FRUITLESS {
            let crashed = failure(&ImportError::Crashed(*fruitless));
            return Ok(ImportEnd::Failed(crashed).into());
        }
        let mut validators = None;
        if let Source::Address(address) = &import.order.source
            && import.bytes.is_none()
        {
            match self.fetch(import, address).await {
                Ok(Some(fetched)) => validators = Some(fetched),
                Ok(None) => return Ok(ImportEnd::NotModified.into()),
                Err(ImportError::Store(error)) => return Err(Stopped::Store(error)),
                Err(error) => return Ok(ImportEnd::Failed(failure(&error)).into()),
            }
        }
        let run = Run {
            imports: &self.imports,
            catalog: &*self.catalog,
            lease,
            options: import.order.options,
        };
        let ended = run.to_the_end(&import.order, import.progress).await?;
        Ok(Ended { validators, ..ended })
    }

    /// Fetches the body; `None` where it is as it was the last time.
    async fn fetch(
        &self,
        import: &Import,
        address: &FeedAddress,
    ) -> Result<Option<Validators>, ImportError> {
        let max_bytes = self.settings.max_bytes;
        let mut request = FetchRequest::new(address.url.clone(), max_bytes, Patience::Feed);
        if let Some(name) = &address.feed
            && let Some(feed) = self.feeds.feed(&import.merchant, name).await?
            && feed.address == address.url
        {
            request.etag = feed.validators.etag;
            request.last_modified = feed.validators.last_modified;
        }
        let response = match self.fetch.fetch(&request).await? {
            Fetched::NotModified => return Ok(None),
            Fetched::Response(response) => response,
        };
        self.imports.drop_parts(import.id).await?;
        let mut parts = PartWriter::new(&*self.imports, import.id);
        let mut body = response.body;
        while let Some(piece) = body.try_next().await? {
            parts.put(&piece).await?;
        }
        parts.finish().await?;
        let (etag, last_modified) = (response.etag, response.last_modified);
        Ok(Some(Validators { etag, last_modified }))
    }
}
