//! A shopper: sends a photo, reads the look again, looks closer at a garment, searches by words,
//! and the app tells what was clicked.

use goose::prelude::GooseUser;
use rand::{Rng, seq::IndexedRandom};
use serde_json::{Value, json};

use super::{
    ask::{Ask, Body},
    world::World,
};

/// What the models have to look at.
pub(super) const A_NEW_PHOTO: &str = "shopper: a new photo";
const WORDS: [&str; 6] = [
    "navy midi dress with long sleeves",
    "blue trousers under 80 euro",
    "a warm coat for the winter",
    "striped polo shirt",
    "something red for a wedding",
    "white sneakers",
];

/// What a shopper remembers of the answer to a photo.
#[derive(Debug, Clone)]
struct Seen {
    look: String,
    photo: String,
    region: Option<Value>,
    /// The first product of the first garment that has one.
    product: Option<String>,
}

impl Seen {
    fn of(look: &Value) -> Option<Self> {
        let garments = look["garments"].as_array()?;
        let product =
            |garment: &Value| garment["matches"][0]["product_id"].as_str().map(Into::into);
        Some(Self {
            look: look["id"].as_str()?.into(),
            photo: look["photo_id"].as_str()?.into(),
            region: garments.first().map(|garment| garment["box"].clone()),
            product: garments.iter().find_map(product),
        })
    }
}

pub(super) async fn photo(world: &World, user: &mut GooseUser) {
    let new = rand::rng().random_ratio(world.new_photos.min(100), 100);
    let (name, photo) = if new {
        (A_NEW_PHOTO, world.photos.a_new_one().unwrap_or_default())
    } else {
        ("shopper: a known photo", world.photos.a_known_one())
    };
    let ask = Ask::post(name, "/v1/looks", shopper(world), Body::Photo(photo));
    let look = world.ask(user, ask).await;
    user.set_session_data(look.as_ref().and_then(Seen::of));
}

pub(super) async fn look(world: &World, user: &mut GooseUser) {
    if let Some(seen) = seen(user) {
        let path = format!("/v1/looks/{}", seen.look);
        world.ask(user, Ask::get("shopper: the look again", &path, shopper(world))).await;
    }
}

pub(super) async fn closer(world: &World, user: &mut GooseUser) {
    if let Some(Seen { photo, region: Some(region), .. }) = seen(user) {
        let body = Body::Json(json!({"photo": {"id": photo}, "region": region}));
        let ask = Ask::post("shopper: a closer look", "/v1/looks", shopper(world), body);
        world.ask(user, ask).await;
    }
}

pub(super) async fn search(world: &World, user: &mut GooseUser) {
    let words = WORDS.choose(&mut rand::rng()).copied().unwrap_or_default();
    let body = Body::Json(json!({"text": words, "limit": 10}));
    let ask = Ask::post("shopper: a search", "/v1/search", shopper(world), body);
    world.ask(user, ask).await;
}

pub(super) async fn events(world: &World, user: &mut GooseUser) {
    let Some(seen) = seen(user) else { return };
    let event = |kind: &str| {
        let id = format!("load-{:032x}", rand::rng().random::<u128>());
        let time = jiff::Timestamp::now().to_string();
        json!({"id": id, "kind": kind, "time": time, "look_id": seen.look})
    };
    let mut events = vec![event("view")];
    if let Some(product) = &seen.product {
        let mut click = event("click");
        click["product_id"] = product.as_str().into();
        click["position"] = 0.into();
        events.push(click);
    }
    let body = Body::Json(json!({"events": events}));
    world.ask(user, Ask::post("shopper: events", "/v1/events", shopper(world), body)).await;
}

fn seen(user: &GooseUser) -> Option<Seen> {
    user.get_session_data::<Option<Seen>>().cloned().flatten()
}

fn shopper(world: &World) -> &str {
    &world.target.tokens.shopper
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shopper_remembers_the_first_garment_and_the_first_product() {
        let look = json!({"id": "l", "photo_id": "p", "garments": [
            {"id": "g1", "box": {"left": 0.1}, "matches": []},
            {"id": "g2", "box": {"left": 0.2}, "matches": [{"product_id": "blazer"}]},
        ]});
        let seen = Seen::of(&look).unwrap();
        assert_eq!(seen.region, Some(json!({"left": 0.1})));
        assert_eq!(seen.product.as_deref(), Some("blazer"));
        let nothing = Seen::of(&json!({"id": "l", "photo_id": "p", "garments": []})).unwrap();
        assert_eq!((nothing.region, nothing.product), (None, None));
        assert!(Seen::of(&json!({"code": "busy"})).is_none());
    }
}
