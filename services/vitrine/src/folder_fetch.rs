use std::{
    path::{Component, Path, PathBuf},
    sync::Arc,
};

use async_trait::async_trait;
use bytes::Bytes;
use futures::{StreamExt, stream};
use serde_json::Value;
use vitrine_core::ports::{Fetch, FetchError, FetchRequest, FetchResponse, Fetched, bounded};

use crate::error::Error;

/// A folder whose files are taken to stand at addresses of a host.
#[derive(Debug, Clone)]
pub struct Folder {
    pub host: &'static str,
    pub path: PathBuf,
}

impl Folder {
    /// A feed of JSON lines in it, whose pictures are named relative to it, with their addresses.
    pub fn feed(&self, name: &str) -> Result<Vec<u8>, Error> {
        let file = self.path.join(name);
        let feed = std::fs::read_to_string(&file).map_err(Error::file(&file))?;
        let mut out = Vec::with_capacity(feed.len());
        for line in feed.lines() {
            // A line that makes no sense is told of by the import.
            let mut row = serde_json::from_str::<Value>(line).unwrap_or_default();
            match row.get("image_link").and_then(Value::as_str) {
                Some(link) if !link.contains("://") => {
                    row["image_link"] = Value::from(format!("https://{}/{link}", self.host));
                    out.extend_from_slice(row.to_string().as_bytes());
                }
                _ => out.extend_from_slice(line.as_bytes()),
            }
            out.push(b'\n');
        }
        Ok(out)
    }

    /// The file of an address's path; none outside of the folder.
    fn file(&self, path: &str) -> Option<PathBuf> {
        let path = Path::new(path.trim_start_matches('/'));
        let inside = path.components().all(|part| matches!(part, Component::Normal(_)));
        inside.then(|| self.path.join(path))
    }
}

/// Answers for one host out of a folder, and asks the web for all others.
pub(crate) struct FolderFetch {
    folder: Folder,
    web: Arc<dyn Fetch>,
}

impl FolderFetch {
    pub(crate) fn new(folder: Folder, web: Arc<dyn Fetch>) -> Self {
        Self { folder, web }
    }
}

#[async_trait]
impl Fetch for FolderFetch {
    async fn fetch(&self, request: &FetchRequest) -> Result<Fetched, FetchError> {
        let FetchRequest { address, max_bytes, .. } = request;
        let host = address.host().to_string();
        if host != self.folder.host {
            return self.web.fetch(request).await;
        }
        let missing = || FetchError::Status { host: host.clone(), status: 404, retry_after: None };
        let file = self.folder.file(address.url().path()).ok_or_else(missing)?;
        let bytes = tokio::fs::read(file).await.map_err(|_| missing())?;
        let length = bytes.len() as u64;
        let body = stream::iter([Ok(Bytes::from(bytes))]).boxed();
        Ok(Fetched::Response(FetchResponse {
            address: address.clone(),
            content_type: None,
            etag: None,
            last_modified: None,
            content_length: Some(length),
            body: bounded(body, *max_bytes),
        }))
    }
}
