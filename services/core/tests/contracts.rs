//! The fakes keep the contracts of the ports that they stand in for.

use vitrine_core::testing::{MemoryCache, MemoryCatalog, MemoryIndex, contracts};

#[tokio::test]
async fn the_cache_in_a_map_keeps_the_contract() {
    contracts::cache(&MemoryCache::default()).await;
}

#[tokio::test]
async fn the_catalog_in_maps_keeps_the_contract() {
    contracts::catalog(&MemoryCatalog::default()).await;
}

#[tokio::test]
async fn the_index_in_a_list_keeps_the_contract() {
    contracts::index(&MemoryIndex::default(), 8).await;
}
