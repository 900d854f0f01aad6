#![allow(dead_code)] // each test file uses its own part

pub(crate) mod servers;
pub(crate) mod serving;

use std::{
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use serde_json::Value;
use tempfile::TempDir;

/// The repository's root, where the demo lies.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// The binary, called from the repository's root, deaf to settings of the one who runs the tests.
pub(crate) fn vitrine(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vitrine"));
    command.current_dir(root()).args(arguments).stdin(Stdio::null());
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("VITRINE_") {
            command.env_remove(name);
        }
    }
    command
}

/// What a finished command left behind.
#[derive(Debug)]
pub(crate) struct Ran {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Ran {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// Runs a command to its end.
pub(crate) fn run(command: &mut Command) -> Ran {
    command.output().unwrap().into()
}

pub(crate) fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

pub(crate) fn in_folder(data: &Path, arguments: &[&str]) -> Ran {
    run(vitrine(arguments).arg("--data").arg(data))
}

/// The drawn catalog's first products, one a line.
pub(crate) fn products(count: usize) -> Vec<String> {
    let feed = std::fs::read_to_string(root().join("demo/catalog/products.jsonl")).unwrap();
    feed.lines().take(count).map(str::to_owned).collect()
}

/// A feed of these lines.
pub(crate) fn feed(folder: &TempDir, lines: &[String]) -> PathBuf {
    let file = folder.path().join("feed.jsonl");
    std::fs::write(&file, lines.join("\n")).unwrap();
    file
}

/// Compares a file with what the code says, or writes it anew; `test` is the binary that does.
pub(crate) fn is_as_told(path: &str, told: &str, test: &str) {
    let file = root().join(path);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&file, told).unwrap();
    }
    let kept = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        kept == told,
        "{path} is not what the code says; run `UPDATE_DOCS=1 cargo test --workspace --test {test}` \
         and look at the difference"
    );
}
