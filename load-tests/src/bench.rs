//! All that must hold as a ratio, in one run, beside the figures of the last run that was kept.

use std::{collections::BTreeMap, fs, path::PathBuf};

use serde::{Deserialize, Serialize};

use crate::{
    import, looks,
    looks::Bound,
    measure::{Outcome, RATIO, machine},
    peer,
};

/// How much worse than last time is no chance of a busy machine.
const WORSE: f64 = 1.25;
/// Rows of the feed, and how often each step of it is run.
const IMPORT: (u64, u32) = (10_000, 3);

#[derive(clap::Args)]
pub(crate) struct Args {
    /// A Python that has what load-tests/peer/requirements.txt lists; without it the peer is left out.
    #[arg(long, value_name = "FILE", env = "PEER_PYTHON")]
    python: Option<PathBuf>,
    /// Keep these figures as those that the next run is compared with.
    #[arg(long)]
    keep: bool,
    /// Where they are kept.
    #[arg(long, value_name = "FILE", default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/figures.json"))]
    figures: PathBuf,
}

/// The figures of a run, as they are kept.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Kept {
    /// As 2026-11-27.
    date: String,
    machine: String,
    ratios: BTreeMap<String, f64>,
}

struct Line {
    what: String,
    ratio: f64,
    bound: Bound,
}

impl Line {
    fn is_kept(&self, ratio: f64) -> bool {
        match self.bound {
            Bound::AtLeast(least) => ratio >= least,
            Bound::AtMost(most) => ratio <= most,
            Bound::None => true,
        }
    }

    /// What is to be said of it; whether that is bad news.
    fn verdict(&self, last: Option<f64>) -> (String, bool) {
        let is_worse = last.is_some_and(|last| match self.bound {
            Bound::AtMost(_) => self.ratio > last * WORSE,
            Bound::AtLeast(_) | Bound::None => self.ratio < last / WORSE,
        });
        let is_new = last.is_none_or(|last| self.is_kept(last));
        let words = match (self.is_kept(self.ratio), is_worse) {
            (false, _) if is_new => "missed",
            (false, true) => "missed as before, and worse",
            (false, false) => "missed as before",
            (true, true) => "worse",
            (true, false) => "",
        };
        (words.into(), is_worse || (is_new && !self.is_kept(self.ratio)))
    }

    fn bound(&self) -> String {
        match self.bound {
            Bound::AtLeast(least) => format!("at least {least}"),
            Bound::AtMost(most) => format!("at most {most}"),
            Bound::None => String::new(),
        }
    }
}

/// An error where something is missed that was not, or is much worse than it was.
pub(crate) async fn run(args: &Args) -> Outcome<()> {
    let last = read(args)?;
    let mut lines = Vec::new();
    let (rows, times) = IMPORT;
    for figure in import::measure(&[rows], times).await? {
        let what = format!("import: {}", figure.step);
        lines.push(Line { what, ratio: figure.ratio(), bound: Bound::AtLeast(RATIO) });
    }
    let (ratios, crowd) = looks::measure(&looks::Args::default()).await?;
    for ratio in ratios {
        let what = format!("looks: {}", ratio.what);
        lines.push(Line { what, ratio: ratio.ratio, bound: ratio.bound });
    }
    let what = "looks: in a crowd, of alone".into();
    lines.push(Line { what, ratio: crowd.ratio(), bound: Bound::AtMost(looks::CROWD) });
    match &args.python {
        Some(python) => {
            for beside in peer::measure(&peer::Args::with(python)).await? {
                let what = format!("peer: {}", beside.what);
                lines.push(Line { what, ratio: beside.ratio(), bound: beside.bound });
            }
        }
        None => println!("skipped: the peer in Python: name one that runs it with --python"),
    }
    let bad = print(&lines, &last);
    if args.keep {
        keep(args, &lines)?;
    } else if bad > 0 {
        return Err(format!("{bad} figures are newly missed or much worse; measure again on a machine with nothing else to do, then look at what changed since {}", last.date).into());
    }
    Ok(())
}

/// Answers how many are bad news.
fn print(lines: &[Line], last: &Kept) -> usize {
    println!("{:<58} {:>6} {:>6}  bound", "ratio", "now", "last");
    let mut bad = 0;
    for line in lines {
        let before = last.ratios.get(&line.what).copied();
        let (words, is_bad) = line.verdict(before);
        bad += usize::from(is_bad);
        let told = before.map_or("-".into(), |before| format!("{before:.2}"));
        println!("{:<58} {:>6.2} {told:>6}  {:<14} {words}", line.what, line.ratio, line.bound());
    }
    println!("now: {}", machine());
    if !last.date.is_empty() {
        println!("last: {}, {}", last.date, last.machine);
    }
    bad
}

fn read(args: &Args) -> Outcome<Kept> {
    let path = args.figures.display();
    match fs::read_to_string(&args.figures) {
        Ok(text) => Ok(serde_json::from_str(&text).map_err(|error| format!("{path}: {error}"))?),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Kept::default()),
        Err(error) => Err(format!("{path}: {error}").into()),
    }
}

fn keep(args: &Args, lines: &[Line]) -> Outcome<()> {
    let rounded = |ratio: f64| (ratio * 1_000.0).round() / 1_000.0;
    let ratios = lines.iter().map(|line| (line.what.clone(), rounded(line.ratio))).collect();
    let date = jiff::Timestamp::now().strftime("%F").to_string();
    let text = serde_json::to_string_pretty(&Kept { date, machine: machine(), ratios })?;
    fs::write(&args.figures, text + "\n")
        .map_err(|error| format!("{}: {error}", args.figures.display()))?;
    println!("kept in {}", args.figures.display());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(ratio: f64, bound: Bound, last: Option<f64>) -> (String, bool) {
        Line { what: String::new(), ratio, bound }.verdict(last)
    }

    #[test]
    fn what_is_missed_for_the_first_time_or_much_worse_is_bad_news() {
        let (least, most) = (Bound::AtLeast(0.6), Bound::AtMost(1.2));
        for (ratio, bound, last, words, is_bad) in [
            (0.7, least, Some(0.7), "", false),
            (0.5, least, Some(0.7), "missed", true),
            (0.5, least, None, "missed", true),
            (0.5, least, Some(0.55), "missed as before", false),
            (0.3, least, Some(0.55), "missed as before, and worse", true),
            (0.7, least, Some(1.0), "worse", true),
            (1.1, most, Some(1.1), "", false),
            (1.3, most, Some(1.1), "missed", true),
            (1.1, most, Some(0.5), "worse", true),
            (0.02, Bound::None, Some(0.03), "worse", true),
            (0.03, Bound::None, None, "", false),
        ] {
            assert_eq!(verdict(ratio, bound, last), (words.into(), is_bad), "{ratio} {last:?}");
        }
    }
}
