//! Feeds that are fetched on a schedule.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{FeedAddress, Import, ImportOptions, ImportOrder, Source};
use crate::{
    address::WebAddress,
    feed::FeedOptions,
    ids::{ImportId, MerchantId},
    ports::{Feeds, Imports, StoreError},
};

/// The shortest and the longest time between two fetches of a feed.
pub const EVERY: (Duration, Duration) =
    (Duration::from_secs(5 * 60), Duration::from_secs(31 * 24 * 3600));
/// The pause after the first failure; it doubles with each one that follows.
const FIRST_PAUSE: Duration = Duration::from_secs(60);
/// How long a feed is reserved for who is creating its import.
const RESERVE: Duration = Duration::from_secs(60);

/// A feed that a merchant keeps at an address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptFeed {
    /// What the merchant calls it; unique within the merchant.
    pub name: String,
    pub address: WebAddress,
    /// Seconds from one fetch to the next.
    pub every_seconds: u64,
    pub reading: FeedOptions,
    pub options: ImportOptions,
    /// What the server answered with the feed that was imported last.
    pub validators: Validators,
    /// How many imports in a row failed.
    pub failures: u32,
    /// When it is fetched next.
    pub next: Timestamp,
    pub last_import: Option<ImportId>,
}

/// What a server names a version of a file by.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Validators {
    pub etag: Option<String>,
    pub last_modified: Option<String>,
}

/// How an import of a kept feed ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FeedOutcome {
    /// All of it was taken.
    Taken(Validators),
    /// It was as it had been.
    NotModified,
    Failed,
}

impl KeptFeed {
    /// Notes that an import begins.
    pub fn start(&mut self, import: ImportId, now: Timestamp) {
        self.last_import = Some(import);
        self.next = later(now, Duration::from_secs(self.every_seconds));
    }

    /// Notes how an import ended.
    pub fn end(&mut self, outcome: FeedOutcome, now: Timestamp) {
        match outcome {
            FeedOutcome::Taken(validators) => {
                self.validators = validators;
                self.failures = 0;
            }
            FeedOutcome::NotModified => self.failures = 0,
            FeedOutcome::Failed => {
                let pause = FIRST_PAUSE.saturating_mul(2_u32.saturating_pow(self.failures));
                self.failures = self.failures.saturating_add(1);
                self.next = self.next.min(later(now, pause));
            }
        }
    }
}

fn later(now: Timestamp, pause: Duration) -> Timestamp {
    let pause = SignedDuration::try_from(pause.min(EVERY.1)).unwrap_or(SignedDuration::ZERO);
    now.checked_add(pause).unwrap_or(Timestamp::MAX)
}

/// Creates the imports of all feeds that are due.
pub(super) async fn start_due(feeds: &dyn Feeds, imports: &dyn Imports) -> Result<(), StoreError> {
    while let Some((merchant, feed)) = feeds.due_feed(RESERVE).await? {
        start_feed(feeds, imports, merchant, &feed).await?;
    }
    Ok(())
}

/// Creates an import of a kept feed, whenever it is due.
pub async fn start_feed(
    feeds: &dyn Feeds,
    imports: &dyn Imports,
    merchant: MerchantId,
    feed: &KeptFeed,
) -> Result<Import, StoreError> {
    let address = FeedAddress { url: feed.address.clone(), feed: Some(feed.name.clone()) };
    let order = ImportOrder {
        source: Source::Address(address),
        reading: feed.reading,
        options: feed.options,
    };
    let import = Import::new(merchant, order);
    imports.create(&import).await?;
    feeds.feed_started(&import.merchant, &feed.name, import.id).await?;
    Ok(import)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn feed() -> KeptFeed {
        KeptFeed {
            name: "daily".into(),
            address: WebAddress::parse("https://shop.example/feed.xml").unwrap(),
            every_seconds: 3_600,
            reading: FeedOptions::default(),
            options: ImportOptions::default(),
            validators: Validators::default(),
            failures: 0,
            next: Timestamp::UNIX_EPOCH,
            last_import: None,
        }
    }

    fn seconds_to_next(feed: &KeptFeed, now: Timestamp) -> i64 {
        feed.next.duration_since(now).as_secs()
    }

    #[test]
    fn a_feed_that_fails_is_asked_for_ever_more_seldom_but_never_less_than_planned() {
        let now = Timestamp::UNIX_EPOCH;
        let mut feed = feed();
        let pauses: Vec<i64> = (0..8)
            .map(|_| {
                feed.start(ImportId::now(), now);
                feed.end(FeedOutcome::Failed, now);
                seconds_to_next(&feed, now)
            })
            .collect();
        assert_eq!(pauses, [60, 120, 240, 480, 960, 1_920, 3_600, 3_600]);
        feed.start(ImportId::now(), now);
        feed.end(FeedOutcome::NotModified, now);
        assert_eq!((seconds_to_next(&feed, now), feed.failures), (3_600, 0));
    }

    #[test]
    fn only_a_feed_that_was_taken_changes_what_is_asked_for() {
        let mut feed = feed();
        let validators = Validators { etag: Some("\"1\"".into()), last_modified: None };
        feed.end(FeedOutcome::Taken(validators.clone()), Timestamp::UNIX_EPOCH);
        feed.end(FeedOutcome::Failed, Timestamp::UNIX_EPOCH);
        feed.end(FeedOutcome::NotModified, Timestamp::UNIX_EPOCH);
        assert_eq!(feed.validators, validators);
    }
}
