//! A test binary that runs itself again and kills what it runs.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

/// Runs a test of this binary in a child process, told by a variable where to work, until a while
/// after it says `open`, and kills it with SIGKILL; gives each line that it said whole since then.
pub(crate) fn run_and_kill(
    test: &str,
    work: (&str, &Path),
    after: Duration,
    mut line_said: impl FnMut(&str),
) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture", "--test-threads=1"])
        .env(work.0, work.1)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    // The test harness prints lines of its own, and without a line end before the child's first.
    while !line.trim_end().ends_with("open") {
        line.clear();
        assert!(lines.read_line(&mut line).unwrap() > 0, "the child ended early");
    }
    let killing = std::thread::spawn(move || {
        std::thread::sleep(after);
        child.kill().unwrap();
        child.wait().unwrap()
    });
    line.clear();
    // A line cut short by the kill was not said.
    while lines.read_line(&mut line).is_ok_and(|read| read > 0) {
        if line.ends_with('\n') {
            line_said(line.trim_end());
        }
        line.clear();
    }
    let status = killing.join().unwrap();
    assert!(!status.success(), "the child was killed, it did not end");
}
