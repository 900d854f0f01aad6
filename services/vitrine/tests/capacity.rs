//! Plans: the page about capacity is what the code says, and what plans suggest is taken.

use std::fs;

use vitrine::{
    cli::Common,
    planning::{Ask, Card, Plan},
    settings::Settings,
};

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/capacity.md");

#[test]
fn the_page_in_the_documentation_is_what_the_code_says() {
    let page = vitrine::planning::capacity_markdown();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(PATH, &page).unwrap();
    }
    assert!(
        fs::read_to_string(PATH).unwrap_or_default() == page,
        "docs/capacity.md is behind the code; write it anew with \
         `UPDATE_DOCS=1 cargo test --workspace --test capacity` and look at the difference"
    );
}

#[test]
fn suggested_settings_are_taken() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("vitrine.toml");
    for ask in [Ask::of(50.0, 5_000_000, Card::L4), Ask::of(0.1, 1_000, Card::Cpu)] {
        let plan = Plan::of(&ask).unwrap();
        fs::write(&file, &plan.settings).unwrap();
        let common = Common { config: Some(file.clone()), set: Vec::new(), data: None };
        let settings = Settings::read(&common, None).unwrap();
        assert_eq!(u64::from(settings.index.shards), plan.answer.index_nodes.max(1));
    }
}
