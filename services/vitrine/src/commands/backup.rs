//! Copies of the embedded catalog, and the way back. The index is no part of them: it is built anew
//! from the catalog.

use std::{
    fs, io,
    path::{Path, PathBuf},
    process::ExitCode,
};

use vitrine_stores::{EmbeddedIndex, Inspection, SqliteCatalog};

use crate::{database, error::Error, private, settings::Settings};

/// What a backup holds.
const CATALOG: &str = "catalog.sqlite";
const SECRET: &str = "secret";

/// Copies the catalog and the secret that signs tokens into a new folder; the service may run
/// meanwhile.
pub(super) async fn backup(settings: &Settings, to: &Path) -> Result<ExitCode, Error> {
    let catalog = embedded(settings)?;
    if !catalog.is_file() {
        return Err(Error::Refused(format!("there is no catalog at {}", catalog.display())));
    }
    if to.exists() {
        let message = format!("{} is there already; name a folder that is not", to.display());
        return Err(Error::Refused(message));
    }
    let begun = beside(to, "begun");
    gone(fs::remove_dir_all(&begun)).map_err(Error::file(&begun))?;
    private::folder(&begun).map_err(Error::file(&begun))?;
    let copy = begun.join(CATALOG);
    SqliteCatalog::copy(&catalog, &copy).await?;
    fs::File::open(&copy).and_then(|file| file.sync_all()).map_err(Error::file(&copy))?;
    let secret_file = settings.secret_file();
    if let Some(secret) = read(&secret_file)? {
        let copy = begun.join(SECRET);
        private::write(&copy, &secret).map_err(Error::file(&copy))?;
    }
    fs::rename(&begun, to).map_err(Error::file(to))?;
    let bytes = to.join(CATALOG).metadata().map_err(Error::file(to))?.len();
    println!("{}: the catalog, {} KiB, and the secret", to.display(), bytes.div_ceil(1024));
    Ok(ExitCode::SUCCESS)
}

/// Puts what a backup holds into the data folder. A catalog that is there is put aside, if that is
/// allowed.
pub(super) async fn restore(
    settings: &Settings,
    from: &Path,
    replace: bool,
) -> Result<ExitCode, Error> {
    let catalog = embedded(settings)?;
    let index = settings.data.folder.join("index");
    if EmbeddedIndex::inspect(&index)? == Inspection::Held {
        let folder = settings.data.folder.display();
        return Err(Error::Refused(format!("a service has {folder} open; end it first")));
    }
    if catalog.exists() && !replace {
        return Err(Error::Refused(format!(
            "{} is there already; with --replace it is put aside",
            catalog.display()
        )));
    }
    let kept = from.join(CATALOG);
    let begun = beside(&catalog, "restored");
    fs::copy(&kept, &begun).map_err(Error::file(&kept))?;
    let sound = sound(&begun).await;
    if let Err(error) = sound {
        remove(&begun)?;
        return Err(error);
    }
    let secret_file = settings.secret_file();
    if let Some(secret) = read(&from.join(SECRET))? {
        gone(fs::remove_file(&secret_file)).map_err(Error::file(&secret_file))?;
        private::write(&secret_file, &secret).map_err(Error::file(&secret_file))?;
    }
    gone(fs::remove_dir_all(&index)).map_err(Error::file(&index))?;
    if catalog.exists() {
        let aside = beside(&catalog, "replaced");
        SqliteCatalog::copy(&catalog, &fresh(&aside)?).await?;
        remove(&catalog)?;
        println!("what was there is in {}", aside.display());
    }
    fs::rename(&begun, &catalog).map_err(Error::file(&catalog))?;
    println!(
        "{} holds the backup; the next start brings its tables up to this version and builds the \
         index",
        catalog.display()
    );
    Ok(ExitCode::SUCCESS)
}

/// The catalog's file, where it is one.
fn embedded(settings: &Settings) -> Result<PathBuf, Error> {
    if settings.data.database.is_some() {
        let message = "the catalog is in PostgreSQL; copy it with pg_dump, and bring it back with \
                       pg_restore";
        return Err(Error::Refused(message.into()));
    }
    database::file(settings)
}

/// Whether a file is a catalog that is whole and that this version knows.
async fn sound(file: &Path) -> Result<(), Error> {
    SqliteCatalog::migrations(file).await?;
    let damage = SqliteCatalog::damage(file).await?;
    match damage.first() {
        None => Ok(()),
        Some(first) => Err(Error::Refused(format!("the backup is damaged: {first}"))),
    }
}

fn read(file: &Path) -> Result<Option<Vec<u8>>, Error> {
    match fs::read(file) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::file(file)(error)),
    }
}

/// `catalog.sqlite.restored` beside `catalog.sqlite`.
fn beside(file: &Path, word: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".");
    name.push(word);
    name.into()
}

/// A place where nothing is.
fn fresh(file: &Path) -> Result<PathBuf, Error> {
    remove(file)?;
    Ok(file.to_owned())
}

/// Removes a database's file and what SQLite keeps beside it.
fn remove(file: &Path) -> Result<(), Error> {
    for end in ["", "-wal", "-shm"] {
        let mut name = file.as_os_str().to_owned();
        name.push(end);
        let file = PathBuf::from(name);
        gone(fs::remove_file(&file)).map_err(Error::file(&file))?;
    }
    Ok(())
}

/// What is not there needs no removing.
fn gone(removed: io::Result<()>) -> io::Result<()> {
    match removed {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        outcome => outcome,
    }
}
