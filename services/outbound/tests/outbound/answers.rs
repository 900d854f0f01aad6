//! What comes back over real sockets, and what is told where nothing good does.

use std::{
    io::Write,
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use flate2::{Compression, write::GzEncoder};
use futures::{TryStreamExt, future::join_all};
use tokio::net::TcpListener;
use vitrine_core::{
    ports::{Bearer, Fetch, FetchError, FetchRequest, Fetched},
    testing::{Page, contracts},
};
use vitrine_outbound::{Outbound, OutboundSettings};

use crate::world::{
    self, SHOP, Server, Step, always, answer, error, hasty, outbound, request, response, settings,
};

const HEAD: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\n";

fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// Answers these one after the other, the last one for ever.
fn in_turn(pages: Vec<Page>) -> impl Fn(&world::Asked) -> Vec<Step> + Send + Sync + 'static {
    let next = AtomicUsize::new(0);
    move |_| {
        let at = next.fetch_add(1, Ordering::SeqCst).min(pages.len() - 1);
        vec![answer(&pages[at])]
    }
}

#[tokio::test]
async fn the_client_over_real_sockets_keeps_the_contract() {
    let pages = contracts::fetch_pages();
    let server = Server::start(move |asked| {
        let known = pages.iter().find(|(path, _)| *path == asked.target);
        let page = known.map_or_else(|| Page::status(404), |(_, page)| page.clone());
        let validators = (asked.header("if-none-match"), asked.header("if-modified-since"));
        let unmodified = page.is_known(validators.0, validators.1);
        vec![answer(&if unmodified { Page::status(304) } else { page })]
    })
    .await;
    let site = format!("http://{SHOP}:{}", server.port);
    contracts::fetch(&outbound(&settings()), &site).await;
}

