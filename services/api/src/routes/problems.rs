use actix_web::HttpResponse;

pub(super) async fn page() -> HttpResponse {
    HttpResponse::Ok().content_type("text/html; charset=utf-8").body(crate::problems::html())
}
