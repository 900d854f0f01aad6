//! The catalog's database, whichever it is.

use std::{path::PathBuf, sync::Arc};

use vitrine_core::{
    indexing::IndexingStore,
    measuring::Measuring,
    ports::{
        Catalog, Conversations, Customers, Duties, Events, Experiments, Feeds, Imports, Keys,
        Mailbox, Pictures, Rules, Webhooks,
    },
};
use vitrine_stores::{
    Migrate, Migration, Migrations, PostgresCatalog, PostgresOptions, SqliteCatalog, SqliteOptions,
};

use crate::{error::Error, private, settings::Settings};

/// Connections that read the file at once.
const READERS: u32 = 4;

/// An opened database, as the ports that it stands behind.
#[derive(Clone)]
pub(crate) struct Database {
    pub catalog: Arc<dyn Catalog>,
    pub imports: Arc<dyn Imports>,
    pub feeds: Arc<dyn Feeds>,
    pub pictures: Arc<dyn Pictures>,
    pub rules: Arc<dyn Rules>,
    pub indexing: Arc<dyn IndexingStore>,
    pub duties: Arc<dyn Duties>,
    pub measuring: Measuring,
    pub keys: Arc<dyn Keys>,
    pub webhooks: Arc<dyn Webhooks>,
    pub conversations: Arc<dyn Conversations>,
    pub mailbox: Arc<dyn Mailbox>,
    kind: Kind,
}

#[derive(Clone)]
enum Kind {
    Sqlite(SqliteCatalog),
    Postgres(PostgresCatalog),
}

impl Database {
    /// Opens PostgreSQL where `data.database` names it, else the file in the data folder.
    pub(crate) async fn open(settings: &Settings) -> Result<Self, Error> {
        let migrate = if settings.data.migrate { Migrate::AtStart } else { Migrate::Never };
        Ok(match &settings.data.database {
            Some(url) => {
                let max_connections = settings.data.connections;
                let options = PostgresOptions { max_connections, migrate };
                let store = PostgresCatalog::connect(url, options).await?;
                Self::of(Arc::new(store.clone()), Kind::Postgres(store))
            }
            None => {
                let options = SqliteOptions { readers: READERS, migrate };
                let store = SqliteCatalog::open(&file(settings)?, options).await?;
                Self::of(Arc::new(store.clone()), Kind::Sqlite(store))
            }
        })
    }

    fn of<S>(store: Arc<S>, kind: Kind) -> Self
    where
        S: IndexingStore
            + Imports
            + Feeds
            + Pictures
            + Keys
            + Rules
            + Events
            + Conversations
            + Mailbox
            + Customers
            + Experiments
            + Webhooks
            + 'static,
    {
        Self {
            catalog: store.clone(),
            imports: store.clone(),
            feeds: store.clone(),
            pictures: store.clone(),
            rules: store.clone(),
            duties: store.clone(),
            measuring: Measuring::new(store.clone()),
            keys: store.clone(),
            webhooks: store.clone(),
            conversations: store.clone(),
            mailbox: store.clone(),
            indexing: store,
            kind,
        }
    }

    /// Waits for what is under way and closes the connections.
    pub(crate) async fn close(&self) {
        match &self.kind {
            Kind::Sqlite(store) => store.close().await,
            Kind::Postgres(store) => store.close().await,
        }
    }

    /// Brings the tables up to this version; answers the steps that were made.
    pub(crate) async fn migrate(settings: &Settings) -> Result<Vec<Migration>, Error> {
        Ok(match &settings.data.database {
            Some(url) => PostgresCatalog::migrate(url).await?,
            None => SqliteCatalog::migrate(&file(settings)?).await?,
        })
    }

    /// How far the tables are. Changes nothing.
    pub(crate) async fn migrations(settings: &Settings) -> Result<Migrations, Error> {
        Ok(match &settings.data.database {
            Some(url) => PostgresCatalog::migrations(url).await?,
            None => SqliteCatalog::migrations(&file(settings)?).await?,
        })
    }
}

/// The file in the data folder that is the database where no other is named.
pub(crate) fn file(settings: &Settings) -> Result<PathBuf, Error> {
    let folder = &settings.data.folder;
    private::folder(folder).map_err(Error::file(folder))?;
    Ok(folder.join("catalog.sqlite"))
}
