//! How sure a share is.

use serde::Serialize;
use utoipa::ToSchema;

/// The 97.5 % quantile of the standard normal distribution: intervals of 95 %, two-sided.
const Z: f64 = 1.959_963_984_540_054;

/// A share of things that had an outcome, with its 95 % confidence interval.
///
/// The interval is Wilson's score interval: of the shares p with |hits/of - p| <= z sqrt(p (1 - p) /
/// of), the lowest and the highest. E. B. Wilson, "Probable inference, the law of succession, and
/// statistical inference", Journal of the American Statistical Association 22 (1927), 209-212; in
/// closed form R. G. Newcombe, "Two-sided confidence intervals for the single proportion",
/// Statistics in Medicine 17 (1998), 857-872, method 3. It holds for things that are independent of
/// one another.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
pub struct Rate {
    pub hits: u64,
    pub of: u64,
    /// `hits` divided by `of`; null where there is nothing to divide by.
    pub rate: Option<f64>,
    /// The ends of the interval, 0 to 1.
    pub low: f64,
    pub high: f64,
}

impl Rate {
    pub fn of(hits: u64, of: u64) -> Self {
        if of == 0 {
            return Self { hits, of, rate: None, low: 0.0, high: 1.0 };
        }
        let n = of as f64;
        let share = hits.min(of) as f64 / n;
        let z2 = Z * Z;
        let centre = share + z2 / (2.0 * n);
        let half = Z * (share * (1.0 - share) / n + z2 / (4.0 * n * n)).sqrt();
        let whole = 1.0 + z2 / n;
        // In the extremes the ends are exact; the square root would leave a last digit.
        let low = if hits == 0 { 0.0 } else { ((centre - half) / whole).max(0.0) };
        let high = if hits >= of { 1.0 } else { ((centre + half) / whole).min(1.0) };
        Self { hits, of, rate: Some(share), low, high }
    }
}

/// How much more often an outcome came than under the control, with its 95 % confidence interval.
///
/// The interval is Newcombe's hybrid of two Wilson intervals: with d = p1 - p2, from d - sqrt((p1 -
/// l1)^2 + (u2 - p2)^2) to d + sqrt((u1 - p1)^2 + (p2 - l2)^2). R. G. Newcombe, "Interval estimation
/// for the difference between independent proportions: comparison of eleven methods", Statistics in
/// Medicine 17 (1998), 873-890, method 10.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
pub struct Difference {
    /// Share minus the control's share, -1 to 1; null where one of them has no visitors.
    pub difference: Option<f64>,
    /// The ends of the interval.
    pub low: f64,
    pub high: f64,
    pub verdict: Verdict,
}

/// Whether a difference can be chance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The whole interval is above 0.
    Better,
    /// The whole interval is below 0.
    Worse,
    /// 0 is within the interval: what is seen can be chance.
    Inconclusive,
}

