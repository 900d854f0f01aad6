//! Rows that say of their product what the row before them said are not read to the end. They must
//! come to what they would have come to alone.

use std::collections::BTreeMap;

use proptest::{prelude::*, sample::select};

use super::*;
use crate::product::Product;

const HEADER: &str = "id,item_group_id,title,google_product_category,gender,material,link,color,\
                      size,price,sale_price,availability,quantity,gtin\n";

/// A row without its id; each column is one of a few texts, so that rows repeat one another.
fn row() -> impl Strategy<Value = String> {
    let long = format!("Linen dress{}", " so long".repeat(20));
    let title = select(vec!["Linen dress".to_owned(), "Linen dress, red".to_owned(), long]);
    let product = (
        select(&["g1", "g1", "g1", "g2", ""][..]),
        prop_oneof![4 => Just("Linen dress".to_owned()), 1 => title],
        select(&["2271", "2271", "2271", "209", ""][..]),
        select(&["female", "female", "female", "alien"][..]),
        select(&["linen", "linen", "linen", ""][..]),
        select(&["https://shop.example/p", "https://shop.example/p", "nowhere"][..]),
    );
    let variant = (
        select(&["red", "navy/white", "unicorn", ""][..]),
        select(&["S", "M", ""][..]),
        select(&["10.00 EUR", "10.00 EUR", "12.50 EUR", "ten", ""][..]),
        select(&["8.00 EUR", "8.00 USD", ""][..]),
        select(&["in_stock", "sold out", "maybe", ""][..]),
        select(&["3", "x", ""][..]),
        select(&["4006381333931", "12345", ""][..]),
    );
    (product, variant).prop_map(|(product, variant)| {
        let (group, title, category, gender, material, link) = product;
        let (colour, size, price, sale_price, availability, stock, gtin) = variant;
        format!(
            "{group},\"{title}\",{category},{gender},{material},{link},{colour},{size},{price},\
             {sale_price},{availability},{stock},{gtin}"
        )
    })
}

/// What rows came to, however they were put together.
#[derive(Debug, Default, PartialEq)]
struct Told {
    variants: BTreeMap<String, Vec<Variant>>,
    /// By row; places are left out.
    problems: BTreeMap<u64, Vec<Problem>>,
}

impl Told {
    fn problems(&mut self, of: u64, problems: Vec<Problem>) {
        for mut problem in problems {
            problem.place = Place::default();
            self.problems.entry(of).or_default().push(problem);
        }
    }

    /// `row` is the one that was read, where it was read alone; answers the product, bare.
    fn take(&mut self, taken: Taken, row: Option<u64>) -> Option<Product> {
        let mut tell = |problems: Vec<Problem>| {
            for problem in problems {
                self.problems(row.unwrap_or(problem.place.row), vec![problem]);
            }
        };
        match taken {
            Taken::LeftOut(problem) => tell(vec![problem]),
            Taken::Refused { problems, .. } => tell(problems),
            Taken::Product(mut found) => {
                tell(found.warnings);
                let variants = std::mem::take(&mut found.product.variants);
                self.variants.entry(found.product.id.to_string()).or_default().extend(variants);
                return Some(found.product);
            }
        }
        None
    }
}

proptest! {
    #[test]
    fn rows_come_to_the_same_alone_and_together(
        rows in prop::collection::vec(row(), 1..12),
        named in prop::collection::vec(prop::bool::weighted(0.95), 12),
    ) {
        let ids = (0..).zip(named).map(|(at, named)| if named { format!("v{at}") } else { String::new() });
        let rows: Vec<String> = ids.zip(rows).map(|(id, row)| format!("{id},{row}\n")).collect();
        let (mut alone, mut together) = (Told::default(), Told::default());
        let mut products = Vec::new();
        for (at, row) in (1..).zip(&rows) {
            for taken in read(format!("{HEADER}{row}").as_bytes(), None).1 {
                products.push((at, alone.take(taken, Some(at))));
            }
        }
        for taken in read(format!("{HEADER}{}", rows.concat()).as_bytes(), None).1 {
            let first = match &taken {
                Taken::Product(found) => Some(found.place.row),
                _ => None,
            };
            let product = together.take(taken, None);
            if let (Some(first), Some(product)) = (first, product) {
                prop_assert!(products.contains(&(first, Some(product))));
            }
        }
        prop_assert_eq!(together, alone);
    }
}
