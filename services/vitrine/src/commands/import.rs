use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
    process::ExitCode,
};

use indicatif::ProgressBar;
use tokio::sync::mpsc;
use vitrine_core::{
    catalog::{Import, ImportError, ImportOptions, ImportSummary, OffersImport},
    feed::{Feed, FeedError, FeedOptions, OfferFeed},
    ids::MerchantId,
};
use vitrine_stores::{EmbeddedIndex, Inspection, SqliteCatalog};

use crate::{
    app::{App, open_catalog},
    error::Error,
    settings::Settings,
    steps::{Steps, bar, bytes_bar},
};

/// Problems printed; the summary counts all.
const PRINTED: usize = 20;
/// Steps of the feed that are read ahead of their writing.
const AHEAD: usize = 256;

/// What the command line asks for.
pub(super) struct Asked {
    pub feed: PathBuf,
    pub merchant: MerchantId,
    pub reading: FeedOptions,
    pub holds: Holds,
    pub json: bool,
}

/// What a feed holds.
#[derive(Debug, Clone, Copy)]
pub(super) enum Holds {
    Products(ImportOptions),
    /// Prices and stock alone.
    Offers,
}

impl Holds {
    fn dry_run(self) -> bool {
        matches!(self, Self::Products(options) if options.dry_run)
    }
}

/// Writes a feed to the catalog, then brings the index up to it, unless a running service does.
pub(super) async fn run(settings: &Settings, asked: Asked) -> Result<ExitCode, Error> {
    let catalog = open_catalog(settings).await?;
    let (summary, outcome) = match asked.holds {
        Holds::Products(options) => products(&asked, &catalog, options).await,
        Holds::Offers => offers(&asked, &catalog).await,
    };
    catalog.close().await;
    if outcome.is_ok() || summary.rows > 0 {
        tell(&asked, &summary)?;
    }
    outcome?;
    if !asked.holds.dry_run() {
        let indexed = index(settings).await?;
        if asked.json {
            eprintln!("{indexed}");
        } else {
            println!("{indexed}");
        }
    }
    Ok(if summary.failed > 0 { ExitCode::from(1) } else { ExitCode::SUCCESS })
}

async fn products(
    asked: &Asked,
    catalog: &SqliteCatalog,
    options: ImportOptions,
) -> (ImportSummary, Result<(), Error>) {
    let mut import = Import::new(catalog, &asked.merchant, options);
    let reading = asked.reading;
    let open = move |bytes| Feed::open(bytes, reading);
    let mut outcome = read(asked, open, async |taken| import.take(taken).await).await;
    if outcome.is_ok() {
        outcome = import.finish().await.map_err(Error::feed(&asked.feed));
    }
    (import.summary().clone(), outcome)
}

async fn offers(asked: &Asked, catalog: &SqliteCatalog) -> (ImportSummary, Result<(), Error>) {
    let mut import = OffersImport::new(catalog, &asked.merchant);
    let currency = asked.reading.currency;
    let open = move |bytes| OfferFeed::open(bytes, currency);
    let mut outcome = read(asked, open, async |taken| Ok(import.take(taken).await?)).await;
    if outcome.is_ok() {
        outcome = import.finish().await.map_err(Error::feed(&asked.feed));
    }
    (import.summary().clone(), outcome)
}

type Bytes = Watched<Box<dyn Read + Send>>;

/// Reads the feed on a thread of its own, a little ahead of what is taken.
async fn read<T, F>(
    asked: &Asked,
    open: impl FnOnce(Bytes) -> Result<F, FeedError> + Send + 'static,
    mut take: impl AsyncFnMut(T) -> Result<(), ImportError>,
) -> Result<(), Error>
where
    T: Send + 'static,
    F: Iterator<Item = Result<T, FeedError>>,
{
    let path = &asked.feed;
    let (bytes, length): (Box<dyn Read + Send>, _) = if path == Path::new("-") {
        (Box::new(io::stdin()), None)
    } else {
        let file = File::open(path).map_err(Error::file(path))?;
        let length = file.metadata().map_err(Error::file(path))?.len();
        (Box::new(file), Some(length))
    };
    let progress = bytes_bar("import", length);
    let bytes = Watched { inner: bytes, progress: progress.clone() };
    let (sender, mut steps) = mpsc::channel(AHEAD);
    let reading = tokio::task::spawn_blocking(move || match open(bytes) {
        Err(error) => drop(sender.blocking_send(Err(error))),
        Ok(feed) => {
            for step in feed {
                // Nobody takes the steps any more: the import stopped.
                if sender.blocking_send(step).is_err() {
                    return;
                }
            }
        }
    });
    let mut outcome = Ok(());
    while let Some(step) = steps.recv().await {
        outcome = match step {
            Ok(taken) => take(taken).await,
            Err(error) => Err(error.into()),
        };
        if outcome.is_err() {
            break;
        }
    }
    drop(steps);
    progress.finish_and_clear();
    outcome.map_err(Error::feed(path))?;
    let stopped = |error: tokio::task::JoinError| FeedError::Unreadable(error.to_string());
    reading.await.map_err(stopped).map_err(Error::feed(path))
}

/// Moves the bar on as it is read.
struct Watched<R> {
    inner: R,
    progress: ProgressBar,
}

impl<R: Read> Read for Watched<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.progress.inc(read as u64);
        Ok(read)
    }
}

fn tell(asked: &Asked, summary: &ImportSummary) -> Result<(), Error> {
    if asked.json {
        let text = serde_json::to_string_pretty(summary)
            .map_err(|error| Error::Settings(error.to_string()))?;
        println!("{text}");
        return Ok(());
    }
    for problem in summary.problems.iter().take(PRINTED) {
        eprintln!("{problem}");
    }
    if summary.problems.len() > PRINTED {
        eprintln!("and {} more problems; --json lists them", summary.problems.len() - PRINTED);
    }
    let ImportSummary { rows, created, changed, unchanged, removed, .. } = summary;
    let ImportSummary { left_out, failed, warnings, .. } = summary;
    let dry = if asked.holds.dry_run() { "dry run, nothing written: " } else { "" };
    println!(
        "{dry}{rows} rows: {created} products new, {changed} changed, {unchanged} as they were, \
         {removed} removed, {left_out} rows left out, {failed} rows failed, {warnings} warnings"
    );
    Ok(())
}

/// Brings the index up to the catalog and says what was done.
async fn index(settings: &Settings) -> Result<String, Error> {
    if EmbeddedIndex::inspect(&settings.data.folder.join("index"))? == Inspection::Held {
        return Ok("the running service brings its index up to the catalog".into());
    }
    let app = App::open(settings, &Steps::new(true)).await?;
    let behind = app.shop.catalog.changes(usize::MAX).await?.len() as u64;
    let progress = bar("index", behind, "products");
    let outcome = app.indexer.drain(|done| progress.set_position(done)).await;
    progress.finish_and_clear();
    app.close().await;
    Ok(format!("{} products indexed", outcome?))
}
