//! How SQLite goes about what a batch looks up by a list. Left to guess, it guesses badly: one that
//! walks through all of a merchant's rows works, and every batch of an import takes longer than the
//! one before it.

mod full;

use sqlx::{AssertSqlSafe, ConnectOptions, sqlite::SqliteConnectOptions};

use super::{
    MIGRATOR,
    statements::{catalog as sql, events, pictures},
};

/// What removing a product does by itself to keep its foreign key.
const CASCADE: &str = "DELETE FROM variants WHERE merchant = $1 AND product = $2";

#[tokio::test]
async fn what_a_batch_looks_up_never_walks_through_all_that_a_merchant_has() {
    let memory = SqliteConnectOptions::new().in_memory(true);
    let mut connection = memory.connect().await.unwrap();
    MIGRATOR.run_direct(None, &mut connection, false).await.unwrap();
    for statement in [
        sql::DOCUMENTS,
        sql::VARIANTS,
        sql::CLEAR_VARIANTS,
        sql::TAKE_VARIANTS,
        sql::PRODUCTS_OF_VARIANTS,
        sql::PUT_PRODUCTS,
        sql::PUT_VARIANTS,
        sql::PUT_OFFERS,
        sql::PUT_SUMS,
        sql::REMOVE_PRODUCTS,
        sql::REMOVE_PRODUCTS_WITHOUT_VARIANTS,
        CASCADE,
        sql::ENTER,
        sql::DONE,
        sql::VECTORS,
        pictures::NOTE,
        pictures::ENRICH,
        pictures::FORGET,
        pictures::SEEN,
        pictures::PICTURES_OF,
        events::KNOWN,
        events::PUT_EVENTS,
        events::AGREED,
        events::OF_ANSWERS,
        events::OF_VISITORS,
        events::ANSWERS,
        events::PUT_ANSWERS,
        events::VISITS,
        events::PUT_VISITS,
        events::ADD_COUNTS,
        events::EXPIRE_EVENTS,
        events::EXPIRE_ANSWERS,
        events::EXPIRE_VISITS,
    ] {
        let asked = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {statement}"));
        let steps: Vec<(i64, i64, i64, String)> =
            sqlx::query_as(asked).fetch_all(&mut connection).await.unwrap();
        assert!(!steps.is_empty(), "{statement}");
        for (.., step) in &steps {
            let walks = step.ends_with("(merchant=?)")
                || step.ends_with("(model=?)")
                || step.starts_with("SCAN") && !step.contains("VIRTUAL TABLE");
            assert!(!walks, "{step}: {steps:?} of {statement}");
        }
    }
}
