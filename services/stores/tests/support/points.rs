//! One point, and the question that finds it.
#![allow(dead_code, reason = "each test binary uses a part of it")]
#![allow(unreachable_pub, reason = "a module of each test binary")]

use vitrine_core::{
    ids::{MerchantId, ProductId},
    ports::{Index, Point, Prefilter, Query, Weights},
    vocabulary::{AgeGroup, Category},
};

pub fn point(product: &str) -> Point {
    Point {
        product: ProductId::new(product).unwrap(),
        version: "navy".into(),
        words: vec![1.0, 0.0, 0.0, 0.0],
        terms: "navy dress".into(),
        picture: None,
        category: Category::Dress,
        colours: Vec::new(),
        gender: None,
        age_group: AgeGroup::Adult,
        pattern: None,
        brand: None,
        tags: Vec::new(),
        material: Vec::new(),
        sizes: Vec::new(),
        available: true,
        price_bands: vec![6],
    }
}

pub fn ids(point: &Point) -> Vec<ProductId> {
    vec![point.product.clone()]
}

pub fn query() -> Query {
    Query {
        words: vec![1.0, 0.0, 0.0, 0.0],
        terms: "dress".into(),
        picture: None,
        weights: Weights::default(),
        likeness: vec![1.0, 0.0, 0.0, 0.0],
        prefilter: Prefilter::default(),
        limit: 10,
    }
}

pub async fn put(index: &impl Index, merchant: &MerchantId, product: &str) {
    let point = point(product);
    index.replace(merchant, &ids(&point), vec![point]).await.unwrap();
}
