//! The pages for people, as a browser gets them.

mod common;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use common::{Service, png, problem, seeing_a_dress, start, start_with};
use reqwest::Response;
use serde_json::{Value, json};
use vitrine_api::{Pages, RateLimits, ServerSettings, Trial};
use vitrine_core::{admission::Admission, ids::MerchantId, quota::Quota, testing::Page};

const PAGES: [&str; 3] = ["/", "/merchant", "/agent"];

/// What a line begins with that has a module loaded before another asks for it.
const PRELOAD: &str = "<link rel=\"modulepreload\" href=\"";

async fn start_set(pages: Pages, rates: RateLimits) -> Service {
    let settings = ServerSettings { pages, rates, ..ServerSettings::default() };
    start_with(seeing_a_dress(), Admission::new(2, 8), settings).await
}

fn trial() -> Pages {
    let merchant = MerchantId::new("demo").unwrap();
    Pages { trial: Some(Trial { merchant, pictures: "shop.example".into() }), ..Pages::default() }
}

async fn get(service: &Service, path: &str) -> Response {
    service.client.get(service.url(path)).send().await.unwrap()
}

async fn text(service: &Service, path: &str) -> String {
    let answer = get(service, path).await;
    assert_eq!(answer.status(), 200, "{path}");
    answer.text().await.unwrap()
}

async fn sign_in(service: &Service, body: &Value) -> Response {
    service.client.post(service.url("/v1/sign-in")).json(body).send().await.unwrap()
}

/// What stands between these marks.
fn between<'a>(text: &'a str, open: &str, close: &'a str) -> impl Iterator<Item = &'a str> {
    let pieces: Vec<_> = text.split(open).skip(1).collect();
    pieces.into_iter().filter_map(move |rest| Some(rest.split_once(close)?.0))
}

/// Where a module finds another.
fn joined(module: &str, other: &str) -> String {
    let mut parts: Vec<&str> = module.rsplit_once('/').unwrap().0.split('/').collect();
    for part in other.split('/') {
        match part {
            "." => {}
            ".." => drop(parts.pop()),
            name => parts.push(name),
        }
    }
    parts.join("/")
}

/// All modules that a module needs, itself among them; `later` are the files that it asks for later.
async fn modules(service: &Service, first: &str, later: &mut BTreeSet<String>) -> BTreeSet<String> {
    let (mut known, mut waiting) = (BTreeSet::new(), vec![first.to_owned()]);
    while let Some(module) = waiting.pop() {
        if !known.insert(module.clone()) {
            continue;
        }
        let code = text(service, &module).await;
        waiting.extend(between(&code, " from '", "'").map(|other| joined(&module, other)));
        later.extend(between(&code, "= '/pages/", "'").map(|file| format!("/pages/{file}")));
        // One of the modules of a folder, by its name.
        for folder in between(&code, "import(`", "${").map(|other| joined(&module, other)) {
            let inside =
                |file: &String| file.strip_prefix(&folder).is_some_and(|name| !name.contains('/'));
            later.extend(kept().into_iter().filter(inside));
        }
    }
    known
}

/// Writes the list of what a page preloads anew.
fn preload(page: &str, modules: &BTreeSet<String>) {
    let name = if page == "/" { "shopper" } else { page.trim_start_matches('/') };
    let file = folder().join(format!("{name}.html"));
    let html = std::fs::read_to_string(&file).unwrap();
    let mut lines: Vec<String> =
        html.lines().filter(|line| !line.starts_with(PRELOAD)).map(str::to_owned).collect();
    let place = lines.iter().position(|line| line.starts_with("<script ")).unwrap();
    lines.splice(place..place, modules.iter().map(|module| format!("{PRELOAD}{module}\">")));
    std::fs::write(file, lines.join("\n") + "\n").unwrap();
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("pages")
}

/// All that pages are made of.
fn kept() -> BTreeSet<String> {
    let mut kept = BTreeSet::new();
    files(&folder(), "/pages", &mut kept);
    kept.retain(|file| !file.ends_with(".html"));
    kept
}

fn files(folder: &Path, under: &str, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = format!("{under}/{}", entry.file_name().to_str().unwrap());
        if entry.path().is_dir() {
            files(&entry.path(), &name, found);
        } else {
            found.insert(name);
        }
    }
}

