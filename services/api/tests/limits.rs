//! Bounds that hold on every route: how long a body may be and take, and what becomes of what is
//! begun when the service is asked to stop.

mod common;

use std::{
    collections::BTreeMap,
    io::{Read, Write},
    net::TcpStream,
    sync::Arc,
    time::{Duration, Instant},
};

use async_trait::async_trait;
use common::{
    Service, form, odd::Odd, operations::operations, png, problem, seeing_a_dress, start,
    start_with, token, token_as,
};
use futures::{StreamExt, stream};
use vitrine_api::{Role, ServerSettings};
use vitrine_core::{
    admission::{Admission, Permit},
    photo::Photo,
    ports::{Catalog, DescribeStream, ModelError, Vision},
    product::Product,
    testing::sample,
};

/// Every way to send a body that the contract has: method, address, content type.
fn bodies() -> Vec<(String, String, String)> {
    let mut found = Vec::new();
    for operation in operations() {
        for (kind, _, _) in operation.requests() {
            let kind = kind.replace("form-data", "form-data; boundary=b");
            let address = operation.address(&BTreeMap::new());
            found.push((operation.method.to_uppercase(), address, kind));
        }
    }
    assert!(found.len() >= 10, "{found:?}");
    found
}

/// The head of a request, whose body comes in pieces.
fn begun(service: &Service, method: &str, path: &str, kind: &str) -> TcpStream {
    let mut stream = TcpStream::connect(service.address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let token = token_as(Role::Admin);
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: {kind}\r\nTransfer-Encoding: chunked\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream
}

/// A photo's request, of which a few bytes come.
fn slow_photo(service: &Service) -> TcpStream {
    let mut slow = begun(service, "POST", "/v1/looks", "multipart/form-data; boundary=b");
    slow.write_all(b"8\r\n--b\r\nCon\r\n").unwrap();
    slow
}

#[tokio::test]
async fn many_who_send_slowly_keep_nobody_out() {
    let settings = ServerSettings { body_room: 4 * 1024 * 1024, ..ServerSettings::default() };
    let service = start_with(seeing_a_dress(), Admission::new(2, 8), settings).await;
    let slow: Vec<TcpStream> = (0..60).map(|_| slow_photo(&service)).collect();
    tokio::time::sleep(Duration::from_millis(500)).await;
    for side in [96, 100, 104] {
        assert_eq!(service.post_photo(png(side, side)).await.status(), 200);
    }
    drop(slow);
}

#[tokio::test]
async fn bodies_that_would_take_more_room_than_there_is_are_told_to_come_back() {
    let settings = ServerSettings { body_room: 256 * 1024, ..ServerSettings::default() };
    let service = start_with(seeing_a_dress(), Admission::new(2, 8), settings).await;
    let large = vec![7; 1024 * 1024];
    for _ in 0..3 {
        let answer = service.post_photo(large.clone()).await;
        assert_eq!(answer.headers()["retry-after"], "2");
        problem(answer, 429, "busy").await;
        assert_eq!(service.post_photo(png(96, 96)).await.status(), 200, "its room is free again");
    }
}

#[tokio::test]
async fn a_client_that_reads_nothing_is_cut_off() {
    let settings =
        ServerSettings { read_time: Duration::from_millis(500), ..ServerSettings::default() };
    let service = start_with(seeing_a_dress(), Admission::new(2, 8), settings).await;
    // More than a connection holds on its way.
    let long =
        |at| Product { description: "x".repeat(10_000), ..sample::product(&format!("p{at:04}")) };
    let products: Vec<_> = (0..1_500).map(long).collect();
    service.catalog.upsert(&sample::merchant(), products).await.unwrap();
    let mut unread = begun(&service, "GET", "/v1/catalog/export", "text/plain");
    tokio::time::sleep(Duration::from_secs(4)).await;
    let mut read = 0;
    let mut bytes = vec![0; 1 << 20];
    let ended = loop {
        match unread.read(&mut bytes) {
            Ok(0) => break "ended",
            Ok(more) => read += more,
            Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => break "reset",
            Err(error) => panic!("{error}"),
        }
    };
    assert!(read < 15_000_000, "all of it came: {ended} after {read} bytes");
}

/// How a body of this kind begins that goes on and on.
fn opening(kind: &str) -> &'static [u8] {
    if kind.contains("json") {
        b"{\"a\":\""
    } else if kind.contains("form-data") {
        b"--b\r\nContent-Disposition: form-data; name=\"photo\"\r\n\r\n"
    } else {
        b"id,title\r\n"
    }
}

