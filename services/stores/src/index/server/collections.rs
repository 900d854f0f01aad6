//! Collections and the alias that points at one of them.

use std::{sync::Arc, time::Duration};

use qdrant_client::qdrant::{
    BinaryQuantizationBuilder, CollectionStatus, CreateAliasBuilder, CreateCollection,
    CreateCollectionBuilder, CreateFieldIndexCollectionBuilder, Distance, FieldType,
    KeywordIndexParamsBuilder, Modifier, OptimizersConfigDiffBuilder, QuantizationType,
    ScalarQuantizationBuilder, SparseVectorParamsBuilder, SparseVectorsConfigBuilder,
    VectorParamsBuilder, VectorsConfigBuilder,
};
use vitrine_core::ports::StoreError;

use super::{
    super::{
        Dimensions,
        schema::{FORMAT, GRAPH_FROM_KB, INDEXED, Kind, PICTURE, TERMS, WORDS},
    },
    Link, Quantization, STORE, ServerSettings,
};

/// How often a collection is asked whether its graphs are built.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

pub(super) struct Collections {
    link: Arc<Link>,
    names: Names,
    /// All but the name.
    template: CreateCollection,
}

/// `<alias>-<hash>-<n>`: 16 hexadecimal digits for model, dimensions and format, and a number that
/// grows.
struct Names {
    alias: String,
    hash: String,
}

impl Names {
    fn new(alias: &str, dimensions: Dimensions, model: &str) -> Self {
        let written_for = format!("{FORMAT}\0{dimensions}\0{model}");
        let hash = blake3::hash(written_for.as_bytes()).to_hex()[..16].to_owned();
        Self { alias: alias.to_owned(), hash }
    }

    fn nth(&self, number: u64) -> String {
        format!("{}-{}-{number}", self.alias, self.hash)
    }

    /// Hash and number of a collection of this alias, whatever model it was written for.
    fn parts<'a>(&self, name: &'a str) -> Option<(&'a str, u64)> {
        let rest = name.strip_prefix(&self.alias)?.strip_prefix('-')?;
        let (hash, number) = rest.split_once('-')?;
        let hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        let number = Some(number).filter(|number| number.bytes().all(|b| b.is_ascii_digit()))?;
        (hash.len() == 16 && hash.bytes().all(hex)).then_some((hash, number.parse().ok()?))
    }

    fn fits(&self, name: &str) -> bool {
        self.parts(name).is_some_and(|(hash, _)| hash == self.hash)
    }
}

impl Collections {
    pub(super) fn new(
        link: Arc<Link>,
        settings: &ServerSettings,
        dimensions: Dimensions,
        model: &str,
    ) -> Self {
        let names = Names::new(&settings.collection, dimensions, model);
        Self { link, names, template: template(settings, dimensions) }
    }

    pub(super) fn alias(&self) -> &str {
        &self.names.alias
    }

    /// Sees to it that the alias points at a collection for this model.
    pub(super) async fn open(&self) -> Result<(), StoreError> {
        let searched = self.searched().await?;
        if searched.as_ref().is_some_and(|name| self.names.fits(name)) {
            return Ok(());
        }
        if let Some(other) = &searched {
            tracing::info!(was = %other, "the index was written for another model or format; it is built anew");
        }
        let name = self.create_next().await?;
        self.point_at(&name).await?;
        if let Some(other) = searched.filter(|name| self.names.parts(name).is_some()) {
            self.remove(&other).await?;
        }
        Ok(())
    }

    /// A new, empty collection. What was begun before and not finished is removed; only then is its
    /// name free again, so that a process which began it and was succeeded writes to nothing.
    pub(super) async fn begin(&self) -> Result<String, StoreError> {
        let searched = self.searched().await?;
        let fits = searched.as_ref().is_some_and(|name| self.names.fits(name));
        let Some(searched) = searched.filter(|_| fits) else {
            let detail = format!(
                "`{}` now belongs to a service with another model; stop one of the two, or give each a collection of its own",
                self.alias()
            );
            return Err(STORE.unavailable(detail));
        };
        let begun = self.create_next().await?;
        for name in self.all().await? {
            if name != searched && name != begun {
                self.remove(&name).await?;
            }
        }
        Ok(begun)
    }

