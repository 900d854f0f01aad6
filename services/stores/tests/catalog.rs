//! What the catalogs add to their contract: opened again, by many at once, and with tables of
//! another version.

mod common;

use std::{
    collections::{HashMap, HashSet},
    path::Path,
    sync::Arc,
    time::Duration,
};

use jiff::Timestamp;
use sqlx::{
    AssertSqlSafe, ConnectOptions, Executor, migrate::Migrator, sqlite::SqliteConnectOptions,
};
use vitrine_core::{
    ids::{MerchantId, ProductId},
    indexing::IndexingStore,
    ports::{Catalog, Lag, StoreError},
    product::Product,
    product_filter::ProductFilter,
    testing::{sample, strike_out},
    vocabulary::Category,
};
use vitrine_stores::{
    Migrate, Migration, Migrations, PostgresCatalog, PostgresOptions, SqliteCatalog, SqliteOptions,
};

use common::TestDatabase;

/// Where a catalog is kept; fresh, and gone with this.
enum Place {
    Sqlite(tempfile::TempDir),
    Postgres(TestDatabase),
}

/// Makes each of these a test on SQLite and one on PostgreSQL.
macro_rules! on_both {
    ($($test:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $test() {
                super::$test(&super::Place::Sqlite(tempfile::tempdir().unwrap())).await;
            })*
        }
        mod postgres {
            $(#[tokio::test]
            async fn $test() {
                if let Some(database) = super::TestDatabase::create().await {
                    super::$test(&super::Place::Postgres(database)).await;
                }
            })*
        }
    };
}

on_both![
    a_catalog_opened_again_holds_what_was_acknowledged,
    many_writers_and_readers_at_once_all_succeed,
    two_processes_may_have_it_open,
    an_upsert_that_was_given_up_leaves_nothing_behind,
    writers_of_the_same_products_come_one_after_the_other,
    writers_of_everything_do_not_wait_for_each_other_for_ever,
    tables_are_made_only_where_that_is_allowed,
    many_that_make_the_tables_at_once_all_succeed,
    entries_from_before_their_time_was_kept_wait_since_the_migration,
    a_long_outbox_is_estimated,
    a_catalog_of_the_first_version_keeps_all_that_it_holds,
    a_catalog_of_a_newer_version_is_refused,
    a_catalog_of_another_making_is_refused,
];

impl Place {
    async fn open(&self) -> Arc<dyn IndexingStore> {
        self.open_with(Migrate::AtStart).await.unwrap()
    }

    async fn open_with(&self, migrate: Migrate) -> Result<Arc<dyn IndexingStore>, StoreError> {
        Ok(match self {
            Self::Sqlite(dir) => {
                let options = SqliteOptions { readers: 4, migrate };
                Arc::new(SqliteCatalog::open(&dir.path().join("catalog.db"), options).await?)
            }
            Self::Postgres(database) => {
                let options = PostgresOptions { max_connections: 8, migrate };
                Arc::new(PostgresCatalog::connect(&database.url(), options).await?)
            }
        })
    }

    async fn migrate(&self) -> Result<Vec<Migration>, StoreError> {
        match self {
            Self::Sqlite(dir) => SqliteCatalog::migrate(&dir.path().join("catalog.db")).await,
            Self::Postgres(database) => PostgresCatalog::migrate(&database.url()).await,
        }
    }

    async fn migrations(&self) -> Result<Migrations, StoreError> {
        match self {
            Self::Sqlite(dir) => SqliteCatalog::migrations(&dir.path().join("catalog.db")).await,
            Self::Postgres(database) => PostgresCatalog::migrations(&database.url()).await,
        }
    }

