//! The contract, written from the code; `openapi/vitrine.json` is its checked-in copy.

use utoipa::{
    Modify, OpenApi,
    openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
};

use crate::{problem, readiness, routes, upload};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Vitrine",
        description = "Answers a customer's photo with the shop's own products. Errors are problem details (RFC 9457), listed at `/problems`.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    paths(
        routes::create_look::create_look,
        routes::get_look::get_look,
        routes::healthz::healthz,
        routes::readyz::readyz
    ),
    components(schemas(upload::LookForm, upload::LookBody, problem::ProblemBody, readiness::Ready)),
    tags((name = "looks", description = "Photos, answered"), (name = "operation", description = "For who runs the service")),
    modifiers(&Token)
)]
struct Contract;

struct Token;

impl Modify for Token {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let scheme = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .bearer_format("JWT")
            .description(Some("A token that `vitrine token` issued for one role at one merchant."))
            .build();
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("token", SecurityScheme::Http(scheme));
    }
}

/// The contract (OpenAPI 3.1).
pub fn document() -> utoipa::openapi::OpenApi {
    Contract::openapi()
}

/// The contract as `/openapi.json` answers it.
pub fn json() -> String {
    document().to_pretty_json().unwrap_or_default()
}
