use image::{Rgb, RgbImage};

use super::*;
use crate::{
    answers::AnswerRecorder,
    conversation::HandoverReason,
    garment::Garment,
    ids::CustomerId,
    indexing::Indexer,
    likeness::Balance,
    look::Part,
    measuring::Measuring,
    ports::{Catalog, Customers},
    product::{OfferChange, OfferPatch, Product},
    shopping::{Flights, MatchRecorder, PhotoKeeping, Photos},
    testing::{
        FakeAssistant, FakeEmbedder, FakeStylist, FakeVision, MemoryCache, MemoryCatalog,
        MemoryIndex, MemoryLocks, MemoryRules, sample,
    },
    vocabulary::{Category, Colour},
};

/// A shop that talks, and sells a navy and a green dress and white shoes.
struct Fakes {
    chat: Arc<Chatting>,
    catalog: Arc<MemoryCatalog>,
}

fn product(id: &str, title: &str, category: Category, colour: Colour, price: &str) -> Product {
    let mut product = sample::product(id);
    product.title = title.into();
    product.category = category;
    product.variants = ["38", "40"]
        .map(|size| {
            let mut variant = sample::variant(&format!("{id}-{size}"), colour.id(), size);
            variant.colours = vec![colour];
            variant.offer.price = price.parse().unwrap();
            variant
        })
        .to_vec();
    product
}

async fn fakes(assistant: FakeAssistant, garments: Vec<Garment>) -> Fakes {
    fakes_seeing(assistant, FakeVision::seeing(garments)).await
}

async fn fakes_seeing(assistant: FakeAssistant, vision: FakeVision) -> Fakes {
    let catalog = Arc::new(MemoryCatalog::default());
    let index = Arc::new(MemoryIndex::default());
    let embedder = Arc::new(FakeEmbedder::default());
    let products = vec![
        product("navy", "Linden midi dress", Category::Dress, Colour::Navy, "49.90 EUR"),
        product("green", "Birch midi dress", Category::Dress, Colour::Green, "59.90 EUR"),
        product("shoes", "Alder shoes", Category::Shoes, Colour::White, "80.00 EUR"),
    ];
    catalog.upsert(&sample::merchant(), products).await.unwrap();
    let indexer = Indexer::new(catalog.clone(), index.clone(), embedder.clone());
    indexer.drain(|_| {}).await.unwrap();
    let admission = Arc::new(Admission::new(2, 8));
    let shop = Arc::new(Shopping {
        vision: Arc::new(vision),
        stylist: Arc::new(FakeStylist::default()),
        embedder,
        image_embedder: None,
        catalog: catalog.clone(),
        index,
        rules: Arc::new(MemoryRules::default()),
        measuring: Measuring::new(catalog.clone()),
        cache: Arc::new(MemoryCache::default()),
        photos: Photos::new(Arc::new(MemoryCache::default()), PhotoKeeping::default()),
        flights: Flights::new(Arc::new(MemoryLocks::default())),
        matched: Arc::new(MatchRecorder::new(catalog.clone())),
        answered: Arc::new(AnswerRecorder::new(catalog.clone())),
        min_similarity: 0.2,
        balance: Balance::default(),
    });
    let searching = Arc::new(Searching {
        shop: Arc::clone(&shop),
        pictures: catalog.clone(),
        admission: Arc::clone(&admission),
    });
    let chat = Arc::new(Chatting {
        shop,
        searching,
        assistant: Arc::new(assistant),
        conversations: catalog.clone(),
        admission,
        hold: Duration::from_secs(60),
    });
    Fakes { chat, catalog }
}

fn dress() -> Vec<Garment> {
    vec![sample::garment(Category::Dress, &[Colour::Navy])]
}

impl Fakes {
    async fn usual() -> Self {
        fakes(FakeAssistant::default(), dress()).await
    }

    async fn begin(&self) -> ConversationId {
        let conversation = Conversation::new("api");
        self.chat
            .conversations
            .create_conversation(&sample::merchant(), &conversation)
            .await
            .unwrap();
        conversation.id
    }

