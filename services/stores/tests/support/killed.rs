//! A test binary that runs itself again and kills what it runs.

use std::{
    io::{BufRead, BufReader},
    os::unix::process::ExitStatusExt,
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

const SIGKILL: i32 = 9;

/// When a child is killed: a while after it has said so many lines since a certain one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moment {
    pub(crate) since: &'static str,
    pub(crate) lines: usize,
    pub(crate) after: Duration,
}

/// Runs a test of this binary in a child process, told by a variable where to work, and kills it
/// with SIGKILL. Gives each line that it said whole since the one that counts.
pub(crate) fn run_and_kill(
    test: &str,
    work: (&str, &Path),
    moment: Moment,
    mut line_said: impl FnMut(&str),
) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture", "--test-threads=1"])
        .env(work.0, work.1)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    // The test harness prints lines of its own, and without a line end before the child's first.
    while !line.trim_end().ends_with(moment.since) {
        line.clear();
        assert!(lines.read_line(&mut line).unwrap() > 0, "the child ended early");
    }
    let (now, wait) = std::sync::mpsc::channel::<()>();
    let killing = std::thread::spawn(move || {
        // A child that ended by itself, as one that panicked, is told apart by its status.
        let _ = wait.recv();
        std::thread::sleep(moment.after);
        child.kill().unwrap();
        child.wait().unwrap()
    });
    let mut now = Some(now);
    let mut said = 0;
    line.clear();
    loop {
        if said == moment.lines {
            drop(now.take());
        }
        // A line cut short by the kill was not said.
        let whole = lines.read_line(&mut line).is_ok() && line.ends_with('\n');
        if !whole {
            break;
        }
        line_said(line.trim_end());
        said += 1;
        line.clear();
    }
    drop(now);
    let status = killing.join().unwrap();
    assert_eq!(status.signal(), Some(SIGKILL), "the child was killed, it did not end: {status}");
}
