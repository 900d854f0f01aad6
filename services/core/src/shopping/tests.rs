mod flight;
mod moderation;
mod persons;
mod pictures;

use async_trait::async_trait;

use super::*;
use crate::{
    admission::Permit,
    experiments::{Served, Trial, Varied},
    ids::{ArmName, ExperimentName, MerchantId, ProductId},
    indexing::Indexer,
    look::Suggestion,
    photo::Photo,
    ports::{Entry, Hit, Point, Query, StoreError},
    product::{Offer, OfferChange, Product},
    reports::{Days, Overview, Queries},
    testing::{
        FakeEmbedder, FakeStylist, FakeVision, MemoryCache, MemoryCatalog, MemoryIndex,
        MemoryLocks, MemoryRules, sample,
    },
    vocabulary::{Category, Colour},
};

/// A shop that sells one navy dress, `p1`, and the models that look and advise for it.
struct Fakes {
    vision: Arc<FakeVision>,
    stylist: Arc<FakeStylist>,
    embedder: Arc<FakeEmbedder>,
    image_embedder: Option<Arc<dyn ImageEmbedder>>,
    catalog: Arc<MemoryCatalog>,
    index: Arc<MemoryIndex>,
    rules: Arc<MemoryRules>,
}

impl Fakes {
    async fn with(vision: FakeVision, stylist: FakeStylist) -> Self {
        let fakes = Self {
            vision: Arc::new(vision),
            stylist: Arc::new(stylist),
            embedder: Arc::default(),
            image_embedder: None,
            catalog: Arc::default(),
            index: Arc::default(),
            rules: Arc::default(),
        };
        fakes.sell(sample::product("p1")).await;
        fakes
    }

    async fn seeing(garments: Vec<Garment>) -> Self {
        Self::with(FakeVision::seeing(garments), FakeStylist::default()).await
    }

    async fn sell(&self, product: Product) {
        self.catalog.upsert(&sample::merchant(), vec![product]).await.unwrap();
        let Self { catalog, index, embedder, .. } = self;
        let indexer = Indexer::new(catalog.clone(), index.clone(), embedder.clone());
        indexer.drain(|_| {}).await.unwrap();
    }

    async fn offer(&self, change: impl Fn(&mut Offer)) {
        let known = sample::product("p1").variants.remove(0);
        let mut offer = known.offer;
        change(&mut offer);
        let changes = vec![OfferChange { variant: known.id, patch: offer.into() }];
        self.catalog.set_offers(&sample::merchant(), changes).await.unwrap();
    }

    /// With a memory of its own.
    fn shop(&self) -> Shopping {
        Shopping {
            vision: self.vision.clone(),
            stylist: self.stylist.clone(),
            embedder: self.embedder.clone(),
            image_embedder: self.image_embedder.clone(),
            catalog: self.catalog.clone(),
            index: self.index.clone(),
            rules: self.rules.clone(),
            measuring: Measuring::new(self.catalog.clone()),
            cache: Arc::new(MemoryCache::default()),
            photos: Photos::new(Arc::new(MemoryCache::default()), PhotoKeeping::default()),
            flights: Flights::new(Arc::new(MemoryLocks::default())),
            matched: Arc::new(MatchRecorder::new(self.catalog.clone())),
            answered: Arc::new(AnswerRecorder::new(self.catalog.clone())),
            min_similarity: 0.2,
            balance: Balance::default(),
        }
    }

    /// How often each model was asked: to look, to advise, and for how many texts' vectors.
    fn asked(&self) -> (usize, usize, usize) {
        (self.vision.asked(), self.stylist.asked(), self.embedder.embedded())
    }
}

fn dress() -> Garment {
    sample::garment(Category::Dress, &[Colour::Navy])
}

fn shoes() -> Garment {
    sample::garment(Category::Shoes, &[Colour::White])
}

fn request() -> LookRequest {
    LookRequest::of(sample::merchant(), Sight::Photo(sample::photo(1)))
}

async fn look(shop: &Arc<Shopping>) -> Look {
    asking(shop, request()).await
}

