//! The paths, one file each.

pub(crate) mod create_look;
pub(crate) mod get_look;
pub(crate) mod healthz;
pub(crate) mod list_products;
mod openapi;
mod problems;
pub(crate) mod product;
pub(crate) mod readyz;
pub(crate) mod set_offers;

use actix_web::{
    HttpResponse, Resource, Route,
    web::{self, ServiceConfig},
};

use crate::{problem::Problem, problems::Code};

/// Adds every path, and an answer for all others.
pub(crate) fn register(config: &mut ServiceConfig) {
    let get = web::get;
    config
        .service(at("/v1/looks", "POST", [web::post().to(create_look::create_look)]))
        .service(at("/v1/looks/{id}", "GET", [get().to(get_look::get_look)]))
        .service(at("/v1/catalog/products", "GET", [get().to(list_products::list_products)]))
        .service(at(
            "/v1/catalog/products/{id}",
            "GET, PUT, DELETE",
            [
                get().to(product::get_product),
                web::put().to(product::put_product),
                web::delete().to(product::delete_product),
            ],
        ))
        .service(at("/v1/catalog/offers", "POST", [web::post().to(set_offers::set_offers)]))
        .service(at("/healthz", "GET", [get().to(healthz::healthz)]))
        .service(at("/readyz", "GET", [get().to(readyz::readyz)]))
        .service(at("/openapi.json", "GET", [get().to(openapi::contract)]))
        .service(at("/problems", "GET", [get().to(problems::page)]))
        .default_service(web::to(|| async { refused(Problem::of(Code::RouteUnknown)) }));
}

fn at(path: &str, allow: &'static str, routes: impl IntoIterator<Item = Route>) -> Resource {
    let refuse = move || async move { refused(Problem::method_not_allowed(allow)) };
    let resource = routes.into_iter().fold(web::resource(path), Resource::route);
    resource.default_service(web::to(refuse))
}

fn refused(problem: Problem) -> Result<HttpResponse, Problem> {
    Err(problem)
}