    async fn say(&self, id: ConversationId, text: &str) -> Reply {
        let said = Said { text: text.into(), ..Said::default() };
        self.chat.reply(&sample::merchant(), id, said).await.unwrap()
    }

    async fn show(&self, id: ConversationId, text: &str) -> Reply {
        let picture = RgbImage::from_pixel(96, 96, Rgb([20, 30, 90]));
        let photos = vec![Photo::from_picture(&picture, 64)];
        let said = Said { text: text.into(), photos, ..Said::default() };
        self.chat.reply(&sample::merchant(), id, said).await.unwrap()
    }

    async fn conversation(&self, id: ConversationId) -> Conversation {
        let kept = self.chat.conversations.conversation(&sample::merchant(), id).await.unwrap();
        kept.unwrap().conversation
    }
}

fn text(reply: &Reply) -> &str {
    reply.message.as_ref().map_or("", |message| &message.text)
}

fn ids(reply: &Reply) -> Vec<&str> {
    reply.products.iter().map(|found| found.product_id.as_str()).collect()
}

#[tokio::test]
async fn a_photo_is_answered_with_products_and_their_prices_now() {
    let fakes = Fakes::usual().await;
    let id = fakes.begin().await;
    let reply = fakes.show(id, "").await;
    assert_eq!(reply.status, ChatStatus::Assistant);
    assert_eq!(ids(&reply)[0], "navy");
    assert!(text(&reply).contains("Linden midi dress for 49.90 EUR"), "{}", text(&reply));
    assert_eq!(reply.garments.len(), 1);
    let message = reply.message.unwrap();
    assert_eq!((message.number, message.intent), (2, Some(Intent::Find)));
    assert!(message.look_id.is_some() && message.timings.is_some());
    let kept = fakes.chat.conversations.messages(&sample::merchant(), id, None, 10).await.unwrap();
    assert_eq!(kept.len(), 2);
    assert_eq!(kept[1].photo_ids.len(), 1);
}

#[tokio::test]
async fn the_second_one_in_green_and_a_size_needs_no_photo() {
    let fakes = Fakes::usual().await;
    let id = fakes.begin().await;
    fakes.show(id, "").await;
    let reply = fakes.say(id, "the first one in green, size 40").await;
    assert_eq!(ids(&reply), ["green"]);
    assert!(text(&reply).contains("in size 40"), "{}", text(&reply));
    assert!(reply.products[0].variants.iter().all(|variant| variant.size.as_deref() == Some("40")));
    let again = fakes.say(id, "in navy").await;
    assert_eq!(ids(&again), ["navy"], "another colour, and the size holds");
    assert!(again.products[0].variants.iter().all(|variant| variant.size.as_deref() == Some("40")));
}

#[tokio::test]
async fn cheaper_looks_at_the_prices_of_now() {
    let fakes = Fakes::usual().await;
    let id = fakes.begin().await;
    let found = fakes.say(id, "a green dress").await;
    assert!(ids(&found).contains(&"green"), "{found:?}");
    let place = ids(&found).iter().position(|id| *id == "green").unwrap();
    let place = ["first", "second", "third"][place];
    let reply = fakes.say(id, &format!("like the {place} but cheaper")).await;
    assert_eq!(ids(&reply), ["navy"], "{}", text(&reply));
    assert!(text(&reply).contains("up to 59.89 EUR"), "{}", text(&reply));
}

#[tokio::test]
async fn what_is_asked_of_a_product_comes_from_the_catalog_as_it_is_now() {
    let fakes = Fakes::usual().await;
    let id = fakes.begin().await;
    fakes.show(id, "").await;
    let patch = OfferPatch { price: Some("12.34 EUR".parse().unwrap()), ..OfferPatch::default() };
    let change = |size: &str| OfferChange {
        variant: crate::ids::VariantId::new(format!("navy-{size}")).unwrap(),
        patch: patch.clone(),
    };
    let changes = vec![change("38"), change("40")];
    fakes.catalog.set_offers(&sample::merchant(), changes).await.unwrap();
    let reply = fakes.say(id, "how much does the first cost?").await;
    assert_eq!(text(&reply), "Linden midi dress costs 12.34 EUR.");
    assert_eq!(ids(&reply), ["navy"]);
    let reply = fakes.say(id, "is the first made of wool?").await;
    assert_eq!(text(&reply), "Linden midi dress is made of cotton.");
    let both = fakes.say(id, "compare the first and the second").await;
    assert!(text(&both).ends_with("Linden midi dress costs 47.56 EUR less."), "{}", text(&both));
    assert_eq!(ids(&both), ["navy", "green"]);
}

