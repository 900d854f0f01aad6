use std::time::Duration;

use jiff::Timestamp;

use crate::{
    indexing::{INDEXING, IndexingStore, Rebuild, RebuildState},
    ports::{Duty, DutyError},
};

const HOUR: Duration = Duration::from_secs(3_600);

/// The contract of [`Rebuilds`](crate::ports::Rebuilds), on a store whose duty nobody has.
pub async fn rebuilds(store: &dyn IndexingStore) {
    assert_eq!(store.rebuild().await.unwrap(), None, "none was asked for yet");
    let nobody = Duty { name: INDEXING, token: 0 };
    assert_eq!(store.start_rebuild(&nobody).await, Err(DutyError::Lost));
    let first = take(store, "first", HOUR).await;
    assert_eq!(store.start_rebuild(&first).await.unwrap(), None, "nor is there one to do");
    asks(store).await;
    goes_on(store, &first).await;
    is_begun_again_by_whoever_takes_over(store, first).await;
}

async fn take(store: &dyn IndexingStore, holder: &str, time: Duration) -> Duty {
    store.take(INDEXING, holder, time).await.unwrap().expect("nobody holds it")
}

async fn kept(store: &dyn IndexingStore) -> Rebuild {
    store.rebuild().await.unwrap().expect("one was asked for")
}

async fn asks(store: &dyn IndexingStore) {
    let before = Timestamp::now().as_millisecond();
    let asked = store.ask_rebuild().await.unwrap();
    assert_eq!(asked.state, RebuildState::Waiting);
    assert!(asked.asked.as_millisecond() >= before);
    assert_eq!((asked.started, asked.ended), (None, None));
    assert_eq!(store.ask_rebuild().await.unwrap(), asked, "asking twice is asking once");
    assert_eq!(kept(store).await.state, RebuildState::Waiting);
}

async fn goes_on(store: &dyn IndexingStore, duty: &Duty) {
    store.tell_rebuild(duty, 9, 9).await.unwrap();
    store.end_rebuild(duty, Ok(9)).await.unwrap();
    assert_eq!(kept(store).await.state, RebuildState::Waiting, "what is not begun does not end");

    assert_eq!(store.start_rebuild(duty).await.unwrap(), Some(1));
    let begun = kept(store).await;
    assert_eq!(begun.state, RebuildState::Running { done: 0, total: 0 });
    assert!(begun.started.unwrap() >= begun.asked && begun.ended.is_none());
    store.tell_rebuild(duty, 512, 1_000).await.unwrap();
    let told = RebuildState::Running { done: 512, total: 1_000 };
    assert_eq!(
        store.ask_rebuild().await.unwrap().state,
        told,
        "one under way is the one asked for"
    );
    assert_eq!(kept(store).await.state, told);

    store.end_rebuild(duty, Ok(1_000)).await.unwrap();
    let done = kept(store).await;
    assert_eq!(done.state, RebuildState::Done { products: 1_000 });
    assert!(done.ended.unwrap() >= done.started.unwrap());
    store.end_rebuild(duty, Err("late".into())).await.unwrap();
    assert_eq!(kept(store).await, done, "what has ended stays as it is");
    assert_eq!(store.start_rebuild(duty).await.unwrap(), None);
}

async fn is_begun_again_by_whoever_takes_over(store: &dyn IndexingStore, first: Duty) {
    assert_eq!(store.ask_rebuild().await.unwrap().state, RebuildState::Waiting, "a new one");
    assert_eq!(store.start_rebuild(&first).await.unwrap(), Some(1), "starts are counted anew");
    store.tell_rebuild(&first, 5, 10).await.unwrap();
    store.hold(&first, Duration::ZERO).await.unwrap();
    let second = take(store, "second", HOUR).await;
    assert_eq!(store.tell_rebuild(&first, 6, 10).await, Err(DutyError::Lost));
    assert_eq!(store.end_rebuild(&first, Ok(10)).await, Err(DutyError::Lost));
    assert_eq!(store.start_rebuild(&first).await, Err(DutyError::Lost));
    assert_eq!(kept(store).await.state, RebuildState::Running { done: 5, total: 10 });

    assert_eq!(store.start_rebuild(&second).await.unwrap(), Some(2));
    assert_eq!(kept(store).await.state, RebuildState::Running { done: 0, total: 0 });
    let reason = "the index \"broke\" \u{1f457}".to_owned();
    store.end_rebuild(&second, Err(reason.clone())).await.unwrap();
    let failed = kept(store).await;
    assert_eq!(failed.state, RebuildState::Failed { reason });
    assert!(failed.ended.is_some());
    store.release(&second).await.unwrap();
}
