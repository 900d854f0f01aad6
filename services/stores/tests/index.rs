//! What the embedded index adds to the contract of the index.

#[path = "support/points.rs"]
mod points;

use std::{fs, path::Path};

use points::{ids, point, put, query};
use vitrine_core::{
    ids::ProductId,
    ports::{Index, Point, PointPicture, Query, StoreError},
    testing::sample,
};
use vitrine_stores::{Dimensions, EmbeddedIndex, Opened};

fn open(dir: &Path) -> Opened {
    EmbeddedIndex::open(dir, 4, "model").unwrap()
}

#[tokio::test]
async fn a_fresh_index_asks_to_be_filled_until_something_was_indexed() {
    let dir = tempfile::tempdir().unwrap();
    let merchant = sample::merchant();
    for _ in 0..2 {
        assert!(open(dir.path()).rebuilt, "nothing was indexed yet");
    }
    let opened = open(dir.path());
    put(&opened.index, &merchant, "a").await;
    drop(opened);
    let opened = open(dir.path());
    assert!(!opened.rebuilt);
    assert_eq!(opened.index.search(&merchant, &query()).await.unwrap().len(), 1);
}

#[tokio::test]
async fn another_model_or_size_of_vectors_starts_afresh() {
    let dir = tempfile::tempdir().unwrap();
    let merchant = sample::merchant();
    let opened = open(dir.path());
    put(&opened.index, &merchant, "a").await;
    drop(opened);
    let pictured = |words, picture| Dimensions { words, picture: Some(picture) };
    for (dimensions, model) in [
        (4.into(), "other"),
        (6.into(), "other"),
        (pictured(6, 4), "other"),
        (pictured(6, 5), "other"),
        (4.into(), "model"),
    ] {
        let opened = EmbeddedIndex::open(dir.path(), dimensions, model).unwrap();
        assert!(opened.rebuilt, "{dimensions} {model}");
        assert_eq!(opened.index.count(&merchant).await.unwrap(), 0);
    }
}

#[tokio::test]
async fn a_folder_that_can_not_be_read_is_set_aside_and_started_afresh() {
    let merchant = sample::merchant();
    let damages: [fn(&Path); 4] = [
        |dir| fs::remove_dir_all(dir.join("shard-1/segments")).unwrap(),
        |dir| fs::remove_dir_all(dir.join("shard-1")).unwrap(),
        |dir| fs::write(dir.join("index.json"), "{broken").unwrap(),
        |dir| fs::write(dir.join("shard-1/edge_config.json"), "{broken").unwrap(),
    ];
    for (at, damage) in damages.into_iter().enumerate() {
        let dir = tempfile::tempdir().unwrap();
        let opened = open(dir.path());
        put(&opened.index, &merchant, "a").await;
        drop(opened);
        damage(dir.path());
        let opened = open(dir.path());
        assert!(opened.rebuilt, "damage {at}");
        assert_eq!(opened.index.count(&merchant).await.unwrap(), 0, "damage {at}");
        put(&opened.index, &merchant, "b").await;
        assert_eq!(opened.index.count(&merchant).await.unwrap(), 1, "damage {at}");
    }
}

#[tokio::test]
async fn a_second_opening_is_refused_and_harms_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let merchant = sample::merchant();
    let first = open(dir.path());
    put(&first.index, &merchant, "a").await;
    for model in ["model", "other"] {
        let Err(error) = EmbeddedIndex::open(dir.path(), 4, model) else { panic!("it was let in") };
        assert!(error.to_string().contains("another process"), "{error}");
    }
    put(&first.index, &merchant, "b").await;
    assert_eq!(first.index.count(&merchant).await.unwrap(), 2);
}

#[tokio::test]
async fn a_closed_index_takes_nothing_more_and_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let merchant = sample::merchant();
    let opened = open(dir.path());
    put(&opened.index, &merchant, "a").await;
    opened.index.close().await.unwrap();
    opened.index.close().await.unwrap();
    let late = opened.index.replace(&merchant, &[ProductId::new("a").unwrap()], Vec::new()).await;
    assert!(late.unwrap_err().to_string().contains("closed"));
    assert_eq!(opened.index.count(&merchant).await.unwrap(), 1, "it can still be read");
}

