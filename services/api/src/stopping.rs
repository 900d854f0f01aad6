//! The end of the service. What is begun when it is asked to stop is finished; what can not be
//! finished in time fails while its client can still be told.

use std::time::Duration;

use tokio::{sync::watch, time::sleep};

/// Asks the server that was given it to stop; all clones are one.
#[derive(Debug, Clone)]
pub struct Stopping {
    asked: watch::Sender<bool>,
}

impl Default for Stopping {
    fn default() -> Self {
        Self { asked: watch::Sender::new(false) }
    }
}

impl Stopping {
    /// Takes no connections from now on, and ends when those there are have ended.
    pub fn begin(&self) {
        self.asked.send_replace(true);
    }

    /// Waits until the server is asked to stop.
    pub(crate) fn begun(&self) -> impl Future<Output = ()> + Send + use<> {
        let mut asked = self.asked.subscribe();
        async move {
            // The sender lives as long as any clone; without one, nobody will ask.
            if asked.wait_for(|asked| *asked).await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }

    /// Waits until so long after that.
    pub(crate) async fn over(&self, patience: Duration) {
        self.begun().await;
        sleep(patience).await;
    }
}
