//! An import next to the libraries that it stands on.

mod drawn;
mod index;
mod parse;
mod sql;

use std::path::PathBuf;

use indicatif::{ProgressBar, ProgressStyle};

use crate::measure::{self, Figure, Outcome, Pair};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Rows of the feeds, one size after the other.
    #[arg(long, value_delimiter = ',', default_value = "10000,50000",
          value_parser = clap::value_parser!(u64).range(1_000..=10_000_000))]
    rows: Vec<u64>,
    /// How often each step is run; the best time counts.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=100))]
    times: u32,
    /// A file that the figures are written to as JSON.
    #[arg(long)]
    json: Option<PathBuf>,
}

pub(crate) async fn run(args: &Args) -> Outcome<()> {
    let figures = measure(&args.rows, args.times).await?;
    measure::print(&figures);
    if let Some(file) = &args.json {
        let text = serde_json::to_string_pretty(&measure::to_json(&figures))?;
        std::fs::write(file, text).map_err(|error| format!("{}: {error}", file.display()))?;
    }
    Ok(())
}

/// At these sizes, one after the other; the best of so many times counts.
pub(crate) async fn measure(sizes: &[u64], times: u32) -> Outcome<Vec<Figure>> {
    let mut figures = Vec::new();
    for rows in sizes {
        figures.extend(at_size(*rows, times).await?);
    }
    Ok(figures)
}

/// Runs a step and its bare one in turns, so that both meet the same machine.
async fn at_size(rows: u64, times: u32) -> Outcome<Vec<Figure>> {
    let feed = drawn::feed(rows);
    let mut steps = [
        ("parse", Pair::NONE, None),
        ("parse and SQL", Pair::NONE, None),
        ("index", Pair::NONE, None),
    ];
    let progress = steps.each_ref().map(|(step, ..)| bar(step, rows, times));
    for _ in 0..times {
        let folder = tempfile::tempdir()?;
        let folder = folder.path();
        let [parse, sql, index] = &mut steps;
        measure::forget_peak();
        let ours = parse::ours(&feed, rows)?;
        parse.2 = parse.2.max(measure::peak());
        parse.1.take(Pair { ours, bare: parse::bare(&feed, rows)? });
        progress[0].inc(1);

        measure::forget_peak();
        let (catalog, ours) = sql::ours(folder, &feed, rows).await?;
        sql.2 = sql.2.max(measure::peak());
        sql.1.take(Pair { ours, bare: sql::bare(folder).await? });
        progress[1].inc(1);

        index::keep_vectors(&catalog, &feed).await?;
        measure::forget_peak();
        let ours = index::ours(folder, &catalog).await?;
        index.2 = index.2.max(measure::peak());
        index.1.take(Pair { ours, bare: index::bare(folder).await? });
        progress[2].inc(1);
        catalog.close().await;
    }
    progress.iter().for_each(ProgressBar::finish_and_clear);
    let [parse, sql, index] = &steps;
    let whole = sql.1.and(index.1);
    let whole = Pair { bare: whole.bare + parse.1.bare, ..whole };
    let whole = ("all together", whole, sql.2.max(index.2));
    let lines = steps.into_iter().chain([whole]);
    Ok(lines.map(|(step, took, peak)| Figure { step, rows, took, peak }).collect())
}

fn bar(step: &str, rows: u64, times: u32) -> ProgressBar {
    let bar = ProgressBar::new(times.into());
    let template = "  {msg:<28} {bar:30} {pos}/{len} runs, {elapsed} {spinner}";
    let bar = match ProgressStyle::with_template(template) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    };
    bar.with_message(format!("{step}, {rows} rows"))
}
