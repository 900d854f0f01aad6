//! The folders are the rooms: who may know whom, and what may not stand in any of them.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

const CORE: &str = "vitrine-core";
const ROOMS: [&str; 4] = ["vitrine-models", "vitrine-stores", "vitrine-outbound", "vitrine-api"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap()
}

/// Every package of the workspace with those of the workspace that it depends on, for whatever:
/// to run, to build or to be tested.
fn arrows() -> BTreeMap<String, BTreeSet<String>> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let name = |value: &Value| value["name"].as_str().unwrap().to_owned();
    let ours: BTreeSet<String> = packages.iter().map(name).collect();
    packages
        .iter()
        .map(|package| {
            let known = package["dependencies"].as_array().unwrap().iter().map(name);
            let known = known.filter(|other| ours.contains(other) && *other != name(package));
            (name(package), known.collect())
        })
        .collect()
}

fn set<const N: usize>(names: [&str; N]) -> BTreeSet<String> {
    names.into_iter().map(str::to_owned).collect()
}

#[test]
fn no_room_knows_another_that_it_should_not() {
    let all = set([CORE, "vitrine-models", "vitrine-stores", "vitrine-outbound", "vitrine-api"]);
    for (package, known) in arrows() {
        match package.as_str() {
            CORE => assert_eq!(known, set([]), "core knows nobody"),
            room if ROOMS.contains(&room) => assert_eq!(known, set([CORE]), "{room} knows core"),
            "vitrine" => assert_eq!(known, all, "only vitrine knows all"),
            tests if tests.ends_with("-tests") => {}
            other => panic!("{other} has no place in the design yet: give it one here"),
        }
    }
}

#[test]
fn nobody_but_tests_knows_the_tests() {
    for (package, known) in arrows().into_iter().filter(|(name, _)| !name.ends_with("-tests")) {
        assert!(!known.iter().any(|other| other.ends_with("-tests")), "{package}: {known:?}");
    }
}

/// What stands in no source outside tests: each would end the service where it should answer.
const NOWHERE: [&str; 4] = ["todo!", "unimplemented!", ".unwrap()", ".expect("];

#[test]
fn no_source_gives_up_where_it_should_answer() {
    let mut found = Vec::new();
    for service in std::fs::read_dir(root().join("services")).unwrap() {
        scan(&service.unwrap().path().join("src"), &mut found);
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

fn scan(folder: &Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            if name != "testing" && name != "tests" {
                scan(&path, found);
            }
        } else if name.ends_with(".rs") && !["testing.rs", "tests.rs"].contains(&name.as_str()) {
            let text = std::fs::read_to_string(&path).unwrap();
            let work = text.split("#[cfg(test)]").next().unwrap_or_default();
            for (at, line) in work.lines().enumerate() {
                let comment = line.trim_start().starts_with("//");
                if !comment && NOWHERE.iter().any(|word| line.contains(word)) {
                    found.push(format!("{}:{}: {}", path.display(), at + 1, line.trim()));
                }
            }
        }
    }
}
