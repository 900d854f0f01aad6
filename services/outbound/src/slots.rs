use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, Weak},
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Hosts remembered before those that nobody asks any more are forgotten.
const REMEMBERED: usize = 1_024;

/// Lets so many requests at once go to one host, and so many in all; who comes first goes first.
pub(crate) struct Slots {
    all: Arc<Semaphore>,
    per_host: usize,
    hosts: Mutex<HashMap<String, Weak<Semaphore>>>,
}

/// The right to speak to a host once. Dropping it lets the next one in.
pub(crate) struct Slot {
    _host: Option<OwnedSemaphorePermit>,
    _all: Option<OwnedSemaphorePermit>,
}

impl Slots {
    /// Both bounds are raised to one at least.
    pub(crate) fn new(per_host: usize, at_once: usize) -> Self {
        let all = Arc::new(Semaphore::new(at_once.max(1)));
        Self { all, per_host: per_host.max(1), hosts: Mutex::default() }
    }

    /// Waits for the host's turn first, so that what waits for one slow host takes no place from
    /// others.
    pub(crate) async fn enter(&self, host: &str) -> Slot {
        // The semaphores are never closed, so both are always had.
        let _host = self.host(host).acquire_owned().await.ok();
        let _all = Arc::clone(&self.all).acquire_owned().await.ok();
        Slot { _host, _all }
    }

    fn host(&self, host: &str) -> Arc<Semaphore> {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = hosts.get(host).and_then(Weak::upgrade) {
            return known;
        }
        if hosts.len() >= REMEMBERED {
            hosts.retain(|_, known| known.strong_count() > 0);
        }
        let fresh = Arc::new(Semaphore::new(self.per_host));
        hosts.insert(host.to_owned(), Arc::downgrade(&fresh));
        fresh
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    async fn waits(slots: &Slots, host: &str) -> bool {
        tokio::time::timeout(Duration::from_millis(20), slots.enter(host)).await.is_err()
    }

    #[tokio::test]
    async fn a_host_has_its_own_bound_and_all_have_one_together() {
        let slots = Slots::new(2, 3);
        let held = [slots.enter("a").await, slots.enter("a").await];
        assert!(waits(&slots, "a").await);
        let other = slots.enter("b").await;
        assert!(waits(&slots, "c").await);
        drop(other);
        assert!(!waits(&slots, "c").await);
        drop(held);
        assert!(!waits(&slots, "a").await);
    }

    #[tokio::test]
    async fn who_waits_for_one_host_holds_up_no_other() {
        let slots = Arc::new(Slots::new(1, 2));
        let held = slots.enter("slow").await;
        let waiting: Vec<_> = (0..5)
            .map(|_| {
                let slots = Arc::clone(&slots);
                tokio::spawn(async move { drop(slots.enter("slow").await) })
            })
            .collect();
        tokio::task::yield_now().await;
        assert!(!waits(&slots, "quick").await);
        drop(held);
        for task in waiting {
            task.await.unwrap();
        }
    }

    #[tokio::test]
    async fn who_comes_first_goes_first() {
        let slots = Arc::new(Slots::new(1, 1));
        let order = Arc::new(Mutex::new(Vec::new()));
        let held = slots.enter("a").await;
        let mut tasks = Vec::new();
        for number in 0..5 {
            let (slots, order) = (Arc::clone(&slots), Arc::clone(&order));
            tasks.push(tokio::spawn(async move {
                let _slot = slots.enter("a").await;
                order.lock().unwrap().push(number);
            }));
            tokio::task::yield_now().await;
        }
        drop(held);
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!(*order.lock().unwrap(), [0, 1, 2, 3, 4]);
    }

    #[tokio::test]
    async fn hosts_that_nobody_asks_are_forgotten() {
        let slots = Slots::new(1, 8);
        let held = slots.enter("kept").await;
        for number in 0..3 * REMEMBERED {
            drop(slots.enter(&number.to_string()).await);
        }
        assert!(slots.hosts.lock().unwrap().len() <= REMEMBERED);
        assert!(waits(&slots, "kept").await, "who is spoken to stays known");
        drop(held);
    }
}