async fn asking(shop: &Arc<Shopping>, request: LookRequest) -> Look {
    shop.look(request, &queue()).await.unwrap()
}

async fn events(shop: &Arc<Shopping>) -> Vec<LookEvent> {
    shop.advise(request(), &queue()).await.unwrap().collect().await
}

fn queue() -> Arc<Admission> {
    Arc::new(Admission::new(1, 0))
}

/// Each event in a few words.
fn told(events: &[LookEvent]) -> Vec<String> {
    let told = events.iter().map(|event| match event {
        LookEvent::Created { .. } => "created".into(),
        LookEvent::Garment { id, .. } => format!("garment {id}"),
        LookEvent::Matches { garment_id, matches, .. } => {
            format!("{} matches for {garment_id}", matches.len())
        }
        LookEvent::Completion(completion) => {
            format!("{} for the {}", completion.matches.len(), completion.slot)
        }
        LookEvent::Advice(AdvicePiece::Text(_)) => "advice".into(),
        LookEvent::Advice(AdvicePiece::Suggestion(suggestion)) => {
            let ids: Vec<&str> = suggestion.product_ids.iter().map(ProductId::as_str).collect();
            format!("suggestion of {}", ids.join(", "))
        }
        LookEvent::Completed(_) => "completed".into(),
        LookEvent::Failed(_) => "failed".into(),
    });
    told.collect()
}

fn parts(look: &Look) -> Vec<Part> {
    look.degraded.iter().map(|degradation| degradation.part).collect()
}

fn product_ids(look: &Look) -> Vec<&str> {
    let matches = look.garments.iter().flat_map(|garment| &garment.matches);
    matches.map(|found| found.product_id.as_str()).collect()
}

fn trouble() -> ModelError {
    ModelError::Stopped("/srv/models at db.internal".into())
}

fn store_trouble<T>() -> Result<T, StoreError> {
    Err(StoreError::Unavailable { store: "Qdrant", detail: "/srv at db.internal".into() })
}

#[tokio::test]
async fn each_garment_is_told_then_its_matches_then_the_advice_then_the_whole() {
    let fakes = Fakes::seeing(vec![dress(), shoes()]).await;
    let shop = Arc::new(fakes.shop());
    let events = events(&shop).await;
    assert_eq!(
        told(&events),
        [
            "created",
            "garment g1",
            "1 matches for g1",
            "garment g2",
            "0 matches for g2",
            "advice",
            "suggestion of p1",
            "completed",
        ]
    );
    let (Some(LookEvent::Created { id, photo_id, .. }), Some(LookEvent::Completed(look))) =
        (events.first(), events.last())
    else {
        panic!("{events:?}");
    };
    assert_eq!((*id, photo_id), (look.id, &look.photo_id));
    assert_eq!(
        look.garments[1].note.as_deref(),
        Some("no close match for your shoes in the shop now")
    );
    assert_eq!((look.cached, parts(look), &look.note), (false, vec![], &None));
}

#[tokio::test]
async fn a_photo_seen_before_costs_no_model_call_and_says_that_it_was_known() {
    let fakes = Fakes::seeing(vec![dress(), shoes()]).await;
    let shop = Arc::new(fakes.shop());
    let first = look(&shop).await;
    let asked = fakes.asked();
    let second = look(&shop).await;
    assert_eq!(fakes.asked(), asked);
    assert_eq!((first.cached, second.cached), (false, true));
    assert_eq!((&first.garments, &first.advice), (&second.garments, &second.advice));
    assert_ne!(first.id, second.id);
}

#[tokio::test]
async fn a_price_or_stock_change_shows_in_the_very_next_answer_without_a_model_call() {
    let fakes = Fakes::seeing(vec![dress()]).await;
    let shop = Arc::new(fakes.shop());
    assert_eq!(look(&shop).await.garments[0].matches[0].price.amount, 4990);
    let asked = fakes.asked();

    fakes.offer(|offer| offer.sale_price = Some("39.90 EUR".parse().unwrap())).await;
    let cheaper = look(&shop).await;
    assert_eq!(cheaper.garments[0].matches[0].price.amount, 3990);
    assert!(cheaper.advice.is_some());

    fakes.offer(|offer| offer.stock = Some(0)).await;
    let sold_out = look(&shop).await;
    assert_eq!((product_ids(&sold_out), &sold_out.advice), (vec![], &None));
    assert!(sold_out.garments[0].note.is_some());

    fakes.offer(|offer| offer.stock = Some(1)).await;
    assert_eq!(product_ids(&look(&shop).await), ["p1"]);
    assert_eq!(fakes.asked(), asked);
}

