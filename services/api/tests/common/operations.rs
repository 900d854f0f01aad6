//! What the contract says, operation by operation.

use std::collections::BTreeMap;

use serde_json::Value;

/// One operation of the contract.
pub(crate) struct Operation {
    /// In small letters.
    pub method: String,
    pub path: String,
    pub said: Value,
}

pub(crate) fn contract() -> Value {
    serde_json::from_str(&vitrine_api::contract()).unwrap()
}

/// In an order in which there is something to read, to change and to remove.
pub(crate) fn operations() -> Vec<Operation> {
    let order = ["put", "post", "get", "patch", "delete"];
    let mut all = Vec::new();
    for (path, methods) in contract()["paths"].as_object().unwrap() {
        for (method, said) in methods.as_object().unwrap() {
            all.push(Operation { method: method.clone(), path: path.clone(), said: said.clone() });
        }
    }
    // What is made is there for those who ask after it: agents after customers, deleting last.
    all.sort_by_key(|operation| {
        let place = order.iter().position(|method| *method == operation.method);
        (place, operation.path.starts_with("/v1/agent/"))
    });
    all
}

impl Operation {
    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.method.to_uppercase(), self.path)
    }

    /// What may be sent: each content type with its schema and example.
    pub(crate) fn requests(&self) -> Vec<(&str, &Value, &Value)> {
        bodies(&self.said["requestBody"])
    }

    /// Good answers: each content type with its schema and example.
    pub(crate) fn answers(&self) -> Vec<(&str, &Value, &Value)> {
        let answers = self.said["responses"].as_object().unwrap().iter();
        let good = answers.filter(|(status, _)| status.starts_with('2'));
        good.flat_map(|(_, answer)| bodies(answer)).collect()
    }

    /// The address, with what earlier answers gave a place to, or else the contract's own examples.
    pub(crate) fn address(&self, places: &BTreeMap<String, String>) -> String {
        let mut address = self.path.clone();
        for parameter in self.said["parameters"].as_array().into_iter().flatten() {
            let name = parameter["name"].as_str().unwrap();
            let example = || {
                let example = parameter["example"].as_str();
                example.unwrap_or_else(|| panic!("{}: no example of {name}", self.name()))
            };
            if let Some((before, after)) = address.split_once(&format!("{{{name}}}")) {
                address = match places.get(before) {
                    Some(place) => format!("{place}{after}"),
                    None => format!("{before}{}{after}", example()),
                };
            } else if parameter["in"] == "query" && parameter["required"] == true {
                address.push(if address.contains('?') { '&' } else { '?' });
                address.push_str(&format!("{name}={}", example()));
            }
        }
        address
    }
}

fn bodies(of: &Value) -> Vec<(&str, &Value, &Value)> {
    let content = of["content"].as_object().into_iter().flatten();
    content.map(|(kind, body)| (kind.as_str(), &body["schema"], &body["example"])).collect()
}
