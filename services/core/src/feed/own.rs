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
    let draft = ProductDraft { from_picture: vec![Attribute::Pattern], ..ProductDraft::default() };
    unknown.leave_out("", &mut product, &fields(&draft));
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
            if self.seen.insert(name.clone()) {
                self.tell(&format!("{path}{name}"), &name, &value, known);
            }
        }
    }

    fn tell(&mut self, column: &str, name: &str, value: &Value, known: &[String]) {
        let likeness = |known: &String| strsim::jaro_winkler(&name.to_lowercase(), known);
        let nearest = known
            .iter()
            .max_by(|one, other| likeness(one).total_cmp(&likeness(other)))
            .filter(|known| likeness(known) >= NEAR);
        let message = match nearest {
            Some(nearest) => format!("not known here and passed over; is `{nearest}` meant?"),
            None => format!("not known here and passed over; known are: {}", known.join(", ")),
        };
        let shown = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let code = ProblemCode::FieldUnknown;
        self.warnings.push(Problem::of_value(self.place, column, &shown, code, message).warning());
    }
}
