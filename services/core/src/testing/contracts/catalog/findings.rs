use super::*;
use crate::{
    duplicates::NAMED,
    lack::{Lack, Lacks},
    testing::{Dice, drawn},
};

pub(super) async fn counts_what_products_lack(catalog: &dyn IndexingStore) {
    let (shop, other) = (merchant("lacks"), merchant("lacks-2"));
    assert_eq!(catalog.count_by_lacks(&shop).await.unwrap(), [], "nothing, of nothing");
    let mut dice = Dice::new(11);
    let products: Vec<Product> =
        (0..60).map(|n| drawn::product(&mut dice, &format!("p{n}"))).collect();
    catalog.upsert(&shop, products.clone()).await.unwrap();
    catalog.upsert(&other, products[..9].to_vec()).await.unwrap();
    let mut expected: HashMap<Lacks, u64> = HashMap::new();
    for product in &products {
        *expected.entry(product.lacks()).or_default() += 1;
    }
    let counted: HashMap<Lacks, u64> =
        catalog.count_by_lacks(&shop).await.unwrap().into_iter().collect();
    assert_eq!(counted, expected);
    assert!(expected.keys().any(|lacks| lacks.contains(Lack::Gtin)));
    settle(catalog).await;
}

pub(super) async fn tells_shared_gtins(catalog: &dyn IndexingStore) {
    let (shop, other) = (merchant("gtins"), merchant("gtins-2"));
    assert_eq!(catalog.count_shared_gtins(&shop).await.unwrap(), 0);
    assert_eq!(catalog.shared_gtins(&shop, None, 10).await.unwrap(), []);
    let with_gtins = |id: &str, gtins: &[&str]| {
        let mut product = sample::product(id);
        let variants = (0..).zip(gtins).map(|(at, gtin)| {
            let mut variant = sample::variant(&format!("{id}-{at}"), "navy", "M");
            variant.gtin = Some((*gtin).into());
            variant
        });
        product.variants = variants.collect();
        product
    };
    let mut products = vec![
        with_gtins("B", &["4006381333931", "soon"]),
        with_gtins("a", &["4-006381-333931", "73513537"]),
        // One product's own variants may share.
        with_gtins("c", &["5901234123457", "5901234123457", "00000000", "soon"]),
        with_gtins("d", &["00000000"]),
    ];
    products
        .extend((0..25).map(|n| with_gtins(&format!("p{n:02}"), &["00073513537", "073513537000"])));
    products.extend([with_gtins("é", &["073513537000"])]);
    catalog.upsert(&shop, products.clone()).await.unwrap();
    catalog.upsert(&other, products[..1].to_vec()).await.unwrap();

    let groups = catalog.shared_gtins(&shop, None, 10).await.unwrap();
    let told: Vec<(&str, u64)> =
        groups.iter().map(|group| (group.value.as_str(), group.count)).collect();
    assert_eq!(told, [("00073513537000", 26), ("04006381333931", 2)], "in order, each with all");
    assert_eq!(groups[0].products.len(), NAMED, "of many, the first are named");
    assert!(groups[0].products.is_sorted(), "in the order of their ids");
    assert_eq!(groups[1].products, ids(&["B", "a"]));
    assert_eq!(catalog.count_shared_gtins(&shop).await.unwrap(), 2);
    assert_eq!(catalog.count_shared_gtins(&other).await.unwrap(), 0, "of one merchant alone");

    let first = catalog.shared_gtins(&shop, None, 1).await.unwrap();
    assert_eq!(first, groups[..1], "no more than asked for");
    let rest = catalog.shared_gtins(&shop, Some(&first[0].value), 10).await.unwrap();
    assert_eq!(rest, groups[1..], "and the rest after it");

    catalog.remove(&shop, &ids(&["a"])).await.unwrap();
    assert_eq!(catalog.count_shared_gtins(&shop).await.unwrap(), 1, "one that is left is alone");
    settle(catalog).await;
}
