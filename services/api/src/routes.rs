//! The paths, one file each.

pub(crate) mod access;
pub(crate) mod agent;
pub(crate) mod catalog_health;
mod chat_completions;
pub(crate) mod complete_the_look;
pub(crate) mod conversations;
pub(crate) mod create_import;
pub(crate) mod create_look;
pub(crate) mod customers;
mod docs;
pub(crate) mod duplicates;
pub(crate) mod experiments;
pub(crate) mod export_catalog;
pub(crate) mod feeds;
pub(crate) mod get_look;
pub(crate) mod healthz;
pub(crate) mod import_problems;
pub(crate) mod imports;
mod inbound_webhook;
mod inbound_whatsapp;
pub(crate) mod keys;
pub(crate) mod list_pictures;
pub(crate) mod list_products;
mod mcp;
pub(crate) mod metrics;
mod openapi;
mod pages;
mod problems;
pub(crate) mod product;
pub(crate) mod readyz;
pub(crate) mod refine_look;
pub(crate) mod reindex;
pub(crate) mod reports;
pub(crate) mod rules;
pub(crate) mod search;
pub(crate) mod send_events;
pub(crate) mod set_offers;
pub(crate) mod shown_product;
pub(crate) mod sign_in;
pub(crate) mod similar_products;
pub(crate) mod synonyms;
pub(crate) mod ucp;
pub(crate) mod webhook_deliveries;
pub(crate) mod webhooks;

use actix_web::{
    HttpResponse, Resource, Route,
    body::BoxBody,
    dev::{HttpServiceFactory, ServiceRequest},
    middleware::{Next, from_fn},
    web::{self, ServiceConfig},
};

use crate::{caller::admit, idempotency, limits, problem::Problem, problems::Code};

