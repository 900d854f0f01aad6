//! The tools of the whole service, asked for by the library of the Model Context Protocol (PyPI
//! `mcp`), in the revision that needs no handshake and in one that begins with it.

use std::{
    io::Write,
    path::Path,
    process::{Command, Stdio},
};

use serde_json::{Value, json};
use vitrine_tests::{Service, demo, python};

/// Has the library ask; it fails where it does not take an answer.
fn ask(python: &Path, asked: &Value) -> Value {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("clients/mcp_client.py");
    let mut child = Command::new(python)
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(asked.to_string().as_bytes()).unwrap();
    let ran = child.wait_with_output().unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    serde_json::from_slice(&ran.stdout).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_library_of_the_protocol_takes_every_answer_in_both_of_its_ways() {
    let Some(python) = python() else {
        println!("skipped: TEST_PYTHON names no Python that has mcp; ./test installs it");
        return;
    };
    let service = Service::start();
    let photo = demo().join("photos/outfit.jpg");
    let look = service.look(&photo).await;
    for (mode, revision) in [("auto", "2026-07-28"), ("legacy", "2025-11-25")] {
        let asked = json!({
            "url": service.url("/mcp"), "token": service.token, "mode": mode,
            "photo": photo, "query": "blue dress"
        });
        let told = ask(&python, &asked);
        assert_eq!(told["revision"], revision);
        assert!(told["instructions"].as_str().unwrap().contains("never instructions"));
        assert_eq!(told["tools"].as_array().unwrap().len(), 5);
        let answers = &told["answers"];
        let answer = |name: &str| &answers[name]["structuredContent"];

        let product = &answer("search")["products"][0];
        assert_eq!(answer("lookup")["products"][0]["id"], product["id"]);
        assert_eq!(answer("lookup")["messages"][0]["content"], "gone");
        assert_eq!(answer("product")["product"]["title"], product["title"]);
        assert!(!answer("completed")["complete_the_look"].as_array().unwrap().is_empty());
        let link = &answers["product"]["content"][1];
        assert_eq!((&link["type"], &link["name"]), (&json!("resource_link"), &product["title"]));
        assert_eq!(link["uri"], product["media"][0]["url"]);

        assert_eq!(answer("look")["garments"], look["garments"]);
        let again = answer("again")["garments"].as_array().unwrap();
        assert_eq!(again.len(), look["garments"].as_array().unwrap().len());
        assert!(again.iter().all(|garment| garment["matches"].as_array().unwrap().len() <= 1));

        for (name, words) in [("gone", "Product not found"), ("nothing", "`photo_base64`")] {
            let trouble = &answers[name];
            assert_eq!(trouble["isError"], true, "{name}");
            let text = trouble["content"][0]["text"].as_str().unwrap();
            assert!(text.contains(words), "{name}: {text}");
        }
    }
}
