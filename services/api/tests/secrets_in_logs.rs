//! What proves who somebody is never reaches the log, however much is logged; nor does a photo.

mod common;

use std::{
    io::Write,
    sync::{Arc, Mutex},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use common::{png, start, token_of};
use serde_json::{Value, json};
use tracing_subscriber::fmt::MakeWriter;
use vitrine_api::Role;

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn neither_a_key_nor_a_token_nor_a_photo_is_ever_logged() {
    let log = Log::default();
    tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(log.clone())
        .init();
    let service = start().await;
    let token = token_of(Role::Merchant, "demo");
    let request = service.client.post(service.url("/v1/keys")).bearer_auth(&token);
    let body = json!({"name": "n", "scopes": ["search"]});
    let key: Value = request.json(&body).send().await.unwrap().json().await.unwrap();
    let (id, secret) = (key["id"].as_str().unwrap(), key["secret"].as_str().unwrap());
    assert_eq!(service.get("/v1/catalog/products", secret).await.status(), 200);
    assert_eq!(service.get("/v1/keys", secret).await.status(), 403);
    assert_eq!(service.get("/v1/keys", &format!("{secret}0")).await.status(), 401);
    assert_eq!(service.get("/v1/keys", &format!("{token}0")).await.status(), 401);
    let photo = BASE64_STANDARD.encode(png(96, 96));
    let call = json!({"name": "find_by_photo", "arguments": {"photo_base64": photo}});
    let call = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call});
    let request = service.client.post(service.url("/mcp")).bearer_auth(&token).json(&call);
    let answer: Value = request.send().await.unwrap().json().await.unwrap();
    assert_eq!(answer["result"]["isError"], false, "{answer}");
    service.server_keys.set_away(true);
    let path = format!("/v1/keys/{id}");
    let request = service.client.delete(service.url(&path)).bearer_auth(&token);
    assert_eq!(request.send().await.unwrap().status(), 204);
    assert_eq!(service.get("/v1/catalog/products", secret).await.status(), 503);

    let text = log.text();
    assert!(text.contains("a key was made") && text.contains(id), "the key is known by its id");
    assert!(text.contains(&format!("key={id}")), "and so is who used it");
    assert!(!text.contains(&secret[3..]) && !text.contains(&secret[..20]), "{text}");
    assert!(text.contains("find_by_photo"), "what the protocol is spoken with is heard too");
    assert!(!text.contains(&photo[..40]), "{text}");
    assert!(!text.contains(&token) && !text.contains(&token[token.len() - 20..]), "{text}");
}
