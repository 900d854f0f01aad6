mod random;
mod rebuild;

use std::f32::consts::PI;

use crate::{
    ids::{MerchantId, ProductId},
    ports::{Entry, Hit, Index, Point, PointPicture, Prefilter, Query, Vector, Weights},
    vocabulary::{AgeGroup, Category, Colour, Gender, Pattern},
};

/// The contract of [`Index`], for one that takes vectors of `dimensions` floats for words and for
/// pictures (at least 4 each).
pub async fn index(index: &dyn Index, [dimensions, pictures]: [usize; 2]) {
    let suite = Suite { index, dimensions, pictures };
    suite.finds_nothing_where_there_is_nothing().await;
    suite.replaces_all_that_was_known_of_a_product().await;
    suite.keeps_merchants_apart().await;
    suite.similarity_is_the_cosine_to_the_likeness().await;
    suite.both_legs_count().await;
    suite.a_picture_counts_where_both_have_one().await;
    suite.a_leg_counts_by_its_weight().await;
    suite.a_lead_counts_by_how_large_it_is().await;
    suite.every_prefilter_rules_out().await;
    suite.the_limit_is_kept_to().await;
    suite.takes_odd_texts().await;
    suite.lists_what_it_holds().await;
    suite.a_rebuild_is_seen_only_when_it_is_finished().await;
    suite.a_rebuild_can_be_given_up().await;
    suite.nothing_leaks_whatever_is_done().await;
}

struct Suite<'a> {
    index: &'a dyn Index,
    dimensions: usize,
    pictures: usize,
}

fn merchant(name: &str) -> MerchantId {
    MerchantId::new(name).unwrap()
}

fn id(name: &str) -> ProductId {
    ProductId::new(name).unwrap()
}

fn products(hits: &[Hit]) -> Vec<&str> {
    hits.iter().map(|hit| hit.product.as_str()).collect()
}

fn turned(dimensions: usize, angle: f32) -> Vector {
    let mut vector = vec![0.0; dimensions];
    (vector[0], vector[1]) = (angle.cos(), angle.sin());
    vector
}

fn sorted(hits: &[Hit]) -> Vec<&str> {
    let mut found = products(hits);
    found.sort_unstable();
    found
}

