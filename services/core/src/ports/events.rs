use async_trait::async_trait;
use jiff::Timestamp;

use super::StoreError;
use crate::{
    answers::AnswerRecord,
    events::{Event, Taken},
    ids::{MerchantId, ProductId},
    reports::{Count, Day, Days, Family},
};

/// What was answered and what came of it, kept next to the catalog. An event and its answer may be
/// told in any order: what an answer counts for is the same.
#[async_trait]
pub trait Events: Send + Sync {
    /// Counts events, each id once, and keeps them. A customer's id is kept with those that happened
    /// while the customer agreed. All of them or none.
    async fn take_events(
        &self,
        merchant: &MerchantId,
        events: Vec<Event>,
    ) -> Result<Taken, StoreError>;

    /// Counts answers, each id once. A visitor counts for an experiment on the day of the answer
    /// that was told first, and with what they did from then on. All of them or none.
    async fn note_answers(
        &self,
        merchant: &MerchantId,
        answers: &[AnswerRecord],
    ) -> Result<(), StoreError>;

    /// What was counted on these days in all.
    async fn counts(
        &self,
        merchant: &MerchantId,
        family: Family,
        days: Days,
    ) -> Result<Vec<(Count, u64)>, StoreError>;

    /// What was counted on each of these days.
    async fn counts_by_day(
        &self,
        merchant: &MerchantId,
        family: Family,
        days: Days,
    ) -> Result<Vec<(Day, Count, u64)>, StoreError>;

    /// What was bought in the same orders as a product: in how many of the latest 1,000 of them,
    /// what is in at least `least`, the most first.
    async fn bought_with(
        &self,
        merchant: &MerchantId,
        product: &ProductId,
        least: u64,
        limit: usize,
    ) -> Result<Vec<(ProductId, u64)>, StoreError>;

    /// Removes up to `limit` events that happened before, as many answers, and as many visitors of
    /// experiments; what they counted for stays counted. Answers how many, 0 where nothing is left.
    async fn expire(&self, before: Timestamp, limit: usize) -> Result<u64, StoreError>;
}
