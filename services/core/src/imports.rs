//! Imports: runs of a merchant's feed, each a job that is kept in the catalog's store. Whoever
//! holds its lease runs it ([`ImportWorker`]); it goes on from its last batch where a process was
//! killed, on whatever machine.

mod feeds;
mod intake;
mod parts;
mod reading;
mod run;
mod worker;

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::sync::Notify;

use crate::{
    address::WebAddress,
    feed::{Dialect, FeedOptions, Severity},
    ids::{ImportId, MerchantId},
    ports::{Feeds, FetchError, Imports, StoreError},
};

pub use feeds::{EVERY, FeedOutcome, KeptFeed, Validators, start_feed};
pub use parts::{PART, PartWriter};
pub use worker::{ImportSettings, ImportWorker};

/// The most problems of one import that are kept; more are only counted.
pub const PROBLEMS_KEPT: u64 = 100_000;

/// What a feed does to the catalog.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Its products are created or changed; others stay.
    #[default]
    Upsert,
    /// The same, and products that it does not hold are removed, once the whole of it was taken.
    Replace,
    /// Prices and stock alone, by variant id.
    Delta,
}

impl Mode {
    pub const ALL: [Self; 3] = [Self::Upsert, Self::Replace, Self::Delta];

    /// The name that it is chosen by.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Upsert => "upsert",
            Self::Replace => "replace",
            Self::Delta => "delta",
        }
    }
}

impl std::str::FromStr for Mode {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = Self::ALL.into_iter().find(|mode| mode.id() == text.trim());
        known.ok_or_else(|| format!("use one of: {}", Self::ALL.map(Self::id).join(", ")))
    }
}

/// How a feed is taken.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct ImportOptions {
    pub mode: Mode,
    /// Report everything, write nothing.
    pub dry_run: bool,
    /// Go on though many rows fail or much of the catalog would be removed.
    pub force: bool,
    /// Fill in from its picture what the feed leaves unsaid of a product, and mark it.
    pub enrich: bool,
}

impl ImportOptions {
    /// Whether to stop before much is lost. A stock list may well name much that is not here.
    const fn asks(self) -> bool {
        !self.force && !self.dry_run && !matches!(self.mode, Mode::Delta)
    }
}

/// Where the bytes of a feed come from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// They are sent, and kept with the import until it ends.
    Body,
    /// They are fetched when the import runs.
    Address(FeedAddress),
}

/// An address that a feed is fetched from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedAddress {
    pub url: WebAddress,
    /// The kept feed that this run belongs to, if any: its validators are sent along.
    pub feed: Option<String>,
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportOrder {
    pub source: Source,
    #[serde(default)]
    pub reading: FeedOptions,
    #[serde(default)]
    pub options: ImportOptions,
}

/// Where an import is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ImportState {
    /// Its body is still being sent.
    Receiving,
    /// It waits for those of the same merchant that came before it, and for a free worker.
    Waiting,
    Running,
    /// It came to its end; single rows may have failed.
    Done,
    /// It stopped; `failure` says why. What was written before stays.
    Failed,
    /// It was cancelled. What was written before stays.
    Cancelled,
}

impl ImportState {
    pub const ALL: [Self; 6] =
        [Self::Receiving, Self::Waiting, Self::Running, Self::Done, Self::Failed, Self::Cancelled];

    pub const fn id(self) -> &'static str {
        match self {
            Self::Receiving => "receiving",
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// Whether nothing of it changes any more.
    pub const fn ended(self) -> bool {
        matches!(self, Self::Done | Self::Failed | Self::Cancelled)
    }
}

/// What an import did so far, or would do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct Counts {
    /// Rows that were not empty; where a dialect nests variants, each product is one.
    pub rows: u64,
    /// Products.
    pub created: u64,
    /// Products; in mode `delta`, offers that were set.
    pub changed: u64,
    pub unchanged: u64,
    pub removed: u64,
    /// Rows left out on purpose, as what is no garment or not on sale.
    pub left_out: u64,
    /// Rows that were not taken.
    pub failed: u64,
    /// Problems that did not keep a row from being taken.
    pub warnings: u64,
}

impl Counts {
    /// Counts a problem, if it is a warning.
    fn note(&mut self, severity: Severity) {
        self.warnings += u64::from(severity == Severity::Warning);
    }
}

