//! Bodies, read up to a bound and not a byte further.

use std::{io, time::Duration};

use actix_web::{
    HttpRequest,
    error::PayloadError,
    http::header,
    web::{Bytes, Payload},
};
use futures::{Stream, StreamExt};
use serde::de::DeserializeOwned;

use crate::{problem::Problem, problems::Code, room::Full};

/// When to come back while bodies that are being read take all the room.
const COME_BACK: Duration = Duration::from_secs(2);

/// The body in pieces; an error as soon as it is longer than `limit` bytes, at once where the
/// request says so itself.
pub(crate) fn bounded(
    request: &HttpRequest,
    payload: Payload,
    limit: usize,
) -> Result<impl Stream<Item = Result<Bytes, PayloadError>> + 'static, Problem> {
    let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
    let declared = header(header::CONTENT_LENGTH).and_then(|length| length.parse::<u64>().ok());
    if declared.is_some_and(|length| length > limit as u64) {
        return Err(Problem::of(Code::PhotoTooLarge));
    }
    if header(header::CONTENT_ENCODING).is_some_and(|coding| coding != "identity") {
        return Err(Problem::of(Code::BodyUnsupported));
    }
    let mut read = 0;
    Ok(payload.map(move |piece| {
        let piece = piece?;
        read += piece.len();
        if read > limit {
            Err(PayloadError::Io(io::ErrorKind::FileTooLarge.into()))
        } else {
            Ok(piece)
        }
    }))
}

impl From<&PayloadError> for Problem {
    fn from(error: &PayloadError) -> Self {
        let kind = match error {
            PayloadError::Io(error) => Some(error.kind()),
            _ => None,
        };
        match kind {
            Some(io::ErrorKind::QuotaExceeded) => Full.into(),
            Some(io::ErrorKind::FileTooLarge) => Self::of(Code::PhotoTooLarge),
            Some(io::ErrorKind::TimedOut) => Self::of(Code::BodySlow),
            _ => Self::of(Code::BodyIncomplete),
        }
    }
}

impl From<Full> for Problem {
    fn from(_: Full) -> Self {
        Self::of(Code::Busy).retry_after(COME_BACK)
    }
}

impl From<PayloadError> for Problem {
    fn from(error: PayloadError) -> Self {
        Self::from(&error)
    }
}

/// A whole body as JSON.
pub(crate) async fn json<T: DeserializeOwned + Send + 'static>(
    payload: Payload,
    limit: usize,
) -> Result<T, Problem> {
    parsed(payload, limit, from_json).await
}

/// A whole body as what its JSON describes; `invalid` where it describes nothing of the kind.
pub(crate) async fn described<T: DeserializeOwned>(
    payload: Payload,
    limit: usize,
    invalid: Code,
) -> Result<T, Problem> {
    described_by(json(payload, limit).await?, invalid)
}

/// What a body that was read says.
pub(crate) fn described_by<T: DeserializeOwned>(
    body: serde_json::Value,
    invalid: Code,
) -> Result<T, Problem> {
    serde_json::from_value(body)
        .map_err(|error| Problem::new(invalid, format!("{error}. {}", invalid.remedy())))
}

/// A whole body, brought to what it says on a thread for work that takes its time.
pub(crate) async fn parsed<T: Send + 'static>(
    payload: Payload,
    limit: usize,
    parse: fn(&[u8]) -> Result<T, Problem>,
) -> Result<T, Problem> {
    let bytes = whole(payload, limit).await?;
    let read = tokio::task::spawn_blocking(move || parse(&bytes));
    read.await.unwrap_or_else(|_| Err(Problem::of(Code::Internal)))
}

/// A whole body as it came.
pub(crate) async fn whole(payload: Payload, limit: usize) -> Result<Bytes, Problem> {
    let bytes = payload.to_bytes_limited(limit).await;
    bytes.map_err(|_| Problem::of(Code::BodyTooLarge))?.map_err(|error| {
        error
            .as_error::<PayloadError>()
            .map_or_else(|| Problem::of(Code::BodyIncomplete), Problem::from)
    })
}

pub(crate) fn from_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    serde_json::from_slice(bytes).map_err(|error| {
        Problem::new(Code::JsonInvalid, format!("{error}. {}", Code::JsonInvalid.remedy()))
    })
}
