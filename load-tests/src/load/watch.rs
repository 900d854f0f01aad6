//! What a service holds, each second: from the system where its process is known (proc(5)), else
//! from its own `/metrics`.

use std::{
    fs,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use reqwest::{Client, Url};
use tokio::{task::JoinHandle, time::interval};

use super::world::{World, client};

const PAUSE: Duration = Duration::from_secs(1);

#[derive(Debug, Clone, Copy)]
pub(super) struct Held {
    /// From the first user on.
    pub(super) at: Duration,
    /// Resident, in bytes.
    pub(super) memory: u64,
    pub(super) descriptors: u64,
}

enum Source {
    Process(u32),
    Metrics(Client, Url),
}

/// Watches until it is ended.
pub(super) struct Watch {
    held: Arc<Mutex<Vec<Held>>>,
    watching: JoinHandle<()>,
}

impl Watch {
    pub(super) fn begin(world: &Arc<World>) -> Self {
        let held = Arc::default();
        let watching = tokio::spawn(watch(Arc::clone(world), Arc::clone(&held)));
        Self { held, watching }
    }

    /// What was seen so far, for who shows it.
    pub(super) fn shared(&self) -> Arc<Mutex<Vec<Held>>> {
        Arc::clone(&self.held)
    }

    pub(super) fn end(self) -> Vec<Held> {
        self.watching.abort();
        lock(&self.held).clone()
    }
}

pub(super) fn last(held: &Mutex<Vec<Held>>) -> Option<Held> {
    lock(held).last().copied()
}

async fn watch(world: Arc<World>, held: Arc<Mutex<Vec<Held>>>) {
    let target = &world.target;
    let source = match (target.process, client(target).build(), target.url.join("/metrics")) {
        (Some(process), ..) => Source::Process(process),
        (None, Ok(http), Ok(url)) => Source::Metrics(http, url),
        _ => return,
    };
    let mut seconds = interval(PAUSE);
    loop {
        seconds.tick().await;
        let at = world.ledger.now();
        if let Some((memory, descriptors)) = source.read().await {
            lock(&held).push(Held { at, memory, descriptors });
        }
    }
}

impl Source {
    async fn read(&self) -> Option<(u64, u64)> {
        match self {
            Self::Process(process) => of_process(*process),
            Self::Metrics(http, url) => {
                let answer = http.get(url.clone()).timeout(PAUSE).send().await.ok()?;
                let text = answer.error_for_status().ok()?.text().await.ok()?;
                let memory = figure(&text, "process_resident_memory_bytes")?;
                Some((memory, figure(&text, "process_open_fds")?))
            }
        }
    }
}

pub(super) fn of_process(process: u32) -> Option<(u64, u64)> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    let descriptors = fs::read_dir(format!("/proc/{process}/fd")).ok()?.count();
    Some((kilobytes * 1024, descriptors as u64))
}

/// A figure without labels, in the text format that Prometheus reads.
fn figure(text: &str, name: &str) -> Option<u64> {
    let value = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '))?;
    value.trim().parse::<f64>().ok().map(|value| value as u64)
}

fn lock(held: &Mutex<Vec<Held>>) -> MutexGuard<'_, Vec<Held>> {
    held.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_read_out_of_metrics() {
        let text = "# TYPE process_open_fds gauge\nprocess_open_fds 45.0\nprocess_max_fds 20.0\n";
        assert_eq!(figure(text, "process_open_fds"), Some(45));
        assert_eq!(figure(text, "process_open"), None);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_process_holds_memory_and_descriptors() {
        let (memory, descriptors) = of_process(std::process::id()).unwrap();
        assert!(memory > 100_000 && descriptors >= 3, "{memory} {descriptors}");
    }
}
