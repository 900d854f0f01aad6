//! Who may call what: the table in the documentation, held against the code, the contract, and the
//! service itself, which is asked on every route by everybody.

mod common;

use std::{collections::BTreeSet, fs};

use common::{Service, png, problem, seeing_a_dress, start, start_with, token_of};
use reqwest::{Method, Response};
use serde_json::{Value, json};
use vitrine_api::{Pages, Role, ServerSettings, Trial};
use vitrine_core::{
    admission::Admission,
    ids::KeyName,
    keys::{Key, KeySecret},
    ports::Keys,
    scope::Scope,
    testing::{Page, sample},
};

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/routes.md");

/// Paths that the contract leaves out: they are about itself, or have another's contract.
const BESIDE_THE_CONTRACT: [(&str, &str); 17] = [
    ("GET", "/"),
    ("GET", "/merchant"),
    ("GET", "/agent"),
    ("GET", "/pages/settings.json"),
    ("GET", "/pages/pictures/{file:.*}"),
    ("GET", "/pages/{file:.*}"),
    ("GET", "/openapi.json"),
    ("GET", "/problems"),
    ("GET", "/docs"),
    ("GET", "/docs/{file:.*}"),
    ("POST", "/v1/chat/completions"),
    ("GET", "/v1/models"),
    ("GET", "/v1/models/{id}"),
    ("POST", "/mcp"),
    ("GET", "/inbound/whatsapp/{merchant}"),
    ("POST", "/inbound/whatsapp/{merchant}"),
    ("POST", "/inbound/webhooks/{merchant}/{name}"),
];

struct Row {
    method: String,
    path: String,
    /// Any of them does; none where everybody may.
    scopes: Vec<String>,
    roles: Vec<String>,
}

/// The rows of the first table, as a reader of the page sees them.
fn rows() -> Vec<Row> {
    let page = fs::read_to_string(PATH).unwrap();
    let lines = page.lines().skip_while(|line| !line.starts_with("|---")).skip(1);
    let lines = lines.take_while(|line| line.starts_with('|'));
    let row = |line: &str| {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let quoted = |cell: &str| {
            let words = cell.split('`').skip(1).step_by(2).map(str::to_owned);
            words.collect::<Vec<_>>()
        };
        Row {
            method: cells[0].into(),
            path: quoted(cells[1]).remove(0),
            scopes: quoted(cells[2]),
            roles: cells[3].split(", ").map(str::to_owned).collect(),
        }
    };
    lines.map(row).collect()
}

#[test]
fn the_page_in_the_documentation_is_what_the_code_says() {
    let page = vitrine_api::routes_markdown();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(PATH, &page).unwrap();
    }
    assert!(
        fs::read_to_string(PATH).unwrap_or_default() == page,
        "docs/routes.md is behind the code; write it anew with \
         `UPDATE_DOCS=1 cargo test --workspace --test routes` and look at the difference"
    );
}

#[test]
fn the_table_has_every_route_of_the_contract_and_no_other() {
    let contract: Value = serde_json::from_str(&vitrine_api::contract()).unwrap();
    let mut told = BTreeSet::new();
    for (path, operations) in contract["paths"].as_object().unwrap() {
        for method in operations.as_object().unwrap().keys() {
            told.insert((method.to_uppercase(), path.clone()));
        }
    }
    let beside = BESIDE_THE_CONTRACT.map(|(method, path)| (method.to_owned(), path.to_owned()));
    told.extend(beside);
    let listed: BTreeSet<_> = rows().into_iter().map(|row| (row.method, row.path)).collect();
    assert_eq!(listed, told, "add the route to TABLE in src/routes/access.rs");
}

#[test]
fn the_contract_names_the_scopes_of_each_operation() {
    let contract: Value = serde_json::from_str(&vitrine_api::contract()).unwrap();
    for row in rows() {
        if BESIDE_THE_CONTRACT.contains(&(&row.method, &row.path)) {
            continue;
        }
        let operation = &contract["paths"][&row.path][row.method.to_lowercase()];
        let security = operation["security"].as_array().cloned().unwrap_or_default();
        let named: Vec<&str> =
            security.iter().map(|one| one["token"][0].as_str().unwrap()).collect();
        assert_eq!(named, row.scopes, "{} {}", row.method, row.path);
        for status in ["401", "403", "503"].into_iter().filter(|_| !row.scopes.is_empty()) {
            assert!(operation["responses"][status].is_object(), "{status} of {}", row.path);
        }
    }
}

/// A picture of the shop to try.
const PICTURE: &str = "/pages/pictures/p1.png";

/// A service with everything that can be switched on.
async fn start_whole() -> Service {
    let merchant = sample::merchant();
    let trial = Some(Trial { merchant, pictures: "shop.example".into() });
    let pages = Pages { trial, ..Pages::default() };
    let settings = ServerSettings { pages, ..ServerSettings::default() };
    let service = start_with(seeing_a_dress(), Admission::new(2, 8), settings).await;
    service.web.put("https://shop.example/p1.png", Page::of("image/png", png(64, 64)));
    service
}

/// Asks as plainly as the route allows; nothing that is asked for exists.
async fn ask(service: &Service, row: &Row, bearer: Option<&str>) -> Response {
    let path = row.path.replace("{id}", "00000000-0000-7000-8000-000000000000");
    let path = path.replace("{name}", "nightly").replace("{photo_id}", "none");
    let path = path.replace("{merchant}", "ghost").replace("/docs/{file:.*}", "/docs/");
    let path = path.replace("/pages/pictures/{file:.*}", PICTURE);
    let path = path.replace("/pages/{file:.*}", "/pages/words/en.json");
    assert!(!path.contains('{'), "say what stands for the last part of {path}");
    let method: Method = row.method.parse().unwrap();
    let mut request = service.client.request(method, service.url(&path));
    if let Some(bearer) = bearer {
        request = request.bearer_auth(bearer);
    }
    request.send().await.unwrap()
}

