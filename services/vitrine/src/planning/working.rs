//! What a plan is made of: lines that say what, how much, how it came about, and where from.

use std::fmt;

use serde::{Serialize, Serializer};

/// What a number counts, in base units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    Count,
    Bytes,
    Seconds,
    PerSecond,
    /// 0 to 1.
    Share,
    /// Floating-point operations.
    Operations,
}

/// A number with its unit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Amount {
    pub value: f64,
    pub unit: Unit,
}

impl fmt::Display for Amount {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&match self.unit {
            Unit::Count => number(self.value),
            Unit::Bytes => scaled(self.value, &["B", "kB", "MB", "GB", "TB", "PB"]),
            Unit::Seconds => time(self.value),
            Unit::PerSecond => format!("{}/s", number(self.value)),
            Unit::Share => format!("{} %", number(self.value * 100.0)),
            Unit::Operations => scaled(self.value, &["FLOP", "kFLOP", "MFLOP", "GFLOP", "TFLOP"]),
        })
    }
}

/// Where a number comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// An option of the command.
    Asked,
    /// A measurement of this project, and the file that has it.
    Measured(&'static str),
    /// The maker's own sheet.
    Datasheet(&'static str),
    /// The same, where nothing that quotes the sheet was found to compare with.
    Unconfirmed(&'static str),
    /// The published `config.json` of this model.
    Config(&'static str),
    /// The documentation of what is used.
    Documented(&'static str),
    /// This project's own code or configuration.
    Code(&'static str),
    /// A formula from this book or paper.
    Formula(&'static str),
    /// Nobody measured it here.
    Assumed,
    /// Worked out of what stands in this plan.
    Worked,
}

impl fmt::Display for Source {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Asked => out.write_str("asked for"),
            Self::Measured(file) => write!(out, "measured here: {file}"),
            Self::Datasheet(title) => write!(out, "datasheet: {title}"),
            Self::Unconfirmed(title) => write!(out, "datasheet, not confirmed: {title}"),
            Self::Config(model) => write!(out, "config.json of {model}"),
            Self::Documented(title) => write!(out, "documentation: {title}"),
            Self::Code(file) => write!(out, "code: {file}"),
            Self::Formula(title) => write!(out, "formula: {title}"),
            Self::Assumed => out.write_str("assumption"),
            Self::Worked => out.write_str("worked out"),
        }
    }
}

impl Serialize for Source {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

/// A number and where it comes from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Figure {
    pub(super) value: f64,
    pub(super) source: Source,
}

impl Figure {
    /// What was asked for, else this.
    pub(super) fn given(asked: Option<f64>, other: Self) -> Self {
        asked.map_or(other, |value| Self { value, source: Source::Asked })
    }
}

/// One line of a plan.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    pub what: &'static str,
    pub amount: Amount,
    pub working: String,
    pub source: Source,
}

impl Serialize for Row {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Told<'a> {
            what: &'a str,
            value: f64,
            unit: Unit,
            shown: String,
            working: &'a str,
            from: Source,
        }
        let Self { what, amount, working, source } = self;
        let (value, unit, shown) = (amount.value, amount.unit, amount.to_string());
        Told { what, value, unit, shown, working, from: *source }.serialize(to)
    }
}

/// Lines that belong together.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Section {
    pub title: &'static str,
    pub rows: Vec<Row>,
}

impl Section {
    pub(super) const fn new(title: &'static str) -> Self {
        Self { title, rows: Vec::new() }
    }

    /// A number that was worked out of others.
    pub(super) fn worked(
        &mut self,
        what: &'static str,
        value: f64,
        unit: Unit,
        working: impl Into<String>,
    ) {
        let figure = Figure { value, source: Source::Worked };
        self.figure(what, figure, unit, working);
    }

    /// A number that is what it is.
    pub(super) fn figure(
        &mut self,
        what: &'static str,
        figure: Figure,
        unit: Unit,
        working: impl Into<String>,
    ) {
        let Figure { value, source } = figure;
        let amount = Amount { value, unit };
        self.rows.push(Row { what, amount, working: working.into(), source });
    }
}

pub(super) fn bytes(value: f64) -> String {
    Amount { value, unit: Unit::Bytes }.to_string()
}

pub(super) fn operations(value: f64) -> String {
    Amount { value, unit: Unit::Operations }.to_string()
}

/// Three digits that tell, and commas between thousands: `0.0123`, `4.56`, `1,234`.
pub(super) fn number(value: f64) -> String {
    let size = value.abs();
    if size >= 100.0 || (value - value.round()).abs() < 1e-9 {
        return thousands(value.round());
    }
    let decimals = if size >= 10.0 {
        1
    } else if size >= 1.0 {
        2
    } else {
        (2 - size.log10().floor() as i32).clamp(2, 9) as usize
    };
    let text = format!("{value:.decimals$}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

pub(super) fn time(seconds: f64) -> String {
    let (value, unit) = match seconds {
        _ if seconds < 1e-6 => (0.0, "s"),
        _ if seconds < 1e-3 => (seconds * 1e6, "µs"),
        _ if seconds < 0.1 => (seconds * 1e3, "ms"),
        _ if seconds < 600.0 => (seconds, "s"),
        _ if seconds < 36_000.0 => (seconds / 60.0, "min"),
        _ if seconds < 864_000.0 => (seconds / 3_600.0, "h"),
        _ => (seconds / 86_400.0, "days"),
    };
    format!("{} {unit}", number(value))
}

fn scaled(value: f64, units: &[&str]) -> String {
    let mut value = value;
    let mut unit = units.first().copied().unwrap_or_default();
    for next in units.iter().skip(1) {
        if value < 1e3 {
            break;
        }
        value /= 1e3;
        unit = next;
    }
    format!("{} {unit}", number(value))
}

fn thousands(value: f64) -> String {
    let digits = format!("{:.0}", value.abs());
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if value < 0.0 { format!("-{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_told_by_the_digits_that_matter() {
        let told = [0.0, 0.0123, 0.5, 4.5678, 45.678, 456.78, 1_234_567.0, -1_000.0].map(number);
        assert_eq!(told, ["0", "0.0123", "0.5", "4.57", "45.7", "457", "1,234,567", "-1,000"]);
    }

    #[test]
    fn units_are_those_that_people_say() {
        let told = |value, unit| Amount { value, unit }.to_string();
        assert_eq!(told(35.84e9, Unit::Bytes), "35.8 GB");
        assert_eq!(told(0.329, Unit::Seconds), "0.329 s");
        assert_eq!(told(0.0017, Unit::Seconds), "1.7 ms");
        assert_eq!(told(1e-20, Unit::Seconds), "0 s");
        assert_eq!(told(7_200.0, Unit::Seconds), "120 min");
        assert_eq!(told(172_800.0, Unit::Seconds), "48 h");
        assert_eq!(told(0.3, Unit::Share), "30 %");
        assert_eq!(told(9.4e12, Unit::Operations), "9.4 TFLOP");
        assert_eq!(told(100.0, Unit::PerSecond), "100/s");
    }
}