impl Suite<'_> {
    /// A unit vector `angle` radians away from the first axis, in the plane of the first two.
    fn vector(&self, angle: f32) -> Vector {
        turned(self.dimensions, angle)
    }

    /// The same as a picture's vector.
    fn picture(&self, angle: f32) -> Vector {
        turned(self.pictures, angle)
    }

    fn pictured(&self, product: &str, words: f32, picture: f32) -> Point {
        let picture = PointPicture { hash: product.into(), vector: self.picture(picture) };
        Point { picture: Some(picture), ..self.point(product, words) }
    }

    fn point(&self, product: &str, angle: f32) -> Point {
        Point {
            product: id(product),
            version: "navy".into(),
            words: self.vector(angle),
            terms: String::new(),
            picture: None,
            category: Category::Dress,
            colours: vec![Colour::Navy],
            gender: Some(Gender::Women),
            age_group: AgeGroup::Adult,
            pattern: Some(Pattern::Plain),
            brand: Some("linden".into()),
            tags: vec!["everyday".into()],
            material: vec!["organic".into(), "cotton".into()],
            sizes: vec!["M".into()],
            available: true,
            price_bands: vec![6],
        }
    }

    fn query(&self, angle: f32) -> Query {
        Query {
            words: self.vector(angle),
            terms: String::new(),
            picture: None,
            weights: Weights::default(),
            likeness: self.vector(angle),
            prefilter: Prefilter::default(),
            limit: 10,
        }
    }

    async fn put(&self, shop: &MerchantId, points: Vec<Point>) {
        let mut ids: Vec<ProductId> = points.iter().map(|point| point.product.clone()).collect();
        ids.dedup();
        self.index.replace(shop, &ids, points).await.unwrap();
    }

    async fn search(&self, shop: &MerchantId, query: &Query) -> Vec<Hit> {
        self.index.search(shop, query).await.unwrap()
    }

    async fn finds_nothing_where_there_is_nothing(&self) {
        let shop = merchant("empty");
        assert_eq!(self.search(&shop, &self.query(0.0)).await, []);
        assert_eq!(self.index.count(&shop).await.unwrap(), 0);
        self.index.replace(&shop, &[], Vec::new()).await.unwrap();
        self.index.replace(&shop, &[id("never-there")], Vec::new()).await.unwrap();
        assert_eq!(self.index.count(&shop).await.unwrap(), 0);
    }

    async fn replaces_all_that_was_known_of_a_product(&self) {
        let shop = merchant("replaces");
        let version = |name: &str, angle| Point { version: name.into(), ..self.point("a", angle) };
        let first = vec![version("navy", 0.0), version("red", 0.1), version("green", 0.2)];
        self.put(&shop, first).await;
        self.put(&shop, vec![self.point("b", 0.3)]).await;
        assert_eq!(self.index.count(&shop).await.unwrap(), 4);

        self.put(&shop, vec![version("red", 1.0), version("blue", 1.1)]).await;
        let hits = self.search(&shop, &self.query(1.0)).await;
        let found: Vec<_> =
            hits.iter().map(|hit| (hit.product.as_str(), hit.version.as_str())).collect();
        assert_eq!(found, [("a", "red"), ("a", "blue"), ("b", "navy")], "old versions are gone");
        assert!((hits[0].similarity - 1.0).abs() < 1e-4, "a version kept has its new vector");
        assert_eq!(self.index.count(&shop).await.unwrap(), 3);

        self.put(&shop, vec![version("red", 1.0), version("blue", 1.1)]).await;
        assert_eq!(self.index.count(&shop).await.unwrap(), 3, "writing again adds nothing");
        self.index.replace(&shop, &[id("a"), id("b")], vec![self.point("b", 0.3)]).await.unwrap();
        assert_eq!(products(&self.search(&shop, &self.query(0.0)).await), ["b"], "a is removed");
        self.index.replace(&shop, &[id("b")], Vec::new()).await.unwrap();
        assert_eq!(self.index.count(&shop).await.unwrap(), 0);
    }

    async fn keeps_merchants_apart(&self) {
        let (one, other) = (merchant("apart-1"), merchant("apart-2"));
        self.put(&one, vec![self.point("same", 0.0), self.point("own", 0.1)]).await;
        self.put(&other, vec![self.point("same", 0.5)]).await;
        assert_eq!(products(&self.search(&one, &self.query(0.0)).await), ["same", "own"]);
        let hits = self.search(&other, &self.query(0.0)).await;
        assert_eq!(products(&hits), ["same"], "another merchant's points are not found");
        assert!((hits[0].similarity - 0.5_f32.cos()).abs() < 1e-4, "each has its own vector");
        self.index.replace(&other, &[id("same"), id("own")], Vec::new()).await.unwrap();
        assert_eq!(self.index.count(&other).await.unwrap(), 0);
        assert_eq!(self.index.count(&one).await.unwrap(), 2, "another's removal removes nothing");
    }

    async fn similarity_is_the_cosine_to_the_likeness(&self) {
        let shop = merchant("cosine");
        let mut long = self.point("long", 0.4);
        long.words.iter_mut().for_each(|value| *value *= 3.0);
        let points = vec![self.point("near", 0.2), long, self.point("opposite", PI)];
        self.put(&shop, points).await;
        let mut query = Query { likeness: self.vector(0.7), ..self.query(0.0) };
        let hits = self.search(&shop, &query).await;
        assert_eq!(products(&hits), ["near", "long", "opposite"], "ranked by `words`");
        for (hit, angle) in hits.iter().zip([0.5_f32, 0.3, PI - 0.7]) {
            let told = hit.similarity;
            assert!((told - angle.cos()).abs() < 1e-4, "{}: {told}, {}", hit.product, angle.cos());
        }
        query.likeness.iter_mut().for_each(|value| *value *= 5.0);
        let scaled = self.search(&shop, &query).await;
        assert!((scaled[0].similarity - hits[0].similarity).abs() < 1e-4, "length plays no part");
        query.likeness = vec![0.0; self.dimensions];
        query.words = vec![0.0; self.dimensions];
        let hits = self.search(&shop, &query).await;
        assert!(hits.iter().all(|hit| hit.similarity == 0.0), "a zero vector is like nothing");
    }

    async fn both_legs_count(&self) {
        let shop = merchant("legs");
        let with = |product: &str, angle, terms: &str| Point {
            terms: terms.into(),
            ..self.point(product, angle)
        };
        let points = vec![
            with("near", 0.0, "plain cotton"),
            with("both", 0.1, "embroidered linen"),
            with("far", 1.5, "wool blend"),
        ];
        self.put(&shop, points).await;
        let mut query = self.query(0.0);
        assert_eq!(
            products(&self.search(&shop, &query).await)[0],
            "near",
            "no terms, no sparse leg"
        );
        query.terms = "EMBROIDERED".into();
        let found = self.search(&shop, &query).await;
        assert_eq!(products(&found)[0], "both", "near and named by its term beats nearest");
        query.terms = "!!! ... \u{0}".into();
        assert_eq!(products(&self.search(&shop, &query).await)[0], "near", "signs are no terms");
        query.terms = "nowhere-to-be-found".into();
        assert_eq!(
            products(&self.search(&shop, &query).await)[0],
            "near",
            "unknown terms find none"
        );
        assert_eq!(self.search(&shop, &query).await.len(), 3, "each point comes once");
    }

    async fn a_picture_counts_where_both_have_one(&self) {
        let shop = merchant("pictures");
        let points = vec![
            self.pictured("worded", 0.0, 1.2),
            self.point("unseen", 0.1),
            self.pictured("both", 0.2, 0.1),
            self.pictured("seen", 1.5, 0.0),
        ];
        self.put(&shop, points).await;
        let hits = self.search(&shop, &self.query(0.0)).await;
        assert_eq!(products(&hits), ["worded", "unseen", "both", "seen"], "by words alone");
        assert!(hits.iter().all(|hit| hit.picture.is_none()), "nothing to compare pictures with");

        let query = Query { picture: Some(self.picture(0.0)), ..self.query(0.0) };
        let hits = self.search(&shop, &query).await;
        assert_eq!(hits.len(), 4, "each point comes once: {hits:?}");
        for hit in &hits {
            let angle = match hit.product.as_str() {
                "worded" => Some(1.2_f32),
                "both" => Some(0.1),
                "seen" => Some(0.0),
                _ => None,
            };
            let told = hit.picture.map(|cosine| (cosine * 1e3).round());
            assert_eq!(told, angle.map(|angle| (angle.cos() * 1e3).round()), "{hit:?}");
        }
        let only = Weights { words: 0.0, terms: 0.0, picture: 1.0 };
        let hits = self.search(&shop, &Query { weights: only, ..query.clone() }).await;
        assert_eq!(products(&hits), ["seen", "both", "worded"], "by pictures alone");
        let kinds = Prefilter { categories: vec![Category::Shirt], ..Prefilter::default() };
        let hits = self.search(&shop, &Query { prefilter: kinds, ..query.clone() }).await;
        assert_eq!(hits, [], "filters hold for this leg too");

        self.put(&shop, vec![self.point("both", 0.2)]).await;
        let hits = self.search(&shop, &Query { weights: only, ..query }).await;
        assert_eq!(products(&hits), ["seen", "worded"], "a picture goes with its point");
    }

    async fn a_leg_counts_by_its_weight(&self) {
        let shop = merchant("weights");
        let points = vec![
            self.pictured("worded", 0.0, 0.3),
            self.pictured("seen", 0.3, 0.0),
            Point { terms: "linen".into(), ..self.pictured("named", 0.6, 0.6) },
        ];
        self.put(&shop, points).await;
        let first = async |words: f32, terms: f32, picture: f32| {
            let query = Query {
                terms: "linen".into(),
                picture: Some(self.picture(0.0)),
                weights: Weights { words, terms, picture },
                ..self.query(0.0)
            };
            let hits = self.search(&shop, &query).await;
            hits.first().map(|hit| hit.product.to_string()).unwrap_or_default()
        };
        assert_eq!(first(4.0, 0.0, 1.0).await, "worded");
        assert_eq!(first(1.0, 0.0, 4.0).await, "seen");
        assert_eq!(first(1.0, 4.0, 1.0).await, "named");
        assert_eq!(first(0.0, 0.0, 0.0).await, "", "nothing is asked for");
    }

    async fn a_lead_counts_by_how_large_it_is(&self) {
        let shop = merchant("leads");
        let points = vec![
            self.pictured("a-little-nearer", 0.0, 0.9),
            self.pictured("much-more-alike", 0.1, 0.0),
            self.pictured("other", 1.2, 1.2),
        ];
        self.put(&shop, points).await;
        let query = Query { picture: Some(self.picture(0.0)), ..self.query(0.0) };
        let hits = self.search(&shop, &query).await;
        assert_eq!(products(&hits), ["much-more-alike", "a-little-nearer", "other"]);
    }

    async fn every_prefilter_rules_out(&self) {
        let shop = merchant("prefilters");
        let base = |name: &str| self.point(name, 0.0);
        let points = vec![
            base("plain"),
            Point { category: Category::Shirt, ..base("shirt") },
            Point { colours: vec![Colour::Red, Colour::White], ..base("red") },
            Point { colours: Vec::new(), ..base("colourless") },
            Point { gender: Some(Gender::Men), ..base("men") },
            Point { gender: Some(Gender::Unisex), ..base("unisex") },
            Point { gender: None, ..base("genderless") },
            Point { age_group: AgeGroup::Kids, ..base("kids") },
            Point { pattern: Some(Pattern::Floral), ..base("floral") },
            Point { pattern: None, ..base("patternless") },
            Point { brand: Some("o'neill & söhne".into()), ..base("branded") },
            Point { brand: None, ..base("brandless") },
            Point { tags: vec!["sale".into(), "summer 26".into()], ..base("tagged") },
            Point { material: vec!["wolle".into()], ..base("woollen") },
            Point { material: Vec::new(), ..base("no-material") },
            Point { sizes: vec!["XL".into(), "42½".into()], ..base("large") },
            Point { sizes: Vec::new(), ..base("sizeless") },
            Point { available: false, ..base("gone") },
            Point { price_bands: vec![3, 9], ..base("two-prices") },
            Point { price_bands: Vec::new(), ..base("priceless") },
        ];
        let all: Vec<String> = points.iter().map(|point| point.product.to_string()).collect();
        self.put(&shop, points).await;
        let without = |names: &[&str]| -> Vec<String> {
            let mut left: Vec<String> =
                all.iter().filter(|name| !names.contains(&name.as_str())).cloned().collect();
            left.sort_unstable();
            left
        };
        let only = |names: &[&str]| -> Vec<String> {
            let mut names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
            names.sort_unstable();
            names
        };
        let any = Prefilter::default;
        let cases = [
            (any(), without(&[])),
            (Prefilter { categories: vec![Category::Shirt], ..any() }, only(&["shirt"])),
            (
                Prefilter { categories: vec![Category::Shirt, Category::Dress], ..any() },
                without(&[]),
            ),
            (Prefilter { colours: vec![Colour::White], ..any() }, only(&["red"])),
            (
                Prefilter { colours: vec![Colour::Navy, Colour::Green], ..any() },
                without(&["red", "colourless"]),
            ),
            (Prefilter { genders: vec![Gender::Women], ..any() }, without(&["men"])),
            (
                Prefilter { genders: vec![Gender::Men], ..any() },
                only(&["men", "unisex", "genderless"]),
            ),
            (Prefilter { genders: vec![Gender::Men, Gender::Women], ..any() }, without(&[])),
            (Prefilter { age_groups: vec![AgeGroup::Kids], ..any() }, only(&["kids"])),
            (
                Prefilter { age_groups: vec![AgeGroup::Adult, AgeGroup::Infant], ..any() },
                without(&["kids"]),
            ),
            (
                Prefilter { patterns: vec![Pattern::Plain], ..any() },
                without(&["floral", "patternless"]),
            ),
            (Prefilter { brands: vec!["o'neill & söhne".into()], ..any() }, only(&["branded"])),
            (
                Prefilter { tags: vec!["summer 26".into(), "winter".into()], ..any() },
                only(&["tagged"]),
            ),
            (
                Prefilter { materials: vec!["cotton".into(), "silk".into()], ..any() },
                without(&["woollen", "no-material"]),
            ),
            (Prefilter { sizes: vec!["xl".into()], ..any() }, only(&["large"])),
            (Prefilter { sizes: vec!["m".into(), "42½".into()], ..any() }, without(&["sizeless"])),
            (Prefilter { available: true, ..any() }, without(&["gone"])),
            (
                Prefilter { price_bands: Some((6, 6)), ..any() },
                without(&["two-prices", "priceless"]),
            ),
            (Prefilter { price_bands: Some((9, u32::MAX)), ..any() }, only(&["two-prices"])),
            (Prefilter { price_bands: Some((4, 5)), ..any() }, only(&[])),
            (Prefilter { price_bands: Some((0, u32::MAX)), ..any() }, without(&["priceless"])),
            (
                Prefilter {
                    categories: vec![Category::Dress],
                    colours: vec![Colour::Navy],
                    genders: vec![Gender::Men],
                    age_groups: vec![AgeGroup::Adult],
                    patterns: vec![Pattern::Plain],
                    brands: vec!["linden".into()],
                    tags: vec!["everyday".into()],
                    materials: vec!["organic".into()],
                    sizes: vec!["M".into()],
                    available: true,
                    price_bands: Some((5, 7)),
                },
                only(&["men", "unisex", "genderless"]),
            ),
        ];
        for (prefilter, expected) in cases {
            for terms in ["", "navy dress"] {
                let query = Query {
                    prefilter: prefilter.clone(),
                    terms: terms.into(),
                    limit: 50,
                    ..self.query(0.0)
                };
                let hits = self.search(&shop, &query).await;
                assert_eq!(sorted(&hits), expected, "{prefilter:?} with terms {terms:?}");
            }
        }
    }

    async fn the_limit_is_kept_to(&self) {
        let shop = merchant("limits");
        let points: Vec<Point> = (0_u8..150)
            .map(|n| Point {
                terms: "cotton".into(),
                ..self.point(&format!("p{n:03}"), f32::from(n) / 150.0)
            })
            .collect();
        self.put(&shop, points).await;
        for limit in [0, 1, 7, 100, 150, 1_000] {
            for terms in ["", "cotton"] {
                let query = Query { limit, terms: terms.into(), ..self.query(0.0) };
                let hits = self.search(&shop, &query).await;
                assert_eq!(hits.len(), limit.min(150), "all there are, up to the limit");
                let mut once = sorted(&hits);
                once.dedup();
                assert_eq!(once.len(), hits.len(), "each point comes once");
            }
        }
        let query = Query { limit: 3, ..self.query(0.0) };
        let first = self.search(&shop, &query).await;
        assert_eq!(products(&first), ["p000", "p001", "p002"], "the best come first");
        assert_eq!(self.search(&shop, &query).await, first, "the same query is answered the same");
    }

    async fn takes_odd_texts(&self) {
        let shop = merchant("odd 'shop\" \\ 👗 $1");
        let odd = "o'dd \"id\" \\ ; é %_ $1 {}";
        let text = "Größe \"M\" – l'été; \u{0} \u{202e} 👗 日本語 %s".repeat(50);
        let point = Point {
            version: "ver'sion \"\u{0} 👗".into(),
            terms: text.clone(),
            sizes: vec!["\u{0}'\"".into(), "ÜBER".into()],
            ..self.point(odd, 0.0)
        };
        self.put(&shop, vec![point.clone()]).await;
        let mut query = Query { terms: text, ..self.query(0.0) };
        query.prefilter.sizes = vec!["über".into()];
        let hits = self.search(&shop, &query).await;
        assert_eq!(products(&hits), [odd]);
        assert_eq!(hits[0].version, point.version, "a version comes back as it went in");
        self.put(&shop, vec![point]).await;
        assert_eq!(self.index.count(&shop).await.unwrap(), 1, "odd ids are known again");
        self.index.replace(&shop, &[id(odd)], Vec::new()).await.unwrap();
        assert_eq!(self.index.count(&shop).await.unwrap(), 0, "odd ids are removed");
    }

    async fn lists_what_it_holds(&self) {
        let shops = ["listed-1", "listed-2"].map(merchant);
        let mut held = Vec::new();
        for shop in &shops {
            for n in 0..9 {
                let product = format!("p{n}");
                let points = ["navy", "red"].map(|version| Point {
                    version: version.into(),
                    terms: format!("{version} dress of {shop}"),
                    ..self.point(&product, 0.1)
                });
                held.extend(points.iter().map(|point| (shop.clone(), point.clone())));
                self.put(shop, points.into()).await;
            }
        }
        let entries = self.entries_of(&shops, 5).await;
        assert_eq!(entries, expected(&held), "each once, with the point's own fingerprint");
        assert_eq!(self.entries_of(&shops, 1).await, entries, "whatever the size of a page");

        let all = self.index.entries(None, 10_000).await.unwrap();
        assert_eq!(self.index.entries(None, 10_000).await.unwrap(), all, "in the same order");
        assert_eq!(self.index.entries(all.last(), 10).await.unwrap(), [], "nothing after the last");
        let at = all.iter().position(|entry| entry.merchant == shops[0]).unwrap();
        let gone = &all[at];
        self.index
            .replace(&gone.merchant, std::slice::from_ref(&gone.product), Vec::new())
            .await
            .unwrap();
        let left: Vec<Entry> = all[at..]
            .iter()
            .filter(|entry| (&entry.merchant, &entry.product) != (&gone.merchant, &gone.product))
            .cloned()
            .collect();
        let after = self.index.entries(Some(gone), 10_000).await.unwrap();
        assert_eq!(after, left, "one may ask on from what is gone");
        self.clear(&shops).await;
    }

    /// All entries of these shops, in pages of `page`, in the order of their names.
    async fn entries_of(&self, shops: &[MerchantId], page: usize) -> Vec<Entry> {
        let (mut entries, mut last): (Vec<Entry>, _) = (Vec::new(), None);
        loop {
            let more = self.index.entries(last.as_ref(), page).await.unwrap();
            assert!(more.len() <= page, "no more than asked for");
            let Some(entry) = more.last() else { break };
            last = Some(entry.clone());
            entries.extend(more);
        }
        entries.retain(|entry| shops.contains(&entry.merchant));
        in_order(entries)
    }

    async fn clear(&self, shops: &[MerchantId]) {
        for entry in self.entries_of(shops, 1_000).await {
            self.index.replace(&entry.merchant, &[entry.product], Vec::new()).await.unwrap();
        }
    }
}

fn expected(held: &[(MerchantId, Point)]) -> Vec<Entry> {
    let entries = held.iter().map(|(merchant, point)| Entry {
        merchant: merchant.clone(),
        product: point.product.clone(),
        version: point.version.clone(),
        fingerprint: point.fingerprint(),
    });
    in_order(entries.collect())
}

fn in_order(mut entries: Vec<Entry>) -> Vec<Entry> {
    entries.sort_by(|a, b| {
        (&a.merchant, &a.product, &a.version).cmp(&(&b.merchant, &b.product, &b.version))
    });
    entries
}
