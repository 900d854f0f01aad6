use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};

use indicatif::ProgressBar;
use serde::Serialize;
use vitrine_core::{
    feed::{FeedOptions, Problem},
    ids::{ImportId, MerchantId},
    imports::{Counts, Failure, Import, ImportOptions, ImportOrder, ImportState, Source},
};

use super::out;
use crate::{
    app::App,
    database::Database,
    error::Error,
    importer,
    search::Search,
    settings::Settings,
    steps::{Steps, bar, bytes_bar},
};

/// Problems printed; the counts tell of all.
const PRINTED: usize = 20;
/// Problems in the summary as JSON.
const LISTED: usize = 1_000;

/// What the command line asks for.
pub(super) struct Asked {
    pub feed: PathBuf,
    pub merchant: MerchantId,
    pub reading: FeedOptions,
    pub options: ImportOptions,
    pub json: bool,
}

/// What is printed as JSON.
#[derive(Serialize)]
struct Summary<'a> {
    id: ImportId,
    state: ImportState,
    #[serde(flatten)]
    counts: Counts,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<&'a Failure>,
    /// The first thousand.
    problems: &'a [Problem],
}

/// Takes a feed as a job, then brings the index up to the catalog, unless a running service does.
pub(super) async fn run(settings: &Settings, asked: Asked) -> Result<ExitCode, Error> {
    let (feed, length) = open(&asked.feed)?;
    let database = Database::open(settings).await?;
    let taken = take(settings, &database, &asked, feed, length).await;
    database.close().await;
    let import = taken?;
    if let Some(failure) = import.failure {
        return Err(Error::Import { path: asked.feed, message: failure.message });
    }
    if import.state == ImportState::Cancelled {
        eprintln!("cancelled; what was written before stays");
    }
    if !asked.options.dry_run {
        let indexed = index(settings).await?;
        if asked.json {
            eprintln!("{indexed}");
        } else {
            println!("{indexed}");
        }
    }
    let whole = import.state == ImportState::Done && import.progress.counts.failed == 0;
    Ok(if whole { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

type Bytes = Box<dyn Read + Send>;

fn open(path: &Path) -> Result<(Bytes, Option<u64>), Error> {
    if path == Path::new("-") {
        return Ok((Box::new(io::stdin()), None));
    }
    let file = File::open(path).map_err(Error::file(path))?;
    let length = file.metadata().map_err(Error::file(path))?.len();
    Ok((Box::new(file), Some(length)))
}

/// Runs the import to its end and tells of it.
async fn take(
    settings: &Settings,
    database: &Database,
    asked: &Asked,
    feed: Bytes,
    length: Option<u64>,
) -> Result<Import, Error> {
    let worker =
        importer::worker(settings, database, importer::outbound(settings)?, Arc::default());
    let sending = bytes_bar("read", length);
    let order =
        ImportOrder { source: Source::Body, reading: asked.reading, options: asked.options };
    let feed = Watched { inner: feed, progress: sending.clone() };
    let unreadable = Error::file(&asked.feed);
    let import = importer::send(database, &asked.merchant, order, feed, unreadable).await;
    sending.finish_and_clear();
    let import = import?;

    let progress = bytes_bar("import", Some(sending.position()));
    let show = |import: &Import| progress.set_position(import.progress.bytes);
    let ended = importer::until_ended(database, &worker, &import, show);
    tokio::pin!(ended);
    let ended = tokio::select! {
        ended = &mut ended => ended?,
        _ = tokio::signal::ctrl_c() => {
            database.imports.cancel(&import.merchant, import.id).await?;
            ended.await?
        }
    };
    progress.finish_and_clear();
    if ended.failure.is_none() || ended.progress.counts.rows > 0 {
        tell(database, asked, &ended).await?;
    }
    Ok(ended)
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

async fn tell(database: &Database, asked: &Asked, import: &Import) -> Result<(), Error> {
    let counts = import.progress.counts;
    if asked.json {
        let problems = importer::problems(database, import, LISTED).await?;
        let Import { id, state, failure, .. } = import;
        let summary = Summary {
            id: *id,
            state: *state,
            counts,
            failure: failure.as_ref(),
            problems: &problems,
        };
        out::json(&summary)?;
        return Ok(());
    }
    for problem in importer::problems(database, import, PRINTED).await? {
        eprintln!("{problem}");
    }
    let more = import.progress.problems.saturating_sub(PRINTED as u64);
    if more > 0 {
        eprintln!("and {more} more problems; --json lists them");
    }
    let Counts { rows, created, changed, unchanged, removed, left_out, failed, warnings } = counts;
    let dry = if asked.options.dry_run { "dry run, nothing written: " } else { "" };
    println!(
        "{dry}{rows} rows: {created} products new, {changed} changed, {unchanged} as they were, \
         {removed} removed, {left_out} rows left out, {failed} rows failed, {warnings} warnings"
    );
    Ok(())
}

/// Brings the index up to the catalog and says what was done.
async fn index(settings: &Settings) -> Result<String, Error> {
    if Search::is_held(settings)? {
        return Ok("the running service brings its index up to the catalog".into());
    }
    let app = App::open(settings, &Steps::new(true)).await?;
    let behind = app.shop.catalog.changes(usize::MAX).await?.len() as u64;
    let progress = bar("index", behind, "products");
    let outcome = app.indexer.drain(|done| progress.set_position(done)).await;
    progress.finish_and_clear();
    app.close().await;
    let done = outcome?;
    let others = if done < behind { ", the others by another process" } else { "" };
    Ok(format!("{done} products indexed{others}"))
}
