//! What must hold as a ratio, measured in one run.

mod bench;
mod import;
mod looks;
mod measure;
mod peer;

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
    /// All that must hold as a ratio, next to the figures that were kept last.
    Bench(bench::Args),
    /// An import, step by step: reading the feed, writing the catalog, indexing.
    Import(import::Args),
    /// Looks through the whole service with the small models.
    Looks(looks::Args),
    /// Looks next to the same work in Python.
    Peer(peer::Args),
}

#[tokio::main]
async fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Bench(args) => bench::run(&args).await,
        Command::Import(args) => import::run(&args).await,
        Command::Looks(args) => looks::run(&args).await,
        Command::Peer(args) => peer::run(&args).await,
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