#[tokio::test]
async fn advice_is_reused_only_when_what_was_found_and_wished_is_the_same() {
    let fakes = Fakes::seeing(vec![dress()]).await;
    let shop = Arc::new(fakes.shop());
    look(&shop).await;
    look(&shop).await;
    assert_eq!(fakes.stylist.asked(), 1);

    fakes.sell(sample::product("p2")).await;
    let advice = look(&shop).await.advice.unwrap();
    assert_eq!((fakes.stylist.asked(), advice.suggestions.len()), (2, 2));

    let wish = Some("for a wedding".to_owned());
    let wished = LookRequest { wish, ..request() };
    asking(&shop, wished.clone()).await;
    asking(&shop, wished).await;
    assert_eq!((fakes.stylist.asked(), fakes.vision.asked()), (3, 1));
}

#[tokio::test]
async fn a_model_that_fails_before_the_first_garment_fails_the_answer() {
    let fakes = Fakes::with(FakeVision::failing(trouble()), FakeStylist::default()).await;
    let shop = Arc::new(fakes.shop());
    assert_eq!(told(&events(&shop).await), ["created", "failed"]);
    let answer = shop.look(request(), &queue()).await;
    assert_eq!((answer, fakes.vision.asked()), (Err(Unanswered::Model(trouble())), 2));
}

#[tokio::test]
async fn a_model_that_fails_after_the_first_garment_makes_an_answer_that_is_not_remembered() {
    let mut vision = FakeVision::seeing(vec![dress()]);
    vision.failure = Some(trouble());
    let fakes = Fakes::with(vision, FakeStylist::default()).await;
    let shop = Arc::new(fakes.shop());
    for asked in [1, 2] {
        let look = look(&shop).await;
        assert_eq!((parts(&look), product_ids(&look)), (vec![Part::Garments], vec!["p1"]));
        assert_eq!(look.degraded[0].reason, trouble().for_customers());
        assert!(look.advice.is_some() && !look.cached);
        assert_eq!(fakes.vision.asked(), asked);
    }
}

#[tokio::test]
async fn a_stylist_that_fails_takes_the_advice_and_nothing_else() {
    let vision = FakeVision::seeing(vec![dress()]);
    let fakes = Fakes::with(vision, FakeStylist::failing(trouble())).await;
    let shop = Arc::new(fakes.shop());
    for asked in [1, 2] {
        let look = look(&shop).await;
        assert_eq!((parts(&look), product_ids(&look)), (vec![Part::Advice], vec!["p1"]));
        assert_eq!(look.degraded[0].reason, trouble().for_customers());
        assert_eq!((look.advice, fakes.stylist.asked()), (None, asked));
    }
}

fn white_shoes() -> Product {
    Product {
        title: "White shoes".into(),
        category: Category::Shoes,
        material: None,
        variants: vec![sample::variant("s1-39", "white", "39")],
        ..sample::product("s1")
    }
}

#[tokio::test]
async fn the_look_is_completed_where_that_is_asked_for_and_the_stylist_knows() {
    let fakes = Fakes::seeing(vec![dress()]).await;
    fakes.sell(white_shoes()).await;
    let shop = Arc::new(fakes.shop());
    let asked = LookRequest { complete_the_look: true, ..request() };
    let events: Vec<LookEvent> = shop.advise(asked, &queue()).await.unwrap().collect().await;
    assert_eq!(
        told(&events),
        [
            "created",
            "garment g1",
            "1 matches for g1",
            "1 for the shoes",
            "advice",
            "suggestion of p1",
            "suggestion of s1",
            "completed",
        ]
    );
    let Some(LookEvent::Completed(completed)) = events.last() else { panic!("{events:?}") };
    assert_eq!(completed.complete_the_look[0].matches[0].product_id.as_str(), "s1");
    assert!(look(&shop).await.complete_the_look.is_empty());
}

