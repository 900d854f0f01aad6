//! Reports as charts.

use std::collections::HashMap;

use vitrine_core::reports::{
    Conversion, Day, ExperimentReport, Latency, Overview, Queries, Rate, SoughtGarment, Totals,
};

use super::{
    drawing::{Bar, Line, Scale, Tone, Undrawn, bars, lines},
    word,
};
use crate::pages::Words;

/// Garments in a chart; the table has all.
const GARMENTS: usize = 12;

/// Answers and those with a match, day by day.
pub(super) fn overview(report: &Overview, words: Words) -> Result<String, Undrawn> {
    let by_day: HashMap<Day, _> = report.days.iter().map(|day| (day.day, day)).collect();
    let days: Vec<Day> = (report.from.0..=report.to.0).map(Day).collect();
    let none = Totals::default();
    let of = |value: fn(&Totals, &Totals) -> u64| -> Vec<u64> {
        let totals = days.iter().map(|day| by_day.get(day).copied());
        totals
            .map(|day| {
                day.map_or_else(|| value(&none, &none), |day| value(&day.looks, &day.searches))
            })
            .collect()
    };
    let line = |key, tone, values| Line { name: words.say(key), tone, values };
    let drawn = [
        line("chart.looks", Tone::Main, of(|looks, _| looks.answers)),
        line("chart.looks_matched", Tone::Soft, of(|looks, _| looks.matched)),
        line("chart.searches", Tone::Other, of(|_, searches| searches.answers)),
    ];
    let dates: Vec<String> =
        days.iter().map(|day| day.date().strftime("%m-%d").to_string()).collect();
    lines(&words.say("chart.overview"), &dates, &drawn)
}

/// How far answers led, each step as a share of all answers.
pub(super) fn conversion(report: &Conversion, words: Words) -> Result<String, Undrawn> {
    let kinds = [("chart.looks", &report.looks), ("chart.searches", &report.searches)];
    let rows = kinds.into_iter().flat_map(|(kind, steps)| {
        let steps = [
            ("chart.matched", &steps.matched),
            ("chart.clicked", &steps.clicked),
            ("chart.added_to_cart", &steps.added_to_cart),
            ("chart.purchased", &steps.purchased),
        ];
        steps.map(|(step, rate)| share(format!("{}: {}", words.say(kind), words.say(step)), rate))
    });
    bars(&words.say("chart.conversion"), &rows.collect::<Vec<_>>(), Scale::Share, &[])
}

/// What is sought and not sold.
pub(super) fn queries(report: &Queries, words: Words) -> Result<String, Undrawn> {
    let chosen = if report.unmatched.is_empty() { &report.sought } else { &report.unmatched };
    let rows = chosen.iter().take(GARMENTS).map(|garment| Bar {
        name: named(garment, words),
        value: garment.unmatched as f64,
        behind: Some(garment.garments as f64),
        interval: None,
    });
    let legend =
        [(words.say("chart.unmatched"), Tone::Main), (words.say("chart.sought"), Tone::Back)];
    bars(&words.say("chart.queries"), &rows.collect::<Vec<_>>(), Scale::Count, &legend)
}

fn named(garment: &SoughtGarment, words: Words) -> String {
    let kind = words.say(&format!("category.{}", garment.category));
    match garment.colour {
        Some(colour) => format!("{kind}, {}", words.say(&format!("colour.{colour}"))),
        None => kind,
    }
}

/// How long answers took.
pub(super) fn latency(report: &Latency, words: Words) -> Result<String, Undrawn> {
    let rows = report.measures.iter().map(|measure| Bar {
        name: words.say(&format!("chart.measure.{}", word(measure.measure))),
        value: measure.p50.unwrap_or_default() as f64,
        behind: measure.p95.map(|time| time as f64),
        interval: None,
    });
    let legend = [("p50".to_owned(), Tone::Main), ("p95".to_owned(), Tone::Back)];
    bars(&words.say("chart.latency"), &rows.collect::<Vec<_>>(), Scale::Milliseconds, &legend)
}

/// The share of each variant's visitors who clicked.
pub(super) fn experiments(report: &ExperimentReport, words: Words) -> Result<String, Undrawn> {
    let rows = report.experiments.iter().flat_map(|experiment| {
        let variants = experiment.variants.iter();
        variants.map(move |variant| {
            share(format!("{}: {}", experiment.name, variant.name), &variant.clicked)
        })
    });
    bars(&words.say("chart.experiments"), &rows.collect::<Vec<_>>(), Scale::Share, &[])
}

fn share(name: String, rate: &Rate) -> Bar {
    let interval = rate.rate.map(|_| (rate.low, rate.high));
    Bar { name, value: rate.rate.unwrap_or_default(), behind: None, interval }
}
