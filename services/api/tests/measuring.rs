//! Events, reports, experiments and customers.

mod common;

use std::time::Duration;

use base64::Engine;
use common::{Service, form, keys, png, problem, start, token};
use reqwest::{Method, Response};
use serde_json::{Value, json};
use vitrine_api::Role;
use vitrine_core::ids::MerchantId;

fn token_of(role: Role, merchant: &str) -> String {
    keys().issue(role, &MerchantId::new(merchant).unwrap(), Duration::from_secs(600)).unwrap()
}

fn keeper() -> String {
    token_of(Role::Merchant, "demo")
}

async fn send(service: &Service, method: Method, path: &str, body: &Value) -> Response {
    let request = service.client.request(method, service.url(path)).bearer_auth(keeper());
    request.json(body).send().await.unwrap()
}

async fn events(service: &Service, events: &[Value]) -> Value {
    let request = service.client.post(service.url("/v1/events")).bearer_auth(token());
    let response = request.json(&json!({"events": events})).send().await.unwrap();
    assert_eq!(response.status(), 200);
    response.json().await.unwrap()
}

async fn report(service: &Service, name: &str) -> Value {
    service.answered.flush().await.unwrap();
    let response = service.get(&format!("/v1/reports/{name}"), &keeper()).await;
    assert_eq!(response.status(), 200);
    response.json().await.unwrap()
}

async fn look(service: &Service, visitor: &str) -> Value {
    let response =
        service.post_form(form(png(96, 96)).text("visitor_id", visitor.to_owned())).await;
    assert_eq!(response.status(), 200);
    response.json().await.unwrap()
}

async fn as_kind(service: &Service, name: &str, kind: &str, language: &str) -> (String, String) {
    service.answered.flush().await.unwrap();
    let request = service.client.get(service.url(&format!("/v1/reports/{name}")));
    let request = request.bearer_auth(keeper()).header("accept", kind);
    let answer = request.header("accept-language", language).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let kind = answer.headers()["content-type"].to_str().unwrap().to_owned();
    assert_eq!(answer.headers()["vary"], "Accept, Accept-Language");
    (kind, answer.text().await.unwrap())
}

fn now() -> String {
    jiff::Timestamp::now().to_string()
}

fn click(id: &str, look: &Value) -> Value {
    json!({"id": id, "kind": "click", "time": now(), "look_id": look["id"], "product_id": "p1",
        "position": 0})
}

fn purchase(id: &str, look: &Value) -> Value {
    json!({"id": id, "kind": "purchase", "time": now(), "look_id": look["id"], "product_id": "p1",
        "value": {"amount": 4990, "currency": "EUR"}, "order_id": "A-1"})
}

