use std::process::ExitCode;

use crate::{database::Database, error::Error, settings::Settings};

/// Brings the catalog's tables up to this version, or only says what is missing.
pub(super) async fn run(settings: &Settings, check: bool) -> Result<ExitCode, Error> {
    if check {
        let status = Database::migrations(settings).await?;
        for migration in &status.applied {
            println!("applied  {:04} {}", migration.version, migration.name);
        }
        for migration in &status.pending {
            println!("pending  {:04} {}", migration.version, migration.name);
        }
        let behind = !status.pending.is_empty();
        return Ok(if behind { ExitCode::from(1) } else { ExitCode::SUCCESS });
    }
    let made = Database::migrate(settings).await?;
    for migration in &made {
        println!("applied  {:04} {}", migration.version, migration.name);
    }
    if made.is_empty() {
        println!("the tables are of this version already");
    }
    Ok(ExitCode::SUCCESS)
}
