use jiff::{Timestamp, ToSpan, civil::Date};
use serde::Serialize;

/// Days that a report has when none are named, and at most.
const DEFAULT: i64 = 30;
const MOST: i64 = 1_100;
const MILLISECONDS: i64 = 24 * 3_600 * 1_000;
const EPOCH: Date = Date::constant(1970, 1, 1);

/// A day in UTC, counted from 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Day(pub i64);

impl Day {
    pub fn of(at: Timestamp) -> Self {
        Self(at.as_millisecond().div_euclid(MILLISECONDS))
    }

    fn of_date(date: Date) -> Self {
        Self(date.duration_since(EPOCH).as_hours() / 24)
    }

    /// As `2026-11-26`.
    pub fn date(self) -> Date {
        EPOCH.saturating_add(self.0.clamp(-4_000_000, 2_900_000).days())
    }
}

impl Serialize for Day {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.date().serialize(to)
    }
}

/// Days from the first to the last, both among them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Days {
    pub first: Day,
    pub last: Day,
}

/// Why there are no such days.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadDays {
    #[error("`{0}` is not a date; write it as 2026-11-26")]
    Date(String),
    #[error("`from` comes after `to`")]
    Backwards,
    #[error("these are more than {MOST} days; ask for fewer")]
    TooMany,
}

impl Days {
    /// As many days up to now.
    pub fn last(days: i64, now: Timestamp) -> Self {
        let last = Day::of(now);
        Self { first: Day(last.0 - days + 1), last }
    }

    /// From two dates; 30 days where only one end is named, and the last 30 where none is.
    pub fn read(from: Option<&str>, to: Option<&str>, now: Timestamp) -> Result<Self, BadDays> {
        let date = |text: &str| {
            let date = text.parse::<Date>().ok().filter(|_| text.len() == 10);
            let shown = || BadDays::Date(text.chars().take(20).collect());
            date.map(Day::of_date).ok_or_else(shown)
        };
        let (from, to) = (from.map(date).transpose()?, to.map(date).transpose()?);
        let last = match (from, to) {
            (_, Some(to)) => to,
            (Some(from), None) => Day(from.0 + DEFAULT - 1).min(Day::of(now).max(from)),
            (None, None) => Day::of(now),
        };
        let first = from.unwrap_or(Day(last.0 - DEFAULT + 1));
        match last.0 - first.0 + 1 {
            ..1 => Err(BadDays::Backwards),
            1..=MOST => Ok(Self { first, last }),
            _ => Err(BadDays::TooMany),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(from: Option<&str>, to: Option<&str>) -> Result<(String, String), BadDays> {
        let now = "2026-11-26T23:59:59Z".parse().unwrap();
        let days = Days::read(from, to, now)?;
        Ok((days.first.date().to_string(), days.last.date().to_string()))
    }

    #[test]
    fn days_are_read_from_their_ends() {
        let both = |from: &str, to: &str| Ok((from.to_owned(), to.to_owned()));
        assert_eq!(days(None, None), both("2026-10-28", "2026-11-26"));
        assert_eq!(days(Some("2026-11-20"), None), both("2026-11-20", "2026-11-26"));
        assert_eq!(days(Some("2026-01-01"), None), both("2026-01-01", "2026-01-30"));
        assert_eq!(days(None, Some("2026-02-28")), both("2026-01-30", "2026-02-28"));
        let leap = days(Some("2024-02-29"), Some("2024-02-29"));
        assert_eq!(leap, both("2024-02-29", "2024-02-29"));
        assert_eq!(days(Some("2026-11-27"), Some("2026-11-26")), Err(BadDays::Backwards));
        assert_eq!(days(Some("2020-01-01"), Some("2026-11-26")), Err(BadDays::TooMany));
        for bad in ["yesterday", "2026-13-01", "", "2026-11-26T00:00:00", "26.11.2026"] {
            assert!(matches!(days(Some(bad), None), Err(BadDays::Date(_))), "{bad}");
        }
        for far in ["9999-12-31", "-009999-01-01", "0000-01-01"] {
            let _ = days(Some(far), None).map(drop);
            let _ = days(None, Some(far)).map(drop);
        }
    }

    #[test]
    fn a_day_begins_at_midnight_before_1970_too() {
        let day = |at: &str| Day::of(at.parse().unwrap()).date().to_string();
        assert_eq!(day("1969-12-31T23:59:59.999Z"), "1969-12-31");
        assert_eq!(day("1970-01-01T00:00:00Z"), "1970-01-01");
        assert_eq!(day("2026-11-26T01:00:00+02:00"), "2026-11-25");
    }
}
