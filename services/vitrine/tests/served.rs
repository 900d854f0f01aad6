//! A model that runs on a server instead of in this process: one setting.

mod common;

use common::{
    in_folder,
    servers::{Asked, dress, serve},
};
use serde_json::json;
use tempfile::tempdir;

/// A server that judges photos lets pass only what is as small as the picture that it is first asked
/// about.
fn judge(asked: &Asked) -> Vec<u8> {
    let body = asked.json();
    assert_eq!(body["model"], "judge");
    let photo = body["input"][0]["image_url"]["url"].as_str().unwrap();
    let flagged = photo.len() > 2_000;
    let verdict = json!({"results": [{"flagged": flagged, "categories": {"sexual": flagged}}]});
    verdict.to_string().into_bytes()
}

#[test]
fn naming_its_servers_has_a_model_run_there() {
    let data = tempdir().unwrap();
    let servers = format!("models.servers={}", serve(dress));
    let look = ["look", "demo/photos/outfit.jpg", "--json"];
    let there = ["--set", "models.vision=eye", "--set", &servers];
    let told = in_folder(data.path(), &[&look[..], &there].concat());
    assert_eq!(told.code, Some(0), "{told:?}");
    let look = told.json();
    let [garment] = &look["garments"].as_array().unwrap()[..] else { panic!("{look:#}") };
    assert_eq!((&garment["category"], &garment["colours"]), (&"dress".into(), &json!(["red"])));
    assert!(garment["matches"][0]["product_id"].is_string(), "{garment:#}");
    assert_eq!(look["advice"]["text"], "A dress for the evening.");
    assert_eq!(look["degraded"], json!([]), "a model for production is no reason for less");
}

#[test]
fn a_server_that_is_not_there_is_told_by_its_address() {
    let data = tempdir().unwrap();
    let look = ["look", "demo/photos/outfit.jpg"];
    let there = ["--set", "models.vision=eye", "--set", "models.servers=http://127.0.0.1:1"];
    let told = in_folder(data.path(), &[&look[..], &there].concat());
    assert_ne!(told.code, Some(0), "{told:?}");
    assert!(told.err.contains("http://127.0.0.1:1/v1/chat/completions"), "{}", told.err);
    assert!(told.err.contains("look whether the server runs there"), "{}", told.err);
}

#[test]
fn the_doctor_names_the_one_of_several_servers_that_is_not_there() {
    let data = tempdir().unwrap();
    let servers = format!("models.servers={},http://127.0.0.1:1", serve(dress));
    let told = in_folder(data.path(), &["doctor", "--set", "models.vision=eye", "--set", &servers]);
    assert_eq!(told.code, Some(1), "{told:?}");
    let line = told.out.lines().find(|line| line.contains("vision")).unwrap();
    assert!(line.starts_with("bad") && line.contains("http://127.0.0.1:1/v1"), "{line}");
}

#[test]
fn a_photo_that_a_server_flags_is_refused_in_words_for_customers() {
    let data = tempdir().unwrap();
    let servers = format!("moderation.servers={}", serve(judge));
    let by =
        ["--set", "moderation.by=server", "--set", "moderation.model=judge", "--set", &servers];
    let look = ["look", "demo/photos/outfit.jpg"];
    let told = in_folder(data.path(), &[&look[..], &by].concat());
    assert_ne!(told.code, Some(0), "{told:?}");
    assert!(told.err.contains("We do not look at photos of undressed people."), "{}", told.err);

    let told = in_folder(data.path(), &[&["doctor"], &by[..]].concat());
    let line = told.out.lines().find(|line| line.contains("moderation")).unwrap();
    assert!(line.starts_with("look") && line.contains("judge refuses the drawn photo"), "{line}");
}

#[test]
fn the_small_model_is_not_made_a_judge_of_photos() {
    let data = tempdir().unwrap();
    let by = ["--set", "moderation.by=model"];
    for command in [&["look", "demo/photos/outfit.jpg"][..], &["doctor"]] {
        let told = in_folder(data.path(), &[command, &by].concat());
        assert_ne!(told.code, Some(0), "{told:?}");
        let all = format!("{}{}", told.out, told.err);
        assert!(all.contains("was not trained to judge photos; set `moderation.by`"), "{all}");
    }
}
