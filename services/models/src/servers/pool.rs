use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use reqwest::Url;
use tokio::time::Instant;

/// Failures one after the other from which on a server is taken for broken.
const BROKEN_AT: u32 = 3;
/// How long a broken server is left alone before it is looked at; twice as long each further time.
const LEFT_ALONE: Duration = Duration::from_secs(5);
const LEFT_ALONE_MOST: Duration = Duration::from_secs(120);
/// How long a server that has too much to do is asked last where it does not say, and at most.
const BUSY: Duration = Duration::from_secs(1);
const BUSY_MOST: Duration = Duration::from_secs(30);

/// Servers that run the same model, and how they are.
pub(super) struct Pool {
    servers: Vec<Arc<Server>>,
    /// Which of equally busy ones is next.
    turn: AtomicUsize,
}

pub(super) struct Server {
    pub(super) address: Url,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Requests that are being answered.
    outstanding: usize,
    failures: u32,
    busy_until: Option<Instant>,
    broken: Option<Broken>,
}

/// A server that is not asked.
struct Broken {
    told: String,
    wait: Duration,
    look_at: Instant,
}

impl Pool {
    pub(super) fn new(addresses: Vec<Url>) -> Self {
        let server = |address| Arc::new(Server { address, state: Mutex::default() });
        Self { servers: addresses.into_iter().map(server).collect(), turn: AtomicUsize::new(0) }
    }

    /// The well server that has the least to do, of those that are not among `tried`.
    pub(super) fn choose(&self, tried: &[Url]) -> Option<Lease> {
        let (now, count) = (Instant::now(), self.servers.len().max(1));
        let turn = self.turn.fetch_add(1, Ordering::Relaxed) % count;
        let (after, before) = (self.servers.iter().skip(turn), self.servers.iter().take(turn));
        let well = after.chain(before).filter(|server| !tried.contains(&server.address));
        let least = well.filter_map(|server| {
            let state = server.state();
            let is_busy = state.busy_until.is_some_and(|until| until > now);
            state.broken.is_none().then_some((is_busy, state.outstanding, server))
        });
        let (_, _, server) =
            least.min_by_key(|(is_busy, outstanding, _)| (*is_busy, *outstanding))?;
        server.state().outstanding += 1;
        Some(Lease { server: Arc::clone(server) })
    }

    /// How many are well.
    pub(super) fn well(&self) -> usize {
        self.servers.iter().filter(|server| server.state().broken.is_none()).count()
    }

    /// Broken ones that it is time to look at.
    pub(super) fn to_look_at(&self) -> Vec<Arc<Server>> {
        let now = Instant::now();
        let is_due = |server: &&Arc<Server>| {
            server.state().broken.as_ref().is_some_and(|broken| broken.look_at <= now)
        };
        self.servers.iter().filter(is_due).cloned().collect()
    }

    /// What is wrong with those that are broken.
    pub(super) fn wrong(&self) -> String {
        let told = |server: &Arc<Server>| Some(server.state().broken.as_ref()?.told.clone());
        self.servers.iter().filter_map(told).collect::<Vec<_>>().join("; ")
    }
}

impl Server {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// It answered.
    pub(super) fn succeeded(&self) {
        let mut state = self.state();
        (state.failures, state.busy_until) = (0, None);
        if state.broken.take().is_some() {
            tracing::info!(server = %self.address, "the model server answers again");
        }
    }

    /// It did not answer as it should.
    pub(super) fn failed(&self, told: &str) {
        let mut state = self.state();
        state.failures += 1;
        if state.failures < BROKEN_AT {
            return;
        }
        let wait = match &state.broken {
            None => LEFT_ALONE,
            Some(broken) => (broken.wait * 2).min(LEFT_ALONE_MOST),
        };
        tracing::warn!(server = %self.address, told, ?wait, "a model server is left alone");
        let (told, look_at) = (told.to_owned(), Instant::now() + wait);
        state.broken = Some(Broken { told, wait, look_at });
    }

    /// It has too much to do.
    pub(super) fn is_busy(&self, until: Option<Duration>) {
        let wait = until.unwrap_or(BUSY).min(BUSY_MOST);
        self.state().busy_until = Some(Instant::now() + wait);
    }
}

/// A request that a server is answering.
pub(super) struct Lease {
    pub(super) server: Arc<Server>,
}

impl Drop for Lease {
    fn drop(&mut self) {
        let mut state = self.server.state();
        state.outstanding = state.outstanding.saturating_sub(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pool() -> Pool {
        let address = |name| Url::parse(&format!("http://{name}.example/")).unwrap();
        Pool::new(["a", "b", "c"].map(address).to_vec())
    }

    fn chosen(pool: &Pool) -> Option<String> {
        Some(pool.choose(&[])?.server.address.host_str()?.to_owned())
    }

    fn broken(server: &Server) {
        for _ in 0..BROKEN_AT {
            server.failed("it burns");
        }
    }

    #[tokio::test]
    async fn the_one_with_the_least_to_do_is_asked() {
        let pool = pool();
        let mut leases: Vec<Lease> = (0..6).map(|_| pool.choose(&[]).unwrap()).collect();
        assert!(pool.servers.iter().all(|server| server.state().outstanding == 2));
        let freed = leases.remove(3).server.address.clone();
        assert_eq!(pool.choose(&[]).unwrap().server.address, freed);
    }

    #[tokio::test]
    async fn equally_busy_ones_take_turns() {
        let pool = pool();
        let mut asked: Vec<String> = (0..6).filter_map(|_| chosen(&pool)).collect();
        asked.sort();
        assert_eq!(asked, ["a", "a", "b", "b", "c", "c"].map(|name| format!("{name}.example")));
    }

    #[tokio::test(start_paused = true)]
    async fn a_busy_one_is_asked_last_until_its_time_is_over() {
        let pool = pool();
        let busy = Arc::clone(&pool.choose(&[]).unwrap().server);
        busy.is_busy(Some(Duration::from_secs(9)));
        let others: Vec<Lease> = (0..4).map(|_| pool.choose(&[]).unwrap()).collect();
        assert!(others.iter().all(|lease| lease.server.address != busy.address));
        let rest: Vec<Url> = others.iter().map(|lease| lease.server.address.clone()).collect();
        assert_eq!(pool.choose(&rest).unwrap().server.address, busy.address);
        tokio::time::advance(Duration::from_secs(10)).await;
        assert_eq!(pool.choose(&[]).unwrap().server.address, busy.address);
    }

    #[tokio::test(start_paused = true)]
    async fn a_broken_one_is_left_alone_longer_each_time_and_forgiven_at_once() {
        let pool = pool();
        let server = Arc::clone(&pool.servers[0]);
        server.failed("once");
        server.failed("twice");
        server.succeeded();
        assert_eq!(pool.well(), 3);
        broken(&server);
        assert_eq!((pool.well(), pool.wrong().as_str()), (2, "it burns"));
        assert!((0..9).all(|_| chosen(&pool).unwrap() != "a.example"));
        for wait in [5, 10, 20] {
            tokio::time::advance(Duration::from_secs(wait) - Duration::from_millis(1)).await;
            assert!(pool.to_look_at().is_empty());
            tokio::time::advance(Duration::from_millis(1)).await;
            assert_eq!(pool.to_look_at().len(), 1);
            server.failed("it burns");
        }
        server.succeeded();
        assert_eq!(pool.well(), 3);
    }

    #[tokio::test]
    async fn where_all_are_broken_none_is_asked() {
        let pool = pool();
        pool.servers.iter().for_each(|server| broken(server));
        assert!(pool.choose(&[]).is_none());
    }
}
