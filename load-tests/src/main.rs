//! What must hold as a ratio, measured in one run.

mod import;
mod looks;
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
    /// Looks through the whole service with the small models.
    Looks(looks::Args),
}

#[tokio::main]
async fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Import(args) => import::run(&args).await,
        Command::Looks(args) => looks::run(&args).await,
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
