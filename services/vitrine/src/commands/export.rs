use std::{
    fs::File,
    io::{self, BufWriter, Write},
    path::Path,
    process::ExitCode,
};

use vitrine_core::{
    feed::{ExportDialect, Exporter},
    ids::MerchantId,
    ports::Catalog,
};

use crate::{app::open_catalog, error::Error, settings::Settings, steps::bar};

/// Products read at once.
const PAGE: usize = 500;

pub(super) async fn run(
    settings: &Settings,
    out: &Path,
    merchant: &MerchantId,
    dialect: ExportDialect,
) -> Result<ExitCode, Error> {
    let catalog = open_catalog(settings).await?;
    let file: Box<dyn Write> = if out == Path::new("-") {
        Box::new(io::stdout())
    } else {
        Box::new(File::create(out).map_err(Error::file(out))?)
    };
    let progress = bar("export", catalog.count(merchant).await?, "products");
    let mut exporter = Exporter::new(dialect, BufWriter::new(file)).map_err(Error::file(out))?;
    let mut last = None;
    loop {
        let ids = catalog.ids(merchant, last.as_ref(), PAGE).await?;
        let Some(id) = ids.last() else { break };
        last = Some(id.clone());
        for product in catalog.products(merchant, &ids).await? {
            exporter.write(&product).map_err(Error::file(out))?;
            progress.inc(1);
        }
    }
    exporter.finish().map_err(Error::file(out))?;
    progress.finish_and_clear();
    catalog.close().await;
    Ok(ExitCode::SUCCESS)
}
