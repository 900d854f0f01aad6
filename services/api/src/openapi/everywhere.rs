//! What holds for many operations, said once for all.

use utoipa::{
    Modify,
    openapi::{
        OpenApi, RefOr, Required, Response,
        path::{Operation, ParameterBuilder, ParameterIn},
        schema::{ObjectBuilder, Type},
    },
};

use super::{header, here, operations};

/// The headers that answers bear, and what reads and bodies have in common.
pub(super) struct Everywhere;

impl Modify for Everywhere {
    fn modify(&self, document: &mut OpenApi) {
        for (path, method, operation) in operations(document) {
            if method == "GET" && path.starts_with("/v1/") {
                revalidated(operation);
            }
            if operation.request_body.is_some() {
                in_time(operation);
            }
            named(operation);
        }
    }
}

/// `ETag` and `If-None-Match` of a read that is answered with JSON.
fn revalidated(operation: &mut Operation) {
    let responses = &mut operation.responses.responses;
    let Some(whole) = responses.get_mut("200").and_then(here) else { return };
    if !whole.content.contains_key("application/json") {
        return;
    }
    let tag = header("Names this answer; send it as `If-None-Match` when asking again");
    whole.headers.insert("ETag".into(), tag.clone());
    let mut same = Response::new("It is what `If-None-Match` names; without a body");
    same.headers.insert("ETag".into(), tag);
    responses.insert("304".into(), same.into());
    let known = ParameterBuilder::new()
        .name("If-None-Match")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some("The `ETag` of the answer that the client has"))
        .schema(Some(ObjectBuilder::new().schema_type(Type::String)));
    operation.parameters.get_or_insert_default().push(known.build().into());
}

/// A body has to arrive in time, whatever reads it.
fn in_time(operation: &mut Operation) {
    let responses = &mut operation.responses.responses;
    let Some(RefOr::T(refused)) = responses.get("401") else { return };
    let mut slow = refused.clone();
    slow.description = "`body_slow`".into();
    responses.entry("408".into()).or_insert(slow.into());
}

/// The request's name, and what kind of token is wanted.
fn named(operation: &mut Operation) {
    for (status, response) in &mut operation.responses.responses {
        let RefOr::T(response) = response else { continue };
        let id = header("Names this request, as it asked itself or anew");
        response.headers.insert("Request-Id".into(), id);
        if status == "401" {
            let challenge = header("What kind of token is wanted (RFC 6750)");
            response.headers.insert("WWW-Authenticate".into(), challenge);
        }
    }
}
