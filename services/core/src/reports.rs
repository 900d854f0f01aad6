//! What came of answers: everything that is counted, and the reports that are made of it.
//!
//! Counts are kept by day and only ever added to, so a report over any days is a sum, and stays
//! right when raw events are removed.

mod conversion;
mod counted;
mod days;
mod experiments;
mod interval;
mod latency;
mod overview;
mod queries;

pub use conversion::Conversion;
pub use counted::{Count, Counts, Family};
pub use days::{BadDays, Day, Days};
pub use experiments::ExperimentReport;
pub use interval::{Difference, Rate};
pub use latency::{Latency, Measure, bucket_of};
pub use overview::{Overview, Totals};
pub use queries::{Queries, SoughtGarment};