#[tokio::test]
async fn vectors_that_do_not_fit_are_refused_and_break_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let merchant = sample::merchant();
    let Opened { index, .. } = open(dir.path());
    put(&index, &merchant, "a").await;
    for words in [vec![], vec![1.0; 3], vec![1.0; 5], vec![f32::NAN; 4], vec![f32::INFINITY; 4]] {
        let bad = Point { words: words.clone(), ..point("b") };
        let refused = index.replace(&merchant, &ids(&bad), vec![bad]).await;
        assert!(matches!(refused, Err(StoreError::Corrupt { .. })), "{refused:?}");
        let picture = Some(PointPicture { hash: "file".into(), vector: words.clone() });
        let bad = Point { picture, ..point("b") };
        let refused = index.replace(&merchant, &ids(&bad), vec![bad]).await;
        assert!(matches!(refused, Err(StoreError::Corrupt { .. })), "{refused:?}");
        for query in [
            Query { words: words.clone(), ..query() },
            Query { likeness: words.clone(), ..query() },
            Query { picture: Some(words.clone()), ..query() },
        ] {
            assert!(index.search(&merchant, &query).await.is_err());
        }
    }
    let zero = Point { words: vec![0.0; 4], ..point("zero") };
    index.replace(&merchant, &ids(&zero), vec![zero]).await.unwrap();
    let hits = index.search(&merchant, &query()).await.unwrap();
    assert_eq!(hits.len(), 2);
    assert_eq!(hits[1].similarity, 0.0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_product_that_is_replaced_is_never_missing_meanwhile() {
    let dir = tempfile::tempdir().unwrap();
    let merchant = sample::merchant();
    let index = std::sync::Arc::new(open(dir.path()).index);
    put(&*index, &merchant, "a").await;
    let writing = {
        let (index, merchant) = (std::sync::Arc::clone(&index), merchant.clone());
        tokio::spawn(async move {
            for version in 0..60 {
                let point = Point { version: format!("v{version}"), ..point("a") };
                index.replace(&merchant, &ids(&point), vec![point]).await.unwrap();
            }
        })
    };
    let mut searches = 0;
    while !writing.is_finished() || searches == 0 {
        assert!(index.count(&merchant).await.unwrap() >= 1, "after {searches} searches");
        searches += 1;
    }
    writing.await.unwrap();
    assert_eq!(index.count(&merchant).await.unwrap(), 1);
}

fn shards(dir: &Path) -> Vec<String> {
    let entries = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name());
    let mut names: Vec<String> = entries
        .map(|name| name.into_string().unwrap())
        .filter(|name| name.starts_with("shard"))
        .collect();
    names.sort_unstable();
    names
}

#[tokio::test]
async fn a_rebuild_leaves_one_shard_and_is_found_at_the_next_opening() {
    let dir = tempfile::tempdir().unwrap();
    let merchant = sample::merchant();
    let opened = open(dir.path());
    put(&opened.index, &merchant, "old").await;
    for name in ["first", "second"] {
        opened.index.begin_rebuild().await.unwrap();
        opened.index.begin_rebuild().await.unwrap();
        assert_eq!(shards(dir.path()).len(), 2, "one that is searched and one that is filled");
        let new = point(name);
        opened.index.fill(&merchant, &ids(&new), vec![new]).await.unwrap();
        opened.index.finish_rebuild().await.unwrap();
        assert_eq!(shards(dir.path()).len(), 1);
    }
    drop(opened);
    let opened = open(dir.path());
    assert!(!opened.rebuilt);
    let hits = opened.index.search(&merchant, &query()).await.unwrap();
    assert_eq!(hits.len(), 1);
    assert_eq!(hits[0].product.as_str(), "second");
}

#[tokio::test]
async fn an_empty_catalog_is_indexed_when_its_rebuild_is_finished() {
    let dir = tempfile::tempdir().unwrap();
    let opened = open(dir.path());
    assert!(opened.rebuilt);
    opened.index.begin_rebuild().await.unwrap();
    opened.index.finish_rebuild().await.unwrap();
    drop(opened);
    assert!(!open(dir.path()).rebuilt);
}

#[tokio::test]
async fn a_rebuild_that_was_not_finished_is_cleared_away_at_the_next_opening() {
    let dir = tempfile::tempdir().unwrap();
    let merchant = sample::merchant();
    let opened = open(dir.path());
    put(&opened.index, &merchant, "a").await;
    opened.index.begin_rebuild().await.unwrap();
    drop(opened);
    assert_eq!(shards(dir.path()), ["shard-1"], "an index that is closed drops what it began");

    // What a crash leaves, and what the first format left.
    for stray in ["shard-2/segments", "shard-17", "shard/segments"] {
        fs::create_dir_all(dir.path().join(stray)).unwrap();
    }
    let opened = open(dir.path());
    assert_eq!(shards(dir.path()), ["shard-1"]);
    assert_eq!(opened.index.count(&merchant).await.unwrap(), 1);
    opened.index.begin_rebuild().await.unwrap();
    opened.index.finish_rebuild().await.unwrap();
    assert_eq!(shards(dir.path()), ["shard-2"]);
}

#[tokio::test]
async fn an_index_of_the_first_format_is_built_anew() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir_all(dir.path().join("shard/segments/some")).unwrap();
    let written = r#"{"format":1,"dimensions":4,"model":"model","filled":true}"#;
    fs::write(dir.path().join("index.json"), written).unwrap();
    assert!(open(dir.path()).rebuilt);
    assert_eq!(shards(dir.path()), ["shard-1"]);
    assert!(!dir.path().join("unreadable").exists(), "it is not damaged, only old");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn searches_find_a_whole_index_at_every_moment_of_a_rebuild() {
    let dir = tempfile::tempdir().unwrap();
    let merchant = sample::merchant();
    let index = std::sync::Arc::new(open(dir.path()).index);
    let names: Vec<String> = (0..40).map(|n| format!("p{n}")).collect();
    for name in &names {
        put(&*index, &merchant, name).await;
    }
    let rebuilding = {
        let (index, merchant) = (std::sync::Arc::clone(&index), merchant.clone());
        tokio::spawn(async move {
            for _ in 0..4 {
                index.begin_rebuild().await.unwrap();
                for name in &names {
                    let new = point(name);
                    index.fill(&merchant, &ids(&new), vec![new]).await.unwrap();
                }
                index.finish_rebuild().await.unwrap();
            }
        })
    };
    let query = Query { limit: 100, ..query() };
    let mut searches = 0;
    while !rebuilding.is_finished() || searches == 0 {
        let hits = index.search(&merchant, &query).await.unwrap();
        assert_eq!(hits.len(), 40, "after {searches} searches");
        searches += 1;
    }
    rebuilding.await.unwrap();
    assert_eq!(shards(dir.path()).len(), 1);
}
