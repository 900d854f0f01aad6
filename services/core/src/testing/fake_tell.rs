use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;

use crate::ports::{FetchError, Post, Posted, Tell};

/// Remembers what it was told, and answers as it was bidden; 200 where it was not.
#[derive(Debug, Default)]
pub struct FakeTell(Mutex<Heard>);

#[derive(Debug, Default)]
struct Heard {
    posts: Vec<Post>,
    answers: VecDeque<Result<Posted, FetchError>>,
}

impl FakeTell {
    /// Answers the next one so that has no answer yet.
    pub fn answer(&self, answer: Result<Posted, FetchError>) {
        self.heard().answers.push_back(answer);
    }

    /// All it was told.
    pub fn posts(&self) -> Vec<Post> {
        self.heard().posts.clone()
    }

    fn heard(&self) -> MutexGuard<'_, Heard> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Tell for FakeTell {
    async fn post(&self, post: &Post) -> Result<Posted, FetchError> {
        let mut heard = self.heard();
        heard.posts.push(post.clone());
        heard.answers.pop_front().unwrap_or(Ok(Posted { status: 200, retry_after: None }))
    }
}
