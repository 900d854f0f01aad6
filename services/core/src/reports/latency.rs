//! How long answers took.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Count, Days, Family};
use crate::{
    ids::MerchantId,
    ports::{Events, StoreError},
};

/// Below this many milliseconds each has a bucket of its own; above, a power of two has half as
/// many.
const EXACT: u64 = 64;
const EXACT_BITS: u32 = EXACT.trailing_zeros();

/// What was timed.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
#[schema(as = LatencyMeasure)]
pub enum Measure {
    /// The whole look.
    Total,
    /// The whole look, where the photo was not known yet.
    Fresh,
    /// Seeing the garments of a look.
    Describe,
    /// Up to the first match of a look.
    FirstMatch,
    /// The first page of a search.
    Search,
}

impl Measure {
    const ALL: [Self; 5] =
        [Self::Total, Self::Fresh, Self::Describe, Self::FirstMatch, Self::Search];
}

/// The bucket of a time. Buckets are as wide as the 32nd part of their times at most, as those of
/// HdrHistogram are (<https://hdrhistogram.github.io/HdrHistogram/>): a few hundred hold every time,
/// and those of many days add up.
pub fn bucket_of(milliseconds: u64) -> u32 {
    let time = milliseconds.min(u64::from(u32::MAX));
    if time < EXACT {
        return u32::try_from(time).unwrap_or_default();
    }
    let wide = time.ilog2() + 1 - EXACT_BITS;
    let place = u32::try_from(time >> wide).unwrap_or_default();
    // `place` is in the upper half of the exact ones.
    wide * (1 << (EXACT_BITS - 1)) + place
}

/// The middle of a bucket, in milliseconds: off by 1/64 of a time at most.
fn middle_of(bucket: u32) -> u64 {
    let half = 1 << (EXACT_BITS - 1);
    if u64::from(bucket) < EXACT {
        return bucket.into();
    }
    let wide = (bucket / half) - 1;
    let place = u64::from(bucket - wide * half);
    (place << wide) + (1 << wide) / 2
}

/// Times of one step, in milliseconds: half of the answers took `p50` at most, and so on. By the
/// nearest rank, and off by 1.6 % at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Percentiles {
    pub measure: Measure,
    /// Answers that it was timed in.
    pub answers: u64,
    pub p50: Option<u64>,
    pub p90: Option<u64>,
    pub p95: Option<u64>,
    pub p99: Option<u64>,
}

/// How long answers took.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = LatencyReport)]
pub struct Latency {
    #[schema(value_type = String, format = Date)]
    pub from: super::Day,
    #[schema(value_type = String, format = Date)]
    pub to: super::Day,
    pub measures: Vec<Percentiles>,
}

impl Latency {
    /// Of the answers of these days.
    pub async fn of(
        events: &dyn Events,
        merchant: &MerchantId,
        days: Days,
    ) -> Result<Self, StoreError> {
        let mut times: BTreeMap<Measure, BTreeMap<u32, u64>> = BTreeMap::new();
        for (count, many) in events.counts(merchant, Family::Latency, days).await? {
            if let Count::Took(measure, bucket) = count {
                times.entry(measure).or_default().insert(bucket, many);
            }
        }
        let measures = Measure::ALL.into_iter().map(|measure| {
            let times = times.remove(&measure).unwrap_or_default();
            let of = |hundredths| percentile(&times, hundredths);
            let (p50, p90, p95, p99) = (of(50), of(90), of(95), of(99));
            Percentiles { measure, answers: times.values().sum(), p50, p90, p95, p99 }
        });
        Ok(Self { from: days.first, to: days.last, measures: measures.collect() })
    }
}

/// The smallest time that so many hundredths of all do not exceed.
fn percentile(times: &BTreeMap<u32, u64>, hundredths: u64) -> Option<u64> {
    let all: u64 = times.values().sum();
    let rank = (all * hundredths).div_ceil(100).max(1);
    let mut so_far = 0;
    times.iter().find_map(|(bucket, many)| {
        so_far += many;
        (so_far >= rank).then(|| middle_of(*bucket))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Dice;

    #[test]
    fn buckets_follow_one_another_and_are_narrow() {
        let mut last = 0;
        for time in (0..200_000).chain((200_000..u64::from(u32::MAX)).step_by(99_991)) {
            let bucket = bucket_of(time);
            assert!(bucket == last || bucket == last + 1 || time > 200_000 && bucket > last);
            last = bucket;
            let off = middle_of(bucket).abs_diff(time);
            assert!(off as f64 <= time as f64 / 64.0, "{time} is told as {}", middle_of(bucket));
        }
        assert_eq!(bucket_of(u64::MAX), bucket_of(u64::from(u32::MAX)));
        assert!(last < 1_000);
    }

    #[test]
    fn percentiles_are_those_of_the_sorted_times_up_to_their_error() {
        let mut dice = Dice::new(11);
        for many in [1, 2, 3, 10, 99, 100, 101, 2_000] {
            let mut times: Vec<u64> = (0..many)
                .map(|_| {
                    let scale = 1 << dice.below(17);
                    (scale + dice.below(scale)) as u64
                })
                .collect();
            let mut counted = BTreeMap::new();
            for time in &times {
                *counted.entry(bucket_of(*time)).or_insert(0) += 1;
            }
            times.sort_unstable();
            for hundredths in [50, 90, 95, 99] {
                let rank = (hundredths * times.len()).div_ceil(100).max(1);
                let exact = times[rank - 1];
                let told = percentile(&counted, hundredths as u64).unwrap();
                assert!(told.abs_diff(exact) as f64 <= exact as f64 / 64.0, "{told}, not {exact}");
            }
        }
        assert_eq!(percentile(&BTreeMap::new(), 50), None);
    }
}
