//! An agent: looks who waits, reads a conversation, answers it and closes it. That somebody waits,
//! a customer first asks for a person.

use goose::prelude::{GooseMethod, GooseUser};
use rand::seq::IndexedRandom;
use serde_json::{Value, json};

use super::{
    ask::{Ask, Body},
    world::World,
};

/// What two agents get who answer the same customer.
const CHANGED: u16 = 409;

/// The conversation that an agent has before them.
#[derive(Debug, Clone)]
struct Before(String);

pub(super) async fn customer(world: &World, user: &mut GooseUser) {
    let (shopper, empty) = (&world.target.tokens.shopper, Body::Json(json!({})));
    let begin = Ask::post("customer: a conversation", "/v1/conversations", shopper, empty);
    let Some(begun) = world.ask(user, begin).await else { return };
    let Some(id) = begun["id"].as_str() else { return };
    let path = format!("/v1/conversations/{id}/messages");
    let words = Body::Json(json!({"text": "I want to talk to a person"}));
    world.ask(user, Ask::post("customer: asks for a person", &path, shopper, words)).await;
}

pub(super) async fn queue(world: &World, user: &mut GooseUser) {
    let path = "/v1/agent/conversations?limit=20";
    let page = world.ask(user, Ask::get("agent: the queue", path, agent(world))).await;
    user.set_session_data(page.as_ref().and_then(one));
}

/// Any that waits: others read the same queue.
fn one(page: &Value) -> Option<Before> {
    let waiting = page["conversations"].as_array()?.choose(&mut rand::rng())?;
    Some(Before(waiting["id"].as_str()?.into()))
}

pub(super) async fn conversation(world: &World, user: &mut GooseUser) {
    if let Some(Before(id)) = before(user) {
        let path = format!("/v1/agent/conversations/{id}");
        world.ask(user, Ask::get("agent: a conversation", &path, agent(world))).await;
    }
}

pub(super) async fn answer(world: &World, user: &mut GooseUser) {
    if let Some(Before(id)) = before(user) {
        let path = format!("/v1/agent/conversations/{id}/messages");
        let words = json!({"agent": "Robin", "text": "Hello, Robin here. How can I help you?"});
        let ask = Ask::post("agent: an answer", &path, agent(world), Body::Json(words));
        world.ask(user, ask.or(CHANGED)).await;
    }
}

pub(super) async fn close(world: &World, user: &mut GooseUser) {
    if let Some(Before(id)) = before(user) {
        let path = format!("/v1/agent/conversations/{id}");
        let body = Body::Json(json!({"status": "closed"}));
        let ask = Ask::post("agent: closes", &path, agent(world), body).or(CHANGED);
        world.ask(user, Ask { method: GooseMethod::Patch, ..ask }).await;
    }
}

fn before(user: &GooseUser) -> Option<Before> {
    user.get_session_data::<Option<Before>>().cloned().flatten()
}

fn agent(world: &World) -> &str {
    &world.target.tokens.agent
}
