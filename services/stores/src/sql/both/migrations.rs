//! How far the tables are, and bringing them up to this version.

use sqlx::migrate::{AppliedMigration, Migrate as _};
use vitrine_core::ports::StoreError;

use super::{
    Connection, MIGRATOR, STORE, corrupt,
    error::{failed, not_migrated},
    run_migrations,
    statements::migrations::HAVE_RUN,
};
use crate::sql::{Migrate, Migration, Migrations};

/// Where the library keeps which have run.
const TABLE: &str = "_sqlx_migrations";

/// Makes sure that the tables are of this version.
pub(in crate::sql) async fn ready(
    connection: &mut Connection,
    migrate: Migrate,
) -> Result<(), StoreError> {
    match migrate {
        Migrate::AtStart => run(connection).await.map(drop),
        Migrate::Never => status(connection).await?.all_applied(STORE),
    }
}

/// Runs what is pending; answers what that was.
pub(in crate::sql) async fn run(connection: &mut Connection) -> Result<Vec<Migration>, StoreError> {
    let pending = status(connection).await?.pending;
    if !pending.is_empty() {
        run_migrations(connection).await.map_err(not_migrated)?;
    }
    Ok(pending)
}

/// What has run and what has not. An error where something has that this version does not know.
pub(in crate::sql) async fn status(connection: &mut Connection) -> Result<Migrations, StoreError> {
    let any: bool =
        sqlx::query_scalar(HAVE_RUN).fetch_one(&mut *connection).await.map_err(failed)?;
    if !any {
        return of_nothing();
    }
    let applied = connection.list_applied_migrations(TABLE).await.map_err(not_migrated)?;
    compare(&applied)
}

/// The status of a database without tables.
pub(in crate::sql) fn of_nothing() -> Result<Migrations, StoreError> {
    compare(&[])
}

fn compare(applied: &[AppliedMigration]) -> Result<Migrations, StoreError> {
    let found = applied.iter().map(|migration| migration.version).max().unwrap_or_default();
    let known = MIGRATOR.iter().map(|migration| migration.version).max().unwrap_or_default();
    if found > known {
        return Err(StoreError::Newer { store: STORE, found, known });
    }
    if let Some(strange) = applied.iter().find(|migration| !is_ours(migration)) {
        let version = strange.version;
        return Err(corrupt(format!("migration {version} was another than this Vitrine's")));
    }
    let (done, pending): (Vec<_>, Vec<_>) = MIGRATOR
        .iter()
        .partition(|migration| applied.iter().any(|done| done.version == migration.version));
    let listed = |list: Vec<&sqlx::migrate::Migration>| {
        let migration = |one: &sqlx::migrate::Migration| Migration {
            version: one.version,
            name: one.description.to_string(),
        };
        list.into_iter().map(migration).collect()
    };
    Ok(Migrations { applied: listed(done), pending: listed(pending) })
}

/// Whether this version knows the migration, and by the same text.
fn is_ours(applied: &AppliedMigration) -> bool {
    MIGRATOR.iter().any(|own| own.version == applied.version && own.checksum == applied.checksum)
}
