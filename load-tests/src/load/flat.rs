//! Whether what a service holds stays as it is.

use super::{percentiles::median, verdict::Verdict, watch::Held};

/// What the last quarter may have more than the second: this share of it, or so much, whichever is
/// more. The first quarter does not count: caches fill in it.
const SHARE: f64 = 0.10;
/// 16 MiB: what an allocator may keep.
const MEMORY: f64 = 16.0 * 1024.0 * 1024.0;
/// Some connections more or less.
const DESCRIPTORS: f64 = 16.0;
/// Fewer samples say nothing.
const FEWEST: usize = 40;

/// The medians of the second and of the last quarter.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Quarters {
    second: f64,
    last: f64,
}

impl Quarters {
    fn of(samples: &[f64]) -> Option<Self> {
        let quarter = samples.len() / 4;
        if samples.len() < FEWEST {
            return None;
        }
        let of = |part: &[f64]| median(part.iter().copied());
        let second = of(&samples[quarter..2 * quarter])?;
        Some(Self { second, last: of(&samples[samples.len() - quarter..])? })
    }

    fn is_flat(self, slack: f64) -> bool {
        self.last <= self.second + (self.second * SHARE).max(slack)
    }
}

/// Of memory and of descriptors, in the order of time.
pub(super) fn verdicts(held: &[Held]) -> [Verdict; 2] {
    let of = |what: &str, unit: &str, slack: f64, size: f64, of: fn(&Held) -> u64| {
        let samples: Vec<f64> = held.iter().map(|held| of(held) as f64).collect();
        let what = what.to_owned();
        match Quarters::of(&samples) {
            Some(quarters) => Verdict {
                what,
                kept: Some(quarters.is_flat(slack)),
                said: format!(
                    "second quarter {:.0}{unit}, last {:.0}{unit}",
                    quarters.second / size,
                    quarters.last / size
                ),
            },
            None => {
                let said = format!("{} samples are too few", samples.len());
                Verdict { what, kept: None, said }
            }
        }
    };
    [
        of("memory stays flat", " MB", MEMORY, 1e6, |held| held.memory),
        of("descriptors stay flat", "", DESCRIPTORS, 1.0, |held| held.descriptors),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_flat(samples: impl IntoIterator<Item = f64>, slack: f64) -> Option<bool> {
        Quarters::of(&samples.into_iter().collect::<Vec<_>>()).map(|it| it.is_flat(slack))
    }

    #[test]
    fn what_grows_at_first_and_then_stays_is_flat() {
        let filled = (0..100).map(|second| f64::from(second.min(20)) * 100.0);
        assert_eq!(is_flat(filled, 0.0), Some(true));
    }

    #[test]
    fn what_grows_on_is_not() {
        let leaking = (0..100).map(|second| 1_000.0 + f64::from(second) * 10.0);
        assert_eq!(is_flat(leaking.clone(), 0.0), Some(false));
        assert_eq!(is_flat(leaking, 1_000.0), Some(true), "unless it is next to nothing");
    }

    #[test]
    fn one_peak_does_not_count_and_a_few_samples_say_nothing() {
        let peak = (0..100).map(|second| if second == 90 { 1e9 } else { 100.0 });
        assert_eq!(is_flat(peak, 0.0), Some(true));
        assert_eq!(is_flat([1.0; 39], 0.0), None);
    }

    #[test]
    fn what_shrinks_is_flat() {
        let shrinking = (0..100).map(|second| 1_000.0 - f64::from(second));
        assert_eq!(is_flat(shrinking, 0.0), Some(true));
    }
}
