//! Lines in this service's own words.

use std::collections::HashSet;

use serde::Serialize;
use serde_json::{Map, Value};

use super::{
    Row,
    draft::{ProductDraft, VariantDraft},
    json::unreadable,
    problem::{Place, Problem, ProblemCode},
};
use crate::pictures::Attribute;

/// The fields of an amount of money.
const MONEY: [&str; 2] = ["amount", "currency"];
/// The most fields that are told of one product.
const MOST_TOLD: usize = 20;
/// From here on two names are near enough that one was meant for the other.
const NEAR: f64 = 0.8;

/// A product on one line. A field that is not known is passed over and told.
pub(super) fn line(place: Place, line: &str) -> Vec<Row> {
    let row = match serde_json::from_str(line) {
        Ok(draft) => Row::Draft(place, Box::new(draft), Vec::new()),
        Err(error) => without_unknown(place, line)
            .unwrap_or_else(|| Row::Unreadable(unreadable(place, &error))),
    };
    vec![row]
}

/// The line without the fields that are not known; `None` if it has none.
fn without_unknown(place: Place, line: &str) -> Option<Row> {
    let mut product: Map<String, Value> = serde_json::from_str(line).ok()?;
    let mut unknown = Unknown { place, seen: HashSet::new(), warnings: Vec::new() };
    unknown.leave_out("", &mut product, &fields(&whole()));
    if let Some(Value::Array(variants)) = product.get_mut("variants") {
        let known = fields(&VariantDraft::default());
        for (at, variant) in variants.iter_mut().enumerate() {
            if let Value::Object(variant) = variant {
                unknown.leave_out(&format!("variants[{at}]."), variant, &known);
            }
        }
    }
    if unknown.warnings.is_empty() {
        return None;
    }
    Some(match serde_json::from_value(Value::Object(product)) {
        Ok(draft) => Row::Draft(place, Box::new(draft), unknown.warnings),
        Err(error) => Row::Unreadable(unreadable(place, &error)),
    })
}

/// A field of a product in JSON that is not known here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownField {
    /// Where it stands, as `variants[0].prize`.
    pub path: String,
    /// What may be meant, as "is `price` meant?".
    pub hint: String,
}

/// The fields of a product, or of a part of one, that are not known here: each name once, where it
/// stands first, and the first 20 of them.
pub fn unknown_fields(product: &Value) -> Vec<UnknownField> {
    let Value::Object(product) = product else { return Vec::new() };
    let (of_product, of_variant) = (fields(&whole()), fields(&VariantDraft::default()));
    let of_money = MONEY.map(str::to_owned);
    let mut unknown = Strangers::default();
    unknown.look("", product, &of_product);
    let variants = product.get("variants").and_then(Value::as_array).into_iter().flatten();
    for (at, variant) in variants.enumerate() {
        let Value::Object(variant) = variant else { continue };
        unknown.look(&format!("variants[{at}]."), variant, &of_variant);
        for price in ["price", "sale_price"] {
            if let Some(Value::Object(money)) = variant.get(price) {
                unknown.look(&format!("variants[{at}].{price}."), money, &of_money);
            }
        }
    }
    unknown.found
}

#[derive(Default)]
struct Strangers<'a> {
    seen: HashSet<&'a str>,
    found: Vec<UnknownField>,
}

impl<'a> Strangers<'a> {
    fn look(&mut self, path: &str, object: &'a Map<String, Value>, known: &[String]) {
        for name in object.keys().filter(|name| !known.contains(name)) {
            if self.found.len() < MOST_TOLD && self.seen.insert(name) {
                let (path, hint) = (format!("{path}{name}"), meant(name, known));
                self.found.push(UnknownField { path, hint });
            }
        }
    }
}

/// Which of the known names may be meant.
fn meant(name: &str, known: &[String]) -> String {
    let likeness = |known: &String| strsim::jaro_winkler(&name.to_lowercase(), known);
    let nearest = known
        .iter()
        .max_by(|one, other| likeness(one).total_cmp(&likeness(other)))
        .filter(|known| likeness(known) >= NEAR);
    match nearest {
        Some(nearest) => format!("is `{nearest}` meant?"),
        None => format!("known are: {}", known.join(", ")),
    }
}

/// A product with all the fields that one can have.
fn whole() -> ProductDraft<'static> {
    ProductDraft { from_picture: vec![Attribute::Pattern], ..ProductDraft::default() }
}

/// The names of a draft's fields, if it leaves none out.
fn fields(draft: &impl Serialize) -> Vec<String> {
    match serde_json::to_value(draft) {
        Ok(Value::Object(fields)) => fields.into_iter().map(|(name, _)| name).collect(),
        _ => Vec::new(),
    }
}

/// Fields that are left out; each name is told once a line, where it stands first.
struct Unknown {
    place: Place,
    seen: HashSet<String>,
    warnings: Vec<Problem>,
}

impl Unknown {
    fn leave_out(&mut self, path: &str, object: &mut Map<String, Value>, known: &[String]) {
        let found: Vec<String> =
            object.keys().filter(|name| !known.contains(*name)).cloned().collect();
        for name in found {
            let value = object.remove(&name).unwrap_or_default();
            if self.warnings.len() < MOST_TOLD && self.seen.insert(name.clone()) {
                self.tell(&format!("{path}{name}"), &name, &value, known);
            }
        }
    }

    fn tell(&mut self, column: &str, name: &str, value: &Value, known: &[String]) {
        let message = format!("not known here and passed over; {}", meant(name, known));
        let shown = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let code = ProblemCode::FieldUnknown;
        self.warnings.push(Problem::of_value(self.place, column, &shown, code, message).warning());
    }
}
