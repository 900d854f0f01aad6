use vitrine_core::ports::StoreError;

const STORE: &str = "the catalog (SQLite)";
/// SQLite's primary result codes for a damaged file and for one that is no database.
/// <https://www.sqlite.org/rescode.html>
const DAMAGED: [i64; 2] = [11, 26];

/// What is in the file makes no sense.
pub(super) fn corrupt(detail: impl Into<String>) -> StoreError {
    StoreError::Corrupt { store: STORE, detail: detail.into() }
}

/// A statement failed.
pub(super) fn failed(error: sqlx::Error) -> StoreError {
    let detail = error.to_string();
    let damaged = match &error {
        sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => true,
        sqlx::Error::Database(error) => error
            .code()
            .and_then(|code| code.parse::<i64>().ok())
            .is_some_and(|code| DAMAGED.contains(&(code & 0xff))),
        _ => false,
    };
    if damaged { corrupt(detail) } else { StoreError::Unavailable { store: STORE, detail } }
}
