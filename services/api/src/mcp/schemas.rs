use rmcp::model::JsonObject;
use serde_json::Value;

/// Where the contract keeps its schemas, and a schema that stands alone those that it needs.
const THERE: &str = "#/components/schemas/";
const HERE: &str = "#/$defs/";

/// The schemas of the contract, to be told without it.
pub(super) struct Schemas(Value);

impl Schemas {
    pub(super) fn of_contract() -> Self {
        let mut contract: Value =
            serde_json::from_str(&crate::openapi::contract()).unwrap_or_default();
        Self(contract["components"]["schemas"].take())
    }

    /// The schema of this name.
    pub(super) fn named(&self, name: &str) -> JsonObject {
        self.whole(self.0[name].clone())
    }

    /// A schema, with those that it refers to as the contract has them.
    pub(super) fn whole(&self, mut schema: Value) -> JsonObject {
        let mut wanted = Vec::new();
        let mut known = JsonObject::new();
        brought_here(&mut schema, &mut wanted);
        while let Some(name) = wanted.pop() {
            if !known.contains_key(&name) {
                let mut part = self.0[&name].clone();
                brought_here(&mut part, &mut wanted);
                known.insert(name, part);
            }
        }
        let mut whole = match schema {
            Value::Object(schema) => schema,
            _ => JsonObject::new(),
        };
        if !known.is_empty() {
            whole.insert("$defs".into(), Value::Object(known));
        }
        whole
    }
}

/// Has references lead to what stands in the same schema; tells whereto.
fn brought_here(schema: &mut Value, wanted: &mut Vec<String>) {
    match schema {
        Value::Object(members) => {
            if let Some(Value::String(reference)) = members.get_mut("$ref")
                && let Some(name) = reference.strip_prefix(THERE).map(str::to_owned)
            {
                *reference = format!("{HERE}{name}");
                wanted.push(name);
            }
            for member in members.values_mut() {
                brought_here(member, wanted);
            }
        }
        Value::Array(items) => {
            for item in items {
                brought_here(item, wanted);
            }
        }
        _ => {}
    }
}
