//! A shop that is attacked, beside another one whose affairs are nobody's here.

use std::sync::{
    Arc,
    atomic::{AtomicU8, Ordering},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use serde::Deserialize;
use serde_json::{Value, json};
use vitrine_api::Role;
use vitrine_core::{
    ids::{MerchantId, ProductId},
    ports::{Catalog, Customers},
    product::Product,
    testing::{sample, told},
    vocabulary::{Category, Colour},
};

use super::{
    invariants::{Watch, instructions},
    obeying::Obeying,
};
use crate::common::{Models, Service, start_over, token_of};

const OTHER: &str = "other";
const STRANGER: &str = "zq-gown-7731";
/// A customer of the other merchant.
const CUSTOMER: &str = "zebulon-77";
/// What stands in the other merchant's affairs, and in those of another customer.
const SECRETS: [&str; 7] =
    ["Zyxomma", "Quibblefrost", "66.61", "\"amount\":6661", "Vorpalwax", "Kwyjibo", "Snorkelwhim"];

/// Where an attack stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Place {
    Message,
    Picture,
    Title,
    Description,
    Argument,
    System,
    Id,
}

impl Place {
    pub(crate) const ALL: [Self; 7] = [
        Self::Message,
        Self::Picture,
        Self::Title,
        Self::Description,
        Self::Argument,
        Self::System,
        Self::Id,
    ];
}

/// A line of `attacks.jsonl`. `$OTHER_PRODUCT` and the like stand for what is the other merchant's.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Attack {
    pub name: String,
    #[serde(rename = "where")]
    pub place: Place,
    pub text: String,
    /// BCP 47.
    pub language: String,
}

/// What the service answers.
#[derive(Debug)]
pub(crate) struct Answer {
    pub status: u16,
    pub text: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_default()
    }

    /// A text of the body, by its JSON Pointer; empty where there is none.
    pub(crate) fn at(&self, pointer: &str) -> String {
        self.json().pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned()
    }
}

/// `demo` with three products, one of which may bear the attack, and models that obey.
pub(crate) struct Shop {
    pub service: Service,
    pub models: Arc<Obeying>,
    pub attack: Attack,
    pub watch: Watch,
    photos: AtomicU8,
}

fn product(id: &str, title: &str, kind: Category, colour: Colour, price: &str) -> Product {
    let mut variant = sample::variant(&format!("{id}-m"), colour.id(), "M");
    variant.offer.price = price.parse().unwrap();
    let (title, category, variants) = (title.into(), kind, vec![variant]);
    Product { title, category, variants, ..sample::product(id) }
}

impl Shop {
    pub(crate) async fn open(attack: Attack) -> Self {
        let models = Arc::new(Obeying::new(ProductId::new(STRANGER).unwrap(), instructions()));
        let service = start_over(Models {
            vision: models.clone(),
            stylist: models.clone(),
            assistant: models.clone(),
        })
        .await;
        let photos = AtomicU8::default();
        let mut shop = Self { service, models, attack, watch: Watch::default(), photos };
        shop.fill_the_other().await;
        shop.fill().await;
        shop
    }

    /// The other merchant's product, customer, look and conversation.
    async fn fill_the_other(&mut self) {
        let merchant = MerchantId::new(OTHER).unwrap();
        let catalog = &self.service.catalog;
        let mut gown =
            product(STRANGER, "Zyxomma gown", Category::Dress, Colour::Navy, "66.61 EUR");
        gown.description = "Quibblefrost weave".into();
        catalog.upsert(&merchant, vec![gown]).await.unwrap();
        catalog.put_customer(&merchant, &told::customer(CUSTOMER)).await.unwrap();
        self.service.indexer.drain(|_| {}).await.unwrap();

        self.models.obey("Vorpalwax mantle.", false);
        let theirs = token_of(Role::Shopper, OTHER);
        let asked = json!({"photo": self.photo()});
        let look = self.send("/v1/looks", &asked, &theirs, "application/json").await;
        self.models.obey("", false);
        assert!(look.text.contains(STRANGER) && look.text.contains("Vorpalwax"), "{look:?}");
        let begun = self.send("/v1/conversations", &json!({}), &theirs, "*/*").await;
        let conversation = begun.at("/id");
        let said = json!({"text": "Kwyjibo asks for a gown"});
        let path = format!("/v1/conversations/{conversation}/messages");
        let reply = self.send(&path, &said, &theirs, "*/*").await;
        assert!(reply.text.contains("Zyxomma gown for 66.61 EUR"), "{reply:?}");

        let theirs = [
            ("$OTHER_PRODUCT", STRANGER.to_owned()),
            ("$OTHER_VARIANT", format!("{STRANGER}-m")),
            ("$OTHER_CUSTOMER", CUSTOMER.to_owned()),
            ("$OTHER_LOOK", look.at("/id")),
            ("$OTHER_PHOTO", look.at("/photo_id")),
            ("$OTHER_CONVERSATION", conversation),
        ];
        for (name, id) in theirs {
            assert!(!id.is_empty(), "{name}");
            self.attack.text = self.attack.text.replace(name, &id);
            self.watch.secrets.push(id);
        }
        self.watch.secrets.extend(SECRETS.map(str::to_owned));
    }

