use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use async_trait::async_trait;
use futures::{StreamExt, stream};
use vitrine_core::{
    admission::Permit,
    photo::Photo,
    ports::{DescribeStream, ModelError, Vision},
};

/// A model that never answers and counts how often it was asked and how many wait for it, or one
/// that breaks.
#[derive(Default)]
pub(crate) struct Odd {
    pub breaks: bool,
    pub asked: Arc<AtomicUsize>,
    pub waiting: Arc<AtomicUsize>,
}

struct Waiting(Arc<AtomicUsize>);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

#[async_trait]
impl Vision for Odd {
    fn model(&self) -> &str {
        "odd"
    }

    fn photo_side(&self) -> u32 {
        64
    }

    fn caution(&self) -> Option<&str> {
        None
    }

    async fn describe(&self, _: &Photo, _: &Permit) -> Result<DescribeStream, ModelError> {
        assert!(!self.breaks, "a secret that nobody may see");
        self.asked.fetch_add(1, Ordering::SeqCst);
        self.waiting.fetch_add(1, Ordering::SeqCst);
        let waiting = Waiting(Arc::clone(&self.waiting));
        Ok(stream::once(async move {
            let _waiting = waiting;
            std::future::pending().await
        })
        .boxed())
    }
}
