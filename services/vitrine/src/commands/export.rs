use std::{
    fs::File,
    io::{self, BufWriter, Write},
    path::Path,
    process::ExitCode,
};

use vitrine_core::{
    feed::{ExportDialect, Exporter},
    ids::MerchantId,
    money::Currency,
};

use crate::{database::Database, error::Error, settings::Settings, steps::bar};

/// Products read at once.
const PAGE: usize = 500;
/// Variants that are not written, which are printed; more are only counted.
const PRINTED: usize = 20;

pub(super) async fn run(
    settings: &Settings,
    out: &Path,
    merchant: &MerchantId,
    dialect: ExportDialect,
    currency: Option<Currency>,
) -> Result<ExitCode, Error> {
    let database = Database::open(settings).await?;
    let catalog = &database.catalog;
    let file: Box<dyn Write> = if out == Path::new("-") {
        Box::new(io::stdout())
    } else {
        Box::new(File::create(out).map_err(Error::file(out))?)
    };
    let progress = bar("export", catalog.count(merchant).await?, "products");
    let mut exporter = Exporter::new(dialect, BufWriter::new(file)).map_err(Error::file(out))?;
    if let Some(currency) = currency {
        exporter = exporter.in_currency(currency);
    }
    let mut not_written = 0;
    let mut last = None;
    loop {
        let ids = catalog.ids(merchant, last.as_ref(), PAGE).await?;
        let Some(id) = ids.last() else { break };
        last = Some(id.clone());
        for product in catalog.products(merchant, &ids).await? {
            for told in exporter.write(&product).map_err(Error::file(out))? {
                not_written += 1;
                if not_written <= PRINTED {
                    progress.suspend(|| eprintln!("{told}"));
                }
            }
            progress.inc(1);
        }
    }
    exporter.finish().map_err(Error::file(out))?;
    progress.finish_and_clear();
    database.close().await;
    if not_written > PRINTED {
        eprintln!("and {} more variants", not_written - PRINTED);
    }
    Ok(if not_written == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) })
}
