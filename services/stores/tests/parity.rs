//! The index in this process and the one on a server give the same products in the same order.

mod support;

use support::{real, settings, stand_in::StandIn};
use vitrine_core::{
    ids::{MerchantId, ProductId},
    ports::{Embedder, Hit, Index, Point, PointPicture, Prefilter, Query, Weights},
    testing::{Dice, FakeEmbedder, sample},
    vocabulary::{AgeGroup, Category, Colour, Gender, Pattern},
};
use vitrine_stores::{Dimensions, EmbeddedIndex, ServerIndex};

const PRODUCTS: usize = 2_000;
const QUERIES: usize = 100;
/// Floats of what a picture looks like.
const LOOK: usize = 5;
const SEED: u64 = 7;

const WORDS: [&str; 40] = [
    "dress",
    "shirt",
    "jumper",
    "skirt",
    "coat",
    "trousers",
    "navy",
    "red",
    "green",
    "ivory",
    "black",
    "linen",
    "cotton",
    "wool",
    "silk",
    "denim",
    "plain",
    "striped",
    "floral",
    "checked",
    "long",
    "short",
    "midi",
    "sleeveless",
    "evening",
    "office",
    "summer",
    "winter",
    "warm",
    "light",
    "soft",
    "tailored",
    "loose",
    "slim",
    "pleated",
    "belted",
    "hooded",
    "quilted",
    "vintage",
    "classic",
];

fn words(dice: &mut Dice, most: usize) -> String {
    let words: Vec<&str> = (0..=dice.below(most)).map(|_| *dice.pick(&WORDS)).collect();
    words.join(" ")
}

/// What a picture looks like: few enough numbers that many look much the same.
fn look(dice: &mut Dice) -> Vec<f32> {
    (0..LOOK).map(|_| dice.below(7) as f32 - 3.0 + 0.125).collect()
}

/// Some have a second version; some have the very same text, and so the same score.
async fn points(dice: &mut Dice, embedder: &FakeEmbedder) -> Vec<Point> {
    let texts: Vec<String> = (0..PRODUCTS).map(|_| words(dice, 12)).collect();
    let vectors = embedder.embed(texts.clone()).await.unwrap();
    let point = |(n, (terms, words)): (usize, (String, Vec<f32>))| Point {
        product: ProductId::new(format!("p{}", n - n % 2 * dice.below(2))).unwrap(),
        version: format!("v{}", n % 2),
        words,
        terms,
        picture: (dice.below(4) > 0)
            .then(|| PointPicture { hash: n.to_string(), vector: look(dice) }),
        category: *dice.pick(&[Category::Dress, Category::Shirt, Category::Trousers]),
        colours: vec![*dice.pick(&[Colour::Navy, Colour::Red, Colour::Green])],
        gender: *dice.pick(&[None, Some(Gender::Women), Some(Gender::Men)]),
        age_group: *dice.pick(&[AgeGroup::Adult, AgeGroup::Kids]),
        pattern: *dice.pick(&[None, Some(Pattern::Plain)]),
        brand: Some((*dice.pick(&["linden", "o'neill & söhne"])).into()),
        tags: vec![(*dice.pick(&["sale", "summer 26"])).into()],
        material: vec![(*dice.pick(&["cotton", "wool"])).into()],
        sizes: vec![(*dice.pick(&["S", "M", "L"])).into()],
        available: dice.below(4) > 0,
        price_bands: vec![*dice.pick(&[4, 5, 6, 7])],
    };
    texts.into_iter().zip(vectors).enumerate().map(point).collect()
}

