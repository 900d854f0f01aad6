use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use async_trait::async_trait;
use jiff::Timestamp;

use super::{
    memory_catalog::{MemoryCatalog, State},
    memory_pictures::Named,
};
use crate::{
    feed::Problem,
    ids::{ImportId, MerchantId},
    imports::{FeedOutcome, Import, ImportState, KeptFeed, Progress},
    ports::{
        Checkpoint, Claimed, Feeds, ImportEnd, Imports, Lease, LeaseError, Record, StoreError,
        UnderWay, Work, Worked,
    },
    webhooks::Message,
};

#[derive(Debug)]
pub(super) struct KeptImport {
    pub(super) import: Import,
    parts: BTreeMap<u32, Vec<u8>>,
    pub(super) problems: Vec<Problem>,
    attempt: i64,
    fruitless: u32,
    held_until: Instant,
    touched: Instant,
}

#[derive(Debug)]
pub(super) struct ReservedFeed {
    feed: KeptFeed,
    reserved_until: Instant,
}

impl State {
    /// The import, if the lease still holds.
    fn held(&mut self, lease: &Lease) -> Result<&mut KeptImport, LeaseError> {
        let kept = self.imports.get_mut(&lease.import).ok_or(LeaseError::Lost)?;
        let mine = kept.attempt == lease.attempt && kept.import.state == ImportState::Running;
        if !mine {
            return Err(LeaseError::Lost);
        }
        Ok(kept)
    }

    fn own(&mut self, merchant: &MerchantId, import: ImportId) -> Option<&mut KeptImport> {
        self.imports.get_mut(&import).filter(|kept| kept.import.merchant == *merchant)
    }

    /// Whether an older import of the same merchant has not ended.
    fn must_wait(&self, kept: &KeptImport) -> bool {
        self.imports.values().any(|other| {
            let under_way =
                matches!(other.import.state, ImportState::Waiting | ImportState::Running);
            other.import.merchant == kept.import.merchant
                && other.import.id < kept.import.id
                && under_way
        })
    }
}

impl KeptImport {
    fn end(&mut self, state: ImportState) {
        self.import.state = state;
        self.import.ended = Some(Timestamp::now());
        self.import.updated = Timestamp::now();
        self.parts.clear();
    }

    fn keep(&mut self, checkpoint: Checkpoint) {
        self.import.progress = checkpoint.progress;
        self.problems.extend(checkpoint.problems);
        self.import.updated = Timestamp::now();
    }
}

#[async_trait]
impl Imports for MemoryCatalog {
    async fn create(&self, import: &Import) -> Result<(), StoreError> {
        let kept = KeptImport {
            import: import.clone(),
            parts: BTreeMap::new(),
            problems: Vec::new(),
            attempt: 0,
            fruitless: 0,
            held_until: Instant::now(),
            touched: Instant::now(),
        };
        self.open()?.imports.insert(import.id, kept);
        Ok(())
    }

    async fn put_part(
        &self,
        import: ImportId,
        number: u32,
        bytes: Vec<u8>,
    ) -> Result<(), StoreError> {
        if self.open()?.stalled {
            std::future::pending::<()>().await;
        }
        if let Some(kept) = self.open()?.imports.get_mut(&import)
            && !kept.import.state.ended()
        {
            kept.touched = Instant::now();
            kept.parts.insert(number, bytes);
        }
        Ok(())
    }

    async fn part(&self, import: ImportId, number: u32) -> Result<Option<Vec<u8>>, StoreError> {
        let state = self.open()?;
        Ok(state.imports.get(&import).and_then(|kept| kept.parts.get(&number).cloned()))
    }

    async fn body_complete(&self, import: ImportId, bytes: u64) -> Result<(), StoreError> {
        if let Some(kept) = self.open()?.imports.get_mut(&import) {
            kept.import.bytes = Some(bytes);
            if kept.import.state == ImportState::Receiving {
                kept.import.state = ImportState::Waiting;
            }
        }
        Ok(())
    }

    async fn drop_parts(&self, import: ImportId) -> Result<(), StoreError> {
        if let Some(kept) = self.open()?.imports.get_mut(&import) {
            kept.parts.clear();
        }
        Ok(())
    }

    async fn import(
        &self,
        merchant: &MerchantId,
        import: ImportId,
    ) -> Result<Option<Import>, StoreError> {
        Ok(self.open()?.own(merchant, import).map(|kept| kept.import.clone()))
    }

