use std::{process::ExitCode, time::Duration};

use vitrine_api::{Pages, Role, Trial};
use vitrine_core::ids::MerchantId;

use super::serve;
use crate::{app::App, demo, error::Error, settings::Settings, steps::Steps};

/// How long the printed token lasts.
const TOKEN: Duration = Duration::from_secs(30 * 24 * 60 * 60);

pub(super) async fn run(settings: &Settings) -> Result<ExitCode, Error> {
    let listener = serve::listen(settings)?;
    let steps = Steps::new(false);
    eprintln!("Vitrine, with the drawn catalog and the small model");
    let app = App::open_with(settings, &steps, Some(demo::catalog())).await?;
    stock(&app, &steps).await?;
    steps.total();
    let merchant = MerchantId::new(demo::MERCHANT)?;
    let token = app.keys.issue(Role::Shopper, &merchant, TOKEN)?;
    let url = serve::url(&listener, settings)?;
    let photo = demo::photo();
    let photo = photo.display();
    let data = match &settings.data.folder {
        folder if *folder == Settings::default().data.folder => String::new(),
        folder => format!(" --data {}", folder.display()),
    };
    println!(
        "\nOpen in a browser on this machine, where one click signs in:\n\n  \
         {url}/          for shoppers\n  \
         {url}/merchant  for who keeps the catalog\n  \
         {url}/agent     for customer service\n\n\
         Or ask the service (its contract: /docs):\n\n  \
         curl -s -H 'Authorization: Bearer {token}' \\\n    -F photo=@{photo} {url}/v1/looks\n\n\
         The same in a terminal, with a photo of your own if you like:\n\n  \
         cargo run -- look {photo}{data}\n\n\
         The small model is for trying and testing. Ctrl-C ends the service."
    );
    let trial = Trial { merchant, pictures: demo::HOST.into() };
    let pages = Pages { trial: Some(trial), ..settings.pages() };
    serve::serve(app, listener, settings, pages).await
}

/// Brings the drawn catalog into the catalog and the index; nothing is done twice.
pub(super) async fn stock(app: &App, steps: &Steps) -> Result<(), Error> {
    let merchant = MerchantId::new(demo::MERCHANT)?;
    let catalog = demo::catalog();
    let (file, feed) = (catalog.path.join(demo::FEED), catalog.feed(demo::FEED)?);
    steps
        .step("catalog", async {
            let (import, problem) = app.import(&merchant, &feed).await?;
            let failure = import.failure.map(|failure| failure.message);
            if let Some(message) = failure.or(problem.map(|problem| problem.to_string())) {
                return Err(Error::Import { path: file.clone(), message });
            }
            let counts = import.progress.counts;
            let (new, known) = (counts.created + counts.changed, counts.unchanged);
            Ok((format!("{new} products new or changed, {known} as they were"), ()))
        })
        .await?;
    steps
        .step("pictures", async {
            let done = app.fetch_pictures(|_| {}).await?;
            Ok::<_, Error>((format!("{done} pictures embedded"), ()))
        })
        .await?;
    steps
        .step("index", async {
            let done = app.indexer.drain(|_| {}).await?;
            Ok::<_, Error>((format!("{done} products indexed"), ()))
        })
        .await
}
