//! What was seen of each fault, as `docs/faults.md` has it.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
    time::Duration,
};

use crate::{
    common::root,
    crowd::{Asked, Seen},
};

/// What was seen of one fault.
pub(crate) struct Row {
    pub name: &'static str,
    /// What is done to the service.
    pub done: &'static str,
    pub seen: BTreeMap<Asked, BTreeSet<Seen>>,
    pub well: Duration,
}

const INTRODUCTION: &str = "# Faults\n\n\
    What clients see while something is broken, measured by `services/vitrine/tests/faults.rs`, which \
    breaks it under a running service with its real parts: the small model in the service, PostgreSQL, \
    Redis, the index and SQLite on a disk. Five clients go on asking: for a look that is answered, for a \
    photo that is known by its id, with a new photo, a search, and a merchant that sets a price each \
    time. Written by `UPDATE_DOCS=1 cargo test --workspace --test faults`; times are of that run, on two \
    cores with a debug build, and say how long after the fault's end everything was as ever, with nobody \
    acting but who starts a killed program again.\n\n\
    After each fault the price is the last that was acknowledged, or one that was sent after it: nothing \
    acknowledged is lost. What is *as ever* may have taken longer; *poorer* answers say in `degraded` what they lack; who is *told to come back* \
    gets a problem with its code, and `Retry-After` where the service knows when.\n";

const BESIDE: &str = "\nKilled between any two steps of an import, of bringing the index up to the \
    catalog, and of a rebuild, all of it is found as if nothing had happened: \
    `services/stores/tests/kill.rs`, `kill_imports.rs` and `kill_rebuild.rs`. A panic of the engine in \
    this process fails one request, and the next one is answered: `services/models/src/mistral/tests.rs`, \
    `services/api/tests/strain.rs`.\n";

fn page(rows: &[Row]) -> String {
    let mut page = format!("{INTRODUCTION}\n| Fault |");
    for asked in Asked::ALL {
        let _ = write!(page, " {} |", asked.name());
    }
    page.push_str(" well after |\n|---|---|---|---|---|---|---|\n");
    for row in rows {
        let _ = write!(page, "| **{}**: {} |", row.name, row.done);
        for asked in Asked::ALL {
            let seen = row.seen.get(&asked).into_iter().flatten().map(|seen| seen.name());
            let _ = write!(page, " {} |", seen.collect::<Vec<_>>().join("; "));
        }
        let _ = writeln!(page, " {:.1} s |", row.well.as_secs_f64());
    }
    page + BESIDE
}

/// Writes the page where that is asked for; else holds that it tells of these faults.
pub(crate) fn compare(rows: &[Row]) {
    let file = root().join("docs/faults.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&file, page(rows)).unwrap();
    }
    let kept = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(kept.starts_with(INTRODUCTION) && kept.ends_with(BESIDE), "{AGAIN}");
    let told: Vec<&str> = kept.lines().filter(|line| line.starts_with("| **")).collect();
    for row in rows {
        let begins = format!("| **{}**: {} |", row.name, row.done);
        assert!(told.iter().any(|line| line.starts_with(&begins)), "{}: {AGAIN}", row.name);
    }
}

const AGAIN: &str = "docs/faults.md tells of other faults; run \
    `UPDATE_DOCS=1 cargo test --workspace --test faults` and look at the difference";
