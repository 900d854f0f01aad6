//! The index on a Qdrant server, for any number of machines.
//!
//! All that is searched is reached through an alias; behind it is a collection named after the
//! alias, the model and a number. A rebuild fills the collection of the next number, and one call
//! points the alias at it.

mod collections;
mod form;
mod link;
mod search;
mod settings;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use qdrant_client::qdrant::{
    CountPointsBuilder, DeletePointsBuilder, PointStruct, UpdateStatus, UpsertPointsBuilder,
};
use tokio::sync::RwLock;
use vitrine_core::{
    ids::{MerchantId, ProductId},
    ports::{Entry, Hit, Index, Point, Query, StoreError},
};

use super::{
    Dimensions, Opened,
    error::Store,
    filter::Filter,
    point::Replacement,
    search::{Legs, Likeness, Page},
    terms::Terms,
};
use collections::Collections;
use link::Link;
pub use settings::{Quantization, ServerSettings};

const STORE: Store = Store("the index (Qdrant server)");

/// Points sent together.
const TOGETHER: usize = 500;
/// How long a rebuild waits for graphs before it points the alias at the new collection.
const GRAPHS: Duration = Duration::from_secs(30 * 60);

/// Points of all merchants in one collection of a server.
pub struct ServerIndex {
    link: Arc<Link>,
    collections: Collections,
    terms: Arc<Terms>,
    dimensions: Dimensions,
    quantized: bool,
    /// The collection that a rebuild fills; held by writes, so that none is under way when a
    /// rebuild begins or ends.
    second: RwLock<Option<String>>,
}

impl ServerIndex {
    /// Finds the collection, or creates one where there is none or where the one there was
    /// written for another model, number of dimensions or format, which is removed then.
    pub async fn open(
        settings: &ServerSettings,
        dimensions: impl Into<Dimensions>,
        model: &str,
    ) -> Result<Opened<Self>, StoreError> {
        let dimensions = dimensions.into();
        let link = Arc::new(Link::new(settings)?);
        let collections = Collections::new(Arc::clone(&link), settings, dimensions, model);
        collections.open().await?;
        let index = Self {
            link,
            collections,
            terms: Arc::new(Terms::new(STORE)?),
            dimensions,
            quantized: settings.quantization != Quantization::None,
            second: RwLock::new(None),
        };
        let rebuilt = index.points(None).await? == 0;
        Ok(Opened { index, rebuilt })
    }

    /// The version of the server, where it answers.
    pub async fn version(settings: &ServerSettings) -> Result<String, StoreError> {
        let link = Link::new(settings)?;
        Ok(link.ask(|client| client.health_check()).await?.version)
    }

    async fn points(&self, filter: Option<Filter>) -> Result<u64, StoreError> {
        let mut request = CountPointsBuilder::new(self.collections.alias()).exact(true);
        if let Some(filter) = filter {
            request = request.filter(form::filter(&filter));
        }
        let request = request.build();
        let counted = self.link.ask(|client| client.count(request.clone())).await?;
        Ok(counted.result.map_or(0, |result| result.count))
    }

    async fn prepare(
        &self,
        merchant: &MerchantId,
        products: &[ProductId],
        points: Vec<Point>,
    ) -> Result<(Vec<PointStruct>, Filter), StoreError> {
        self.dimensions.check_points(STORE, &points)?;
        let (terms, merchant, products) =
            (Arc::clone(&self.terms), merchant.clone(), products.to_vec());
        let prepared = tokio::task::spawn_blocking(move || {
            let Replacement { points, others } =
                Replacement::new(&merchant, &products, points, &terms);
            (points.into_iter().map(form::point).collect(), others)
        });
        prepared.await.map_err(|error| STORE.unavailable(format!("a write stopped: {error}")))
    }