#[tokio::test]
async fn each_page_names_all_that_it_begins_with_and_nothing_lies_about() {
    let service = start().await;
    let mut used: BTreeSet<String> =
        ["en", "de", "zh"].map(|tag| format!("/pages/words/{tag}.json")).into();
    for page in PAGES {
        let html = text(&service, page).await;
        let named = |open| between(&html, open, "\"").map(str::to_owned).collect::<BTreeSet<_>>();
        let first = named("<script type=\"module\" src=\"");
        let mut later = BTreeSet::new();
        let mut needed = BTreeSet::new();
        for module in &first {
            needed.extend(modules(&service, module, &mut later).await);
        }
        let preloaded: BTreeSet<_> = needed.difference(&first).cloned().collect();
        if std::env::var_os("UPDATE_DOCS").is_some() {
            preload(page, &preloaded);
        } else {
            assert_eq!(
                named(PRELOAD),
                preloaded,
                "{page} preloads what it does not need, or not all; write its list anew with \
                 `UPDATE_DOCS=1 cargo test --workspace --test pages`"
            );
        }
        while let Some(file) = later.pop_first() {
            if !file.ends_with(".js") {
                used.insert(file);
                continue;
            }
            let more = modules(&service, &file, &mut later).await;
            later = later.difference(&more).cloned().collect();
            used.extend(more);
        }
        used.extend(needed);
        used.extend(named(" href=\"").into_iter().filter(|path| path.starts_with("/pages/")));
    }
    assert_eq!(used, kept(), "every file of the pages is used, and every one used is there");
    for path in used {
        let answer = get(&service, &path).await;
        assert_eq!(answer.status(), 200, "{path}");
        assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
        let text = answer.text().await.unwrap();
        let far = between(&text, "http", "'").chain(between(&text, "//", "/"));
        let is_outside = |address: &&str| {
            ["s://", "://"]
                .iter()
                .any(|scheme| address.strip_prefix(scheme).is_some_and(|host| !host.is_empty()))
        };
        let outside: Vec<_> = far.filter(is_outside).collect();
        let told = ["s://html.spec.whatwg.org/", "://www.w3.org/2000/svg"];
        assert!(
            outside.iter().all(|address| told.iter().any(|known| address.starts_with(known))),
            "{path} names {outside:?}"
        );
    }
}

#[tokio::test]
async fn a_page_may_run_this_services_scripts_and_nothing_else() {
    let service = start().await;
    for page in PAGES {
        let answer = get(&service, page).await;
        assert_eq!(answer.status(), 200);
        let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
        let policy = header("content-security-policy");
        assert!(policy.starts_with("default-src 'none';"), "{policy}");
        for part in ["script-src 'self';", "style-src 'self';", "frame-ancestors 'none'"] {
            assert!(policy.contains(part), "{policy}");
        }
        assert!(!policy.contains("unsafe"), "{policy}");
        assert!(policy.contains("require-trusted-types-for 'script'"));
        assert_eq!(header("content-type"), "text/html; charset=utf-8");
        assert_eq!(header("cross-origin-opener-policy"), "same-origin");
        assert_eq!(header("referrer-policy"), "no-referrer");
        let tag = header("etag");
        let again = service.client.get(service.url(page)).header("if-none-match", tag);
        assert_eq!(again.send().await.unwrap().status(), 304);
        let html = answer.text().await.unwrap();
        assert!(!html.contains("<script>") && !html.contains(" style=") && !html.contains(" on"));
    }
    problem(get(&service, "/pages/nothing.js").await, 404, "route_unknown").await;
    problem(get(&service, "/pages/..%2fCargo.toml").await, 404, "route_unknown").await;
    problem(get(&service, "/pages/pictures/p1.webp").await, 404, "route_unknown").await;
}

#[tokio::test]
async fn pages_can_be_left_out() {
    let closed = Pages { enabled: false, ..Pages::default() };
    let service = start_set(closed, RateLimits::default()).await;
    for path in ["/", "/merchant", "/agent", "/pages/settings.json"] {
        problem(get(&service, path).await, 404, "route_unknown").await;
    }
    service.still_answers().await;
}

