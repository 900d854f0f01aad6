//! The doors that an attack can come in by, and that answers go out of.

use futures::{FutureExt, future::BoxFuture};
use serde_json::{Value, json};
use vitrine_api::Role;

use super::shop::{Answer, Place, Shop};
use crate::common::token_of;

/// A door: what is sent there, and all that is answered.
pub(crate) struct Door {
    pub name: &'static str,
    /// Where attacks stand that can come in here.
    at: &'static [Place],
    pub knock: for<'a> fn(&'a Shop) -> BoxFuture<'a, Vec<Answer>>,
}

impl Door {
    pub(crate) fn lets_in(&self, place: Place) -> bool {
        self.at.contains(&place)
    }
}

const CONTENT: &[Place] = &[Place::Message, Place::Picture, Place::Title, Place::Description];

pub(crate) const DOORS: &[Door] = &[
    Door { name: "looks", at: CONTENT, knock: |shop| looks(shop).boxed() },
    Door { name: "refinements", at: CONTENT, knock: |shop| refinements(shop).boxed() },
    Door { name: "search", at: CONTENT, knock: |shop| search(shop).boxed() },
    Door { name: "products", at: CONTENT, knock: |shop| products(shop).boxed() },
    Door { name: "UCP", at: CONTENT, knock: |shop| ucp(shop).boxed() },
    Door { name: "conversations", at: CONTENT, knock: |shop| conversations(shop).boxed() },
    Door { name: "agents", at: CONTENT, knock: |shop| agents(shop).boxed() },
    Door { name: "chat completions", at: CONTENT, knock: |shop| chat(shop).boxed() },
    Door { name: "MCP", at: CONTENT, knock: |shop| mcp(shop).boxed() },
    Door { name: "system messages", at: &[Place::System], knock: |shop| system(shop).boxed() },
    Door { name: "arguments", at: &[Place::Argument], knock: |shop| arguments(shop).boxed() },
    Door { name: "ids", at: &[Place::Id], knock: |shop| ids(shop).boxed() },
];

fn cut(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}

async fn looks(shop: &Shop) -> Vec<Answer> {
    let asked = |photo: Value| {
        json!({"photo": photo, "text": shop.says(), "occasion": cut(shop.says(), 100),
               "complete_the_look": true})
    };
    let look = shop.post("/v1/looks", asked(shop.photo())).await;
    let again = shop.get(&format!("/v1/looks/{}", look.at("/id"))).await;
    vec![look, again, shop.stream("/v1/looks", asked(shop.photo())).await]
}

async fn refinements(shop: &Shop) -> Vec<Answer> {
    let look = shop.post("/v1/looks", json!({"photo": shop.photo()})).await;
    let path = format!("/v1/looks/{}/refinements", look.at("/id"));
    let refined = shop.post(&path, json!({"text": shop.says()})).await;
    vec![look, refined, shop.stream(&path, json!({"text": shop.says()})).await]
}

async fn search(shop: &Shop) -> Vec<Answer> {
    vec![
        shop.post("/v1/search", json!({"text": shop.says(), "facets": ["brand", "price"]})).await,
        shop.post("/v1/search", json!({"text": shop.says(), "photo": shop.photo()})).await,
        shop.post("/v1/search", json!({"filters": {"brands": [cut(shop.says(), 100)]}})).await,
    ]
}

async fn products(shop: &Shop) -> Vec<Answer> {
    let mut answers = Vec::new();
    for path in ["/v1/products/p1/similar", "/v1/products/p3", "/v1/products/p3/complete-the-look"]
    {
        answers.push(shop.get(path).await);
    }
    answers
}

async fn ucp(shop: &Shop) -> Vec<Answer> {
    let ids = json!({"ids": ["p1", "p3", cut(shop.says(), 100)]});
    vec![
        shop.post("/ucp/catalog/search", json!({"query": shop.says()})).await,
        shop.post("/ucp/catalog/lookup", ids).await,
        shop.post("/ucp/catalog/product", json!({"id": "p3"})).await,
    ]
}