fn send(stream: &mut TcpStream, piece: &[u8]) -> std::io::Result<()> {
    stream.write_all(format!("{:x}\r\n", piece.len()).as_bytes())?;
    stream.write_all(piece)?;
    stream.write_all(b"\r\n")
}

fn answer(stream: &mut TcpStream) -> String {
    let mut bytes = vec![0; 8192];
    let read = stream.read(&mut bytes).unwrap_or_default();
    String::from_utf8_lossy(&bytes[..read]).into_owned()
}

async fn in_background<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.unwrap()
}

#[tokio::test]
async fn a_body_that_stalls_is_given_up_on_every_route() {
    let body_time = Duration::from_millis(300);
    let settings = ServerSettings { body_time, ..ServerSettings::default() };
    let service = start_with(seeing_a_dress(), Admission::new(2, 8), settings).await;
    for (method, path, kind) in bodies() {
        let mut stream = begun(&service, &method, &path, &kind);
        send(&mut stream, opening(&kind)).unwrap();
        let said = in_background(move || answer(&mut stream)).await;
        let told = said.starts_with("HTTP/1.1 408") && said.contains("body_slow");
        assert!(told, "{method} {path} {kind}: {said}");
    }
}

#[tokio::test]
async fn a_body_that_drips_is_given_up_too() {
    let body_time = Duration::from_millis(400);
    let settings = ServerSettings { body_time, ..ServerSettings::default() };
    let service = start_with(seeing_a_dress(), Admission::new(2, 8), settings).await;
    let started = Instant::now();
    let mut stream = begun(&service, "POST", "/v1/catalog/imports", "text/csv");
    stream.set_read_timeout(Some(Duration::from_millis(50))).unwrap();
    let said = in_background(move || {
        loop {
            let gone = send(&mut stream, b"x").is_err();
            let said = answer(&mut stream);
            if gone || !said.is_empty() || started.elapsed() > Duration::from_secs(10) {
                return said;
            }
        }
    });
    let said = said.await;
    assert!(said.starts_with("HTTP/1.1 408") && said.contains("body_slow"), "{said}");
    assert!(started.elapsed() < Duration::from_secs(3), "{:?}", started.elapsed());
}

#[tokio::test]
async fn a_body_that_is_long_but_keeps_coming_is_read() {
    let body_time = Duration::from_millis(300);
    let settings = ServerSettings { body_time, ..ServerSettings::default() };
    let service = start_with(seeing_a_dress(), Admission::new(2, 8), settings).await;
    let mut stream = begun(&service, "POST", "/v1/catalog/imports", "text/csv");
    let said = in_background(move || {
        let piece = vec![b'x'; 70_000];
        for _ in 0..8 {
            send(&mut stream, &piece).unwrap();
            std::thread::sleep(Duration::from_millis(100));
        }
        stream.write_all(b"0\r\n\r\n").unwrap();
        answer(&mut stream)
    });
    let said = said.await;
    assert!(said.starts_with("HTTP/1.1 202"), "{said}");
}

#[tokio::test]
async fn a_body_without_end_is_refused_on_every_route() {
    let service = start().await;
    for (method, path, kind) in bodies() {
        let mut stream = begun(&service, &method, &path, &kind);
        let said = in_background({
            let kind = kind.clone();
            move || {
                let megabyte = vec![b'x'; 1_000_000];
                let mut sent = send(&mut stream, opening(&kind));
                for _ in 0..40 {
                    sent = sent.and_then(|()| send(&mut stream, &megabyte));
                }
                answer(&mut stream)
            }
        });
        let said = said.await;
        assert!(said.starts_with("HTTP/1.1 413"), "{method} {path} {kind}: {said}");
    }
}

/// A model that takes its time and sees nothing.
struct Slow(Duration);

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
        tokio::time::sleep(self.0).await;
        Ok(stream::empty().boxed())
    }
}

