//! Rates of a step and of its bare one, and how they are shown.

use std::{fs, time::Duration};

use serde_json::{Value, json};

pub(crate) type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// The share of its bare step's rate that a step should reach.
pub(crate) const RATIO: f64 = 0.6;
/// The share of the rate at the fewest rows that should be left at the most.
const FLAT: f64 = 0.8;

/// How long a step and its bare one take, at best.
#[derive(Clone, Copy)]
pub(crate) struct Pair {
    pub(crate) ours: Duration,
    pub(crate) bare: Duration,
}

impl Pair {
    pub(crate) const NONE: Self = Self { ours: Duration::MAX, bare: Duration::MAX };

    /// Keeps the better of both.
    pub(crate) fn take(&mut self, other: Self) {
        self.ours = self.ours.min(other.ours);
        self.bare = self.bare.min(other.bare);
    }

    pub(crate) fn and(self, other: Self) -> Self {
        Self { ours: self.ours + other.ours, bare: self.bare + other.bare }
    }
}

/// One line of the table.
pub(crate) struct Figure {
    pub(crate) step: &'static str,
    pub(crate) rows: u64,
    pub(crate) took: Pair,
    /// Of the step alone, in bytes, where the system tells.
    pub(crate) peak: Option<u64>,
}

impl Figure {
    fn rate(&self) -> f64 {
        self.rows as f64 / self.took.ours.as_secs_f64()
    }

    fn bare(&self) -> f64 {
        self.rows as f64 / self.took.bare.as_secs_f64()
    }

    pub(crate) fn ratio(&self) -> f64 {
        self.rate() / self.bare()
    }
}

/// The rate at the most rows in parts of that at the fewest, of a step and of its bare one.
fn flatness(figures: &[Figure], step: &str) -> Option<(f64, f64)> {
    let of_step = || figures.iter().filter(|figure| figure.step == step);
    let few = of_step().min_by_key(|figure| figure.rows)?;
    let many = of_step().max_by_key(|figure| figure.rows)?;
    (few.rows < many.rows).then(|| (many.rate() / few.rate(), many.bare() / few.bare()))
}

fn steps(figures: &[Figure]) -> Vec<&'static str> {
    let mut steps: Vec<_> = figures.iter().map(|figure| figure.step).collect();
    let mut seen = std::collections::HashSet::new();
    steps.retain(|step| seen.insert(*step));
    steps
}

pub(crate) fn print(figures: &[Figure]) {
    println!(
        "{:<18} {:>8} {:>10} {:>12} {:>6} {:>9}",
        "step", "rows", "rows/s", "bare rows/s", "ratio", "peak RSS"
    );
    for figure in figures {
        let peak = figure.peak.map_or("-".into(), |bytes| format!("{} MB", bytes / 1_000_000));
        let short = if figure.ratio() < RATIO { "  below 0.6" } else { "" };
        println!(
            "{:<18} {:>8} {:>10.0} {:>12.0} {:>6.2} {peak:>9}{short}",
            figure.step,
            figure.rows,
            figure.rate(),
            figure.bare(),
            figure.ratio(),
        );
    }
    for step in steps(figures) {
        if let Some((ours, bare)) = flatness(figures, step) {
            let short = if ours < FLAT { "  below 0.8" } else { "" };
            println!("{step:<18} most rows to fewest: {ours:.2}, bare {bare:.2}{short}");
        }
    }
    println!("{}", machine());
}

pub(crate) fn to_json(figures: &[Figure]) -> Value {
    let lines = figures.iter().map(|figure| {
        json!({
            "step": figure.step,
            "rows": figure.rows,
            "rows_per_second": figure.rate(),
            "bare_rows_per_second": figure.bare(),
            "ratio": figure.ratio(),
            "peak_bytes": figure.peak,
        })
    });
    let flat = steps(figures).into_iter().filter_map(|step| {
        let (ours, bare) = flatness(figures, step)?;
        Some(json!({ "step": step, "most_to_fewest": ours, "bare_most_to_fewest": bare }))
    });
    json!({
        "machine": machine(),
        "figures": lines.collect::<Vec<_>>(),
        "flatness": flat.collect::<Vec<_>>(),
    })
}

pub(crate) fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let cpus = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = cpus.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let name = name.map_or("unknown processor", |(_, name)| name);
    let profile = if cfg!(debug_assertions) { "debug" } else { "release" };
    format!("{cores} cores, {name}, {profile} profile")
}

/// Begins a new peak; where the system does not allow it, the peak is that of all so far.
pub(crate) fn forget_peak() {
    let _ = fs::write("/proc/self/clear_refs", "5");
}

/// The most memory held since the peak was forgotten, in bytes.
pub(crate) fn peak() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kilobytes * 1024)
}