#[tokio::test]
async fn a_server_is_told_who_asks_and_nothing_more() {
    let server = Server::start(|asked| {
        vec![answer(&match asked.target.as_str() {
            "/moved" => Page::moved("/feed?secret=1").with("set-cookie", "seen=1; Path=/"),
            _ => Page::of("text/csv", "id"),
        })]
    })
    .await;
    let contact = Some("https://shop.example/bot".to_owned());
    let outbound = outbound(&OutboundSettings { contact, ..settings() });
    let asking = FetchRequest {
        accept: "text/csv, */*;q=0.1".into(),
        etag: Some("\"one\"".into()),
        last_modified: Some("Sun, 06 Nov 1994 08:49:37 GMT".into()),
        ..request(&server.address("/moved#top"))
    };
    outbound.fetch(&asking).await.unwrap();
    let asked = server.asked();
    assert_eq!(asked.len(), 2);
    assert_eq!((&*asked[0].target, &*asked[1].target), ("/moved", "/feed?secret=1"));
    for asked in asked {
        let mut told = asked.headers.clone();
        told.sort();
        let version = env!("CARGO_PKG_VERSION");
        let expected = [
            ("accept", "text/csv, */*;q=0.1"),
            ("accept-encoding", "identity"),
            ("host", &format!("{SHOP}:{}", server.port)),
            ("if-modified-since", "Sun, 06 Nov 1994 08:49:37 GMT"),
            ("if-none-match", "\"one\""),
            ("user-agent", &format!("Vitrine/{version} (+https://shop.example/bot)")),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(told, expected);
    }
}

#[tokio::test]
async fn a_bearer_is_told_to_the_address_that_it_is_for_and_to_nobody_else() {
    let other = Server::start(always(vec![answer(&Page::of("image/jpeg", "x"))])).await;
    let location = other.address("/photo");
    let server = Server::start(always(vec![answer(&Page::moved(&location))])).await;
    let bearer = Some(Bearer::new("hush"));
    let asking = FetchRequest { bearer, ..request(&server.address("/photo")) };
    assert!(!format!("{asking:?}").contains("hush"));
    outbound(&settings()).fetch(&asking).await.unwrap();
    let asked = [&server.asked()[0], &other.asked()[0]];
    assert_eq!(asked.map(|asked| asked.header("authorization")), [Some("Bearer hush"), None]);
}

#[tokio::test]
async fn a_validator_that_no_header_can_hold_is_left_out() {
    let server = Server::start(always(vec![answer(&Page::of("text/csv", "id"))])).await;
    let etag = Some("\"x\"\r\nx-evil: 1".to_owned());
    let asking = FetchRequest { etag, ..request(&server.address("/")) };
    assert!(matches!(outbound(&settings()).fetch(&asking).await, Ok(Fetched::Response(_))));
    let asked = &server.asked()[0];
    assert_eq!((asked.header("if-none-match"), asked.header("x-evil")), (None, None));
}

#[tokio::test]
async fn a_bomb_stays_packed() {
    let mut packing = GzEncoder::new(Vec::new(), Compression::best());
    packing.write_all(&[0; 4 * 1024 * 1024]).unwrap();
    let bomb = packing.finish().unwrap();
    assert!(bomb.len() < 5_000);
    for encoding in ["gzip", "br", "zstd", "deflate", "x-none"] {
        let page = Page::of("text/csv", bomb.clone()).with("content-encoding", encoding);
        let server = Server::start(always(vec![answer(&page)])).await;
        let asking = FetchRequest { max_bytes: 5_000, ..request(&server.address("/")) };
        let Ok(Fetched::Response(response)) = outbound(&settings()).fetch(&asking).await else {
            panic!("a packed body is a body");
        };
        assert_eq!(response.bytes().await.unwrap(), bomb, "{encoding}");
    }
}

#[tokio::test]
async fn a_length_over_the_bound_is_refused_before_a_byte_is_sent() {
    let head = b"HTTP/1.1 200 OK\r\ncontent-length: 99999999999999\r\n\r\n".to_vec();
    let server = Server::start(always(vec![Step::Send(head), Step::Hang])).await;
    let error = error(&outbound(&settings()), &server.address("/")).await;
    assert_eq!(error, FetchError::TooLarge { max_bytes: 1_000 });
    assert_eq!(error.to_string(), "it has more than 1000 bytes; give a smaller file");
}

#[tokio::test]
async fn a_body_without_end_is_read_up_to_its_bound() {
    let head = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n".to_vec();
    let piece = b"64\r\n".iter().copied().chain([b'x'; 100]).chain(*b"\r\n").collect();
    let server =
        Server::start(always(vec![Step::Send(head), Step::Drip(piece, Duration::ZERO)])).await;
    let mut body = response(&outbound(&settings()), &server.address("/")).await.body;
    let mut read = 0;
    let error = loop {
        match body.try_next().await {
            Ok(piece) => read += piece.expect("no end before the bound").len(),
            Err(error) => break error,
        }
    };
    assert_eq!(error, FetchError::TooLarge { max_bytes: 1_000 });
    assert!(read <= 1_000, "{read}");
}

#[tokio::test]
async fn a_server_that_says_nothing_is_given_up() {
    let server = Server::start(always(vec![Step::Hang])).await;
    let outbound = outbound(&hasty(|times| times.first_byte = millis(100)));
    let error = error(&outbound, &server.address("/")).await;
    assert_eq!(
        error.to_string(),
        "shop.test took longer than 0.1 s to begin its answer; try again later"
    );
    assert!(error.is_transient());
}

#[tokio::test]
async fn a_server_that_stops_in_the_middle_is_given_up() {
    let server = Server::start(always(vec![Step::Send(HEAD.to_vec()), Step::Hang])).await;
    let outbound = outbound(&hasty(|times| times.idle = millis(100)));
    let error = error(&outbound, &server.address("/")).await;
    assert_eq!(error.code(), "timed_out");
    assert!(error.to_string().contains("the next piece"), "{error}");
}

#[tokio::test]
async fn a_server_that_sends_a_drop_now_and_then_is_given_up() {
    let drip = Step::Drip(b"x".to_vec(), millis(10));
    let server = Server::start(always(vec![Step::Send(HEAD.to_vec()), drip])).await;
    let outbound = outbound(&hasty(|times| {
        times.idle = millis(500);
        times.min_rate = 1_000;
        times.total = millis(9_000);
    }));
    let error = error(&outbound, &server.address("/")).await;
    assert_eq!(error.code(), "timed_out");
    assert!(!error.to_string().contains("in all"), "long before its time is over: {error}");
}

#[tokio::test]
async fn a_server_that_never_comes_to_its_end_is_given_up() {
    let head = b"HTTP/1.1 200 OK\r\n\r\n".to_vec();
    let drip = Step::Drip(vec![b'x'; 4], millis(10));
    let server = Server::start(always(vec![Step::Send(head), drip])).await;
    let outbound = outbound(&hasty(|times| {
        times.total = millis(300);
        times.min_rate = 0;
    }));
    let error = error(&outbound, &server.address("/")).await;
    assert!(error.to_string().contains("0.3 s in all"), "{error}");
}

#[tokio::test]
async fn the_time_in_which_nobody_reads_is_not_counted() {
    let page = answer(&Page::of("text/csv", vec![b'x'; 900]));
    let server = Server::start(always(vec![page])).await;
    let outbound = outbound(&hasty(|times| {
        times.idle = millis(1_000);
        times.total = millis(1_000);
    }));
    let response = response(&outbound, &server.address("/")).await;
    tokio::time::sleep(millis(1_200)).await;
    assert_eq!(response.bytes().await.unwrap().len(), 900);
}

#[tokio::test]
async fn a_server_that_was_too_busy_is_asked_again() {
    let busy = Page::status(429).with("retry-after", "1");
    let server = Server::start(in_turn(vec![busy, Page::of("text/csv", "id")])).await;
    let response = response(&outbound(&settings()), &server.address("/")).await;
    assert_eq!(response.bytes().await.unwrap(), "id");
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn when_a_busy_server_may_be_asked_again_can_be_a_date() {
    let page = Page::status(503).with("retry-after", "Fri, 31 Dec 2100 23:59:59 GMT");
    let server = Server::start(always(vec![answer(&page)])).await;
    let error = error(&outbound(&settings()), &server.address("/")).await;
    let decades = Duration::from_secs(10 * 365 * 24 * 3600);
    assert!(error.retry_after().unwrap() > decades, "{error:?}");
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn a_server_that_fails_three_times_has_failed() {
    let server = Server::start(always(vec![answer(&Page::status(503))])).await;
    let error = error(&outbound(&settings()), &server.address("/")).await;
    assert_eq!(error.to_string(), "shop.test answered 503; try again later, or tell who runs it");
    assert_eq!(server.connections(), 3);
}

#[tokio::test]
async fn an_answer_that_is_no_whole_file_is_told_with_its_status() {
    for status in [206, 300, 304] {
        let server = Server::start(always(vec![answer(&Page::status(status))])).await;
        let error = error(&outbound(&settings()), &server.address("/")).await;
        assert_eq!(error.code(), "status_unexpected", "{status}");
        assert!(error.to_string().contains(&status.to_string()), "{error}");
    }
}

#[tokio::test]
async fn a_body_that_breaks_off_is_told_to_its_reader_and_not_asked_for_again() {
    let server = Server::start(always(vec![Step::Send([HEAD, b"id,title"].concat())])).await;
    let error = error(&outbound(&settings()), &server.address("/")).await;
    assert_eq!((error.code(), error.is_transient()), ("broken_off", true));
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn what_is_not_http_is_told() {
    let endless = [b"HTTP/1.1 200 OK\r\n".to_vec(), b"x: y\r\n".repeat(100_000)].concat();
    for sent in [b"SSH-2.0-OpenSSH_9.6\r\n".to_vec(), b"\r\n\r\n".to_vec(), Vec::new(), endless] {
        let server = Server::start(always(vec![Step::Send(sent.clone())])).await;
        let outbound = outbound(&hasty(|_| {}));
        let error = error(&outbound, &server.address("/")).await;
        assert_eq!(error.code(), "broken_off", "{error}");
        assert!(!error.to_string().contains("http://"), "{error}");
    }
}

#[tokio::test]
async fn a_host_that_is_not_up_is_told() {
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let outbound = outbound(&hasty(|_| {}));
    let refused = error(&outbound, &format!("http://{SHOP}:{free}/?token=hush")).await;
    assert_eq!((refused.code(), refused.is_transient()), ("not_reachable", true));
    assert!(!refused.to_string().contains("hush"), "{refused}");
    let unknown = error(&outbound, "http://nowhere.example/").await;
    assert_eq!(unknown, FetchError::Unresolvable { host: "nowhere.example".into() });
}

#[tokio::test]
async fn https_that_can_not_be_trusted_is_told() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let page = b"HTTP/1.1 400 Bad Request\r\n\r\n";
            tokio::io::AsyncWriteExt::write_all(&mut stream, page).await.ok();
        }
    });
    let error = error(&outbound(&settings()), &format!("https://{SHOP}:{port}/")).await;
    assert_eq!((error.code(), error.is_transient()), ("tls_failed", false), "{error}");
}

