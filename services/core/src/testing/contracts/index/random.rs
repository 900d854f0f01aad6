use std::collections::BTreeMap;

use super::{Suite, expected, id, merchant};
use crate::{
    ids::{MerchantId, ProductId},
    ports::{Point, Prefilter, Query},
    testing::Dice,
    vocabulary::{Category, Colour, Gender, Pattern},
};

/// Each is a run of its own.
const SEEDS: [u64; 3] = [1, 20, 300];
const STEPS: usize = 50;
/// Products of each shop; both shops name them the same.
const PRODUCTS: usize = 6;
const ANGLES: [f32; 4] = [0.0, 0.4, 0.8, 1.2];

/// What an index should hold.
type Held = BTreeMap<(MerchantId, ProductId), Vec<Point>>;

impl Suite<'_> {
    /// Does this and that for two shops with the same product ids, and compares with a list of
    /// what should be there.
    pub(super) async fn nothing_leaks_whatever_is_done(&self) {
        // Names that share words: one must not be taken for the other by a part of it.
        let shops = ["random shop", "random shop two"].map(merchant);
        for seed in SEEDS {
            let mut dice = Dice::new(seed);
            let (mut first, mut second) = (Held::new(), None);
            for step in 0..STEPS {
                let at = format!("seed {seed}, step {step}");
                self.step(&mut dice, &shops, &mut first, &mut second).await;
                for shop in &shops {
                    self.holds(&mut dice, shop, &first, &at).await;
                }
            }
            let held: Vec<_> = first
                .iter()
                .flat_map(|((shop, _), points)| {
                    points.iter().map(|point| (shop.clone(), point.clone()))
                })
                .collect();
            let listed = self.entries_of(&shops, 7).await;
            assert_eq!(listed, expected(&held), "seed {seed}");
            self.index.abandon_rebuild().await.unwrap();
            self.clear(&shops).await;
        }
    }

    async fn step(
        &self,
        dice: &mut Dice,
        shops: &[MerchantId; 2],
        first: &mut Held,
        second: &mut Option<Held>,
    ) {
        let shop = dice.pick(shops);
        let products: Vec<ProductId> =
            (0..=dice.below(3)).map(|_| id(&format!("p{}", dice.below(PRODUCTS)))).collect();
        let points = self.random_points(dice, shop, &products);
        match (dice.below(20), &mut *second) {
            (0, _) => {
                self.index.begin_rebuild().await.unwrap();
                *second = Some(Held::new());
            }
            (1, Some(filled)) => {
                self.index.finish_rebuild().await.unwrap();
                *first = std::mem::take(filled);
                *second = None;
            }
            (2, _) => {
                self.index.abandon_rebuild().await.unwrap();
                *second = None;
            }
            (3..8, Some(filled)) => {
                self.index.fill(shop, &products, points.clone()).await.unwrap();
                put(filled, shop, &products, &points);
            }
            (_, filled) => {
                self.index.replace(shop, &products, points.clone()).await.unwrap();
                put(first, shop, &products, &points);
                if let Some(filled) = filled {
                    put(filled, shop, &products, &points);
                }
            }
        }
    }

    /// None, one or two versions of each product; their names tell whose they are.
    fn random_points(
        &self,
        dice: &mut Dice,
        shop: &MerchantId,
        products: &[ProductId],
    ) -> Vec<Point> {
        let mut once = products.to_vec();
        once.sort();
        once.dedup();
        let mut points = Vec::new();
        for product in once {
            for colour in ["navy", "red"].iter().take(dice.below(3)) {
                points.push(Point {
                    version: format!("{shop} {colour}"),
                    terms: (*dice.pick(&["", "linen dress", "wool shirt"])).into(),
                    category: *dice.pick(&[Category::Dress, Category::Shirt]),
                    colours: vec![*dice.pick(&[Colour::Navy, Colour::Red])],
                    gender: *dice.pick(&[None, Some(Gender::Women), Some(Gender::Men)]),
                    pattern: *dice.pick(&[None, Some(Pattern::Plain)]),
                    available: dice.below(2) == 0,
                    price_bands: vec![*dice.pick(&[3, 6])],
                    ..self.point(product.as_str(), *dice.pick(&ANGLES))
                });
            }
        }
        points
    }

    /// The shop's points are those, and of them a query finds those that pass, and no others.
    async fn holds(&self, dice: &mut Dice, shop: &MerchantId, held: &Held, at: &str) {
        let own = || held.iter().filter(|((owner, _), _)| owner == shop).flat_map(|(_, own)| own);
        assert_eq!(self.index.count(shop).await.unwrap(), own().count() as u64, "{at}, {shop}");
        let prefilter = Prefilter {
            categories: [vec![], vec![Category::Dress]][dice.below(2)].clone(),
            colours: [vec![], vec![Colour::Red]][dice.below(2)].clone(),
            genders: [vec![], vec![Gender::Men]][dice.below(2)].clone(),
            patterns: [vec![], vec![Pattern::Plain]][dice.below(2)].clone(),
            available: dice.below(2) == 0,
            price_bands: [None, Some((4, 9))][dice.below(2)],
            ..Prefilter::default()
        };
        let passes = |point: &&Point| {
            (prefilter.categories.is_empty() || point.category == Category::Dress)
                && (prefilter.colours.is_empty() || point.colours == [Colour::Red])
                && (prefilter.genders.is_empty() || point.gender != Some(Gender::Women))
                && (prefilter.patterns.is_empty() || point.pattern.is_some())
                && (!prefilter.available || point.available)
                && (prefilter.price_bands.is_none() || point.price_bands == [6])
        };
        let mut wanted: Vec<_> = own()
            .filter(passes)
            .map(|point| (point.product.clone(), point.version.clone()))
            .collect();
        let query = Query {
            terms: (*dice.pick(&["", "dress", "wool"])).into(),
            prefilter: prefilter.clone(),
            limit: 1_000,
            ..self.query(*dice.pick(&ANGLES))
        };
        let hits = self.search(shop, &query).await;
        let mut found: Vec<_> = hits.into_iter().map(|hit| (hit.product, hit.version)).collect();
        wanted.sort();
        found.sort();
        assert_eq!(found, wanted, "{at}, {shop}, {query:?}");
    }
}

fn put(held: &mut Held, shop: &MerchantId, products: &[ProductId], points: &[Point]) {
    for product in products {
        let own = points.iter().filter(|point| point.product == *product).cloned().collect();
        held.insert((shop.clone(), product.clone()), own);
    }
}
