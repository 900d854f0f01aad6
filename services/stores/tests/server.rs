//! What the index on a server adds to the contract of the index.

mod support;

use std::time::Duration;

use support::{
    points::{ids, point, put, query},
    settings,
    stand_in::StandIn,
};
use vitrine_core::{ports::Index, testing::sample};
use vitrine_stores::{Opened, Quantization, ServerIndex, ServerSettings};

async fn open(server: &StandIn) -> Opened<ServerIndex> {
    ServerIndex::open(&settings(&server.url(), "shop"), 4, "model").await.unwrap()
}

fn searched(server: &StandIn) -> String {
    server.aliases()["shop"].clone()
}

#[tokio::test]
async fn a_fresh_index_asks_to_be_filled_until_something_was_indexed() {
    let server = StandIn::start();
    let merchant = sample::merchant();
    for _ in 0..2 {
        assert!(open(&server).await.rebuilt, "nothing was indexed yet");
    }
    assert_eq!(server.collections().len(), 1, "opening again creates nothing");
    put(&open(&server).await.index, &merchant, "a").await;
    let opened = open(&server).await;
    assert!(!opened.rebuilt);
    assert_eq!(opened.index.search(&merchant, &query()).await.unwrap().len(), 1);
}

#[tokio::test]
async fn another_model_or_size_of_vectors_starts_afresh_and_touches_nobody_else() {
    let server = StandIn::start();
    let merchant = sample::merchant();
    let beside = ServerIndex::open(&settings(&server.url(), "shop-2"), 4, "model").await.unwrap();
    put(&beside.index, &merchant, "a").await;
    put(&open(&server).await.index, &merchant, "a").await;
    for (dimensions, model) in [(4, "other"), (6, "other"), (4, "model")] {
        let settings = settings(&server.url(), "shop");
        let opened = ServerIndex::open(&settings, dimensions, model).await.unwrap();
        assert!(opened.rebuilt, "{dimensions} {model}");
        assert_eq!(opened.index.count(&merchant).await.unwrap(), 0);
        assert_eq!(server.collections().len(), 2, "what was written for another is removed");
    }
    assert_eq!(beside.index.count(&merchant).await.unwrap(), 1);
}

#[tokio::test]
async fn a_rebuild_is_one_change_of_the_alias() {
    let server = StandIn::start();
    let merchant = sample::merchant();
    let index = open(&server).await.index;
    put(&index, &merchant, "old").await;
    let before = searched(&server);
    index.begin_rebuild().await.unwrap();
    let new = point("new");
    index.fill(&merchant, &ids(&new), vec![new]).await.unwrap();
    assert_eq!((searched(&server), server.collections().len()), (before.clone(), 2));
    server.calls();
    index.finish_rebuild().await.unwrap();
    let calls = server.calls();
    assert_eq!(calls.iter().filter(|call| **call == "update_aliases").count(), 1, "{calls:?}");
    assert_eq!(server.collections(), [searched(&server)], "the one before is removed");
    assert_ne!(searched(&server), before);
}

#[tokio::test]
async fn another_process_sees_a_rebuild_when_it_is_finished() {
    let server = StandIn::start();
    let merchant = sample::merchant();
    let (one, other) = (open(&server).await.index, open(&server).await.index);
    put(&one, &merchant, "old").await;
    one.begin_rebuild().await.unwrap();
    let new = point("new");
    one.fill(&merchant, &ids(&new), vec![new]).await.unwrap();
    assert_eq!(other.search(&merchant, &query()).await.unwrap()[0].product.as_str(), "old");
    one.finish_rebuild().await.unwrap();
    let found = other.search(&merchant, &query()).await.unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].product.as_str(), "new");
}

#[tokio::test]
async fn what_a_crash_left_of_a_rebuild_is_removed_before_the_next() {
    let server = StandIn::start();
    let merchant = sample::merchant();
    let index = open(&server).await.index;
    put(&index, &merchant, "a").await;
    index.begin_rebuild().await.unwrap();
    drop(index);
    let opened = open(&server).await;
    assert!(!opened.rebuilt, "the first is in place");
    assert_eq!(opened.index.count(&merchant).await.unwrap(), 1);
    opened.index.begin_rebuild().await.unwrap();
    assert_eq!(server.collections().len(), 2, "the unfinished one made room");
    opened.index.abandon_rebuild().await.unwrap();
    assert_eq!(server.collections(), [searched(&server)]);
}

#[tokio::test]
async fn who_was_succeeded_in_the_middle_of_a_rebuild_neither_writes_to_the_next_nor_switches() {
    let server = StandIn::start();
    let merchant = sample::merchant();
    let impatient = ServerSettings { retries: 0, ..settings(&server.url(), "shop") };
    let old = ServerIndex::open(&impatient, 4, "model").await.unwrap().index;
    put(&old, &merchant, "a").await;
    old.begin_rebuild().await.unwrap();
    let new = open(&server).await.index;
    new.begin_rebuild().await.unwrap();

    let stale = point("stale");
    assert!(old.fill(&merchant, &ids(&stale), vec![stale]).await.is_err());
    assert!(old.finish_rebuild().await.is_err());
    let _ = old.abandon_rebuild().await;
    let fresh = point("b");
    new.fill(&merchant, &ids(&fresh), vec![fresh]).await.unwrap();
    new.finish_rebuild().await.unwrap();
    assert_eq!(server.collections(), [searched(&server)]);
    let held = new.entries(None, 10).await.unwrap();
    let held: Vec<&str> = held.iter().map(|entry| entry.product.as_str()).collect();
    assert_eq!(held, ["b"]);
}

