//! Reports as tables.

use actix_web::web::Bytes;
use vitrine_core::reports::{
    Conversion, Difference, ExperimentReport, Latency, Overview, Queries, Rate,
};

use super::word;
use crate::spreadsheet::{harmless, rows};

type Row = Vec<String>;

fn table(head: &str, body: impl IntoIterator<Item = Row>) -> Bytes {
    let head = head.split(' ').map(str::to_owned).collect();
    rows(std::iter::once(head).chain(body))
}

/// A number, or nothing where there is none.
fn known(value: Option<impl ToString>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

/// A share as a reader of tables wants it.
fn share(share: f64) -> String {
    format!("{share:.6}")
}

fn rate(rate: &Rate) -> [String; 5] {
    let Rate { hits, of, rate, low, high } = rate;
    [hits.to_string(), of.to_string(), known(rate.map(share)), share(*low), share(*high)]
}

pub(super) fn overview(report: &Overview) -> Bytes {
    let days = report.days.iter().flat_map(|day| {
        [("looks", &day.looks), ("searches", &day.searches)].map(|(kind, totals)| {
            let counts = [
                totals.answers,
                totals.matched,
                totals.cached,
                totals.degraded,
                totals.viewed,
                totals.clicked,
                totals.added_to_cart,
                totals.purchased,
                totals.liked,
                totals.disliked,
            ];
            let named = [day.day.date().to_string(), kind.to_owned()];
            named.into_iter().chain(counts.map(|count| count.to_string())).collect()
        })
    });
    let head = "day kind answers matched cached degraded viewed clicked added_to_cart purchased \
                liked disliked";
    table(head, days)
}

pub(super) fn conversion(report: &Conversion) -> Bytes {
    let kinds = [("looks", &report.looks), ("searches", &report.searches)];
    let steps = kinds.into_iter().flat_map(|(kind, steps)| {
        let steps = [
            ("matched", &steps.matched),
            ("clicked", &steps.clicked),
            ("added_to_cart", &steps.added_to_cart),
            ("purchased", &steps.purchased),
            ("liked", &steps.liked),
        ];
        steps.map(|(step, share)| [kind, step].map(str::to_owned).into_iter().chain(rate(share)))
    });
    table("kind step hits of rate low high", steps.map(Iterator::collect))
}

/// The garments that were sought most, and those that most often had no match and are not among
/// them.
pub(super) fn queries(report: &Queries) -> Bytes {
    let rarer = report.unmatched.iter().filter(|garment| !report.sought.contains(garment));
    let garments = report.sought.iter().chain(rarer).map(|garment| {
        vec![
            garment.category.to_string(),
            known(garment.colour),
            garment.garments.to_string(),
            garment.unmatched.to_string(),
        ]
    });
    table("category colour garments unmatched", garments)
}

pub(super) fn latency(report: &Latency) -> Bytes {
    let measures = report.measures.iter().map(|it| {
        let percentiles = [it.p50, it.p90, it.p95, it.p99].map(known);
        [word(it.measure), it.answers.to_string()].into_iter().chain(percentiles).collect()
    });
    table("measure answers p50_ms p90_ms p95_ms p99_ms", measures)
}

pub(super) fn experiments(report: &ExperimentReport) -> Bytes {
    let variants = report.experiments.iter().flat_map(|experiment| {
        experiment.variants.iter().flat_map(move |variant| {
            let against = variant.against_control;
            let outcomes = [
                ("clicked", &variant.clicked, against.map(|it| it.clicked)),
                ("added_to_cart", &variant.added_to_cart, against.map(|it| it.added_to_cart)),
                ("purchased", &variant.purchased, against.map(|it| it.purchased)),
            ];
            outcomes.map(|(outcome, share, against)| {
                let named = [
                    harmless(&experiment.name.to_string()),
                    experiment.running.to_string(),
                    harmless(&variant.name.to_string()),
                    outcome.to_owned(),
                ];
                named.into_iter().chain(rate(share)).chain(difference(against)).collect()
            })
        })
    });
    let head = "experiment running variant outcome hits visitors rate low high difference \
                difference_low difference_high verdict";
    table(head, variants)
}

/// Nothing for the control.
fn difference(against: Option<Difference>) -> [String; 4] {
    let Some(Difference { difference, low, high, verdict }) = against else {
        return <[String; 4]>::default();
    };
    [known(difference.map(share)), share(low), share(high), word(verdict)]
}