#[tokio::test]
async fn one_host_gets_only_so_many_requests_at_once() {
    let steps = vec![Step::Wait(millis(50)), answer(&Page::of("text/csv", "id"))];
    let server = Server::start(always(steps)).await;
    let outbound = outbound(&OutboundSettings { per_host: 3, ..settings() });
    let address = server.address("/");
    let all = (0..12).map(|_| async { response(&outbound, &address).await.bytes().await.unwrap() });
    assert_eq!(join_all(all).await.len(), 12);
    assert_eq!(server.most_at_once(), 3);
}

#[tokio::test]
async fn all_hosts_together_get_only_so_many_requests_at_once() {
    let steps = vec![Step::Wait(millis(50)), answer(&Page::of("text/csv", "id"))];
    let server = Server::start(always(steps)).await;
    let names = world::names();
    let hosts: Vec<_> = (0..6).map(|number| format!("shop{number}.test")).collect();
    for host in &hosts {
        names.put(host, &["127.0.0.1"]);
    }
    let settings = OutboundSettings { at_once: 2, allow_hosts: hosts.clone(), ..settings() };
    let outbound = Outbound::with_lookup(&settings, names).unwrap();
    let addresses: Vec<_> =
        hosts.iter().map(|host| format!("http://{host}:{}/", server.port)).collect();
    let all = addresses
        .iter()
        .map(|address| async { response(&outbound, address).await.bytes().await.unwrap() });
    assert_eq!(join_all(all).await.len(), 6);
    assert_eq!(server.most_at_once(), 2);
}

#[tokio::test]
async fn an_answer_that_is_not_read_yet_keeps_its_place_and_a_dropped_one_frees_it() {
    let server = Server::start(always(vec![answer(&Page::of("text/csv", "id"))])).await;
    let outbound = outbound(&OutboundSettings { per_host: 1, ..settings() });
    let address = server.address("/");
    let unread = response(&outbound, &address).await;
    let next = response(&outbound, &address);
    tokio::pin!(next);
    assert!(tokio::time::timeout(millis(100), &mut next).await.is_err());
    assert_eq!(server.connections(), 1);
    drop(unread);
    assert_eq!(next.await.bytes().await.unwrap(), "id");
}
