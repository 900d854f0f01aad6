mod pages;
mod passes;
mod ruled;

use async_trait::async_trait;

use super::*;
use crate::{
    answers::AnswerRecorder,
    ids::ProductId,
    indexing::Indexer,
    likeness::Balance,
    look::Attribute,
    measuring::Measuring,
    pictures::{DifferenceHash, Picture},
    ports::{Catalog, Embedder, PictureOutcome, SettledPicture},
    product::{Offer, OfferChange, Product},
    reports::{Days, Latency, Measure, Overview, Queries},
    shopping::{Flights, MatchRecorder, PhotoKeeping, Photos},
    testing::{
        FakeEmbedder, FakeStylist, FakeVision, MemoryCache, MemoryCatalog, MemoryIndex,
        MemoryLocks, MemoryRules, sample,
    },
    vocabulary::{Colour, Gender, Pattern},
};

/// A shop and what is behind it.
struct Shop {
    searching: Searching,
    catalog: Arc<MemoryCatalog>,
    vision: Arc<FakeVision>,
    rules: Arc<MemoryRules>,
}

impl Shop {
    async fn selling(products: Vec<Product>) -> Self {
        Self::with(products, Vec::new(), Arc::new(FakeEmbedder::default()), 0.2).await
    }

    async fn seeing(garments: Vec<Garment>, products: Vec<Product>) -> Self {
        Self::with(products, garments, Arc::new(FakeEmbedder::default()), 0.2).await
    }

    async fn with(
        products: Vec<Product>,
        garments: Vec<Garment>,
        embedder: Arc<dyn Embedder>,
        min_similarity: f32,
    ) -> Self {
        let catalog = Arc::new(MemoryCatalog::default());
        let index = Arc::new(MemoryIndex::default());
        catalog.upsert(&sample::merchant(), products).await.unwrap();
        let known = Arc::new(FakeEmbedder::default());
        Indexer::new(catalog.clone(), index.clone(), known).drain(|_| {}).await.unwrap();
        let vision = Arc::new(FakeVision::seeing(garments));
        let rules = Arc::new(MemoryRules::default());
        let shop = Arc::new(Shopping {
            vision: vision.clone(),
            stylist: Arc::new(FakeStylist::default()),
            embedder,
            image_embedder: None,
            matched: Arc::new(MatchRecorder::new(catalog.clone())),
            answered: Arc::new(AnswerRecorder::new(catalog.clone())),
            flights: Flights::new(Arc::new(MemoryLocks::default())),
            catalog: catalog.clone(),
            index,
            rules: rules.clone(),
            measuring: Measuring::new(catalog.clone()),
            cache: Arc::new(MemoryCache::default()),
            photos: Photos::new(Arc::new(MemoryCache::default()), PhotoKeeping::default()),
            min_similarity,
            balance: Balance::default(),
        });
        let admission = Arc::new(Admission::new(1, 0));
        let pictures = catalog.clone();
        let searching = Searching { shop, pictures, admission };
        Self { searching, catalog, vision, rules }
    }

    async fn offer(&self, product: &str, change: impl Fn(&mut Offer)) {
        let variant = sample::product(product).variants.remove(0);
        let mut offer = variant.offer;
        change(&mut offer);
        let changes = vec![OfferChange { variant: variant.id, patch: offer.into() }];
        assert_eq!(self.catalog.set_offers(&sample::merchant(), changes).await.unwrap().set, 1);
    }

    async fn search(&self, request: SearchRequest) -> SearchAnswer {
        self.searching.search(request).await.unwrap()
    }

    async fn ids(&self, request: SearchRequest) -> Vec<String> {
        ids(&self.search(request).await)
    }
}

fn request() -> SearchRequest {
    SearchRequest {
        merchant: sample::merchant(),
        text: None,
        photo: None,
        filters: Filters::default(),
        facets: Vec::new(),
        sort: Sort::Relevance,
        limit: 10,
        cursor: None,
        deduplicate: true,
        locale: None,
        preview: None,
    }
}

fn text(text: &str) -> SearchRequest {
    SearchRequest { text: Some(text.into()), ..request() }
}

fn photo(shade: u8) -> SearchRequest {
    SearchRequest { photo: Some(sample::photo(shade)), ..request() }
}

fn ids(answer: &SearchAnswer) -> Vec<String> {
    answer.products.iter().map(|listed| listed.found.product_id.to_string()).collect()
}

fn coloured(id: &str, colour: &str) -> Product {
    let variant = sample::variant(&format!("{id}-{colour}"), colour, "M");
    Product { variants: vec![variant], ..sample::product(id) }
}

fn of_kind(id: &str, category: Category) -> Product {
    Product { category, title: format!("Linden {category}"), ..sample::product(id) }
}

/// An embedder that is not there.
struct NoEmbedder;

