//! What is written for the eyes of the service's own account alone: the catalog holds conversations
//! and the secrets of webhooks.

use std::{
    fs::{DirBuilder, OpenOptions},
    io::{Result, Write},
    path::Path,
};

/// A folder, and those above it that are not there; one that is there stays as it is.
pub(crate) fn folder(path: &Path) -> Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Writes a file that was not there.
pub(crate) fn write(file: &Path, bytes: &[u8]) -> Result<()> {
    if let Some(above) = file.parent() {
        folder(above)?;
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file)?.write_all(bytes)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn mode(path: &Path) -> u32 {
        path.metadata().unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn what_is_made_is_for_its_owner_alone_and_what_is_there_stays() {
        let place = tempfile::tempdir().unwrap();
        let data = place.path().join("shop/data");
        write(&data.join("secret"), b"secret").unwrap();
        assert_eq!(mode(&data), 0o700);
        assert_eq!(mode(data.parent().unwrap()), 0o700);
        assert_eq!(mode(&data.join("secret")), 0o600);
        assert!(write(&data.join("secret"), b"another").is_err());
        std::fs::set_permissions(&data, std::fs::Permissions::from_mode(0o750)).unwrap();
        folder(&data).unwrap();
        assert_eq!(mode(&data), 0o750);
    }
}