    /// Brings fresh tables up to an older version.
    async fn migrate_to(&self, version: i64) {
        let (kind, url) = match self {
            Self::Sqlite(dir) => {
                let file = dir.path().join("catalog.db");
                ("sqlite", format!("sqlite:{}?mode=rwc", file.display()))
            }
            Self::Postgres(database) => ("postgres", database.url()),
        };
        let all = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations").join(kind);
        let older = tempfile::tempdir().unwrap();
        for entry in std::fs::read_dir(all).unwrap() {
            let entry = entry.unwrap();
            let name = entry.file_name().into_string().unwrap();
            if name.split('_').next().unwrap().parse::<i64>().unwrap() <= version {
                std::fs::copy(entry.path(), older.path().join(name)).unwrap();
            }
        }
        let steps = Migrator::new(older.path()).await.unwrap();
        match self {
            Self::Sqlite(_) => {
                let options: SqliteConnectOptions = url.parse().unwrap();
                steps.run(&mut options.connect().await.unwrap()).await.unwrap();
            }
            Self::Postgres(database) => {
                steps.run(&mut database.options().connect().await.unwrap()).await.unwrap();
            }
        }
    }

    /// Runs statements on the catalog, past the store.
    async fn run(&self, statements: &str) {
        match self {
            Self::Sqlite(dir) => {
                let options = SqliteConnectOptions::new().filename(dir.path().join("catalog.db"));
                let mut connection = options.connect().await.unwrap();
                connection.execute(AssertSqlSafe(statements.to_owned())).await.unwrap();
            }
            Self::Postgres(database) => run(database, statements).await,
        }
    }
}

async fn run(database: &TestDatabase, statements: &str) {
    let mut connection = database.options().connect().await.unwrap();
    connection.execute(AssertSqlSafe(statements.to_owned())).await.unwrap();
}

async fn a_catalog_opened_again_holds_what_was_acknowledged(place: &Place) {
    let merchant = sample::merchant();
    let first = place.open().await;
    first.upsert(&merchant, vec![sample::product("a")]).await.unwrap();
    let sequence = first.changes(1).await.unwrap()[0].sequence;
    strike_out(&*first, &first.changes(1).await.unwrap()).await;
    drop(first);

    let second = place.open().await;
    let ids = [ProductId::new("a").unwrap()];
    assert_eq!(second.products(&merchant, &ids).await.unwrap(), [sample::product("a")]);
    assert_eq!(second.pending(&merchant).await.unwrap(), 0);
    assert_eq!(second.reindex_all().await.unwrap(), 1);
    let again = second.changes(1).await.unwrap()[0].sequence;
    assert!(again > sequence, "a sequence number is never given twice: {again} after {sequence}");
}

