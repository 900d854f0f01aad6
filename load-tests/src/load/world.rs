//! What all users have in common.

use std::time::Duration;

use indicatif::ProgressIterator;
use reqwest::{
    Client, ClientBuilder,
    multipart::{Form, Part},
    redirect::Policy,
};

use super::{ledger::Ledger, photos::Photos, plan::Plan, target::Target};
use crate::{measure::Outcome, progress::bar, service::demo};

/// How long a user waits for an answer: longer than the service lets a photo wait.
const PATIENCE: Duration = Duration::from_secs(120);

pub(super) struct World {
    pub(super) target: Target,
    pub(super) photos: Photos,
    /// Photos that were never sent before, in hundredths.
    pub(super) new_photos: u32,
    pub(super) ledger: Ledger,
}

impl World {
    /// Sends each photo once that is to be known.
    pub(super) async fn open(target: Target, plan: &Plan) -> Outcome<Self> {
        let photos = Photos::read(&demo())?;
        let http = client(&target).build()?;
        let url = target.url.join("/v1/looks")?;
        let progress = bar("photos to be known", photos.known().len() as u64);
        for photo in photos.known().iter().progress_with(progress) {
            let form = Form::new().part("photo", part(photo.clone()));
            let request = http.post(url.clone()).bearer_auth(&target.tokens.shopper);
            request.multipart(form).send().await?.error_for_status()?.bytes().await?;
        }
        Ok(Self { target, photos, new_photos: plan.new_photos(), ledger: Ledger::new() })
    }
}

/// How each user asks: no proxy and no redirect leads to another host than the one that was named.
pub(super) fn client(target: &Target) -> ClientBuilder {
    let client = Client::builder().no_proxy().redirect(Policy::none()).timeout(PATIENCE);
    // Reading the system's certificates takes longer than many requests.
    if target.url.scheme() == "http" { client.tls_certs_only([]) } else { client }
}

pub(super) fn part(photo: Vec<u8>) -> Part {
    Part::bytes(photo).file_name("photo.jpg")
}