#[tokio::test]
async fn what_is_known_needs_no_place_in_the_queue() {
    let fakes = Fakes::seeing(vec![dress()]).await;
    let shop = Arc::new(fakes.shop());
    let first = look(&shop).await;
    let full = queue();
    let _place = full.enter(&sample::merchant()).await.unwrap();
    let again = shop.look(request(), &full).await.unwrap();
    assert_eq!((again.cached, &again.advice), (true, &first.advice));
    let unknown = LookRequest::of(sample::merchant(), Sight::Photo(sample::photo(2)));
    assert!(matches!(shop.look(unknown, &full).await, Err(Unanswered::Busy(_))));
    let wished = LookRequest { wish: Some("for a wedding".into()), ..request() };
    let poorer = shop.look(wished, &full).await.unwrap();
    assert_eq!((parts(&poorer), product_ids(&poorer)), (vec![Part::Advice], vec!["p1"]));
}

#[tokio::test]
async fn a_look_is_refined_without_its_photo_where_that_is_not_kept() {
    let fakes = Fakes::seeing(vec![dress()]).await;
    let none = PhotoKeeping { default: Duration::ZERO, ..PhotoKeeping::default() };
    let cache = Arc::new(MemoryCache::default());
    let shop = Arc::new(Shopping { photos: Photos::new(cache, none), ..fakes.shop() });
    let first = look(&shop).await;
    let answered = shop.find_answered(&sample::merchant(), first.id).await.unwrap().unwrap();
    assert!(answered.photo.is_none());
    let refined = LookRequest {
        wish: Some("for a wedding".into()),
        ..LookRequest::of(sample::merchant(), Sight::Look(answered))
    };
    let refined = asking(&shop, refined).await;
    assert_eq!((parts(&refined), product_ids(&refined)), (vec![Part::Advice], vec!["p1"]));
    assert_eq!((refined.refines, fakes.vision.asked()), (Some(first.id), 1));
}

struct BrokenIndex;

#[async_trait]
impl Index for BrokenIndex {
    async fn replace(
        &self,
        _: &MerchantId,
        _: &[ProductId],
        _: Vec<Point>,
    ) -> Result<(), StoreError> {
        store_trouble()
    }

    async fn search(&self, _: &MerchantId, _: &Query) -> Result<Vec<Hit>, StoreError> {
        store_trouble()
    }

    async fn count(&self, _: &MerchantId) -> Result<u64, StoreError> {
        store_trouble()
    }

    async fn entries(&self, _: Option<&Entry>, _: usize) -> Result<Vec<Entry>, StoreError> {
        store_trouble()
    }

    async fn begin_rebuild(&self) -> Result<(), StoreError> {
        store_trouble()
    }

    async fn fill(&self, _: &MerchantId, _: &[ProductId], _: Vec<Point>) -> Result<(), StoreError> {
        store_trouble()
    }

    async fn finish_rebuild(&self) -> Result<(), StoreError> {
        store_trouble()
    }

    async fn abandon_rebuild(&self) -> Result<(), StoreError> {
        store_trouble()
    }
}

#[tokio::test]
async fn an_index_that_fails_takes_the_matches_and_says_so_once() {
    let fakes = Fakes::seeing(vec![dress(), shoes()]).await;
    let shop = Arc::new(Shopping { index: Arc::new(BrokenIndex), ..fakes.shop() });
    let look = look(&shop).await;
    assert_eq!((look.garments.len(), product_ids(&look)), (2, vec![]));
    assert_eq!((parts(&look), &look.advice), (vec![Part::Matches], &None));
    let said = serde_json::to_string(&look).unwrap();
    assert!(!said.contains("internal") && !said.contains("Qdrant"), "{said}");
    assert_eq!(fakes.stylist.asked(), 0);
}

struct BrokenCache;

#[async_trait]
impl Cache for BrokenCache {
    async fn get(&self, _: &str) -> Result<Option<Vec<u8>>, StoreError> {
        store_trouble()
    }

