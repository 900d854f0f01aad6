//! Imports, kept feeds, the export and rebuilding by REST.

mod common;

use std::{io::Write, net::TcpStream, time::Duration};

use common::{MAX_FEED, Service, keys, problem, start, token};
use reqwest::{Method, RequestBuilder, Response};
use serde_json::{Value, json};
use vitrine_api::Role;
use vitrine_core::{ids::MerchantId, imports::PART, testing::sample};

fn of_role(role: Role, merchant: &str) -> String {
    let merchant = MerchantId::new(merchant).unwrap();
    keys().issue(role, &merchant, Duration::from_secs(600)).unwrap()
}

fn keeper(service: &Service, method: Method, path: &str) -> RequestBuilder {
    let request = service.client.request(method, service.url(path));
    request.bearer_auth(of_role(Role::Merchant, "demo"))
}

async fn get(service: &Service, path: &str) -> Value {
    let answer = keeper(service, Method::GET, path).send().await.unwrap();
    assert_eq!(answer.status(), 200, "{path}");
    answer.json().await.unwrap()
}

fn lines(count: usize) -> String {
    (0..count).map(|at| sample::feed_line(&format!("p{at}")) + "\n").collect()
}

async fn send(service: &Service, query: &str, body: String) -> Response {
    let request = keeper(service, Method::POST, &format!("/v1/catalog/imports{query}"));
    request.header("content-type", "application/jsonl").body(body).send().await.unwrap()
}

