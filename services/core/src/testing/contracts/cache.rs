use std::time::Duration;

use crate::ports::Cache;

/// The contract of [`Cache`].
pub async fn cache(cache: &dyn Cache) {
    let hour = Duration::from_secs(3600);
    assert_eq!(cache.get("absent").await.unwrap(), None, "an unknown key has no value");

    cache.put("key", b"first".to_vec(), hour).await.unwrap();
    assert_eq!(
        cache.get("key").await.unwrap().as_deref(),
        Some(&b"first"[..]),
        "what was put is kept"
    );
    assert_eq!(cache.get("other").await.unwrap(), None, "keys are kept apart");

    cache.put("key", b"second".to_vec(), hour).await.unwrap();
    assert_eq!(
        cache.get("key").await.unwrap().as_deref(),
        Some(&b"second"[..]),
        "the last value wins"
    );

    cache.put("empty", Vec::new(), hour).await.unwrap();
    assert_eq!(cache.get("empty").await.unwrap(), Some(Vec::new()), "an empty value is a value");

    cache.remove("key").await.unwrap();
    assert_eq!(cache.get("key").await.unwrap(), None, "what is removed is gone");
    cache.remove("key").await.expect("removing what is not there is no error");

    let bytes: Vec<u8> = (0..=255).cycle().take(300_000).collect();
    cache.put("many", bytes.clone(), hour).await.unwrap();
    assert_eq!(cache.get("many").await.unwrap(), Some(bytes), "any bytes come back as they are");

    cache.put("short", b"gone soon".to_vec(), Duration::from_millis(40)).await.unwrap();
    cache.put("long", b"stays".to_vec(), hour).await.unwrap();
    tokio::time::sleep(Duration::from_millis(120)).await;
    assert_eq!(cache.get("short").await.unwrap(), None, "each key expires in its own time");
    assert!(
        cache.get("long").await.unwrap().is_some(),
        "a long-kept key outlives a short-kept one"
    );
}