    async fn put(&self, _: &str, _: Vec<u8>, _: Duration) -> Result<(), StoreError> {
        store_trouble()
    }

    async fn remove(&self, _: &str) -> Result<(), StoreError> {
        store_trouble()
    }
}

#[tokio::test]
async fn a_cache_that_fails_costs_time_only_and_says_so() {
    let fakes = Fakes::seeing(vec![dress()]).await;
    let shop = Arc::new(Shopping { cache: Arc::new(BrokenCache), ..fakes.shop() });
    for asked in [1, 2] {
        let look = look(&shop).await;
        assert_eq!((parts(&look), product_ids(&look)), (vec![Part::Cache], vec!["p1"]));
        assert_eq!(fakes.vision.asked(), asked);
    }
}

/// Recommends what it was told of, what it was not, and nothing in particular.
struct Dreamer;

#[async_trait]
impl Stylist for Dreamer {
    fn model(&self) -> &str {
        "dreamer"
    }

    fn writes(&self, _: &str) -> bool {
        true
    }

    async fn advise(&self, _: &Photo, _: &Brief, _: &Permit) -> Result<AdviceStream, ModelError> {
        let suggestions = [&["ghost"][..], &["p1", "ghost"], &[], &["p1"]].map(|ids| Suggestion {
            text: "Wear it.".into(),
            product_ids: ids.iter().map(|id| ProductId::new(id).unwrap()).collect(),
        });
        Ok(pieces(Advice { text: "Fine.".into(), suggestions: suggestions.to_vec() }))
    }
}

#[tokio::test]
async fn a_suggestion_of_what_the_look_did_not_find_is_told_nowhere() {
    let fakes = Fakes::seeing(vec![dress()]).await;
    let shop = Arc::new(Shopping { stylist: Arc::new(Dreamer), ..fakes.shop() });
    let expected = ["advice", "suggestion of p1", "completed"];
    for _ in ["written", "remembered"] {
        let events = events(&shop).await;
        assert_eq!(told(&events)[3..], expected);
        let Some(LookEvent::Completed(look)) = events.last() else { panic!("{events:?}") };
        assert_eq!(look.advice.as_ref().unwrap().suggestions.len(), 1);
    }
}

#[tokio::test]
async fn a_photo_without_clothes_gets_a_note_and_no_advice() {
    let fakes = Fakes::seeing(vec![]).await;
    let shop = Arc::new(fakes.shop());
    assert_eq!(told(&events(&shop).await), ["created", "completed"]);
    let look = look(&shop).await;
    assert!(look.note.as_deref().is_some_and(|note| note.contains("no clothes")));
    assert_eq!((&look.advice, look.cached, parts(&look)), (&None, true, vec![]));
    assert_eq!(fakes.asked(), (1, 0, 1), "the one text is the product's");
}

#[tokio::test]
async fn a_language_that_the_model_does_not_write_is_said() {
    let fakes = Fakes::seeing(vec![dress()]).await;
    let shop = Arc::new(fakes.shop());
    for (locale, said) in [("fr-CA", vec![Part::Language]), ("en-GB", vec![])] {
        let request = LookRequest { locale: Some(locale.into()), ..request() };
        let look = asking(&shop, request).await;
        assert_eq!(parts(&look), said);
        assert!(look.degraded.iter().all(|degradation| degradation.reason.contains(locale)));
    }
}

#[tokio::test]
async fn a_look_is_found_again_by_its_merchant_only() {
    let fakes = Fakes::seeing(vec![dress()]).await;
    let shop = Arc::new(fakes.shop());
    let look = look(&shop).await;
    let other = MerchantId::new("other").unwrap();
    assert_eq!(shop.find_look(&sample::merchant(), look.id).await.unwrap(), Some(look.clone()));
    assert_eq!(shop.find_look(&other, look.id).await.unwrap(), None);
    assert_eq!(shop.find_look(&sample::merchant(), LookId::now()).await.unwrap(), None);
}

