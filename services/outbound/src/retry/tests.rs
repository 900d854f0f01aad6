use tokio::time::Instant;
use vitrine_core::{
    address::WebAddress,
    ports::Patience,
    testing::{FakeFetch, Page},
};

use super::*;

const FEED: &str = "http://shop.example/feed";

/// Fetches through retries over these answers; tells what came of it, how often was asked, and
/// how long was waited. The clock stands still but for waiting.
async fn fetch(
    answers: impl IntoIterator<Item = Page>,
    patience: Patience,
) -> (Result<Fetched, FetchError>, usize, Duration) {
    let fake = FakeFetch::default();
    for page in answers {
        fake.put(FEED, page);
    }
    let fetch = Retrying::new(fake, &OutboundSettings::default());
    let request = FetchRequest::new(WebAddress::parse(FEED).unwrap(), 1_000, patience);
    let began = Instant::now();
    let answer = fetch.fetch(&request).await;
    (answer, fetch.inner.asked().len(), began.elapsed())
}

fn busy(after: &str) -> Page {
    Page::status(429).with("retry-after", after)
}

#[tokio::test(start_paused = true)]
async fn what_works_is_asked_once() {
    let (answer, asked, waited) = fetch([Page::of("text/csv", "id")], Patience::Feed).await;
    assert!(answer.is_ok());
    assert_eq!((asked, waited), (1, Duration::ZERO));
}

#[tokio::test(start_paused = true)]
async fn what_passes_is_tried_again_after_growing_waits() {
    let answers = [Page::status(503), Page::status(502), Page::of("text/csv", "id")];
    let (answer, asked, waited) = fetch(answers, Patience::Feed).await;
    assert!(answer.is_ok());
    assert_eq!(asked, 3);
    let (least, most) = (FIRST_WAIT.mul_f64(1.5), FIRST_WAIT * 3 + Duration::from_millis(2));
    assert!((least..=most).contains(&waited), "{waited:?}");
}

#[tokio::test(start_paused = true)]
async fn after_the_last_try_the_failure_is_told() {
    let (answer, asked, _) = fetch([Page::status(503)], Patience::Feed).await;
    assert_eq!(
        answer.unwrap_err().to_string().split(';').next(),
        Some("shop.example answered 503")
    );
    assert_eq!(asked, 3);
    let (_, asked, waited) = fetch([Page::status(503)], Patience::Waiting).await;
    assert_eq!(asked, 2, "who waits is told sooner");
    assert!(waited <= Duration::from_secs(1));
}

#[tokio::test(start_paused = true)]
async fn what_does_not_pass_is_asked_once() {
    for status in [400, 401, 403, 404, 410, 501] {
        let (answer, asked, waited) = fetch([Page::status(status)], Patience::Feed).await;
        assert!(answer.is_err());
        assert_eq!((asked, waited), (1, Duration::ZERO), "{status}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_is_left_alone_for_as_long_as_it_asks() {
    let (answer, asked, waited) =
        fetch([busy("90"), Page::of("text/csv", "id")], Patience::Feed).await;
    assert!(answer.is_ok());
    assert_eq!(asked, 2);
    assert!((Duration::from_secs(90)..Duration::from_secs(91)).contains(&waited), "{waited:?}");
}

#[tokio::test(start_paused = true)]
async fn who_is_asked_to_wait_too_long_gives_up_and_tells_until_when() {
    for (after, patience) in [("121", Patience::Feed), ("31", Patience::Picture)] {
        let (answer, asked, waited) = fetch([busy(after)], patience).await;
        let error = answer.unwrap_err();
        assert_eq!(error.retry_after(), Some(Duration::from_secs(after.parse().unwrap())));
        assert_eq!((asked, waited), (1, Duration::ZERO));
    }
}
