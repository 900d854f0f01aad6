//! The wiring: which implementation stands behind each port.

use std::{sync::Arc, time::Duration};

use futures::{FutureExt, future::BoxFuture};
use vitrine_api::{Api, Inbound, Issuer, ServerSettings, TokenKeys};
use vitrine_core::{
    admission::Admission,
    answers::AnswerRecorder,
    chatting::Chatting,
    events::Retention,
    feed::{FeedOptions, Problem},
    ids::MerchantId,
    imports::{Import, ImportOptions, ImportOrder, ImportWorker, Importing, Source},
    inbound::ChannelWorker,
    indexing::Indexer,
    keys::Keyring,
    moderation::Moderated,
    pictures::{PictureFetcher, PictureWorker},
    ports::{Assistant, Embedder, Fetch, ImageEmbedder, ModelError, Moderation, Stylist, Vision},
    search::Searching,
    shopping::{Flights, MatchRecorder, Photos, Shopping},
    webhooks::WebhookWorker,
};
use vitrine_models::{
    Engine, MistralEmbedder, ModelCard, ServedEmbedder, ServedImageEmbedder, ServedModeration,
    SiglipEmbedder, VisionSettings, VlmAssistant, VlmModeration, VlmStylist, VlmVision,
};

use crate::{
    database::Database,
    error::Error,
    folder_fetch::{Folder, FolderFetch},
    importer, people, private,
    search::Search,
    secret,
    settings::{Encoder, Judge, Settings, TextEncoder},
    sharing::Sharing,
    steps::Steps,
};

/// The models, loaded.
pub struct Models {
    pub vision: Arc<dyn Vision>,
    pub stylist: Arc<dyn Stylist>,
    pub assistant: Arc<dyn Assistant>,
    pub embedder: Arc<dyn Embedder>,
    /// None where pictures are not compared.
    pub image_embedder: Option<Arc<dyn ImageEmbedder>>,
    /// None where nobody judges photos.
    pub moderation: Option<Arc<dyn Moderation>>,
}

impl Models {
    /// Loads the vision-language model once, to see, to advise, to understand
    /// and to judge, and the embedders.
    pub async fn load(settings: &Settings) -> Result<Self, Error> {
        let judge = settings.judge()?;
        let model = VisionModel::load(settings).await?;
        let moderation: Option<Arc<dyn Moderation>> = match judge {
            None => None,
            Some(Judge::Model) => Some(model.moderation()?),
            Some(Judge::Served(there)) => Some(Arc::new(ServedModeration::load(&there).await?)),
        };
        let (vision, stylist, assistant) = (model.vision(), model.stylist(), model.assistant());
        let embedder = load_embedder(settings).await?;
        let image_embedder = load_image_embedder(settings).await?;
        Ok(Self { vision, stylist, assistant, embedder, image_embedder, moderation })
    }
}

/// Loads the text embedder, or finds the servers that have it.
pub async fn load_embedder(settings: &Settings) -> Result<Arc<dyn Embedder>, ModelError> {
    Ok(match settings.embedder() {
        TextEncoder::Here(here) => Arc::new(MistralEmbedder::load(&here).await?),
        TextEncoder::Served(there, min_similarity) => {
            Arc::new(ServedEmbedder::load(&there, min_similarity).await?)
        }
    })
}

/// Loads the picture encoder, or finds the servers that have it, where pictures are compared.
pub async fn load_image_embedder(
    settings: &Settings,
) -> Result<Option<Arc<dyn ImageEmbedder>>, ModelError> {
    Ok(match settings.image_embedder() {
        None => None,
        Some(Encoder::Here(here)) => Some(Arc::new(SiglipEmbedder::load(&here).await?)),
        Some(Encoder::Served(there)) => Some(Arc::new(ServedImageEmbedder::load(&there).await?)),
    })
}

/// The vision-language model, loaded once for all that it does.
pub struct VisionModel {
    engine: Arc<Engine>,
    card: ModelCard,
    settings: VisionSettings,
}

impl VisionModel {
    /// Loads it, or finds the servers that have it.
    pub async fn load(settings: &Settings) -> Result<Self, ModelError> {
        let settings = settings.vision();
        let card = ModelCard::of(&settings.model)?;
        let engine = Arc::new(Engine::load(&settings).await?);
        Ok(Self { engine, card, settings })
    }

    pub fn vision(&self) -> Arc<dyn Vision> {
        Arc::new(VlmVision::new(Arc::clone(&self.engine), &self.card, &self.settings))
    }

    fn stylist(&self) -> Arc<dyn Stylist> {
        Arc::new(VlmStylist::new(Arc::clone(&self.engine), &self.card, &self.settings))
    }

    fn assistant(&self) -> Arc<dyn Assistant> {
        Arc::new(VlmAssistant::new(Arc::clone(&self.engine), &self.card, &self.settings))
    }

    /// [`ModelError::Load`] where it can not judge photos.
    pub fn moderation(&self) -> Result<Arc<dyn Moderation>, ModelError> {
        let engine = Arc::clone(&self.engine);
        Ok(Arc::new(VlmModeration::new(engine, &self.card, &self.settings)?))
    }
}

