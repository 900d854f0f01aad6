use std::{path::PathBuf, process::ExitCode};

use reqwest::multipart::{Form, Part};
use vitrine_api::Role;
use vitrine_core::{
    ids::MerchantId,
    look::Look,
    photo::Photo,
    ports::StoreError,
    shopping::{LookRequest, Sight, Unanswered},
};
use vitrine_stores::{EmbeddedIndex, Inspection};

use super::{demo, health, out, table};
use crate::{
    app::{App, OWN_TOKEN},
    error::Error,
    secret,
    settings::Settings,
    steps::Steps,
};

/// What the command line asks for.
pub(super) struct Asked {
    pub photo: PathBuf,
    pub merchant: MerchantId,
    pub text: Option<String>,
    pub limit: u64,
    pub complete_the_look: bool,
    pub locale: Option<String>,
    pub json: bool,
}

/// Answers a photo here, or through the running service where it holds the stores.
pub(super) async fn run(settings: &Settings, asked: Asked) -> Result<ExitCode, Error> {
    let bytes = std::fs::read(&asked.photo).map_err(Error::file(&asked.photo))?;
    let look = match running(settings) {
        Some(address) => through_service(settings, &asked, bytes, &address).await?,
        None => here(settings, &asked, &bytes).await?,
    };
    if asked.json {
        out::json(&look)?;
    } else {
        println!("{}", table::of(&look));
    }
    Ok(ExitCode::SUCCESS)
}

/// Where the service is asked that holds the stores. A service that was killed leaves its note
/// behind, and another program may answer at that address by now; so the note alone says nothing.
fn running(settings: &Settings) -> Option<String> {
    let folder = &settings.data.folder;
    let held = matches!(EmbeddedIndex::inspect(&folder.join("index")), Ok(Inspection::Held));
    held.then(|| std::fs::read_to_string(folder.join("address")).ok()).flatten()
}

async fn here(settings: &Settings, asked: &Asked, bytes: &[u8]) -> Result<Look, Error> {
    let steps = Steps::new(asked.json);
    let demo = asked.merchant.as_str() == crate::demo::MERCHANT;
    let app = App::open_with(settings, &steps, demo.then(crate::demo::catalog)).await?;
    let outcome = answer(&app, asked, bytes, &steps).await;
    app.close().await;
    outcome
}

async fn answer(app: &App, asked: &Asked, bytes: &[u8], steps: &Steps) -> Result<Look, Error> {
    let empty = app.shop.catalog.count(&asked.merchant).await? == 0;
    if empty && asked.merchant.as_str() == crate::demo::MERCHANT {
        demo::stock(app, steps).await?;
    } else {
        app.indexer.drain(|_| {}).await?;
    }
    let name = asked.photo.display().to_string();
    let photo = Photo::read(bytes, app.shop.vision.photo_side())
        .map_err(|error| Error::Photo(name, error))?;
    let request = LookRequest {
        wish: asked.text.clone(),
        complete_the_look: asked.complete_the_look,
        limit: usize::try_from(asked.limit).unwrap_or(usize::MAX),
        locale: asked.locale.clone(),
        ..LookRequest::of(asked.merchant.clone(), Sight::Photo(photo))
    };
    let unavailable = |detail: String| StoreError::Unavailable { store: "the queue", detail };
    app.shop.look(request, &app.admission).await.map_err(|error| match error {
        Unanswered::Busy(busy) => unavailable(busy.to_string()).into(),
        Unanswered::Model(error) => error.into(),
    })
}

/// Asks the service that runs on the same data folder.
async fn through_service(
    settings: &Settings,
    asked: &Asked,
    photo: Vec<u8>,
    address: &str,
) -> Result<Look, Error> {
    let failed = |detail: String| Error::Service(address.to_owned(), detail);
    let keys = secret::keys(&settings.secret_file())?;
    let token = keys.issue(Role::Shopper, &asked.merchant, OWN_TOKEN)?;
    let mut form = Form::new()
        .part("photo", Part::bytes(photo).file_name("photo"))
        .text("limit", asked.limit.to_string())
        .text("complete_the_look", asked.complete_the_look.to_string());
    for (name, value) in [("text", &asked.text), ("locale", &asked.locale)] {
        if let Some(value) = value {
            form = form.text(name, value.clone());
        }
    }
    let response = health::own_client()?
        .post(format!("{address}/v1/looks"))
        .bearer_auth(token)
        .multipart(form)
        .send()
        .await
        .map_err(|error| failed(error.to_string()))?;
    let refused = !response.status().is_success();
    let body: serde_json::Value =
        response.json().await.map_err(|error| failed(error.to_string()))?;
    if refused {
        let detail = body["detail"].as_str().unwrap_or("no detail").to_owned();
        return Err(Error::Refused(detail));
    }
    serde_json::from_value(body).map_err(|error| failed(error.to_string()))
}