    /// Waits until the collection's graphs are built, or it can not be asked.
    pub(super) async fn ready(&self, name: &str) {
        loop {
            let info = self.link.ask(|client| client.collection_info(name)).await;
            let status = info.ok().and_then(|info| info.result).map(|info| info.status());
            if !matches!(status, Some(CollectionStatus::Yellow | CollectionStatus::Grey)) {
                return;
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    /// Points the alias at the collection, in one call, and removes the one that it pointed at.
    pub(super) async fn switch_to(&self, name: &str) -> Result<(), StoreError> {
        let before = self.searched().await?;
        self.point_at(name).await?;
        if let Some(before) = before.filter(|before| before != name)
            && let Err(error) = self.remove(&before).await
        {
            tracing::warn!(%error, collection = %before, "the index before the rebuild could not be removed; the next rebuild tries again");
        }
        Ok(())
    }

    /// Removes the collection, unless a switch to it got through although it seemed to fail.
    pub(super) async fn drop_unless_searched(&self, name: &str) -> Result<(), StoreError> {
        if self.searched().await?.as_deref() == Some(name) {
            return Ok(());
        }
        self.remove(name).await
    }

    /// What the alias points at.
    async fn searched(&self) -> Result<Option<String>, StoreError> {
        let aliases = self.link.ask(|client| client.list_aliases()).await?.aliases;
        let own = aliases.into_iter().find(|alias| alias.alias_name == self.names.alias);
        Ok(own.map(|alias| alias.collection_name))
    }

    /// Every collection of this alias.
    async fn all(&self) -> Result<Vec<String>, StoreError> {
        let all = self.link.ask(|client| client.list_collections()).await?.collections;
        let names = all.into_iter().map(|collection| collection.name);
        Ok(names.filter(|name| self.names.parts(name).is_some()).collect())
    }

    async fn create_next(&self) -> Result<String, StoreError> {
        let all = self.all().await?;
        let last = all.iter().filter_map(|name| self.names.parts(name)).map(|(_, n)| n).max();
        let name = self.names.nth(last.unwrap_or_default() + 1);
        let request = CreateCollection { collection_name: name.clone(), ..self.template.clone() };
        if let Err(error) = self.link.ask(|client| client.create_collection(request.clone())).await
        {
            // A call that was made again finds what its first try created.
            let there = self.link.ask(|client| client.collection_exists(&name)).await;
            if !there.unwrap_or_default() {
                return Err(error);
            }
        }
        for (field, kind) in INDEXED {
            let field_type = match kind {
                Kind::Tenant | Kind::Keyword => FieldType::Keyword,
                Kind::Integer => FieldType::Integer,
                Kind::Flag => FieldType::Bool,
            };
            let mut request =
                CreateFieldIndexCollectionBuilder::new(&name, field, field_type).wait(true);
            if kind == Kind::Tenant {
                let tenant = KeywordIndexParamsBuilder::default().is_tenant(true);
                request = request.field_index_params(tenant);
            }
            let request = request.build();
            self.link.ask(|client| client.create_field_index(request.clone())).await?;
        }
        Ok(name)
    }

    async fn point_at(&self, name: &str) -> Result<(), StoreError> {
        let request = CreateAliasBuilder::new(name, self.alias());
        self.link.ask(|client| client.create_alias(request.clone())).await.map(drop)
    }

    async fn remove(&self, name: &str) -> Result<(), StoreError> {
        self.link.ask(|client| client.delete_collection(name)).await.map(drop)
    }
}

fn template(settings: &ServerSettings, dimensions: Dimensions) -> CreateCollection {
    let mut vectors = VectorsConfigBuilder::default();
    let dense = |floats: usize| VectorParamsBuilder::new(floats as u64, Distance::Cosine);
    vectors.add_named_vector_params(WORDS, dense(dimensions.words));
    if let Some(floats) = dimensions.picture {
        vectors.add_named_vector_params(PICTURE, dense(floats));
    }
    let mut sparse = SparseVectorsConfigBuilder::default();
    let terms = SparseVectorParamsBuilder::default().modifier(Modifier::Idf);
    sparse.add_named_vector_params(TERMS, terms);
    let optimizers =
        OptimizersConfigDiffBuilder::default().indexing_threshold(GRAPH_FROM_KB as u64);
    let collection = CreateCollectionBuilder::new(String::new())
        .vectors_config(vectors)
        .sparse_vectors_config(sparse)
        .optimizers_config(optimizers)
        .shard_number(settings.shards)
        .replication_factor(settings.replicas);
    match settings.quantization {
        Quantization::None => collection,
        Quantization::Scalar => collection.quantization_config(
            ScalarQuantizationBuilder::default()
                .r#type(QuantizationType::Int8.into())
                .always_ram(true),
        ),
        Quantization::Binary => {
            collection.quantization_config(BinaryQuantizationBuilder::new(true))
        }
    }
    .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_collections_of_the_alias_are_its_own() {
        let names = Names::new("shop", 64.into(), "model");
        let first = names.nth(12);
        assert_eq!(names.parts(&first), Some((names.hash.as_str(), 12)));
        assert!(names.fits(&first));
        let other = Names::new("shop", 64.into(), "other").nth(3);
        assert!(names.parts(&other).is_some() && !names.fits(&other), "of another model");
        assert!(!names.fits(&Names::new("shop", 32.into(), "model").nth(3)), "of other dimensions");
        let pictured = Dimensions { words: 64, picture: Some(8) };
        assert!(!names.fits(&Names::new("shop", pictured, "model").nth(3)), "of pictures too");
        let beside = Names::new("shop-2", 64.into(), "model").nth(1);
        for name in ["shop", "shop-", "shop-2", "shop-notes-1", "shops-0123456789abcdef-1", &beside]
        {
            assert_eq!(names.parts(name), None, "{name} is somebody else's");
        }
        assert_eq!(names.parts("shop-0123456789abcdef-+1"), None);
    }
}