/// The service, ready to answer.
pub struct App {
    pub shop: Arc<Shopping>,
    assistant: Arc<dyn Assistant>,
    pub admission: Arc<Admission>,
    pub indexer: Arc<Indexer>,
    pub importing: Importing,
    pub keys: TokenKeys,
    issuer: Option<Arc<Issuer>>,
    keyring: Arc<Keyring>,
    importer: Arc<ImportWorker>,
    pictures: Arc<PictureWorker>,
    webhooks: Arc<WebhookWorker>,
    inbound: Arc<Inbound>,
    /// None where no merchant has WhatsApp.
    channels: Option<ChannelWorker>,
    fetch: Arc<dyn Fetch>,
    sharing: Sharing,
    database: Database,
    index: Search,
}

impl App {
    /// Loads the models, opens the stores and brings the index up to the catalog.
    pub async fn open(settings: &Settings, steps: &Steps) -> Result<Self, Error> {
        Self::open_with(settings, steps, None).await
    }

    /// The same with product pictures that are files here.
    pub async fn open_with(
        settings: &Settings,
        steps: &Steps,
        files: Option<Folder>,
    ) -> Result<Self, Error> {
        let folder = settings.data.folder.clone();
        private::folder(&folder).map_err(Error::file(&folder))?;
        let keys = secret::keys(&settings.secret_file())?;
        let issuer = people::issuer(settings)?;
        let models = steps
            .step("models", async {
                let models = Models::load(settings).await?;
                let pictures = models.image_embedder.as_ref().map(|pictures| pictures.model());
                let judge = models.moderation.as_ref().map(|judge| judge.name());
                let (vision, embedder) = (models.vision.model(), models.embedder.model());
                let names = [Some(vision), Some(embedder), pictures, judge];
                let names = names.into_iter().flatten().collect::<Vec<_>>().join(", ");
                Ok::<_, Error>((names, models))
            })
            .await?;
        let (database, index) = steps
            .step("stores", async {
                let database = Database::open(settings).await?;
                let (index, empty) = Search::open(settings, &models).await?;
                if empty {
                    database.catalog.reindex_all().await?;
                }
                Ok::<_, Error>((format!("in {}", folder.display()), (database, index)))
            })
            .await?;
        let min_similarity =
            settings.matching.min_similarity.unwrap_or_else(|| models.embedder.min_similarity());
        let indexer = Indexer::new(
            Arc::clone(&database.indexing),
            index.port(),
            Arc::clone(&models.embedder),
        );
        let indexer = Arc::new(match &models.image_embedder {
            Some(pictures) => indexer.with_pictures(pictures.model()),
            None => indexer,
        });
        let sharing = Sharing::open(settings)?;
        let vision: Arc<dyn Vision> = match models.moderation {
            None => Arc::clone(&models.vision),
            Some(judge) => Arc::new(Moderated::new(Arc::clone(&models.vision), judge)),
        };
        let shop = Arc::new(Shopping {
            vision,
            stylist: models.stylist,
            embedder: models.embedder,
            image_embedder: models.image_embedder,
            catalog: Arc::clone(&database.catalog),
            index: index.port(),
            rules: Arc::clone(&database.rules),
            measuring: database.measuring.clone(),
            cache: Arc::clone(&sharing.cache),
            photos: Photos::new(Arc::clone(&sharing.photos), settings.photo_keeping()?),
            flights: Flights::new(Arc::clone(&sharing.locks)),
            matched: Arc::new(MatchRecorder::new(Arc::clone(&database.catalog))),
            answered: Arc::new(AnswerRecorder::new(Arc::clone(&database.measuring.events))),
            min_similarity,
            balance: settings.balance(),
        });
        let admission = Admission::new(settings.models.concurrency, settings.models.queue);
        let patience = Duration::from_secs(settings.models.wait_seconds.max(1));
        let admission = Arc::new(admission.with_patience(patience));
        let outbound = importer::outbound(settings)?;
        let fetch: Arc<dyn Fetch> = match files {
            Some(folder) => Arc::new(FolderFetch::new(folder, outbound.clone())),
            None => outbound.clone(),
        };
        let webhooks = Arc::new(WebhookWorker {
            webhooks: Arc::clone(&database.webhooks),
            tell: outbound.clone(),
        });
        let inbound = Inbound::new(settings.inbound.clone(), Arc::clone(&database.mailbox))?;
        let inbound = Arc::new(inbound);
        let limits = ServerSettings::default();
        let whatsapp = inbound.whatsapp(outbound.clone(), outbound.clone(), limits.decodes);
        let channels = whatsapp.map(|whatsapp| ChannelWorker {
            chatting: Arc::new(Chatting {
                shop: Arc::clone(&shop),
                searching: Arc::new(Searching {
                    shop: Arc::clone(&shop),
                    pictures: Arc::clone(&database.pictures),
                    admission: Arc::clone(&admission),
                }),
                assistant: Arc::clone(&models.assistant),
                conversations: Arc::clone(&database.conversations),
                admission: Arc::clone(&admission),
                hold: limits.answer_time,
            }),
            mailbox: Arc::clone(&database.mailbox),
            channel: Arc::new(whatsapp),
            wake: inbound.waker(),
        });
        let importer = Arc::new(importer::worker(settings, &database, outbound, indexer.waker()));
        let pictures = Arc::new(PictureWorker {
            pictures: Arc::clone(&database.pictures),
            catalog: Arc::clone(&database.catalog),
            fetcher: PictureFetcher::new(Arc::clone(&fetch), settings.pictures.at_once),
            embedder: shop.image_embedder.clone(),
            // A merchant's own pictures are not judged.
            vision: models.vision,
            admission: Arc::clone(&admission),
            written: indexer.waker(),
        });
        let importing = Importing {
            imports: Arc::clone(&database.imports),
            feeds: Arc::clone(&database.feeds),
            wake: importer.waker(),
            max_bytes: settings.imports().max_bytes,
        };
        let keyring = people::keyring(&database, &sharing.cache);
        Ok(Self {
            shop,
            assistant: models.assistant,
            admission,
            indexer,
            importer,
            pictures,
            webhooks,
            inbound,
            channels,
            importing,
            keys,
            fetch,
            issuer,
            keyring,
            sharing,
            database,
            index,
        })
    }

