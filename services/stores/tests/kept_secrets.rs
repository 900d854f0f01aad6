//! What proves a key is nowhere in the store.

mod common;

use std::{fs, sync::Arc, time::Duration};

use sqlx::{Connection, PgConnection};
use vitrine_core::{
    ids::KeyName,
    keys::{Key, KeySecret, Keyring},
    ports::Keys,
    scope::{Scope, Scopes},
    testing::sample,
};
use vitrine_stores::{
    LocalCache, Migrate, PostgresCatalog, PostgresOptions, SqliteCatalog, SqliteOptions,
};

use common::TestDatabase;

const RANDOM: [u8; 32] = *b"thirty-two bytes of a key secret";

/// Makes a key, uses it, and is refused with another.
async fn use_a_key(store: Arc<dyn Keys>) {
    let ring = Keyring::new(store, Arc::new(LocalCache::new(1 << 20)), Duration::ZERO);
    let scopes: Scopes = [Scope::Looks].into_iter().collect();
    let key = Key::new(sample::merchant(), KeyName::new("the-name-shows").unwrap(), scopes, None);
    assert!(ring.create(&key, &KeySecret::new(RANDOM)).await.unwrap());
    assert!(ring.find(&KeySecret::new(RANDOM)).await.unwrap().is_some());
    assert!(ring.find(&KeySecret::new([7; 32])).await.unwrap().is_none());
}

fn holds(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle)
}

#[tokio::test]
async fn the_files_of_sqlite_hold_the_hash_of_a_key_and_not_the_key() {
    let dir = tempfile::tempdir().unwrap();
    let options = SqliteOptions { readers: 2, migrate: Migrate::AtStart };
    let store = SqliteCatalog::open(&dir.path().join("catalog.db"), options).await.unwrap();
    use_a_key(Arc::new(store.clone())).await;
    let mut files = Vec::new();
    for file in fs::read_dir(dir.path()).unwrap() {
        files.extend(fs::read(file.unwrap().path()).unwrap());
    }
    let secret = KeySecret::new(RANDOM);
    assert!(holds(&files, b"the-name-shows") && holds(&files, &secret.hash().0));
    assert!(!holds(&files, &RANDOM) && !holds(&files, secret.reveal()[3..].as_bytes()));
    store.close().await;
}

#[tokio::test]
async fn the_rows_of_postgresql_hold_the_hash_of_a_key_and_not_the_key() {
    let Some(database) = TestDatabase::create().await else { return };
    let options = PostgresOptions { max_connections: 4, migrate: Migrate::AtStart };
    let store = PostgresCatalog::connect(&database.url(), options).await.unwrap();
    use_a_key(Arc::new(store.clone())).await;
    let mut connection = PgConnection::connect(&database.url()).await.unwrap();
    let rows: Vec<String> =
        sqlx::query_scalar("SELECT keys::text FROM keys").fetch_all(&mut connection).await.unwrap();
    let secret = KeySecret::new(RANDOM);
    let hex = |bytes: [u8; 32]| KeySecret::new(bytes).reveal()[3..].to_owned();
    assert!(rows[0].contains("the-name-shows") && rows[0].contains(&hex(secret.hash().0)));
    assert!(!rows[0].contains(&hex(RANDOM)));
    connection.close().await.unwrap();
    store.close().await;
}
