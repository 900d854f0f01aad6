use std::time::{Duration, Instant};

use async_trait::async_trait;

use super::memory_catalog::{MemoryCatalog, State};
use crate::ports::{Duties, Duty, DutyError, StoreError};

#[derive(Debug)]
pub(super) struct HeldDuty {
    /// None where nobody has it.
    holder: Option<String>,
    token: i64,
    held_until: Instant,
}

impl State {
    /// The duty, if it is still held.
    pub(super) fn on_duty(&mut self, duty: &Duty) -> Result<&mut HeldDuty, DutyError> {
        let held = self.duties.get_mut(duty.name);
        held.filter(|held| held.token == duty.token).ok_or(DutyError::Lost)
    }
}

#[async_trait]
impl Duties for MemoryCatalog {
    async fn take(
        &self,
        name: &'static str,
        holder: &str,
        time: Duration,
    ) -> Result<Option<Duty>, StoreError> {
        let mut state = self.state();
        let now = Instant::now();
        let free = HeldDuty { holder: None, token: 0, held_until: now };
        let held = state.duties.entry(name).or_insert(free);
        let others = held.holder.as_deref().is_some_and(|known| known != holder);
        if others && held.held_until > now {
            return Ok(None);
        }
        held.holder = Some(holder.to_owned());
        held.token += 1;
        held.held_until = now + time;
        Ok(Some(Duty { name, token: held.token }))
    }

    async fn hold(&self, duty: &Duty, time: Duration) -> Result<(), DutyError> {
        self.state().on_duty(duty)?.held_until = Instant::now() + time;
        Ok(())
    }

    async fn release(&self, duty: &Duty) -> Result<(), StoreError> {
        if let Ok(held) = self.state().on_duty(duty) {
            held.holder = None;
            held.token += 1;
        }
        Ok(())
    }
}
