use utoipa::{
    Modify, PartialSchema,
    openapi::{Header, OpenApi, RefOr, path::Operation, security::SecurityRequirement},
};
use vitrine_core::scope::Scope;

use super::operations;
use crate::routes::access::{self, Access};

/// What the table of routes says, told of each operation: its scopes, and the answers that whoever
/// shows a token can get on any path.
pub(super) struct Scoped;

impl Modify for Scoped {
    fn modify(&self, document: &mut OpenApi) {
        for (path, method, operation) in operations(document) {
            if let Some(Access::Any(scopes)) = access::of(method, path) {
                tell(operation, scopes);
            }
        }
    }
}

fn tell(operation: &mut Operation, scopes: &[Scope]) {
    let any = scopes.iter().map(|scope| SecurityRequirement::new("token", [scope.id()]));
    operation.security = Some(any.collect());
    let needs = format!("Needs the scope {}.", access::named(scopes));
    operation.description = Some(match operation.description.take() {
        Some(said) => format!("{said}\n\n{needs}"),
        None => needs,
    });
    let responses = &mut operation.responses.responses;
    let Some(RefOr::T(refused)) = responses.get("401").cloned() else { return };
    let like = |description: String| {
        let mut response = refused.clone();
        response.description = description;
        response
    };
    let mut answer = |status: &str, codes: &[&str]| {
        let codes: Vec<String> = codes.iter().map(|code| format!("`{code}`")).collect();
        let known =
            responses.entry(status.into()).or_insert_with(|| RefOr::T(like(codes.join(", "))));
        if let RefOr::T(known) = known {
            for code in codes {
                if !known.description.contains(&code) {
                    known.description = format!("{}, {code}", known.description);
                }
            }
            let (name, said, schema) = match status {
                "403" => {
                    ("WWW-Authenticate", "The scope that is wanted (RFC 6750)", String::schema())
                }
                _ => ("Retry-After", "Seconds to wait", u64::schema()),
            };
            let told = Header::builder().schema(Some(schema)).description(Some(said)).build();
            known.headers.entry(name.into()).or_insert_with(|| told.into());
        }
    };
    answer("403", &["role_not_allowed"]);
    answer("503", &["store_unavailable", "issuer_unavailable"]);
}
