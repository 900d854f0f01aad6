use async_trait::async_trait;
use jiff::Timestamp;

use super::memory_catalog::{MemoryCatalog, State};
use crate::{
    indexing::{Rebuild, RebuildState},
    ports::{Duty, DutyError, Rebuilds, StoreError},
};

#[derive(Debug)]
pub(super) struct KeptRebuild {
    rebuild: Rebuild,
    starts: u32,
}

impl State {
    /// The rebuild that is under way, if the duty is still held.
    fn running(&mut self, duty: &Duty) -> Result<Option<&mut Rebuild>, DutyError> {
        self.on_duty(duty)?;
        let rebuild = self.rebuild.as_mut().map(|kept| &mut kept.rebuild);
        Ok(rebuild.filter(|rebuild| matches!(rebuild.state, RebuildState::Running { .. })))
    }
}

#[async_trait]
impl Rebuilds for MemoryCatalog {
    async fn ask_rebuild(&self) -> Result<Rebuild, StoreError> {
        let mut state = self.state();
        if let Some(kept) = &state.rebuild
            && kept.rebuild.state.is_under_way()
        {
            return Ok(kept.rebuild.clone());
        }
        let asked = Timestamp::now();
        let rebuild = Rebuild { state: RebuildState::Waiting, asked, started: None, ended: None };
        state.rebuild = Some(KeptRebuild { rebuild: rebuild.clone(), starts: 0 });
        Ok(rebuild)
    }

    async fn rebuild(&self) -> Result<Option<Rebuild>, StoreError> {
        Ok(self.state().rebuild.as_ref().map(|kept| kept.rebuild.clone()))
    }

    async fn start_rebuild(&self, duty: &Duty) -> Result<Option<u32>, DutyError> {
        let mut state = self.state();
        state.on_duty(duty)?;
        let kept = state.rebuild.as_mut().filter(|kept| kept.rebuild.state.is_under_way());
        Ok(kept.map(|kept| {
            kept.rebuild.state = RebuildState::Running { done: 0, total: 0 };
            kept.rebuild.started = Some(Timestamp::now());
            kept.starts += 1;
            kept.starts
        }))
    }

    async fn tell_rebuild(&self, duty: &Duty, done: u64, total: u64) -> Result<(), DutyError> {
        if let Some(rebuild) = self.state().running(duty)? {
            rebuild.state = RebuildState::Running { done, total };
        }
        Ok(())
    }

    async fn end_rebuild(&self, duty: &Duty, end: Result<u64, String>) -> Result<(), DutyError> {
        if let Some(rebuild) = self.state().running(duty)? {
            rebuild.ended = Some(Timestamp::now());
            rebuild.state = match end {
                Ok(products) => RebuildState::Done { products },
                Err(reason) => RebuildState::Failed { reason },
            };
        }
        Ok(())
    }
}
