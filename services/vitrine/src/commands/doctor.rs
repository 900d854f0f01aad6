mod models;

use std::{path::Path, process::ExitCode};

use sysinfo::Disks;
use vitrine_core::indexing::Repaired;
use vitrine_stores::{EmbeddedIndex, Inspection, RedisStore, ServerIndex};

use crate::{
    app::App,
    database::Database,
    error::Error,
    people, private,
    search::{Search, written_for},
    secret,
    settings::Settings,
    steps::{Steps, bar},
};

/// Free space below which the stores may soon not be able to write, in bytes.
const LITTLE_SPACE: u64 = 1024 * 1024 * 1024;

/// What a check came to.
enum Verdict {
    Good(String),
    /// Works, but should be looked at.
    Doubtful(String),
    Bad(String),
}

use Verdict::{Bad, Doubtful, Good};

/// Checks everything, prints a line each, and fails if anything is bad.
pub(super) async fn run(settings: &Settings, repair: bool) -> Result<ExitCode, Error> {
    let mut bad = 0;
    let mut tell = |name: &str, verdict: Verdict| {
        let (sign, text) = match verdict {
            Good(text) => ("good", text),
            Doubtful(text) => ("look", text),
            Bad(text) => {
                bad += 1;
                ("bad ", text)
            }
        };
        println!("{sign}  {name:<10} {text}");
    };
    tell("settings", Good("read, no unknown keys".into()));
    tell("data", data(&settings.data.folder));
    tell("disk", disk(&settings.data.folder));
    tell("secret", secret_file(settings));
    if let Some(verdict) = issuer(settings).await {
        tell("issuer", verdict);
    }
    tell("catalog", catalog(settings).await);
    tell("redis", redis(settings).await);
    let (verdict, model) = models::vision(settings).await;
    tell("vision", verdict);
    tell("moderation", models::moderation(settings, model).await);
    let (verdict, embedder) = models::embedder(settings).await;
    tell("embedder", verdict);
    let (verdict, pictures) = models::pictures(settings).await;
    tell("pictures", verdict);
    if let Some(embedder) = embedder {
        let pictures = pictures.as_ref().map(|pictures| pictures.model());
        tell("index", index(settings, &written_for(embedder.model(), pictures)).await);
    }
    if repair {
        tell("repair", mend(settings).await);
    }
    tell("address", address(settings));
    Ok(if bad > 0 { ExitCode::from(1) } else { ExitCode::SUCCESS })
}

fn data(folder: &Path) -> Verdict {
    let probe = folder.join(".probe");
    let written = private::folder(folder)
        .and_then(|()| std::fs::write(&probe, b"probe"))
        .and_then(|()| std::fs::remove_file(&probe));
    match written {
        Ok(()) => Good(format!("{} can be written to", folder.display())),
        Err(error) => Bad(format!(
            "{} can not be written to ({error}); set data.folder to one that can",
            folder.display()
        )),
    }
}

fn disk(folder: &Path) -> Verdict {
    let Ok(folder) = folder.canonicalize() else {
        return Doubtful("the data folder is not there yet".into());
    };
    let disks = Disks::new_with_refreshed_list();
    let disk = disks
        .iter()
        .filter(|disk| folder.starts_with(disk.mount_point()))
        .max_by_key(|disk| disk.mount_point().as_os_str().len());
    match disk.map(sysinfo::Disk::available_space) {
        None => Doubtful("how much space is free could not be told".into()),
        Some(free) if free < LITTLE_SPACE => {
            Doubtful(format!("{} MiB free; make room, or set data.folder", free / 1024 / 1024))
        }
        Some(free) => Good(format!("{} GiB free", free / 1024 / 1024 / 1024)),
    }
}

fn secret_file(settings: &Settings) -> Verdict {
    let file = settings.secret_file();
    match secret::keys(&file) {
        Ok(_) => Good(format!("in {}", file.display())),
        Err(error) => Bad(error.to_string()),
    }
}

