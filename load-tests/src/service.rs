//! The service that a load is put on where none is named. It has a process of its own, so that
//! what this process holds is the service's alone.

use std::io;

use serde_json::json;
use vitrine_api::Role;
use vitrine_tests::Service;
pub(crate) use vitrine_tests::demo;

use crate::measure::Outcome;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// A setting of the service, as NAME=VALUE.
    #[arg(long)]
    set: Vec<String>,
}

/// Requests are counted as ever, and none is too many.
const BUSY: [&str; 2] = ["limits.caller_per_minute=1000000", "limits.merchant_per_minute=1000000"];

/// Starts it, says in one line where it is and who may ask it, and ends with whoever started it.
pub(crate) fn run(args: &Args) -> Outcome<()> {
    let settings: Vec<&str> = BUSY.into_iter().chain(args.set.iter().map(String::as_str)).collect();
    let service = Service::working(&settings);
    let host = service.url("");
    let agent = service.token_of(Role::Agent);
    println!(
        "{}",
        json!({"host": host, "shopper": service.token, "agent": agent, "merchant": service.keeper})
    );
    io::copy(&mut io::stdin(), &mut io::sink())?;
    Ok(())
}
