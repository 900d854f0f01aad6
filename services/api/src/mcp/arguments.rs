//! What tools are asked for, by the names that their schemas have.

use rmcp::model::JsonObject;
use serde::de::DeserializeOwned;
use serde_json::Value;
use vitrine_core::{
    ids::{MerchantId, ProductId},
    search::SimilarRequest,
};

use super::message::not_text;
use crate::{
    page::limit_of,
    problem::{Problem, shown},
    problems::Code,
    ucp,
    upload::{Ask, Sent, Upload, ask::filters, json::addressed},
};

/// What a tool of UCP is asked for. Who asks, in `meta`, makes no difference.
pub(super) fn catalog<T: DeserializeOwned>(mut arguments: JsonObject) -> Result<T, Problem> {
    let missing = || Problem::of_field(Code::UcpInvalid, "catalog", "There is no `catalog`");
    ucp::read(arguments.shift_remove("catalog").ok_or_else(missing)?)
}

/// What `find_by_photo` is asked for; `sent` is the photo that came as base64.
pub(super) fn photo(
    mut arguments: JsonObject,
    sent: Option<Result<Sent, Problem>>,
) -> Result<Upload, Problem> {
    let sources = ["photo_base64", "photo_url", "photo_id"];
    only(&arguments, &[&sources[..], &["wish", "filters", "limit", "locale"]].concat())?;
    let [_, url, id] = sources.map(|name| text(name, arguments.shift_remove(name)));
    let all = [sent, url?.map(|url| addressed(&url)), id?.map(|id| Ok(Sent::Id(id)))];
    let mut all = all.into_iter().flatten();
    let (Some(photo), None) = (all.next(), all.next()) else {
        let detail = "Give the photo as one of `photo_url`, `photo_base64` and `photo_id`.";
        return Err(Problem::new(Code::PhotoMissing, detail));
    };
    if let Some(wish) = arguments.shift_remove("wish") {
        arguments.insert("text".into(), wish);
    }
    Ok(Upload { photo: photo?, focus: None, ask: Ask::take(&mut arguments)? })
}

/// An empty text is none.
fn text(name: &str, value: Option<Value>) -> Result<Option<String>, Problem> {
    match value {
        Some(Value::String(text)) => Ok(Some(text).filter(|text| !text.is_empty())),
        Some(Value::Null) | None => Ok(None),
        Some(_) => Err(not_text(name)),
    }
}

/// What `complete_the_look` is asked for.
pub(super) fn product(
    mut arguments: JsonObject,
    merchant: MerchantId,
) -> Result<SimilarRequest, Problem> {
    only(&arguments, &["product_id", "filters", "limit"])?;
    let mut take = |name| arguments.shift_remove(name).filter(|value: &Value| !value.is_null());
    let product = take("product_id").and_then(|id| ProductId::new(id.as_str()?).ok());
    let product = product.ok_or_else(|| Problem::of(Code::ProductUnknown))?;
    let filters = take("filters").map(filters).transpose()?.unwrap_or_default();
    let limit = limit_of(take("limit").map(|limit| limit.to_string()).as_deref())?;
    Ok(SimilarRequest { merchant, product, filters, limit })
}

fn only(arguments: &JsonObject, known: &[&str]) -> Result<(), Problem> {
    match arguments.keys().find(|name| !known.contains(&name.as_str())) {
        Some(name) => {
            let known = known.join("`, `");
            let detail = format!("There is no `{}` here; there are `{known}`.", shown(name));
            Err(Problem::new(Code::FieldUnknown, detail))
        }
        None => Ok(()),
    }
}
