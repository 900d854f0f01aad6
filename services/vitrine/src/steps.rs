use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

/// Prints what a long command does and how long each part took.
pub struct Steps {
    quiet: bool,
    started: Instant,
}

impl Steps {
    /// Prints to standard error, so that answers on standard output stay clean.
    pub fn new(quiet: bool) -> Self {
        Self { quiet, started: Instant::now() }
    }

    /// Does one step, with a spinner while it lasts and its time once it is done. The work's
    /// first part is a note on what came out.
    pub async fn step<T, E>(
        &self,
        name: &str,
        work: impl Future<Output = Result<(String, T), E>>,
    ) -> Result<T, E> {
        let spinner = if self.quiet { ProgressBar::hidden() } else { ProgressBar::new_spinner() };
        spinner.set_message(name.to_owned());
        spinner.enable_steady_tick(Duration::from_millis(100));
        let started = Instant::now();
        let outcome = work.await;
        spinner.finish_and_clear();
        let (note, result) = outcome?;
        if !self.quiet {
            eprintln!("  {name:<10} {:>7.2} s  {note}", started.elapsed().as_secs_f32());
        }
        Ok(result)
    }

    /// Prints the time of all steps together.
    pub fn total(&self) {
        if !self.quiet {
            eprintln!("  {:<10} {:>7.2} s", "ready in", self.started.elapsed().as_secs_f32());
        }
    }
}

/// A bar that counts, with rate and time left.
pub fn bar(name: &'static str, length: u64, unit: &str) -> ProgressBar {
    let counts = format!("{{pos}}/{{len}} {unit}, {{per_sec}}, {{eta}} left");
    styled(ProgressBar::new(length), name, &format!("{{bar:30}} {counts}"))
}

/// A bar over bytes; where their number is not known, how many there were so far.
pub fn bytes_bar(name: &'static str, length: Option<u64>) -> ProgressBar {
    match length {
        Some(length) => {
            let counts = "{bytes}/{total_bytes}, {bytes_per_sec}, {eta} left";
            styled(ProgressBar::new(length), name, &format!("{{bar:30}} {counts}"))
        }
        None => styled(ProgressBar::no_length(), name, "{spinner} {bytes}, {bytes_per_sec}"),
    }
}

/// The style comes first: a bar is drawn as soon as it changes.
fn styled(bar: ProgressBar, name: &'static str, template: &str) -> ProgressBar {
    let bar = match ProgressStyle::with_template(&format!("  {{msg:<10}} {template}")) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    };
    bar.with_message(name)
}