    /// Writes the new points before it removes the others, so that a search in between finds the
    /// products. Doing either twice does no harm.
    async fn write(
        &self,
        collection: &str,
        points: &[PointStruct],
        others: &Filter,
    ) -> Result<(), StoreError> {
        for some in points.chunks(TOGETHER) {
            let request = UpsertPointsBuilder::new(collection, some).wait(true).build();
            let done = self.link.ask(|client| client.upsert_points(request.clone())).await?;
            completed(done.result.map(|result| result.status()))?;
        }
        let request =
            DeletePointsBuilder::new(collection).points(form::filter(others)).wait(true).build();
        let done = self.link.ask(|client| client.delete_points(request.clone())).await?;
        completed(done.result.map(|result| result.status()))
    }
}

fn completed(status: Option<UpdateStatus>) -> Result<(), StoreError> {
    match status {
        Some(UpdateStatus::Completed) => Ok(()),
        Some(status) => Err(STORE.unavailable(format!(
            "a write was not done ({}); it is busy or some of its nodes are down",
            status.as_str_name()
        ))),
        None => Err(STORE.unavailable("it did not say whether a write was done")),
    }
}

fn none_begun() -> StoreError {
    STORE.unavailable("no rebuild was begun")
}

#[async_trait]
impl Index for ServerIndex {
    async fn replace(
        &self,
        merchant: &MerchantId,
        products: &[ProductId],
        points: Vec<Point>,
    ) -> Result<(), StoreError> {
        if products.is_empty() && points.is_empty() {
            return Ok(());
        }
        let (points, others) = self.prepare(merchant, products, points).await?;
        let second = self.second.read().await;
        if let Some(second) = &*second {
            self.write(second, &points, &others).await?;
        }
        self.write(self.collections.alias(), &points, &others).await
    }

    async fn search(&self, merchant: &MerchantId, query: &Query) -> Result<Vec<Hit>, StoreError> {
        self.dimensions.check_query(STORE, query)?;
        if query.limit == 0 {
            return Ok(Vec::new());
        }
        let legs = Legs::new(merchant, query, &self.terms);
        let best = self.legs(legs, query.limit).await?;
        self.hits(&best, Likeness::of(query)).await
    }

    async fn count(&self, merchant: &MerchantId) -> Result<u64, StoreError> {
        self.points(Some(Filter::of_merchant(merchant))).await
    }

    async fn entries(&self, after: Option<&Entry>, limit: usize) -> Result<Vec<Entry>, StoreError> {
        if limit == 0 {
            return Ok(Vec::new());
        }
        self.page(&Page::new(after, limit)).await
    }

    async fn begin_rebuild(&self) -> Result<(), StoreError> {
        let mut second = self.second.write().await;
        *second = None;
        *second = Some(self.collections.begin().await?);
        Ok(())
    }

    async fn fill(
        &self,
        merchant: &MerchantId,
        products: &[ProductId],
        points: Vec<Point>,
    ) -> Result<(), StoreError> {
        let (points, others) = self.prepare(merchant, products, points).await?;
        let second = self.second.read().await;
        let second = second.as_ref().ok_or_else(none_begun)?;
        self.write(second, &points, &others).await
    }

    /// The server builds graphs by itself; they are waited for, so that searches are never slow.
    async fn finish_rebuild(&self) -> Result<(), StoreError> {
        let name = self.second.read().await.clone().ok_or_else(none_begun)?;
        if tokio::time::timeout(GRAPHS, self.collections.ready(&name)).await.is_err() {
            tracing::warn!(collection = %name, "graphs are still being built; the new index is searched all the same, more slowly");
        }
        let mut second = self.second.write().await;
        if second.as_ref() != Some(&name) {
            return Err(STORE.unavailable("the rebuild was begun anew or given up meanwhile"));
        }
        self.collections.switch_to(&name).await?;
        *second = None;
        Ok(())
    }

    async fn abandon_rebuild(&self) -> Result<(), StoreError> {
        let mut second = self.second.write().await;
        if let Some(name) = &*second {
            self.collections.drop_unless_searched(name).await?;
        }
        *second = None;
        Ok(())
    }
}