/// Adds every path, those of the metrics and the pages where they are to be answered, and an answer
/// for all others.
pub(crate) fn register(config: &mut ServiceConfig, metrics: bool, pages: bool) {
    let get = web::get;
    if metrics {
        config.service(at("/metrics", "GET", [get().to(metrics::metrics)]));
    }
    if pages {
        config
            .service(at("/", "GET", [get().to(pages::shopper)]))
            .service(at("/merchant", "GET", [get().to(pages::merchant)]))
            .service(at("/agent", "GET", [get().to(pages::agent)]))
            .service(at("/pages/settings.json", "GET", [get().to(pages::settings)]))
            .service(at("/pages/pictures/{file:.*}", "GET", [get().to(pages::picture)]))
            .service(at("/pages/{file:.*}", "GET", [get().to(pages::part)]));
    }
    config
        .service(at("/v1/looks", "POST", [web::post().to(create_look::create_look)]))
        .service(at("/v1/looks/{id}", "GET", [get().to(get_look::get_look)]))
        .service(at(
            "/v1/looks/{id}/refinements",
            "POST",
            [web::post().to(refine_look::refine_look)],
        ))
        .service(at("/v1/search", "POST", [web::post().to(search::search)]))
        .service(at("/v1/products/{id}", "GET", [get().to(shown_product::get_shown_product)]))
        .service(at(
            "/v1/products/{id}/similar",
            "GET",
            [get().to(similar_products::list_similar_products)],
        ))
        .service(at(
            "/v1/products/{id}/complete-the-look",
            "GET",
            [get().to(complete_the_look::complete_the_look)],
        ))
        .service(at("/v1/events", "POST", [web::post().to(send_events::send_events)]))
        .service(at(
            "/v1/customers/{id}",
            "GET, PUT, DELETE",
            [
                get().to(customers::get_customer),
                web::put().to(customers::put_customer),
                web::delete().to(customers::delete_customer),
            ],
        ))
        .service(at("/v1/experiments", "GET", [get().to(experiments::list_experiments)]))
        .service(at(
            "/v1/experiments/{name}",
            "GET, PUT, DELETE",
            [
                get().to(experiments::get_experiment),
                web::put().to(experiments::put_experiment),
                web::delete().to(experiments::delete_experiment),
            ],
        ))
        .service(at("/v1/reports/overview", "GET", [get().to(reports::overview)]))
        .service(at("/v1/reports/conversion", "GET", [get().to(reports::conversion)]))
        .service(at("/v1/reports/queries", "GET", [get().to(reports::queries)]))
        .service(at("/v1/reports/latency", "GET", [get().to(reports::latency)]))
        .service(at("/v1/reports/experiments", "GET", [get().to(reports::experiments)]))
        .service(at("/v1/catalog/products", "GET", [get().to(list_products::list_products)]))
        .service(at(
            "/v1/catalog/products/{id}",
            "GET, PUT, PATCH, DELETE",
            [
                get().to(product::get_product),
                web::put().to(product::put_product),
                web::patch().to(product::patch_product),
                web::delete().to(product::delete_product),
            ],
        ))
        .service(at("/v1/catalog/health", "GET", [get().to(catalog_health::get_catalog_health)]))
        .service(at("/v1/catalog/pictures", "GET", [get().to(list_pictures::list_pictures)]))
        .service(at("/v1/catalog/duplicates", "GET", [get().to(duplicates::list_duplicates)]))
        .service(at("/v1/catalog/export", "GET", [get().to(export_catalog::export_catalog)]))
        .service(at(
            "/v1/catalog/reindex",
            "GET, POST",
            [get().to(reindex::get_reindex), web::post().to(reindex::start_reindex)],
        ))
        .service(at("/v1/catalog/rules", "GET", [get().to(rules::list_rules)]))
        .service(at("/v1/catalog/rules/preview", "POST", [web::post().to(rules::preview_rules)]))
        .service(at(
            "/v1/catalog/rules/{name}",
            "PUT, DELETE",
            [web::put().to(rules::put_rule), web::delete().to(rules::delete_rule)],
        ))
        .service(at("/v1/catalog/synonyms", "GET", [get().to(synonyms::list_synonyms)]))
        .service(at(
            "/v1/catalog/synonyms/{name}",
            "PUT, DELETE",
            [web::put().to(synonyms::put_synonyms), web::delete().to(synonyms::delete_synonyms)],
        ))
        .service(at("/v1/catalog/offers", "POST", [web::post().to(set_offers::set_offers)]))
        .service(at(
            "/v1/catalog/imports",
            "GET, POST",
            [get().to(imports::list_imports), web::post().to(create_import::create_import)],
        ))
        .service(at(
            "/v1/catalog/imports/{id}",
            "GET, DELETE",
            [get().to(imports::get_import), web::delete().to(imports::cancel_import)],
        ))
        .service(at(
            "/v1/catalog/imports/{id}/problems",
            "GET",
            [get().to(import_problems::list_import_problems)],
        ))
        .service(at("/v1/catalog/feeds", "GET", [get().to(feeds::list_feeds)]))
        .service(at(
            "/v1/catalog/feeds/{name}",
            "GET, PUT, DELETE",
            [
                get().to(feeds::get_feed),
                web::put().to(feeds::put_feed),
                web::delete().to(feeds::delete_feed),
            ],
        ))
        .service(at(
            "/v1/catalog/feeds/{name}/imports",
            "POST",
            [web::post().to(feeds::import_feed)],
        ))
        .service(at(
            "/v1/keys",
            "GET, POST",
            [get().to(keys::list_keys), web::post().to(keys::create_key)],
        ))
        .service(at("/v1/keys/{id}", "DELETE", [web::delete().to(keys::revoke_key)]))
        .service(at(
            "/v1/webhooks",
            "GET, POST",
            [get().to(webhooks::list_webhooks), web::post().to(webhooks::create_webhook)],
        ))
        .service(at(
            "/v1/webhooks/{id}",
            "GET, PATCH, DELETE",
            [
                get().to(webhooks::get_webhook),
                web::patch().to(webhooks::change_webhook),
                web::delete().to(webhooks::delete_webhook),
            ],
        ))
        .service(at("/v1/webhooks/{id}/secret", "POST", [web::post().to(webhooks::rotate_secret)]))
        .service(at(
            "/v1/webhooks/{id}/deliveries",
            "GET",
            [get().to(webhook_deliveries::list_deliveries)],
        ))
        .service(at(
            "/v1/webhooks/{id}/replays",
            "POST",
            [web::post().to(webhook_deliveries::replay_deliveries)],
        ))
        .service(at(
            "/v1/conversations",
            "POST",
            [web::post().to(conversations::create_conversation)],
        ))
        .service(at(
            "/v1/conversations/{id}",
            "GET, DELETE",
            [
                get().to(conversations::get_conversation),
                web::delete().to(conversations::delete_conversation),
            ],
        ))
        .service(at(
            "/v1/conversations/{id}/messages",
            "POST",
            [web::post().to(conversations::send_message)],
        ))
        .service(at("/v1/agent/conversations", "GET", [get().to(agent::list_conversations)]))
        .service(at(
            "/v1/agent/conversations/{id}",
            "GET, PATCH",
            [get().to(agent::get_conversation), web::patch().to(agent::change)],
        ))
        .service(at(
            "/v1/agent/conversations/{id}/messages",
            "POST",
            [web::post().to(agent::answer)],
        ))
        .service(at(
            "/v1/agent/conversations/{id}/photos/{photo_id}",
            "GET",
            [get().to(agent::get_photo)],
        ))
        .service(at("/v1/sign-in", "POST", [web::post().to(sign_in::sign_in)]))
        .service(at("/v1/chat/completions", "POST", [web::post().to(chat_completions::create)]))
        .service(at("/v1/models", "GET", [get().to(chat_completions::models)]))
        .service(at("/v1/models/{id}", "GET", [get().to(chat_completions::model)]))
        .service(at(
            "/inbound/whatsapp/{merchant}",
            "GET, POST",
            [get().to(inbound_whatsapp::verify), web::post().to(inbound_whatsapp::receive)],
        ))
        .service(at(
            "/inbound/webhooks/{merchant}/{name}",
            "POST",
            [web::post().to(inbound_webhook::receive)],
        ))
        .service(at("/.well-known/ucp", "GET", [get().to(ucp::profile)]))
        .service(at("/ucp/catalog/search", "POST", [web::post().to(ucp::search)]))
        .service(at("/ucp/catalog/lookup", "POST", [web::post().to(ucp::lookup)]))
        .service(at("/ucp/catalog/product", "POST", [web::post().to(ucp::product)]))
        .service(at("/mcp", "POST", [web::post().to(mcp::mcp)]))
        .service(at("/healthz", "GET", [get().to(healthz::healthz)]))
        .service(at("/readyz", "GET", [get().to(readyz::readyz)]))
        .service(at("/openapi.json", "GET", [get().to(openapi::contract)]))
        .service(at("/problems", "GET", [get().to(problems::page)]))
        .service(at("/docs", "GET", [get().to(docs::home)]))
        .service(at("/docs/{file:.*}", "GET", [get().to(docs::pages)]))
        .default_service(web::to(|| async { refused(Problem::of(Code::RouteUnknown)) }));
}

/// A path, closed to all whom the [table](access) does not let in.
fn at(
    path: &'static str,
    allow: &'static str,
    routes: impl IntoIterator<Item = Route> + 'static,
) -> impl HttpServiceFactory + 'static {
    let refuse = move || async move { refused(Problem::method_not_allowed(allow)) };
    let resource = routes.into_iter().fold(web::resource(path), Resource::route);
    let resource = resource.default_service(web::to(refuse));
    // The last one is the first to see a request.
    resource.wrap(from_fn(idempotency::once)).wrap(from_fn(limits::hold)).wrap(from_fn(
        move |request: ServiceRequest, next: Next<BoxBody>| admit(path, allow, request, next),
    ))
}

fn refused(problem: Problem) -> Result<HttpResponse, Problem> {
    Err(problem)
}
