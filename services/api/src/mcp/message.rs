use actix_web::{HttpMessage, HttpRequest, web::Payload};
use serde_json::{Map, Value};

use crate::{
    problem::Problem,
    problems::Code,
    room::Place,
    upload::{
        Sent,
        json::{decoded, fields},
    },
};

/// The most bytes of a message beside its photo.
const MAX_TEXT: usize = 64 * 1024;

/// A message as it came. A photo in it is taken out while it is read, on a thread for work that
/// takes its time: who speaks the protocol would go over its base64 many times, and log it.
pub(crate) struct Message {
    /// One JSON object.
    pub(super) text: Vec<u8>,
    pub(super) arrived: Arrived,
}

/// The photo that came in a message, and its place among bodies that hold one.
pub(super) struct Arrived {
    /// None where none came as base64.
    pub(super) photo: Option<Result<Sent, Problem>>,
    pub(super) place: Place,
}

impl Message {
    pub(crate) async fn read(
        request: &HttpRequest,
        payload: Payload,
        place: Place,
    ) -> Result<Self, Problem> {
        if !request.content_type().eq_ignore_ascii_case("application/json") {
            return Err(Problem::of(Code::BodyUnsupported));
        }
        let (text, photo) = fields(request, payload, parted).await?;
        Ok(Self { text, arrived: Arrived { photo, place } })
    }
}

type Parted = (Vec<u8>, Option<Result<Sent, Problem>>);

/// A message without its photo, and that.
fn parted(mut message: Map<String, Value>) -> Result<Parted, Problem> {
    // By their order, as JSON-RPC allows, parameters would have no names here.
    if message.get("params").is_some_and(|params| !params.is_object()) {
        let detail = "`params` is not an object. Send what it holds by name.";
        return Err(Problem::new(Code::JsonInvalid, detail));
    }
    let params = message.get_mut("params");
    let photo = params.and_then(|params| params.pointer_mut("/arguments/photo_base64"));
    let photo = match photo.map(Value::take) {
        Some(Value::String(data)) if !data.is_empty() => Some(decoded(&data)),
        Some(Value::Null | Value::String(_)) | None => None,
        Some(_) => Some(Err(not_text("photo_base64"))),
    };
    let text = serde_json::to_vec(&message).map_err(|_| Problem::of(Code::Internal))?;
    if text.len() > MAX_TEXT {
        let detail = format!("Send at most {} KiB beside a photo.", MAX_TEXT / 1024);
        return Err(Problem::new(Code::BodyTooLarge, detail));
    }
    Ok((text, photo))
}

/// What should tell where a photo is, and is no string.
pub(super) fn not_text(name: &str) -> Problem {
    Problem::new(Code::PhotoMissing, format!("`{name}` is not a string."))
}