#[tokio::test]
async fn nothing_is_shared_between_merchants_but_what_is_in_a_photo() {
    let fakes = Fakes::seeing(vec![dress()]).await;
    let shop = Arc::new(fakes.shop());
    look(&shop).await;
    let merchant = MerchantId::new("other").unwrap();
    let other = LookRequest { merchant, ..request() };
    let look = asking(&shop, other).await;
    assert_eq!((look.cached, product_ids(&look), &look.advice), (true, vec![], &None));
}

#[tokio::test]
async fn dropping_the_stream_frees_the_permit() {
    let fakes = Fakes::seeing(vec![dress()]).await;
    let admission = queue();
    for taken in 0..6 {
        let shop = Arc::new(fakes.shop());
        let stream = shop.advise(request(), &admission).await.unwrap();
        let events: Vec<LookEvent> = stream.take(taken).collect().await;
        assert_eq!(events.len(), taken);
    }
    assert!(admission.enter(&sample::merchant()).await.is_ok());
}

#[tokio::test]
async fn what_was_shown_as_a_match_is_noted() {
    let fakes = Fakes::seeing(vec![dress()]).await;
    let shop = Arc::new(fakes.shop());
    assert_eq!(product_ids(&look(&shop).await), ["p1"]);
    shop.matched.flush().await.unwrap();
    assert_eq!(fakes.catalog.count_matched(&sample::merchant()).await.unwrap(), 1);
}

#[tokio::test]
async fn what_was_answered_is_counted() {
    let fakes = Fakes::seeing(vec![dress(), shoes()]).await;
    let shop = Arc::new(fakes.shop());
    let look = look(&shop).await;
    assert!(look.timings.first_match.is_some_and(|first| first <= look.timings.total));
    shop.answered.flush().await.unwrap();
    let days = Days::last(1, jiff::Timestamp::now());
    let merchant = sample::merchant();
    let overview = Overview::of(&*fakes.catalog, &merchant, days).await.unwrap();
    assert_eq!((overview.looks.answers, overview.looks.matched), (1, 1));
    let queries = Queries::of(&*fakes.catalog, &merchant, days).await.unwrap();
    let unmatched: Vec<_> = queries.unmatched.iter().map(|kind| kind.category).collect();
    assert_eq!(unmatched, [Category::Shoes], "what the shop does not sell");
}

#[tokio::test]
async fn an_experiment_changes_the_answer_and_is_told_in_it() {
    let fakes = Fakes::seeing(vec![dress()]).await;
    let shop = Arc::new(fakes.shop());
    for id in ["p2", "p3"] {
        fakes.sell(sample::product(id)).await;
    }
    let served = vec![Served {
        experiment: ExperimentName::new("short").unwrap(),
        variant: ArmName::new("one").unwrap(),
    }];
    let under = async |settings| {
        let trial = Trial { served: served.clone(), settings, ..Trial::default() };
        let request = LookRequest { trial, ..request() };
        asking(&shop, request).await
    };
    let usual = under(Varied::default()).await;
    assert_eq!((product_ids(&usual).len(), &usual.experiments), (3, &served));
    assert!(usual.advice.is_some());
    let one = under(Varied { limit: Some(1), ..Varied::default() }).await;
    assert_eq!(product_ids(&one).len(), 1);
    let silent = under(Varied { advice: Some(false), ..Varied::default() }).await;
    assert_eq!((product_ids(&silent).len(), silent.advice), (3, None));
    let strict = under(Varied { min_similarity: Some(1.0), ..Varied::default() }).await;
    assert_eq!(product_ids(&strict), [""; 0]);
}

#[tokio::test]
async fn a_look_that_is_forgotten_is_not_found_again() {
    let fakes = Fakes::seeing(vec![dress()]).await;
    let shop = Arc::new(fakes.shop());
    let look = look(&shop).await;
    let photo = async || {
        let side = shop.vision.photo_side();
        shop.photos.find(&sample::merchant(), &look.photo_id, side).await.unwrap()
    };
    assert!(photo().await.is_some());
    shop.forget_look(&sample::merchant(), look.id).await.unwrap();
    assert_eq!(shop.find_look(&sample::merchant(), look.id).await.unwrap(), None);
    assert!(photo().await.is_none(), "nor is its photo");
}
