use actix_web::{HttpResponse, web};
use serde::Serialize;
use utoipa::ToSchema;
use vitrine_core::{
    duplicates::{DuplicateGroup, DuplicatesBy},
    health::{Duplicates, Finding, Health},
    ids::ProductId,
    lack::Lack,
};

use crate::{
    caller::Keeper,
    problem::{Problem, ProblemBody},
    state::State,
};

/// What can be done for the catalog.
#[derive(Serialize, ToSchema)]
pub(crate) struct CatalogHealth {
    /// All there are.
    products: u64,
    /// One for each thing that products can be missing.
    lacks: Vec<LackFound>,
    /// One for each way in which products can be the same.
    duplicates: Vec<DuplicatesFound>,
    pictures: PicturesFound,
    /// Products that were never shown as a match.
    never_matched: Found,
}

/// What became of the pictures that products name.
#[derive(Serialize, ToSchema)]
struct PicturesFound {
    /// Still to be fetched.
    waiting: u64,
    /// Fetched.
    had: u64,
    /// Not to be had.
    failed: Found,
}

/// Products that are missing something.
#[derive(Serialize, ToSchema)]
struct LackFound {
    lack: Lack,
    #[serde(flatten)]
    found: Found,
}

/// Products that something is to be done for.
#[derive(Serialize, ToSchema)]
struct Found {
    products: u64,
    /// Of all products, 0 to 1.
    share: f64,
    /// The first few by id.
    #[schema(max_items = 5)]
    examples: Vec<ProductId>,
    /// Why it matters.
    why: &'static str,
    /// What to do about it.
    remedy: &'static str,
    /// Where all of them are listed.
    #[schema(example = "/v1/catalog/products?lacks=gtin")]
    list: String,
}

/// Products that are there more than once.
#[derive(Serialize, ToSchema)]
struct DuplicatesFound {
    by: DuplicatesBy,
    /// All there are.
    groups: u64,
    #[schema(max_items = 5)]
    first: Vec<DuplicateGroup>,
    /// Why it matters.
    why: &'static str,
    /// What to do about it.
    remedy: &'static str,
    /// Where all of them are listed.
    #[schema(example = "/v1/catalog/duplicates?by=gtin")]
    list: String,
}

/// What can be done for the catalog
///
/// What products are missing, which are there twice, and which were never found; each with why it
/// matters, what to do, and where all of them are listed.
#[utoipa::path(
    get,
    path = "/v1/catalog/health",
    operation_id = "getCatalogHealth",
    tag = "catalog",
    security(("token" = [])),
    responses(
        (status = 200, description = "The catalog's state now", body = CatalogHealth),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`role_not_allowed`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 500, description = "`internal`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "`store_unavailable`", body = ProblemBody, content_type = "application/problem+json", headers(
            ("Retry-After" = u64, description = "Seconds to wait")
        )),
    )
)]
pub(crate) async fn get_catalog_health(
    keeper: Keeper,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let (catalog, same) = (&*state.shop.catalog, state.shop.same_by());
    let health = Health::of(catalog, &*state.pictures, same, &keeper.merchant).await?;
    Ok(HttpResponse::Ok().json(CatalogHealth::from(health)))
}

impl From<Health> for CatalogHealth {
    fn from(health: Health) -> Self {
        let Health { products, lacks, duplicates, pictures, pictures_failed, never_matched } =
            health;
        let lacks = lacks.into_iter().map(|(lack, finding)| {
            let said = (lack.why(), lack.remedy());
            let list = format!("/v1/catalog/products?lacks={}", lack.id());
            LackFound { lack, found: Found::of(finding, products, said, list) }
        });
        let of_pictures = (
            "A match is shown without a picture, and gaps are not filled in from it.",
            "Give `image_link` the address of the file itself, and let it be fetched.",
        );
        let failed = "/v1/catalog/pictures?state=failed".to_owned();
        let said = (
            "What is never shown is not sold here; new products are shown once a photo asks.",
            "Look whether kind, colours, pictures and stock are right, and whether they are sought.",
        );
        let list = "/v1/catalog/products?never_matched=true".to_owned();
        Self {
            products,
            lacks: lacks.collect(),
            duplicates: duplicates.into_iter().map(DuplicatesFound::from).collect(),
            pictures: PicturesFound {
                waiting: pictures.waiting,
                had: pictures.had,
                failed: Found::of(pictures_failed, products, of_pictures, failed),
            },
            never_matched: Found::of(never_matched, products, said, list),
        }
    }
}

impl Found {
    fn of(
        finding: Finding,
        all: u64,
        (why, remedy): (&'static str, &'static str),
        list: String,
    ) -> Self {
        let Finding { products, examples } = finding;
        let share = products as f64 / all.max(1) as f64;
        let share = (share * 10_000.0).round() / 10_000.0;
        Self { products, share, examples, why, remedy, list }
    }
}

impl From<Duplicates> for DuplicatesFound {
    fn from(duplicates: Duplicates) -> Self {
        let Duplicates { by, groups, first } = duplicates;
        let list = format!("/v1/catalog/duplicates?by={}", by.id());
        Self { by, groups, first, why: by.why(), remedy: by.remedy(), list }
    }
}
