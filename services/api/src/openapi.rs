//! The contract, written from the code; `openapi/vitrine.json` is its checked-in copy.

mod access;
mod everywhere;
mod examples;
mod extended;
mod fairness;

use utoipa::{
    Modify, OpenApi,
    openapi::{
        Header, RefOr,
        path::Operation,
        security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};

use access::Scoped;
use everywhere::Everywhere;
use examples::Examples;
use extended::Extended;
use fairness::Fairness;

use crate::{chats, looks, problem, readiness, routes, search_body, upload};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Vitrine",
        description = "Answers a customer's photo with the shop's own products. Errors are problem details (RFC 9457), listed at `/problems`; a path that is not below is `route_unknown` (404), a wrong method `method_not_allowed` (405), and what a service that is being stopped can not finish any more `stopping` (503). Pages to read and try this contract are at `/docs`.",
        license(name = "Apache-2.0")
    ),
    paths(
        routes::create_look::create_look,
        routes::get_look::get_look,
        routes::refine_look::refine_look,
        routes::search::search,
        routes::shown_product::get_shown_product,
        routes::similar_products::list_similar_products,
        routes::complete_the_look::complete_the_look,
        routes::send_events::send_events,
        routes::reports::overview,
        routes::reports::conversion,
        routes::reports::queries,
        routes::reports::latency,
        routes::reports::experiments,
        routes::experiments::list_experiments,
        routes::experiments::get_experiment,
        routes::experiments::put_experiment,
        routes::experiments::delete_experiment,
        routes::customers::get_customer,
        routes::customers::put_customer,
        routes::customers::delete_customer,
        routes::list_products::list_products,
        routes::product::get_product,
        routes::product::put_product,
        routes::product::patch_product,
        routes::product::delete_product,
        routes::rules::list_rules,
        routes::rules::put_rule,
        routes::rules::delete_rule,
        routes::rules::preview_rules,
        routes::synonyms::list_synonyms,
        routes::synonyms::put_synonyms,
        routes::synonyms::delete_synonyms,
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
        routes::keys::create_key,
        routes::keys::list_keys,
        routes::keys::revoke_key,
        routes::conversations::create_conversation,
        routes::conversations::get_conversation,
        routes::conversations::send_message,
        routes::conversations::delete_conversation,
        routes::agent::list_conversations,
        routes::agent::get_conversation,
        routes::agent::answer,
        routes::agent::change,
        routes::agent::get_photo,
        routes::sign_in::sign_in,
        routes::ucp::profile,
        routes::ucp::search,
        routes::ucp::lookup,
        routes::ucp::product,
        routes::webhooks::create_webhook,
        routes::webhooks::list_webhooks,
        routes::webhooks::get_webhook,
        routes::webhooks::change_webhook,
        routes::webhooks::rotate_secret,
        routes::webhooks::delete_webhook,
        routes::webhook_deliveries::list_deliveries,
        routes::webhook_deliveries::replay_deliveries,
        routes::healthz::healthz,
        routes::readyz::readyz,
        routes::metrics::metrics
    ),
    components(schemas(upload::LookForm, upload::LookBody, looks::LookCreated, looks::LookGarmentSeen, looks::LookMatches, looks::LookAdviceDelta, chats::MessageHeard, chats::MessageUnderstood, chats::MessageProducts, upload::chat::MessageBody, upload::chat::MessageForm, search_body::SearchForm, search_body::SearchBody, problem::ProblemBody, readiness::Ready)),
    tags((name = "looks", description = "Photos, answered"), (name = "search", description = "Products by text, photo and filters"), (name = "events", description = "What customers did with the answers"), (name = "reports", description = "What came of answers"), (name = "experiments", description = "Settings tried out on a part of the visitors"), (name = "customers", description = "What is known of customers"), (name = "catalog", description = "What the shop sells; changes need a token of the role merchant or admin"), (name = "rules", description = "What a merchant wants of answers"), (name = "imports", description = "Feeds, taken in the background; all of it needs a token of the role merchant or admin"), (name = "webhooks", description = "Telling a merchant's own servers what happened"), (name = "conversations", description = "Conversations with customers, and the agents' side of them"), (name = "ucp", description = "The Universal Commerce Protocol, for shopping agents of any make"), (name = "pages", description = "What the pages for people need besides"), (name = "operation", description = "For who runs the service")),
    modifiers(&Token, &Scoped, &Fairness, &Extended, &Everywhere, &Examples)
)]
struct Contract;

struct Token;

impl Modify for Token {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let scheme = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .bearer_format("JWT")
            .description(Some("A token that `vitrine token` issued for one role at one merchant, one of the issuer that the operator named, or a merchant's key (`vk_…`). What is needed is said as scopes; any one of those listed does."))
            .build();
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("token", SecurityScheme::Http(scheme));
    }
}

/// Every operation with its path and method.
fn operations(
    document: &mut utoipa::openapi::OpenApi,
) -> impl Iterator<Item = (&str, &'static str, &mut Operation)> {
    document.paths.paths.iter_mut().flat_map(|(path, item)| {
        let all = [
            ("GET", &mut item.get),
            ("POST", &mut item.post),
            ("PUT", &mut item.put),
            ("PATCH", &mut item.patch),
            ("DELETE", &mut item.delete),
        ];
        let there = |(method, operation): (_, Option<_>)| operation.map(|it| (method, it));
        all.map(|(method, operation)| (method, operation.as_mut()))
            .into_iter()
            .filter_map(there)
            .map(move |(method, operation)| (path.as_str(), method, operation))
    })
}

fn header(description: &str) -> RefOr<Header> {
    Header::builder().description(Some(description)).build().into()
}

/// What is written in place, and not somewhere else.
fn here<T>(part: &mut RefOr<T>) -> Option<&mut T> {
    match part {
        RefOr::T(part) => Some(part),
        RefOr::Ref(_) => None,
    }
}

/// The contract (OpenAPI 3.1) as JSON, as `/openapi.json` answers it.
pub fn contract() -> String {
    Contract::openapi().to_pretty_json().unwrap_or_default() + "\n"
}
