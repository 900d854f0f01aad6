//! The service as a process of its own.

use std::{
    net::TcpStream,
    path::Path,
    process::{Child, Command},
    time::{Duration, Instant},
};

use super::{text, vitrine};

/// The longest that a service may take to start, on a machine that has other work.
const PATIENCE: Duration = Duration::from_secs(120);

/// A running `vitrine serve` or `vitrine demo`; killed when it is dropped.
pub(crate) struct Serving {
    pub child: Child,
    /// Where it is asked, as `http://127.0.0.1:1234`.
    pub url: String,
}

impl Serving {
    /// Starts it on a data folder, and waits until it answers.
    pub(crate) fn begin(command: &str, data: &Path, arguments: &[&str]) -> Self {
        let started = [&[command, "--listen", "127.0.0.1:0", "--data", text(data)], arguments];
        Self::wait(vitrine(&started.concat()), data, data)
    }

    /// The same by a command that is made; it listens on a port of its own, and writes to files in
    /// `told`.
    pub(crate) fn wait(command: Command, data: &Path, told: &Path) -> Self {
        let note = data.join("address");
        let _ = std::fs::remove_file(&note);
        Self::until(command, told, || std::fs::read_to_string(&note).ok())
    }

    /// The same by a command that listens at this address, whatever its data folder.
    pub(crate) fn answering(command: Command, url: &str, told: &Path) -> Self {
        let address = url.trim_start_matches("http://");
        Self::until(command, told, || TcpStream::connect(address).is_ok().then(|| url.to_owned()))
    }

    fn until(mut command: Command, told: &Path, url: impl Fn() -> Option<String>) -> Self {
        let (out, err) = (told.join("out"), told.join("err"));
        command.stdout(std::fs::File::create(&out).unwrap());
        command.stderr(std::fs::File::create(&err).unwrap());
        let mut serving = Self { child: command.spawn().unwrap(), url: String::new() };
        let deadline = Instant::now() + PATIENCE;
        while serving.url.is_empty() {
            let said = || std::fs::read_to_string(&err).unwrap();
            let ended = serving.child.try_wait().unwrap();
            assert!(ended.is_none(), "{ended:?}: {}", said());
            assert!(Instant::now() < deadline, "it does not start: {}", said());
            std::thread::sleep(Duration::from_millis(20));
            serving.url = url().unwrap_or_default();
        }
        serving
    }

    pub(crate) fn signal(&self, name: &str) {
        let mut kill = Command::new("kill");
        kill.args([format!("-{name}"), self.child.id().to_string()]);
        assert!(kill.status().unwrap().success());
    }

    /// Asks it to end, and waits until it has.
    pub(crate) fn stop(mut self) {
        self.signal("TERM");
        let ended = self.child.wait().unwrap();
        assert!(ended.success(), "{ended:?}");
    }

    /// Ends it as a machine does that loses its power.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
