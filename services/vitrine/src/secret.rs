use std::path::Path;

use rand::TryRngCore;
use vitrine_api::TokenKeys;

use crate::{error::Error, private};

/// The keys that sign tokens, from a file; the file is made with a fresh secret, for its owner's
/// eyes only, where there is none.
pub(crate) fn keys(file: &Path) -> Result<TokenKeys, Error> {
    match std::fs::read(file) {
        Ok(secret) => Ok(TokenKeys::from_secret(secret.trim_ascii())?),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let secret = fresh()?;
            private::write(file, secret.as_bytes()).map_err(Error::file(file))?;
            Ok(TokenKeys::from_secret(secret.as_bytes())?)
        }
        Err(error) => Err(Error::file(file)(error)),
    }
}

/// 32 random bytes, as 64 hexadecimal digits.
fn fresh() -> Result<String, Error> {
    let mut bytes = [0_u8; 32];
    rand::rngs::OsRng
        .try_fill_bytes(&mut bytes)
        .map_err(|error| Error::Settings(format!("no random numbers to be had: {error}")))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{os::unix::fs::PermissionsExt, time::Duration};
    use vitrine_api::Role;
    use vitrine_core::ids::MerchantId;

    #[test]
    fn the_secret_is_made_once_for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("data/secret");
        let merchant = MerchantId::new("m").unwrap();
        let token =
            keys(&file).unwrap().issue(Role::Shopper, &merchant, Duration::from_secs(60)).unwrap();
        assert!(keys(&file).unwrap().check(&token).is_ok());
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_secret_that_is_too_short_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("secret");
        std::fs::write(&file, "short").unwrap();
        assert!(keys(&file).unwrap_err().to_string().contains("32"));
    }
}
