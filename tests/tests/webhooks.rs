//! Webhooks through the whole service: told of what really happened, signed so that the library of
//! Standard Webhooks takes it, and sent again where they were not taken.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Command, Stdio},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use vitrine_tests::{Service, demo, merchant, python};

/// How long what was told may take.
const PATIENCE: Duration = Duration::from_secs(90);

/// A request as it came.
#[derive(Debug, Clone)]
struct Heard {
    headers: Vec<(String, String)>,
    body: String,
}

impl Heard {
    fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str()).unwrap_or_else(|| panic!("there is no {name}"))
    }

    fn kind(&self) -> String {
        let body: Value = serde_json::from_str(&self.body).unwrap();
        body["type"].as_str().unwrap().to_owned()
    }
}

/// Refuses the first request and takes all others.
#[derive(Clone, Default)]
struct Receiver(Arc<Mutex<Vec<Heard>>>);

impl Receiver {
    fn start() -> (Self, String) {
        let (listener, receiver) = (TcpListener::bind("127.0.0.1:0").unwrap(), Self::default());
        let address = format!("http://{}/hook", listener.local_addr().unwrap());
        let hearing = receiver.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let hearing = hearing.clone();
                std::thread::spawn(move || hearing.answer(stream.unwrap()));
            }
        });
        (receiver, address)
    }

    fn answer(&self, mut stream: TcpStream) {
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        let (mut line, mut headers) = (String::new(), Vec::new());
        while reader.read_line(&mut line).unwrap_or(0) > 2 {
            if let Some((name, value)) = line.split_once(':') {
                headers.push((name.to_lowercase(), value.trim().to_owned()));
            }
            line.clear();
        }
        let mut heard = Heard { headers, body: String::new() };
        let length = heard.header("content-length").parse().unwrap();
        reader.take(length).read_to_string(&mut heard.body).unwrap();
        let mut all = self.0.lock().unwrap();
        let status = if all.is_empty() { "503 Later" } else { "204 Taken" };
        all.push(heard);
        drop(all);
        let _ =
            write!(stream, "HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    }

    fn heard(&self) -> Vec<Heard> {
        self.0.lock().unwrap().clone()
    }
}

/// Has the library of Standard Webhooks check a request; says whether it takes it.
fn is_taken(python: &Path, secret: &str, heard: &Heard) -> bool {
    let script = "import json, sys\nfrom standardwebhooks import Webhook\n\
                  told = json.load(sys.stdin)\n\
                  Webhook(told['secret']).verify(told['body'], told['headers'])\n";
    let mut child = Command::new(python)
        .args(["-c", script])
        .stdin(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let headers: Value =
        heard.headers.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
    let told = json!({"secret": secret, "body": heard.body, "headers": headers});
    child.stdin.take().unwrap().write_all(told.to_string().as_bytes()).unwrap();
    child.wait().unwrap().success()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happened_is_told_until_it_is_taken_and_its_signature_holds() {
    let service = Service::working(&[r#"outbound.allow_hosts=["127.0.0.1"]"#]);
    let (receiver, address) = Receiver::start();
    let client = reqwest::Client::new();
    let send = |method, path: &str, token: &str| {
        client.request(method, service.url(path)).bearer_auth(token)
    };
    let events = ["import.completed", "import.failed", "look.completed", "stock.missing_match"];
    let made = send(reqwest::Method::POST, "/v1/webhooks", &service.keeper)
        .json(&json!({"url": address, "events": events}))
        .send()
        .await
        .unwrap();
    assert_eq!(made.status(), 201);
    let made: Value = made.json().await.unwrap();
    let (id, secret) = (made["id"].as_str().unwrap(), made["secret"].as_str().unwrap());

    let feed = r#"{"id": "told", "title": "Told", "category": "toga", "variants": []}"#;
    let imported = send(reqwest::Method::POST, "/v1/catalog/imports", &service.keeper)
        .header("content-type", "application/jsonl")
        .body(feed)
        .send()
        .await
        .unwrap();
    assert_eq!(imported.status(), 202);
    let photo = std::fs::read(demo().join("photos/outfit.jpg")).unwrap();
    let part = reqwest::multipart::Part::bytes(photo).file_name("outfit.jpg");
    let look = send(reqwest::Method::POST, "/v1/looks", &service.token)
        .multipart(reqwest::multipart::Form::new().part("photo", part))
        .send()
        .await
        .unwrap();
    assert_eq!(look.status(), 200);
    let look: Value = look.json().await.unwrap();

    let started = Instant::now();
    let taken = loop {
        let all = receiver.heard();
        let taken: Vec<Heard> = all.into_iter().skip(1).collect();
        let has = |kind: &str| taken.iter().any(|heard| heard.kind() == kind);
        if has("import.failed") && has("look.completed") {
            break taken;
        }
        assert!(started.elapsed() < PATIENCE, "only this was told: {taken:?}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    };
    let refused = receiver.heard().remove(0);
    let again = taken.iter().find(|heard| heard.kind() == refused.kind()).unwrap();
    assert_eq!(again.body, refused.body, "what was refused comes again as it was");
    assert_eq!(again.header("webhook-id"), refused.header("webhook-id"));
    let told: Value = taken
        .iter()
        .find(|heard| heard.kind() == "look.completed")
        .map(|heard| serde_json::from_str(&heard.body).unwrap())
        .unwrap();
    assert_eq!(told["data"]["look_id"], look["id"]);
    let garments = told["data"]["garments"].as_array().unwrap();
    assert_eq!(garments.len(), look["garments"].as_array().unwrap().len());

    let path = format!("/v1/webhooks/{id}/deliveries?state=delivered");
    let listed: Value = send(reqwest::Method::GET, &path, &service.keeper)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    let deliveries = listed["deliveries"].as_array().unwrap();
    let tried = deliveries.iter().find(|one| one["message_id"] == again.header("webhook-id"));
    assert_eq!(tried.unwrap()["attempts"], 2, "{deliveries:#?} of {}", merchant());

    let Some(python) = python() else {
        println!(
            "skipped: TEST_PYTHON names no Python that has standardwebhooks; ./test installs it"
        );
        return;
    };
    for heard in &taken {
        assert!(is_taken(&python, secret, heard), "{heard:?}");
    }
    let changed = Heard { body: taken[0].body.replace("data", "date"), ..taken[0].clone() };
    assert!(!is_taken(&python, secret, &changed), "what was changed on its way is not taken");
}
