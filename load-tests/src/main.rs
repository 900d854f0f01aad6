//! What must hold as a ratio, measured in one run, and what holds under load.

mod bench;
mod import;
mod load;
mod looks;
mod measure;
mod paint;
mod peer;
mod progress;
mod service;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(
    name = "load-tests",
    about = "Measures steps of the work next to their bare libraries, and the service under load."
)]
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
    /// Shoppers, agents and merchants at a running service, all at once and for a while.
    Load(load::Args),
    /// The service that `load` asks where no other is named.
    #[command(hide = true)]
    Service(service::Args),
    /// Hours' worth of looks as fast as they go, with an eye on memory and descriptors.
    Endure(load::endure::Args),
    /// Looks next to the same work in Python.
    Peer(peer::Args),
}

#[tokio::main]
async fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Bench(args) => bench::run(&args).await,
        Command::Import(args) => import::run(&args).await,
        Command::Looks(args) => looks::run(&args).await,
        Command::Endure(args) => load::endure::run(&args).await,
        Command::Load(args) => load::run(&args).await,
        Command::Service(args) => service::run(&args),
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