/// Where an accepted import is.
fn location(answer: &Response) -> String {
    assert_eq!(answer.status(), 202);
    answer.headers()["location"].to_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_feed_that_is_sent_is_taken_in_the_background() {
    let service = start().await;
    let feed = lines(8) + "{oops\n";
    let sent = feed.len();
    let answer = send(&service, "?mode=upsert", feed).await;
    let path = location(&answer);
    let body: Value = answer.json().await.unwrap();
    assert_eq!((&body["state"], &body["bytes"]), (&json!("waiting"), &json!(sent)));
    assert_eq!(body["dialect"], Value::Null, "it is told once the feed is read");
    assert!(path.ends_with(body["id"].as_str().unwrap()));

    service.importer.run_next().await.unwrap();
    let done = get(&service, &path).await;
    assert_eq!(done["state"], "done");
    assert_eq!((&done["counts"]["created"], &done["counts"]["failed"]), (&json!(7), &json!(1)));
    assert_eq!((&done["share"], &done["dialect"]), (&json!(1.0), &json!("vitrine")));
    let problems = get(&service, &format!("{path}/problems")).await;
    assert_eq!(problems["problems"][0]["code"], "row_unreadable");
    assert_eq!(problems["problems"][0]["line"], 9);
    let list = get(&service, "/v1/catalog/imports").await;
    assert_eq!(list["imports"][0]["id"], done["id"]);
}

#[tokio::test]
async fn an_upload_whose_sender_leaves_is_cancelled_at_once() {
    let service = start().await;
    let sender = of_role(Role::Merchant, "demo");
    let head = |framing: &str| {
        format!(
            "POST /v1/catalog/imports HTTP/1.1\r\nhost: shop\r\nauthorization: Bearer {sender}\r\n\
             content-type: text/csv\r\n{framing}\r\n\r\n"
        )
    };
    // A body of a length that was told, one that comes in chunks, and one of which a part is being
    // kept when its sender leaves, so that nobody reads on.
    let first = lines(2);
    let part = "x".repeat(PART);
    for begun in [
        format!("{}{first}", head("content-length: 100000")),
        format!("{}{:x}\r\n{first}\r\n", head("transfer-encoding: chunked"), first.len()),
        format!("{}{part}", head(&format!("content-length: {MAX_FEED}"))),
    ] {
        if begun.contains(&part) {
            service.catalog.stall();
        }
        let mut connection = TcpStream::connect(service.address).unwrap();
        connection.write_all(begun.as_bytes()).unwrap();
        let newest = || async { get(&service, "/v1/catalog/imports").await["imports"][0].clone() };
        let id = until(|| async {
            let newest = newest().await;
            (newest["state"] == "receiving").then(|| newest["id"].clone())
        })
        .await;
        drop(connection);
        let ended = until(|| async {
            let newest = newest().await;
            (newest["state"] != "receiving").then_some(newest)
        })
        .await;
        assert_eq!((&ended["id"], &ended["state"]), (&id, &json!("cancelled")));
    }
}

/// What comes of it at last.
async fn until<T, F: Future<Output = Option<T>>>(look: impl Fn() -> F) -> T {
    for _ in 0..1_000 {
        if let Some(found) = look().await {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("it never came to that")
}

#[tokio::test]
async fn problems_come_in_pages_and_as_a_table_that_no_spreadsheet_takes_for_formulas() {
    let service = start().await;
    let bad = |at: usize| sample::feed_line(&format!("b{at}")).replace("49.90 EUR", "=1+1");
    let feed: String = (0..5).map(|at| bad(at) + "\n").collect();
    let path = location(&send(&service, "?force=true", feed).await);
    service.importer.run_next().await.unwrap();

    let first = get(&service, &format!("{path}/problems?limit=3")).await;
    assert_eq!(first["problems"].as_array().unwrap().len(), 3);
    let next = first["next"].as_str().unwrap();
    let second = get(&service, &format!("{path}/problems?limit=3&cursor={next}")).await;
    assert_eq!(second["problems"].as_array().unwrap().len(), 2);
    assert!(second["next"].is_null());

    let table = keeper(&service, Method::GET, &format!("{path}/problems"));
    let table = table.header("accept", "text/csv").send().await.unwrap();
    assert!(table.headers()["content-type"].to_str().unwrap().starts_with("text/csv"));
    let table = table.text().await.unwrap();
    let rows: Vec<&str> = table.lines().collect();
    assert_eq!(rows[0], "row,line,column,code,severity,value,message");
    assert_eq!(rows.len(), 6);
    assert!(rows[1].contains(",'=1+1,"), "{}", rows[1]);
}

#[tokio::test]
async fn an_import_that_waits_is_cancelled_and_stays_so() {
    let service = start().await;
    let path = location(&send(&service, "", lines(3)).await);
    let answer = keeper(&service, Method::DELETE, &path).send().await.unwrap();
    assert_eq!(answer.json::<Value>().await.unwrap()["state"], "cancelled");
    assert!(!service.importer.run_next().await.unwrap());
    let again = keeper(&service, Method::DELETE, &path).send().await.unwrap();
    assert_eq!(again.json::<Value>().await.unwrap()["state"], "cancelled");
}

#[tokio::test]
async fn what_can_not_be_imported_is_refused_at_once() {
    let service = start().await;
    problem(send(&service, "", String::new()).await, 422, "feed_empty").await;
    let large = "x".repeat(MAX_FEED as usize + 1);
    problem(send(&service, "", large.clone()).await, 413, "feed_too_large").await;
    let piecemeal = futures::stream::iter([Ok::<_, std::io::Error>(large)]);
    let request = keeper(&service, Method::POST, "/v1/catalog/imports");
    let answer = request.body(reqwest::Body::wrap_stream(piecemeal)).send().await.unwrap();
    problem(answer, 413, "feed_too_large").await;
    problem(send(&service, "?mode=merge", lines(1)).await, 422, "import_invalid").await;
    problem(send(&service, "?colour=red", lines(1)).await, 422, "import_invalid").await;
    let list = get(&service, "/v1/catalog/imports").await;
    let states: Vec<&Value> =
        list["imports"].as_array().unwrap().iter().map(|import| &import["state"]).collect();
    assert_eq!(states, [&json!("cancelled"); 2], "nothing of it waits to be run");

    for url in ["ftp://shop.example/feed", "https://me:hush@shop.example/feed", "feed.xml"] {
        let body = json!({ "url": url });
        let request = keeper(&service, Method::POST, "/v1/catalog/imports").json(&body);
        let told = problem(request.send().await.unwrap(), 422, "import_invalid").await;
        assert!(!told.to_string().contains("hush"), "{told}");
    }
    let request = keeper(&service, Method::GET, "/v1/catalog/imports/none");
    problem(request.send().await.unwrap(), 400, "id_invalid").await;
    let unknown = "/v1/catalog/imports/01a20eb1-95de-704a-a68b-cbcea9bb3523";
    let request = keeper(&service, Method::GET, unknown);
    problem(request.send().await.unwrap(), 404, "import_unknown").await;
}

#[tokio::test]
async fn imports_are_for_keepers_and_each_sees_its_own() {
    let service = start().await;
    let path = location(&send(&service, "", lines(1)).await);
    for path in ["/v1/catalog/imports", "/v1/catalog/feeds", "/v1/catalog/export", &path] {
        problem(service.get(path, &token()).await, 403, "role_not_allowed").await;
    }
    let other = of_role(Role::Merchant, "other");
    problem(service.get(&path, &other).await, 404, "import_unknown").await;
    let problems = format!("{path}/problems");
    problem(service.get(&problems, &other).await, 404, "import_unknown").await;
    let request = service.client.delete(service.url(&path)).bearer_auth(&other);
    problem(request.send().await.unwrap(), 404, "import_unknown").await;
    assert_eq!(get(&service, &path).await["state"], "waiting");
}

#[tokio::test]
async fn a_json_body_with_an_address_is_an_order_and_a_json_product_is_a_feed() {
    let service = start().await;
    let body = json!({ "url": "https://shop.example/feed.xml", "mode": "replace" });
    let request = keeper(&service, Method::POST, "/v1/catalog/imports").json(&body);
    let answer: Value = request.send().await.unwrap().json().await.unwrap();
    assert_eq!(answer["url"], "https://shop.example/feed.xml");
    assert_eq!(answer["mode"], "replace");
    service.importer.run_next().await.unwrap();
    let id = answer["id"].as_str().unwrap();
    let failed = get(&service, &format!("/v1/catalog/imports/{id}")).await;
    assert_eq!(failed["failure"]["code"], "address_unresolvable", "{failed}");

    let line: Value = serde_json::from_str(&sample::feed_line("one")).unwrap();
    let request = keeper(&service, Method::POST, "/v1/catalog/imports").json(&line);
    let path = location(&request.send().await.unwrap());
    service.importer.run_next().await.unwrap();
    assert_eq!(get(&service, &path).await["counts"]["created"], 1);
}

#[tokio::test]
async fn a_feed_is_kept_changed_run_and_forgotten() {
    let service = start().await;
    let path = "/v1/catalog/feeds/the%20daily%20one";
    let put = |body: Value| keeper(&service, Method::PUT, path).json(&body).send();
    let body = json!({ "url": "https://shop.example/feed.xml", "every_seconds": 600 });
    let answer = put(body.clone()).await.unwrap();
    assert_eq!(answer.status(), 201);
    assert_eq!(answer.json::<Value>().await.unwrap()["name"], "the daily one");
    assert_eq!(put(body).await.unwrap().status(), 200);
    problem(
        put(json!({ "url": "https://a.example", "every_seconds": 5 })).await.unwrap(),
        422,
        "feed_invalid",
    )
    .await;
    problem(put(json!({ "url": "gopher://a.example" })).await.unwrap(), 422, "feed_invalid").await;
    problem(put(json!({ "every_seconds": 600 })).await.unwrap(), 422, "feed_invalid").await;

    let run = keeper(&service, Method::POST, &format!("{path}/imports")).send().await.unwrap();
    let import = location(&run);
    let feed = get(&service, path).await;
    assert!(import.ends_with(feed["last_import"].as_str().unwrap()));
    assert_eq!(get(&service, &import).await["feed"], "the daily one");
    let list = get(&service, "/v1/catalog/feeds").await;
    assert_eq!(list["feeds"].as_array().unwrap().len(), 1);
    let gone = keeper(&service, Method::DELETE, path).send().await.unwrap();
    assert_eq!(gone.status(), 204);
    let gone = keeper(&service, Method::DELETE, path).send().await.unwrap();
    problem(gone, 404, "feed_unknown").await;
    for method in [Method::GET, Method::DELETE] {
        let none = keeper(&service, method, "/v1/catalog/feeds/a%00").send().await.unwrap();
        problem(none, 404, "feed_unknown").await;
    }
}

#[tokio::test]
async fn an_import_of_an_export_changes_nothing() {
    let service = start().await;
    location(&send(&service, "", lines(450)).await);
    service.importer.run_next().await.unwrap();
    for (query, kind) in [
        ("", "application/jsonl"),
        ("?dialect=google", "text/tab-separated-values; charset=utf-8"),
        ("?dialect=shopify&currency=EUR", "text/csv; charset=utf-8"),
    ] {
        let path = format!("/v1/catalog/export{query}");
        let answer = keeper(&service, Method::GET, &path).send().await.unwrap();
        assert_eq!(answer.headers()["content-type"], kind);
        let feed = answer.text().await.unwrap();
        let path = location(&send(&service, "?mode=replace&currency=EUR", feed).await);
        service.importer.run_next().await.unwrap();
        let counts = &get(&service, &path).await["counts"];
        let of = |name: &str| counts[name].as_u64().unwrap();
        assert_eq!(of("unchanged"), 450, "{query}: {counts}");
        assert_eq!((of("created"), of("changed"), of("removed"), of("failed")), (0, 0, 0, 0));
    }
    let request = keeper(&service, Method::GET, "/v1/catalog/export?dialect=ebay");
    problem(request.send().await.unwrap(), 422, "export_invalid").await;
}

#[tokio::test]
async fn a_product_is_changed_by_a_merge_patch_and_stays_a_product() {
    let service = start().await;
    let patch = |path: &str, body: Value| keeper(&service, Method::PATCH, path).json(&body).send();
    let path = "/v1/catalog/products/p1";
    let answer = patch(path, json!({ "title": " New  title", "brand": null })).await.unwrap();
    assert_eq!(answer.status(), 200);
    let now: Value = service.get(path, &token()).await.json().await.unwrap();
    let mut expected = serde_json::to_value(sample::product("p1")).unwrap();
    expected["title"] = json!("New title");
    expected.as_object_mut().unwrap().remove("brand");
    assert_eq!(now["title"], expected["title"]);
    assert!(now["brand"].is_null());
    assert_eq!(now["variants"], expected["variants"], "what is not sent stays");

    problem(patch(path, json!({ "id": "p2" })).await.unwrap(), 422, "product_invalid").await;
    problem(patch(path, json!({ "title": "" })).await.unwrap(), 422, "product_invalid").await;
    problem(patch(path, json!({ "variants": 3 })).await.unwrap(), 422, "patch_invalid").await;
    problem(patch(path, json!(["title"])).await.unwrap(), 422, "patch_invalid").await;
    let missing = "/v1/catalog/products/none";
    problem(patch(missing, json!({})).await.unwrap(), 404, "product_unknown").await;
    let after: Value = service.get(path, &token()).await.json().await.unwrap();
    assert_eq!(after, now, "what is refused changes nothing");
}
