/// Whether any migration has run.
pub(in crate::sql) const HAVE_RUN: &str = "SELECT to_regclass('_sqlx_migrations') IS NOT NULL";
