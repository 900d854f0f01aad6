//! Of a customer who is forgotten nothing is left in any table; and reports over much are quick.

mod common;

use std::{path::Path, time::Instant};

use jiff::SignedDuration;
use sqlx::{AssertSqlSafe, ConnectOptions, Row, sqlite::SqliteConnectOptions};
use vitrine_core::{
    answers::{AnswerId, AnswerKind, AnswerRecord, Sought},
    events::{Event, EventKind},
    experiments::Served,
    ids::{EventId, VisitorId},
    ports::{Customers, Events, Experiments},
    reports::{Conversion, Days, ExperimentReport, Latency, Overview, Queries},
    testing::{Dice, sample, told},
    visitor::Visitor,
    vocabulary::{Category, Colour},
};
use vitrine_stores::{Migrate, PostgresCatalog, PostgresOptions, SqliteCatalog, SqliteOptions};

use common::TestDatabase;

/// Found in no other text.
const NAME: &str = "zoë-4711";

async fn sqlite(file: &Path) -> SqliteCatalog {
    let options = SqliteOptions { readers: 2, migrate: Migrate::AtStart };
    SqliteCatalog::open(file, options).await.unwrap()
}

/// Does everything that a customer's id can get into a store by.
async fn live(store: &(impl Events + Customers + Experiments)) {
    let shop = sample::merchant();
    let customer = told::customer(NAME);
    store.put_experiment(&shop, &told::experiment("limits", &[1, 1])).await.unwrap();
    store.put_customer(&shop, &customer).await.unwrap();
    let visitor = Some(Visitor::new(&shop, &VisitorId::new(NAME).unwrap()));
    let served = told::experiment("limits", &[1, 1]);
    let served = vec![Served { experiment: served.name, variant: served.arms[0].name.clone() }];
    let look = AnswerRecord { visitor: visitor.clone(), served, ..told::answer(1) };
    store.note_answers(&shop, std::slice::from_ref(&look)).await.unwrap();
    let event = |id: String| Event {
        id: EventId::new(id).unwrap(),
        answer: Some(look.id),
        customer: Some(customer.id.clone()),
        visitor: visitor.clone(),
        ..told::purchase(&format!("{NAME} bought"))
    };
    let events = vec![event(format!("{NAME} click")), event(format!("2 {NAME}"))];
    store.take_events(&shop, events).await.unwrap();
}

#[tokio::test]
async fn no_table_in_sqlite_has_anything_of_a_customer_who_is_forgotten() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("catalog.db");
    let store = sqlite(&file).await;
    live(&store).await;
    let at = SqliteConnectOptions::new().filename(&file);
    let mut connection = at.connect().await.unwrap();
    let all = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'";
    let tables: Vec<String> = sqlx::query_scalar(all).fetch_all(&mut connection).await.unwrap();
    assert!(tables.len() > 15, "{tables:?}");
    let mut found = async || {
        let mut found = Vec::new();
        for table in &tables {
            let query = AssertSqlSafe(format!("SELECT * FROM {table}"));
            let columns = AssertSqlSafe(format!("SELECT name FROM pragma_table_info('{table}')"));
            let columns: Vec<String> =
                sqlx::query_scalar(columns).fetch_all(&mut connection).await.unwrap();
            for row in sqlx::query(query).fetch_all(&mut connection).await.unwrap() {
                for column in &columns {
                    let text: Option<String> =
                        row.try_get_unchecked(column.as_str()).unwrap_or_default();
                    if text.is_some_and(|text| text.contains(NAME)) {
                        found.push(format!("{table}.{column}"));
                    }
                }
            }
        }
        found.sort();
        found.dedup();
        found
    };
    let before = found().await;
    let places = ["customers.document", "customers.id", "events.customer", "events.id"];
    for place in places {
        assert!(before.iter().any(|found| found == place), "{before:?}");
    }
    store.forget_customer(&sample::merchant(), &told::customer(NAME).id).await.unwrap();
    assert_eq!(found().await, [""; 0]);
}

