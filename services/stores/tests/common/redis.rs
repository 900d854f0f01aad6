//! A Redis for tests: the server at `TEST_REDIS_URL`, or one of our own that ends with the test and
//! can be stopped before.

use std::{
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use uuid::Uuid;
use vitrine_stores::{RedisSettings, RedisStore};

use super::{ordered::Ordered, skipped};

/// Of the server of our own.
const PASSWORD: &str = "pass word/@:%";
const PASSWORD_IN_URL: &str = "pass%20word%2F%40%3A%25";

/// A server; what is kept in it by one test is seen by no other.
pub(crate) struct TestRedis {
    url: String,
    prefix: String,
    socket: Option<PathBuf>,
    own: Option<Ordered>,
}

impl TestRedis {
    /// The server that is named, or one of our own. None, and a line that says so, where there is
    /// neither.
    pub(crate) fn start() -> Option<Self> {
        match std::env::var("TEST_REDIS_URL") {
            Ok(url) => Some(Self { url, prefix: prefix(), socket: None, own: None }),
            Err(_) => Self::start_own(),
        }
    }

    /// One of our own, which can be stopped.
    pub(crate) fn start_own() -> Option<Self> {
        let program = std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default())
            .map(|folder| folder.join("redis-server"))
            .find(|program| program.is_file());
        let Some(program) = program else {
            skipped("no Redis is installed, nor named by TEST_REDIS_URL");
            return None;
        };
        let mut command = Command::new("sh");
        command.args(["-c", include_str!("redis.sh"), "redis.sh"]).arg(program).arg(PASSWORD);
        let (own, folder) = Ordered::start("Redis", &mut command);
        let url = format!("redis+unix://{folder}/redis.sock?pass={PASSWORD_IN_URL}");
        let socket = Path::new(&folder).join("redis.sock");
        Some(Self { url, prefix: prefix(), socket: Some(socket), own: Some(own) })
    }

    /// The socket of the server of our own, and its address behind this port.
    pub(crate) fn behind(&self, port: u16) -> (PathBuf, String) {
        let socket = self.socket.clone().expect("a server of our own");
        (socket, format!("redis://:{PASSWORD_IN_URL}@127.0.0.1:{port}"))
    }

    /// Calls are given long enough for a machine that is busy with other tests.
    pub(crate) fn settings(&self) -> RedisSettings {
        RedisSettings {
            url: self.url.clone(),
            prefix: self.prefix.clone(),
            timeout: Duration::from_secs(5),
            pause: Duration::from_millis(200),
        }
    }

    pub(crate) fn store(&self) -> RedisStore {
        RedisStore::open(&self.settings()).unwrap()
    }

    /// `stop`, `start`, `hang` or `go`; it is done when this returns.
    pub(crate) fn order(&mut self, order: &str) {
        self.own.as_mut().expect("a server of our own").order(order);
    }
}

fn prefix() -> String {
    format!("vitrine-test-{}", Uuid::now_v7().simple())
}