#[tokio::test]
async fn a_person_is_got_where_one_is_asked_for_and_the_assistant_is_silent_then() {
    let fakes = Fakes::usual().await;
    let id = fakes.begin().await;
    fakes.show(id, "").await;
    let reply = fakes.say(id, "can I talk to a human?").await;
    assert_eq!(reply.status, ChatStatus::Waiting);
    let handover = reply.handover.clone().unwrap();
    assert_eq!(handover.reason, HandoverReason::Asked);
    let other = fakes.begin().await;
    let order = fakes.say(other, "where is my order 12345?").await;
    assert_eq!(order.handover.unwrap().reason, HandoverReason::Order);
    assert!(handover.summary.contains("dress") && handover.summary.contains("a human"));
    assert!(text(&reply).contains("colleague"));
    let silent = fakes.say(id, "in green please").await;
    assert_eq!((silent.message, silent.status), (None, ChatStatus::Waiting));

    let conversation = fakes.conversation(id).await;
    let suggested = fakes.chat.suggestions(&sample::merchant(), &conversation).await.unwrap();
    assert!(suggested.iter().any(|one| one.text.contains("Linden midi dress for 49.90 EUR")));
    let answer = AgentAnswer {
        agent: "Robin".into(),
        text: "Hello, Robin here.".into(),
        product_ids: Vec::new(),
        suggestion: Some(suggested[0].text.clone()),
    };
    let said = fakes.chat.answer_as_agent(&sample::merchant(), id, answer).await.unwrap();
    assert_eq!((said.number, said.agent.as_deref()), (6, Some("Robin")));
    let conversation = fakes.conversation(id).await;
    assert_eq!(conversation.status, ChatStatus::Agent);
    assert!(conversation.first_agent_answer_ms.is_some());
    assert_eq!(fakes.say(id, "thanks").await.message, None);

    let change = Change { status: ChatStatus::Assistant, agent: None };
    fakes.chat.change(&sample::merchant(), id, change).await.unwrap();
    let reply = fakes.say(id, "the first in green").await;
    assert_eq!(ids(&reply), ["green"], "the assistant goes on where it was");
}

#[tokio::test]
async fn who_is_not_understood_twice_is_handed_over() {
    let assistant = FakeAssistant::default();
    *assistant.confidence.lock().unwrap() = Some(0.2);
    let fakes = fakes(assistant, dress()).await;
    let id = fakes.begin().await;
    let first = fakes.say(id, "hmpf").await;
    assert_eq!(first.status, ChatStatus::Assistant);
    assert!(text(&first).contains("not sure"), "{}", text(&first));
    let plain = fakes.say(id, "a dress").await;
    assert_eq!(
        plain.status,
        ChatStatus::Assistant,
        "plain words are understood whatever a model says"
    );
    fakes.say(id, "hmpf").await;
    let last = fakes.say(id, "grmbl").await;
    assert_eq!(last.status, ChatStatus::Waiting);
    assert_eq!(last.handover.unwrap().reason, HandoverReason::Unsure);
}

#[tokio::test]
async fn a_model_that_fails_costs_understanding_but_not_the_answer() {
    let failing = FakeAssistant::failing(ModelError::Stopped("gone".into()));
    let fakes = fakes(failing, dress()).await;
    let id = fakes.begin().await;
    let found = fakes.say(id, "a navy dress").await;
    assert_eq!(ids(&found)[0], "navy");
    assert!(found.degraded.iter().any(|degradation| degradation.part == Part::Model));
    let refined = fakes.say(id, "in green").await;
    assert_eq!(ids(&refined)[0], "green");
}

