//! Feeds in and out by the command line.

mod common;

use std::{io::Write, path::PathBuf, process::Stdio};

use common::{Ran, feed, in_folder, products, root, text, vitrine};
use tempfile::tempdir;

const BROKEN_ROW: &str = r#"{"id": "broken", "title": "", "category": "toga", "variants": []}"#;

#[test]
fn a_bad_row_is_told_and_the_good_ones_are_taken() {
    let data = tempdir().unwrap();
    let mut lines = products(8);
    lines.insert(1, BROKEN_ROW.into());
    let file = feed(&data, &lines);
    let told = in_folder(data.path(), &["import", text(&file)]);
    assert_eq!(told.code, Some(1), "{told:?}");
    let summary = "9 rows: 8 products new, 0 changed, 0 as they were, 0 removed, \
                   0 rows left out, 1 rows failed, 0 warnings";
    assert!(told.out.contains(summary) && told.out.contains("8 products indexed"), "{told:?}");
    assert!(told.err.contains("line 2, category = `toga`: "), "{}", told.err);
    assert!(told.err.contains("line 2, title: "), "{}", told.err);

    let told = in_folder(data.path(), &["import", text(&file), "--json"]);
    let summary = told.json();
    assert_eq!(told.code, Some(1), "{told:?}");
    assert_eq!((&summary["unchanged"], &summary["failed"]), (&8.into(), &1.into()));
    assert_eq!(summary["problems"][0]["line"], 2);
}

#[test]
fn a_feed_comes_from_standard_input_as_well() {
    let data = tempdir().unwrap();
    let lines = products(2);
    let mut command = vitrine(&["import", "-", "--data", text(data.path())]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(lines.join("\n").as_bytes()).unwrap();
    let told = Ran::from(child.wait_with_output().unwrap());
    assert_eq!(told.code, Some(0), "{told:?}");
    assert!(told.out.contains("2 rows: 2 products new"), "{}", told.out);

    let told = in_folder(data.path(), &["import", text(&feed(&data, &lines))]);
    assert_eq!(told.code, Some(0), "{told:?}");
    let summary = "2 rows: 0 products new, 0 changed, 2 as they were, 0 removed";
    assert!(told.out.contains(summary) && told.out.contains("0 products indexed"), "{told:?}");
}

fn golden(name: &str) -> PathBuf {
    root().join("tests/feeds").join(name)
}

#[test]
fn the_file_that_google_gets_is_taken_and_its_rows_are_told() {
    let data = tempdir().unwrap();
    let file = golden("google.tsv");
    let dry = in_folder(data.path(), &["import", text(&file), "--dry-run"]);
    assert_eq!(dry.code, Some(0), "{dry:?}");
    assert!(dry.out.starts_with("dry run, nothing written: 5 rows: 2 products new"), "{}", dry.out);

    let told = in_folder(data.path(), &["import", text(&file)]);
    assert_eq!(told.code, Some(0), "{told:?}");
    assert!(
        told.out.contains("2 products new") && told.out.contains("1 rows left out"),
        "{told:?}"
    );
    let problem = "line 6, google_product_category = `209`: ";
    assert!(
        told.err.contains(problem) && told.err.contains("[category_not_matched]"),
        "{}",
        told.err
    );
    assert!(told.out.contains("2 products indexed"), "{}", told.out);
}

#[test]
fn shopify_s_prices_take_the_currency_that_is_named() {
    let data = tempdir().unwrap();
    let file = golden("shopify-new.csv");
    let told = in_folder(data.path(), &["import", text(&file)]);
    assert_eq!(told.code, Some(2), "{told:?}");
    assert!(told.err.contains("Price = `79.95`") && told.err.contains("force"), "{}", told.err);

    let told = in_folder(data.path(), &["import", text(&file), "--currency", "CHF"]);
    assert_eq!(told.code, Some(0), "{told:?}");
    assert!(in_folder(data.path(), &["export"]).out.contains("79.95 CHF"));
}

#[test]
fn an_import_of_an_export_changes_nothing() {
    let data = tempdir().unwrap();
    let catalog = root().join("demo/catalog/products.jsonl");
    assert_eq!(in_folder(data.path(), &["import", text(&catalog)]).code, Some(0));
    for dialect in ["vitrine", "google", "shopify"] {
        let out = data.path().join(dialect);
        let told = in_folder(data.path(), &["export", text(&out), "--dialect", dialect]);
        assert_eq!(told.code, Some(0), "{told:?}");
        let import = ["import", text(&out), "--mode", "replace", "--currency", "EUR"];
        let told = in_folder(data.path(), &import);
        assert_eq!(told.code, Some(0), "{told:?}");
        let unchanged = "0 products new, 0 changed, 166 as they were, 0 removed";
        assert!(told.out.contains(unchanged), "{dialect}: {}", told.out);
    }
}

#[test]
fn a_feed_of_prices_and_stock_changes_nothing_else() {
    let data = tempdir().unwrap();
    in_folder(data.path(), &["import", text(&golden("google.tsv"))]);
    let offers = data.path().join("offers.csv");
    let rows = "id,price,quantity\nt1,15.00 EUR,2\nnobody,1.00 EUR,1\n";
    std::fs::write(&offers, rows).unwrap();
    let told = in_folder(data.path(), &["import", text(&offers), "--mode", "delta"]);
    assert_eq!(told.code, Some(1), "{told:?}");
    assert!(told.out.starts_with("2 rows: 0 products new, 1 changed"), "{}", told.out);
    assert!(told.err.contains("line 3, id = `nobody`: no product has a variant"), "{}", told.err);
    let exported = in_folder(data.path(), &["export"]).out;
    assert!(exported.contains("\"15.00 EUR\"") && exported.contains("\"49.90 EUR\""), "{exported}");
    let told = in_folder(data.path(), &["import", text(&offers), "--mode", "delta", "--dry-run"]);
    assert_eq!(told.code, Some(1), "{told:?}");
    let summary = "dry run, nothing written: 2 rows: 0 products new, 1 changed";
    assert!(told.out.starts_with(summary), "{}", told.out);
}

#[test]
fn a_replacing_feed_that_would_empty_the_catalog_asks_first() {
    let data = tempdir().unwrap();
    in_folder(data.path(), &["import", text(&feed(&data, &products(8)))]);
    let file = feed(&data, &products(2));
    let told = in_folder(data.path(), &["import", text(&file), "--mode", "replace"]);
    assert_eq!(told.code, Some(2), "{told:?}");
    assert!(told.err.contains("6 of 8 products are not in the feed"), "{}", told.err);
    let forced = ["import", text(&file), "--mode", "replace", "--force"];
    let told = in_folder(data.path(), &forced);
    assert!(told.code == Some(0) && told.out.contains("6 removed"), "{told:?}");
}

#[test]
fn a_feed_that_can_not_be_read_is_told_by_name() {
    let data = tempdir().unwrap();
    let told = in_folder(data.path(), &["import", "no-such.jsonl"]);
    assert_eq!(told.code, Some(2), "{told:?}");
    assert!(told.err.starts_with("vitrine: no-such.jsonl: No such file"), "{}", told.err);
    let told = in_folder(data.path(), &["import", "demo"]);
    assert_eq!(told.code, Some(2), "{told:?}");
    assert!(told.err.starts_with("vitrine: demo: "), "{}", told.err);
    let told = in_folder(data.path(), &["import", "LICENSE"]);
    assert_eq!(told.code, Some(2), "{told:?}");
    assert!(told.err.contains("name its dialect: vitrine, google"), "{}", told.err);
}