    /// Takes a feed that is at hand; answers what came of it and its first problem.
    pub async fn import(
        &self,
        merchant: &MerchantId,
        feed: &[u8],
    ) -> Result<(Import, Option<Problem>), Error> {
        let order = ImportOrder {
            source: Source::Body,
            reading: FeedOptions::default(),
            options: ImportOptions::default(),
        };
        let import = importer::send(&self.database, merchant, order, feed, Error::Server).await?;
        let ended = importer::until_ended(&self.database, &self.importer, &import, |_| {}).await?;
        let problems = importer::problems(&self.database, &ended, 1).await?;
        Ok((ended, problems.into_iter().next()))
    }

    /// Fetches all pictures that are due; tells how many after some, and answers how many in all.
    pub async fn fetch_pictures(&self, mut progress: impl FnMut(u64)) -> Result<u64, Error> {
        let mut merchant = None;
        let mut done = 0;
        loop {
            let waiting = self.pictures.next(merchant.as_ref()).await?;
            let Some(next) = waiting else { return Ok(done) };
            let counts = self.database.pictures.count_pictures(&next).await?;
            done = counts.had + counts.failed;
            progress(done);
            merchant = Some(next);
        }
    }

    /// What the API answers with.
    pub fn api(&self) -> Api {
        Api {
            shop: Arc::clone(&self.shop),
            admission: Arc::clone(&self.admission),
            importing: self.importing.clone(),
            indexer: Arc::clone(&self.indexer),
            pictures: Arc::clone(&self.database.pictures),
            fetch: Arc::clone(&self.fetch),
            webhooks: Arc::clone(&self.database.webhooks),
            assistant: Arc::clone(&self.assistant),
            conversations: Arc::clone(&self.database.conversations),
            inbound: Arc::clone(&self.inbound),
            keys: self.keys.clone(),
            issuer: self.issuer.clone(),
            keyring: Arc::clone(&self.keyring),
            shared: self.sharing.api.clone(),
        }
    }

    /// Runs imports, fetches pictures, brings the index up to the catalog, notes what was matched and
    /// answered, tells webhooks, answers and sends what is owed in WhatsApp, and removes what is too old, for as long as it is polled.
    pub async fn work(&self, settings: &Settings) {
        let importers = (0..settings.imports.workers).map(|_| self.importer.run().boxed());
        let mut work: Vec<BoxFuture<'_, ()>> = importers.collect();
        work.push(self.shop.matched.run().boxed());
        work.push(self.shop.answered.run().boxed());
        work.push(self.webhooks.run().boxed());
        if let Some(channels) = &self.channels {
            work.push(channels.run().boxed());
        }
        let Database { duties, measuring, conversations, .. } = self.database.clone();
        let (days, quiet) = (settings.events.keep_days, settings.conversations.keep_days);
        let retention = Retention::new(measuring.events, conversations, duties, days, quiet);
        work.push(async move { retention.run().await }.boxed());
        if settings.pictures.fetch {
            work.push(self.pictures.run().boxed());
        }
        if settings.data.indexer {
            work.push(self.indexer.run().boxed());
        }
        futures::future::join_all(work).await;
    }

    /// Waits for what is being written and closes the stores.
    pub async fn close(&self) {
        self.indexer.close().await;
        if let Err(error) = self.shop.matched.flush().await {
            tracing::warn!(%error, "the last matches are not noted");
        }
        if let Err(error) = self.shop.answered.flush().await {
            tracing::warn!(%error, "the last answers are not counted");
        }
        self.index.close().await;
        self.database.close().await;
    }
}

/// How long a token lasts that a command makes for itself.
pub const OWN_TOKEN: Duration = Duration::from_secs(10 * 60);
