//! The running service keeps what its contract promises: schemathesis makes requests of the
//! contract, good and bad ones, and checks every answer by it.

use std::{
    path::{Path, PathBuf},
    process::Command,
    time::Instant,
};

use vitrine_api::Role;
use vitrine_tests::{Service, python};

/// The program stands beside the Python that has it.
fn program() -> Option<PathBuf> {
    Some(python()?.with_file_name("schemathesis"))
}

#[test]
fn what_the_contract_promises_is_kept() {
    let Some(program) = program() else {
        println!("skipped: TEST_PYTHON names no Python that has schemathesis; ./test installs it");
        return;
    };
    let service = Service::start();
    let started = Instant::now();
    let folder = tempfile::tempdir().expect("a folder");
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let ran = Command::new(program)
        .arg("--config-file")
        .arg(here.join("schemathesis.toml"))
        .args(["--no-color", "run", "--warnings", "off"])
        .arg(service.url("/openapi.json"))
        .env("SCHEMATHESIS_HOOKS", here.join("schemathesis_hooks.py"))
        .env("VITRINE_TEST_TOKEN", service.token_of(Role::Admin))
        .current_dir(folder.path())
        .output()
        .expect("a program that runs");
    let told = String::from_utf8_lossy(&ran.stdout);
    println!("{told}");
    println!("{:.0} s", started.elapsed().as_secs_f64());
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
}
