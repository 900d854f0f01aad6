use std::path::{Path, PathBuf};

use crate::folder_fetch::Folder;

/// The merchant of the drawn catalog.
pub(crate) const MERCHANT: &str = "demo";

/// The folder `demo`: beside where the command was called, else where it was built.
pub(crate) fn folder() -> PathBuf {
    let here = PathBuf::from("demo");
    if here.join("model").is_dir() {
        return here;
    }
    let built = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../demo");
    built.canonicalize().unwrap_or(built)
}

/// The host that its pictures are said to stand on.
pub(crate) const HOST: &str = "shop.example";

/// The drawn catalog's feed.
pub(crate) const FEED: &str = "products.jsonl";

/// The drawn catalog and its pictures.
pub(crate) fn catalog() -> Folder {
    Folder { host: HOST, path: folder().join("catalog") }
}

/// A drawn photo to try.
pub(crate) fn photo() -> PathBuf {
    folder().join("photos/outfit.jpg")
}