#[tokio::test]
async fn what_came_of_a_look_is_reported() {
    let service = start().await;
    let shown = look(&service, "v").await;
    let sent = [click("a", &shown), click("b", &shown), purchase("c", &shown)];
    assert_eq!(events(&service, &sent).await, json!({"taken": 3, "repeated": 0, "problems": []}));
    assert_eq!(events(&service, &sent).await["repeated"], 3);
    let overview = report(&service, "overview").await;
    assert_eq!(
        (&overview["looks"]["answers"], &overview["looks"]["clicked"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(overview["conversion_rate"]["rate"], 1.0);
    assert_eq!(overview["days"].as_array().unwrap().len(), 1);
    let conversion = report(&service, "conversion").await;
    assert_eq!(conversion["events"]["click"], 2);
    assert_eq!(conversion["paid"][0]["after_answers"], json!({"amount": 4990, "currency": "EUR"}));
    assert_eq!(conversion["looks"]["purchased"]["of"], 1);
    let latency = report(&service, "latency").await;
    assert_eq!(latency["measures"][0]["measure"], "total");
    assert_eq!(latency["measures"][0]["answers"], 1);
    let queries = report(&service, "queries").await;
    assert_eq!(queries["sought"][0]["category"], "dress");
    assert_eq!(queries["unmatched"], json!([]));
    let other = service.get("/v1/reports/overview", &token_of(Role::Merchant, "other")).await;
    assert_eq!(other.json::<Value>().await.unwrap()["looks"]["answers"], 0);
}

#[tokio::test]
async fn an_event_that_can_not_be_taken_is_told_and_the_others_are_taken() {
    let service = start().await;
    let shown = look(&service, "v").await;
    let with = |field: &str, value: Value| {
        let mut event = click("bad", &shown);
        event[field] = value;
        event
    };
    let old = jiff::Timestamp::now() - jiff::SignedDuration::from_hours(24 * 31);
    let sent = [
        click("good", &shown),
        with("kind", json!("stare")),
        with("time", json!(old.to_string())),
        with("time", json!("2999-01-01T00:00:00Z")),
        with("search_id", shown["id"].clone()),
        with("product_id", Value::Null),
        with("value", json!({"amount": 1, "currency": "EUR"})),
        with("id", json!("")),
        with("mood", json!("good")),
        json!(7),
        json!({"id": "p", "kind": "purchase", "time": now(), "product_id": "p1"}),
        json!({"id": "q", "kind": "purchase", "time": now(), "order_id": "1",
            "value": {"amount": -5, "currency": "EUR"}}),
        json!({"id": "t", "kind": "thumbs_up", "time": now(), "product_id": "p1"}),
    ];
    let answer = events(&service, &sent).await;
    assert_eq!(answer["taken"], 1);
    let told: Vec<(u64, &str)> = answer["problems"]
        .as_array()
        .unwrap()
        .iter()
        .map(|told| (told["index"].as_u64().unwrap(), told["code"].as_str().unwrap()))
        .collect();
    assert_eq!(
        told,
        [
            (1, "event_invalid"),
            (2, "time_old"),
            (3, "time_future"),
            (4, "answer_ambiguous"),
            (5, "product_missing"),
            (6, "value_unexpected"),
            (7, "event_invalid"),
            (8, "event_invalid"),
            (9, "event_invalid"),
            (10, "purchase_incomplete"),
            (11, "value_invalid"),
            (12, "answer_missing"),
        ]
    );
    for bad in [json!({"events": []}), json!({"events": vec![click("x", &shown); 1_001]})] {
        let response = send(&service, Method::POST, "/v1/events", &bad).await;
        problem(response, 422, "events_invalid").await;
    }
    let response = send(&service, Method::POST, "/v1/events", &json!({"event": 1})).await;
    problem(response, 400, "json_invalid").await;
}

#[tokio::test]
async fn an_experiment_serves_visitors_and_tells_whether_it_is_conclusive() {
    let service = start().await;
    let body = json!({"variants": [
        {"name": "with advice"},
        {"name": "without", "weight": 1, "settings": {"advice": false}},
    ]});
    let path = "/v1/experiments/advice";
    assert_eq!(send(&service, Method::PUT, path, &body).await.status(), 201);
    assert_eq!(send(&service, Method::PUT, path, &body).await.status(), 200);
    let (mut with, mut without) = (0, 0);
    for n in 0..40 {
        let visitor = format!("visitor {n}");
        let shown = look(&service, &visitor).await;
        let served = &shown["experiments"][0];
        assert_eq!(served["experiment"], "advice");
        let again = look(&service, &visitor).await;
        assert_eq!(again["experiments"], shown["experiments"], "the same each time");
        if served["variant"] == "without" {
            without += 1;
            assert_eq!(shown["advice"], Value::Null);
            events(&service, &[click(&visitor, &shown)]).await;
        } else {
            with += 1;
            assert!(shown["advice"].is_object());
        }
    }
    let nobody = service.post_photo(png(96, 96)).await.json::<Value>().await.unwrap();
    assert_eq!(nobody["experiments"], Value::Null, "who is not known is in none");
    let told = report(&service, "experiments").await;
    let variants = &told["experiments"][0]["variants"];
    assert_eq!(
        (&variants[0]["visitors"], &variants[1]["visitors"]),
        (&json!(with), &json!(without))
    );
    let clicked = &variants[1]["against_control"]["clicked"];
    assert_eq!((&clicked["difference"], &clicked["verdict"]), (&json!(1.0), &json!("better")));
    let purchased = &variants[1]["against_control"]["purchased"];
    assert_eq!(purchased["verdict"], "inconclusive");

    let changed = json!({"variants": [{"name": "a"}, {"name": "b"}]});
    let response = send(&service, Method::PUT, path, &changed).await;
    problem(response, 409, "experiment_conflict").await;
    let response = send(&service, Method::PUT, "/v1/experiments/more", &body).await;
    problem(response, 409, "experiment_conflict").await;
    let lonely = json!({"variants": [{"name": "a"}]});
    let response = send(&service, Method::PUT, "/v1/experiments/lonely", &lonely).await;
    problem(response, 422, "experiment_invalid").await;
    let listed = service.get("/v1/experiments", &keeper()).await.json::<Value>().await.unwrap();
    assert_eq!(listed["experiments"].as_array().unwrap().len(), 1);
    assert_eq!(send(&service, Method::DELETE, path, &Value::Null).await.status(), 204);
    problem(service.get(path, &keeper()).await, 404, "experiment_unknown").await;
}

#[tokio::test]
async fn a_customer_is_kept_told_of_and_forgotten_with_their_looks() {
    let service = start().await;
    let path = "/v1/customers/anna%2F1";
    problem(service.get(path, &keeper()).await, 404, "customer_unknown").await;
    let body = json!({"consent": true, "sizes": ["M"], "liked_colours": ["navy"],
        "budget": {"amount": 12000, "currency": "EUR"}});
    assert_eq!(send(&service, Method::PUT, path, &body).await.status(), 201);
    let shown = look(&service, "v").await;
    let mut event = purchase("a", &shown);
    event["customer_id"] = json!("anna/1");
    event["visitor_id"] = json!("v");
    events(&service, std::slice::from_ref(&event)).await;
    let known: Value = service.get(path, &keeper()).await.json().await.unwrap();
    assert_eq!(known["profile"]["sizes"], json!(["M"]));
    assert!(known["profile"]["consent_since"].is_string());
    assert_eq!(known["look_ids"], json!([shown["id"]]));
    assert_eq!(known["events"][0]["order_id"], "A-1");
    assert_eq!(known["events"][0].get("visitor_id"), None);
    let other = service.get(path, &token_of(Role::Merchant, "other")).await;
    problem(other, 404, "customer_unknown").await;

    assert_eq!(send(&service, Method::DELETE, path, &Value::Null).await.status(), 204);
    problem(service.get(path, &keeper()).await, 404, "customer_unknown").await;
    let address = format!("/v1/looks/{}", shown["id"].as_str().unwrap());
    problem(service.get(&address, &token()).await, 404, "look_unknown").await;
    assert_eq!(events(&service, &[event]).await["repeated"], 1);
    assert_eq!(report(&service, "conversion").await["events"]["purchase"], 1, "counted for good");
    assert_eq!(send(&service, Method::DELETE, path, &Value::Null).await.status(), 204);

    for bad in [
        json!({}),
        json!({"consent": "yes"}),
        json!({"consent": true, "mood": 1}),
        json!({"consent": true, "sizes": [""]}),
        json!({"consent": true, "liked_colours": ["navy"], "avoided_colours": ["navy"]}),
        json!({"consent": true, "budget": {"amount": -1, "currency": "EUR"}}),
    ] {
        let response = send(&service, Method::PUT, path, &bad).await;
        problem(response, 422, "profile_invalid").await;
    }
    let response = send(&service, Method::DELETE, "/v1/customers/%0a", &Value::Null).await;
    problem(response, 422, "profile_invalid").await;
}

#[tokio::test]
async fn only_who_keeps_the_shop_sees_reports_and_experiments_and_no_shopper_customers() {
    let service = start().await;
    let agent = token_of(Role::Agent, "demo");
    problem(service.get("/v1/customers/c", &agent).await, 404, "customer_unknown").await;
    let shopper = token_of(Role::Shopper, "demo");
    problem(service.get("/v1/customers/c", &shopper).await, 403, "role_not_allowed").await;
    let paths = [
        "/v1/reports/overview",
        "/v1/reports/conversion",
        "/v1/reports/queries",
        "/v1/reports/latency",
        "/v1/reports/experiments",
        "/v1/experiments",
        "/v1/experiments/e",
    ];
    for path in paths {
        for role in [Role::Shopper, Role::Agent] {
            let response = service.get(path, &token_of(role, "demo")).await;
            problem(response, 403, "role_not_allowed").await;
        }
        let response = service.client.get(service.url(path)).send().await.unwrap();
        problem(response, 401, "token_missing").await;
        let response = service.get(path, &token_of(Role::Admin, "demo")).await;
        assert!([200, 404].contains(&response.status().as_u16()), "{path}");
    }
}

#[tokio::test]
async fn days_that_are_none_are_told() {
    let service = start().await;
    for query in
        ["from=yesterday", "from=2026-02-02&to=2026-02-01", "from=2000-01-01&to=2026-01-01"]
    {
        let response = service.get(&format!("/v1/reports/overview?{query}"), &keeper()).await;
        problem(response, 422, "days_invalid").await;
    }
    let response = service.get("/v1/reports/latency?since=2026-01-01", &keeper()).await;
    problem(response, 422, "field_unknown").await;
    let one = service.get("/v1/reports/overview?from=2026-02-01&to=2026-02-01", &keeper()).await;
    let one: Value = one.json().await.unwrap();
    assert_eq!((&one["from"], &one["to"]), (&json!("2026-02-01"), &json!("2026-02-01")));
    assert_eq!(
        one["click_rate"],
        json!({"hits": 0, "of": 0, "rate": null, "low": 0.0, "high": 1.0})
    );
}

#[tokio::test]
async fn a_visitor_is_an_id_or_nothing() {
    let service = start().await;
    let response = service.post_form(form(png(96, 96)).text("visitor_id", "x".repeat(101))).await;
    problem(response, 422, "visitor_invalid").await;
    let response = service.post_form(form(png(96, 96)).text("visitor_id", "")).await;
    assert_eq!(response.status(), 200);
}

#[tokio::test]
async fn a_look_for_a_customer_takes_what_is_kept_of_them() {
    let service = start().await;
    let path = "/v1/customers/customer-1";
    let profile = json!({"consent": true, "sizes": ["XL"], "liked_colours": ["navy"]});
    assert_eq!(send(&service, Method::PUT, path, &profile).await.status(), 201);
    let photo = base64::prelude::BASE64_STANDARD.encode(png(96, 96));
    let ask = |token: String, customer: Value| {
        let body = json!({"photo": {"data": photo}, "customer": customer});
        let request = service.client.post(service.url("/v1/looks")).bearer_auth(token);
        async move { request.json(&body).send().await.unwrap() }
    };
    let matches = |look: &Value| look["garments"][0]["matches"].as_array().unwrap().clone();
    let agent = || token_of(Role::Agent, "demo");
    let kept: Value = ask(agent(), json!({"id": "customer-1"})).await.json().await.unwrap();
    assert!(matches(&kept).is_empty(), "the dress is not sold in XL");
    assert_eq!(kept["customer_id"], "customer-1");
    let said = json!({"id": "customer-1", "sizes": ["M"]});
    let said: Value = ask(agent(), said).await.json().await.unwrap();
    assert_eq!(matches(&said).len(), 1, "what is said here is stronger");
    let liked = matches(&said)[0]["reasons"].as_array().unwrap().iter().any(|reason| {
        reason["kind"] == "liked" && reason["text"] == "navy is a colour that you like"
    });
    assert!(liked, "what is left out is as kept: {said}");
    let stranger: Value = ask(agent(), json!({"id": "customer-2"})).await.json().await.unwrap();
    assert_eq!((matches(&stranger).len(), &stranger["customer_id"]), (1, &Value::Null));
    problem(ask(token(), json!({"id": "customer-1"})).await, 403, "role_not_allowed").await;
    problem(ask(agent(), json!({"id": 7})).await, 422, "customer_invalid").await;

    let look = format!("/v1/looks/{}", said["id"].as_str().unwrap());
    assert_eq!(service.get(&look, &agent()).await.status(), 200);
    assert_eq!(send(&service, Method::DELETE, path, &Value::Null).await.status(), 204);
    problem(service.get(&look, &agent()).await, 404, "look_unknown").await;
}

#[tokio::test]
async fn searches_are_reported_beside_looks() {
    let service = start().await;
    let search = service.client.post(service.url("/v1/search")).bearer_auth(token());
    let found: Value =
        search.json(&json!({"text": "navy dress"})).send().await.unwrap().json().await.unwrap();
    let click = json!({"id": "s", "kind": "click", "time": now(), "product_id": "p1",
        "search_id": found["search_id"]});
    assert_eq!(events(&service, &[click]).await["taken"], 1);
    let overview = report(&service, "overview").await;
    let searches = &overview["searches"];
    assert_eq!((&searches["answers"], &searches["matched"]), (&json!(1), &json!(1)));
    assert_eq!((&searches["clicked"], &overview["looks"]["answers"]), (&json!(1), &json!(0)));
}

#[tokio::test]
async fn a_report_is_drawn_and_laid_out_as_a_table_with_the_same_figures() {
    let service = start().await;
    let control =
        json!({"variants": [{"name": "control"}, {"name": "few", "settings": {"limit": 1}}]});
    send(&service, Method::PUT, "/v1/experiments/fewer", &control).await;
    let seen = look(&service, "anna").await;
    look(&service, "berta").await;
    events(&service, &[click("0192d3a4-5b6c-7d8e-9f00-000000000001", &seen)]).await;
    let names = ["overview", "conversion", "queries", "latency", "experiments"];
    for name in names {
        let (kind, chart) = as_kind(&service, name, "image/svg+xml", "en").await;
        assert_eq!(kind, "image/svg+xml");
        assert!(chart.starts_with("<svg ") && chart.trim_end().ends_with("</svg>"), "{chart}");
        assert!(chart.contains("prefers-color-scheme: dark"), "{chart}");
        let (kind, table) = as_kind(&service, name, "text/csv", "en").await;
        assert!(kind.starts_with("text/csv"), "{kind}");
        let mut rows = csv::Reader::from_reader(table.as_bytes());
        let columns = rows.headers().unwrap().len();
        assert!(rows.records().all(|row| row.unwrap().len() == columns), "{table}");
        assert!(table.lines().count() > 1, "{name}: {table}");
    }
    let told = report(&service, "conversion").await;
    let (_, table) = as_kind(&service, "conversion", "text/csv", "en").await;
    let clicked = table.lines().find(|row| row.starts_with("looks,clicked,")).unwrap();
    let rate = &told["looks"]["clicked"];
    let shares = ["rate", "low", "high"].map(|name| format!("{:.6}", rate[name].as_f64().unwrap()));
    assert_eq!(clicked, format!("looks,clicked,1,2,{}", shares.join(",")));
}

#[tokio::test]
async fn a_chart_speaks_the_readers_language() {
    let service = start().await;
    look(&service, "anna").await;
    for (language, wanted) in [
        ("de-AT,en;q=0.5", "Wie lange Antworten dauerten"),
        ("fr, zh-CN;q=0.9", "\u{54cd}\u{5e94}\u{8017}\u{65f6}"),
        ("fr", "How long answers took"),
    ] {
        let (_, chart) = as_kind(&service, "latency", "image/svg+xml", language).await;
        assert!(chart.contains(wanted), "{language}: {chart}");
    }
}
