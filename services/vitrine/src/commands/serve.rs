use std::{net::TcpListener, process::ExitCode, sync::Arc};

use vitrine_api::{Pages, ServerSettings, Stopping, server, stop_requested};

use crate::{app::App, error::Error, settings::Settings, steps::Steps};

pub(super) async fn run(settings: &Settings) -> Result<ExitCode, Error> {
    let listener = listen(settings)?;
    let steps = Steps::new(false);
    let app = App::open(settings, &steps).await?;
    steps.total();
    eprintln!("  answering on http://{}", address(&listener)?);
    serve(app, listener, settings, settings.pages()).await
}

/// Binds before anything slow is done, so that a taken port is told at once.
pub(super) fn listen(settings: &Settings) -> Result<TcpListener, Error> {
    let address = settings.server.listen.clone();
    TcpListener::bind(&address).map_err(|error| Error::Listen { address, error })
}

pub(super) fn address(listener: &TcpListener) -> Result<String, Error> {
    listener.local_addr().map(|address| address.to_string()).map_err(Error::Server)
}

/// Answers until the process is asked to end, then ends in order.
pub(super) async fn serve(
    app: App,
    listener: TcpListener,
    settings: &Settings,
    pages: Pages,
) -> Result<ExitCode, Error> {
    let note = settings.data.folder.join("address");
    std::fs::write(&note, address(&listener)?).map_err(Error::file(&note))?;
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
    let _ = std::fs::remove_file(&note);
    app.close().await;
    outcome.map_err(Error::Server)?;
    Ok(ExitCode::SUCCESS)
}
