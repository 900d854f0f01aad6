//! A Redis for tests: the server at `TEST_REDIS_URL`, or one of our own that ends with the test and
//! can be stopped before.

use std::{
    io::{BufRead, BufReader, Lines, Write},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    time::Duration,
};

use uuid::Uuid;
use vitrine_stores::{RedisSettings, RedisStore};

use super::skipped;

/// Of the server of our own.
const PASSWORD: &str = "pass word/@:%";

/// A server; what is kept in it by one test is seen by no other.
pub(crate) struct TestRedis {
    url: String,
    prefix: String,
    own: Option<Own>,
}

/// Ends when its standard input does.
struct Own {
    orders: Option<ChildStdin>,
    said: Lines<BufReader<ChildStdout>>,
    process: Child,
}

impl TestRedis {
    /// The server that is named, or one of our own. None, and a line that says so, where there is
    /// neither.
    pub(crate) fn start() -> Option<Self> {
        match std::env::var("TEST_REDIS_URL") {
            Ok(url) => Some(Self { url, prefix: prefix(), own: None }),
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
        let mut process = Command::new("sh")
            .args(["-c", include_str!("redis.sh"), "redis.sh"])
            .arg(program)
            .arg(PASSWORD)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (orders, said) = (process.stdin.take(), process.stdout.take().unwrap());
        let mut own = Own { orders, said: BufReader::new(said).lines(), process };
        let folder = own.until("ready ");
        let password = "pass%20word%2F%40%3A%25";
        let url = format!("redis+unix://{folder}/redis.sock?pass={password}");
        Some(Self { url, prefix: prefix(), own: Some(own) })
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
        let own = self.own.as_mut().expect("a server of our own");
        writeln!(own.orders.as_mut().unwrap(), "{order}").unwrap();
        own.until("done");
    }
}

impl Own {
    /// What follows this in the line that begins with it.
    fn until(&mut self, begins: &str) -> String {
        let mut all = String::new();
        for line in &mut self.said {
            let line = line.unwrap();
            if let Some(rest) = line.strip_prefix(begins) {
                return rest.to_owned();
            }
            all += &line;
            all += "\n";
        }
        panic!("Redis is installed but does not start:\n{all}");
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        drop(self.orders.take());
        let _ = self.process.wait();
    }
}

fn prefix() -> String {
    format!("vitrine-test-{}", Uuid::now_v7().simple())
}
