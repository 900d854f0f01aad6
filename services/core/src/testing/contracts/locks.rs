use std::time::Duration;

use uuid::Uuid;

use crate::ports::Locks;

/// The contract of [`Locks`].
pub async fn locks(locks: &dyn Locks) {
    let (one, other) = (Uuid::new_v4(), Uuid::new_v4());
    let hour = Duration::from_secs(3_600);
    assert!(locks.take("name", one, hour).await.unwrap(), "a free name is had");
    assert!(!locks.take("name", other, hour).await.unwrap(), "a name has one holder");
    assert!(locks.take("name", one, hour).await.unwrap(), "its holder may take it anew");
    assert!(locks.take("another", other, hour).await.unwrap(), "names are kept apart");

    locks.free("name", other).await.unwrap();
    assert!(!locks.take("name", other, hour).await.unwrap(), "only its holder gives it back");
    locks.free("name", one).await.unwrap();
    assert!(locks.take("name", other, hour).await.unwrap(), "what was given back is free");
    locks.free("nobody's", one).await.expect("giving back what nobody has is no error");

    let short = Duration::from_millis(60);
    assert!(locks.take("short", one, short).await.unwrap());
    tokio::time::sleep(Duration::from_millis(150)).await;
    assert!(locks.take("short", other, hour).await.unwrap(), "it is had no longer than was said");
    assert!(!locks.take("short", one, hour).await.unwrap(), "who had it before has it no more");
    locks.free("short", one).await.unwrap();
    assert!(!locks.take("short", one, hour).await.unwrap(), "and can not give it away either");

    assert!(locks.take("renewed", one, short).await.unwrap());
    assert!(locks.take("renewed", one, hour).await.unwrap());
    tokio::time::sleep(Duration::from_millis(150)).await;
    assert!(!locks.take("renewed", other, hour).await.unwrap(), "taken anew, it is had for longer");

    let takes = (0..20).map(|_| locks.take("crowd", Uuid::new_v4(), hour));
    let won = futures::future::join_all(takes).await;
    assert_eq!(won.into_iter().filter(|won| *won.as_ref().unwrap()).count(), 1, "one of many wins");
}
