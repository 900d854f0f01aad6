//! The pages in a real browser, over the whole service with the small model.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;
use vitrine_tests::{Service, browser, demo, node};

/// The most bytes of the shopper's page, without photos, as they go over the network.
const MAX_BYTES: u64 = 150_000;
/// The latest that something is to be seen of it on a slow phone network, in milliseconds: where
/// Lighthouse begins to call a first contentful paint poor.
const MAX_FIRST_PAINT: u64 = 3_000;

fn client(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("clients/pages").join(name)
}

/// Pictures of what was seen.
fn shots() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("../pages")
}

fn run(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let (out, err) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{out}\n{err}");
    out.into_owned()
}

/// Runs a page's script against a service of its own; none where there is no browser.
fn driven(page: &str) -> Option<Value> {
    let (Some(modules), Some(browser)) = (node(), browser()) else {
        println!(
            "skipped: the pages need Chromium, and TEST_NODE with what tests/node.txt lists; ./test installs both"
        );
        return None;
    };
    let service = Service::working(&[]);
    let mut command = Command::new("node");
    command.arg(client(&format!("{page}.mjs"))).arg(modules).arg(browser);
    command.arg(service.url("")).arg(shots()).arg(demo().join("photos/outfit.jpg"));
    command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("feeds"));
    let out = run(&mut command);
    println!("{page}: {out}pictures: {}", shots().display());
    if std::env::var_os("UPDATE_PICTURES").is_some() {
        show(page);
    }
    Some(serde_json::from_str(&out).unwrap_or_else(|_| panic!("{out}")))
}

/// Puts the picture of a page into the README.
fn show(page: &str) {
    let seen = match page {
        "shopper" => "look",
        "merchant" => "health",
        _ => "conversation",
    };
    let shot = shots().join(format!("{page}-{seen}-desktop.webp"));
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
    std::fs::copy(shot, docs.join(format!("{page}.webp"))).unwrap();
}

#[test]
fn a_shopper_finds_what_a_photo_shows() {
    let Some(seen) = driven("shopper") else { return };
    let (bytes, paint) = (&seen["weight"]["bytes"], &seen["weight"]["first_paint_ms"]);
    assert!(bytes.as_u64().unwrap() < MAX_BYTES, "{bytes} bytes without photos");
    assert!(paint.as_u64().unwrap() < MAX_FIRST_PAINT, "{paint} ms to the first paint");
}

#[test]
fn a_merchant_keeps_the_catalog() {
    driven("merchant");
}

#[test]
fn an_agent_answers_a_customer() {
    driven("agent");
}

#[test]
fn what_pages_read_and_write_holds_at_its_edges() {
    if node().is_none() {
        println!("skipped: the modules of the pages need Node.js and TEST_NODE; ./test sets it");
        return;
    }
    let common = Path::new(env!("CARGO_MANIFEST_DIR")).join("../services/api/pages/common");
    run(Command::new("node").arg(client("modules.mjs")).arg(common.canonicalize().unwrap()));
}
