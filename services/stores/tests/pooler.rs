//! PostgreSQL behind a pooler of sessions, and over TLS.

mod common;

use std::{
    io::{BufRead, BufReader},
    net::TcpListener,
    process::{Child, Command, Stdio},
};

use common::{PASSWORD, TestDatabase, skipped, unprivileged};
use vitrine_core::testing::contracts;
use vitrine_stores::{Migrate, PostgresCatalog, PostgresOptions};

/// PgBouncer in front of a database; its certificate is for `localhost`.
struct Pooler {
    port: u16,
    database: TestDatabase,
    /// Of the certificates.
    folder: String,
    process: Child,
}

impl Pooler {
    /// None, and a line that says so, where something that it takes is missing.
    async fn start() -> Option<Self> {
        let database = TestDatabase::create().await?;
        let options = database.options();
        let Some(socket) = options.get_socket() else {
            skipped("a pooler is put in front of a PostgreSQL of the tests' own only");
            return None;
        };
        for program in ["pgbouncer", "openssl"] {
            let found = Command::new("sh")
                .args(["-c", "PATH=$PATH:/usr/sbin; command -v $0", program])
                .output();
            if !found.unwrap().status.success() {
                skipped(&format!("no {program} is installed to put in front of PostgreSQL"));
                return None;
            }
        }
        // Free now, and hardly taken by anybody until it is listened on.
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut command = Command::new("sh");
        command
            .args(["-c", include_str!("support/pooler.sh"), "pooler.sh"])
            .arg(socket)
            .args([PASSWORD, &port.to_string()])
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        unprivileged(&mut command)?;
        let mut process = command.spawn().unwrap();
        let mut said = Vec::new();
        for line in BufReader::new(process.stdout.take().unwrap()).lines() {
            let line = line.unwrap();
            if let Some(folder) = line.strip_prefix("ready ") {
                return Some(Self { port, database, folder: folder.into(), process });
            }
            said.push(line);
        }
        process.wait().unwrap();
        panic!("the pooler does not start:\n{}", said.join("\n"));
    }

    fn url(&self, host: &str, mode: &str, authority: &str) -> String {
        let (port, folder) = (self.port, &self.folder);
        let password: String = PASSWORD.bytes().map(|byte| format!("%{byte:02x}")).collect();
        let options = self.database.options();
        let name = options.get_database().unwrap();
        format!(
            "postgres://vitrine:{password}@{host}:{port}/{name}\
             ?sslmode={mode}&sslrootcert={folder}/{authority}.crt"
        )
    }
}

impl Drop for Pooler {
    fn drop(&mut self) {
        // It ends when its standard input does.
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}

#[tokio::test]
async fn a_catalog_behind_a_pooler_of_sessions_keeps_the_contract() {
    let Some(pooler) = Pooler::start().await else { return };
    let url = pooler.url("localhost", "verify-full", "own");
    let options = PostgresOptions { max_connections: 4, migrate: Migrate::AtStart };
    let catalog = PostgresCatalog::connect(&url, options).await.unwrap();
    contracts::catalog(&catalog).await;
    catalog.close().await;
}

#[tokio::test]
async fn a_server_over_tls_is_who_its_url_asks_for() {
    let Some(pooler) = Pooler::start().await else { return };
    for (host, mode, authority, is_taken) in [
        ("localhost", "verify-full", "own", true),
        ("127.0.0.1", "verify-full", "own", false),
        ("localhost", "verify-full", "other", false),
        ("127.0.0.1", "verify-ca", "own", true),
        ("127.0.0.1", "verify-ca", "other", false),
        ("127.0.0.1", "require", "other", true),
        ("localhost", "disable", "own", false),
    ] {
        let reached = PostgresCatalog::migrations(&pooler.url(host, mode, authority)).await;
        assert_eq!(reached.is_ok(), is_taken, "{mode} {host} {authority}: {reached:?}");
    }
}
