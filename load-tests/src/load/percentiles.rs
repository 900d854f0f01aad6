//! How long most had to wait.

use std::time::Duration;

/// Percentiles of some times, by the nearest rank: the smallest time that so many of a hundred do
/// not exceed. Zero where there are none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Percentiles {
    pub(super) p50: Duration,
    pub(super) p95: Duration,
    pub(super) p99: Duration,
}

impl Percentiles {
    pub(super) fn of(times: impl IntoIterator<Item = Duration>) -> Self {
        let mut times: Vec<Duration> = times.into_iter().collect();
        times.sort_unstable();
        let at = |percent| nearest(&times, percent).copied().unwrap_or_default();
        Self { p50: at(50), p95: at(95), p99: at(99) }
    }
}

/// The element of that rank; `sorted` goes up.
fn nearest<T>(sorted: &[T], percent: usize) -> Option<&T> {
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted.get(rank.saturating_sub(1))
}

/// The middle one; none of nothing.
pub(super) fn median<T: Copy + PartialOrd>(values: impl IntoIterator<Item = T>) -> Option<T> {
    let mut values: Vec<T> = values.into_iter().collect();
    values
        .sort_unstable_by(|one, other| one.partial_cmp(other).unwrap_or(std::cmp::Ordering::Equal));
    nearest(&values, 50).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(times: impl IntoIterator<Item = u64>) -> [u64; 3] {
        let all = Percentiles::of(times.into_iter().map(Duration::from_millis));
        [all.p50, all.p95, all.p99].map(|time| time.as_millis() as u64)
    }

    #[test]
    fn percentiles_are_times_that_were_seen() {
        assert_eq!(of(1..=100), [50, 95, 99]);
        assert_eq!(of((1..=20).rev()), [10, 19, 20]);
        assert_eq!(of([7]), [7, 7, 7]);
        assert_eq!(of([3, 1]), [1, 3, 3]);
        assert_eq!(of([]), [0, 0, 0]);
    }

    #[test]
    fn a_median_is_the_one_in_the_middle() {
        assert_eq!(median([3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median([4, 1, 2, 3]), Some(2));
        assert_eq!(median::<u64>([]), None);
    }
}
