//! The fakes keep the contracts of the ports that they stand in for.

use std::sync::Arc;

use vitrine_core::{
    moderation::{Moderated, Unfit},
    testing::{
        FakeAssistant, FakeEmbedder, FakeFetch, FakeImageEmbedder, FakeModeration, FakeStylist,
        FakeVision, MemoryCache, MemoryCatalog, MemoryIndex, MemoryKeys, MemoryLocks, MemoryRates,
        MemoryRules, contracts, sample,
    },
    vocabulary::{Category, Colour},
};

#[tokio::test]
async fn the_cache_in_a_map_keeps_the_contract() {
    contracts::cache(&MemoryCache::default()).await;
}

#[tokio::test]
async fn the_locks_in_a_map_keep_the_contract() {
    contracts::locks(&MemoryLocks::default()).await;
}

#[tokio::test]
async fn the_rates_in_memory_keep_the_contract() {
    contracts::rates(&MemoryRates::default()).await;
}

#[tokio::test]
async fn the_catalog_in_maps_keeps_the_contract() {
    contracts::catalog(&MemoryCatalog::default()).await;
}

#[tokio::test]
async fn the_imports_in_maps_keep_the_contract() {
    contracts::imports(std::sync::Arc::new(MemoryCatalog::default())).await;
}

#[tokio::test]
async fn the_webhooks_in_lists_keep_the_contract() {
    contracts::webhooks(&MemoryCatalog::default()).await;
}

#[tokio::test]
async fn the_mailbox_in_a_list_keeps_the_contract() {
    contracts::mailbox(&MemoryCatalog::default()).await;
}

#[tokio::test]
async fn the_conversations_in_a_list_keep_the_contract() {
    contracts::conversations(&MemoryCatalog::default()).await;
}

#[tokio::test]
async fn the_assistant_that_knows_a_few_words_keeps_the_contract() {
    contracts::assistant(&FakeAssistant::default()).await;
    contracts::assistant(&FakeAssistant::wording("Hello.")).await;
}

#[tokio::test]
async fn the_pictures_in_maps_keep_the_contract() {
    contracts::pictures(&MemoryCatalog::default()).await;
}

#[tokio::test]
async fn the_catalog_in_maps_keeps_merchants_apart_whatever_they_do() {
    contracts::tenants(&MemoryCatalog::default()).await;
}

#[tokio::test]
async fn the_index_in_a_list_keeps_the_contract() {
    contracts::index(&MemoryIndex::default(), [8, 6]).await;
}

#[tokio::test]
async fn the_vision_that_sees_the_same_everywhere_keeps_the_contract() {
    let dress = sample::garment(Category::Dress, &[Colour::Navy]);
    contracts::vision(&FakeVision::seeing(vec![dress])).await;
}

#[tokio::test]
async fn the_moderation_that_knows_what_to_refuse_keeps_the_contract() {
    let (fit, unfit) = (sample::photo(1), sample::photo(2));
    for why in Unfit::ALL {
        let moderation = FakeModeration::refusing([(&unfit, *why)]);
        contracts::moderation(&moderation, &fit, &unfit, *why).await;
    }
}

#[tokio::test]
async fn a_vision_whose_photos_are_judged_keeps_the_contract() {
    let dress = sample::garment(Category::Dress, &[Colour::Navy]);
    let vision = Arc::new(FakeVision::seeing(vec![dress]));
    contracts::vision(&Moderated::new(vision, Arc::new(FakeModeration::default()))).await;
}

#[tokio::test]
async fn the_stylist_that_recommends_everything_keeps_the_contract() {
    contracts::stylist(&FakeStylist::default(), 64).await;
}

#[tokio::test]
async fn the_embedder_that_counts_words_keeps_the_contract() {
    contracts::embedder(&FakeEmbedder::default()).await;
}

#[tokio::test]
async fn the_image_embedder_that_means_colours_keeps_the_contract() {
    contracts::image_embedder(&FakeImageEmbedder::default()).await;
}

#[tokio::test]
async fn the_fetch_from_a_made_up_web_keeps_the_contract() {
    let site = "http://shop.example";
    let fetch = FakeFetch::default();
    for (path, page) in contracts::fetch_pages() {
        fetch.put(&format!("{site}{path}"), page);
    }
    contracts::fetch(&fetch, site).await;
}

#[tokio::test]
async fn the_duties_in_a_map_keep_the_contract() {
    contracts::duties(std::sync::Arc::new(MemoryCatalog::default())).await;
}

#[tokio::test]
async fn the_rebuild_in_memory_keeps_the_contract() {
    contracts::rebuilds(&MemoryCatalog::default()).await;
}

#[tokio::test]
async fn the_rules_in_maps_keep_the_contract() {
    contracts::rules(&MemoryRules::default()).await;
}

#[tokio::test]
async fn the_events_in_lists_keep_the_contract() {
    contracts::events(std::sync::Arc::new(MemoryCatalog::default())).await;
}

#[tokio::test]
async fn the_customers_in_a_map_keep_the_contract() {
    contracts::customers(&MemoryCatalog::default()).await;
}

#[tokio::test]
async fn the_experiments_in_a_map_keep_the_contract() {
    contracts::experiments(&MemoryCatalog::default()).await;
}

#[tokio::test]
async fn the_keys_in_a_map_keep_the_contract() {
    contracts::keys(&MemoryKeys::default()).await;
}
