//! Remembering what was answered, off the way of the answers.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::sync::Notify;

use super::AnswerRecord;
use crate::{
    ids::MerchantId,
    ports::{Events, StoreError},
};

/// How long answers are gathered before they are written together.
const PERIOD: Duration = Duration::from_secs(5);
/// Answers that wait to be written at most; one more is lost to the reports.
const WAITING: usize = 20_000;
/// Answers written in one transaction.
const BATCH: usize = 500;

/// Keeps what was answered for the reports. [`note`](Self::note) neither waits nor fails; what it is
/// told is written by [`run`](Self::run), many at once, each once. A process that is killed loses
/// what it gathered in the last seconds.
pub struct AnswerRecorder {
    events: Arc<dyn Events>,
    waiting: Mutex<VecDeque<(MerchantId, AnswerRecord)>>,
    /// Held while something is being written: what waits is written by one at a time.
    writing: tokio::sync::Mutex<()>,
    wake: Notify,
}

impl AnswerRecorder {
    pub fn new(events: Arc<dyn Events>) -> Self {
        let (waiting, writing) = (Mutex::default(), tokio::sync::Mutex::default());
        Self { events, waiting, writing, wake: Notify::new() }
    }

    /// Takes note of an answer.
    pub fn note(&self, merchant: &MerchantId, answer: AnswerRecord) {
        let mut waiting = self.waiting();
        if waiting.len() < WAITING {
            waiting.push_back((merchant.clone(), answer));
        } else {
            tracing::warn!("too many answers wait to be counted; this one is not");
        }
        self.wake.notify_one();
    }

    /// Writes what was noted, for as long as it is polled.
    pub async fn run(&self) {
        loop {
            self.wake.notified().await;
            tokio::time::sleep(PERIOD).await;
            if let Err(error) = self.flush().await {
                tracing::warn!(%error, "what was answered is not counted yet");
                self.wake.notify_one();
            }
        }
    }

    /// Writes what was noted so far. What can not be written waits on; and so does all that is being
    /// written when this is dropped.
    pub async fn flush(&self) -> Result<(), StoreError> {
        let _writing = self.writing.lock().await;
        let mut outcome = Ok(());
        let mut left = self.waiting().len();
        while left > 0 {
            let batch: Vec<_> = self.waiting().iter().take(BATCH.min(left)).cloned().collect();
            left -= batch.len();
            let size = batch.len();
            let mut by_merchant: BTreeMap<MerchantId, Vec<AnswerRecord>> = BTreeMap::new();
            for (merchant, answer) in batch {
                by_merchant.entry(merchant).or_default().push(answer);
            }
            let mut failed = BTreeSet::new();
            for (merchant, answers) in by_merchant {
                if let Err(error) = self.events.note_answers(&merchant, &answers).await {
                    failed.insert(merchant);
                    outcome = Err(error);
                }
            }
            let mut waiting = self.waiting();
            let tried: Vec<_> = waiting.drain(..size).collect();
            waiting.extend(tried.into_iter().filter(|(merchant, _)| failed.contains(merchant)));
        }
        outcome
    }

    fn waiting(&self) -> MutexGuard<'_, VecDeque<(MerchantId, AnswerRecord)>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        reports::{Days, Overview},
        testing::{MemoryCatalog, sample, told},
    };

    fn recording() -> (Arc<MemoryCatalog>, Arc<AnswerRecorder>) {
        let store = Arc::new(MemoryCatalog::default());
        (store.clone(), Arc::new(AnswerRecorder::new(store)))
    }

    async fn looks(store: &MemoryCatalog) -> u64 {
        let days = Days::last(30, told::now());
        Overview::of(store, &sample::merchant(), days).await.unwrap().looks.answers
    }

    #[tokio::test]
    async fn answers_are_written_together_and_each_once() {
        let (store, recorder) = recording();
        let answer = told::answer(7);
        recorder.note(&sample::merchant(), answer.clone());
        recorder.note(&sample::merchant(), told::answer(8));
        assert_eq!(looks(&store).await, 0, "an answer waits for no write");
        recorder.flush().await.unwrap();
        assert_eq!(looks(&store).await, 2);
        recorder.note(&sample::merchant(), answer);
        recorder.flush().await.unwrap();
        assert_eq!(looks(&store).await, 2, "one that comes again is known");
    }

    #[tokio::test(start_paused = true)]
    async fn it_writes_by_itself_and_what_failed_comes_again() {
        let (store, recorder) = recording();
        let running = tokio::spawn({
            let recorder = Arc::clone(&recorder);
            async move { recorder.run().await }
        });
        store.refuse_answers(true);
        recorder.note(&sample::merchant(), told::answer(1));
        tokio::time::sleep(PERIOD * 3).await;
        assert_eq!(looks(&store).await, 0);
        store.refuse_answers(false);
        tokio::time::sleep(PERIOD * 2).await;
        assert_eq!(looks(&store).await, 1, "nobody had to ask again");
        running.abort();
    }

    #[tokio::test]
    async fn what_waits_is_bounded() {
        let (store, recorder) = recording();
        for n in 0..WAITING + 5 {
            recorder.note(&sample::merchant(), told::answer(n as u128));
        }
        recorder.flush().await.unwrap();
        assert_eq!(looks(&store).await, WAITING as u64);
    }
}