impl Difference {
    pub fn of(variant: &Rate, control: &Rate) -> Self {
        let (Some(p1), Some(p2)) = (variant.rate, control.rate) else {
            let verdict = Verdict::Inconclusive;
            return Self { difference: None, low: -1.0, high: 1.0, verdict };
        };
        let difference = p1 - p2;
        let low = difference - (p1 - variant.low).hypot(control.high - p2);
        let high = difference + (variant.high - p1).hypot(p2 - control.low);
        let verdict = match () {
            () if low > 0.0 => Verdict::Better,
            () if high < 0.0 => Verdict::Worse,
            () => Verdict::Inconclusive,
        };
        Self { difference: Some(difference), low, high, verdict }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The end of Wilson's interval between `from`, which is outside of it, and `inside`: where
    /// |p - share| = z sqrt(p (1 - p) / n), found by halving.
    fn end(share: f64, n: f64, from: f64) -> f64 {
        let outside = |p: f64| (p - share).abs() > Z * (p * (1.0 - p) / n).sqrt();
        let (mut out, mut inside) = (from, share);
        for _ in 0..200 {
            let middle = f64::midpoint(out, inside);
            if outside(middle) { out = middle } else { inside = middle }
        }
        f64::midpoint(out, inside)
    }

    #[test]
    fn the_ends_of_an_interval_solve_wilsons_equation() {
        for of in [1_u64, 2, 3, 7, 20, 148, 1_000, 1_000_000] {
            for hits in [0, 1, of / 3, of / 2, of - 1, of].into_iter().filter(|hits| *hits <= of) {
                let rate = Rate::of(hits, of);
                let (share, n) = (hits as f64 / of as f64, of as f64);
                let (low, high) = (end(share, n, 0.0), end(share, n, 1.0));
                assert!((rate.low - low).abs() < 1e-9, "{hits} of {of}: {rate:?}, not {low}");
                assert!((rate.high - high).abs() < 1e-9, "{hits} of {of}: {rate:?}, not {high}");
            }
        }
    }

    /// From the tables of both papers by Newcombe.
    #[test]
    fn intervals_are_those_that_were_published() {
        for (hits, of, low, high) in [
            (81, 263, 0.2553, 0.3662),
            (15, 148, 0.0624, 0.1605),
            (0, 20, 0.0, 0.1611),
            (1, 29, 0.0061, 0.1718),
        ] {
            let rate = Rate::of(hits, of);
            assert!((rate.low - low).abs() < 5e-5 && (rate.high - high).abs() < 5e-5, "{rate:?}");
        }
        for ((hits1, of1), (hits2, of2), low, high) in [
            ((56, 70), (48, 80), 0.0524, 0.3339),
            ((9, 10), (3, 10), 0.1705, 0.8090),
            ((10, 10), (0, 10), 0.6075, 1.0),
        ] {
            let difference = Difference::of(&Rate::of(hits1, of1), &Rate::of(hits2, of2));
            let close =
                (difference.low - low).abs() < 5e-5 && (difference.high - high).abs() < 5e-5;
            assert!(close, "{difference:?}");
            assert_eq!(difference.verdict, Verdict::Better);
            let back = Difference::of(&Rate::of(hits2, of2), &Rate::of(hits1, of1));
            assert_eq!(back.verdict, Verdict::Worse);
            assert!((back.low + difference.high).abs() < 1e-12, "the mirror image");
        }
    }

    /// The exact chance that an interval holds the true difference, summed over all outcomes.
    #[test]
    fn an_interval_holds_the_truth_nineteen_times_of_twenty() {
        let binomial = |n: u64, p: f64| {
            let mut chance = (1.0 - p).powi(i32::try_from(n).unwrap());
            let mut all = vec![chance];
            for k in 1..=n {
                chance *= (n - k + 1) as f64 / k as f64 * p / (1.0 - p);
                all.push(chance);
            }
            all
        };
        for (p1, p2) in [(0.1, 0.1), (0.3, 0.2), (0.05, 0.2), (0.5, 0.5)] {
            let (n1, n2) = (60, 80);
            let (first, second) = (binomial(n1, p1), binomial(n2, p2));
            let mut covered = 0.0;
            for (hits1, chance1) in (0..).zip(&first) {
                for (hits2, chance2) in (0..).zip(&second) {
                    let difference = Difference::of(&Rate::of(hits1, n1), &Rate::of(hits2, n2));
                    if (difference.low..=difference.high).contains(&(p1 - p2)) {
                        covered += chance1 * chance2;
                    }
                }
            }
            assert!((0.94..0.975).contains(&covered), "{covered} of {p1} and {p2}");
        }
    }

    #[test]
    fn nothing_known_is_no_verdict() {
        let none = Rate::of(0, 0);
        assert_eq!((none.rate, none.low, none.high), (None, 0.0, 1.0));
        let difference = Difference::of(&Rate::of(5, 5), &none);
        assert_eq!((difference.difference, difference.verdict), (None, Verdict::Inconclusive));
        let same = Difference::of(&Rate::of(5, 50), &Rate::of(6, 50));
        assert_eq!(same.verdict, Verdict::Inconclusive);
    }
}
