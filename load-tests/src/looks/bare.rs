use std::net::{SocketAddr, TcpListener};

use actix_web::{App, HttpResponse, HttpServer, web};

use crate::measure::Outcome;

/// A route that answers the same bytes to whatever it is asked, with nothing around it.
pub(super) fn start(bytes: Vec<u8>) -> Outcome<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let bytes = web::Bytes::from(bytes);
    let answer = move |_: web::Bytes| {
        let bytes = bytes.clone();
        async move { HttpResponse::Ok().content_type("application/json").body(bytes) }
    };
    let app = move || App::new().default_service(web::to(answer.clone()));
    let server = HttpServer::new(app).workers(2).disable_signals().listen(listener)?.run();
    tokio::spawn(server);
    Ok(address)
}
