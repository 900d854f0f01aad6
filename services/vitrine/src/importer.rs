//! Imports from the command line and at start: the same jobs as those asked for by REST.

use std::{io::Read, sync::Arc, time::Duration};

use vitrine_core::{
    feed::Problem,
    ids::MerchantId,
    imports::{Import, ImportOrder, ImportWorker, PartWriter},
    ports::StoreError,
};
use vitrine_outbound::Outbound;

use crate::{database::Database, error::Error, settings::Settings};

/// How often an import that another process runs is looked at.
const LOOK: Duration = Duration::from_millis(200);
/// Bytes of a feed that are read at once.
const PIECE: usize = 256 * 1024;

/// The one client for addresses that come from outside.
pub(crate) fn outbound(settings: &Settings) -> Result<Arc<Outbound>, Error> {
    let client = Outbound::new(&settings.outbound());
    Ok(Arc::new(client.map_err(|error| Error::Settings(error.to_string()))?))
}

/// A worker on this database; `written` is notified when the catalog was changed.
pub(crate) fn worker(
    settings: &Settings,
    database: &Database,
    fetch: Arc<Outbound>,
    written: Arc<tokio::sync::Notify>,
) -> ImportWorker {
    let Database { catalog, imports, feeds, .. } = database.clone();
    ImportWorker::new(imports, catalog, feeds, fetch, settings.imports(), written)
}

/// Keeps a feed as the body of a new import.
pub(crate) async fn send(
    database: &Database,
    merchant: &MerchantId,
    order: ImportOrder,
    mut feed: impl Read,
    unreadable: impl FnOnce(std::io::Error) -> Error,
) -> Result<Import, Error> {
    let import = Import::new(merchant.clone(), order);
    database.imports.create(&import).await?;
    let mut parts = PartWriter::new(&*database.imports, import.id);
    let mut piece = vec![0; PIECE];
    loop {
        match feed.read(&mut piece) {
            Ok(0) => break,
            Ok(read) => parts.put(&piece[..read]).await?,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => {
                database.imports.cancel(merchant, import.id).await?;
                return Err(unreadable(error));
            }
        }
    }
    parts.finish().await?;
    Ok(import)
}

/// Runs imports until this one has ended, here or in another process; shows it every time.
pub(crate) async fn until_ended(
    database: &Database,
    worker: &ImportWorker,
    import: &Import,
    mut show: impl FnMut(&Import),
) -> Result<Import, StoreError> {
    let run = async {
        loop {
            if !worker.run_next().await? {
                tokio::time::sleep(LOOK).await;
            }
        }
    };
    let watch = async {
        loop {
            let known = database.imports.import(&import.merchant, import.id).await?;
            let Some(known) = known else {
                let detail = "the import is gone".into();
                return Err(StoreError::Corrupt { store: "the catalog", detail });
            };
            show(&known);
            if known.state.ended() {
                return Ok(known);
            }
            tokio::time::sleep(LOOK).await;
        }
    };
    tokio::select! {
        failed = run => failed,
        ended = watch => ended,
    }
}

/// The first of its problems.
pub(crate) async fn problems(
    database: &Database,
    import: &Import,
    limit: usize,
) -> Result<Vec<Problem>, StoreError> {
    database.imports.problems(&import.merchant, import.id, 0, limit).await
}