async fn key_of(service: &Service, scope: Scope) -> String {
    let name = KeyName::new(scope.id()).unwrap();
    let key = Key::new(sample::merchant(), name, [scope].into_iter().collect(), None);
    let secret = KeySecret::new([scope as u8 + 1; 32]);
    assert!(service.server_keys.create_key(&key, &secret.hash()).await.unwrap());
    secret.reveal()
}

async fn is_let_in(response: Response, who: &str, row: &Row) {
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    let body: Value = serde_json::from_str(&text).unwrap_or_default();
    let there = !["route_unknown", "method_not_allowed"].map(Value::from).contains(&body["code"]);
    assert!(
        there && ![401, 403, 500].contains(&status),
        "{who}, {} {}: {text}",
        row.method,
        row.path
    );
}

/// That somebody is turned away, in the words of the door; gives the detail.
async fn refused(answer: Response, status: u16, code: &str, row: &Row) -> String {
    if !["/v1/chat/", "/v1/models"].iter().any(|door| row.path.starts_with(door)) {
        return problem(answer, status, code).await["detail"].as_str().unwrap().to_owned();
    }
    assert_eq!(answer.status().as_u16(), status, "{}", row.path);
    let body: Value = answer.json().await.unwrap();
    assert_eq!(body["error"]["code"], code);
    body["error"]["message"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn every_route_lets_in_whom_the_table_names_and_nobody_else() {
    let service = start_whole().await;
    let mut callers: Vec<(String, String)> = Vec::new();
    for role in Role::ALL {
        callers.push((role.id().to_owned(), token_of(*role, "demo")));
    }
    for scope in Scope::ALL {
        callers.push((scope.id().to_owned(), key_of(&service, *scope).await));
    }
    let mut asked = 0;
    for row in rows() {
        let nobody = ask(&service, &row, None).await;
        let stranger = ask(&service, &row, Some("no.such.token")).await;
        if row.scopes.is_empty() {
            is_let_in(nobody, "nobody", &row).await;
            is_let_in(stranger, "a stranger", &row).await;
            continue;
        }
        refused(nobody, 401, "token_missing", &row).await;
        refused(stranger, 401, "token_invalid", &row).await;
        for (who, bearer) in &callers {
            let answer = ask(&service, &row, Some(bearer)).await;
            asked += 1;
            // The name of a role and that of a scope are never the same.
            if row.roles.contains(who) || row.scopes.contains(who) {
                is_let_in(answer, who, &row).await;
                continue;
            }
            let challenge = answer.headers()["www-authenticate"].to_str().unwrap().to_owned();
            assert!(challenge.contains("insufficient_scope"), "{challenge}");
            assert!(challenge.contains(&format!("scope=\"{}\"", row.scopes[0])), "{challenge}");
            let told = refused(answer, 403, "role_not_allowed", &row).await;
            assert!(told.contains(&row.scopes[0]), "{told}");
        }
    }
    assert!(asked >= 27 * 13, "{asked}");
}

#[tokio::test]
async fn a_method_that_a_path_has_not_is_told_to_everybody() {
    let service = start().await;
    let request = service.client.delete(service.url("/v1/looks"));
    let answer = request.send().await.unwrap();
    assert_eq!(answer.headers()["allow"], "POST");
    problem(answer, 405, "method_not_allowed").await;
}

#[tokio::test]
async fn a_path_that_is_spelled_otherwise_opens_nothing_more() {
    let service = start().await;
    for path in [
        "/v1/catalog/%68ealth",
        "/v1/catalog/healt%68",
        "/v1//catalog/health",
        "/v1/catalog/health/",
        "/v1/catalog/../catalog/health",
        "/V1/catalog/health",
        "/v1/catalog/health;x",
        "//v1/catalog/health",
    ] {
        // As it stands: a client would mend some of them.
        let answer = raw(&service, path, &token_of(Role::Shopper, "demo")).await;
        assert!(["403", "404"].contains(&answer.as_str()), "{path}: {answer}");
    }
    let answer = raw(&service, "/v1/catalog/%68ealth", &token_of(Role::Merchant, "demo")).await;
    assert_eq!(answer, "200");
}

/// The status of a request whose path is sent as it is.
async fn raw(service: &Service, path: &str, token: &str) -> String {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let mut line = tokio::net::TcpStream::connect(service.address).await.unwrap();
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: shop\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n"
    );
    line.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    line.read_to_string(&mut answer).await.unwrap();
    answer.split(' ').nth(1).unwrap().to_owned()
}

#[tokio::test]
async fn roles_and_scopes_of_the_contract_are_those_of_the_page() {
    let contract: Value = serde_json::from_str(&vitrine_api::contract()).unwrap();
    let words: Vec<&str> = Scope::ALL.iter().map(|scope| scope.id()).collect();
    assert_eq!(contract["components"]["schemas"]["Scope"]["enum"], json!(words));
    let page = fs::read_to_string(PATH).unwrap();
    for word in words.into_iter().chain(Role::ALL.iter().map(|role| role.id())) {
        assert!(page.contains(&format!("\n| `{word}` | ")), "{word}");
    }
}
