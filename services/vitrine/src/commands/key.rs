use std::process::ExitCode;

use jiff::{SignedDuration, Timestamp};
use vitrine_api::new_key_secret;
use vitrine_core::{
    ids::{KeyId, KeyName, MerchantId},
    keys::{Key, Keyring, MAX_KEYS},
    scope::Scope,
};

use crate::{
    cli::KeyCommand, database::Database, error::Error, people, settings::Settings, sharing::Sharing,
};

pub(super) async fn run(settings: &Settings, command: KeyCommand) -> Result<ExitCode, Error> {
    let shared = Sharing::open(settings)?.cache;
    let database = Database::open(settings).await?;
    let ring = people::keyring(&database, &shared);
    let done = match command {
        KeyCommand::Create { merchant, name, scopes, days } => {
            create(&ring, merchant, name, scopes, days).await
        }
        KeyCommand::List { merchant } => list(&ring, &merchant).await,
        KeyCommand::Revoke { merchant, id } => revoke(&ring, &merchant, id).await,
    };
    database.close().await;
    done.map(|()| ExitCode::SUCCESS)
}

/// Prints the secret alone, so that it can be piped to where it is kept.
async fn create(
    ring: &Keyring,
    merchant: MerchantId,
    name: KeyName,
    scopes: Vec<Scope>,
    days: Option<u32>,
) -> Result<(), Error> {
    let hours = |days: u32| SignedDuration::from_hours(i64::from(days) * 24);
    let expires = days.and_then(|days| Timestamp::now().checked_add(hours(days)).ok());
    let key = Key::new(merchant, name, scopes.into_iter().collect(), expires);
    let secret = new_key_secret()?;
    if !ring.create(&key, &secret).await? {
        let message = format!(
            "{} has {MAX_KEYS} keys already; revoke those that `vitrine key list` shows as unused",
            key.merchant
        );
        return Err(Error::Refused(message));
    }
    eprintln!("{} ({}) for {}; this is shown once:", key.id, key.scopes, key.merchant);
    println!("{}", secret.reveal());
    Ok(())
}

async fn list(ring: &Keyring, merchant: &MerchantId) -> Result<(), Error> {
    let now = Timestamp::now();
    for key in ring.list(merchant).await? {
        let ends = match key.expires {
            None => "never ends".to_owned(),
            Some(ended) if key.has_expired(now) => format!("ended {ended:.0}"),
            Some(ends) => format!("ends {ends:.0}"),
        };
        let used = key.used.map_or("never used".to_owned(), |used| format!("used {used:.0}"));
        let (id, name, scopes, created) = (key.id, key.name, key.scopes, key.created);
        println!("{id}  {name}  [{scopes}]  made {created:.0}, {ends}, {used}");
    }
    Ok(())
}

async fn revoke(ring: &Keyring, merchant: &MerchantId, id: KeyId) -> Result<(), Error> {
    if ring.revoke(merchant, id).await? {
        return Ok(());
    }
    Err(Error::Refused(format!(
        "{merchant} has no key {id}; `vitrine key list` shows those it has"
    )))
}
