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
mod out;
mod plan;
mod serve;
mod settings;
mod table;
mod token;

use std::process::ExitCode;

use vitrine_core::{feed::FeedOptions, imports::ImportOptions};

use crate::{
    cli::{Cli, Command, Common, EvalCommand},
    error::Error,
    settings::Settings,
    telemetry::Telemetry,
};

/// Does what the command line says.
pub async fn run(cli: Cli) -> Result<ExitCode, Error> {
    let listen = match &cli.command {
        Command::Demo { listen } | Command::Serve { listen } => listen.as_deref(),
        _ => None,
    };
    let settings = Settings::read(&cli.common, listen)?;
    let serves = matches!(cli.command, Command::Demo { .. } | Command::Serve { .. });
    let telemetry = Telemetry::begin(&settings, serves)?;
    let outcome = perform(cli.command, settings, &cli.common).await;
    telemetry.close().await;
    outcome
}

async fn perform(command: Command, settings: Settings, common: &Common) -> Result<ExitCode, Error> {
    match command {
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
        Command::Settings { schema: true } => settings::schema(),
        Command::Settings { schema: false } => settings::run(&settings, common),
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
