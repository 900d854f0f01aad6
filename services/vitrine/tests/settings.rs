//! The page and the file about settings, held against the code that reads them.

mod common;

use common::{is_as_told, run, vitrine};
use vitrine::settings::reference;

#[test]
fn the_page_tells_of_every_setting_as_the_code_has_it() {
    let page = reference::markdown();
    is_as_told("docs/settings.md", &page, "settings");
    for name in reference::names() {
        let row = page.lines().find(|line| line.starts_with(&format!("| `{name}`"))).unwrap();
        let meaning = row.split(" | ").nth(2).unwrap();
        assert!(!meaning.starts_with(' ') && !meaning.starts_with('('), "{name} has no meaning");
    }
}

#[test]
fn the_file_to_start_from_has_every_setting_as_the_code_has_it() {
    is_as_told("vitrine.example.toml", &reference::example(), "settings");
}

#[test]
fn what_holds_is_printed_with_where_it_was_set_and_without_secrets() {
    let folder = tempfile::tempdir().unwrap();
    let (file, key) = (folder.path().join("shop.toml"), folder.path().join("key"));
    std::fs::write(&file, "[models]\nqueue = 7\n[outbound]\nallow_hosts = [\"feeds.internal\"]\n")
        .unwrap();
    std::fs::write(&key, "hush-from-a-file\n").unwrap();
    let told = run(vitrine(&["settings", "--set", "models.concurrency=3", "--config"])
        .arg(&file)
        .env("VITRINE_DATA__DATABASE", "postgres://shop:hush@db/shop")
        .env("VITRINE_MODELS__API_KEY_FILE", &key)
        .env("VITRINE_LOG__FORMAT", "json"));
    assert_eq!((told.code, told.err.as_str()), (Some(0), ""), "{told:?}");
    for line in [
        &format!("queue = 7  # {}", file.display()),
        &format!("allow_hosts = [\"feeds.internal\"]  # {}", file.display()),
        "concurrency = 3  # --set",
        "format = \"json\"  # the environment",
        "# database is set, and not shown  # the environment",
        &format!("# api_key is set, and not shown  # the file {}", key.display()),
        "# redis is not set",
        "keep_minutes = 60",
        "picture_share = 0.7",
    ] {
        assert!(told.out.lines().any(|told| told == line), "{line} is not in {}", told.out);
    }
    assert!(!told.out.contains("hush"), "{}", told.out);

    let printed = folder.path().join("printed.toml");
    std::fs::write(&printed, &told.out).unwrap();
    let again = run(vitrine(&["settings", "--config"]).arg(&printed));
    assert_eq!(again.code, Some(0), "what is printed can be read: {again:?}");
}

#[test]
fn the_schema_knows_each_setting_and_asks_for_none() {
    let told = run(&mut vitrine(&["settings", "--schema"]));
    assert_eq!(told.code, Some(0), "{told:?}");
    let schema = told.json();
    assert_eq!(schema["additionalProperties"], false);
    assert_eq!(schema.get("required"), None);
    let text = schema.to_string();
    for name in reference::names() {
        let key = name.rsplit('.').next().unwrap();
        assert!(text.contains(&format!("\"{key}\":")), "{name}");
    }
}
