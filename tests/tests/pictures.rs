//! Product pictures through the whole service: fetched after the import that names them, by the
//! client for addresses that come from outside, and seen by the small model.

use std::{
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use vitrine_tests::{Service, demo, merchant};

/// Products that are taken, and how many of them must be filled in.
const PRODUCTS: usize = 24;
const FILLED: usize = PRODUCTS / 2;
/// How long all of them may take.
const PATIENCE: Duration = Duration::from_secs(120);

/// Serves the drawn catalog's pictures; what is not there is answered 404. Gives its address.
fn pictures() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            std::thread::spawn(move || answer(stream.unwrap()));
        }
    });
    address
}

fn answer(mut stream: TcpStream) {
    let mut request = String::new();
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    while reader.read_line(&mut request).unwrap_or(0) > 2 {}
    let path = request.split(' ').nth(1).unwrap_or("/").trim_start_matches('/');
    let (status, body) = match std::fs::read(demo().join("catalog").join(path)) {
        Ok(body) => ("200 OK", body),
        Err(_) => ("404 Not Found", Vec::new()),
    };
    let length = body.len();
    let head =
        format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n");
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&body));
}

/// Drawn products of one colour version that say nothing of what can be seen, with their pictures
/// at `site`; and the colour and pattern that were drawn.
fn unsaid(site: &str) -> Vec<(Value, String, String)> {
    let feed = std::fs::read_to_string(demo().join("catalog/products.jsonl")).unwrap();
    let products = feed.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let mut told = Vec::new();
    for mut product in products {
        let name = product["image_link"].as_str().unwrap().to_owned();
        product["image_link"] = json!(format!("{site}/{name}"));
        let variant = product["variants"][0].take();
        let colour = variant["colours"][0].as_str().unwrap().to_owned();
        let pattern = product["pattern"].as_str().unwrap_or_default().to_owned();
        product["variants"] = json!([variant]);
        product["variants"][0]["colours"] = json!([]);
        for field in ["pattern", "sleeve", "length"] {
            product[field] = Value::Null;
        }
        told.push((product, colour, pattern));
    }
    // Every few, so that all kinds are among them.
    let step = told.len() / PRODUCTS;
    told.into_iter().step_by(step).take(PRODUCTS).collect()
}

async fn get(service: &Service, path: &str) -> Value {
    let request = reqwest::Client::new().get(service.url(path)).bearer_auth(&service.keeper);
    let answer = request.send().await.unwrap();
    assert!(answer.status().is_success(), "{path}: {}", answer.status());
    answer.json().await.unwrap()
}

#[tokio::test]
async fn pictures_are_fetched_and_fill_in_what_the_feed_leaves_unsaid() {
    let service = Service::working(&[r#"outbound.allow_hosts=["127.0.0.1"]"#]);
    let site = pictures();
    let mut products = unsaid(&site);
    let mut lost = products[0].0.clone();
    lost["id"] = json!("lost");
    lost["variants"][0]["id"] = json!("lost-1");
    lost["image_link"] = json!(format!("{site}/pictures/no-such.webp"));
    products.push((lost, String::new(), String::new()));
    let feed: String = products.iter().map(|(product, ..)| format!("{product}\n")).collect();

    let request = reqwest::Client::new()
        .post(service.url("/v1/catalog/imports?enrich=true"))
        .bearer_auth(&service.keeper)
        .body(feed);
    let accepted = request.send().await.unwrap();
    assert_eq!(accepted.status(), 202, "{} has a catalog", merchant());
    let import = accepted.headers()["location"].to_str().unwrap().to_owned();

    let started = Instant::now();
    while get(&service, &import).await["pictures_failed"] != 1
        || get(&service, "/v1/catalog/health").await["pictures"]["waiting"] != 0
    {
        assert!(started.elapsed() < PATIENCE, "{}", get(&service, &import).await);
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    let problems = get(&service, &format!("{import}/problems")).await;
    let told = problems["problems"].as_array().unwrap();
    let told = told.iter().find(|problem| problem["code"] == "picture_unavailable").unwrap();
    assert_eq!((&told["row"], &told["column"]), (&json!(PRODUCTS + 1), &json!("image_link")));
    assert!(told["message"].as_str().unwrap().contains("404"), "{told}");

    let (mut filled, mut colours, mut patterns) = (0, 0, 0);
    for (given, colour, pattern) in &products {
        let id = given["id"].as_str().unwrap();
        let shown = get(&service, &format!("/v1/catalog/products/{id}")).await;
        assert_eq!(shown["title"], given["title"], "the merchant's own stays");
        if shown["from_picture"].is_array() {
            filled += 1;
            colours += usize::from(shown["variants"][0]["colours"][0] == colour.as_str());
            patterns += usize::from(shown["pattern"] == pattern.as_str());
        }
    }
    println!("{filled} of {PRODUCTS} filled in: {colours} colours right, {patterns} patterns");
    assert!(filled >= FILLED, "{filled} of {PRODUCTS}");
    assert!(3 * colours >= 2 * filled, "{colours} of {filled} colours right");
}
