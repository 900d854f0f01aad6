use std::{process::ExitCode, time::Duration};

use vitrine_api::Role;
use vitrine_core::ids::MerchantId;

use crate::{error::Error, secret, settings::Settings};

pub(super) fn run(
    settings: &Settings,
    role: Role,
    merchant: &MerchantId,
    days: u64,
) -> Result<ExitCode, Error> {
    let keys = secret::keys(&settings.secret_file())?;
    let token = keys.issue(role, merchant, Duration::from_secs(days * 24 * 60 * 60))?;
    println!("{token}");
    Ok(ExitCode::SUCCESS)
}
