//! Pictures' vectors by a server.

mod data_uri;
mod wire;

use std::{error::Error, time::Duration};

use async_trait::async_trait;
use futures::{StreamExt, TryStreamExt, stream};
use image::RgbImage;
use reqwest::{
    Client, Response, StatusCode, Url,
    header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue},
    redirect,
};
use vitrine_core::{
    likeness::Grades,
    ports::{ImageEmbedder, ModelError, Vector},
};

use crate::{
    card::checked, remote::data_uri::data_uri, settings::RemoteImageEmbedderSettings,
    text::harmless, vector::unit,
};

/// How long is waited before each further try of what may pass.
const WAITS: [Duration; 2] = [Duration::from_millis(200), Duration::from_millis(800)];
/// How long a server has to take a connection.
const CONNECT: Duration = Duration::from_secs(5);
/// Characters that are told of a body that is no answer.
const TOLD: usize = 200;

/// A server that embeds pictures.
pub struct RemoteImageEmbedder {
    client: Client,
    address: Url,
    authorization: Option<HeaderValue>,
    settings: RemoteImageEmbedderSettings,
    name: String,
    dimensions: usize,
    grades: Option<Grades>,
    timeout: Duration,
}

impl RemoteImageEmbedder {
    /// Asks the server for one vector, to learn their size. Errors are [`ModelError::Load`], or
    /// [`ModelError::Timeout`].
    pub async fn load(settings: &RemoteImageEmbedderSettings) -> Result<Self, ModelError> {
        // The key, and customers' pictures, go to this address alone: neither where a redirect
        // points nor through a proxy of the environment.
        let client = Client::builder()
            .redirect(redirect::Policy::none())
            .no_proxy()
            .connect_timeout(CONNECT)
            .build()
            .map_err(|error| ModelError::Load(innermost(&error)))?;
        let mut embedder = Self {
            client,
            address: address(settings)?,
            authorization: settings.api_key.as_deref().map(bearer).transpose()?,
            settings: settings.clone(),
            name: format!("{}+{}", settings.model, settings.wire.id()),
            dimensions: 0,
            grades: checked(settings.grades)?,
            timeout: Duration::from_secs(settings.timeout_seconds.max(1)),
        };
        let probe = vec![RgbImage::new(64, 64)];
        let vectors = embedder.embed(probe).await.map_err(|error| match error {
            ModelError::Stopped(detail) | ModelError::Answer(detail) => ModelError::Load(detail),
            other => other,
        })?;
        embedder.dimensions = vectors.first().map_or(0, Vec::len);
        Ok(embedder)
    }

    /// One request with all its tries.
    async fn request(&self, pictures: Vec<RgbImage>) -> Result<Vec<Vector>, ModelError> {
        let work = async {
            let wanted = pictures.len();
            let encoding = move || pictures.iter().map(data_uri).collect::<Result<Vec<_>, _>>();
            let stopped = |_| ModelError::Stopped("a picture could not be written".into());
            let uris = tokio::task::spawn_blocking(encoding).await.map_err(stopped)??;
            let body = self.settings.wire.body(&self.settings.model, &uris).to_string();
            let vectors = wire::vectors(&self.answer(&body).await?, wanted)?;
            vectors.into_iter().map(|vector| self.checked(vector)).collect()
        };
        let late = |_| ModelError::Timeout(self.timeout.as_secs());
        tokio::time::timeout(self.timeout, work).await.map_err(late)?
    }

    fn checked(&self, vector: Vector) -> Result<Vector, ModelError> {
        // The first one tells how long they are.
        if self.dimensions > 0 && vector.len() != self.dimensions {
            return Err(ModelError::Answer(format!(
                "{} gave a vector of {} floats where it gave {} before",
                self.address,
                vector.len(),
                self.dimensions
            )));
        }
        unit(vector)
    }

    async fn answer(&self, body: &str) -> Result<Vec<u8>, ModelError> {
        let mut waits = WAITS.into_iter();
        loop {
            let failure = match self.try_once(body).await {
                Ok(answer) => return Ok(answer),
                Err(failure) => failure,
            };
            match waits.next().filter(|_| failure.passes) {
                Some(wait) => {
                    tracing::debug!(error = %failure.error, ?wait, "asking for vectors again");
                    tokio::time::sleep(wait).await;
                }
                None => return Err(failure.error),
            }
        }
    }