async fn stopping(vision: impl Vision + 'static, seconds: u64) -> (Service, ServerSettings) {
    let shutdown_time = Duration::from_secs(seconds);
    let settings = ServerSettings { shutdown_time, ..ServerSettings::default() };
    let vision = Arc::new(vision);
    let service = start_with(vision, Admission::new(2, 8), settings.clone()).await;
    (service, settings)
}

/// Asks the service to stop, a moment from now.
async fn stop_soon(settings: &ServerSettings) -> Instant {
    tokio::time::sleep(Duration::from_millis(200)).await;
    settings.stopping.begin();
    Instant::now()
}

#[tokio::test]
async fn what_is_begun_is_finished_when_the_service_is_asked_to_stop() {
    let slow = Slow(Duration::from_millis(700));
    let (mut service, settings) = stopping(slow, 20).await;
    assert_eq!(service.get("/healthz", "").await.status(), 200);
    let (answer, asked) = tokio::join!(service.post_photo(png(96, 96)), stop_soon(&settings));
    assert_eq!(answer.status(), 200);
    drop(answer);
    (&mut service.running).await.unwrap().unwrap();
    // The connections that are kept open for a next request do not hold it up.
    assert!(asked.elapsed() < Duration::from_secs(5), "{:?}", asked.elapsed());
    assert!(service.client.get(service.url("/healthz")).send().await.is_err());
}

#[tokio::test]
async fn what_can_not_be_finished_in_time_is_told_so() {
    let (mut service, settings) = stopping(Odd::default(), 3).await;
    let (answer, asked) = tokio::join!(service.post_photo(png(96, 96)), stop_soon(&settings));
    assert!(answer.headers().contains_key("retry-after"));
    problem(answer, 503, "stopping").await;
    (&mut service.running).await.unwrap().unwrap();
    assert!(asked.elapsed() < Duration::from_secs(4), "{:?}", asked.elapsed());
}

#[tokio::test]
async fn events_that_can_not_be_finished_in_time_end_by_saying_so() {
    let (mut service, settings) = stopping(Odd::default(), 3).await;
    let request = service.client.post(service.url("/v1/looks")).bearer_auth(token());
    let request = request.header("Accept", "text/event-stream").header("Accept-Encoding", "gzip");
    let answer = request.multipart(form(png(96, 96))).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    assert!(!answer.headers().contains_key("content-encoding"), "events wait for no packer");
    let (told, asked) = tokio::join!(answer.text(), stop_soon(&settings));
    let told = told.unwrap();
    assert!(told.starts_with("event: look.created\n"), "{told}");
    assert_eq!(told.matches("event: look.failed").count(), 1, "{told}");
    let last = told.trim_end().lines().last().unwrap();
    assert!(last.contains("\"code\":\"stopping\""), "{told}");
    (&mut service.running).await.unwrap().unwrap();
    assert!(asked.elapsed() < Duration::from_secs(4), "{:?}", asked.elapsed());
}

#[tokio::test]
async fn a_download_that_is_begun_comes_whole_and_one_that_nobody_reads_is_cut_off() {
    let (mut service, settings) = stopping(Odd::default(), 3).await;
    // More than a connection holds on its way.
    let long =
        |at| Product { description: "x".repeat(10_000), ..sample::product(&format!("p{at:04}")) };
    let products: Vec<_> = (0..1_000).map(long).collect();
    service.catalog.upsert(&sample::merchant(), products).await.unwrap();
    let token = token_as(Role::Merchant);
    let mut read = service.get("/v1/catalog/export", &token).await;
    let first = read.chunk().await.unwrap().unwrap();
    let unread = begun(&service, "GET", "/v1/catalog/export", "text/plain");
    tokio::time::sleep(Duration::from_millis(300)).await;

    settings.stopping.begin();
    let asked = Instant::now();
    let mut lines = first.iter().filter(|byte| **byte == b'\n').count();
    while let Some(piece) = read.chunk().await.unwrap() {
        lines += piece.iter().filter(|byte| **byte == b'\n').count();
    }
    assert_eq!(lines, 1_001, "with the product that was there before");
    (&mut service.running).await.unwrap().unwrap();
    assert!(asked.elapsed() < Duration::from_secs(6), "{:?}", asked.elapsed());
    drop(unread);
}