#[tokio::test]
async fn words_of_a_model_that_say_more_than_is_known_are_not_told() {
    let lying = FakeAssistant::wording("{p1.title} costs {p1.price}, with a discount.");
    let fakes = fakes(lying, dress()).await;
    let id = fakes.begin().await;
    let reply = fakes.say(id, "a navy dress").await;
    assert!(!text(&reply).contains("discount") && text(&reply).contains("49.90 EUR"));
    assert!(reply.degraded.iter().any(|degradation| degradation.part == Part::Language));
}

#[tokio::test]
async fn true_words_of_a_model_are_told_with_what_the_catalog_says() {
    let wording = "Gern: {p1.title} kostet {p1.price}, {p2.title} {p2.price}.";
    let fakes = fakes(FakeAssistant::wording(wording), dress()).await;
    let id = fakes.begin().await;
    let reply = fakes.say(id, "a dress").await;
    let told = text(&reply);
    assert!(told.starts_with("Gern: ") && told.contains("49.90 EUR"), "{told}");
    assert!(reply.degraded.is_empty(), "{:?}", reply.degraded);
}

#[tokio::test]
async fn a_conversation_uses_what_is_kept_of_its_customer() {
    let fakes = Fakes::usual().await;
    let mut profile = crate::testing::told::customer("anna");
    profile.customer.sizes = vec!["54".into()];
    fakes.catalog.put_customer(&sample::merchant(), &profile).await.unwrap();
    let mut conversation = Conversation::new("api");
    conversation.customer_id = Some(CustomerId::new("anna").unwrap());
    fakes.catalog.create_conversation(&sample::merchant(), &conversation).await.unwrap();
    let reply = fakes.say(conversation.id, "a dress").await;
    assert_eq!(ids(&reply), [""; 0], "none comes in the size");
}

#[tokio::test]
async fn another_merchants_conversation_is_unknown() {
    let fakes = Fakes::usual().await;
    let id = fakes.begin().await;
    let other = MerchantId::new("other").unwrap();
    let said = Said { text: "hello".into(), ..Said::default() };
    assert_eq!(fakes.chat.reply(&other, id, said).await, Err(ChatError::Unknown));
}

#[tokio::test]
async fn a_reply_is_kept_though_nobody_listens() {
    let fakes = Fakes::usual().await;
    let id = fakes.begin().await;
    let said = Said { text: "a navy dress".into(), ..Said::default() };
    drop(fakes.chat.say(&sample::merchant(), id, said).await.unwrap());
    for _ in 0..200 {
        if fakes.conversation(id).await.messages == 2 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the reply is not kept");
}

#[tokio::test]
async fn a_photo_that_is_none_for_a_shop_is_declined_in_a_fixed_sentence() {
    let refusal = ModelError::Refused(crate::moderation::Unfit::Document);
    let fakes = fakes_seeing(FakeAssistant::default(), FakeVision::failing(refusal)).await;
    let id = fakes.begin().await;
    let reply = fakes.show(id, "do you have this?").await;
    assert_eq!(text(&reply), crate::moderation::Unfit::Document.words());
    assert_eq!((ids(&reply).len(), reply.status), (0, ChatStatus::Assistant));
}

#[tokio::test]
async fn what_goes_with_a_product_is_found_whatever_a_model_takes_the_question_for() {
    let fakes = Fakes::usual().await;
    let id = fakes.begin().await;
    fakes.say(id, "a green dress").await;
    let reply = fakes.say(id, "compare: what goes with the first?").await;
    assert_eq!(ids(&reply), ["shoes"], "{}", text(&reply));
}

#[tokio::test]
async fn small_talk_is_answered_and_changes_nothing() {
    let fakes = Fakes::usual().await;
    let id = fakes.begin().await;
    fakes.show(id, "").await;
    let before = fakes.conversation(id).await.memory.shown;
    assert_eq!(text(&fakes.say(id, "thanks!").await), "You are welcome.");
    assert_eq!(fakes.conversation(id).await.memory.shown, before);
}
