//! How long photos wait for a place, with many places and one queue.
//!
//! Photos come at random (Poisson), so this is M/G/c. There is no exact formula for it; the wait is
//! that of M/M/c (Erlang C) times (1 + CV²) / 2, where CV is how much the time at the model varies
//! (Allen and Cunneen: A. O. Allen, Probability, Statistics, and Queueing Theory, 1978). It is exact
//! for one place (Pollaczek and Khinchine) and for times that are exponential.

/// What to expect of a queue that is not overrun.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Wait {
    /// The share of places that are taken, 0 to 1.
    pub(super) utilisation: f64,
    /// How likely it is that one has to wait at all.
    pub(super) waits: f64,
    /// Seconds, those who need not wait counted too.
    pub(super) mean: f64,
    /// Seconds that 99 of 100 wait at most. The tail is taken to be exponential, with the mean of
    /// those who wait.
    pub(super) p99: f64,
    /// Photos that wait, on average (Little's law).
    pub(super) length: f64,
}

impl Wait {
    /// For `rate` photos a second, `seconds` each at the model with squared coefficient of
    /// variation `scv`, and `places`. `None` where more come than can be done.
    pub(super) fn of(rate: f64, seconds: f64, scv: f64, places: u64) -> Option<Self> {
        let load = rate * seconds;
        let utilisation = load / places as f64;
        if places == 0 || !utilisation.is_finite() || utilisation >= 1.0 {
            return None;
        }
        let waits = erlang_c(load, places);
        let of_those = seconds / (places as f64 - load) * (1.0 + scv) / 2.0;
        let mean = waits * of_those;
        let p99 = of_those * (waits / 0.01).ln().max(0.0);
        Some(Self { utilisation, waits, mean, p99, length: rate * mean })
    }
}

/// How likely it is that all of `places` are taken at a load of that many Erlang: Erlang's second
/// formula, by way of the recursion for his first.
fn erlang_c(load: f64, places: u64) -> f64 {
    let blocked =
        (1..=places).fold(1.0, |blocked, at| load * blocked / (at as f64 + load * blocked));
    let utilisation = load / places as f64;
    blocked / (1.0 - utilisation * (1.0 - blocked))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(one: f64, other: f64) {
        assert!((one - other).abs() <= 1e-9 * other.abs().max(1.0), "{one} is not {other}");
    }

    #[test]
    fn one_place_waits_as_pollaczek_and_khinchine_say() {
        // rho / (1 - rho) x S x (1 + CV^2) / 2, and rho for waiting at all.
        let wait = Wait::of(0.5, 1.0, 1.0, 1).unwrap();
        near(wait.waits, 0.5);
        near(wait.mean, 1.0);
        near(wait.length, 0.5);
        near(Wait::of(0.5, 1.0, 0.0, 1).unwrap().mean, 0.5);
    }

    #[test]
    fn two_places_wait_as_worked_by_hand() {
        // A load of 1 on 2 places: C = (1/2)/(1 - 1/2) / (1 + 1 + 1) = 1/3, and a mean of C / (2 - 1).
        let wait = Wait::of(1.0, 1.0, 1.0, 2).unwrap();
        near(wait.waits, 1.0 / 3.0);
        near(wait.mean, 1.0 / 3.0);
        near(wait.p99, (100.0_f64 / 3.0).ln());
    }

    #[test]
    fn a_queue_that_is_overrun_has_no_end() {
        assert_eq!(Wait::of(1.0, 1.0, 1.0, 1), None);
        assert_eq!(Wait::of(1.0, 1.0, 1.0, 0), None);
        assert_eq!(Wait::of(f64::INFINITY, 1.0, 1.0, 4), None);
    }

    #[test]
    fn more_places_never_wait_longer_and_many_stay_finite() {
        let means: Vec<f64> =
            (51..400).map(|places| Wait::of(50.0, 1.0, 0.5, places).unwrap().mean).collect();
        assert!(means.windows(2).all(|pair| pair[1] <= pair[0]));
        let many = Wait::of(90_000.0, 1.0, 0.5, 100_000).unwrap();
        assert!(many.mean.is_finite() && many.waits < 1e-6);
    }
}
