//! The reference pages are what the code says.

use std::fs;

use vitrine_api::problems;

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/problems.md");

#[test]
fn the_page_of_problems_is_written_from_the_table() {
    let page = problems::markdown();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(PATH, &page).unwrap();
    }
    assert!(
        fs::read_to_string(PATH).unwrap_or_default() == page,
        "docs/problems.md is behind the code; write it anew with \
         `UPDATE_DOCS=1 cargo test --workspace --test docs`"
    );
}