/// Fetches the keys of the issuer whose tokens are taken, where there is one.
async fn issuer(settings: &Settings) -> Option<Verdict> {
    let issuer = match people::issuer(settings).transpose()? {
        Ok(issuer) => issuer,
        Err(error) => return Some(Bad(error.to_string())),
    };
    let address = settings.tokens.jwks.as_deref().unwrap_or_default();
    Some(match issuer.look().await {
        Err(trouble) => Bad(format!("{address}: {trouble}; set `tokens.jwks` to the right one")),
        Ok(keys) if address.starts_with("https:") => Good(format!("{keys} keys at {address}")),
        Ok(keys) => Doubtful(format!(
            "{keys} keys at {address}; who stands in between can put others there, so use https"
        )),
    })
}

async fn catalog(settings: &Settings) -> Verdict {
    let opened = match Database::open(settings).await {
        Ok(catalog) => catalog,
        Err(error) => return Bad(error.to_string()),
    };
    let checked = opened.catalog.check().await;
    let behind = opened.catalog.changes(usize::MAX).await.map(|changes| changes.len());
    opened.close().await;
    match (checked, behind) {
        (Ok(()), Ok(0)) => Good("read and written; the index knows it all".into()),
        (Ok(()), Ok(behind)) => {
            Good(format!("read and written; {behind} products wait to be indexed"))
        }
        (Err(error), _) | (_, Err(error)) => Bad(error.to_string()),
    }
}

async fn redis(settings: &Settings) -> Verdict {
    let Some(redis) = settings.redis() else {
        return Good("not used; each process remembers and counts for itself".into());
    };
    match RedisStore::version(&redis).await {
        Ok(version) => Good(format!("{version}, keys begin with `{}:`", redis.prefix)),
        // The service works without it.
        Err(error) => Doubtful(error.to_string()),
    }
}

async fn index(settings: &Settings, models: &str) -> Verdict {
    if let Some(server) = settings.index_server() {
        return match ServerIndex::version(&server).await {
            Ok(version) => Good(format!("Qdrant {version} at {}", server.url)),
            Err(error) => Bad(error.to_string()),
        };
    }
    match EmbeddedIndex::inspect(&settings.data.folder.join("index")) {
        Ok(Inspection::Absent) => Good("not there yet; it is made at the first start".into()),
        Ok(Inspection::Held) => Good("held by the running service".into()),
        Ok(Inspection::Free { model }) if model == models => Good("ready".into()),
        Ok(Inspection::Free { model }) => {
            Doubtful(format!("written by {model}; it is built anew at the next start"))
        }
        Err(error) => Bad(error.to_string()),
    }
}

/// Compares the index with the catalog and mends it.
async fn mend(settings: &Settings) -> Verdict {
    match Search::is_held(settings) {
        Ok(false) => {}
        Ok(true) => {
            let text = "the running service holds the index; stop it, or have it built anew by \
                        POST /v1/catalog/reindex";
            return Bad(text.into());
        }
        Err(error) => return Bad(error.to_string()),
    }
    let app = match App::open(settings, &Steps::new(true)).await {
        Ok(app) => app,
        Err(error) => return Bad(error.to_string()),
    };
    let progress = bar("repair", 0, "products");
    let repaired = app
        .indexer
        .repair(|done, total| {
            progress.set_length(total);
            progress.set_position(done);
        })
        .await;
    progress.finish_and_clear();
    app.close().await;
    match repaired {
        Ok(Repaired { products, written: 0, removed: 0 }) => {
            Good(format!("{products} products compared; the index holds them all as they are"))
        }
        Ok(Repaired { products, written, removed }) => Good(format!(
            "{products} products compared, {written} written again, {removed} removed from the index"
        )),
        Err(error) => Bad(error.to_string()),
    }
}

fn address(settings: &Settings) -> Verdict {
    let address = &settings.server.listen;
    match std::net::TcpListener::bind(address) {
        Ok(_) => Good(format!("{address} is free")),
        Err(_) if settings.data.folder.join("address").is_file() => {
            Good(format!("{address} is held by the running service"))
        }
        Err(error) => Bad(format!("{address}: {error}; set server.listen to another")),
    }
}
