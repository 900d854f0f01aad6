//! When a sale price holds: Google's `sale_price_effective_date`, begin and end as ISO 8601 with a
//! slash between them.

use jiff::{Timestamp, ToSpan, civil::DateTime, tz::TimeZone};

/// Whether a sale is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sale {
    On,
    /// It is over, or has not begun.
    NotNow,
    /// Its dates can not be read.
    Unclear,
}

impl Sale {
    /// `dates` as the feed says them; a sale without dates is on.
    pub(super) fn of(dates: Option<&str>, now: Timestamp) -> Self {
        let Some(dates) = dates else { return Self::On };
        let Some((begin, end)) = dates.split_once('/') else { return Self::Unclear };
        match (moment(begin, false), moment(end, true)) {
            (Some(begin), Some(end)) if (begin..end).contains(&now) => Self::On,
            (Some(_), Some(_)) => Self::NotNow,
            _ => Self::Unclear,
        }
    }
}

/// A moment; in UTC where no offset is named, and a date alone is the whole day.
fn moment(text: &str, ends: bool) -> Option<Timestamp> {
    let text = text.trim();
    if let Ok(moment) = text.parse() {
        return Some(moment);
    }
    let time: DateTime = text.parse().ok()?;
    let is_date = !text.contains(['T', 't', ' ']);
    let time = if ends && is_date { time.checked_add(1.day()).ok()? } else { time };
    TimeZone::UTC.to_timestamp(time).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sale_is_on_between_its_dates() {
        let now = "2026-10-01T12:00:00Z".parse().unwrap();
        for (dates, expected) in [
            ("2026-09-30T14:00+0200/2026-10-07T23:59+0200", Sale::On),
            ("2026-09-30T14:00:00+02:00 / 2026-10-01T14:00:01+02:00", Sale::On),
            ("2026-09-30T14:00:00+02:00/2026-10-01T14:00:00+02:00", Sale::NotNow),
            ("2026-10-01T13:00Z/2026-10-07T23:59Z", Sale::NotNow),
            ("2026-10-01/2026-10-01", Sale::On),
            ("2026-09-01/2026-09-30", Sale::NotNow),
            ("2026-09-30T14:00/2026-10-07T23:59", Sale::On),
            ("2026-10-01", Sale::Unclear),
            ("soon/later", Sale::Unclear),
        ] {
            assert_eq!(Sale::of(Some(dates), now), expected, "{dates}");
        }
        assert_eq!(Sale::of(None, now), Sale::On);
    }
}
