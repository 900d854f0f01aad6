//! Tables for spreadsheets, as CSV (RFC 4180).

use actix_web::web::Bytes;

/// What a download is told to be.
pub(crate) const CSV: &str = "text/csv; charset=utf-8";

/// Rows as CSV. Names of columns are a row like any other.
pub(crate) fn rows<R, F>(rows: impl IntoIterator<Item = R>) -> Bytes
where
    R: IntoIterator<Item = F>,
    F: AsRef<[u8]>,
{
    let mut table = csv::Writer::from_writer(Vec::new());
    for row in rows {
        // Writing to a Vec can not fail.
        let _ = table.write_record(row);
    }
    table.into_inner().unwrap_or_default().into()
}

/// Keeps a spreadsheet from taking a merchant's value for a formula
/// (<https://owasp.org/www-community/attacks/CSV_Injection>).
pub(crate) fn harmless(text: &str) -> String {
    match text.chars().next() {
        Some('=' | '+' | '-' | '@' | '\t' | '\r') => format!("'{text}"),
        _ => text.to_owned(),
    }
}