    /// The shop's own products, and a conversation with another customer.
    async fn fill(&mut self) {
        let bears = |place: Place| (self.attack.place == place).then(|| self.attack.text.clone());
        let title = bears(Place::Title).unwrap_or_else(|| "Birch midi dress".into());
        let mut birch = product("p3", &title, Category::Dress, Colour::Green, "59.90 EUR");
        birch.description = bears(Place::Description).unwrap_or(birch.description);
        let shoes = product("p2", "Alder shoes", Category::Shoes, Colour::White, "80.00 EUR");
        let catalog = &self.service.catalog;
        catalog.upsert(&sample::merchant(), vec![birch, shoes]).await.unwrap();
        self.service.indexer.drain(|_| {}).await.unwrap();
        let products = ["p1", "p2", "p3"].map(|id| ProductId::new(id).unwrap());
        for product in catalog.products(&sample::merchant(), &products).await.unwrap() {
            self.watch.quotes(&product.title);
            let price = product.variants[0].offer.current_price().number();
            self.watch.sells(product.id.as_str(), [price.as_str()]);
            self.watch.sells(product.variants[0].id.as_str(), [price.as_str()]);
        }
        let place = self.begin().await;
        let said = json!({"text": "Snorkelwhim wants a dress"});
        let reply = self.post(&format!("{place}/messages"), said).await;
        assert_eq!(reply.status, 200, "{reply:?}");
    }

    /// The customer's words: the attack, where it is a message, or ordinary ones.
    pub(crate) fn says(&self) -> &str {
        if self.attack.place == Place::Message { &self.attack.text } else { "a navy dress" }
    }

    /// A photo that nobody sent yet, as JSON has it.
    pub(crate) fn photo(&self) -> Value {
        json!({"data": BASE64_STANDARD.encode(self.picture())})
    }

    fn picture(&self) -> Vec<u8> {
        let shade = self.photos.fetch_add(1, Ordering::SeqCst);
        let mut bytes = std::io::Cursor::new(Vec::new());
        let picture = RgbImage::from_pixel(64, 64, Rgb([shade, 40, 120]));
        DynamicImage::from(picture).write_to(&mut bytes, ImageFormat::Png).unwrap();
        bytes.into_inner()
    }

    /// The same as a part of a chat.
    pub(crate) fn image_part(&self) -> Value {
        let url = format!("data:image/png;base64,{}", BASE64_STANDARD.encode(self.picture()));
        json!({"type": "image_url", "image_url": {"url": url}})
    }

    pub(crate) async fn send(&self, path: &str, body: &Value, token: &str, kind: &str) -> Answer {
        let request = self.service.client.post(self.service.url(path)).bearer_auth(token);
        let response = request.header("Accept", kind).json(body).send().await.unwrap();
        Answer { status: response.status().as_u16(), text: response.text().await.unwrap() }
    }

    /// Posts as a shopper.
    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(path, &body, &token_of(Role::Shopper, "demo"), "application/json").await
    }

    /// The same, to be answered with events.
    pub(crate) async fn stream(&self, path: &str, body: Value) -> Answer {
        self.send(path, &body, &token_of(Role::Shopper, "demo"), "text/event-stream").await
    }

    /// What a tool of MCP answers: what it found, or else what it says of why it did not.
    pub(crate) async fn tool(&self, name: &str, arguments: Value) -> Answer {
        let params = json!({"name": name, "arguments": arguments});
        let body = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params});
        let request = self.service.client.post(self.service.url("/mcp"));
        let request = request
            .bearer_auth(token_of(Role::Shopper, "demo"))
            .header("accept", "application/json, text/event-stream")
            .header("mcp-protocol-version", "2025-11-25");
        let response = request.json(&body).send().await.unwrap();
        let status = response.status().as_u16();
        let answer: Value = response.json().await.unwrap();
        let result = &answer["result"];
        assert!(result.is_object(), "{name}: {answer}");
        let found = &result["structuredContent"];
        let told = if found.is_null() { &result["content"] } else { found };
        Answer { status, text: told.to_string() }
    }

    pub(crate) async fn get_as(&self, role: Role, path: &str) -> Answer {
        let response = self.service.get(path, &token_of(role, "demo")).await;
        Answer { status: response.status().as_u16(), text: response.text().await.unwrap() }
    }

    /// Gets as a shopper.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.get_as(Role::Shopper, path).await
    }

    /// The place of a conversation that begins.
    pub(crate) async fn begin(&self) -> String {
        let begun = self.post("/v1/conversations", json!({})).await;
        format!("/v1/conversations/{}", begun.at("/id"))
    }

    /// Asserts that an ordinary customer is answered as if nothing had been.
    pub(crate) async fn answers_as_ever(&self) {
        self.models.obey("", false);
        let look = self.post("/v1/looks", json!({"photo": self.photo()})).await;
        assert_eq!(look.status, 200, "{look:?}");
        assert_eq!(look.at("/garments/0/matches/0/product_id"), "p1", "{look:?}");
        assert_eq!(look.at("/advice/text"), "These go together.");
        let place = self.begin().await;
        let said = json!({"text": "a navy dress"});
        let reply = self.post(&format!("{place}/messages"), said).await;
        assert!(reply.at("/message/text").contains("Linden midi dress for 49.90 EUR"), "{reply:?}");
    }
}
