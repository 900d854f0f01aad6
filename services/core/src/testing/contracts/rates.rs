use std::time::Duration;

use crate::{
    ports::{Rates, Taken},
    quota::Quota,
};

/// The contract of [`Rates`].
pub async fn rates(rates: &dyn Rates) {
    let hour = Duration::from_secs(3_600);
    let caller = |requests| ("caller".to_owned(), Quota::new(requests, hour));
    let take = async |quotas: &[(String, Quota)]| rates.take(quotas).await.unwrap();
    let left = |taken: &Taken| taken.standings.iter().map(|it| it.left).collect::<Vec<_>>();

    let first = take(&[caller(3)]).await;
    assert_eq!((first.allowed, left(&first)), (true, vec![2]), "each request takes one");
    assert!(first.standings[0].next.is_zero(), "another may come at once");
    assert!(first.standings[0].whole <= hour / 3, "it fills up again, one after the other");
    assert!(first.standings[0].whole > hour / 4);
    take(&[caller(3)]).await;
    assert_eq!(left(&take(&[caller(3)]).await), [0]);
    let refused = take(&[caller(3)]).await;
    assert_eq!((refused.allowed, left(&refused)), (false, vec![0]), "what is used up is used up");
    let next = refused.standings[0].next;
    assert!(next <= hour / 3 && next > hour / 4, "it says when the next may come");

    let other = ("other".to_owned(), Quota::new(3, hour));
    assert_eq!(left(&take(std::slice::from_ref(&other)).await), [2], "keys are kept apart");
    let both = take(&[other.clone(), caller(3)]).await;
    assert_eq!((both.allowed, left(&both)), (false, vec![2, 0]), "one used up refuses all");
    let alone = take(&[other]).await;
    assert_eq!((alone.allowed, left(&alone)), (true, vec![1]), "and nothing was taken of the rest");
    assert_eq!(take(&[]).await, Taken { allowed: true, standings: vec![] });

    let quick = ("quick".to_owned(), Quota::new(2, Duration::from_secs(2)));
    for allowed in [true, true, false] {
        assert_eq!(take(std::slice::from_ref(&quick)).await.allowed, allowed);
    }
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    assert!(take(std::slice::from_ref(&quick)).await.allowed, "with time, requests may come again");

    let crowd = [("crowd".to_owned(), Quota::new(10, hour))];
    let taken = futures::future::join_all((0..30).map(|_| rates.take(&crowd))).await;
    let allowed = taken.into_iter().filter(|taken| taken.as_ref().unwrap().allowed).count();
    assert_eq!(allowed, 10, "of many at once, no more get through");
}