#[tokio::test]
async fn without_guests_nobody_signs_in_without_a_token() {
    let service = start().await;
    let settings: Value = get(&service, "/pages/settings.json").await.json().await.unwrap();
    assert_eq!(settings, json!({"sign_in": [], "pictures": {}}));
    for role in ["shopper", "agent", "merchant", "admin"] {
        problem(sign_in(&service, &json!({"role": role})).await, 403, "sign_in_closed").await;
    }
    for body in [json!({}), json!({"role": "king"}), json!({"role": "shopper", "merchant": "demo"})]
    {
        problem(sign_in(&service, &body).await, 422, "sign_in_invalid").await;
    }
}

#[tokio::test]
async fn a_guest_is_given_a_shoppers_token_that_opens_what_shoppers_may() {
    let guests = Some(MerchantId::new("demo").unwrap());
    let service = start_set(Pages { guests, ..Pages::default() }, RateLimits::default()).await;
    let settings: Value = get(&service, "/pages/settings.json").await.json().await.unwrap();
    assert_eq!(settings["sign_in"], json!(["shopper"]));
    let answer = sign_in(&service, &json!({"role": "shopper"})).await;
    assert_eq!(answer.status(), 201);
    assert_eq!(answer.headers()["cache-control"], "no-store");
    let given: Value = answer.json().await.unwrap();
    assert_eq!((&given["merchant_id"], &given["role"]), (&json!("demo"), &json!("shopper")));
    let left: jiff::Timestamp = given["expires_at"].as_str().unwrap().parse().unwrap();
    let minutes = left.duration_since(jiff::Timestamp::now()).as_mins();
    assert!((58..=60).contains(&minutes), "{minutes}");
    let token = given["token"].as_str().unwrap();
    assert_eq!(service.get("/v1/products/p1", token).await.status(), 200);
    problem(service.get("/v1/keys", token).await, 403, "role_not_allowed").await;
    problem(sign_in(&service, &json!({"role": "merchant"})).await, 403, "sign_in_closed").await;
}

#[tokio::test]
async fn guests_count_against_what_a_merchant_may_ask() {
    let guests = Some(MerchantId::new("demo").unwrap());
    let rates = RateLimits { caller: Quota::a_minute(3), merchant: None };
    let service = start_set(Pages { guests, ..Pages::default() }, rates).await;
    let mut answers = Vec::new();
    for _ in 0..5 {
        answers.push(sign_in(&service, &json!({"role": "shopper"})).await);
    }
    let last = answers.pop().unwrap();
    assert!(last.headers().contains_key("retry-after"));
    problem(last, 429, "rate_limited").await;
    assert_eq!(answers[0].status(), 201);
}

#[tokio::test]
async fn a_shop_to_try_signs_in_by_role_and_shows_its_pictures() {
    let service = start_set(trial(), RateLimits::default()).await;
    let settings: Value = get(&service, "/pages/settings.json").await.json().await.unwrap();
    assert_eq!(settings["sign_in"], json!(["shopper", "agent", "merchant"]));
    assert_eq!(settings["pictures"], json!({"https://shop.example/": "/pages/pictures/"}));
    let opens: BTreeMap<_, _> =
        [("agent", "/v1/agent/conversations"), ("merchant", "/v1/catalog/health")].into();
    for (role, path) in opens {
        let given: Value = sign_in(&service, &json!({"role": role})).await.json().await.unwrap();
        let answer = service.get(path, given["token"].as_str().unwrap()).await;
        assert_eq!(answer.status(), 200, "{role}");
    }
    problem(sign_in(&service, &json!({"role": "admin"})).await, 403, "sign_in_closed").await;
    let picture = png(64, 64);
    service.web.put("https://shop.example/pictures/p1.png", Page::of("image/png", picture.clone()));
    let answer = get(&service, "/pages/pictures/pictures/p1.png").await;
    assert_eq!(answer.headers()["content-type"], "image/png");
    assert_eq!(answer.bytes().await.unwrap(), picture);
    problem(get(&service, "/pages/pictures/pictures/p2.png").await, 404, "route_unknown").await;
    service.web.put("https://shop.example/products.jsonl", Page::of("image/png", "{}"));
    problem(get(&service, "/pages/pictures/products.jsonl").await, 404, "route_unknown").await;
}
