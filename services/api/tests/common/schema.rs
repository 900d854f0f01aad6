//! The part of JSON Schema (2020-12) that the contract uses.

use std::slice::{self, Iter};

use serde_json::{Map, Value};

/// A contract, to check values by.
pub(crate) struct Schemas<'a> {
    pub contract: &'a Value,
}

impl Schemas<'_> {
    /// All that is wrong with a value, members that the schema does not know among it.
    pub(crate) fn faults(&self, schema: &Value, value: &Value) -> Vec<String> {
        let mut faults = Vec::new();
        self.check(schema, value, "", &mut faults);
        faults
    }

    fn check(&self, schema: &Value, value: &Value, at: &str, faults: &mut Vec<String>) {
        self.part(schema, value, at, faults);
        let mut names = Vec::new();
        self.names(schema, &mut names);
        for name in value.as_object().into_iter().flat_map(Map::keys) {
            if !names.is_empty() && !names.contains(name) {
                faults.push(format!("{at}: {name} is not known"));
            }
        }
    }

    /// What is wrong by this part of a schema; other parts may know other members.
    fn part(&self, schema: &Value, value: &Value, at: &str, faults: &mut Vec<String>) {
        let schema = self.resolved(schema);
        let said = |word: &str| schema.get(word).unwrap_or(&Value::Null);
        let mut of_type = listed(said("type")).map(|kind| is(value, kind));
        if of_type.len() > 0 && !of_type.any(|fits| fits) {
            return faults.push(format!("{at}: {value} is not of type {}", said("type")));
        }
        let words = listed(said("enum"));
        if words.len() > 0 && !words.as_slice().contains(value) {
            faults.push(format!("{at}: {value} is none of {}", said("enum")));
        }
        for (least, most, size) in [
            ("minLength", "maxLength", value.as_str().map(|text| text.chars().count() as f64)),
            ("minItems", "maxItems", value.as_array().map(|list| list.len() as f64)),
            ("minimum", "maximum", value.as_f64()),
        ] {
            let too_little = said(least).as_f64().zip(size).is_some_and(|(least, it)| it < least);
            let too_much = said(most).as_f64().zip(size).is_some_and(|(most, it)| it > most);
            if too_little || too_much {
                faults.push(format!("{at}: {value} is out of bounds"));
            }
        }
        if let (Some(format), Some(text)) = (said("format").as_str(), value.as_str())
            && !formatted(text, format)
        {
            faults.push(format!("{at}: {text} is no {format}"));
        }
        for part in listed(said("allOf")) {
            self.part(part, value, at, faults);
        }
        let mut fits = listed(said("oneOf")).map(|choice| {
            let mut wrong = Vec::new();
            self.part(choice, value, at, &mut wrong);
            wrong.is_empty()
        });
        if fits.len() > 0 && !fits.any(|fits| fits) {
            faults.push(format!("{at}: {value} is none of what it may be"));
        }
        for name in listed(said("required")).filter_map(Value::as_str) {
            if value.get(name).is_none() {
                faults.push(format!("{at}: {name} is missing"));
            }
        }
        for (name, schema) in properties(schema) {
            if let Some(member) = value.get(name) {
                self.check(schema, member, &format!("{at}/{name}"), faults);
            }
        }
        for (index, item) in value.as_array().into_iter().flatten().enumerate() {
            self.check(said("items"), item, &format!("{at}/{index}"), faults);
        }
    }

    fn names(&self, schema: &Value, names: &mut Vec<String>) {
        let schema = self.resolved(schema);
        names.extend(properties(schema).map(|(name, _)| name.clone()));
        for word in ["allOf", "oneOf"] {
            for part in listed(schema.get(word).unwrap_or(&Value::Null)) {
                self.names(part, names);
            }
        }
    }

    fn resolved<'b>(&'b self, schema: &'b Value) -> &'b Value {
        let Some(name) = schema.get("$ref").and_then(Value::as_str) else { return schema };
        let pointer = name.trim_start_matches('#');
        self.contract.pointer(pointer).unwrap_or_else(|| panic!("{name} is nowhere"))
    }
}

fn properties(schema: &Value) -> impl Iterator<Item = (&String, &Value)> {
    schema.get("properties").and_then(Value::as_object).into_iter().flat_map(Map::iter)
}

/// The entries of a list, or the one value that stands in place of a list; none for null.
fn listed(value: &Value) -> Iter<'_, Value> {
    match value {
        Value::Null => [].iter(),
        Value::Array(list) => list.iter(),
        one => slice::from_ref(one).iter(),
    }
}

fn is(value: &Value, kind: &Value) -> bool {
    match kind.as_str().unwrap_or_default() {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("type {other} is not known here"),
    }
}

fn formatted(text: &str, format: &str) -> bool {
    match format {
        "uuid" => text.parse::<uuid::Uuid>().is_ok(),
        "date-time" => text.parse::<jiff::Timestamp>().is_ok(),
        "uri" => text.contains("://"),
        _ => true,
    }
}
