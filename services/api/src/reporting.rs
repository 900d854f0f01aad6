//! Reports on their way out: as JSON, as a chart (SVG), or as a table (CSV); the same figures in
//! three shapes.

mod charts;
mod drawing;
mod tables;

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{self, AcceptLanguage, Header},
    web::Bytes,
};
use serde::Serialize;
use vitrine_core::reports::{Conversion, ExperimentReport, Latency, Overview, Queries};

use crate::{accept::accepts, pages::Words, problem::Problem, problems::Code, spreadsheet::CSV};

/// A report that can be drawn and laid out as a table.
pub(crate) trait Reported: Serialize {
    /// What a file of it is called.
    const NAME: &'static str;

    /// As SVG, in the language of these words.
    fn chart(&self, words: Words) -> Result<String, drawing::Undrawn>;

    fn table(&self) -> Bytes;
}

macro_rules! reported {
    ($($report:ty, $name:literal, $chart:path, $table:path;)+) => {$(
        impl Reported for $report {
            const NAME: &'static str = $name;

            fn chart(&self, words: Words) -> Result<String, drawing::Undrawn> {
                $chart(self, words)
            }

            fn table(&self) -> Bytes {
                $table(self)
            }
        }
    )+};
}

reported! {
    Overview, "overview", charts::overview, tables::overview;
    Conversion, "conversion", charts::conversion, tables::conversion;
    Queries, "queries", charts::queries, tables::queries;
    Latency, "latency", charts::latency, tables::latency;
    ExperimentReport, "experiments", charts::experiments, tables::experiments;
}

/// Answers in the shape that the client accepts.
pub(crate) fn answer<R: Reported>(http: &HttpRequest, report: &R) -> Result<HttpResponse, Problem> {
    let mut answer = HttpResponse::Ok();
    answer.insert_header((header::VARY, "Accept, Accept-Language"));
    if accepts(http.headers(), "image/svg+xml") {
        let chart = report.chart(language(http)).map_err(|error| {
            tracing::error!(%error, report = R::NAME, "a chart can not be drawn");
            Problem::of(Code::Internal)
        })?;
        return Ok(answer.content_type("image/svg+xml").body(chart));
    }
    if accepts(http.headers(), "text/csv") {
        let name = format!("attachment; filename=\"{}.csv\"", R::NAME);
        answer.insert_header((header::CONTENT_DISPOSITION, name));
        return Ok(answer.content_type(CSV).body(report.table()));
    }
    Ok(answer.json(report))
}

/// The first of the client's languages that there are words in.
fn language(http: &HttpRequest) -> Words {
    let asked = AcceptLanguage::parse(http).map(|asked| asked.ranked()).unwrap_or_default();
    let mut tags = asked.iter().filter_map(|tag| tag.item());
    tags.find_map(|tag| Words::of(tag.primary_language())).unwrap_or_default()
}

/// What a word is called in JSON.
fn word(value: impl Serialize) -> String {
    let value = serde_json::to_value(value).unwrap_or_default();
    value.as_str().unwrap_or_default().to_owned()
}
