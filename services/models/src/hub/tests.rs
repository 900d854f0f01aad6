use super::*;
use crate::tests::stand_in::{Asked, Reply, StandIn};

const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

/// The hub as far as fetching a model needs it: which files there are, and each from some byte on.
fn hub(asked: &Asked) -> Reply {
    let path = asked.path.as_str();
    if path == "/api/models/shop/eye/revision/main" {
        let files = ["README.md", "config.json", "model.safetensors", "vitrine.json"]
            .map(|name| serde_json::json!({ "rfilename": name }));
        return Reply::json(&serde_json::json!({"sha": COMMIT, "siblings": files}));
    }
    let Some(file) = path.strip_prefix("/shop/eye/resolve/main/") else {
        return Reply::new(404, "no such thing");
    };
    let content = format!("what is in {file}");
    let range = asked.header("range").unwrap().trim_start_matches("bytes=").to_owned();
    let (from, to) = range.split_once('-').unwrap();
    let from: usize = from.parse().unwrap();
    let to = to.parse::<usize>().map_or(content.len(), |last| last + 1);
    Reply::new(206, &content[from..to])
        .with("x-repo-commit", COMMIT)
        .with("etag", &format!("\"{file}\""))
        .with("content-range", &format!("bytes {from}-{}/{}", to - 1, content.len()))
}

async fn fetch(url: &str, cache: &Path, name: &'static str) -> Result<Files, ModelError> {
    let (api, cache) = (ApiBuilder::new().with_endpoint(url.into()), Cache::new(cache.to_owned()));
    tokio::task::spawn_blocking(move || kept_or_fetched(api, &cache, name)).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_is_fetched_once_and_then_is_there_without_a_network() {
    let cache = tempfile::tempdir().unwrap();
    let server = StandIn::start(hub).await;
    let files = fetch(&server.url, cache.path(), "shop/eye").await.unwrap();
    assert_eq!(files.revision, COMMIT);
    for name in ["config.json", "model.safetensors", "vitrine.json"] {
        let content = std::fs::read_to_string(files.folder.join(name)).unwrap();
        assert_eq!(content, format!("what is in {name}"));
    }
    assert!(!files.folder.join("README.md").exists());

    let again = fetch("http://127.0.0.1:1", cache.path(), "shop/eye").await.unwrap();
    assert_eq!((again.folder, again.revision), (files.folder, files.revision));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_that_is_not_on_the_hub_is_told() {
    let cache = tempfile::tempdir().unwrap();
    let server = StandIn::start(hub).await;
    let error = fetch(&server.url, cache.path(), "shop/ear").await.err().unwrap();
    assert!(matches!(error, ModelError::Load(_)), "{error:?}");
    assert!(error.to_string().contains("shop/ear") && error.to_string().contains("404"), "{error}");
}