/// How far an import is. It is written together with the batch that it speaks of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Progress {
    /// Steps of the feed that are done for good.
    pub steps: u64,
    /// Bytes of the body that were read for them.
    pub bytes: u64,
    /// Problems told so far, kept or not.
    pub problems: u64,
    /// Whether the whole feed was taken and what is not in it is being removed.
    pub removing: bool,
    /// How the feed is written, once that is known.
    pub dialect: Option<Dialect>,
    pub counts: Counts,
}

/// Why an import stopped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Failure {
    /// For programs; never changes.
    pub code: String,
    /// What is wrong and what to do.
    pub message: String,
}

/// One import as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    pub id: ImportId,
    pub merchant: MerchantId,
    pub order: ImportOrder,
    pub state: ImportState,
    pub progress: Progress,
    /// Pictures that it named and that can not be had. They are fetched after it, and told among
    /// its problems.
    pub pictures_failed: u64,
    pub failure: Option<Failure>,
    /// An address whose feed was as it had been: nothing was read.
    pub not_modified: bool,
    /// Bytes of the whole body, once they are known.
    pub bytes: Option<u64>,
    pub created: Timestamp,
    /// When this run of it began, and at which byte: after a restart that is not the beginning.
    pub running_since: Option<Timestamp>,
    pub running_from: u64,
    /// When it last moved on.
    pub updated: Timestamp,
    pub ended: Option<Timestamp>,
    /// Somebody asked for its end.
    pub cancelling: bool,
}

impl Import {
    /// One that was just asked for.
    pub fn new(merchant: MerchantId, order: ImportOrder) -> Self {
        let now = Timestamp::now();
        Self {
            id: ImportId::now(),
            merchant,
            state: match order.source {
                Source::Body => ImportState::Receiving,
                Source::Address(_) => ImportState::Waiting,
            },
            order,
            progress: Progress::default(),
            pictures_failed: 0,
            failure: None,
            not_modified: false,
            bytes: None,
            created: now,
            running_since: None,
            running_from: 0,
            updated: now,
            ended: None,
            cancelling: false,
        }
    }

    /// Seconds that this run has taken.
    fn seconds(&self) -> Option<f64> {
        let seconds = self.updated.duration_since(self.running_since?).as_secs_f64();
        (seconds > 0.0).then_some(seconds)
    }

    /// Bytes of the feed read in a second of this run.
    fn bytes_per_second(&self) -> Option<f64> {
        let read = self.progress.bytes.checked_sub(self.running_from)?;
        Some(read as f64 / self.seconds()?).filter(|rate| *rate > 0.0)
    }

    /// Rows taken in a second, as far as this run tells.
    pub fn rows_per_second(&self) -> Option<f64> {
        let bytes = self.progress.bytes.max(1) as f64;
        Some(self.progress.counts.rows as f64 / bytes * self.bytes_per_second()?)
    }

    /// The share that is done, 0 to 1, once the size of the feed is known.
    pub fn share(&self) -> Option<f64> {
        if self.state == ImportState::Done {
            return Some(1.0);
        }
        let whole = self.bytes.filter(|whole| *whole > 0)?;
        Some((self.progress.bytes as f64 / whole as f64).min(1.0))
    }

    /// Seconds until its end, at the rate so far.
    pub fn seconds_left(&self) -> Option<f64> {
        if self.state != ImportState::Running {
            return None;
        }
        let left = self.bytes?.saturating_sub(self.progress.bytes);
        Some(left as f64 / self.bytes_per_second()?)
    }
}

/// What is needed to ask for imports.
#[derive(Clone)]
pub struct Importing {
    pub imports: Arc<dyn Imports>,
    pub feeds: Arc<dyn Feeds>,
    /// Notified when there may be something to run.
    pub wake: Arc<Notify>,
    /// The most bytes of a feed, as it is sent.
    pub max_bytes: u64,
}

/// What can not be mended by trying again.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ImportError {
    #[error(transparent)]
    Feed(#[from] crate::feed::FeedError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Fetch(#[from] FetchError),
    #[error(
        "{failed} of {rows} rows failed, so the import stopped; mend the feed, or force it to take \
         the others"
    )]
    TooManyFailed { failed: u64, rows: u64 },
    #[error(
        "{removed} of {of} products are not in the feed and would be removed, so none was; send \
         the whole catalog, or force it"
    )]
    TooManyRemoved { removed: u64, of: u64 },
    #[error(
        "the process that ran it ended {0} times without a batch written; `vitrine import` of the \
         same feed on a machine of its own shows where"
    )]
    Crashed(u32),
}

#[cfg(test)]
mod tests;