#[async_trait]
impl Embedder for NoEmbedder {
    fn model(&self) -> &str {
        "fake-embedder"
    }

    fn dimensions(&self) -> usize {
        64
    }

    fn min_similarity(&self) -> f32 {
        0.2
    }

    async fn embed(&self, _: Vec<String>) -> Result<Vec<Vector>, ModelError> {
        Err(ModelError::Load("it is gone".into()))
    }
}

#[tokio::test]
async fn a_text_finds_what_it_names_the_nearest_first_and_says_why() {
    let shop = Shop::selling(vec![
        coloured("red", "red"),
        coloured("navy", "navy"),
        of_kind("shoes", Category::Shoes),
    ])
    .await;
    let answer = shop.search(text("navy midi dress by Linden")).await;
    assert_eq!(ids(&answer)[..2], ["navy", "red"]);
    let first = &answer.products[0].found;
    let said: Vec<&str> = first.reasons.iter().map(|reason| reason.text.as_str()).collect();
    assert_eq!(
        said,
        ["same category: dress", "same colour: navy", "same: midi", "in its words: linden"]
    );
    assert_eq!(first.reasons[3].attribute, Attribute::Words);
    let understood = answer.understood.unwrap();
    assert_eq!(understood.categories, [Category::Dress]);
    assert_eq!((understood.colours, understood.words), (vec![Colour::Navy], vec!["linden".into()]));
    assert!(answer.degraded.is_empty() && answer.next.is_none());
}

#[tokio::test]
async fn a_price_change_shows_in_the_next_answer() {
    let shop = Shop::selling(vec![sample::product("a"), sample::product("b")]).await;
    let dear_first = SearchRequest { sort: Sort::PriceDesc, ..text("dress") };
    shop.offer("b", |offer| offer.price = "80 EUR".parse().unwrap()).await;
    assert_eq!(shop.ids(dear_first.clone()).await, ["b", "a"]);
    let below = Filters { max_price: Some("30 EUR".parse().unwrap()), ..Filters::default() };
    let cheap = SearchRequest { filters: below, ..text("dress") };
    assert!(shop.ids(cheap.clone()).await.is_empty());
    shop.offer("a", |offer| offer.sale_price = Some("20 EUR".parse().unwrap())).await;
    let answer = shop.search(cheap).await;
    assert_eq!(ids(&answer), ["a"]);
    assert_eq!(answer.products[0].found.price.amount, 2000);
    shop.offer("b", |offer| offer.stock = Some(0)).await;
    assert_eq!(shop.ids(dear_first).await, ["a"]);
}

#[tokio::test]
async fn what_is_too_far_off_is_no_answer_unless_it_has_all_that_the_words_name() {
    let embedder = Arc::new(FakeEmbedder::default());
    let products = vec![sample::product("a")];
    let shop = Shop::with(products, Vec::new(), embedder, 0.99).await;
    let answer = shop.search(text("linden for a wedding")).await;
    assert!(answer.products.is_empty());
    assert_eq!(answer.note.as_deref(), Some("nothing in the shop answers this now"));
    assert_eq!(shop.ids(text("Linden")).await, ["a"]);
    assert_eq!(shop.ids(text("navy dresses")).await, ["a"]);
    assert!(shop.ids(text("...")).await.is_empty());
}

#[tokio::test]
async fn without_an_embedder_words_and_attributes_are_still_found() {
    let products = vec![sample::product("a"), coloured("red", "red")];
    let shop = Shop::with(products, Vec::new(), Arc::new(NoEmbedder), 0.2).await;
    let answer = shop.search(text("linden dress in navy")).await;
    assert_eq!(ids(&answer), ["a"]);
    assert_eq!(answer.degraded.len(), 1);
    assert_eq!(answer.degraded[0].part, Part::Matches);
}

#[tokio::test]
async fn a_photo_is_searched_by_its_main_garments() {
    let dress = sample::garment(Category::Dress, &[Colour::Navy]);
    let mut hat = sample::garment(Category::Hat, &[Colour::Black]);
    hat.region.bottom = 0.2;
    let products = vec![sample::product("dress"), of_kind("hat", Category::Hat)];
    let shop = Shop::seeing(vec![hat, dress], products).await;
    let answer = shop.search(photo(1)).await;
    assert_eq!(ids(&answer), ["dress"]);
    assert_eq!(answer.garments.len(), 1);
    let reasons = &answer.products[0].found.reasons;
    assert_eq!(reasons[0].text, "same category: dress");
    let answer = shop.search(SearchRequest { text: Some("linden".into()), ..photo(1) }).await;
    let reasons = &answer.products[0].found.reasons;
    assert_eq!(reasons.last().unwrap().text, "in its words: linden");
}

