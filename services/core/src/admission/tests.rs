use tokio::task::JoinHandle;

use super::*;

fn merchant(name: &str) -> MerchantId {
    MerchantId::new(name).unwrap()
}

/// Comes, and holds the place for this long; answers what it was told.
fn come(
    admission: &Arc<Admission>,
    name: &str,
    holds: Duration,
) -> JoinHandle<Result<Duration, Busy>> {
    let (admission, merchant) = (Arc::clone(admission), merchant(name));
    tokio::spawn(async move {
        let permit = admission.enter(&merchant).await?;
        sleep(holds).await;
        Ok(permit.waited())
    })
}

/// Lets all that can be done now be done.
async fn settle() {
    sleep(Duration::from_millis(1)).await;
}

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test(start_paused = true)]
async fn who_comes_when_the_queue_is_full_is_turned_away_at_once() {
    let admission = Arc::new(Admission::new(1, 1));
    let first = admission.enter(&merchant("shop")).await.unwrap();
    let second = come(&admission, "shop", SECOND);
    settle().await;
    assert_eq!(admission.queued(), 1);
    let busy = admission.enter(&merchant("shop")).await.unwrap_err();
    assert_eq!(busy.retry_after, SECOND, "the least that is told");
    drop(first);
    assert!(second.await.unwrap().is_ok());
    assert!(admission.enter(&merchant("shop")).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn work_that_can_wait_enters_when_nobody_else_is_inside() {
    let admission = Admission::new(2, 1);
    let permit = admission.enter(&merchant("shop")).await.unwrap();
    let soon = Duration::from_secs(60);
    assert!(timeout(soon, admission.enter_when_idle()).await.is_err());
    drop(permit);
    assert!(timeout(soon, admission.enter_when_idle()).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn shoppers_go_before_work_that_can_wait() {
    let admission = Arc::new(Admission::new(1, 8));
    let shoppers: Vec<_> = (0..4).map(|_| come(&admission, "shop", SECOND)).collect();
    settle().await;
    let began = Instant::now();
    let batch = admission.enter_when_idle().await;
    assert!(began.elapsed() >= SECOND * 4 - Duration::from_millis(1), "{:?}", began.elapsed());
    assert!(shoppers.iter().all(JoinHandle::is_finished));
    drop(batch);
}

#[tokio::test(start_paused = true)]
async fn giving_up_while_waiting_frees_the_place() {
    let admission = Admission::new(1, 1);
    let running = admission.enter(&merchant("shop")).await.unwrap();
    for _ in 0..3 {
        let wait = timeout(Duration::from_millis(10), admission.enter(&merchant("shop"))).await;
        assert!(wait.is_err(), "it waits, since the one before left");
        assert_eq!(admission.queued(), 0);
    }
    drop(running);
    assert!(admission.enter(&merchant("shop")).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_place_that_comes_as_its_waiter_leaves_goes_to_the_next() {
    let admission = Arc::new(Admission::new(1, 2));
    let running = admission.enter(&merchant("shop")).await.unwrap();
    let leaves = come(&admission, "shop", SECOND);
    settle().await;
    let stays = come(&admission, "shop", SECOND);
    settle().await;
    drop(running); // called, but it has not heard so yet
    leaves.abort();
    assert!(stays.await.unwrap().is_ok());
    assert!(admission.enter(&merchant("shop")).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_merchant_that_sends_much_keeps_no_other_waiting() {
    let admission = Arc::new(Admission::new(1, 32));
    let flood: Vec<_> = (0..33).map(|_| come(&admission, "flood", SECOND)).collect();
    settle().await;
    assert_eq!(admission.queued(), 32, "every place is taken");
    for _ in 0..5 {
        let waited = come(&admission, "small", SECOND).await.unwrap().unwrap();
        assert!(waited <= SECOND * 2, "{waited:?}");
    }
    let mut answers = Vec::new();
    for one in flood {
        answers.push(one.await.unwrap());
    }
    assert!(answers[..32].iter().all(Result::is_ok), "{answers:?}");
    assert!(answers[32].is_err(), "the last one gave its place to the other merchant");
}

#[tokio::test(start_paused = true)]
async fn each_merchant_holds_its_share_of_a_full_queue_and_no_more() {
    let admission = Arc::new(Admission::new(1, 12));
    let names = ["one", "two", "three"];
    let waiting: Vec<_> = names
        .iter()
        .flat_map(|name| {
            (0..13).map(|_| (*name, come(&admission, name, SECOND))).collect::<Vec<_>>()
        })
        .collect();
    settle().await;
    assert_eq!(admission.queued(), 12);
    let mut served = std::collections::BTreeMap::<_, usize>::new();
    for (name, one) in waiting {
        *served.entry(name).or_default() += usize::from(one.await.unwrap().is_ok());
    }
    // One of the first merchant's was inside before the others came.
    assert_eq!(served.into_values().collect::<Vec<_>>(), [5, 4, 4]);
}

#[tokio::test(start_paused = true)]
async fn merchants_have_turns_whoever_came_first() {
    let admission = Arc::new(Admission::new(2, 20));
    let flood: Vec<_> = (0..12).map(|_| come(&admission, "flood", SECOND)).collect();
    settle().await;
    let others: Vec<_> =
        ["one", "two", "one", "two"].map(|name| come(&admission, name, SECOND)).into();
    let mut waits = Vec::new();
    for other in others {
        waits.push(other.await.unwrap().unwrap().as_secs_f64().round());
    }
    // In the order of arrival it would be five and more.
    assert_eq!(waits, [1.0, 2.0, 2.0, 3.0]);
    for one in flood {
        one.await.unwrap().unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn those_who_come_and_go_do_not_keep_one_waiting_for_ever() {
    let admission = Arc::new(Admission::new(1, 8));
    let mut passing: Vec<_> = (0..3).map(|n| come(&admission, &format!("m{n}"), SECOND)).collect();
    settle().await;
    let patient = come(&admission, "patient", SECOND);
    for n in 3..30 {
        sleep(SECOND).await;
        passing.push(come(&admission, &format!("m{n}"), SECOND));
    }
    let waited = patient.await.unwrap().unwrap();
    assert!(waited <= SECOND * 3, "{waited:?}");
    for one in passing {
        one.await.unwrap().unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn the_time_to_come_back_is_what_answers_take() {
    let admission = Arc::new(Admission::new(2, 6));
    let steady = SECOND * 3;
    for _ in 0..2 {
        come(&admission, "shop", steady).await.unwrap().unwrap();
    }
    let crowd: Vec<_> = (0..8).map(|_| come(&admission, "shop", steady)).collect();
    settle().await;
    let busy = admission.enter(&merchant("shop")).await.unwrap_err();
    // Seven have to leave before a ninth is in: four rounds of two places.
    assert!((12..=13).contains(&busy.retry_after.as_secs()), "{busy}");
    sleep(busy.retry_after).await;
    let waited = come(&admission, "shop", steady).await.unwrap().unwrap();
    assert_eq!(waited, Duration::ZERO, "who comes back then waits no more");
    for one in crowd {
        one.await.unwrap().unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn who_would_wait_too_long_is_told_at_once_and_who_did_wait_so_long_is_told_then() {
    let admission = Arc::new(Admission::new(1, 8).with_patience(SECOND * 10));
    let endless = admission.enter(&merchant("shop")).await.unwrap();
    let late = come(&admission, "shop", SECOND);
    let began = Instant::now();
    assert!(late.await.unwrap().is_err());
    assert_eq!(began.elapsed().as_secs(), 10);
    assert_eq!(admission.queued(), 0, "it costs nobody anything any more");
    sleep(SECOND * 20).await;
    drop(endless);

    let running = admission.enter(&merchant("shop")).await.unwrap();
    let began = Instant::now();
    let busy = admission.enter(&merchant("shop")).await.unwrap_err();
    assert_eq!(began.elapsed(), Duration::ZERO);
    assert!((30..=31).contains(&busy.retry_after.as_secs()), "{busy}");
    drop(running);
}
