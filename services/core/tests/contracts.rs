//! The fakes keep the contracts of the ports that they stand in for.

use vitrine_core::{
    testing::{
        FakeEmbedder, FakeStylist, FakeVision, MemoryCache, MemoryCatalog, MemoryIndex, contracts,
        sample,
    },
    vocabulary::{Category, Colour},
};

#[tokio::test]
async fn the_cache_in_a_map_keeps_the_contract() {
    contracts::cache(&MemoryCache::default()).await;
}

#[tokio::test]
async fn the_catalog_in_maps_keeps_the_contract() {
    contracts::catalog(&MemoryCatalog::default()).await;
}

#[tokio::test]
async fn the_catalog_in_maps_keeps_merchants_apart_whatever_they_do() {
    contracts::tenants(&MemoryCatalog::default()).await;
}

#[tokio::test]
async fn the_index_in_a_list_keeps_the_contract() {
    contracts::index(&MemoryIndex::default(), 8).await;
}

#[tokio::test]
async fn the_vision_that_sees_the_same_everywhere_keeps_the_contract() {
    let dress = sample::garment(Category::Dress, &[Colour::Navy]);
    contracts::vision(&FakeVision::seeing(vec![dress])).await;
}

#[tokio::test]
async fn the_stylist_that_recommends_everything_keeps_the_contract() {
    contracts::stylist(&FakeStylist::default(), 64).await;
}

#[tokio::test]
async fn the_embedder_that_counts_words_keeps_the_contract() {
    contracts::embedder(&FakeEmbedder::default()).await;
}