#[tokio::test]
async fn no_table_in_postgresql_has_anything_of_a_customer_who_is_forgotten() {
    let Some(database) = TestDatabase::create().await else { return };
    let options = PostgresOptions { max_connections: 4, migrate: Migrate::AtStart };
    let store = PostgresCatalog::connect(&database.url(), options).await.unwrap();
    live(&store).await;
    let mut connection = database.options().connect().await.unwrap();
    let all = "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'";
    let tables: Vec<String> = sqlx::query_scalar(all).fetch_all(&mut connection).await.unwrap();
    assert!(tables.len() > 15, "{tables:?}");
    let mut found = async || {
        let mut found = 0;
        for table in &tables {
            let query = format!("SELECT count(*) FROM {table} t WHERE t::text LIKE '%{NAME}%'");
            let rows: i64 =
                sqlx::query_scalar(AssertSqlSafe(query)).fetch_one(&mut connection).await.unwrap();
            found += rows;
        }
        found
    };
    assert_eq!(found().await, 3, "the customer and two events");
    store.forget_customer(&sample::merchant(), &told::customer(NAME).id).await.unwrap();
    assert_eq!(found().await, 0);
    store.close().await;
}

/// `REPORTS=100000` for as many looks, with ten events each; by default fewer.
#[tokio::test]
async fn reports_over_many_looks_are_quick() {
    let looks: usize =
        std::env::var("REPORTS").ok().and_then(|looks| looks.parse().ok()).unwrap_or(2_000);
    let dir = tempfile::tempdir().unwrap();
    let store = sqlite(&dir.path().join("catalog.db")).await;
    let shop = sample::merchant();
    let experiment = told::experiment("limits", &[1, 1]);
    store.put_experiment(&shop, &experiment).await.unwrap();
    let mut dice = Dice::new(1);
    let started = Instant::now();
    let answers: Vec<AnswerRecord> = (0..looks)
        .map(|n| {
            let matched = dice.below(3) > 0;
            let sought = |dice: &mut Dice| Sought {
                category: *dice.pick(Category::ALL),
                colour: Some(*dice.pick(Colour::ALL)),
                matched,
            };
            let visitor = told::visitor(&dice.below(looks / 3).to_string());
            let arm = experiment.arm_of(&shop, &visitor).unwrap();
            let served = Served { experiment: experiment.name.clone(), variant: arm.name.clone() };
            AnswerRecord {
                id: AnswerId::new(AnswerKind::Look, uuid_of(n)),
                at: told::now() - SignedDuration::from_mins(dice.below(89 * 24 * 60) as i64),
                visitor: Some(visitor),
                served: vec![served],
                garments: (0..3).map(|_| sought(&mut dice)).collect(),
                total: 200 + dice.below(3_000) as u64,
                ..told::answer(0)
            }
        })
        .collect();
    for batch in answers.chunks(500) {
        store.note_answers(&shop, batch).await.unwrap();
    }
    let noted = started.elapsed();
    let started = Instant::now();
    for batch in 0..looks / 100 {
        let events = (0..1_000).map(|n| {
            let answer = dice.pick(&answers);
            let kind = *dice.pick(&[EventKind::View, EventKind::View, EventKind::Click]);
            let event = told::event(&format!("{batch} {n}"), kind, answer.id);
            Event { at: answer.at, visitor: answer.visitor.clone(), ..event }
        });
        store.take_events(&shop, events.collect()).await.unwrap();
    }
    let taken = started.elapsed();
    let days = Days::last(90, told::now());
    let started = Instant::now();
    let overview = Overview::of(&store, &shop, days).await.unwrap();
    assert_eq!(overview.looks.answers, looks as u64);
    let conversion = Conversion::of(&store, &shop, days).await.unwrap();
    let EventKinds { view, click } = EventKinds::of(&conversion);
    assert_eq!(view + click, looks as u64 / 100 * 1_000);
    let first = started.elapsed();
    Queries::of(&store, &shop, days).await.unwrap();
    Latency::of(&store, &shop, days).await.unwrap();
    ExperimentReport::of(&store, &store, &shop, days).await.unwrap();
    let all = started.elapsed();
    println!(
        "{looks} looks noted in {noted:.1?}, {} events taken in {taken:.1?}; overview and \
         conversion {first:.1?}, all five reports {all:.1?}",
        looks / 100 * 1_000
    );
    assert!(all.as_secs() < 5, "five reports took {all:?}");
}

struct EventKinds {
    view: u64,
    click: u64,
}

impl EventKinds {
    fn of(report: &Conversion) -> Self {
        Self { view: report.events.view, click: report.events.click }
    }
}

/// Ids of looks are in the order of time.
fn uuid_of(n: usize) -> uuid::Uuid {
    uuid::Uuid::from_u128(n as u128)
}
