//! A real Qdrant server, where there is one: at `QDRANT_URL`, or the program `qdrant` on the PATH.

use std::{
    net::TcpListener,
    process::{Child, Command, Stdio},
    time::Duration,
};

use vitrine_stores::ServerIndex;

use super::{settings, skipped::skipped};

/// A server that is reachable; one that was started here ends with it.
pub struct Real {
    pub url: String,
    _child: Option<Started>,
}

struct Started {
    child: Child,
    _dir: tempfile::TempDir,
}

impl Drop for Started {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// `None`, and one line that says so, where there is none.
pub async fn server() -> Option<Real> {
    if let Ok(url) = std::env::var("QDRANT_URL") {
        return Some(Real { url, _child: None });
    }
    let Some(started) = start().await else {
        skipped("no Qdrant server; set QDRANT_URL or put `qdrant` on the PATH");
        return None;
    };
    Some(started)
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

async fn start() -> Option<Real> {
    let dir = tempfile::tempdir().unwrap();
    let (grpc, http) = (free_port(), free_port());
    let child = Command::new("qdrant")
        .current_dir(dir.path())
        .env("QDRANT__SERVICE__HOST", "127.0.0.1")
        .env("QDRANT__SERVICE__GRPC_PORT", grpc.to_string())
        .env("QDRANT__SERVICE__HTTP_PORT", http.to_string())
        .env("QDRANT__STORAGE__STORAGE_PATH", dir.path().join("storage"))
        .env("QDRANT__STORAGE__SNAPSHOTS_PATH", dir.path().join("snapshots"))
        .env("QDRANT__TELEMETRY_DISABLED", "true")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let url = format!("http://127.0.0.1:{grpc}");
    let real = Real { url: url.clone(), _child: Some(Started { child, _dir: dir }) };
    for _ in 0..120 {
        if ServerIndex::version(&settings(&url, "ready")).await.is_ok() {
            return Some(real);
        }
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    panic!("`qdrant` was started and is not ready after half a minute");
}
