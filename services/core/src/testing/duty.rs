use std::time::Duration;

use uuid::Uuid;

use crate::{
    indexing::{INDEXING, IndexingStore},
    ports::Change,
};

/// Strikes changes out of the outbox, as one who has the duty of writing to the index.
pub async fn strike_out(store: &dyn IndexingStore, changes: &[Change]) {
    let (holder, hour) = (Uuid::now_v7().to_string(), Duration::from_secs(3_600));
    let duty = loop {
        if let Some(duty) = store.take(INDEXING, &holder, hour).await.unwrap() {
            break duty;
        }
        tokio::task::yield_now().await;
    };
    store.done(&duty, changes).await.unwrap();
    store.release(&duty).await.unwrap();
}
