//! TLS in this process: a certificate that is read anew when its files change, so that a renewed one
//! needs no new start.

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use rustls::{
    ServerConfig,
    crypto::{CryptoProvider, aws_lc_rs},
    pki_types::{CertificateDer, PrivateKeyDer, pem, pem::PemObject},
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
};

/// A certificate with the chain up to its authority, and its private key, each in a PEM file.
pub struct Certificate {
    chain_file: PathBuf,
    key_file: PathBuf,
    current: RwLock<Arc<CertifiedKey>>,
}

/// Why a certificate can not be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    #[error("{}: {error}; it is to hold a certificate and its chain, as PEM", .file.display())]
    Chain { file: PathBuf, error: pem::Error },
    #[error("{}: {error}; it is to hold one private key, as PEM, that no password protects", .file.display())]
    Key { file: PathBuf, error: pem::Error },
    #[error("{} is not the key of {}, or of a kind that can not be used: {error}", .key.display(), .chain.display())]
    Pair { chain: PathBuf, key: PathBuf, error: rustls::Error },
    #[error("TLS can not be spoken: {0}")]
    Protocol(rustls::Error),
}

impl Certificate {
    /// Reads both files.
    pub fn read(chain_file: &Path, key_file: &Path) -> Result<Self, TlsError> {
        let current = RwLock::new(Arc::new(pair(chain_file, key_file)?));
        Ok(Self { chain_file: chain_file.to_owned(), key_file: key_file.to_owned(), current })
    }

    /// Looks at the files now and then, for as long as it is polled. Those that can not be used leave
    /// what was read before.
    pub async fn keep_new(self: Arc<Self>, every: Duration) {
        loop {
            tokio::time::sleep(every).await;
            let this = Arc::clone(&self);
            match tokio::task::spawn_blocking(move || this.renew()).await {
                Ok(Ok(false)) => {}
                Ok(Ok(true)) => tracing::info!("a new certificate is shown from now on"),
                Ok(Err(error)) => {
                    tracing::error!(%error, "the certificate stays as it was");
                }
                Err(error) => tracing::error!(%error, "looking at the certificate broke"),
            }
        }
    }

    /// Reads the files again; answers whether they hold another certificate.
    fn renew(&self) -> Result<bool, TlsError> {
        let new = pair(&self.chain_file, &self.key_file)?;
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        let is_new = current.cert != new.cert;
        if is_new {
            *current = Arc::new(new);
        }
        Ok(is_new)
    }

    /// What a server speaks TLS by, in versions 1.2 and 1.3.
    pub(crate) fn config(self: &Arc<Self>) -> Result<ServerConfig, TlsError> {
        let config = ServerConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .map_err(TlsError::Protocol)?;
        let shown: Arc<dyn ResolvesServerCert> = Arc::clone(self) as _;
        Ok(config.with_no_client_auth().with_cert_resolver(shown))
    }
}

impl ResolvesServerCert for Certificate {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner)))
    }
}

impl fmt::Debug for Certificate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Certificate").field(&self.chain_file).finish()
    }
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(aws_lc_rs::default_provider())
}

fn pair(chain_file: &Path, key_file: &Path) -> Result<CertifiedKey, TlsError> {
    let unread = |error| TlsError::Chain { file: chain_file.to_owned(), error };
    let chain: Vec<CertificateDer<'_>> =
        CertificateDer::pem_file_iter(chain_file).and_then(Iterator::collect).map_err(unread)?;
    if chain.is_empty() {
        return Err(unread(pem::Error::NoItemsFound));
    }
    let key = PrivateKeyDer::from_pem_file(key_file)
        .map_err(|error| TlsError::Key { file: key_file.to_owned(), error })?;
    CertifiedKey::from_der(chain, key, &provider()).map_err(|error| TlsError::Pair {
        chain: chain_file.to_owned(),
        key: key_file.to_owned(),
        error,
    })
}
