//! A web of one feed that takes its time.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    time::Duration,
};

use async_trait::async_trait;
use futures::{StreamExt, stream};
use vitrine_core::{
    address::WebAddress,
    ports::{Fetch, FetchError, FetchRequest, FetchResponse, Fetched},
};

use super::rows;

/// A body comes in so many pieces, with a pause before each.
const PIECES: u32 = 12;
const PAUSE: Duration = Duration::from_millis(8);
/// What a body takes at least.
pub(crate) const AT_LEAST: Duration = PAUSE.saturating_mul(PIECES);
/// What each row is longer by, so that a body has more than one part of an import's.
const LONGER: usize = 100;

/// Kept in a folder, so that it outlives a process that fetches. Each fetch gets rows that are
/// longer by one more space: parts of two fetches make no feed.
pub(crate) struct SlowWeb {
    dir: PathBuf,
    done: bool,
}

impl SlowWeb {
    /// What is `done` was fetched whole, and must not be asked for again.
    pub(crate) fn new(dir: &Path, done: bool) -> Self {
        Self { dir: dir.to_owned(), done }
    }

    /// Puts the feed there; tells where.
    pub(crate) fn put(&self, feed: &str) -> WebAddress {
        fs::write(self.dir.join("feed"), feed).unwrap();
        fs::write(self.dir.join("fetches"), "").unwrap();
        WebAddress::parse("https://shop.example/feed").unwrap()
    }

    fn next(&self) -> String {
        // A byte a fetch: a kill can not leave half of it.
        let mut fetches = fs::File::options().append(true).open(self.dir.join("fetches")).unwrap();
        fetches.write_all(b".").unwrap();
        let fetches = fetches.metadata().unwrap().len() as usize;
        rows::spaced(&fs::read_to_string(self.dir.join("feed")).unwrap(), LONGER + fetches)
    }
}

#[async_trait]
impl Fetch for SlowWeb {
    async fn fetch(&self, request: &FetchRequest) -> Result<Fetched, FetchError> {
        assert!(!self.done, "what is here is not fetched again");
        println!("fetching");
        let feed = self.next();
        let length = feed.len();
        let pieces: Vec<_> = feed
            .as_bytes()
            .chunks(length.div_ceil(PIECES as usize))
            .map(|piece| piece.to_vec().into())
            .collect();
        let body = stream::iter(pieces).then(|piece| async {
            tokio::time::sleep(PAUSE).await;
            Ok(piece)
        });
        let end = stream::once(async {
            println!("fetched");
            Ok(Vec::new().into())
        });
        Ok(Fetched::Response(FetchResponse {
            address: request.address.clone(),
            content_type: None,
            etag: None,
            last_modified: None,
            content_length: Some(length as u64),
            body: body.chain(end).boxed(),
        }))
    }
}