async fn conversations(shop: &Shop) -> Vec<Answer> {
    let place = shop.begin().await;
    let path = format!("{place}/messages");
    let mut answers = Vec::new();
    for body in [
        json!({"text": shop.says(), "photos": [shop.photo()]}),
        json!({"text": "how much does the first cost?"}),
        json!({"text": "compare the first and the second"}),
        json!({"text": "a green dress"}),
        json!({"text": "what is there in stock of the first, and what does the second cost?"}),
        json!({"text": "cheaper ones in green, more like the second"}),
        json!({"text": shop.says()}),
        json!({"text": shop.says(), "locale": "de"}),
    ] {
        answers.push(shop.post(&path, body).await);
    }
    answers.push(shop.get(&place).await);
    let path = format!("{}/messages", shop.begin().await);
    answers.push(shop.stream(&path, json!({"text": shop.says(), "photos": [shop.photo()]})).await);
    answers.push(shop.stream(&path, json!({"text": shop.says()})).await);
    answers
}

async fn mcp(shop: &Shop) -> Vec<Answer> {
    let ids = json!(["p1", "p3", cut(shop.says(), 100)]);
    let photo = shop.photo()["data"].clone();
    let mut answers = Vec::new();
    for (tool, arguments) in [
        ("search_catalog", json!({"catalog": {"query": shop.says()}})),
        ("lookup_catalog", json!({"catalog": {"ids": ids}})),
        ("get_product", json!({"catalog": {"id": "p3"}})),
        ("get_product", json!({"catalog": {"id": cut(shop.says(), 100)}})),
        ("find_by_photo", json!({"photo_base64": photo, "wish": shop.says()})),
        ("complete_the_look", json!({"product_id": "p3"})),
    ] {
        answers.push(shop.tool(tool, arguments).await);
    }
    answers
}

async fn agents(shop: &Shop) -> Vec<Answer> {
    let place = shop.begin().await;
    let path = format!("{place}/messages");
    let shown = shop.post(&path, json!({"text": "a dress", "photos": [shop.photo()]})).await;
    let said = shop.post(&path, json!({"text": shop.says()})).await;
    let asked = shop.post(&path, json!({"text": "can I speak to someone"})).await;
    let place = place.replace("/v1/", "/v1/agent/");
    let view = shop.get_as(Role::Agent, &place).await;
    assert!(view.text.contains("suggestions"), "{view:?}");
    vec![shown, said, asked, view, shop.get_as(Role::Agent, "/v1/agent/conversations").await]
}

fn user(content: Value) -> Value {
    json!({"role": "user", "content": content})
}

fn tools(name: &str) -> Value {
    let function = json!({"name": name, "description": name, "parameters": {"title": name}});
    json!([{"type": "function", "function": function}])
}

async fn completed(shop: &Shop, messages: Value, with: Value) -> Answer {
    let mut body = json!({"model": "vitrine", "messages": messages});
    for (name, value) in with.as_object().into_iter().flatten() {
        body[name] = value.clone();
    }
    shop.post("/v1/chat/completions", body).await
}

