use std::process::ExitCode;

use comfy_table::{ContentArrangement, Table, presets::UTF8_BORDERS_ONLY};

use super::out;
use crate::{
    error::Error,
    planning::{Ask, Plan},
};

/// Prints what to run and how that came about.
pub(super) fn run(ask: &Ask, json: bool) -> Result<ExitCode, Error> {
    let plan = Plan::of(ask).map_err(|error| Error::Refused(error.to_string()))?;
    if json { out::json(&plan) } else { out::write(&told(&plan)) }
}

fn told(plan: &Plan) -> String {
    let mut text = plan.summary();
    for warning in &plan.warnings {
        text.push_str(&format!("\nNote: {warning}\n"));
    }
    for section in &plan.sections {
        let mut table = Table::new();
        table
            .load_style(UTF8_BORDERS_ONLY)
            .set_content_arrangement(ContentArrangement::Dynamic)
            .set_header(["what", "how much", "how", "from"]);
        for row in &section.rows {
            let (amount, source) = (row.amount.to_string(), row.source.to_string());
            table.add_row([row.what, &amount, &row.working, &source]);
        }
        text.push_str(&format!("\n{}\n{table}\n", section.title));
    }
    text.push_str(&format!("\nSettings\n\n{}", plan.settings));
    text
}
