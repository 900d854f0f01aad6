use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

use tempfile::TempDir;
use vitrine_tests::demo;

use crate::measure::Outcome;

/// A service in a process of its own; ends with this.
pub(super) struct Process {
    child: Child,
    pub(super) url: String,
    /// Empty where none is asked for.
    pub(super) token: String,
    _data: Option<TempDir>,
}

impl Process {
    /// Vitrine with its demonstration, as it was built beside this program.
    pub(super) fn vitrine() -> Outcome<Self> {
        let program = std::env::current_exe()?.with_file_name("vitrine");
        if !program.is_file() {
            let path = program.display();
            return Err(format!("{path} is not there; build it with `cargo build`").into());
        }
        let data = tempfile::tempdir()?;
        let mut command = Command::new(&program);
        command.args(["demo", "--listen", "127.0.0.1:0", "--data"]).arg(data.path());
        for set in ["limits.caller_per_minute=0", "limits.merchant_per_minute=0"] {
            command.args(["--set", set]);
        }
        let mut token = Command::new(&program);
        token.args(["token", "--role", "shopper", "--merchant", "demo", "--data"]).arg(data.path());
        let (child, url) = start(command.stderr(Stdio::null()))?;
        let token = String::from_utf8(token.output()?.stdout)?.trim().to_owned();
        Ok(Self { child, url, token, _data: Some(data) })
    }

    /// The peer in Python.
    pub(super) fn peer(python: &Path, threads: usize) -> Outcome<Self> {
        let peer = Path::new(env!("CARGO_MANIFEST_DIR")).join("peer/peer.py");
        let mut command = Command::new(python);
        command.arg(peer).arg("--demo").arg(demo()).arg("--threads").arg(threads.to_string());
        let (child, url) = start(&mut command)?;
        Ok(Self { child, url, token: String::new(), _data: None })
    }

    /// The most memory that it held so far, in bytes.
    pub(super) fn peak(&self) -> Outcome<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB"));
        let kilobytes: u64 = kilobytes.ok_or("the system does not tell of memory")?.parse()?;
        Ok(kilobytes * 1024)
    }
}

/// Starts a service, and reads the first address that it prints.
fn start(command: &mut Command) -> Outcome<(Child, String)> {
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
    let said = child.stdout.take().ok_or("it says nothing")?;
    let mut lines = BufReader::new(said).lines();
    let url = loop {
        let Some(line) = lines.next().transpose()? else {
            let ended = child.wait()?;
            return Err(format!("{command:?} ended with {ended} before it answered").into());
        };
        let words = line.split_whitespace();
        if let Some(url) = words.clone().find(|word| word.starts_with("http://")) {
            break url.trim_end_matches('/').to_owned();
        }
    };
    // Else it would stop at a full pipe.
    std::thread::spawn(move || lines.for_each(drop));
    Ok((child, url))
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