async fn queries(dice: &mut Dice, embedder: &FakeEmbedder) -> Vec<Query> {
    let mut queries = Vec::new();
    for _ in 0..QUERIES {
        let text = words(dice, 5);
        let vector = embedder.embed(vec![text.clone()]).await.unwrap().remove(0);
        let prefilter = Prefilter {
            categories: [vec![], vec![Category::Dress]][dice.below(2)].clone(),
            colours: [vec![], vec![Colour::Navy, Colour::Red]][dice.below(2)].clone(),
            genders: [vec![], vec![Gender::Men]][dice.below(2)].clone(),
            age_groups: [vec![], vec![AgeGroup::Adult]][dice.below(2)].clone(),
            patterns: [vec![], vec![Pattern::Plain]][dice.below(2)].clone(),
            brands: [vec![], vec!["o'neill & söhne".into()]][dice.below(2)].clone(),
            tags: [vec![], vec!["summer 26".into()]][dice.below(2)].clone(),
            materials: [vec![], vec!["cotton".into(), "silk".into()]][dice.below(2)].clone(),
            sizes: [vec![], vec!["m".into()]][dice.below(2)].clone(),
            available: dice.below(2) == 0,
            price_bands: [None, Some((5, 6))][dice.below(2)],
        };
        queries.push(Query {
            words: vector.clone(),
            terms: if dice.below(5) == 0 { String::new() } else { text },
            picture: (dice.below(2) == 0).then(|| look(dice)),
            weights: *dice.pick(&[
                Weights::default(),
                Weights { words: 0.5, terms: 1.0, picture: 3.0 },
                Weights { words: 1.0, terms: 0.0, picture: 1.0 },
            ]),
            likeness: vector,
            prefilter,
            limit: 1 + dice.below(60),
        });
    }
    queries
}

async fn fill(index: &dyn Index, merchants: &[MerchantId], points: &[Point]) {
    for (merchant, points) in merchants.iter().zip(points.chunks(PRODUCTS / 2)) {
        for some in points.chunks(100) {
            let mut ids: Vec<ProductId> = some.iter().map(|point| point.product.clone()).collect();
            ids.sort();
            ids.dedup();
            index.replace(merchant, &ids, some.to_vec()).await.unwrap();
        }
    }
}

fn names(hits: &[Hit]) -> Vec<(&str, &str)> {
    hits.iter().map(|hit| (hit.product.as_str(), hit.version.as_str())).collect()
}

#[tokio::test]
async fn both_indexes_answer_the_same_in_the_same_order() {
    let (mut dice, embedder) = (Dice::new(SEED), FakeEmbedder::default());
    let points = points(&mut dice, &embedder).await;
    let queries = queries(&mut dice, &embedder).await;
    let merchants = [sample::merchant(), MerchantId::new("other").unwrap()];
    let dimensions = Dimensions { words: embedder.dimensions(), picture: Some(LOOK) };

    let dir = tempfile::tempdir().unwrap();
    let embedded = EmbeddedIndex::open(dir.path(), dimensions, "model").unwrap().index;
    fill(&embedded, &merchants, &points).await;
    let stand_in = StandIn::start();
    let real = real::server().await;
    let urls = [Some(stand_in.url()), real.as_ref().map(|real| real.url.clone())];
    for url in urls.into_iter().flatten() {
        let name = format!("parity-{}", std::process::id());
        let opened = ServerIndex::open(&settings(&url, &name), dimensions, "model").await.unwrap();
        fill(&opened.index, &merchants, &points).await;
        let mut found = 0;
        for (at, query) in queries.iter().enumerate() {
            let merchant = &merchants[at % 2];
            let here = embedded.search(merchant, query).await.unwrap();
            let there = opened.index.search(merchant, query).await.unwrap();
            assert_eq!(
                names(&there),
                names(&here),
                "query {at} of seed {SEED} at {url}: {query:?}"
            );
            for (one, other) in here.iter().zip(&there) {
                assert!((one.similarity - other.similarity).abs() < 1e-5, "query {at} at {url}");
                let apart = one.picture.zip(other.picture).map(|(one, other)| one - other);
                assert_eq!(one.picture.is_some(), other.picture.is_some(), "query {at} at {url}");
                assert!(apart.is_none_or(|apart| apart.abs() < 1e-5), "query {at} at {url}");
            }
            found += here.len();
        }
        assert!(found > QUERIES * 5, "queries find something: {found}");
    }
}
