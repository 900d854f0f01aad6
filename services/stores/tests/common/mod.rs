//! A PostgreSQL for tests: the server at `TEST_POSTGRES_URL`, whose user may create databases, or
//! one of our own that ends with this process. Each test has a database to itself.
#![allow(dead_code, reason = "each test binary uses a part of it")]

mod ordered;
pub(crate) mod redis;
#[path = "../support/skipped.rs"]
mod skipped;

use std::{
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::Command,
    str::FromStr,
    sync::OnceLock,
};

use sqlx::{
    AssertSqlSafe, ConnectOptions, Connection, Executor, PgConnection, postgres::PgConnectOptions,
};
use uuid::Uuid;

use ordered::Ordered;
pub(crate) use skipped::skipped;

/// Of the server of our own.
pub(crate) const PASSWORD: &str = "pass word/@:%";
const PASSWORD_IN_URL: &str = "pass%20word%2F%40%3A%25";

static SERVER: OnceLock<Option<Server>> = OnceLock::new();

struct Server {
    admin: PgConnectOptions,
    /// Of our own; it ends with this.
    own: Option<Ordered>,
}

/// A server of our own with one empty database, which can be stopped.
pub(crate) struct TestServer(Server);

impl TestServer {
    /// None, and a line that says so, where there is no PostgreSQL.
    pub(crate) fn start() -> Option<Self> {
        let server = own_server();
        if server.is_none() {
            skipped("no PostgreSQL is installed");
        }
        server.map(Self)
    }

    pub(crate) fn url(&self) -> String {
        self.0.admin.to_url_lossy().to_string()
    }

    /// Its socket, and its address behind this port.
    pub(crate) fn behind(&self, port: u16) -> (PathBuf, String) {
        let folder = self.0.admin.get_socket().expect("a server of our own");
        let url = format!("postgres://vitrine:{PASSWORD_IN_URL}@127.0.0.1:{port}/postgres");
        (folder.join(".s.PGSQL.5432"), url)
    }

    /// `kill` or `start`; it is done when this returns.
    pub(crate) fn order(&mut self, order: &str) {
        self.0.own.as_mut().expect("a server of our own").order(order);
    }

    /// It is gone when this returns, with all that it held.
    pub(crate) fn stop(&mut self) {
        if let Some(mut own) = self.0.own.take() {
            own.end();
        }
    }
}

/// An empty database, dropped with this.
pub(crate) struct TestDatabase {
    server: &'static Server,
    name: String,
}

impl TestDatabase {
    /// None, and a line that says so, where there is no PostgreSQL.
    pub(crate) async fn create() -> Option<Self> {
        Self::create_with("").await
    }

    /// Created with these words after its name.
    pub(crate) async fn create_with(words: &str) -> Option<Self> {
        let Some(server) = SERVER.get_or_init(server) else {
            skipped("no PostgreSQL is installed, nor named by TEST_POSTGRES_URL");
            return None;
        };
        let database = Self { server, name: format!("vitrine_test_{}", Uuid::now_v7().simple()) };
        let mut connection = server.admin.connect().await.unwrap();
        run(&mut connection, &format!("CREATE DATABASE {} {words}", database.name)).await;
        // The store has to say which isolation it needs.
        let isolation = "SET default_transaction_isolation TO 'serializable'";
        run(&mut connection, &format!("ALTER DATABASE {} {isolation}", database.name)).await;
        connection.close().await.unwrap();
        Some(database)
    }

    pub(crate) fn url(&self) -> String {
        self.options().to_url_lossy().to_string()
    }

    pub(crate) fn options(&self) -> PgConnectOptions {
        self.server.admin.clone().database(&self.name)
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let (server, name) = (self.server, self.name.clone());
        let drop = async move {
            let mut connection = server.admin.connect().await.unwrap();
            run(&mut connection, &format!("DROP DATABASE {name} WITH (FORCE)")).await;
        };
        // In a thread of its own: here a runtime is at work already.
        let dropping =
            std::thread::spawn(|| tokio::runtime::Runtime::new().unwrap().block_on(drop));
        if dropping.join().is_err() {
            eprintln!("the database {} is left behind", self.name);
        }
    }
}

async fn run(connection: &mut PgConnection, statements: &str) {
    connection.execute(AssertSqlSafe(statements.to_owned())).await.unwrap();
}

fn server() -> Option<Server> {
    if let Ok(url) = std::env::var("TEST_POSTGRES_URL") {
        let admin = PgConnectOptions::from_str(&url).expect("TEST_POSTGRES_URL is a URL");
        return Some(Server { admin, own: None });
    }
    own_server()
}

fn own_server() -> Option<Server> {
    let mut command = Command::new("sh");
    command
        .args(["-c", include_str!("postgres.sh"), "postgres.sh"])
        .arg(programs()?)
        .arg(PASSWORD)
        .current_dir("/");
    unprivileged(&mut command)?;
    let (own, folder) = Ordered::start("PostgreSQL", &mut command);
    let admin = PgConnectOptions::new_without_pgpass()
        .socket(folder)
        .username("vitrine")
        .password(PASSWORD)
        .database("postgres");
    Some(Server { admin, own: Some(own) })
}

/// Such servers refuse to run as root. The Debian package makes a user for them.
pub(crate) fn unprivileged(command: &mut Command) -> Option<()> {
    if id(&["-u"]) == Some(0) {
        let user = if id(&["-u", "postgres"]).is_some() { "postgres" } else { "nobody" };
        command.uid(id(&["-u", user])?).gid(id(&["-g", user])?);
    }
    Some(())
}

/// The folder of PostgreSQL's programs. Debian keeps them out of the PATH, a folder a version.
fn programs() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let versions = Path::new("/usr/lib/postgresql").read_dir().into_iter().flatten().flatten();
    folders.extend(versions.map(|version| version.path().join("bin")));
    folders
        .into_iter()
        .find(|folder| ["initdb", "pg_ctl"].iter().all(|name| folder.join(name).is_file()))
}

/// What `id` answers: a number of a user or of a group.
fn id(arguments: &[&str]) -> Option<u32> {
    let output = Command::new("id").args(arguments).output().ok()?;
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}
