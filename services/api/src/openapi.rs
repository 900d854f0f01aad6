//! The contract, written from the code; `openapi/vitrine.json` is its checked-in copy.

mod fairness;

use utoipa::{
    Modify, OpenApi,
    openapi::{
        Header, RefOr, Schema,
        security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};

use fairness::Fairness;

use crate::{problem, readiness, routes, upload};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Vitrine",
        description = "Answers a customer's photo with the shop's own products. Errors are problem details (RFC 9457), listed at `/problems`; a path that is not below is `route_unknown` (404), a wrong method `method_not_allowed` (405).",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    paths(
        routes::create_look::create_look,
        routes::get_look::get_look,
        routes::list_products::list_products,
        routes::product::get_product,
        routes::product::put_product,
        routes::product::patch_product,
        routes::product::delete_product,
        routes::catalog_health::get_catalog_health,
        routes::duplicates::list_duplicates,
        routes::list_pictures::list_pictures,
        routes::export_catalog::export_catalog,
        routes::reindex::start_reindex,
        routes::reindex::get_reindex,
        routes::set_offers::set_offers,
        routes::create_import::create_import,
        routes::imports::list_imports,
        routes::imports::get_import,
        routes::imports::cancel_import,
        routes::import_problems::list_import_problems,
        routes::feeds::list_feeds,
        routes::feeds::get_feed,
        routes::feeds::put_feed,
        routes::feeds::delete_feed,
        routes::feeds::import_feed,
        routes::healthz::healthz,
        routes::readyz::readyz,
        routes::metrics::metrics
    ),
    components(schemas(upload::LookForm, upload::LookBody, problem::ProblemBody, readiness::Ready)),
    tags((name = "looks", description = "Photos, answered"), (name = "catalog", description = "What the shop sells; changes need a token of the role merchant or admin"), (name = "imports", description = "Feeds, taken in the background; all of it needs a token of the role merchant or admin"), (name = "operation", description = "For who runs the service")),
    modifiers(&Token, &Fairness, &Headers, &Examples)
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

/// What every answer bears, said once for all.
struct Headers;

impl Modify for Headers {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let header = |description: &str| Header::builder().description(Some(description)).build();
        for item in document.paths.paths.values_mut() {
            let operations =
                [&mut item.get, &mut item.post, &mut item.put, &mut item.patch, &mut item.delete];
            for operation in operations.into_iter().flatten() {
                for (status, response) in &mut operation.responses.responses {
                    let RefOr::T(response) = response else { continue };
                    let named = header("Names this request, as it asked itself or anew").into();
                    response.headers.insert("Request-Id".into(), named);
                    if status == "401" {
                        let challenge = header("What kind of token is wanted (RFC 6750)").into();
                        response.headers.insert("WWW-Authenticate".into(), challenge);
                    }
                }
            }
        }
    }
}

/// Whole bodies, besides the examples of single fields.
struct Examples;

impl Modify for Examples {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let bodies = [
            ("Look", include_str!("openapi/look.json")),
            ("LookBody", include_str!("openapi/look_body.json")),
        ];
        let schemas = &mut document.components.get_or_insert_default().schemas;
        for (name, body) in bodies {
            if let Some(RefOr::T(Schema::Object(schema))) = schemas.get_mut(name) {
                schema.example = serde_json::from_str(body).ok();
            }
        }
    }
}

/// The contract (OpenAPI 3.1).
pub fn document() -> utoipa::openapi::OpenApi {
    Contract::openapi()
}

/// The contract as `/openapi.json` answers it.
pub(crate) fn json() -> String {
    document().to_pretty_json().unwrap_or_default()
}