    async fn imports(
        &self,
        merchant: &MerchantId,
        before: Option<ImportId>,
        limit: usize,
    ) -> Result<Vec<Import>, StoreError> {
        let state = self.open()?;
        let own = state.imports.values().rev().map(|kept| &kept.import);
        let own = own.filter(|import| import.merchant == *merchant);
        let older = own.filter(|import| before.is_none_or(|before| import.id < before));
        Ok(older.take(limit).cloned().collect())
    }

    async fn under_way(&self) -> Result<UnderWay, StoreError> {
        let state = self.open()?;
        let count = |wanted| {
            state.imports.values().filter(|kept| kept.import.state == wanted).count() as u64
        };
        Ok(UnderWay { waiting: count(ImportState::Waiting), running: count(ImportState::Running) })
    }

    async fn problems(
        &self,
        merchant: &MerchantId,
        import: ImportId,
        skip: u64,
        limit: usize,
    ) -> Result<Vec<Problem>, StoreError> {
        let mut state = self.open()?;
        let Some(kept) = state.own(merchant, import) else { return Ok(Vec::new()) };
        let skip = usize::try_from(skip).unwrap_or(usize::MAX);
        Ok(kept.problems.iter().skip(skip).take(limit).cloned().collect())
    }

    async fn cancel(
        &self,
        merchant: &MerchantId,
        import: ImportId,
    ) -> Result<Option<Import>, StoreError> {
        let mut state = self.open()?;
        let Some(kept) = state.own(merchant, import) else { return Ok(None) };
        match kept.import.state {
            ImportState::Receiving | ImportState::Waiting => kept.end(ImportState::Cancelled),
            ImportState::Running => kept.import.cancelling = true,
            ImportState::Done | ImportState::Failed | ImportState::Cancelled => {}
        }
        Ok(Some(kept.import.clone()))
    }

    async fn claim(&self, lease: Duration) -> Result<Option<Claimed>, StoreError> {
        let mut state = self.open()?;
        let now = Instant::now();
        let free = |kept: &&KeptImport| match kept.import.state {
            ImportState::Waiting => !state.must_wait(kept),
            ImportState::Running => kept.held_until <= now && !state.must_wait(kept),
            _ => false,
        };
        let Some(id) = state.imports.values().find(free).map(|kept| kept.import.id) else {
            return Ok(None);
        };
        let Some(kept) = state.imports.get_mut(&id) else { return Ok(None) };
        kept.import.state = ImportState::Running;
        kept.import.running_since = Some(Timestamp::now());
        kept.import.running_from = kept.import.progress.bytes;
        kept.import.updated = Timestamp::now();
        kept.attempt += 1;
        kept.held_until = now + lease;
        let fruitless = kept.fruitless;
        kept.fruitless += 1;
        let lease =
            Lease { import: id, merchant: kept.import.merchant.clone(), attempt: kept.attempt };
        Ok(Some(Claimed { import: kept.import.clone(), lease, fruitless }))
    }

    async fn hold(&self, lease: &Lease, time: Duration) -> Result<(), LeaseError> {
        let mut state = self.open()?;
        let kept = state.held(lease)?;
        kept.held_until = Instant::now() + time;
        if kept.import.cancelling { Err(LeaseError::Cancelled) } else { Ok(()) }
    }

    async fn work(
        &self,
        lease: &Lease,
        work: Work,
        record: Record,
    ) -> Result<Progress, LeaseError> {
        let mut state = self.open()?;
        if let Some(left) = state.writes_left.take() {
            if left == 0 {
                let detail = "it was made to break".into();
                return Err(StoreError::Unavailable { store: "the catalog", detail }.into());
            }
            state.writes_left = Some(left - 1);
        }
        if state.held(lease)?.import.cancelling {
            return Err(LeaseError::Cancelled);
        }
        let worked = match work {
            Work::Products(batch) => {
                let upserted = state.upsert(&lease.merchant, batch.products.clone());
                let named = Named { import: lease.import, batch: &batch };
                state.note_pictures(&lease.merchant, &batch.products, Some(named));
                Worked::Products(upserted)
            }
            Work::Offers(changes) => Worked::Offers(state.set_offers(&lease.merchant, changes)),
            Work::Removal(products) => Worked::Removal(state.remove(&lease.merchant, &products)),
            Work::Nothing => Worked::Nothing,
        };
        let checkpoint = record(&worked);
        let progress = checkpoint.progress;
        let kept = state.held(lease)?;
        kept.fruitless = 0;
        kept.keep(checkpoint);
        Ok(progress)
    }

