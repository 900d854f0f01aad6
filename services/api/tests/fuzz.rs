//! A thousand and more broken requests, the same each time: none breaks the service.

mod common;

use std::{
    collections::BTreeMap,
    io::{Read, Write},
    net::{Shutdown, TcpStream},
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use common::{Service, operations::operations, png, seeing_a_dress, start_with, token_as};
use serde_json::Value;
use vitrine_api::{Role, ServerSettings};
use vitrine_core::{
    admission::Admission,
    testing::{
        Dice,
        broken::{ODD, change},
    },
};

const REQUESTS: usize = 1_500;

static PANICS: AtomicUsize = AtomicUsize::new(0);

/// A request that can be taken apart.
#[derive(Clone)]
struct Request {
    method: String,
    target: String,
    headers: Vec<(String, Vec<u8>)>,
    body: Vec<u8>,
    /// What `Content-Length` says, if it is not the truth.
    length: Option<String>,
}

impl Request {
    fn bytes(&self) -> Vec<u8> {
        let mut bytes =
            format!("{} {} HTTP/1.1\r\nHost: x\r\n", self.method, self.target).into_bytes();
        for (name, value) in &self.headers {
            bytes.extend(format!("{name}: ").bytes());
            bytes.extend(value);
            bytes.extend(b"\r\n");
        }
        let length = self.length.clone().unwrap_or_else(|| self.body.len().to_string());
        bytes.extend(format!("Content-Length: {length}\r\nConnection: close\r\n\r\n").bytes());
        bytes.extend(&self.body);
        bytes
    }
}

/// One good request for each operation and kind of body of the contract.
fn good() -> Vec<Request> {
    let mut good = Vec::new();
    for operation in operations() {
        let token = format!("Bearer {}", token_as(Role::Admin)).into_bytes();
        let request = Request {
            method: operation.method.to_uppercase(),
            target: operation.address(&BTreeMap::new()),
            headers: vec![("Authorization".into(), token)],
            body: Vec::new(),
            length: None,
        };
        for (kind, _, body) in operation.requests() {
            let mut request = request.clone();
            let kind = kind.replace("form-data", "form-data; boundary=b");
            request.body = example(&kind, body);
            request.headers.push(("Content-Type".into(), kind.into_bytes()));
            good.push(request);
        }
        if operation.requests().is_empty() {
            good.push(request);
        }
    }
    good
}

fn example(kind: &str, example: &Value) -> Vec<u8> {
    if !kind.starts_with("multipart") {
        return example.as_str().map_or_else(|| example.to_string().into(), Into::into);
    }
    let mut body = Vec::new();
    for (name, value) in example.as_object().unwrap() {
        body.extend(
            format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n").bytes(),
        );
        match value {
            _ if name == "photo" => body.extend(png(96, 96)),
            Value::String(text) => body.extend(text.bytes()),
            value => body.extend(value.to_string().bytes()),
        }
        body.extend(b"\r\n");
    }
    body.extend(b"--b--\r\n");
    body
}

/// Headers whose values are ours to read.
const HEADERS: &[&str] = &[
    "Accept",
    "Accept-Encoding",
    "Access-Control-Request-Method",
    "Authorization",
    "Content-Encoding",
    "Content-Type",
    "Expect",
    "Idempotency-Key",
    "If-None-Match",
    "Last-Event-ID",
    "Origin",
    "Range",
    "Request-Id",
    "Transfer-Encoding",
];

fn broken(dice: &mut Dice, from: &[Request]) -> Request {
    let mut request = dice.pick(from).clone();
    for _ in 0..=dice.below(3) {
        match dice.below(9) {
            0 | 1 => change(dice, &mut request.body),
            2 => {
                let kept = dice.below(request.body.len() + 1);
                request.body.truncate(kept);
            }
            3 => request.body = dice.pick(ODD).repeat(1 + dice.below(2_000)),
            4 => {
                let name = (*dice.pick(HEADERS)).to_owned();
                request.headers.push((name, line(dice)));
            }
            5 => {
                let at = dice.below(request.headers.len());
                let mut value = request.headers[at].1.clone();
                change(dice, &mut value);
                value.retain(|byte| !b"\r\n\0".contains(byte));
                request.headers[at].1 = value;
            }
            6 => {
                let mark = *dice.pick(&["/", "?", "?limit=", "?cursor=", "%", "&category=", "?a="]);
                let odd = dice.pick(ODD).iter().map(|byte| format!("%{byte:02x}"));
                request.target.push_str(mark);
                request.target.extend(odd);
            }
            7 => {
                request.method =
                    (*dice.pick(&["PUT", "OPTIONS", "TRACE", "HEAD", "PATCH", "X"])).into()
            }
            _ => {
                let said =
                    [dice.below(10).to_string(), "1000000000000".into(), "-1".into(), "x".into()];
                request.length = Some(dice.pick(&said).clone());
            }
        }
    }
    request
}

fn line(dice: &mut Dice) -> Vec<u8> {
    let mut value = dice.pick(ODD).repeat(1 + dice.below(20));
    value.retain(|byte| !b"\r\n\0".contains(byte));
    value
}

/// The status of the answer; none where the server hung up.
fn status(service: &Service, request: &Request) -> Option<u16> {
    let mut stream = TcpStream::connect(service.address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    // What is refused early is answered before all of it is sent.
    let _ = stream.write_all(&request.bytes());
    if request.length.is_some() {
        let _ = stream.shutdown(Shutdown::Write);
    }
    let mut bytes = [0; 64];
    let mut read = 0;
    while read < bytes.len() {
        match stream.read(&mut bytes[read..]) {
            Ok(more) if more > 0 => read += more,
            _ => break,
        }
    }
    let head = String::from_utf8_lossy(&bytes[..read]).into_owned();
    head.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok()
}

#[tokio::test]
async fn no_broken_request_breaks_the_service() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        PANICS.fetch_add(1, Ordering::SeqCst);
        before(panic);
    }));
    let body_time = Duration::from_millis(500);
    let settings = ServerSettings { body_time, ..ServerSettings::default() };
    let service = start_with(seeing_a_dress(), Admission::new(2, 8), settings).await;
    let (service, told) = tokio::task::spawn_blocking(move || {
        let (mut dice, good) = (Dice::new(5), good());
        let mut told = BTreeMap::<Option<u16>, usize>::new();
        for _ in 0..REQUESTS {
            let request = broken(&mut dice, &good);
            let status = status(&service, &request);
            let shown =
                String::from_utf8_lossy(&request.bytes()).chars().take(2_000).collect::<String>();
            assert!(status.is_none_or(|status| status < 500), "{status:?} to {shown}");
            *told.entry(status).or_default() += 1;
        }
        (service, told)
    })
    .await
    .unwrap();
    println!("{told:?}");
    assert_eq!(PANICS.load(Ordering::SeqCst), 0);
    assert!(told.keys().filter(|status| status.is_some()).count() >= 8, "{told:?}");
    assert!(told.get(&None).copied().unwrap_or_default() < REQUESTS / 4, "{told:?}");
    service.still_answers().await;
}