async fn many_writers_and_readers_at_once_all_succeed(place: &Place) {
    let catalog = place.open().await;
    let merchant = sample::merchant();
    let tasks = (0..16).map(|task| {
        let (catalog, merchant) = (Arc::clone(&catalog), merchant.clone());
        tokio::spawn(async move {
            for n in 0..10 {
                let product = sample::product(&format!("{task}-{n}"));
                let id = product.id.clone();
                catalog.upsert(&merchant, vec![product]).await.unwrap();
                assert_eq!(catalog.products(&merchant, &[id]).await.unwrap().len(), 1);
            }
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.unwrap();
    }
    assert_eq!(catalog.count(&merchant).await.unwrap(), 160);
    assert_eq!(catalog.pending(&merchant).await.unwrap(), 160);
}

async fn two_processes_may_have_it_open(place: &Place) {
    let (one, other) = (place.open().await, place.open().await);
    let merchant = MerchantId::new("shared").unwrap();
    one.upsert(&merchant, vec![sample::product("a")]).await.unwrap();
    other.upsert(&merchant, vec![sample::product("b")]).await.unwrap();
    assert_eq!(one.count(&merchant).await.unwrap(), 2);
}

async fn an_upsert_that_was_given_up_leaves_nothing_behind(place: &Place) {
    let catalog = place.open().await;
    let merchant = sample::merchant();
    let products: Vec<_> = (0..500).map(|n| sample::product(&format!("p{n}"))).collect();
    for micros in [0, 50, 500, 2_000, 5_000, 20_000] {
        let patience = Duration::from_micros(micros);
        let upsert = catalog.upsert(&merchant, products.clone());
        let finished = tokio::time::timeout(patience, upsert).await.is_ok();
        // Comes after what is still under way of it.
        catalog.remove(&merchant, &[]).await.unwrap();
        let count = catalog.count(&merchant).await.unwrap();
        assert_eq!(catalog.pending(&merchant).await.unwrap(), count, "products go with the outbox");
        assert!(count == 500 || (count == 0 && !finished), "all or nothing, not {count}");
    }
    catalog.upsert(&merchant, vec![sample::product("after")]).await.unwrap();
}

/// As a task writes it in its round. Its one variant of its own tells who wrote it; the other is
/// also of the product next to it, so that products take it from each other.
fn contested(n: usize, task: usize, round: usize) -> Product {
    let mut product = sample::product(&format!("p{n}"));
    product.title = format!("{task} {round}");
    let mut own = sample::variant(&format!("own-{n}"), "navy", "M");
    own.size = Some(product.title.clone());
    product.variants = vec![own, sample::variant(&format!("shared-{}", n / 2), "red", "M")];
    product
}

async fn writers_of_the_same_products_come_one_after_the_other(place: &Place) {
    const PRODUCTS: usize = 12;
    let catalog = place.open().await;
    let merchant = sample::merchant();
    let tasks = (0..4).map(|task| {
        let (catalog, merchant) = (Arc::clone(&catalog), merchant.clone());
        tokio::spawn(async move {
            let mut created = 0;
            for round in 0..10 {
                let mut batch: Vec<Product> =
                    (0..PRODUCTS).map(|n| contested(n, task, round)).collect();
                // Each in an order of its own.
                batch.rotate_left(task * 3);
                if task % 2 == 1 {
                    batch.reverse();
                }
                created += catalog.upsert(&merchant, batch).await.unwrap().created;
            }
            created
        })
    });
    let mut created = 0;
    for task in tasks.collect::<Vec<_>>() {
        created += task.await.unwrap();
    }
    assert_eq!(created, PRODUCTS as u64, "each product was new to one writer");

    let ids = catalog.ids(&merchant, None, 100).await.unwrap();
    let found = catalog.products(&merchant, &ids).await.unwrap();
    assert_eq!(found.len(), PRODUCTS);
    let last = &found[0].title;
    let mut variants = HashSet::new();
    for product in &found {
        assert_eq!(product.title, *last, "what was written together is there together");
        assert_eq!(product.variants[0].size.as_ref(), Some(last), "a product is of one writer");
        for variant in &product.variants {
            assert!(variants.insert(&variant.id), "{} has one owner", variant.id);
        }
    }
    assert_eq!(variants.len(), PRODUCTS + PRODUCTS / 2, "no variant is lost");
    assert_eq!(catalog.pending(&merchant).await.unwrap(), PRODUCTS as u64);
}

async fn writers_of_everything_do_not_wait_for_each_other_for_ever(place: &Place) {
    const ROUNDS: usize = 15;
    let catalog = place.open().await;
    let merchants = ["one", "two"].map(|name| MerchantId::new(name).unwrap());
    let texts: Vec<String> = (0..20).map(|n| format!("text {n}")).collect();
    let mut tasks = Vec::new();
    for task in 0..4 {
        let (catalog, merchant) = (Arc::clone(&catalog), merchants[task % 2].clone());
        tasks.push(tokio::spawn(async move {
            for round in 0..ROUNDS {
                let batch = (0..8).map(|n| contested(n, task, round)).collect();
                catalog.upsert(&merchant, batch).await.unwrap();
                let ids = ["p1", "p3"].map(|id| ProductId::new(id).unwrap());
                catalog.remove(&merchant, &ids).await.unwrap();
            }
        }));
    }
    for _ in 0..2 {
        let (catalog, texts) = (Arc::clone(&catalog), texts.clone());
        tasks.push(tokio::spawn(async move {
            for round in 0..ROUNDS {
                let mut changes = catalog.changes(100).await.unwrap();
                changes.reverse();
                strike_out(&*catalog, &changes).await;
                catalog.reindex_all().await.unwrap();
                let vector = vec![round as f32];
                let vectors: HashMap<_, _> =
                    texts.iter().map(|text| (text.clone(), vector.clone())).collect();
                catalog.keep_vectors("model", &vectors).await.unwrap();
            }
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
    strike_out(&*catalog, &catalog.changes(1_000).await.unwrap()).await;
    assert_eq!(catalog.changes(1).await.unwrap(), []);
    for merchant in &merchants {
        assert_eq!(catalog.count(merchant).await.unwrap(), 6);
    }
    assert_eq!(catalog.vectors("model", &texts).await.unwrap().len(), texts.len());
}

async fn tables_are_made_only_where_that_is_allowed(place: &Place) {
    let fresh = place.migrations().await.unwrap();
    assert_eq!(fresh.applied, [], "nothing has run on a fresh database");
    assert_eq!(fresh.pending[0].version, 1);
    assert_eq!(fresh.pending[0].name, "catalog");
    let Err(error) = place.open_with(Migrate::Never).await else { panic!("it was opened") };
    assert!(matches!(error, StoreError::Behind { found: 0, .. }), "{error:?}");
    assert!(error.to_string().contains("`vitrine migrate`"), "{error}");
    assert_eq!(place.migrations().await.unwrap(), fresh, "asking changes nothing");

    assert_eq!(place.migrate().await.unwrap(), fresh.pending, "what was pending was made");
    assert_eq!(place.migrate().await.unwrap(), [], "and is not made twice");
    let made = place.migrations().await.unwrap();
    assert_eq!((made.applied, made.pending), (fresh.pending, Vec::new()));
    let catalog = place.open_with(Migrate::Never).await.unwrap();
    catalog.upsert(&sample::merchant(), vec![sample::product("a")]).await.unwrap();
}

async fn many_that_make_the_tables_at_once_all_succeed(place: &Place) {
    let open = || place.open_with(Migrate::AtStart);
    let opened = tokio::join!(open(), open(), open(), open(), open(), open());
    for catalog in <[_; 6]>::from(opened) {
        catalog.unwrap().check().await.unwrap();
    }
    assert_eq!(place.migrations().await.unwrap().pending, []);
}

async fn entries_from_before_their_time_was_kept_wait_since_the_migration(place: &Place) {
    place.migrate().await.unwrap();
    place
        .run(
            "INSERT INTO outbox (merchant, product) VALUES ('shop', 'a'), ('shop', 'b');
             DROP INDEX outbox_by_time;
             ALTER TABLE outbox DROP COLUMN since;
             DROP TABLE duties;
             DROP TABLE rebuild;
             DELETE FROM _sqlx_migrations WHERE version = 5",
        )
        .await;
    let before = Timestamp::now();
    let catalog = place.open().await;
    let lag = catalog.lag().await.unwrap();
    assert_eq!(lag.products, 2);
    let since = lag.oldest.unwrap().as_millisecond();
    let clocks = 1_000;
    assert!(since + clocks >= before.as_millisecond(), "{since} is long before {before}");
    assert!(since <= Timestamp::now().as_millisecond() + clocks, "{since} is to come");

    place
        .run("INSERT INTO outbox (merchant, product) VALUES ('shop', 'of an older program')")
        .await;
    let later = catalog.lag().await.unwrap();
    assert_eq!(later, Lag { products: 3, ..lag }, "one without a time counts, and does not wait");
}

/// What the first version of the tables held, written as its program wrote it.
const OF_THE_FIRST_VERSION: &str = r#"
INSERT INTO products (merchant, id, document) VALUES ('shop', 'linden-midi', '{"id":"linden-midi","title":"Linden midi dress","brand":"Linden","description":"Falls softly.","category":"dress","gender":"women","age_group":"adult","material":"linen","pattern":"plain","sleeve":"short","length":"midi","tags":["summer"],"link":"https://shop.example/p/linden-midi","image_link":null,"variants":[]}');
INSERT INTO variants (merchant, id, product, position, attributes) VALUES
    ('shop', 'linden-midi-navy-s', 'linden-midi', 0, '{"colours":["navy"],"size":"S"}'),
    ('shop', 'linden-midi-navy-m', 'linden-midi', 1, '{"colours":["navy"],"size":"M"}');
INSERT INTO offers (merchant, variant, price, currency, sale_price, sale_currency, availability, stock) VALUES
    ('shop', 'linden-midi-navy-s', 4990, 'EUR', 3990, 'EUR', 'in_stock', 3),
    ('shop', 'linden-midi-navy-m', 4990, 'EUR', NULL, NULL, 'out_of_stock', 0);
INSERT INTO outbox (merchant, product) VALUES ('shop', 'linden-midi');
"#;

async fn a_catalog_of_the_first_version_keeps_all_that_it_holds(place: &Place) {
    place.migrate_to(1).await;
    place.run(OF_THE_FIRST_VERSION).await;
    let before = place.migrations().await.unwrap();
    assert_eq!((before.applied.len(), before.pending.is_empty()), (1, false));

    let catalog = place.open().await;
    assert_eq!(place.migrations().await.unwrap().pending, []);
    let (shop, id) = (MerchantId::new("shop").unwrap(), ProductId::new("linden-midi").unwrap());
    let kept = catalog.products(&shop, &[id]).await.unwrap();
    let [product] = &kept[..] else { panic!("{kept:?}") };
    assert_eq!((&*product.title, product.tags.len()), ("Linden midi dress", 1));
    let offers: Vec<_> = product.variants.iter().map(|variant| &variant.offer).collect();
    assert_eq!((offers[0].current_price().amount, offers[0].stock), (3_990, Some(3)));
    assert!(!offers[1].can_be_bought_now(), "{offers:?}");
    assert_eq!(catalog.pending(&shop).await.unwrap(), 1, "the index still has to learn of it");

    let filter = ProductFilter { categories: vec![Category::Dress], ..ProductFilter::default() };
    let listed = catalog.matching_ids(&shop, &filter, None, 10).await.unwrap();
    assert_eq!(listed.len(), 1, "what was written before is found by its facts too");
}

/// Entries are counted to 10,000; of more, no scrape reads them all.
async fn a_long_outbox_is_estimated(place: &Place) {
    let catalog = place.open().await;
    let (first, more) = match place {
        Place::Sqlite(_) => (
            "WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 10000)",
            "WITH RECURSIVE n(n) AS (SELECT 10001 UNION ALL SELECT n + 1 FROM n WHERE n < 30000)",
        ),
        Place::Postgres(_) => (
            "WITH n AS (SELECT generate_series(1, 10000) AS n)",
            "WITH n AS (SELECT generate_series(10001, 30000) AS n)",
        ),
    };
    let enter = |n: &str| {
        format!(
            "{n} INSERT INTO outbox (merchant, product, since) SELECT 'shop', 'p' || n, n FROM n"
        )
    };
    place.run(&enter(first)).await;
    place.run("DELETE FROM outbox WHERE product = 'p5000'").await;
    assert_eq!(catalog.lag().await.unwrap().products, 9_999, "one by one");
    place.run(&enter(more)).await;
    let lag = catalog.lag().await.unwrap();
    assert_eq!(lag.products, 30_000, "29,999 of as many numbers");
    assert_eq!(lag.oldest.unwrap().as_millisecond(), 1);
}

async fn a_catalog_of_a_newer_version_is_refused(place: &Place) {
    let known = place.migrate().await.unwrap().last().unwrap().version;
    place
        .run(
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
             SELECT 9007, 'later', success, checksum, 0 FROM _sqlx_migrations WHERE version = 1",
        )
        .await;
    let newer = |error: StoreError| {
        assert!(
            error.to_string().contains(&format!(
                "was written by a newer Vitrine (its schema is at 9007, this one knows {known}); \
                 run the newer version or restore a backup"
            )),
            "{error}"
        );
    };
    for migrate in [Migrate::AtStart, Migrate::Never] {
        newer(place.open_with(migrate).await.err().unwrap());
    }
    newer(place.migrate().await.unwrap_err());
    newer(place.migrations().await.unwrap_err());
}

async fn a_catalog_of_another_making_is_refused(place: &Place) {
    place.migrate().await.unwrap();
    place.run("UPDATE _sqlx_migrations SET checksum = '\\x00' WHERE version = 1").await;
    for migrate in [Migrate::AtStart, Migrate::Never] {
        let error = place.open_with(migrate).await.err().unwrap();
        assert!(matches!(error, StoreError::Corrupt { .. }), "{error}");
        assert!(error.to_string().contains("migration 1"), "{error}");
    }
}

#[tokio::test]
async fn a_file_that_is_no_database_is_called_corrupt() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("catalog.db");
    std::fs::write(&file, "not a database, but long enough to look like one".repeat(40)).unwrap();
    let options = SqliteOptions { readers: 1, migrate: Migrate::AtStart };
    let error = SqliteCatalog::open(&file, options).await.unwrap_err();
    assert!(matches!(error, StoreError::Corrupt { .. }), "{error}");
}

#[tokio::test]
async fn a_folder_that_is_not_there_is_called_unavailable() {
    let dir = tempfile::tempdir().unwrap();
    let options = SqliteOptions { readers: 1, migrate: Migrate::AtStart };
    let missing = dir.path().join("missing/catalog.db");
    let error = SqliteCatalog::open(&missing, options).await.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable { .. }), "{error}");
}

async fn connect(url: &str) -> Result<PostgresCatalog, StoreError> {
    PostgresCatalog::connect(url, PostgresOptions { max_connections: 2, migrate: Migrate::AtStart })
        .await
}

#[tokio::test]
async fn a_server_that_does_not_let_us_in_is_called_unavailable_and_no_password_is_told() {
    let mut urls: Vec<String> = [
        "postgres://shop:s3cret@127.0.0.1:1/shop",
        "postgres://shop:s3cret@127.0.0.1:99999/shop",
        "postgres://shop:s3cret@localhost/shop?host=/nowhere",
        "postgres://shop:s3cret@127.0.0.1:1/shop?sslmode=often",
        "mysql://shop:s3cret@127.0.0.1/shop",
        "s3cret",
    ]
    .map(str::to_owned)
    .to_vec();
    if let Some(database) = TestDatabase::create().await {
        urls.push(database.options().password("s3cret").to_url_lossy().to_string());
    }
    for url in urls {
        let error = connect(&url).await.unwrap_err();
        assert!(matches!(error, StoreError::Unavailable { .. }), "{error:?}");
        assert!(error.to_string().starts_with("the catalog (PostgreSQL) is not reachable: "));
        assert!(!format!("{error} {error:?}").contains("s3cret"), "{error:?}");
    }
}

#[tokio::test]
async fn a_database_that_can_not_hold_every_text_is_refused() {
    let words = "TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE_PROVIDER libc LOCALE 'C'";
    let Some(database) = TestDatabase::create_with(words).await else { return };
    let error = connect(&database.url()).await.unwrap_err();
    assert!(error.to_string().contains("ENCODING 'UTF8'"), "{error}");
}

#[tokio::test]
async fn striking_out_does_not_wait_for_a_write_that_is_replacing_an_entry() {
    let Some(database) = TestDatabase::create().await else { return };
    let catalog = connect(&database.url()).await.unwrap();
    let merchant = sample::merchant();
    let products = ["a", "b"].map(sample::product).to_vec();
    catalog.upsert(&merchant, products).await.unwrap();
    let changes = catalog.changes(10).await.unwrap();

    let mut other = database.options().connect().await.unwrap();
    other.execute("BEGIN; DELETE FROM outbox WHERE product = 'a'").await.unwrap();
    strike_out(&catalog, &changes).await;
    let left = catalog.changes(10).await.unwrap();
    assert_eq!(left, changes[..1], "what nobody else holds is struck out");
    other.execute("ROLLBACK").await.unwrap();
    strike_out(&catalog, &changes).await;
    assert_eq!(catalog.pending(&merchant).await.unwrap(), 0);
}

#[tokio::test]
async fn a_catalog_outlives_its_connections() {
    let Some(database) = TestDatabase::create().await else { return };
    let catalog = connect(&database.url()).await.unwrap();
    assert!(!format!("{catalog:?}").contains(common::PASSWORD), "no password is told");
    let merchant = sample::merchant();
    for n in 1..4 {
        catalog.upsert(&merchant, vec![sample::product(&format!("p{n}"))]).await.unwrap();
        assert_eq!(catalog.count(&merchant).await.unwrap(), n);
        let others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE application_name = 'vitrine' AND datname = current_database()";
        run(&database, others).await;
    }
    catalog.close().await;
    assert!(matches!(catalog.check().await, Err(StoreError::Unavailable { .. })));
}
