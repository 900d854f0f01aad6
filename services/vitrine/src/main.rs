use std::process::ExitCode;

use clap::Parser;
use vitrine::{cli::Cli, run};

#[tokio::main]
async fn main() -> ExitCode {
    match run(Cli::parse()).await {
        Ok(code) => code,
        Err(error) => {
            eprintln!("vitrine: {error}");
            ExitCode::from(2)
        }
    }
}
