//! What a customer sends with a photo, read from a form or from JSON and checked once.

pub(crate) mod ask;
pub(crate) mod chat;
pub(crate) mod form;
pub(crate) mod json;

use actix_web::{HttpMessage, HttpRequest, web::Payload};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use vitrine_core::{address::WebAddress, garment::Region, shopping::Focus};

use json::{PointBody, RegionBody};

use crate::{
    problem::{Problem, shown},
    problems::Code,
};

pub(crate) use ask::{Ask, CustomerAsk};
pub(crate) use form::LookForm;
pub(crate) use json::LookBody;

/// A photo, still to be read, and what is wanted of it.
pub(crate) struct Upload {
    pub photo: Sent,
    pub focus: Option<Focus>,
    pub ask: Ask,
}

/// Where a photo is.
pub(crate) enum Sent {
    Bytes(Vec<u8>),
    Address(WebAddress),
    /// The `photo_id` of one that was sent before.
    Id(String),
}

impl Upload {
    /// Reads a body of either kind.
    pub(crate) async fn read(request: &HttpRequest, payload: Payload) -> Result<Self, Problem> {
        match request.content_type().to_ascii_lowercase().as_str() {
            "multipart/form-data" => form::read(request, payload).await,
            "application/json" => json::read(request, payload).await,
            _ => Err(Problem::of(Code::BodyUnsupported)),
        }
    }

    fn checked(photo: Option<Sent>, mut fields: Map<String, Value>) -> Result<Self, Problem> {
        let mut take = |name| fields.shift_remove(name).filter(|value| !value.is_null());
        let focus = focus(take("region"), take("point"))?;
        let ask = Ask::take(&mut fields)?;
        if let Some(name) = fields.keys().next() {
            return Err(unknown(name));
        }
        let missing = || Problem::of_field(Code::PhotoMissing, "photo", "There is no photo");
        Ok(Self { photo: photo.ok_or_else(missing)?, focus, ask })
    }
}

fn unknown(name: &str) -> Problem {
    let detail = format!(
        "`{}` is not known here; send `photo`, `region` or `point`, {}",
        shown(name),
        ask::FIELDS
    );
    Problem::of_field(Code::FieldUnknown, name, detail)
}

/// What an object says; a list of its values in their order says nothing here.
fn object<T: DeserializeOwned>(field: &str, value: Value) -> Result<T, Problem> {
    let invalid = |detail: String| Problem::of_field(Code::RegionInvalid, field, detail);
    if !value.is_object() {
        return Err(invalid("This is not an object".into()));
    }
    serde_json::from_value(value).map_err(|error| invalid(error.to_string()))
}

/// A box or a point, not both.
fn focus(region: Option<Value>, point: Option<Value>) -> Result<Option<Focus>, Problem> {
    let invalid = |field, detail: String| Problem::of_field(Code::RegionInvalid, field, detail);
    match (region, point) {
        (None, None) => Ok(None),
        (Some(_), Some(_)) => Err(invalid("point", "There is a `region` too".into())),
        (Some(region), None) => {
            let RegionBody { left, top, right, bottom } = object("region", region)?;
            let inside = [left, top, right, bottom].iter().all(|part| (0.0..=1.0).contains(part));
            let region = Region::new(left, top, right, bottom);
            let region = region.filter(|_| inside && left < right && top < bottom);
            let outside = || invalid("region", "This is no box within the photo".into());
            Ok(Some(Focus::Region(region.ok_or_else(outside)?)))
        }
        (None, Some(point)) => {
            let PointBody { x, y } = object("point", point)?;
            if [x, y].iter().all(|part| (0.0..=1.0).contains(part)) {
                Ok(Some(Focus::Point { x, y }))
            } else {
                Err(invalid("point", "This point is outside the photo".into()))
            }
        }
    }
}
