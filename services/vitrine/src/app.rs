//! The wiring: which implementation stands behind each port.

use std::{sync::Arc, time::Duration};

use vitrine_api::TokenKeys;
use vitrine_core::{
    admission::Admission,
    catalog::{self, ImportError, ImportSummary},
    ids::MerchantId,
    indexing::Indexer,
    ports::{Catalog, Embedder, Index, ModelError, StoreError, Stylist, Vision},
    shopping::Shopping,
};
use vitrine_models::{Engine, MistralEmbedder, MistralStylist, MistralVision, ModelCard};
use vitrine_stores::{EmbeddedIndex, LocalCache, Migrate, SqliteCatalog, SqliteOptions};

use crate::{error::Error, secret, settings::Settings, steps::Steps};

/// Connections that read the catalog at once.
const READERS: u32 = 4;

/// The models, loaded.
pub struct Models {
    pub vision: Arc<dyn Vision>,
    pub stylist: Arc<dyn Stylist>,
    pub embedder: Arc<dyn Embedder>,
}

impl Models {
    /// Loads the vision-language model once, to see and to advise, and the embedder.
    pub async fn load(settings: &Settings) -> Result<Self, ModelError> {
        let (vision, stylist) = load_vision(settings).await?;
        let embedder = Arc::new(MistralEmbedder::load(&settings.embedder()).await?);
        Ok(Self { vision, stylist, embedder })
    }
}

/// Loads the vision-language model alone.
pub async fn load_vision(
    settings: &Settings,
) -> Result<(Arc<dyn Vision>, Arc<dyn Stylist>), ModelError> {
    let settings = settings.vision();
    let card = ModelCard::of(&settings.model)?;
    let engine = Arc::new(Engine::load(&settings).await?);
    let vision = Arc::new(MistralVision::new(Arc::clone(&engine), &card, &settings));
    let stylist = Arc::new(MistralStylist::new(engine, &card, &settings));
    Ok((vision, stylist))
}

/// The service, ready to answer.
pub struct App {
    pub shop: Arc<Shopping>,
    pub admission: Arc<Admission>,
    pub indexer: Arc<Indexer>,
    pub keys: TokenKeys,
    catalog: Arc<SqliteCatalog>,
    index: Arc<EmbeddedIndex>,
}

impl App {
    /// Loads the models, opens the stores and brings the index up to the catalog.
    pub async fn open(settings: &Settings, steps: &Steps) -> Result<Self, Error> {
        let folder = settings.data.folder.clone();
        std::fs::create_dir_all(&folder).map_err(Error::file(&folder))?;
        let keys = secret::keys(&settings.secret_file())?;
        let models = steps
            .step("models", async {
                let models = Models::load(settings).await?;
                let names = format!("{} and {}", models.vision.model(), models.embedder.model());
                Ok::<_, Error>((names, models))
            })
            .await?;
        let (catalog, index) = steps
            .step("stores", async {
                let stores = open_stores(settings, &*models.embedder).await?;
                Ok::<_, Error>((format!("in {}", folder.display()), stores))
            })
            .await?;
        let min_similarity =
            settings.matching.min_similarity.unwrap_or_else(|| models.embedder.min_similarity());
        let indexer = Arc::new(Indexer::new(
            Arc::clone(&catalog) as Arc<dyn Catalog>,
            Arc::clone(&index) as Arc<dyn Index>,
            Arc::clone(&models.embedder),
        ));
        let shop = Arc::new(Shopping {
            vision: models.vision,
            stylist: models.stylist,
            embedder: models.embedder,
            catalog: Arc::clone(&catalog) as Arc<dyn Catalog>,
            index: Arc::clone(&index) as Arc<dyn Index>,
            cache: Arc::new(LocalCache::new(settings.data.cache_mib * 1024 * 1024)),
            min_similarity,
        });
        let admission =
            Arc::new(Admission::new(settings.models.concurrency, settings.models.queue));
        Ok(Self { shop, admission, indexer, keys, catalog, index })
    }

    /// Writes a feed to the catalog.
    pub async fn import(
        &self,
        merchant: &MerchantId,
        feed: &[u8],
    ) -> Result<ImportSummary, ImportError> {
        catalog::import(&*self.catalog, merchant, feed).await
    }

    /// Waits for what is being written and closes the stores.
    pub async fn close(&self) {
        if let Err(error) = self.index.close().await {
            tracing::warn!(%error, "the index was not closed in order; it catches up at the next start");
        }
        self.catalog.close().await;
    }
}

/// Opens the catalog's file alone.
pub async fn open_catalog(settings: &Settings) -> Result<SqliteCatalog, Error> {
    let folder = &settings.data.folder;
    std::fs::create_dir_all(folder).map_err(Error::file(folder))?;
    let options = SqliteOptions { readers: READERS, migrate: Migrate::AtStart };
    Ok(SqliteCatalog::open(&folder.join("catalog.sqlite"), options).await?)
}

async fn open_stores(
    settings: &Settings,
    embedder: &dyn Embedder,
) -> Result<(Arc<SqliteCatalog>, Arc<EmbeddedIndex>), Error> {
    let catalog = open_catalog(settings).await?;
    let folder = settings.data.folder.join("index");
    let (dimensions, model) = (embedder.dimensions(), embedder.model().to_owned());
    let opened =
        tokio::task::spawn_blocking(move || EmbeddedIndex::open(&folder, dimensions, &model))
            .await
            .map_err(|error| StoreError::Unavailable {
                store: "the index",
                detail: error.to_string(),
            })??;
    if opened.rebuilt {
        catalog.reindex_all().await?;
    }
    Ok((Arc::new(catalog), Arc::new(opened.index)))
}

/// How long a token lasts that a command makes for itself.
pub const OWN_TOKEN: Duration = Duration::from_secs(10 * 60);
