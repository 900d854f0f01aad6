use sqlx::migrate::MigrateError;
use vitrine_core::ports::StoreError;

use super::{STORE, advice, is_damage};

/// The store can not be used as it is.
pub(in crate::sql) fn unavailable(detail: impl Into<String>) -> StoreError {
    StoreError::Unavailable { store: STORE, detail: detail.into() }
}

/// What is in the store makes no sense.
pub(in crate::sql) fn corrupt(detail: impl Into<String>) -> StoreError {
    StoreError::Corrupt { store: STORE, detail: detail.into() }
}

/// A statement failed.
pub(in crate::sql) fn failed(error: sqlx::Error) -> StoreError {
    let advice = error.as_database_error().and_then(advice);
    let detail = match advice {
        Some(advice) => format!("{error}; {advice}"),
        None => error.to_string(),
    };
    let damaged = match &error {
        sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => true,
        sqlx::Error::Database(error) => is_damage(&**error),
        _ => false,
    };
    if damaged { corrupt(detail) } else { unavailable(detail) }
}

/// A migration failed.
pub(in crate::sql) fn not_migrated(error: MigrateError) -> StoreError {
    match error {
        MigrateError::Execute(error) => failed(error),
        MigrateError::ExecuteMigration(error, version) => {
            unavailable(format!("migration {version} failed: {error}"))
        }
        other => corrupt(other.to_string()),
    }
}
