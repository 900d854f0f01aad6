mod backup;
mod demo;
mod doctor;
mod eval;
mod eval_matches;
mod export;
mod health;
mod import;
mod key;
mod look;
mod migrate;
mod openapi;
mod plan;
mod serve;
mod table;
mod token;

use std::{io::IsTerminal, process::ExitCode};

use tracing_subscriber::EnvFilter;
use vitrine_core::{feed::FeedOptions, imports::ImportOptions};

use crate::{
    cli::{Cli, Command, EvalCommand},
    error::Error,
    settings::{Log, LogFormat, Settings},
};

/// What commands that end log: warnings, but those of the index, which speak to its own makers.
const QUIET: &str = "warn,qdrant_edge=error";

/// Does what the command line says.
pub async fn run(cli: Cli) -> Result<ExitCode, Error> {
    let listen = match &cli.command {
        Command::Demo { listen } | Command::Serve { listen } => listen.as_deref(),
        _ => None,
    };
    let settings = Settings::read(&cli.common, listen)?;
    let serves = matches!(cli.command, Command::Demo { .. } | Command::Serve { .. });
    log(&settings.log, serves)?;
    match cli.command {
        Command::Demo { .. } => demo::run(&settings).await,
        Command::Serve { .. } => serve::run(&settings).await,
        Command::Health { ready } => health::run(&settings, ready).await,
        Command::Token { role, merchant, days } => token::run(&settings, role, &merchant, days),
        Command::Key { command } => key::run(&settings, command).await,
        Command::Look { photo, merchant, text, limit, complete_the_look, locale, json } => {
            let asked =
                look::Asked { photo, merchant, text, limit, complete_the_look, locale, json };
            look::run(&settings, asked).await
        }
        Command::Import {
            feed,
            merchant,
            dialect,
            currency,
            mode,
            dry_run,
            force,
            enrich,
            json,
        } => {
            let reading = FeedOptions { dialect, currency };
            let options = ImportOptions { mode: mode.into(), dry_run, force, enrich };
            import::run(&settings, import::Asked { feed, merchant, reading, options, json }).await
        }
        Command::Openapi { check } => openapi::run(check.as_deref()),
        Command::Backup { to } => backup::backup(&settings, &to).await,
        Command::Restore { from, replace } => backup::restore(&settings, &from, replace).await,
        Command::Migrate { check } => migrate::run(&settings, check).await,
        Command::Export { out, merchant, dialect, currency } => {
            export::run(&settings, &out, &merchant, dialect, currency).await
        }
        Command::Eval {
            command: EvalCommand::Photos { photos, limit, json, seen, reliability, confusion },
        } => {
            eval::run(&settings, eval::Asked { photos, limit, json, seen, reliability, confusion })
                .await
        }
        Command::Eval { command: EvalCommand::Matches { folder, limit, boxes, tune, json } } => {
            let asked = eval_matches::Asked { folder, limit, boxes, tune, json };
            eval_matches::run(settings, asked).await
        }
        Command::Plan { ask, json } => plan::run(&ask, json),
        Command::Doctor { repair } => doctor::run(&settings, repair).await,
    }
}

/// Logs to standard error; commands that end log warnings alone.
fn log(log: &Log, serves: bool) -> Result<(), Error> {
    let filter = if serves { log.filter.as_str() } else { QUIET };
    let filter = EnvFilter::try_new(filter)
        .map_err(|error| Error::Settings(format!("`log.filter` can not be read: {error}")))?;
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    match log.format {
        LogFormat::Text => builder.with_target(false).init(),
        LogFormat::Json => builder.json().init(),
    }
    Ok(())
}
