//! The paths, one file each.

pub(crate) mod catalog_health;
pub(crate) mod create_import;
pub(crate) mod create_look;
pub(crate) mod duplicates;
pub(crate) mod export_catalog;
pub(crate) mod feeds;
pub(crate) mod get_look;
pub(crate) mod healthz;
pub(crate) mod import_problems;
pub(crate) mod imports;
pub(crate) mod list_pictures;
pub(crate) mod list_products;
pub(crate) mod metrics;
mod openapi;
mod problems;
pub(crate) mod product;
pub(crate) mod readyz;
pub(crate) mod reindex;
pub(crate) mod set_offers;

use actix_web::{
    HttpResponse, Resource, Route,
    dev::HttpServiceFactory,
    middleware::from_fn,
    web::{self, ServiceConfig},
};

use crate::{idempotency, limits, problem::Problem, problems::Code};

/// Adds every path, that of the metrics where they are to be told, and an answer for all others.
pub(crate) fn register(config: &mut ServiceConfig, metrics: bool) {
    let get = web::get;
    if metrics {
        config.service(at("/metrics", "GET", [get().to(metrics::metrics)]));
    }
    config
        .service(at("/v1/looks", "POST", [web::post().to(create_look::create_look)]))
        .service(at("/v1/looks/{id}", "GET", [get().to(get_look::get_look)]))
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
        .service(at("/healthz", "GET", [get().to(healthz::healthz)]))
        .service(at("/readyz", "GET", [get().to(readyz::readyz)]))
        .service(at("/openapi.json", "GET", [get().to(openapi::contract)]))
        .service(at("/problems", "GET", [get().to(problems::page)]))
        .default_service(web::to(|| async { refused(Problem::of(Code::RouteUnknown)) }));
}

fn at(
    path: &str,
    allow: &'static str,
    routes: impl IntoIterator<Item = Route>,
) -> impl HttpServiceFactory + 'static {
    let refuse = move || async move { refused(Problem::method_not_allowed(allow)) };
    let resource = routes.into_iter().fold(web::resource(path), Resource::route);
    let resource = resource.default_service(web::to(refuse));
    // The last one is the first to see a request.
    resource.wrap(from_fn(idempotency::once)).wrap(from_fn(limits::hold))
}

fn refused(problem: Problem) -> Result<HttpResponse, Problem> {
    Err(problem)
}
