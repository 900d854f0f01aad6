//! A message of a conversation: words, photos, or both.

use std::time::Duration;

use actix_web::{HttpMessage, HttpRequest, web::Payload};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use vitrine_core::{
    chatting::Said,
    conversation::{MAX_PHOTOS, MAX_TEXT},
    ids::MerchantId,
    photo::Photo,
};

use super::{
    Sent, ask,
    form::{self, utf8},
    json::{self, PhotoSource},
};
use crate::{
    problem::{Problem, shown},
    problems::Code,
    routes::create_look::sent,
    state::State,
};

/// A message as JSON.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "describes the body to the contract")]
pub(crate) struct MessageBody {
    /// The customer's own words.
    #[schema(max_length = 1000, example = "the second one in green, size 40")]
    text: Option<String>,
    #[schema(max_items = 3)]
    photos: Option<Vec<PhotoSource>>,
    /// The language to answer in (BCP 47); holds for the rest of the conversation.
    #[schema(example = "en-GB")]
    locale: Option<String>,
}

/// A message as a form.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "describes the form to the contract")]
pub(crate) struct MessageForm {
    /// JPEG, PNG, WebP, GIF, BMP or TIFF files, a part each, of at most 20 MiB together.
    #[schema(value_type = Option<Vec<String>>, format = Binary, content_media_type = "application/octet-stream", max_items = 3)]
    photo: Option<Vec<Vec<u8>>>,
    /// The customer's own words.
    #[schema(max_length = 1000, example = "do you have this in green?")]
    text: Option<String>,
    /// The language to answer in (BCP 47); holds for the rest of the conversation.
    #[schema(example = "en-GB")]
    locale: Option<String>,
}

/// A message, its photos still to be read.
pub(crate) struct SentMessage {
    pub text: String,
    pub photos: Vec<Sent>,
    pub locale: Option<String>,
}

impl SentMessage {
    /// Reads a body of either kind.
    pub(crate) async fn read(request: &HttpRequest, payload: Payload) -> Result<Self, Problem> {
        match request.content_type().to_ascii_lowercase().as_str() {
            "multipart/form-data" => {
                let (photos, fields) =
                    form::fields(request, payload, MAX_PHOTOS, known, value_of).await?;
                Self::checked(photos, fields)
            }
            "application/json" => json::fields(request, payload, Self::of).await,
            _ => Err(Problem::of(Code::BodyUnsupported)),
        }
    }

    /// What the fields of a JSON object say.
    pub(crate) fn of(mut fields: Map<String, Value>) -> Result<Self, Problem> {
        let photos = fields.shift_remove("photos").filter(|photos| !photos.is_null());
        Self::checked(photos.map(photos_of).transpose()?.unwrap_or_default(), fields)
    }

    fn checked(photos: Vec<Sent>, mut fields: Map<String, Value>) -> Result<Self, Problem> {
        let mut take = |name| fields.shift_remove(name).filter(|value| !value.is_null());
        let text = take("text").map(text).transpose()?.unwrap_or_default();
        let locale = take("locale").map(ask::locale).transpose()?;
        if let Some(name) = fields.keys().next() {
            return Err(unknown(name));
        }
        if text.is_empty() && photos.is_empty() {
            return Err(Problem::of(Code::MessageEmpty));
        }
        Ok(Self { text, photos, locale })
    }
}

fn photos_of(value: Value) -> Result<Vec<Sent>, Problem> {
    let invalid = |detail: &str| Problem::of_field(Code::MessageInvalid, "photos", detail);
    let Value::Array(photos) = value else { return Err(invalid("This is not a list")) };
    if photos.len() > MAX_PHOTOS {
        return Err(invalid(&format!("There are {} photos", photos.len())));
    }
    photos.into_iter().map(json::photo).collect()
}

impl SentMessage {
    /// What the customer says, with its photos.
    pub(crate) async fn said(self, merchant: &MerchantId, state: &State) -> Result<Said, Problem> {
        let Self { text, photos: sources, locale } = self;
        let (photos, waited) = photos(sources.into_iter().map(Ok), merchant, state).await?;
        Ok(Said { text, photos, locale, waited, ..Said::default() })
    }
}

/// Photos as the core takes them, and how long was waited until they could be decoded.
pub(crate) async fn photos(
    sources: impl IntoIterator<Item = Result<Sent, Problem>>,
    merchant: &MerchantId,
    state: &State,
) -> Result<(Vec<Photo>, Duration), Problem> {
    let (mut photos, mut all) = (Vec::new(), Duration::ZERO);
    for source in sources {
        let (photo, waited) = sent(source?, merchant, state).await?;
        photos.push(photo);
        all += waited;
    }
    Ok((photos, all))
}

/// The words of a message, trimmed.
pub(crate) fn text(value: Value) -> Result<String, Problem> {
    let invalid = |detail: String| Problem::of_field(Code::MessageInvalid, "text", detail);
    let Value::String(text) = value else { return Err(invalid("This is not a string".into())) };
    let length = text.chars().count();
    if length > MAX_TEXT {
        return Err(invalid(format!("The text has {length} characters")));
    }
    Ok(text.trim().to_owned())
}

fn known(name: &str) -> Result<Code, Problem> {
    match name {
        "text" => Ok(Code::MessageInvalid),
        "locale" => Ok(Code::LocaleInvalid),
        _ => Err(unknown(name)),
    }
}

fn value_of(name: &str, written: Vec<u8>) -> Result<Value, Problem> {
    let text = utf8(known(name)?, name, written)?;
    let text = text.trim();
    Ok(if text.is_empty() { Value::Null } else { text.into() })
}

fn unknown(name: &str) -> Problem {
    let detail = format!(
        "`{}` is not known here; send `text`, `photos` (in a form, parts named `photo`) and `locale`",
        shown(name)
    );
    Problem::of_field(Code::FieldUnknown, name, detail)
}
