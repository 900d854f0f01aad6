//! What rate limits and idempotency keys add to the operations that they concern.

use utoipa::{
    Modify,
    openapi::{
        ContentBuilder, ObjectBuilder, OpenApi, Ref, RefOr, Required, Response, ResponseBuilder,
        Type,
        path::{Operation, ParameterBuilder, ParameterIn},
    },
};

use super::{header, operations};
use crate::{idempotency, problems::Code};

pub(super) struct Fairness;

impl Modify for Fairness {
    fn modify(&self, document: &mut OpenApi) {
        for (path, method, operation) in operations(document) {
            if method == "POST" && idempotency::PATHS.contains(&path) {
                keyed(operation);
            }
            if operation.security.as_ref().is_some_and(|needed| !needed.is_empty()) {
                limited(operation);
            }
        }
    }
}

fn limited(operation: &mut Operation) {
    add(operation, Code::RateLimited, true);
    for response in operation.responses.responses.values_mut() {
        let RefOr::T(response) = response else { continue };
        for (name, said) in [
            (
                "RateLimit-Policy",
                "How many requests may come, by caller and by merchant: `q` in `w` seconds",
            ),
            ("RateLimit", "How many are left, and in how many seconds all are"),
        ] {
            response.headers.insert(name.into(), header(said));
        }
    }
}

fn keyed(operation: &mut Operation) {
    let key = ObjectBuilder::new().schema_type(Type::String).max_length(Some(255));
    let parameter = ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(
            "Names this request, best by a UUID: sent again with the same key within 24 hours, it is not done again but answered as before. Not looked at where events are streamed.",
        ))
        .schema(Some(key));
    operation.parameters.get_or_insert_default().push(RefOr::T(parameter.build()));
    add(operation, Code::IdempotencyKeyInvalid, false);
    add(operation, Code::IdempotencyConflict, false);
    add(operation, Code::IdempotencyInFlight, true);
    for (status, response) in &mut operation.responses.responses {
        if let (true, RefOr::T(response)) = (status.starts_with('2'), response) {
            let said = "`true` where this is the answer that the key was given before";
            response.headers.insert("Idempotent-Replayed".into(), header(said));
        }
    }
}

/// Adds a code to the response of its status.
fn add(operation: &mut Operation, code: Code, retry_after: bool) {
    let responses = &mut operation.responses.responses;
    let response =
        responses.entry(code.status().to_string()).or_insert_with(|| RefOr::T(problem()));
    let RefOr::T(response) = response else { return };
    if !response.description.is_empty() {
        response.description += ", ";
    }
    response.description += &format!("`{}`", code.id());
    if retry_after {
        response.headers.insert("Retry-After".into(), header("Seconds to wait"));
    }
}

fn problem() -> Response {
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem")));
    ResponseBuilder::new().content("application/problem+json", content.build()).build()
}
