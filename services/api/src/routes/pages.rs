//! The pages for people, and what they are made of.

use actix_web::{HttpRequest, HttpResponse, http::header, web};
use serde::Serialize;
use std::collections::BTreeMap;
use vitrine_core::{
    address::WebAddress,
    ports::{FetchRequest, Fetched, Patience},
};

use crate::{
    pages::{self, POLICY, Trial},
    problem::Problem,
    problems::Code,
    state::State,
    tokens::Role,
};

/// The most bytes of a picture that is passed on.
const MAX_PICTURE: u64 = 4 * 1024 * 1024;
/// Where the pictures of a shop to try are had.
const PICTURES: &str = "/pages/pictures/";

pub(super) async fn shopper() -> Result<HttpResponse, Problem> {
    file("shopper.html")
}

pub(super) async fn merchant() -> Result<HttpResponse, Problem> {
    file("merchant.html")
}

pub(super) async fn agent() -> Result<HttpResponse, Problem> {
    file("agent.html")
}

pub(super) async fn part(path: web::Path<String>) -> Result<HttpResponse, Problem> {
    file(&path)
}

fn file(path: &str) -> Result<HttpResponse, Problem> {
    let (bytes, kind) = pages::file(path).ok_or_else(|| Problem::of(Code::RouteUnknown))?;
    Ok(HttpResponse::Ok()
        .content_type(kind)
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((header::CROSS_ORIGIN_OPENER_POLICY, "same-origin"))
        .body(bytes.into_owned()))
}

/// What the pages ask before anything else.
#[derive(Serialize)]
struct PageSettings {
    /// The roles that whoever asks may sign in as without a token.
    sign_in: Vec<Role>,
    /// Addresses of pictures that begin with a key are had at its value instead.
    pictures: BTreeMap<String, &'static str>,
}

pub(super) async fn settings(http: HttpRequest, state: web::Data<State>) -> HttpResponse {
    let pages = &state.pages;
    let sign_in = Role::ALL.iter().copied().filter(|role| pages.merchant(*role, &http).is_some());
    let trial = pages.trial.iter();
    let pictures = trial.map(|trial| (format!("https://{}/", trial.pictures), PICTURES)).collect();
    HttpResponse::Ok().json(PageSettings { sign_in: sign_in.collect(), pictures })
}

/// A picture of the shop to try, whose host is none that a browser could ask.
pub(super) async fn picture(
    path: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let unknown = || Problem::of(Code::RouteUnknown);
    let Trial { pictures, .. } = state.pages.trial.as_ref().ok_or_else(unknown)?;
    let address = format!("https://{pictures}/{path}");
    let address = WebAddress::parse(&address).map_err(|_| unknown())?;
    let asked = FetchRequest::new(address, MAX_PICTURE, Patience::Waiting);
    let Ok(Fetched::Response(found)) = state.fetch.fetch(&asked).await else {
        return Err(unknown());
    };
    let bytes = found.bytes().await.map_err(|_| unknown())?;
    let kind = image::guess_format(&bytes).map_err(|_| unknown())?;
    Ok(HttpResponse::Ok().content_type(kind.to_mime_type()).body(bytes))
}
