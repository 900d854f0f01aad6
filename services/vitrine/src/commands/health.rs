use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    process::ExitCode,
    time::Duration,
};

use crate::{error::Error, settings::Settings};

/// The longest that an answer may take.
const PATIENCE: Duration = Duration::from_secs(5);

pub(super) async fn run(settings: &Settings, ready: bool) -> Result<ExitCode, Error> {
    let path = if ready { "readyz" } else { "healthz" };
    let (scheme, address) = (settings.server.scheme(), from_here(&settings.server.listen));
    let url = format!("{scheme}://{address}/{path}");
    let asked = own_client()?.get(&url).timeout(PATIENCE).send().await;
    let why = match asked {
        Ok(answer) if answer.status().is_success() => return Ok(ExitCode::SUCCESS),
        Ok(answer) => format!("answered {}", answer.status()),
        Err(error) => format!("does not answer ({})", error.without_url()),
    };
    eprintln!("vitrine: {url} {why}; `vitrine doctor` says more");
    Ok(ExitCode::FAILURE)
}

/// Asks the service on this machine, whose certificate is for the name that others know it by.
pub(super) fn own_client() -> Result<reqwest::Client, Error> {
    let client = reqwest::Client::builder().danger_accept_invalid_certs(true).no_proxy().build();
    client.map_err(|error| Error::Service("this machine".into(), error.to_string()))
}

/// Where a service is asked on its own machine that listens here.
fn from_here(listen: &str) -> String {
    let Ok(address) = listen.parse::<SocketAddr>() else { return listen.to_owned() };
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_that_listens_everywhere_is_asked_on_this_machine() {
        for (listen, asked) in [
            ("0.0.0.0:8080", "127.0.0.1:8080"),
            ("[::]:80", "[::1]:80"),
            ("192.0.2.1:9", "192.0.2.1:9"),
            ("localhost:8080", "localhost:8080"),
        ] {
            assert_eq!(from_here(listen), asked);
        }
    }
}