#[tokio::test]
async fn a_service_with_another_model_is_not_rebuilt_over() {
    let server = StandIn::start();
    let old = open(&server).await.index;
    ServerIndex::open(&settings(&server.url(), "shop"), 4, "newer").await.unwrap();
    let error = old.begin_rebuild().await.unwrap_err().to_string();
    assert!(error.contains("another model") && error.contains("`shop`"), "{error}");
    assert_eq!(server.collections(), [searched(&server)]);
}

#[tokio::test]
async fn collections_are_laid_out_as_the_settings_say() {
    use qdrant_client::qdrant::quantization_config::Quantization as Asked;
    let server = StandIn::start();
    for (at, quantization) in
        [Quantization::None, Quantization::Scalar, Quantization::Binary].into_iter().enumerate()
    {
        let name = format!("shop{at}");
        let settings = ServerSettings {
            shards: 3,
            replicas: 2,
            quantization,
            ..settings(&server.url(), &name)
        };
        let opened = ServerIndex::open(&settings, 4, "model").await.unwrap();
        put(&opened.index, &sample::merchant(), "a").await;
        assert_eq!(opened.index.search(&sample::merchant(), &query()).await.unwrap().len(), 1);
        let created = server.created().pop().unwrap();
        assert!(created.collection_name.starts_with(&format!("{name}-")));
        assert_eq!((created.shard_number, created.replication_factor), (Some(3), Some(2)));
        let asked = created.quantization_config.and_then(|config| config.quantization);
        assert!(matches!(
            (quantization, asked),
            (Quantization::None, None)
                | (Quantization::Scalar, Some(Asked::Scalar(_)))
                | (Quantization::Binary, Some(Asked::Binary(_)))
        ));
    }
}

#[tokio::test]
async fn a_server_that_refuses_for_a_while_is_got_through_to() {
    let server = StandIn::start();
    let merchant = sample::merchant();
    let index = open(&server).await.index;
    for refusals in [2, 5] {
        server.refuse(refusals);
        put(&index, &merchant, "a").await;
        server.refuse(refusals);
        assert_eq!(index.search(&merchant, &query()).await.unwrap().len(), 1);
        server.refuse(refusals);
        assert_eq!(index.count(&merchant).await.unwrap(), 1);
        server.refuse(refusals);
        assert_eq!(index.entries(None, 10).await.unwrap().len(), 1);
        server.refuse(2);
        index.begin_rebuild().await.unwrap();
        server.refuse(2);
        index.finish_rebuild().await.unwrap();
        put(&index, &merchant, "a").await;
    }
    server.refuse(1_000);
    let error = index.count(&merchant).await.unwrap_err().to_string();
    assert!(error.starts_with("the index (Qdrant server) is not reachable"), "{error}");
    assert!(error.contains("not ready") && error.contains("asked 4 times"), "{error}");
}

#[tokio::test]
async fn a_server_that_hangs_is_given_up_with_a_clear_word() {
    let server = StandIn::start();
    let merchant = sample::merchant();
    let hasty = ServerSettings {
        timeout: Duration::from_millis(300),
        retries: 1,
        ..settings(&server.url(), "shop")
    };
    put(&open(&server).await.index, &merchant, "a").await;
    // Opened with time enough, so that only what hangs is given up.
    let index = loop {
        match ServerIndex::open(&hasty, 4, "model").await {
            Ok(opened) => break opened.index,
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    };
    server.hang(true);
    let ended = index.search(&merchant, &query()).await.unwrap_err().to_string();
    assert!(ended.contains("did not answer within 300ms, asked 2 times"), "{ended}");
    assert!(ended.contains(&server.url()), "{ended}");
    server.hang(false);
    for _ in 0..100 {
        if index.search(&merchant, &query()).await.is_ok_and(|hits| hits.len() == 1) {
            return;
        }
    }
    panic!("it is not got through to when it answers again");
}

#[tokio::test]
async fn a_server_that_is_not_there_is_named_and_the_key_is_not() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let settings = ServerSettings {
        url: format!("http://{free}"),
        api_key: Some("s3cret".into()),
        retries: 1,
        ..ServerSettings::default()
    };
    let Err(error) = ServerIndex::open(&settings, 4, "model").await else { panic!("who answers?") };
    let error = error.to_string();
    assert!(error.contains(&settings.url) && error.contains("can not be connected to"), "{error}");
    assert!(!error.contains("s3cret"), "{error}");
}

#[tokio::test]
async fn a_wrong_key_is_told_and_not_shown() {
    let server = StandIn::start();
    server.ask_for_key("right");
    let with =
        |key: &str| ServerSettings { api_key: Some(key.into()), ..settings(&server.url(), "shop") };
    let opened = ServerIndex::open(&with("right"), 4, "model").await.unwrap();
    put(&opened.index, &sample::merchant(), "a").await;
    server.calls();
    let Err(error) = ServerIndex::open(&with("wr0ng"), 4, "model").await else {
        panic!("it was let in")
    };
    let error = error.to_string();
    assert!(error.contains("refuses the API key") && !error.contains("wr0ng"), "{error}");
    assert_eq!(server.calls().len(), 1, "what will not get better is not asked again");
    assert_eq!(ServerIndex::version(&with("right")).await.unwrap(), "0.7.2-stand-in");
}
