//! TLS spoken by the service itself.

mod common;

use std::{path::Path, sync::Arc, time::Duration};

use common::{seeing_a_dress, start_with, token};
use rcgen::{CertifiedKey, KeyPair, generate_simple_self_signed};
use reqwest::Client;
use tempfile::tempdir;
use vitrine_api::{Certificate, ServerSettings};
use vitrine_core::admission::Admission;

/// Writes a certificate for `localhost` and its key; answers the certificate.
fn issue(chain: &Path, key: &Path) -> String {
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    std::fs::write(key, KeyPair::serialize_pem(&signing_key)).unwrap();
    std::fs::write(chain, cert.pem()).unwrap();
    cert.pem()
}

/// Who believes this certificate alone.
fn client(trusted: &str) -> Client {
    let trusted = reqwest::Certificate::from_pem(trusted.as_bytes()).unwrap();
    Client::builder().tls_certs_only([trusted]).build().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_with_a_certificate_speaks_tls_and_shows_a_renewed_one_without_a_new_start() {
    let folder = tempdir().unwrap();
    let (chain, key) = (folder.path().join("chain.pem"), folder.path().join("key.pem"));
    let first = issue(&chain, &key);
    let certificate = Arc::new(Certificate::read(&chain, &key).unwrap());
    tokio::spawn(Arc::clone(&certificate).keep_new(Duration::from_millis(50)));
    let settings = ServerSettings { tls: Some(certificate), ..ServerSettings::default() };
    let service = start_with(seeing_a_dress(), Admission::new(2, 8), settings).await;
    let url = format!("https://localhost:{}/v1/products/p1", service.address.port());
    let get = |client: Client| client.get(&url).bearer_auth(token()).send();

    let answer = get(client(&first)).await.unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["strict-transport-security"], "max-age=31536000");
    let plain = service.client.get(service.url("/healthz")).send().await;
    assert!(plain.is_err(), "{plain:?}");

    std::fs::write(&key, "half a key").unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(get(client(&first)).await.is_ok(), "what was read before is shown");

    let second = issue(&chain, &key);
    let mut tries = 0;
    while let Err(error) = get(client(&second)).await {
        tries += 1;
        assert!(tries < 100, "{error:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(get(client(&first)).await.is_err());
}

#[test]
fn files_that_are_no_certificate_say_what_they_are_to_hold() {
    let folder = tempdir().unwrap();
    let (chain, key) = (folder.path().join("chain.pem"), folder.path().join("key.pem"));
    let told = |chain: &Path, key: &Path| Certificate::read(chain, key).unwrap_err().to_string();
    let missing = told(&chain, &key);
    assert!(missing.contains("chain.pem: ") && missing.contains("as PEM"), "{missing}");
    issue(&chain, &key);
    std::fs::write(folder.path().join("empty.pem"), "").unwrap();
    let empty = told(&folder.path().join("empty.pem"), &key);
    assert!(empty.contains("it is to hold a certificate and its chain"), "{empty}");
    let no_key = told(&chain, &chain);
    assert!(no_key.contains("one private key"), "{no_key}");
    let other = (folder.path().join("other.pem"), folder.path().join("other-key.pem"));
    issue(&other.0, &other.1);
    let not_its_own = told(&chain, &other.1);
    assert!(not_its_own.contains("is not the key of"), "{not_its_own}");
}