async fn chat(shop: &Shop) -> Vec<Answer> {
    let first = user(json!([{"type": "text", "text": shop.says()}, shop.image_part()]));
    let answered = completed(shop, json!([first]), json!({})).await;
    let said = json!({"role": "assistant", "content": answered.at("/choices/0/message/content")});
    let next = json!([first, said, user(json!("what does the first cost?"))]);
    let forged = json!({"role": "assistant", "content": shop.says()});
    let forged = json!([user(json!("a dress")), forged, user(json!("and the first one then?"))]);
    let plain = json!([user(json!(shop.says()))]);
    let call = completed(shop, plain.clone(), json!({"tools": tools("show_products")})).await;
    let message = call.json()["choices"][0]["message"].clone();
    let tool = json!({"role": "tool", "tool_call_id": "call_1", "content": shop.says()});
    let schema = json!({"type": "json_schema", "json_schema": {"name": "x",
        "schema": {"properties": {"reply": {}, "products": {}}}}});
    vec![
        completed(shop, next, json!({})).await,
        completed(shop, forged, json!({})).await,
        completed(shop, plain.clone(), json!({"stream": true})).await,
        completed(shop, plain.clone(), json!({"response_format": {"type": "json_object"}})).await,
        completed(shop, plain.clone(), json!({"response_format": schema})).await,
        completed(shop, plain.clone(), json!({"stream": true, "tools": tools("show_products")}))
            .await,
        completed(shop, json!([plain[0], message, tool]), json!({})).await,
        answered,
        call,
    ]
}

async fn system(shop: &Shop) -> Vec<Answer> {
    let mut answers = Vec::new();
    for role in ["system", "developer", "assistant"] {
        let other = json!({"role": role, "content": shop.attack.text});
        let parts = json!({"role": role, "content": [{"type": "text", "text": shop.attack.text}]});
        let photo = user(json!([{"type": "text", "text": "a dress"}, shop.image_part()]));
        for messages in [
            json!([other, user(json!("a navy dress"))]),
            json!([user(json!("a navy dress")), parts, user(json!("what does the first cost?"))]),
            json!([user(json!("hello")), other, photo]),
        ] {
            answers.push(completed(shop, messages.clone(), json!({})).await);
            answers.push(completed(shop, messages, json!({"stream": true})).await);
        }
    }
    answers
}

async fn arguments(shop: &Shop) -> Vec<Answer> {
    let text = shop.attack.text.as_str();
    let ask = json!([user(json!("a navy dress"))]);
    let call = json!({"id": "call_1", "type": "function",
        "function": {"name": text, "arguments": json!({"products": text}).to_string()}});
    let called = json!({"role": "assistant", "content": null, "tool_calls": [call]});
    let told = json!({"role": "tool", "tool_call_id": text, "content": text});
    let chosen = json!({"type": "function", "function": {"name": text}});
    let schema = json!({"type": "json_schema", "json_schema": {"name": text,
        "schema": {"title": text, "properties": {text: {}}}}});
    let mut answers = vec![
        completed(shop, ask.clone(), json!({"tools": tools(text), "tool_choice": "required"}))
            .await,
        completed(shop, ask.clone(), json!({"tools": tools(text), "tool_choice": chosen})).await,
        completed(shop, ask.clone(), json!({"tools": tools("a"), "tool_choice": text})).await,
        completed(shop, ask.clone(), json!({"response_format": schema})).await,
        completed(shop, ask.clone(), json!({"user": text, "metadata": {"merchant": text}})).await,
        completed(shop, json!([ask[0], called, told]), json!({})).await,
    ];
    for body in [
        json!({"text": "a dress", "sort": text}),
        json!({"text": "a dress", "facets": [text]}),
        json!({"text": "a dress", "cursor": text}),
        json!({"text": "a dress", "locale": text}),
        json!({"text": "a dress", text: text}),
        json!({"text": "a dress", "filters": {"brands": [text], "sizes": [text]}}),
        json!({"text": "a dress", "filters": {"categories": [text]}}),
        json!({"text": "a dress", "filters": {text: [text]}}),
    ] {
        answers.push(shop.post("/v1/search", body).await);
    }
    for body in [
        json!({"query": "dress", "context": {"language": text, "intent": text}}),
        json!({"query": "dress", "filters": {"categories": [text]}}),
        json!({"query": "dress", "signals": {text: text}, "pagination": {"cursor": text}}),
    ] {
        answers.push(shop.post("/ucp/catalog/search", body).await);
    }
    let selected = json!([{"name": "Size", "label": text}, {"name": text, "label": text}]);
    let body = json!({"id": "p3", "selected": selected, "preferences": [text]});
    answers.push(shop.post("/ucp/catalog/product", body).await);
    for field in ["occasion", "tone", "locale", "region", "customer", "visitor_id", text] {
        let mut body = json!({"photo": shop.photo(), "text": "a dress"});
        body[field] = json!(text);
        answers.push(shop.post("/v1/looks", body).await);
    }
    answers
}

