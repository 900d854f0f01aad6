//! A catalog that was written before lists could be filtered answers as if it were written now.

mod common;

use std::{fs, path::Path};

use serde_json::json;
use sqlx::{
    AssertSqlSafe, ConnectOptions, Connection, Executor, migrate::Migrator,
    sqlite::SqliteConnectOptions,
};
use vitrine_core::{
    ids::ProductId,
    ports::Catalog,
    product::Product,
    product_filter::{ProductFilter, Standing},
    testing::{Dice, MemoryCatalog, drawn, sample},
    vocabulary::Colour,
};
use vitrine_stores::{Migrate, PostgresCatalog, PostgresOptions, SqliteCatalog, SqliteOptions};

use common::TestDatabase;

/// The migrations that came before.
const BEFORE: [&str; 2] = ["0001_catalog.sql", "0002_imports.sql"];

#[tokio::test]
async fn an_old_sqlite_catalog_is_filtered_as_a_new_one() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("catalog.db");
    let at = SqliteConnectOptions::new().filename(&file).create_if_missing(true);
    let mut old = at.connect().await.unwrap();
    before("sqlite").await.run(&mut old).await.unwrap();
    let products = products();
    old.execute(AssertSqlSafe(as_written_before(&products))).await.unwrap();
    old.close().await.unwrap();
    let options = SqliteOptions { readers: 2, migrate: Migrate::AtStart };
    agrees(&SqliteCatalog::open(&file, options).await.unwrap(), products).await;
}

#[tokio::test]
async fn an_old_postgresql_catalog_is_filtered_as_a_new_one() {
    let Some(database) = TestDatabase::create().await else { return };
    let mut old = database.options().connect().await.unwrap();
    before("postgres").await.run(&mut old).await.unwrap();
    let products = products();
    old.execute(AssertSqlSafe(as_written_before(&products))).await.unwrap();
    let not_json = "INSERT INTO products VALUES ('other', 'damaged', '{')";
    old.execute(not_json).await.unwrap();
    old.close().await.unwrap();
    let options = PostgresOptions { max_connections: 4, migrate: Migrate::AtStart };
    let catalog = PostgresCatalog::connect(&database.url(), options).await.unwrap();
    agrees(&catalog, products).await;
    catalog.close().await;
}

async fn before(database: &str) -> Migrator {
    let migrations = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations").join(database);
    let some = tempfile::tempdir().unwrap();
    for file in BEFORE {
        fs::copy(migrations.join(file), some.path().join(file)).unwrap();
    }
    Migrator::new(some.path()).await.unwrap()
}

/// Of every colour at least one.
fn products() -> Vec<Product> {
    let mut dice = Dice::new(3);
    let mut products: Vec<Product> =
        (0..200).map(|n| drawn::product(&mut dice, &format!("p{n:03}"))).collect();
    for (product, colour) in products.iter_mut().zip(Colour::ALL) {
        product.variants[0].colours = vec![*colour];
        product.variants[0].gtin = Some("4 006381-333931".into());
    }
    products
}

/// The statements that wrote these products before.
fn as_written_before(products: &[Product]) -> String {
    let quoted = |text: &str| format!("'{}'", text.replace('\'', "''"));
    let merchant = quoted(sample::merchant().as_str());
    let mut statements = String::new();
    for product in products {
        let id = quoted(product.id.as_str());
        let bare = Product { variants: Vec::new(), ..product.clone() };
        let document = quoted(&serde_json::to_string(&bare).unwrap());
        statements += &format!("INSERT INTO products VALUES ({merchant}, {id}, {document});\n");
        for (at, variant) in product.variants.iter().enumerate() {
            let attributes = quoted(
                &json!({
                    "colours": variant.colours, "colour_name": variant.colour_name,
                    "size": variant.size, "gtin": variant.gtin,
                })
                .to_string(),
            );
            let (variant_id, offer) = (quoted(variant.id.as_str()), &variant.offer);
            let availability = quoted(offer.availability.id());
            let stock = offer.stock.map_or("NULL".into(), |stock| stock.to_string());
            let price = offer.price.amount;
            statements += &format!(
                "INSERT INTO variants VALUES ({merchant}, {variant_id}, {id}, {at}, {attributes});
                 INSERT INTO offers VALUES
                     ({merchant}, {variant_id}, {price}, 'EUR', NULL, NULL, {availability}, {stock});\n"
            );
        }
    }
    statements
}

async fn agrees(catalog: &dyn Catalog, products: Vec<Product>) {
    let merchant = sample::merchant();
    let ids: Vec<ProductId> = products.iter().map(|product| product.id.clone()).collect();
    assert_eq!(catalog.products(&merchant, &ids).await.unwrap(), products, "nothing is lost");
    let new = MemoryCatalog::default();
    new.upsert(&merchant, products.clone()).await.unwrap();
    let shared = new.shared_gtins(&merchant, None, 100).await.unwrap();
    assert!(!shared.is_empty());
    let found = catalog.shared_gtins(&merchant, None, 100).await.unwrap();
    assert_eq!(found, shared, "GTINs are read as they would be now");
    let mut dice = Dice::new(4);
    let of_each_colour = Colour::ALL
        .iter()
        .map(|colour| ProductFilter { colours: vec![*colour], ..ProductFilter::default() });
    let drawn: Vec<ProductFilter> = (0..300).map(|_| drawn::filter(&mut dice)).collect();
    for filter in of_each_colour.chain(drawn) {
        let allowed = products.iter().filter(|product| filter.allows(product, Standing::default()));
        let allowed: Vec<ProductId> = allowed.map(|product| product.id.clone()).collect();
        let listed = catalog.matching_ids(&merchant, &filter, None, 1_000).await.unwrap();
        assert_eq!(listed, allowed, "{filter:?}");
    }
}
