use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use vitrine_core::{
    ids::ProductId,
    imports::Failure,
    pictures::Picture,
    ports::{KeptPicture, PictureState},
    vocabulary::UnknownWord,
};

use crate::{
    caller::Keeper,
    page::{Page, after_of, limit_of},
    problem::{Problem, ProblemBody},
    problems::Code,
    state::State,
};

/// Which pictures.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Asked {
    /// All where not given.
    #[param(value_type = Option<PictureState>)]
    state: Option<String>,
    /// Pictures on the page at most.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 100, default = 20)]
    limit: Option<String>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// A page of product pictures, in the order of the products' ids.
#[derive(Serialize, ToSchema)]
pub(crate) struct PicturePage {
    pictures: Vec<ProductPicture>,
    /// The cursor of the page after this one; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// A product's picture.
#[derive(Serialize, ToSchema)]
pub(crate) struct ProductPicture {
    product: ProductId,
    /// As the merchant gives it.
    image_link: String,
    state: PictureState,
    /// Of the upright picture, in pixels, once it was fetched.
    #[serde(skip_serializing_if = "Option::is_none")]
    width: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    height: Option<u32>,
    /// BLAKE3 of the file, in hex.
    #[serde(skip_serializing_if = "Option::is_none")]
    hash: Option<String>,
    /// Why it can not be had.
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<Failure>,
}

impl From<KeptPicture> for ProductPicture {
    fn from(kept: KeptPicture) -> Self {
        let state = kept.state();
        let (picture, failure) = match kept.picture {
            None => (None, None),
            Some(Ok(picture)) => (Some(picture), None),
            Some(Err(failure)) => (None, Some(failure)),
        };
        let sides = picture.as_ref().map(|Picture { width, height, .. }| (*width, *height));
        Self {
            product: kept.product,
            image_link: kept.address,
            state,
            width: sides.map(|(width, _)| width),
            height: sides.map(|(_, height)| height),
            hash: picture.map(|picture| picture.hash),
            failure,
        }
    }
}

/// List the pictures that products name
///
/// What became of each: pictures are fetched after the import that names them.
#[utoipa::path(
    get,
    path = "/v1/catalog/pictures",
    operation_id = "listPictures",
    tag = "catalog",
    security(("token" = [])),
    params(Asked),
    responses(
        (status = 200, description = "A page of pictures", body = PicturePage),
        (status = 400, description = "`cursor_invalid`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`role_not_allowed`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "`filter_invalid`, `field_unknown`, `limit_invalid`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 500, description = "`internal`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "`store_unavailable`", body = ProblemBody, content_type = "application/problem+json", headers(
            ("Retry-After" = u64, description = "Seconds to wait")
        )),
    )
)]
pub(crate) async fn list_pictures(
    keeper: Keeper,
    asked: Result<web::Query<Asked>, actix_web::Error>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let Asked { state: wanted, limit, cursor } =
        asked.map_err(|error| Problem::new(Code::FieldUnknown, error.to_string()))?.into_inner();
    let invalid =
        |error: UnknownWord| Problem::of_field(Code::FilterInvalid, "state", error.to_string());
    let wanted: Option<PictureState> =
        wanted.map(|wanted| wanted.parse().map_err(invalid)).transpose()?;
    let limit = limit_of(limit.as_deref())?;
    let after: Option<ProductId> = after_of(cursor.as_deref())?;
    let mut kept =
        state.pictures.pictures(&keeper.merchant, wanted, after.as_ref(), limit + 1).await?;
    let more = kept.len() > limit;
    kept.truncate(limit);
    let next = kept.last().filter(|_| more).map(|last| Page::cursor(&last.product));
    let pictures = kept.into_iter().map(ProductPicture::from).collect();
    Ok(HttpResponse::Ok().json(PicturePage { pictures, next }))
}