    async fn end(
        &self,
        lease: &Lease,
        end: ImportEnd,
        checkpoint: Option<Checkpoint>,
    ) -> Result<(), LeaseError> {
        let mut state = self.open()?;
        let kept = state.held(lease)?;
        if let Some(checkpoint) = checkpoint {
            kept.keep(checkpoint);
        }
        let ended = match end {
            ImportEnd::Done => ImportState::Done,
            ImportEnd::NotModified => {
                kept.import.not_modified = true;
                ImportState::Done
            }
            ImportEnd::Failed(failure) => {
                kept.import.failure = Some(failure);
                ImportState::Failed
            }
            ImportEnd::Cancelled => ImportState::Cancelled,
        };
        kept.end(ended);
        let import = kept.import.clone();
        let message = Message::of_import(&import);
        state.tell(&import.merchant, message.as_slice());
        Ok(())
    }

    async fn release(&self, lease: &Lease) -> Result<(), LeaseError> {
        let mut state = self.open()?;
        let kept = state.held(lease)?;
        kept.import.state = ImportState::Waiting;
        kept.fruitless = kept.fruitless.saturating_sub(1);
        Ok(())
    }

    async fn forget(&self, ended: Duration, receiving: Duration) -> Result<u64, StoreError> {
        let mut state = self.open()?;
        let before = state.imports.len();
        let now = Timestamp::now();
        state.imports.retain(|_, kept| {
            kept.import.ended.is_none_or(|at| now.duration_since(at).unsigned_abs() < ended)
        });
        let mut count = before - state.imports.len();
        for kept in state.imports.values_mut() {
            let quiet = kept.touched.elapsed() >= receiving;
            if kept.import.state == ImportState::Receiving && quiet {
                kept.end(ImportState::Cancelled);
                count += 1;
            }
        }
        Ok(count as u64)
    }
}

#[async_trait]
impl Feeds for MemoryCatalog {
    async fn put_feed(&self, merchant: &MerchantId, feed: &KeptFeed) -> Result<bool, StoreError> {
        let key = (merchant.clone(), feed.name.clone());
        let reserved = ReservedFeed { feed: feed.clone(), reserved_until: Instant::now() };
        Ok(self.open()?.feeds.insert(key, reserved).is_none())
    }

    async fn feed(
        &self,
        merchant: &MerchantId,
        name: &str,
    ) -> Result<Option<KeptFeed>, StoreError> {
        let key = (merchant.clone(), name.to_owned());
        Ok(self.open()?.feeds.get(&key).map(|reserved| reserved.feed.clone()))
    }

    async fn feeds(&self, merchant: &MerchantId) -> Result<Vec<KeptFeed>, StoreError> {
        let state = self.open()?;
        let own = state.feeds.iter().filter(|((owner, _), _)| owner == merchant);
        Ok(own.map(|(_, reserved)| reserved.feed.clone()).collect())
    }

    async fn remove_feed(&self, merchant: &MerchantId, name: &str) -> Result<bool, StoreError> {
        let key = (merchant.clone(), name.to_owned());
        Ok(self.open()?.feeds.remove(&key).is_some())
    }

    async fn due_feed(
        &self,
        reserve: Duration,
    ) -> Result<Option<(MerchantId, KeptFeed)>, StoreError> {
        let mut state = self.open()?;
        let State { feeds, imports, .. } = &mut *state;
        let (now, clock) = (Timestamp::now(), Instant::now());
        let due = feeds.iter_mut().find(|(_, reserved)| {
            let last = reserved.feed.last_import.and_then(|last| imports.get(&last));
            let idle = last.is_none_or(|last| last.import.state.ended());
            idle && reserved.feed.next <= now && reserved.reserved_until <= clock
        });
        Ok(due.map(|((merchant, _), reserved)| {
            reserved.reserved_until = clock + reserve;
            (merchant.clone(), reserved.feed.clone())
        }))
    }

    async fn feed_started(
        &self,
        merchant: &MerchantId,
        name: &str,
        import: ImportId,
    ) -> Result<(), StoreError> {
        let key = (merchant.clone(), name.to_owned());
        if let Some(reserved) = self.open()?.feeds.get_mut(&key) {
            reserved.feed.start(import, Timestamp::now());
            reserved.reserved_until = Instant::now();
        }
        Ok(())
    }

    async fn feed_ended(
        &self,
        merchant: &MerchantId,
        name: &str,
        outcome: FeedOutcome,
    ) -> Result<(), StoreError> {
        let key = (merchant.clone(), name.to_owned());
        if let Some(reserved) = self.open()?.feeds.get_mut(&key) {
            reserved.feed.end(outcome, Timestamp::now());
        }
        Ok(())
    }
}
