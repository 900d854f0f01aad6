//! A model that runs on a server instead of in this process: one setting.

mod common;

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
};

use common::in_folder;
use serde_json::{Value, json};
use tempfile::tempdir;

/// Serves a model that sees one red dress in every photo, and always advises the first candidate.
fn server() -> String {
    serve(dress)
}

/// Serves what is said to each request.
fn serve(says: fn(&Value) -> String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            std::thread::spawn(move || answer(stream.unwrap(), says));
        }
    });
    address
}

fn answer(mut stream: TcpStream, says: fn(&Value) -> String) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let (mut line, mut length) = (String::new(), 0);
    while reader.read_line(&mut line).unwrap_or(0) > 2 {
        if let Some(told) = line.to_lowercase().strip_prefix("content-length:") {
            length = told.trim().parse().unwrap();
        }
        line.clear();
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let told = says(&serde_json::from_slice(&body).unwrap());
    let length = told.len();
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: {length}\r\n\
         connection: close\r\n\r\n"
    );
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(told.as_bytes()));
}

fn dress(body: &Value) -> String {
    assert_eq!(body["model"], "eye");
    let schema = &body["response_format"]["json_schema"]["schema"];
    let said = if schema["properties"]["suggestions"].is_object() {
        json!({
            "text": "A dress for the evening.",
            "suggestions": [{"text": "Wear it out.", "product_ids": ["p1"]}]
        })
    } else if schema["items"]["properties"]["category"].is_object() {
        json!([{
            "category": "dress", "bbox_2d": [100, 100, 900, 900], "colours": ["red"],
            "pattern": "plain", "sleeve": null, "length": "midi", "text": "",
            "description": "A red midi dress."
        }])
    } else {
        json!(["ok"])
    };
    let event = json!({"choices": [{"delta": {"content": said.to_string()}}]});
    format!("data: {event}\n\ndata: [DONE]\n\n")
}

/// A server that judges photos lets pass only what is as small as the picture that it is first asked
/// about.
fn judge(body: &Value) -> String {
    assert_eq!(body["model"], "judge");
    let photo = body["input"][0]["image_url"]["url"].as_str().unwrap();
    let flagged = photo.len() > 2_000;
    json!({"results": [{"flagged": flagged, "categories": {"sexual": flagged}}]}).to_string()
}

#[test]
fn naming_its_servers_has_a_model_run_there() {
    let data = tempdir().unwrap();
    let servers = format!("models.servers={}", server());
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
    let servers = format!("models.servers={},http://127.0.0.1:1", server());
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
