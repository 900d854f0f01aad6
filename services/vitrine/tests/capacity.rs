//! Plans: the page about capacity is what the code says, and what plans suggest is taken.

mod common;

use std::fs;

use vitrine::{
    cli::Common,
    planning::{Ask, Card, Plan},
    settings::Settings,
};

#[test]
fn the_page_in_the_documentation_is_what_the_code_says() {
    common::is_as_told("docs/capacity.md", &vitrine::planning::capacity_markdown(), "capacity");
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
