/// Whether any migration has run.
pub(in crate::sql) const HAVE_RUN: &str = "
    SELECT EXISTS (
        SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = '_sqlx_migrations')";
