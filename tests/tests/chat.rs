//! A conversation with the whole service and the small model.

use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use vitrine_api::Role;
use vitrine_tests::{Service, demo};

struct Chat<'a> {
    service: &'a Service,
    client: reqwest::Client,
    place: String,
}

impl<'a> Chat<'a> {
    async fn begin(service: &'a Service) -> Self {
        let client = reqwest::Client::new();
        let request = client.post(service.url("/v1/conversations")).bearer_auth(&service.token);
        let made = request.json(&json!({"locale": "en"})).send().await.unwrap();
        assert_eq!(made.status(), 201);
        let place = made.headers()["location"].to_str().unwrap().to_owned();
        Self { service, client, place }
    }

    async fn show(&self, text: &str) -> Value {
        let photo = std::fs::read(demo().join("photos/outfit.jpg")).unwrap();
        let form = Form::new().part("photo", Part::bytes(photo).file_name("outfit.jpg"));
        let request = self.client.post(self.service.url(&format!("{}/messages", self.place)));
        let request =
            request.bearer_auth(&self.service.token).multipart(form.text("text", text.to_owned()));
        replied(request.send().await.unwrap()).await
    }

    async fn say(&self, text: &str) -> Value {
        let request = self.client.post(self.service.url(&format!("{}/messages", self.place)));
        let request = request.bearer_auth(&self.service.token).json(&json!({"text": text}));
        replied(request.send().await.unwrap()).await
    }
}

async fn replied(answer: reqwest::Response) -> Value {
    let (status, text) = (answer.status(), answer.text().await.unwrap());
    assert_eq!(status, 200, "{text}");
    let reply: Value = serde_json::from_str(&text).unwrap();
    println!("{}", reply["message"]["text"].as_str().unwrap_or("(no reply)"));
    reply
}

fn text(reply: &Value) -> &str {
    reply["message"]["text"].as_str().unwrap()
}

fn price(product: &Value) -> String {
    let price = &product["price"];
    let amount = price["amount"].as_i64().unwrap();
    format!("{}.{:02} {}", amount / 100, amount % 100, price["currency"].as_str().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_shows_a_photo_asks_on_without_it_and_gets_a_person() {
    let service = Service::start();
    let chat = Chat::begin(&service).await;
    let found = chat.show("do you have this?").await;
    let products = found["products"].as_array().unwrap().clone();
    assert!(!products.is_empty() && !found["garments"].as_array().unwrap().is_empty());
    for product in &products {
        assert!(text(&found).contains(&price(product)), "{} in {}", price(product), text(&found));
    }
    let timings = &found["message"]["timings"];
    let (own, total) = (timings["own"].as_f64().unwrap(), timings["total"].as_f64().unwrap());
    println!("the service's own share of {total} ms is {:.1} %", 100.0 * own / total.max(1.0));

    let asked = chat.say("how much is the first one?").await;
    assert_eq!(asked["message"]["intent"], "ask_product");
    assert!(text(&asked).contains(&price(&products[0])), "{}", text(&asked));
    assert_eq!(asked["products"][0]["product_id"], products[0]["product_id"]);

    let refined = chat.say("the first one in navy").await;
    assert_eq!(refined["message"]["intent"], "refine");
    for product in refined["products"].as_array().unwrap() {
        let variants = product["variants"].as_array().unwrap();
        let is_navy =
            |variant: &Value| variant["colours"].as_array().unwrap().contains(&json!("navy"));
        assert!(variants.iter().all(is_navy), "{product}");
    }

    let thanked = chat.say("thank you very much").await;
    assert_eq!(thanked["message"]["intent"], "small_talk");
    let handed = chat.say("I want to talk to a person").await;
    assert_eq!(handed["status"], "waiting");
    let agents = service.token_of(Role::Agent);
    let place = chat.place.replace("/v1/", "/v1/agent/");
    let view: Value = chat
        .client
        .get(service.url(&place))
        .bearer_auth(agents)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    let summary = view["conversation"]["summary"].as_str().unwrap();
    assert!(summary.contains("sent 1 photo") && summary.contains("talk to a person"), "{summary}");
    assert_eq!(view["messages"].as_array().unwrap().len(), 10);
}
