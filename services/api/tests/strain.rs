//! Too much, too slow, gone, broken: the service stays up and says so.

mod common;

use std::{
    io::{Read, Write},
    net::TcpStream,
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};

use common::{Service, form, odd::Odd, png, problem, seeing_a_dress, start_with, token, token_for};
use vitrine_api::ServerSettings;
use vitrine_core::{
    admission::Admission,
    moderation::Unfit,
    ports::ModelError,
    testing::{FakeVision, sample},
};

async fn until(what: impl Fn() -> bool) {
    let started = Instant::now();
    while !what() {
        assert!(started.elapsed() < Duration::from_secs(10), "it never came to pass");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// A raw request for a look; the body is `body`, said to be `length` bytes long.
fn raw(service: &Service, length: usize, body: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(service.address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let head = format!(
        "POST /v1/looks HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\n\
         Content-Type: multipart/form-data; boundary=b\r\nContent-Length: {length}\r\n\r\n",
        token()
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(body).unwrap();
    stream
}

fn form_bytes(photo: &[u8]) -> Vec<u8> {
    let mut body = b"--b\r\nContent-Disposition: form-data; name=\"photo\"\r\n\r\n".to_vec();
    body.extend(photo);
    body.extend(b"\r\n--b--\r\n");
    body
}

async fn answer(mut stream: TcpStream) -> String {
    let reading = tokio::task::spawn_blocking(move || {
        let mut bytes = vec![0; 8192];
        let read = stream.read(&mut bytes).unwrap_or_default();
        String::from_utf8_lossy(&bytes[..read]).into_owned()
    });
    reading.await.unwrap()
}

#[tokio::test]
async fn who_comes_when_the_queue_is_full_is_told_when_to_come_back() {
    let service =
        start_with(seeing_a_dress(), Admission::new(1, 0), ServerSettings::default()).await;
    let running = service.admission.enter(&sample::merchant()).await.unwrap();
    let response = service.post_photo(png(96, 96)).await;
    let wait: u64 = response.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!(wait >= 1);
    problem(response, 429, "busy").await;
    drop(running);
    service.still_answers().await;
}

#[tokio::test]
async fn when_the_client_leaves_its_work_is_dropped() {
    let odd = Odd::default();
    let waiting = Arc::clone(&odd.waiting);
    let service = start_with(Arc::new(odd), Admission::new(1, 0), ServerSettings::default()).await;
    let body = form_bytes(&png(96, 96));
    let client = raw(&service, body.len(), &body);
    until(|| waiting.load(Ordering::SeqCst) == 1).await;
    assert!(service.admission.enter(&sample::merchant()).await.is_err());
    drop(client);
    until(|| waiting.load(Ordering::SeqCst) == 0).await;
    assert!(service.admission.enter(&sample::merchant()).await.is_ok());
}

#[tokio::test]
async fn a_client_that_stops_sending_is_told_and_let_go() {
    let settings =
        ServerSettings { body_time: Duration::from_millis(300), ..ServerSettings::default() };
    let service = start_with(seeing_a_dress(), Admission::new(1, 0), settings).await;
    let body = form_bytes(&png(96, 96));
    let stalled = raw(&service, body.len(), &body[..body.len() / 2]);
    let answer = answer(stalled).await;
    assert!(answer.starts_with("HTTP/1.1 408") && answer.contains("body_slow"), "{answer}");
    drop(raw(&service, body.len(), &body[..body.len() / 2]));
    service.still_answers().await;
}

/// The beginning of a body that does not say how long it is, of so many megabytes.
fn begun(service: &Service, kind: &str, start: &[u8], megabytes: usize) -> TcpStream {
    let mut stream = TcpStream::connect(service.address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let head = format!(
        "POST /v1/looks HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\n\
         Content-Type: {kind}\r\nTransfer-Encoding: chunked\r\n\r\n",
        token()
    );
    stream.write_all(head.as_bytes()).unwrap();
    let megabyte = vec![b'x'; 1_000_000];
    for piece in std::iter::once(start).chain(std::iter::repeat_n(&megabyte[..], megabytes)) {
        stream.write_all(format!("{:x}\r\n", piece.len()).as_bytes()).unwrap();
        stream.write_all(piece).unwrap();
        stream.write_all(b"\r\n").unwrap();
    }
    stream
}

#[tokio::test]
async fn an_upload_that_is_too_long_is_answered_before_its_end() {
    let service =
        start_with(seeing_a_dress(), Admission::new(1, 0), ServerSettings::default()).await;
    let declared = raw(&service, 30_000_000, b"");
    let said = answer(declared).await;
    assert!(said.starts_with("HTTP/1.1 413") && said.contains("photo_too_large"), "{said}");

    let form = form_bytes(b"").into_iter().take(56).collect::<Vec<u8>>();
    for (kind, start, megabytes) in [
        ("multipart/form-data; boundary=b", form.as_slice(), 22),
        ("application/json", b"{\"text\":\"", 30),
    ] {
        let said = answer(begun(&service, kind, start, megabytes)).await;
        assert!(said.starts_with("HTTP/1.1 413"), "{kind}: {said}");
        assert!(said.contains("photo_too_large"), "{kind}: {said}");
    }
    service.still_answers().await;
}

#[tokio::test]
async fn a_panic_is_an_answer_to_one_request_and_leaks_nothing() {
    let odd = Odd { breaks: true, ..Odd::default() };
    let service = start_with(Arc::new(odd), Admission::new(1, 0), ServerSettings::default()).await;
    for _ in 0..3 {
        let body = problem(service.post_photo(png(96, 96)).await, 500, "internal").await;
        assert!(!body.to_string().contains("secret"), "{body}");
    }
    assert_eq!(service.get("/healthz", "").await.status(), 200);
}

#[tokio::test]
async fn each_trouble_of_the_model_has_its_code() {
    for (failure, status, code) in [
        (ModelError::Load("/secret/path".into()), 503, "model_unavailable"),
        (ModelError::Stopped("a secret".into()), 503, "model_unavailable"),
        (ModelError::Answer("a secret".into()), 502, "model_answer_invalid"),
        (ModelError::Timeout(5), 504, "model_timeout"),
    ] {
        let vision = Arc::new(FakeVision::failing(failure));
        let service = start_with(vision, Admission::new(1, 0), ServerSettings::default()).await;
        let response = service.post_photo(png(96, 96)).await;
        assert_eq!(response.headers().contains_key("retry-after"), status == 503);
        let body = problem(response, status, code).await;
        assert!(!body.to_string().contains("secret"), "{body}");
    }
}

#[tokio::test]
async fn an_answer_that_never_comes_is_given_up() {
    let settings =
        ServerSettings { answer_time: Duration::from_millis(200), ..ServerSettings::default() };
    let service = start_with(Arc::new(Odd::default()), Admission::new(1, 0), settings).await;
    problem(service.post_photo(png(96, 96)).await, 504, "model_timeout").await;
    assert!(service.admission.enter(&sample::merchant()).await.is_ok());
}

#[tokio::test]
async fn readiness_asks_the_model_once_however_many_ask() {
    let vision = seeing_a_dress();
    let service = start_with(vision.clone(), Admission::new(1, 0), ServerSettings::default()).await;
    let probes = (0..20).map(|_| service.get("/readyz", ""));
    for response in futures::future::join_all(probes).await {
        assert_eq!(response.status(), 200);
    }
    assert_eq!(vision.asked(), 1);
}

#[tokio::test]
async fn readiness_fails_with_the_model_and_says_which_part() {
    let vision = Arc::new(FakeVision::failing(ModelError::Stopped("a secret".into())));
    let service = start_with(vision.clone(), Admission::new(1, 0), ServerSettings::default()).await;
    for _ in 0..3 {
        let body = problem(service.get("/readyz", "").await, 503, "not_ready").await.to_string();
        assert!(body.contains("the vision model stopped") && !body.contains("secret"), "{body}");
    }
    assert_eq!(vision.asked(), 1);
    assert_eq!(service.get("/healthz", "").await.status(), 200);
}

#[tokio::test]
async fn any_answer_of_the_model_makes_the_service_ready() {
    let dress = seeing_a_dress();
    let nothing = Arc::new(FakeVision::default());
    let nonsense = Arc::new(FakeVision::failing(ModelError::Answer("{".into())));
    let refusal = Arc::new(FakeVision::failing(ModelError::Refused(Unfit::NoClothes)));
    for vision in [dress, nothing, nonsense, refusal] {
        let service = start_with(vision, Admission::new(1, 0), ServerSettings::default()).await;
        assert_eq!(service.get("/readyz", "").await.status(), 200);
    }
}

#[tokio::test]
async fn impatient_probes_ask_the_model_once_and_the_answer_is_found_all_the_same() {
    let odd = Odd::default();
    let asked = Arc::clone(&odd.asked);
    let settings =
        ServerSettings { readiness_time: Duration::from_millis(600), ..ServerSettings::default() };
    let service = start_with(Arc::new(odd), Admission::new(1, 0), settings).await;
    for _ in 0..5 {
        let probe = service.client.get(service.url("/readyz")).timeout(Duration::from_millis(60));
        assert!(probe.send().await.is_err());
    }
    let body = problem(service.get("/readyz", "").await, 503, "not_ready").await.to_string();
    assert!(body.contains("no answer within 0.6 s"), "{body}");
    assert_eq!(asked.load(Ordering::SeqCst), 1);
    assert!(service.admission.enter(&sample::merchant()).await.is_ok());
}

#[tokio::test]
async fn a_readiness_check_that_panics_is_not_tried_again_at_once() {
    let odd = Odd { breaks: true, ..Odd::default() };
    let service = start_with(Arc::new(odd), Admission::new(1, 0), ServerSettings::default()).await;
    for _ in 0..2 {
        let body = problem(service.get("/readyz", "").await, 503, "not_ready").await.to_string();
        assert!(body.contains("the check broke") && !body.contains("secret"), "{body}");
    }
}

#[tokio::test]
async fn a_full_queue_is_ready_only_while_photos_are_answered() {
    let start = || start_with(seeing_a_dress(), Admission::new(1, 0), ServerSettings::default());
    let idle = start().await;
    let _running = idle.admission.enter(&sample::merchant()).await.unwrap();
    problem(idle.get("/readyz", "").await, 503, "not_ready").await;

    let busy = start().await;
    busy.still_answers().await;
    let _running = busy.admission.enter(&sample::merchant()).await.unwrap();
    assert_eq!(busy.get("/readyz", "").await.status(), 200);
}

#[tokio::test]
async fn who_leaves_the_queue_costs_no_model_time() {
    let vision = seeing_a_dress();
    let service = start_with(vision.clone(), Admission::new(1, 4), ServerSettings::default()).await;
    let running = service.admission.enter(&sample::merchant()).await.unwrap();
    let body = |number: u32| form_bytes(&png(100 + 20 * number, 96));
    let bodies = (0..3).map(body);
    let clients: Vec<_> = bodies.map(|body| raw(&service, body.len(), &body)).collect();
    until(|| service.admission.queued() == 3).await;
    drop(clients);
    until(|| service.admission.queued() == 0).await;
    drop(running);
    service.still_answers().await;
    assert_eq!(vision.asked(), 1);
}

#[tokio::test]
async fn a_merchant_that_floods_the_queue_starves_no_other() {
    let service =
        start_with(seeing_a_dress(), Admission::new(1, 8), ServerSettings::default()).await;
    let running = service.admission.enter(&sample::merchant()).await.unwrap();
    // No two are the same: those would take one turn together.
    let bodies = (0..8_u32).map(|number| form_bytes(&png(100 + 20 * number, 96)));
    let flood = bodies.map(|body| tokio::spawn(answer(raw(&service, body.len(), &body))));
    let flood: Vec<_> = flood.collect();
    until(|| service.admission.queued() == 8).await;
    problem(service.post_photo(png(96, 96)).await, 429, "busy").await;

    let request = service.client.post(service.url("/v1/looks")).bearer_auth(token_for("other"));
    let other = tokio::spawn(request.multipart(form(png(96, 96))).send());
    until(|| flood.iter().any(|one| one.is_finished())).await;
    drop(running);
    assert_eq!(other.await.unwrap().unwrap().status(), 200);
    let answers = futures::future::try_join_all(flood).await.unwrap();
    let count = |status| answers.iter().filter(|answer| answer.starts_with(status)).count();
    assert_eq!(count("HTTP/1.1 429"), 1, "one place of eight went to the other merchant");
    assert_eq!(count("HTTP/1.1 200"), 7);
}

#[tokio::test]
async fn who_waits_too_long_for_a_turn_is_told_when_to_come_back() {
    let patience = Duration::from_millis(300);
    let admission = Admission::new(1, 4).with_patience(patience);
    let vision = seeing_a_dress();
    let service = start_with(vision.clone(), admission, ServerSettings::default()).await;
    let running = service.admission.enter(&sample::merchant()).await.unwrap();
    let late = service.post_photo(png(96, 96)).await;
    assert!(late.headers().contains_key("retry-after"));
    problem(late, 429, "busy").await;
    drop(running);
    assert_eq!(vision.asked(), 0);
}
