use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
    process::ExitCode,
};

use indicatif::ProgressBar;
use tokio::sync::mpsc;
use vitrine_core::{
    catalog::{Import, ImportError, ImportOptions, ImportSummary},
    feed::{Feed, FeedError, FeedOptions, Taken},
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
    pub options: ImportOptions,
    pub json: bool,
}

/// Writes a feed to the catalog, then brings the index up to it, unless a running service does.
pub(super) async fn run(settings: &Settings, asked: Asked) -> Result<ExitCode, Error> {
    let catalog = open_catalog(settings).await?;
    let mut import = Import::new(&catalog, &asked.merchant, asked.options);
    let outcome = take(&asked, &mut import).await;
    if outcome.is_ok() || import.summary().rows > 0 {
        tell(&asked, import.summary())?;
    }
    let failed = import.summary().failed > 0;
    drop(import);
    SqliteCatalog::close(&catalog).await;
    outcome?;
    if !asked.options.dry_run {
        let indexed = index(settings).await?;
        if asked.json {
            eprintln!("{indexed}");
        } else {
            println!("{indexed}");
        }
    }
    Ok(if failed { ExitCode::from(1) } else { ExitCode::SUCCESS })
}

/// Reads the feed on a thread of its own, a little ahead of what is written.
async fn take(asked: &Asked, import: &mut Import<'_>) -> Result<(), Error> {
    let path = &asked.feed;
    let (bytes, length): (Box<dyn Read + Send>, _) = if path == Path::new("-") {
        (Box::new(io::stdin()), None)
    } else {
        let file = File::open(path).map_err(Error::file(path))?;
        let length = file.metadata().map_err(Error::file(path))?.len();
        (Box::new(file), Some(length))
    };
    let progress = bytes_bar("import", length);
    let (sender, mut steps) = mpsc::channel(AHEAD);
    let bytes = Watched { inner: bytes, progress: progress.clone() };
    let options = asked.reading;
    let reading = tokio::task::spawn_blocking(move || read(bytes, options, &sender));
    let mut outcome = Ok(());
    while let Some(step) = steps.recv().await {
        outcome = match step {
            Ok(taken) => import.take(taken).await,
            Err(error) => Err(error.into()),
        };
        if outcome.is_err() {
            break;
        }
    }
    drop(steps);
    if outcome.is_ok() {
        outcome = import.finish().await;
    }
    progress.finish_and_clear();
    outcome.map_err(Error::feed(path))?;
    reading.await.map_err(|error| {
        Error::feed(path)(ImportError::Feed(FeedError::Unreadable(error.to_string())))
    })
}

/// Ends early when nobody takes the steps any more.
fn read(
    bytes: Watched<Box<dyn Read + Send>>,
    options: FeedOptions,
    steps: &mpsc::Sender<Result<Taken, FeedError>>,
) {
    match Feed::open(bytes, options) {
        Err(error) => drop(steps.blocking_send(Err(error))),
        Ok(feed) => {
            for taken in feed {
                if steps.blocking_send(taken).is_err() {
                    return;
                }
            }
        }
    }
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
    let dry = if asked.options.dry_run { "dry run, nothing written: " } else { "" };
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
