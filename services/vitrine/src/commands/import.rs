use std::{path::Path, process::ExitCode, sync::Arc};

use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use vitrine_core::{
    catalog::{Import, ImportSummary},
    feed::MAX_LINE,
    ids::MerchantId,
};
use vitrine_stores::{EmbeddedIndex, Inspection};

use crate::{
    app::{App, open_catalog},
    error::Error,
    settings::Settings,
    steps::{Steps, bar, bytes_bar},
};

/// Problems printed; the summary counts all.
const PRINTED: usize = 20;

/// Writes a feed to the catalog, then brings the index up to it, unless a running service does.
pub(super) async fn run(
    settings: &Settings,
    feed: &Path,
    merchant: &MerchantId,
    json: bool,
) -> Result<ExitCode, Error> {
    let summary = take(settings, feed, merchant).await?;
    if json {
        let text = serde_json::to_string_pretty(&summary)
            .map_err(|error| Error::Settings(error.to_string()))?;
        println!("{text}");
    } else {
        print(&summary);
    }
    let indexed = index(settings).await?;
    if json {
        eprintln!("{indexed}");
    } else {
        println!("{indexed}");
    }
    Ok(if summary.failed > 0 { ExitCode::from(1) } else { ExitCode::SUCCESS })
}

async fn take(
    settings: &Settings,
    feed: &Path,
    merchant: &MerchantId,
) -> Result<ImportSummary, Error> {
    let catalog = Arc::new(open_catalog(settings).await?);
    let (reader, length): (Box<dyn AsyncRead + Unpin + Send>, Option<u64>) =
        if feed == Path::new("-") {
            (Box::new(tokio::io::stdin()), None)
        } else {
            let file = tokio::fs::File::open(feed).await.map_err(Error::file(feed))?;
            let length = file.metadata().await.map_err(Error::file(feed))?.len();
            (Box::new(file), Some(length))
        };
    let progress = bytes_bar("import", length);
    let mut reader = BufReader::with_capacity(1024 * 1024, reader);
    let mut import = Import::new(&*catalog, merchant);
    loop {
        let (line, read, ended) = next_line(&mut reader).await.map_err(Error::file(feed))?;
        if ended && line.is_empty() {
            break;
        }
        progress.inc(read);
        import.line(&line).await?;
    }
    progress.finish_and_clear();
    let summary = import.finish().await?;
    catalog.close().await;
    Ok(summary)
}

/// The next line without its end, how many bytes it took, and whether the feed ended with it. Of
/// a line that is too long only so much is kept that it is seen to be.
async fn next_line(
    reader: &mut BufReader<Box<dyn AsyncRead + Unpin + Send>>,
) -> std::io::Result<(Vec<u8>, u64, bool)> {
    let mut line = Vec::new();
    let mut read = 0;
    loop {
        let available = reader.fill_buf().await?;
        if available.is_empty() {
            return Ok((line, read, true));
        }
        let end = available.iter().position(|byte| *byte == b'\n');
        let part = &available[..end.unwrap_or(available.len())];
        let room = (MAX_LINE + 1).saturating_sub(line.len());
        line.extend_from_slice(&part[..part.len().min(room)]);
        let taken = part.len() + usize::from(end.is_some());
        reader.consume(taken);
        read += taken as u64;
        if end.is_some() {
            return Ok((line, read, false));
        }
    }
}

fn print(summary: &ImportSummary) {
    for problem in summary.problems.iter().take(PRINTED) {
        eprintln!("{problem}");
    }
    if summary.problems.len() > PRINTED {
        eprintln!("and {} more problems; --json lists them", summary.problems.len() - PRINTED);
    }
    println!(
        "{} rows: {} products new, {} changed, {} as they were, {} rows failed",
        summary.rows, summary.created, summary.changed, summary.unchanged, summary.failed
    );
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