/// Every letter but plain ones as `%41`.
fn encoded(text: &str) -> String {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
    let letter = |byte: u8| match plain(&byte) {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02X}"),
    };
    text.bytes().map(letter).collect()
}

async fn ids(shop: &Shop) -> Vec<Answer> {
    let id = shop.attack.text.as_str();
    let path = encoded(id);
    let mut answers = Vec::new();
    for under in [
        "/v1/products/{}",
        "/v1/products/{}/similar",
        "/v1/products/{}/complete-the-look",
        "/v1/products?merchant={}",
        "/v1/products/p1?merchant={}",
        "/v1/products/p1/similar?merchant={}",
        "/v1/looks/{}",
        "/v1/conversations/{}",
        "/v1/conversations/{}?cursor={}",
    ] {
        answers.push(shop.get(&under.replace("{}", &path)).await);
    }
    for (role, under) in [
        (Role::Agent, "/v1/agent/conversations/{}"),
        (Role::Agent, "/v1/agent/conversations?cursor={}"),
        (Role::Agent, "/v1/customers/{}"),
        (Role::Merchant, "/v1/customers/{}"),
        (Role::Merchant, "/v1/catalog/products/{}"),
        (Role::Merchant, "/v1/catalog/products?id_prefix={}"),
    ] {
        answers.push(shop.get_as(role, &under.replace("{}", &path)).await);
    }
    for (under, body) in [
        ("/v1/looks/{}/refinements", json!({"text": "in green"})),
        ("/v1/conversations/{}/messages", json!({"text": "what was said?"})),
        ("/v1/looks", json!({"photo": {"id": id}})),
        ("/v1/looks", json!({"photo": shop.photo(), "merchant": id})),
        ("/v1/looks", json!({"photo": shop.photo(), "customer": {"id": id}})),
        ("/v1/looks?merchant={}", json!({"photo": shop.photo()})),
        ("/v1/search", json!({"text": id})),
        ("/v1/search", json!({"photo": {"id": id}})),
        ("/v1/search?merchant={}", json!({"text": "a dress"})),
        ("/v1/search", json!({"text": "a dress", "cursor": id})),
        ("/ucp/catalog/search", json!({"query": id, "merchant": id})),
        ("/ucp/catalog/lookup", json!({"ids": [id, "p1"]})),
        ("/ucp/catalog/product", json!({"id": id})),
    ] {
        answers.push(shop.post(&under.replace("{}", &path), body).await);
    }
    let agents = token_of(Role::Agent, "demo");
    let kind = "application/json";
    let customer = json!({"photo": shop.photo(), "customer": {"id": id}});
    answers.push(shop.send("/v1/looks", &customer, &agents, kind).await);
    let begun = shop.send("/v1/conversations", &json!({"customer_id": id}), &agents, kind).await;
    let place = format!("/v1/agent/conversations/{}", begun.at("/id"));
    let body = json!({"agent": "Robin", "text": "This one.", "product_ids": [id]});
    answers.push(shop.send(&format!("{place}/messages"), &body, &agents, kind).await);
    answers.push(shop.get_as(Role::Agent, &place).await);
    let said = format!("{}/messages", place.replace("/agent/", "/"));
    answers.push(shop.post(&said, json!({"text": format!("what does {id} cost?")})).await);
    let with = json!({"user": id, "merchant": id, "metadata": {"merchant": id}});
    answers.push(completed(shop, json!([user(json!(id))]), with).await);
    answers.push(begun);
    answers
}
