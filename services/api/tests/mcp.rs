//! The door for models that speak the Model Context Protocol, in both of its ways: with the
//! handshake of its older revisions, and without one.

mod common;

use std::{
    io::{Read, Write},
    net::TcpStream,
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use common::{
    Service, odd::Odd, png, problem, schema::Schemas, seeing_a_dress, start, start_with, token,
    token_as, token_for,
};
use reqwest::{Client, Method, Response};
use serde_json::{Value, json};
use vitrine_api::{Role, ServerSettings};
use vitrine_core::{
    admission::Admission,
    ids::KeyName,
    keys::{Key, KeySecret},
    ports::{Catalog, Keys, ModelError},
    product::Product,
    scope::Scope,
    testing::{FakeVision, Page, sample},
    vocabulary::Category,
};

/// The newest revision, and the newest of those that begin with a handshake.
const WITHOUT: &str = "2026-07-28";
const WITH: &str = "2025-11-25";

const PHOTO: &str = "https://pictures.example/outfit.png";
/// Between two looks at what is not so yet, well below what a caller may ask for.
const A_WHILE: Duration = Duration::from_millis(50);

/// Somebody who asks, in a revision of the protocol.
struct Agent {
    client: Client,
    url: String,
    token: String,
    revision: &'static str,
}

impl Agent {
    fn of(service: &Service, revision: &'static str) -> Self {
        Self { client: service.client.clone(), url: service.url("/mcp"), token: token(), revision }
    }

    fn with(self, token: String) -> Self {
        Self { token, ..self }
    }

    /// What is sent for a request.
    fn message(&self, method: &str, mut params: Value) -> Value {
        if self.revision == WITHOUT {
            params["_meta"] = json!({
                "io.modelcontextprotocol/protocolVersion": WITHOUT,
                "io.modelcontextprotocol/clientInfo": {"name": "tests", "version": "1"},
                "io.modelcontextprotocol/clientCapabilities": {}
            });
        }
        json!({"jsonrpc": "2.0", "id": 7, "method": method, "params": params})
    }

    async fn send(&self, message: &Value) -> Response {
        let mut request = self.client.post(&self.url).bearer_auth(&self.token);
        request = request
            .header("accept", "application/json, text/event-stream")
            .header("mcp-protocol-version", self.revision);
        if let Some(method) = message["method"].as_str() {
            request = request.header("mcp-method", method);
        }
        if let Some(name) = message["params"]["name"].as_str() {
            request = request.header("mcp-name", name);
        }
        request.json(message).send().await.unwrap()
    }

    /// The answer to a request, whatever it is.
    async fn ask(&self, method: &str, params: Value) -> Value {
        let response = self.send(&self.message(method, params)).await;
        let kind = response.headers()["content-type"].to_str().unwrap().to_owned();
        assert_eq!(kind, "application/json");
        let answer: Value = response.json().await.unwrap();
        assert_eq!((&answer["jsonrpc"], &answer["id"]), (&json!("2.0"), &json!(7)), "{answer}");
        answer
    }

    /// What a tool says.
    async fn call(&self, tool: &str, arguments: Value) -> Value {
        let params = json!({"name": tool, "arguments": arguments});
        let answer = self.ask("tools/call", params).await;
        assert!(answer["result"].is_object(), "{tool}: {answer}");
        answer["result"].clone()
    }

    /// What a tool answers with, held against what it says that it answers with.
    async fn answer(&self, tool: &str, arguments: Value) -> Value {
        let result = self.call(tool, arguments).await;
        assert_eq!(result["isError"], false, "{tool}: {result}");
        let answer = result["structuredContent"].clone();
        let schema = self.tool(tool).await["outputSchema"].clone();
        let faults = Schemas { contract: &schema }.faults(&schema, &answer);
        assert!(faults.is_empty(), "{tool}: {faults:#?}");
        let text = result["content"][0]["text"].as_str().unwrap();
        assert_eq!(serde_json::from_str::<Value>(text).unwrap(), answer);
        answer
    }

    /// What a tool says of a problem.
    async fn trouble(&self, tool: &str, arguments: Value) -> String {
        let result = self.call(tool, arguments).await;
        assert_eq!(result["isError"], true, "{tool}: {result}");
        result["content"][0]["text"].as_str().unwrap().to_owned()
    }

    async fn tools(&self) -> Vec<Value> {
        let answer = self.ask("tools/list", json!({})).await;
        answer["result"]["tools"].as_array().unwrap().clone()
    }

    async fn tool(&self, name: &str) -> Value {
        self.tools().await.into_iter().find(|tool| tool["name"] == name).unwrap()
    }
}

/// A dress with a picture, and shoes that go with it.
async fn shop() -> Service {
    let service = start().await;
    sell(&service).await;
    service
}

async fn sell(service: &Service) {
    let dress = Product {
        title: "Linen dress".into(),
        image_link: Some("https://shop.example/dress.jpg?w=600".into()),
        ..sample::product("dress")
    };
    let shoes = Product {
        title: "White shoes".into(),
        category: Category::Shoes,
        image_link: Some("https://shop.example/shoes.png".into()),
        variants: vec![sample::variant("shoes-39", "white", "39")],
        ..sample::product("shoes")
    };
    service.catalog.upsert(&sample::merchant(), vec![dress, shoes]).await.unwrap();
    service.indexer.drain(|_| {}).await.unwrap();
    service.web.put(PHOTO, Page::of("image/png", png(96, 96)));
}

fn both(service: &Service) -> [Agent; 2] {
    [WITHOUT, WITH].map(|revision| Agent::of(service, revision))
}

fn links(result: &Value) -> Vec<&Value> {
    let content = result["content"].as_array().unwrap();
    content.iter().filter(|block| block["type"] == "resource_link").collect()
}

#[tokio::test]
async fn an_older_client_shakes_hands_and_gets_no_session() {
    let service = shop().await;
    let agent = Agent::of(&service, WITH);
    let hello = agent.message(
        "initialize",
        json!({
            "protocolVersion": WITH,
            "capabilities": {},
            "clientInfo": {"name": "tests", "version": "1"}
        }),
    );
    let response = agent.send(&hello).await;
    assert_eq!(response.status(), 200);
    assert!(!response.headers().contains_key("mcp-session-id"));
    let answer: Value = response.json().await.unwrap();
    let result = &answer["result"];
    assert_eq!(result["protocolVersion"], WITH);
    assert_eq!(result["serverInfo"]["name"], "vitrine");
    assert_eq!(result["serverInfo"]["version"], env!("CARGO_PKG_VERSION"));
    assert!(result["capabilities"]["tools"].is_object(), "{result}");
    assert!(result["instructions"].as_str().unwrap().contains("never instructions"));

    let ready = json!({"jsonrpc": "2.0", "method": "notifications/initialized"});
    let response = agent.send(&ready).await;
    assert_eq!((response.status().as_u16(), response.content_length()), (202, Some(0)));
    assert_eq!(agent.ask("ping", json!({})).await["result"], json!({}));
    assert_eq!(agent.tools().await.len(), 5);
}

#[tokio::test]
async fn a_client_of_the_newest_revision_needs_no_handshake() {
    let service = shop().await;
    let agent = Agent::of(&service, WITHOUT);
    let discovered = agent.ask("server/discover", json!({})).await;
    let spoken = json!(["2025-06-18", WITH, WITHOUT]);
    assert_eq!(discovered["result"]["supportedVersions"], spoken, "{discovered}");
    let listed = agent.ask("tools/list", json!({})).await;
    assert_eq!(listed["result"]["resultType"], "complete");
    assert_eq!(listed["result"]["cacheScope"], "private");
    assert_eq!(listed["result"]["tools"], json!(Agent::of(&service, WITH).tools().await));

    let call = agent.message("tools/call", json!({"name": "get_product", "arguments": {}}));
    let mut request = service.client.post(&agent.url).bearer_auth(token());
    request = request.header("mcp-protocol-version", WITHOUT).header("mcp-method", "tools/call");
    let response = request.header("mcp-name", "another").json(&call).send().await.unwrap();
    assert_eq!(response.status(), 400, "headers and body have to name the same");
    let answer: Value = response.json().await.unwrap();
    assert_eq!(answer["error"]["code"], -32020, "{answer}");
}

#[tokio::test]
async fn every_tool_says_what_it_takes_and_what_it_answers_with() {
    let service = shop().await;
    let tools = Agent::of(&service, WITHOUT).tools().await;
    let names: Vec<&str> = tools.iter().map(|tool| tool["name"].as_str().unwrap()).collect();
    let ours =
        ["search_catalog", "lookup_catalog", "get_product", "find_by_photo", "complete_the_look"];
    assert_eq!(names, ours);
    for tool in &tools {
        let name = &tool["name"];
        assert!(tool["description"].as_str().unwrap().contains("never instructions"), "{name}");
        assert_eq!(tool["annotations"]["readOnlyHint"], *name != "find_by_photo", "{name}");
        assert_eq!(tool["annotations"]["openWorldHint"], *name == "find_by_photo", "{name}");
        for schema in [&tool["inputSchema"], &tool["outputSchema"]] {
            assert_eq!(schema["type"], "object", "{name}");
            assert!(!schema["properties"].as_object().unwrap().is_empty(), "{name}");
            for reference in references(schema) {
                let there = schema.pointer(reference.trim_start_matches('#'));
                assert!(there.is_some_and(Value::is_object), "{name}: {reference}");
            }
        }
    }
}

/// All that a schema refers to.
fn references(schema: &Value) -> Vec<&str> {
    match schema {
        Value::Object(members) => {
            let own = members.get("$ref").and_then(Value::as_str);
            own.into_iter().chain(members.values().flat_map(references)).collect()
        }
        Value::Array(items) => items.iter().flat_map(references).collect(),
        _ => Vec::new(),
    }
}

#[tokio::test]
async fn the_tools_of_ucp_answer_as_its_other_door_does() {
    let service = shop().await;
    let tools = [
        ("search_catalog", "search", json!({"query": "linen dress", "pagination": {"limit": 9}})),
        ("search_catalog", "search", json!({"filters": {"categories": ["shoes", "toga"]}})),
        ("lookup_catalog", "lookup", json!({"ids": ["dress", "shoes-39", "gone"]})),
        ("get_product", "product", json!({"id": "dress-navy-m"})),
    ];
    for agent in both(&service) {
        for (tool, path, asked) in &tools {
            let meta = json!({"ucp-agent": {"profile": "https://agent.example/profile.json"}});
            let found = agent.answer(tool, json!({"catalog": asked, "meta": meta})).await;
            let url = service.url(&format!("/ucp/catalog/{path}"));
            let other = service.client.post(url).bearer_auth(token()).json(asked);
            assert_eq!(found, other.send().await.unwrap().json::<Value>().await.unwrap());
            let bare = agent.answer(tool, json!({"catalog": asked})).await;
            assert_eq!(bare, found, "who asks makes no difference");
        }
    }
}

#[tokio::test]
async fn pictures_of_products_come_as_links() {
    let service = shop().await;
    let dress = json!({
        "type": "resource_link", "uri": "https://shop.example/dress.jpg?w=600",
        "name": "Linen dress", "mimeType": "image/jpeg"
    });
    let shoes = json!({
        "type": "resource_link", "uri": "https://shop.example/shoes.png",
        "name": "White shoes", "mimeType": "image/png"
    });
    for agent in both(&service) {
        let found = agent.call("search_catalog", json!({"catalog": {"query": "dress"}})).await;
        assert_eq!(links(&found), [&dress], "one of the two dresses has a picture");
        let found = agent.call("get_product", json!({"catalog": {"id": "shoes"}})).await;
        assert_eq!(links(&found), [&shoes]);
        let found = agent.call("find_by_photo", json!({"photo_url": PHOTO})).await;
        assert_eq!(links(&found), [&dress]);
        let found = agent.call("complete_the_look", json!({"product_id": "dress"})).await;
        assert_eq!(links(&found), [&shoes]);
    }
}

#[tokio::test]
async fn a_photo_is_found_by_wherever_it_is() {
    let service = shop().await;
    let seen = |look: &Value| {
        let garment = &look["garments"][0];
        (look["photo_id"].clone(), garment["category"].clone(), garment["matches"].clone())
    };
    let rest: Value =
        service.post_json(&json!({"photo": {"url": PHOTO}})).await.json().await.unwrap();
    assert_eq!(rest["garments"][0]["matches"].as_array().unwrap().len(), 2);
    for agent in both(&service) {
        let data = BASE64_STANDARD.encode(png(96, 96));
        let sent = agent.answer("find_by_photo", json!({"photo_base64": data})).await;
        assert_eq!(seen(&sent), seen(&rest));
        let fetched = agent.answer("find_by_photo", json!({"photo_url": PHOTO})).await;
        assert_eq!(seen(&fetched), seen(&rest));
        let kept = json!({
            "photo_id": sent["photo_id"], "photo_url": "", "photo_base64": null,
            "wish": "under 40 euro", "limit": 1, "locale": "en-GB",
            "filters": {"brands": ["Linden"]}
        });
        let kept = agent.answer("find_by_photo", kept).await;
        assert_eq!(kept["photo_id"], rest["photo_id"]);
        assert_eq!(kept["understood"]["max_price"]["amount"], 4000);
        let look = kept["id"].as_str().unwrap();
        let again = service.get(&format!("/v1/looks/{look}"), &token()).await;
        assert_eq!(again.json::<Value>().await.unwrap(), kept, "it can be fetched as any other");
    }
}

#[tokio::test]
async fn a_product_is_completed_as_at_its_other_door() {
    let service = shop().await;
    for agent in both(&service) {
        let asked = json!({"product_id": "dress", "limit": 1, "filters": {"sizes": ["39"]}});
        let found = agent.answer("complete_the_look", asked).await;
        let path = "/v1/products/dress/complete-the-look?limit=1&size=39";
        let other: Value = service.get(path, &token()).await.json().await.unwrap();
        assert_eq!(found, other);
        assert_eq!(found["complete_the_look"][0]["matches"][0]["product_id"], "shoes");
        let asked = json!({"product_id": "dress", "filters": {"sizes": ["12"]}});
        let none = agent.answer("complete_the_look", asked).await;
        assert_eq!(none["complete_the_look"], json!([]));
    }
}

#[tokio::test]
async fn what_a_model_can_mend_is_told_as_a_result_with_what_to_do() {
    let service = shop().await;
    service.web.put("https://pictures.example/text", Page::of("image/png", "no picture"));
    let nowhere = "https://pictures.example/none";
    let small = BASE64_STANDARD.encode(png(8, 8));
    let troubles = [
        ("find_by_photo", json!({}), "`photo_url`, `photo_base64` and `photo_id`"),
        ("find_by_photo", json!({"photo_url": PHOTO, "photo_id": "x"}), "as one of"),
        ("find_by_photo", json!({"photo_base64": small, "photo_id": "x"}), "as one of"),
        ("find_by_photo", json!({"photo_url": 7}), "`photo_url` is not a string"),
        ("find_by_photo", json!({"photo_base64": {}}), "`photo_base64` is not a string"),
        ("find_by_photo", json!({"photo_base64": "data:,x"}), "without a `data:` prefix"),
        ("find_by_photo", json!({"photo_base64": small}), "each side needs at least 64"),
        ("find_by_photo", json!({"photo_url": nowhere}), "or send the photo itself"),
        ("find_by_photo", json!({"photo_url": "file:///etc/passwd"}), "http or https"),
        ("find_by_photo", json!({"photo_url": "https://pictures.example/text"}), "JPEG"),
        ("find_by_photo", json!({"photo_id": "unknown"}), "Send the photo itself"),
        ("find_by_photo", json!({"photo_url": PHOTO, "text": "x"}), "There is no `text` here"),
        ("find_by_photo", json!({"photo_url": PHOTO, "limit": 21}), "from 1 to 20"),
        ("find_by_photo", json!({"photo_url": PHOTO, "wish": "x".repeat(501)}), "501 characters"),
        ("find_by_photo", json!({"photo_url": PHOTO, "locale": "!"}), "BCP 47"),
        ("find_by_photo", json!({"photo_url": PHOTO, "filters": {"colours": ["mud"]}}), "mud"),
        ("complete_the_look", json!({"product_id": "gone"}), "There is no such product"),
        ("complete_the_look", json!({}), "There is no such product"),
        ("complete_the_look", json!({"product_id": "dress", "limit": "5"}), "from 1 to 100"),
        ("complete_the_look", json!({"product_id": "dress", "slot": "x"}), "no `slot` here"),
        ("complete_the_look", json!({"product_id": "dress", "filters": 7}), "`filters`"),
        ("get_product", json!({"catalog": {"id": "gone"}}), "Product not found: gone"),
        ("get_product", json!({"catalog": {}}), "missing field `id`"),
        ("search_catalog", json!({"query": "dress"}), "There is no `catalog`"),
        ("search_catalog", json!({"catalog": {}}), "Give a query, filters, or both"),
        ("search_catalog", json!({"catalog": ["dress"]}), "This must be an object"),
        ("lookup_catalog", json!({"catalog": {"ids": []}}), "Give an id at least"),
    ];
    for agent in both(&service) {
        for (tool, arguments, words) in &troubles {
            let told = agent.trouble(tool, arguments.clone()).await;
            assert!(told.contains(words), "{tool} of {arguments}: {told}");
        }
        let gone = agent.call("get_product", json!({"catalog": {"id": "gone"}})).await;
        assert_eq!(gone["structuredContent"]["ucp"]["status"], "error");
        assert_eq!(gone["structuredContent"]["messages"][0]["code"], "not_found");
    }
}

#[tokio::test]
async fn another_merchants_products_are_unknown() {
    let service = shop().await;
    for agent in both(&service) {
        let stranger = agent.with(token_for("other"));
        let looked_up = stranger.answer("lookup_catalog", json!({"catalog": {"ids": ["dress"]}}));
        let looked_up = looked_up.await;
        assert_eq!(looked_up["products"], json!([]));
        assert_eq!(looked_up["messages"][0]["code"], "not_found");
        let got = stranger.trouble("get_product", json!({"catalog": {"id": "dress"}})).await;
        assert!(got.contains("Product not found: dress"), "{got}");
        let completed = stranger.trouble("complete_the_look", json!({"product_id": "dress"})).await;
        assert!(completed.contains("There is no such product"), "{completed}");
        let look = stranger.answer("find_by_photo", json!({"photo_url": PHOTO})).await;
        assert_eq!(look["garments"][0]["matches"], json!([]));
        let kept = json!({"photo_id": look["photo_id"]});
        let mine = Agent::of(&service, stranger.revision).trouble("find_by_photo", kept).await;
        assert!(mine.contains("not kept"), "photos are those of a merchant too: {mine}");
    }
}

#[tokio::test]
async fn what_is_no_call_is_an_error_of_the_protocol() {
    let service = shop().await;
    for agent in both(&service) {
        let unknown = agent.ask("tools/call", json!({"name": "buy", "arguments": {}})).await;
        assert_eq!(unknown["error"]["code"], -32602, "{unknown}");
        assert_eq!(unknown["error"]["message"], "Unknown tool: buy");
        let shapeless = json!({"name": "search_catalog", "arguments": "dress"});
        let shapeless = agent.ask("tools/call", shapeless).await;
        assert_eq!(shapeless["error"]["code"], -32602, "{shapeless}");
        let method = agent.ask("tools/buy", json!({})).await;
        assert_eq!(method["error"]["code"], -32601, "{method}");
        let ids: Vec<String> = (0..101).map(|number| number.to_string()).collect();
        let too_many = json!({"name": "lookup_catalog", "arguments": {"catalog": {"ids": ids}}});
        let too_many = agent.ask("tools/call", too_many).await;
        assert_eq!(too_many["error"]["code"], -32602, "as UCP has it: {too_many}");
        let message = too_many["error"]["message"].as_str().unwrap();
        assert!(message.contains("100 ids at most"), "{message}");
        for odd in [json!({"id": 1}), json!({}), json!({"jsonrpc": "1.0", "id": 1, "method": 5})] {
            let response = agent.send(&odd).await;
            assert_eq!(response.status(), 400, "{odd}");
            let answer: Value = response.json().await.unwrap();
            assert_eq!(answer["error"]["code"], -32600, "{odd}: {answer}");
            assert!(!answer["error"]["message"].as_str().unwrap().is_empty());
        }
        let by_order = json!([null, "find_by_photo", {"photo_base64": "x"}]);
        let by_order =
            json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": by_order});
        problem(agent.send(&by_order).await, 400, "json_invalid").await;
    }
    let agent = Agent { revision: "1999-12-31", ..Agent::of(&service, WITH) };
    let response = agent.send(&agent.message("tools/list", json!({}))).await;
    assert_eq!(response.status(), 400);
    let answer: Value = response.json().await.unwrap();
    assert!(answer["error"]["message"].as_str().unwrap().contains("1999-12-31"), "{answer}");
}

#[tokio::test]
async fn the_door_itself_is_as_those_of_all_paths() {
    let service = shop().await;
    let agent = Agent::of(&service, WITHOUT);
    let call = agent.message("tools/list", json!({}));
    let post = || service.client.post(service.url("/mcp"));
    problem(post().json(&call).send().await.unwrap(), 401, "token_missing").await;
    problem(post().body("{").send().await.unwrap(), 401, "token_missing").await;
    let stranger = Agent::of(&service, WITHOUT).with("no.such.token".into());
    problem(stranger.send(&call).await, 401, "token_invalid").await;
    for method in [Method::GET, Method::DELETE] {
        let request = service.client.request(method, service.url("/mcp")).bearer_auth(token());
        let answer = request.send().await.unwrap();
        assert_eq!(answer.headers()["allow"], "POST");
        problem(answer, 405, "method_not_allowed").await;
    }
    let text = post().bearer_auth(token()).header("content-type", "text/plain").body("{}");
    problem(text.send().await.unwrap(), 415, "body_unsupported").await;
    let json = |body: String| {
        let request = post().bearer_auth(token()).header("content-type", "application/json");
        async move { request.body(body).send().await.unwrap() }
    };
    problem(json("{".into()).await, 400, "json_invalid").await;
    problem(json("[]".into()).await, 400, "json_invalid").await;
    let long = agent.message("tools/call", json!({"name": "x".repeat(70_000)}));
    problem(json(long.to_string()).await, 413, "body_too_large").await;
    let photo =
        json!({"name": "find_by_photo", "arguments": {"photo_base64": "A".repeat(29 << 20)}});
    let photo = agent.message("tools/call", photo);
    problem(json(photo.to_string()).await, 413, "photo_too_large").await;
    let answer = agent.send(&call).await;
    assert!(answer.headers().contains_key("ratelimit") && answer.status() == 200);
    assert_eq!(answer.headers()["cache-control"], "no-store");
}

#[tokio::test]
async fn without_its_scope_a_tool_is_not_told_and_can_not_be_called() {
    let service = shop().await;
    let key = async |scope: Scope| {
        let name = KeyName::new(scope.id()).unwrap();
        let key = Key::new(sample::merchant(), name, [scope].into_iter().collect(), None);
        let secret = KeySecret::new([scope as u8 + 1; 32]);
        assert!(service.server_keys.create_key(&key, &secret.hash()).await.unwrap());
        secret.reveal()
    };
    let (looks, search) = (key(Scope::Looks).await, key(Scope::Search).await);
    for revision in [WITHOUT, WITH] {
        let agent = |token: &String| Agent::of(&service, revision).with(token.clone());
        let names = async |agent: &Agent| {
            agent.tools().await.iter().map(|tool| tool["name"].clone()).collect::<Vec<_>>()
        };
        assert_eq!(names(&agent(&looks)).await, ["find_by_photo"]);
        let others = ["search_catalog", "lookup_catalog", "get_product", "complete_the_look"];
        assert_eq!(names(&agent(&search)).await, others);
        for (agent, tool, scope) in [
            (agent(&search), "find_by_photo", "looks"),
            (agent(&looks), "search_catalog", "search"),
            (agent(&looks), "complete_the_look", "search"),
        ] {
            let call = agent.message("tools/call", json!({"name": tool, "arguments": {}}));
            let response = agent.send(&call).await;
            assert_eq!(response.status(), 403, "{tool}");
            let challenge = response.headers()["www-authenticate"].to_str().unwrap().to_owned();
            assert!(challenge.contains("insufficient_scope"), "{challenge}");
            assert!(challenge.contains(&format!("scope=\"{scope}\"")), "{challenge}");
            assert_eq!(response.headers()["content-type"], "application/json");
            let answer: Value = response.json().await.unwrap();
            assert_eq!((&answer["id"], &answer["error"]["code"]), (&json!(7), &json!(-32000)));
            let message = answer["error"]["message"].as_str().unwrap();
            assert!(message.contains(&format!("the scope `{scope}`")), "{message}");
        }
    }
    let operator = Agent::of(&service, WITH).with(token_as(Role::Admin));
    assert_eq!(operator.tools().await.len(), 5);
}

#[tokio::test]
async fn a_model_that_is_busy_or_does_not_answer_is_told_with_the_advice_to_try_again() {
    let settings = ServerSettings::default;
    let service = start_with(seeing_a_dress(), Admission::new(1, 0), settings()).await;
    sell(&service).await;
    let running = service.admission.enter(&sample::merchant()).await.unwrap();
    for agent in both(&service) {
        let told = agent.trouble("find_by_photo", json!({"photo_url": PHOTO})).await;
        assert!(told.contains("Too many photos at once") && told.contains("try again"), "{told}");
    }
    drop(running);
    for (failure, words) in [
        (ModelError::Stopped("a secret".into()), "The model is not running"),
        (ModelError::Answer("a secret".into()), "The model's answer was cut short"),
        (ModelError::Timeout(5), "The answer took too long"),
    ] {
        let vision = Arc::new(FakeVision::failing(failure));
        let service = start_with(vision, Admission::new(1, 0), settings()).await;
        sell(&service).await;
        for agent in both(&service) {
            let told = agent.trouble("find_by_photo", json!({"photo_url": PHOTO})).await;
            assert!(told.contains(words) && told.contains("Send the request again"), "{told}");
            assert!(!told.contains("secret"), "{told}");
        }
    }
    let settings = ServerSettings { answer_time: Duration::from_millis(200), ..settings() };
    let service = start_with(Arc::new(Odd::default()), Admission::new(1, 0), settings).await;
    sell(&service).await;
    let agent = Agent::of(&service, WITHOUT);
    let told = agent.trouble("find_by_photo", json!({"photo_url": PHOTO})).await;
    assert!(told.contains("The answer took too long"), "{told}");
    assert!(service.admission.enter(&sample::merchant()).await.is_ok());
}

#[tokio::test]
async fn a_panic_is_an_answer_to_one_call_and_leaks_nothing() {
    let odd = Odd { breaks: true, ..Odd::default() };
    let service = start_with(Arc::new(odd), Admission::new(1, 0), ServerSettings::default()).await;
    sell(&service).await;
    for agent in both(&service) {
        let told = agent.trouble("find_by_photo", json!({"photo_url": PHOTO})).await;
        assert!(told.contains("Something broke") && !told.contains("secret"), "{told}");
        agent.answer("search_catalog", json!({"catalog": {"query": "dress"}})).await;
    }
}

#[tokio::test]
async fn when_the_client_leaves_its_work_is_dropped() {
    let odd = Odd::default();
    let waiting = Arc::clone(&odd.waiting);
    let service = start_with(Arc::new(odd), Admission::new(1, 0), ServerSettings::default()).await;
    sell(&service).await;
    for agent in both(&service) {
        let call = json!({"name": "find_by_photo", "arguments": {"photo_url": PHOTO}});
        let call = agent.message("tools/call", call).to_string();
        let mut client = TcpStream::connect(service.address).unwrap();
        let head = format!(
            "POST /mcp HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\n\
             Content-Type: application/json\r\nMCP-Protocol-Version: {}\r\n\
             Mcp-Method: tools/call\r\nMcp-Name: find_by_photo\r\nContent-Length: {}\r\n\r\n{call}",
            token(),
            agent.revision,
            call.len()
        );
        client.write_all(head.as_bytes()).unwrap();
        until(|| waiting.load(Ordering::SeqCst) == 1).await;
        assert!(service.admission.enter(&sample::merchant()).await.is_err());
        client.set_read_timeout(Some(Duration::from_millis(50))).unwrap();
        assert!(client.read(&mut [0]).is_err(), "nothing is said before the end");
        drop(client);
        until(|| waiting.load(Ordering::SeqCst) == 0).await;
        assert!(service.admission.enter(&sample::merchant()).await.is_ok());
    }
}

async fn until(what: impl Fn() -> bool) {
    let started = Instant::now();
    while !what() {
        assert!(started.elapsed() < Duration::from_secs(10), "it never came to pass");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn no_more_bodies_are_read_at_once_than_there_is_room_for() {
    let odd = Odd::default();
    let waiting = Arc::clone(&odd.waiting);
    let settings = ServerSettings { body_room: 1, ..ServerSettings::default() };
    let service = start_with(Arc::new(odd), Admission::new(1, 0), settings).await;
    sell(&service).await;
    let begun = || {
        let mut slow = TcpStream::connect(service.address).unwrap();
        let head = format!(
            "POST /mcp HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\n\
             Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{{",
            token()
        );
        slow.write_all(head.as_bytes()).unwrap();
        slow.set_nonblocking(true).unwrap();
        slow
    };
    let mut slow = begun();
    let agent = Agent::of(&service, WITHOUT);
    let list = agent.message("tools/list", json!({}));
    let started = Instant::now();
    let busy = loop {
        let response = agent.send(&list).await;
        if response.status() != 200 {
            break response;
        }
        assert!(started.elapsed() < Duration::from_secs(10), "the body never had its place");
        // It came when the other message had the place, and was told to come back.
        if slow.read(&mut [0]).is_ok() {
            slow = begun();
        }
        tokio::time::sleep(A_WHILE).await;
    };
    assert!(busy.headers().contains_key("retry-after"));
    problem(busy, 429, "busy").await;
    drop(slow);
    let started = Instant::now();
    while agent.send(&list).await.status() != 200 {
        assert!(started.elapsed() < Duration::from_secs(10), "the place was never given back");
        tokio::time::sleep(A_WHILE).await;
    }
    let call = agent
        .message("tools/call", json!({"name": "find_by_photo", "arguments": {"photo_url": PHOTO}}));
    let looking = tokio::spawn({
        let agent = Agent::of(&service, WITHOUT);
        async move { agent.send(&call).await }
    });
    until(|| waiting.load(Ordering::SeqCst) == 1).await;
    assert_eq!(agent.send(&list).await.status(), 200, "a photo that is decoded holds no place");
    looking.abort();
}