#[tokio::test]
async fn a_photo_that_was_seen_before_takes_no_turn_at_the_model() {
    let dress = sample::garment(Category::Dress, &[Colour::Navy]);
    let shop = Shop::seeing(vec![dress], vec![sample::product("dress")]).await;
    assert_eq!(shop.ids(photo(1)).await, ["dress"]);
    let _taken = shop.searching.admission.enter(&sample::merchant()).await.unwrap();
    assert_eq!(shop.ids(photo(1)).await, ["dress"]);
    assert_eq!(shop.vision.asked(), 1);
    let error = shop.searching.search(photo(2)).await.unwrap_err();
    assert!(matches!(error, SearchError::Busy(_)), "{error}");
    let both = SearchRequest { text: Some("navy dress".into()), ..photo(2) };
    let answer = shop.search(both).await;
    assert_eq!((ids(&answer), answer.degraded[0].part), (vec!["dress".into()], Part::Garments));
}

#[tokio::test]
async fn a_photo_without_clothes_says_so() {
    let shop = Shop::seeing(Vec::new(), vec![sample::product("dress")]).await;
    let answer = shop.search(photo(1)).await;
    assert!(answer.products.is_empty());
    assert!(answer.note.unwrap().starts_with("no clothes were seen"));
}

#[tokio::test]
async fn products_with_one_gtin_or_within_a_category_one_picture_are_listed_once() {
    let address = |name: &str| format!("https://shop.example/{name}.jpg");
    let with = |id: &str, gtin: Option<&str>, category| {
        let mut product = Product { image_link: Some(address(id)), ..of_kind(id, category) };
        product.variants[0].gtin = gtin.map(str::to_owned);
        product
    };
    let products = vec![
        with("a", Some("4006381333931"), Category::Dress),
        with("b", Some("04006381333931"), Category::Skirt),
        with("c", None, Category::Dress),
        with("d", None, Category::Dress),
        with("hat-of-c", None, Category::Hat),
    ];
    let shop = Shop::selling(products).await;
    let look = DifferenceHash(0x0f3c_55aa_9966_c3f0);
    let settled = ["c", "d", "hat-of-c"].map(|name| SettledPicture {
        product: ProductId::new(name).unwrap(),
        address: address(name),
        outcome: PictureOutcome::Had {
            picture: Picture { look, ..sample::picture(name.len() as u8) },
            seen: None,
        },
    });
    let pictures = &shop.searching.pictures;
    pictures.settle_pictures(&sample::merchant(), settled.to_vec()).await.unwrap();
    let answer = shop.search(request()).await;
    assert_eq!(ids(&answer), ["a", "c", "hat-of-c"]);
    let collapsed: Vec<u64> = answer.products.iter().map(|listed| listed.collapsed).collect();
    assert_eq!((collapsed, answer.total.count), (vec![1, 1, 0], 3));
    let all = SearchRequest { deduplicate: false, ..request() };
    assert_eq!(shop.ids(all).await, ["a", "b", "c", "d", "hat-of-c"]);
}

#[tokio::test]
async fn of_products_that_are_the_same_the_first_in_the_order_asked_for_is_kept() {
    let with = |id: &str| {
        let mut product = sample::product(id);
        product.variants[0].gtin = Some("4006381333931".into());
        product
    };
    let shop = Shop::selling(vec![with("a"), with("b")]).await;
    shop.offer("b", |offer| offer.price = "20 EUR".parse().unwrap()).await;
    let cheap_first = SearchRequest { sort: Sort::PriceAsc, ..request() };
    assert_eq!(shop.ids(cheap_first).await, ["b"]);
    assert_eq!(shop.ids(request()).await, ["a"]);
}

#[tokio::test]
async fn facets_count_each_product_once_for_each_of_its_values() {
    let mut two = coloured("two", "red");
    two.variants.push(sample::variant("two-navy", "navy", " m "));
    two.variants.push(sample::variant("two-gone", "green", "XL"));
    two.variants[2].offer.stock = Some(0);
    let other = Product {
        brand: Some("LINDEN".into()),
        pattern: None,
        gender: Some(Gender::Men),
        ..coloured("other", "red")
    };
    let shop = Shop::selling(vec![two, other]).await;
    let facets = vec![
        FacetField::Colour,
        FacetField::Size,
        FacetField::Brand,
        FacetField::Pattern,
        FacetField::Gender,
        FacetField::AgeGroup,
        FacetField::Availability,
        FacetField::Price,
    ];
    let answer = shop.search(SearchRequest { facets, limit: 1, ..request() }).await;
    let told = answer.facets.iter().map(|facet| {
        let values = facet.values.iter().map(|value| format!("{} {}", value.value, value.count));
        assert_eq!(facet.counted, 2);
        values.collect::<Vec<_>>().join(", ")
    });
    assert_eq!(
        told.collect::<Vec<_>>(),
        [
            "red 2, navy 1",
            "M 2",
            "LINDEN 2",
            "plain 1",
            "men 1, women 1",
            "adult 2",
            "in_stock 2",
            "32.00 to 63.99 EUR 2"
        ]
    );
    let price = &answer.facets[7].values[0];
    let band = Filters {
        min_price: price.min_price,
        max_price: price.max_price,
        patterns: vec![Pattern::Plain],
        ..Filters::default()
    };
    assert_eq!(shop.ids(SearchRequest { filters: band, ..request() }).await, ["two"]);
}

