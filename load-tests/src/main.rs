//! What must hold as a ratio, measured in one run.

mod import;
mod measure;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "load-tests", about = "Measures steps of the work next to their bare libraries.")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// An import, step by step: reading the feed, writing the catalog, indexing.
    Import(import::Args),
}

#[tokio::main]
async fn main() -> ExitCode {
    let Command::Import(args) = Cli::parse().command;
    match import::run(&args).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