    async fn try_once(&self, body: &str) -> Result<Vec<u8>, Failure> {
        let mut request = self.client.post(self.address.clone()).body(body.to_owned());
        request = request.header(CONTENT_TYPE, "application/json");
        if let Some(authorization) = &self.authorization {
            request = request.header(AUTHORIZATION, authorization.clone());
        }
        let response = request.send().await.map_err(|error| self.unreachable(&error))?;
        let status = response.status();
        if status.is_success() {
            let bytes = response.bytes().await.map_err(|error| self.unreachable(&error))?;
            return Ok(bytes.into());
        }
        let told = self.told(response).await;
        let detail = format!("{} answered {status}{}: {told}", self.address, hint(status));
        let passes = matches!(status.as_u16(), 429 | 502 | 503 | 504);
        let error = if passes || status.is_server_error() {
            ModelError::Stopped(detail)
        } else {
            ModelError::Load(detail)
        };
        Err(Failure { error, passes })
    }

    fn unreachable(&self, error: &reqwest::Error) -> Failure {
        let detail = innermost(error);
        let error = ModelError::Stopped(format!(
            "{} gave no answer: {detail}; look whether the server runs there",
            self.address
        ));
        Failure { error, passes: true }
    }

    /// The beginning of a body that is no answer, without the key that it may repeat.
    async fn told(&self, mut response: Response) -> String {
        let mut body = Vec::new();
        while let Ok(Some(piece)) = response.chunk().await {
            body.extend_from_slice(&piece);
            if body.len() > 64 * TOLD {
                break;
            }
        }
        let mut text = String::from_utf8_lossy(&body).into_owned();
        if let Some(key) = self.settings.api_key.as_ref().filter(|key| !key.is_empty()) {
            text = text.replace(key, "(the key)");
        }
        harmless(&text, TOLD)
    }
}

/// One try that failed.
struct Failure {
    error: ModelError,
    /// Whether another try may go better.
    passes: bool,
}

#[async_trait]
impl ImageEmbedder for RemoteImageEmbedder {
    fn model(&self) -> &str {
        &self.name
    }

    fn dimensions(&self) -> usize {
        self.dimensions
    }

    fn grades(&self) -> Option<Grades> {
        self.grades
    }

    async fn embed(&self, pictures: Vec<RgbImage>) -> Result<Vec<Vector>, ModelError> {
        let wire = self.settings.wire;
        let mut pictures = pictures.into_iter();
        let batches: Vec<Vec<RgbImage>> = std::iter::from_fn(|| {
            let batch: Vec<RgbImage> = pictures.by_ref().take(wire.pictures_in_one()).collect();
            (!batch.is_empty()).then_some(batch)
        })
        .collect();
        let answers = stream::iter(batches).map(|batch| self.request(batch));
        let vectors: Vec<Vec<Vector>> = answers.buffered(wire.at_once()).try_collect().await?;
        Ok(vectors.concat())
    }
}

/// Where pictures are sent to. It is told in errors, so it must not hold a password.
fn address(settings: &RemoteImageEmbedderSettings) -> Result<Url, ModelError> {
    let whole = format!("{}{}", settings.url.trim_end_matches('/'), settings.wire.path());
    match Url::parse(&whole) {
        Ok(address) if address.password().is_some() || !address.username().is_empty() => {
            let detail = "the address of the picture model holds a password; set its API key";
            Err(ModelError::Load(detail.into()))
        }
        Ok(address) if ["http", "https"].contains(&address.scheme()) => Ok(address),
        _ => Err(ModelError::Load(format!(
            "`{}` is no address of a server; one is like http://localhost:7997",
            settings.url
        ))),
    }
}

fn bearer(key: &str) -> Result<HeaderValue, ModelError> {
    let refuse = |_| {
        let detail = "the API key of the picture model has letters that no key has; copy it again";
        ModelError::Load(detail.into())
    };
    let mut value = HeaderValue::try_from(format!("Bearer {key}")).map_err(refuse)?;
    value.set_sensitive(true);
    Ok(value)
}

/// What to look at first.
const fn hint(status: StatusCode) -> &'static str {
    match status.as_u16() {
        300..400 => " (set the address that it points to)",
        400 | 422 => " (does the model take pictures, and is the wire format right?)",
        401 | 403 => " (look at the API key)",
        404 | 405 => " (look at the address, the wire format and the model's name)",
        413 => " (let the server take larger requests)",
        _ => "",
    }
}

fn innermost(error: &dyn Error) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}

#[cfg(test)]
mod tests;
