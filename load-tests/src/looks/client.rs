use std::{
    io::Cursor,
    net::SocketAddr,
    time::{Duration, Instant},
};

use futures::StreamExt;
use image::ImageFormat;
use reqwest::{
    RequestBuilder, Response,
    multipart::{Form, Part},
};
use serde_json::Value;
use vitrine_core::{
    admission::Admission, look::Look, photo::Photo, ports::Brief, shopping::candidates,
};
use vitrine_tests::Service;

use super::mark;
use crate::measure::Outcome;

/// One customer's connection.
pub(super) struct Client {
    http: reqwest::Client,
    address: SocketAddr,
    token: String,
}

/// When the parts of a streamed look came.
pub(super) struct Streamed {
    pub(super) first_match: Option<Duration>,
    pub(super) completed: Duration,
    pub(super) garments: usize,
    pub(super) look: Look,
}

impl Client {
    pub(super) fn new(service: &Service) -> Outcome<Self> {
        let http = reqwest::Client::builder().no_proxy().no_gzip().build()?;
        Ok(Self { http, address: service.address, token: service.token.clone() })
    }

    fn to(&self, method: reqwest::Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("http://{}{path}", self.address));
        request.bearer_auth(&self.token)
    }

    fn photo(&self, photo: &[u8]) -> RequestBuilder {
        let part = Part::bytes(photo.to_vec()).file_name("photo.jpg");
        self.to(reqwest::Method::POST, "/v1/looks").multipart(Form::new().part("photo", part))
    }

    /// The answer to a photo; anything but a look is an error.
    pub(super) async fn send(&self, photo: &[u8]) -> Outcome<Value> {
        Ok(self.photo(photo).send().await?.error_for_status()?.json().await?)
    }

    /// The answer to a photo, whatever it is.
    pub(super) async fn try_send(&self, photo: &[u8]) -> Outcome<Response> {
        Ok(self.photo(photo).send().await?)
    }

    pub(super) async fn get(&self, path: &str) -> Outcome<Duration> {
        timed(self.to(reqwest::Method::GET, path)).await
    }

    /// The same as it goes to who takes it packed.
    pub(super) async fn get_packed(&self, path: &str) -> Outcome<Duration> {
        timed(self.to(reqwest::Method::GET, path).header("Accept-Encoding", "gzip")).await
    }

    pub(super) async fn post(&self, body: &Value) -> Outcome<Duration> {
        timed(self.to(reqwest::Method::POST, "/v1/looks").json(body)).await
    }

    pub(super) async fn bare_get(&self, bare: SocketAddr) -> Outcome<Duration> {
        timed(self.http.get(format!("http://{bare}/")).bearer_auth(&self.token)).await
    }

    pub(super) async fn bare_post(&self, bare: SocketAddr, body: &Value) -> Outcome<Duration> {
        timed(self.http.post(format!("http://{bare}/")).bearer_auth(&self.token).json(body)).await
    }

    /// A look as events.
    pub(super) async fn stream(&self, photo: &[u8]) -> Outcome<Streamed> {
        let started = Instant::now();
        let request = self.photo(photo).header("Accept", "text/event-stream");
        let mut pieces = request.send().await?.error_for_status()?.bytes_stream();
        let mut text = String::new();
        let mut first_match = None;
        while let Some(piece) = pieces.next().await {
            text.push_str(std::str::from_utf8(&piece?)?);
            if first_match.is_none() && text.contains("event: look.matches") {
                first_match = Some(started.elapsed());
            }
        }
        let completed = started.elapsed();
        let look = text.rsplit_once("event: look.completed\ndata: ").ok_or("no completed look")?.1;
        let look: Look = serde_json::from_str(look.trim())?;
        Ok(Streamed { first_match, completed, garments: look.garments.len(), look })
    }
}

async fn timed(request: RequestBuilder) -> Outcome<Duration> {
    let started = Instant::now();
    request.send().await?.error_for_status()?.bytes().await?;
    Ok(started.elapsed())
}

/// How long the models alone take for a photo, asked directly what the service asked them: to look,
/// to put each garment's words into numbers, and to advise over the same products. A corner of the
/// photo differs, so that nothing is remembered of the one that was sent.
pub(super) async fn models_alone(
    service: &Service,
    photo: &[u8],
    look: &Look,
) -> Outcome<Duration> {
    let shop = &service.shop;
    let photo = Photo::read(&with_a_mark(photo)?, shop.vision.photo_side())?;
    let permit = Admission::new(1, 0).enter_unnamed().await?;
    let garments = look.garments.iter().map(|seen| seen.garment.clone()).collect();
    let brief = Brief { garments, candidates: candidates(look), ..Brief::default() };
    let started = Instant::now();
    let mut seen = shop.vision.describe(&photo, &permit).await?;
    while let Some(garment) = seen.next().await {
        shop.embedder.embed(vec![garment?.search_text()]).await?;
    }
    if !brief.candidates.is_empty() {
        let mut advice = shop.stylist.advise(&photo, &brief, &permit).await?;
        while let Some(piece) = advice.next().await {
            piece?;
        }
    }
    Ok(started.elapsed())
}

fn with_a_mark(photo: &[u8]) -> Outcome<Vec<u8>> {
    let mut picture = image::load_from_memory(photo)?.into_rgb8();
    mark(&mut picture, 8, [255, 0, 255]);
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, ImageFormat::Png)?;
    Ok(bytes.into_inner())
}
