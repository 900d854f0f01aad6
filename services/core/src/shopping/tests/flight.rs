//! One photo, many at once.

use std::sync::atomic::{AtomicUsize, Ordering};

use futures::future::join_all;
use tokio::time::sleep;
use uuid::Uuid;

use super::*;
use crate::ports::{DescribeStream, Locks};

/// Takes its time and counts how often it is asked; the first so many fail.
#[derive(Default)]
struct Slow {
    failing: usize,
    asked: AtomicUsize,
}

impl Slow {
    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl Vision for Slow {
    fn model(&self) -> &str {
        "slow"
    }

    fn photo_side(&self) -> u32 {
        64
    }

    fn caution(&self) -> Option<&str> {
        None
    }

    async fn describe(&self, _: &Photo, _: &Permit) -> Result<DescribeStream, ModelError> {
        let fails = self.asked.fetch_add(1, Ordering::SeqCst) < self.failing;
        Ok(stream::once(async move {
            sleep(Duration::from_millis(300)).await;
            if fails { Err(ModelError::Stopped("while it looked".into())) } else { Ok(dress()) }
        })
        .boxed())
    }
}

/// Shops that are open in processes of their own, and what they share.
struct Chain {
    vision: Arc<Slow>,
    stylist: Arc<FakeStylist>,
    locks: Arc<dyn Locks>,
    shops: Vec<Arc<Shopping>>,
}

async fn chain(shops: usize, failing: usize, locks: Arc<dyn Locks>) -> Chain {
    let fakes = Fakes::seeing(vec![]).await;
    let vision = Arc::new(Slow { failing, ..Slow::default() });
    let cache: Arc<dyn Cache> = Arc::new(MemoryCache::default());
    let shops = (0..shops).map(|_| {
        Arc::new(Shopping {
            vision: vision.clone(),
            cache: Arc::clone(&cache),
            flights: Flights::new(Arc::clone(&locks)),
            ..fakes.shop()
        })
    });
    Chain { shops: shops.collect(), vision, stylist: fakes.stylist.clone(), locks }
}

fn shared() -> Arc<dyn Locks> {
    Arc::new(MemoryLocks::default())
}

async fn ask(shop: &Arc<Shopping>) -> Result<Look, Unanswered> {
    shop.look(request(), &room_for_all()).await
}

fn room_for_all() -> Arc<Admission> {
    Arc::new(Admission::new(1_000, 0))
}

fn assert_all_answered(looks: &[Result<Look, Unanswered>]) {
    for look in looks {
        assert_eq!(product_ids(look.as_ref().unwrap()), ["p1"]);
    }
}

#[tokio::test]
async fn a_hundred_photos_that_are_the_same_are_answered_by_one_turn_at_the_model() {
    let chain = chain(1, 0, shared()).await;
    let (shop, one_place) = (&chain.shops[0], queue());
    let looks = join_all((0..100).map(|_| shop.look(request(), &one_place))).await;
    assert_all_answered(&looks);
    assert!(looks.iter().all(|look| parts(look.as_ref().unwrap()).is_empty()));
    assert_eq!((chain.vision.asked(), chain.stylist.asked()), (1, 1));
    assert_eq!(looks.iter().filter(|look| look.as_ref().unwrap().cached).count(), 99);
}

#[tokio::test]
async fn processes_that_share_locks_and_a_cache_look_once_together() {
    let chain = chain(2, 0, shared()).await;
    let looks = join_all((0..100).map(|n| ask(&chain.shops[n % 2]))).await;
    assert_all_answered(&looks);
    assert!(looks.iter().all(|look| parts(look.as_ref().unwrap()).is_empty()));
    assert_eq!(chain.vision.asked(), 1);
}

#[tokio::test]
async fn photos_that_differ_are_looked_at_at_the_same_time() {
    let chain = chain(1, 0, shared()).await;
    let began = Instant::now();
    let shop = &chain.shops[0];
    let looks = (0..5).map(|shade| async move {
        let sight = Sight::Photo(sample::photo(shade));
        let request = LookRequest { sight, ..request() };
        shop.look(request, &room_for_all()).await
    });
    let looks = join_all(looks).await;
    assert_all_answered(&looks);
    assert_eq!(chain.vision.asked(), 5);
    assert!(began.elapsed() < Duration::from_millis(1_200), "{:?}", began.elapsed());
}

#[tokio::test]
async fn when_who_looks_leaves_the_next_one_looks() {
    let chain = chain(2, 0, shared()).await;
    let leaves = tokio::time::timeout(Duration::from_millis(100), ask(&chain.shops[0]));
    let (left, here, there) = tokio::join!(leaves, ask(&chain.shops[0]), ask(&chain.shops[1]));
    assert!(left.is_err());
    assert_all_answered(&[here, there]);
    assert_eq!(chain.vision.asked(), 2);
}

#[tokio::test]
async fn when_who_looks_fails_the_next_one_looks() {
    let chain = chain(2, 1, shared()).await;
    let looks = join_all((0..10).map(|n| ask(&chain.shops[n % 2]))).await;
    assert_eq!(looks.iter().filter(|look| look.is_err()).count(), 1);
    assert_eq!(looks.iter().filter(|look| look.is_ok()).count(), 9);
    assert_eq!(chain.vision.asked(), 2);
}

#[tokio::test]
async fn a_lock_that_its_dead_holder_left_is_waited_for_no_longer_than_it_lasts() {
    let chain = chain(1, 0, shared()).await;
    let key = chain.shops[0].garments_key(request().sight.photo_id());
    let left = Duration::from_millis(400);
    chain.locks.take(&format!("flight:{key}"), Uuid::new_v4(), left).await.unwrap();
    let began = Instant::now();
    assert_all_answered(&[ask(&chain.shops[0]).await]);
    assert!(began.elapsed() >= left);
    assert_eq!(chain.vision.asked(), 1);
}

/// Answer so many times and then no more.
struct Dying {
    locks: MemoryLocks,
    answers: usize,
    asked: AtomicUsize,
}

#[async_trait]
impl Locks for Dying {
    async fn take(&self, name: &str, holder: Uuid, keep: Duration) -> Result<bool, StoreError> {
        if self.asked.fetch_add(1, Ordering::SeqCst) >= self.answers {
            return store_trouble();
        }
        self.locks.take(name, holder, keep).await
    }

    async fn free(&self, _: &str, _: Uuid) -> Result<(), StoreError> {
        store_trouble()
    }
}

#[tokio::test]
async fn when_the_shared_locks_die_all_are_answered_and_who_looked_alone_is_told() {
    for (answers, alone) in [(0, 2), (1, 1), (2, 1)] {
        let asked = AtomicUsize::new(0);
        let locks = Dying { locks: MemoryLocks::default(), answers, asked };
        let chain = chain(2, 0, Arc::new(locks)).await;
        let looks = join_all((0..20).map(|n| ask(&chain.shops[n % 2]))).await;
        assert_all_answered(&looks);
        assert_eq!(chain.vision.asked(), 2, "once a process");
        let told = looks.iter().flat_map(|look| parts(look.as_ref().unwrap()));
        assert_eq!(told.collect::<Vec<_>>(), vec![Part::Cache; alone], "after {answers} answers");
    }
}
