use std::{net::TcpListener, process::ExitCode, sync::Arc, time::Duration};

use vitrine_api::{Certificate, Pages, ServerSettings, Stopping, server, stop_requested};

use crate::{app::App, error::Error, settings::Settings, steps::Steps};

/// How often the files of the certificate are looked at.
const CERTIFICATE: Duration = Duration::from_secs(30);

pub(super) async fn run(settings: &Settings) -> Result<ExitCode, Error> {
    let listener = listen(settings)?;
    certificate(settings)?;
    let steps = Steps::new(false);
    let app = App::open(settings, &steps).await?;
    steps.total();
    eprintln!("  answering on {}", url(&listener, settings)?);
    serve(app, listener, settings, settings.pages()).await
}

/// Binds before anything slow is done, so that a taken port is told at once.
pub(super) fn listen(settings: &Settings) -> Result<TcpListener, Error> {
    let address = settings.server.listen.clone();
    TcpListener::bind(&address).map_err(|error| Error::Listen { address, error })
}

/// Where the service is asked, without a path.
pub(super) fn url(listener: &TcpListener, settings: &Settings) -> Result<String, Error> {
    let scheme = settings.server.scheme();
    let url = |address| format!("{scheme}://{address}");
    listener.local_addr().map(url).map_err(Error::Server)
}

fn certificate(settings: &Settings) -> Result<Option<Arc<Certificate>>, Error> {
    let Some((chain, key)) = settings.server.certificate()? else { return Ok(None) };
    Ok(Some(Arc::new(Certificate::read(chain, key)?)))
}

/// Answers until the process is asked to end, then ends in order.
pub(super) async fn serve(
    app: App,
    listener: TcpListener,
    settings: &Settings,
    pages: Pages,
) -> Result<ExitCode, Error> {
    let note = settings.data.folder.join("address");
    std::fs::write(&note, url(&listener, settings)?).map_err(Error::file(&note))?;
    let tls = certificate(settings)?;
    let renewing = tls.clone().map(|tls| tokio::spawn(tls.keep_new(CERTIFICATE)));
    let app = Arc::new(app);
    let api = app.api();
    let stopping = Stopping::default();
    let limits = ServerSettings {
        workers: settings.server.workers,
        metrics: settings.server.metrics,
        stopping: stopping.clone(),
        cors: settings.cors.clone(),
        rates: settings.rates(),
        pages,
        tls,
        ..ServerSettings::default()
    };
    let running = server(api, listener, limits).map_err(Error::Server)?;
    tokio::spawn(async move {
        if stop_requested().await.is_ok() {
            stopping.begin();
        }
    });
    let working = tokio::spawn({
        let (app, settings) = (Arc::clone(&app), settings.clone());
        async move { app.work(&settings).await }
    });
    let outcome = running.await;
    working.abort();
    if let Some(renewing) = renewing {
        renewing.abort();
    }
    let _ = std::fs::remove_file(&note);
    app.close().await;
    outcome.map_err(Error::Server)?;
    Ok(ExitCode::SUCCESS)
}