#[tokio::test]
async fn similar_products_are_never_itself_nor_the_same_and_say_why() {
    let mut same = sample::product("same");
    same.variants[0].gtin = Some("73513537".into());
    let mut own = sample::product("own");
    own.variants[0].gtin = Some("73513537".into());
    let products = vec![
        own,
        same,
        sample::product("like"),
        coloured("black", "black"),
        of_kind("shoes", Category::Shoes),
    ];
    let shop = Shop::with(products, Vec::new(), Arc::new(NoEmbedder), 0.2).await;
    let asked = |name: &str, filters| SimilarRequest {
        merchant: sample::merchant(),
        product: ProductId::new(name).unwrap(),
        filters,
        limit: 5,
    };
    let found = shop.searching.similar(&asked("own", Filters::default())).await.unwrap().unwrap();
    let ids: Vec<&str> = found.iter().map(|listed| listed.found.product_id.as_str()).collect();
    assert_eq!(ids, ["like", "black"]);
    let reasons = &found[1].found.reasons;
    assert_eq!(reasons[1].text, "similar colour: black for navy");
    let black = Filters { colours: vec![Colour::Black], ..Filters::default() };
    let found = shop.searching.similar(&asked("own", black)).await.unwrap().unwrap();
    assert_eq!(found.len(), 1);
    let unknown = shop.searching.similar(&asked("nobody", Filters::default())).await.unwrap();
    assert!(unknown.is_none());
}

#[tokio::test]
async fn prices_and_sizes_that_a_text_says_hold_and_are_told() {
    let shop = Shop::selling(vec![sample::product("navy"), coloured("red", "red")]).await;
    shop.offer("navy", |offer| offer.price = "90.00 EUR".parse().unwrap()).await;
    let answer = shop.search(text("navy dress under 60 euro")).await;
    assert_eq!(ids(&answer), ["red"]);
    let understood = answer.understood.unwrap();
    assert_eq!(understood.max_price, Some("60 EUR".parse().unwrap()));
    assert_eq!(understood.words, Vec::<String>::new(), "neither 60 nor euro is a word to look for");
    assert!(shop.ids(text("dress in size L")).await.is_empty());
    let alone = shop.search(text("under 60 EUR")).await;
    assert_eq!(ids(&alone), ["red"], "nothing but a price lists what costs that");
    let own = Filters { max_price: Some("100 EUR".parse().unwrap()), ..Filters::default() };
    let stronger = SearchRequest { filters: own, ..text("navy dress under 60 euro") };
    assert_eq!(shop.ids(stronger).await, ["navy", "red"], "filters are stronger");
}

#[tokio::test]
async fn the_first_page_of_a_search_is_counted_with_what_was_sought() {
    let shop = Shop::selling(vec![coloured("navy", "navy"), coloured("red", "red")]).await;
    let first = shop.search(SearchRequest { limit: 1, ..text("red dress") }).await;
    let next = SearchRequest { limit: 1, cursor: first.next.clone(), ..text("red dress") };
    assert_eq!(shop.search(next).await.products.len(), 1);
    shop.search(SearchRequest { preview: Some(Preview::default()), ..text("red dress") }).await;
    let none = Filters { brands: vec!["Nobody".into()], ..Filters::default() };
    shop.search(SearchRequest { filters: none, ..text("green hat") }).await;
    shop.searching.shop.answered.flush().await.unwrap();
    let (merchant, days) = (sample::merchant(), Days::last(1, jiff::Timestamp::now()));
    let overview = Overview::of(&*shop.catalog, &merchant, days).await.unwrap();
    assert_eq!((overview.searches.answers, overview.searches.matched), (2, 1));
    assert_eq!(overview.looks.answers, 0);
    let queries = Queries::of(&*shop.catalog, &merchant, days).await.unwrap();
    let unmatched: Vec<_> =
        queries.unmatched.iter().map(|kind| (kind.category, kind.colour)).collect();
    assert_eq!(unmatched, [(Category::Hat, Some(Colour::Green))]);
    let latency = Latency::of(&*shop.catalog, &merchant, days).await.unwrap();
    let timed = |measure| {
        let found = latency.measures.iter().find(|timed| timed.measure == measure);
        found.unwrap().answers
    };
    assert_eq!((timed(Measure::Search), timed(Measure::Total)), (2, 0));
}
