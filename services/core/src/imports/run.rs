//! One import, from its first byte, or its last checkpoint, to its end.

use std::sync::Arc;

use super::{
    Counts, Failure, ImportError, ImportOptions, ImportOrder, Mode, Progress, Validators,
    intake::{BATCH, Intake, Places},
    reading::{self, Steps},
};
use crate::{
    ids::ProductId,
    meters::meters,
    ports::{Catalog, Checkpoint, ImportEnd, Imports, Lease, LeaseError, StoreError, Work, Worked},
};

/// The share of the catalog that may be removed without being forced.
const MAX_REMOVED: f64 = 0.3;

/// Why a run stopped short of an end that can be kept.
#[derive(Debug)]
pub(super) enum Stopped {
    /// Another worker has it.
    Lost,
    /// The store could not be reached: it is tried again later.
    Store(StoreError),
}

/// How a run ended.
pub(super) struct Ended {
    pub(super) end: ImportEnd,
    /// What was read but not written.
    pub(super) left: Option<Checkpoint>,
    /// What the feed that was fetched is named by.
    pub(super) validators: Option<Validators>,
}

impl From<ImportEnd> for Ended {
    fn from(end: ImportEnd) -> Self {
        Self { end, left: None, validators: None }
    }
}

/// Why the rest of a feed is not taken.
enum Halt {
    Lease(LeaseError),
    Import(ImportError),
}

impl<E: Into<ImportError>> From<E> for Halt {
    fn from(error: E) -> Self {
        Self::Import(error.into())
    }
}

/// What a run works with.
pub(super) struct Run<'a> {
    pub(super) imports: &'a Arc<dyn Imports>,
    pub(super) catalog: &'a dyn Catalog,
    pub(super) lease: &'a Lease,
    pub(super) options: ImportOptions,
}

impl Run<'_> {
    /// Takes the feed to its end, whatever that is; goes on after `progress`.
    pub(super) async fn to_the_end(
        &self,
        order: &ImportOrder,
        progress: Progress,
    ) -> Result<Ended, Stopped> {
        let mut intake = Intake::new(self.catalog, &self.lease.merchant, self.options, progress);
        let taken = self.take_all(order, progress.steps, &mut intake).await;
        count(&progress.counts, &intake.counts());
        match taken {
            Ok(()) => Ok(ImportEnd::Done.into()),
            Err(Halt::Lease(LeaseError::Lost)) => Err(Stopped::Lost),
            Err(Halt::Lease(LeaseError::Cancelled)) => Ok(ImportEnd::Cancelled.into()),
            Err(Halt::Lease(LeaseError::Store(error))) => unless_lost(error),
            Err(Halt::Import(ImportError::Store(error))) => unless_lost(error),
            Err(Halt::Import(error)) => {
                let left = intake.recorder(Places::new()).record(&Worked::Nothing);
                let end = ImportEnd::Failed(failure(&error));
                Ok(Ended { left: Some(left), ..end.into() })
            }
        }
    }

    /// Takes the steps that are left, and removes what is to be replaced.
    async fn take_all(
        &self,
        order: &ImportOrder,
        mut done: u64,
        intake: &mut Intake<'_>,
    ) -> Result<(), Halt> {
        let mut reading = reading::read(Arc::clone(self.imports), self.lease.import, order);
        let mut read = 0;
        while let Some(Steps { steps, bytes, dialect }) = reading.next().await? {
            intake.told_from(dialect);
            for step in steps {
                if done > 0 {
                    done -= 1;
                    intake.recall(&step);
                } else {
                    intake.take(step).await?;
                }
            }
            read = bytes;
            if intake.is_full() {
                self.write(intake, read).await?;
            }
        }
        self.write(intake, read).await?;
        if self.options.mode == Mode::Replace {
            self.remove_others(intake).await?;
        }
        Ok(())
    }

    async fn write(&self, intake: &mut Intake<'_>, read: u64) -> Result<(), Halt> {
        let (work, places) = intake.batch(read)?;
        self.work(intake, work, places).await
    }

    /// Writes, or in a dry run tells what writing would do; keeps the progress in any case.
    async fn work(&self, intake: &mut Intake<'_>, work: Work, places: Places) -> Result<(), Halt> {
        let kept = if self.options.dry_run {
            let worked = intake.compare(&work).await?;
            let recorder = intake.recorder(places);
            let record = Box::new(move |_: &_| recorder.record(&worked));
            self.imports.work(self.lease, Work::Nothing, record).await
        } else {
            let recorder = intake.recorder(places);
            let record = Box::new(move |worked: &_| recorder.record(worked));
            self.imports.work(self.lease, work, record).await
        };
        intake.set_progress(kept.map_err(Halt::Lease)?);
        Ok(())
    }

    async fn remove_others(&self, intake: &mut Intake<'_>) -> Result<(), Halt> {
        let (others, of) = self.others(intake).await?;
        let removed = others.len() as u64;
        let too_many = removed as f64 > MAX_REMOVED * of as f64;
        if self.options.asks() && !intake.is_removing() && too_many {
            return Err(ImportError::TooManyRemoved { removed, of }.into());
        }
        intake.begin_removing();
        for batch in others.chunks(BATCH) {
            self.work(intake, Work::Removal(batch.to_vec()), Places::new()).await?;
        }
        Ok(())
    }

    /// The merchant's products that the feed does not hold, and how many it has in all.
    async fn others(&self, intake: &Intake<'_>) -> Result<(Vec<ProductId>, u64), StoreError> {
        let mut others = Vec::new();
        let (mut of, mut last) = (0, None);
        loop {
            let ids = self.catalog.ids(&self.lease.merchant, last.as_ref(), BATCH).await?;
            let Some(id) = ids.last() else { return Ok((others, of)) };
            of += ids.len() as u64;
            last = Some(id.clone());
            others.extend(ids.into_iter().filter(|id| !intake.holds(id)));
        }
    }
}

/// Tells what became of the rows that were read since.
fn count(before: &Counts, now: &Counts) {
    let since = |value: fn(&Counts) -> u64| value(now).saturating_sub(value(before));
    let (failed, left_out) = (since(|counts| counts.failed), since(|counts| counts.left_out));
    let taken = since(|counts| counts.rows).saturating_sub(failed + left_out);
    for (outcome, rows) in [("taken", taken), ("left_out", left_out), ("failed", failed)] {
        meters().rows(outcome, rows);
    }
}

/// A store that is out of reach may come back; what can not be read stays so.
fn unless_lost(error: StoreError) -> Result<Ended, Stopped> {
    match error {
        StoreError::Corrupt { .. } => Ok(ImportEnd::Failed(failure(&error.into())).into()),
        _ => Err(Stopped::Store(error)),
    }
}

/// What is told of an error that trying again does not mend.
pub(super) fn failure(error: &ImportError) -> Failure {
    let code = match error {
        ImportError::Feed(error) => error.code(),
        ImportError::Store(_) => "store_corrupt",
        ImportError::Fetch(error) => error.code(),
        ImportError::TooManyFailed { .. } => "too_many_failed",
        ImportError::TooManyRemoved { .. } => "too_many_removed",
        ImportError::Crashed(_) => "import_crashed",
    };
    Failure { code: code.to_owned(), message: error.to_string() }
}
