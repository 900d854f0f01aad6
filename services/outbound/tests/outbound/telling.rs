//! What servers are told, over real sockets.

use std::time::Duration;

use vitrine_core::{
    address::WebAddress,
    ports::{FetchError, Post, Posted, Tell},
    testing::Page,
};
use vitrine_outbound::OutboundSettings;

use crate::world::{SHOP, Server, Step, always, answer, outbound, settings};

fn post(address: &str) -> Post {
    Post {
        address: WebAddress::parse(address).unwrap(),
        headers: vec![("webhook-id", "msg_1".into()), ("webhook-signature", "v1,x v1,y".into())],
        body: r#"{"type":"import.completed"}"#.into(),
    }
}

#[tokio::test]
async fn a_server_gets_the_headers_and_any_answer_is_told() {
    let page = Page::status(429).with("retry-after", "90");
    let server = Server::start(always(vec![answer(&page)])).await;
    let post = post(&format!("http://{SHOP}:{}/hook", server.port));
    let retry_after = Some(Duration::from_secs(90));
    let told = outbound(&settings()).post(&post).await;
    assert_eq!(told, Ok(Posted { status: 429, retry_after }));
    let [asked] = &server.asked()[..] else { panic!("it is asked once") };
    assert_eq!((asked.target.as_str(), asked.header("webhook-id")), ("/hook", Some("msg_1")));
    assert_eq!(asked.header("content-type"), Some("application/json"));
    assert_eq!(asked.header("webhook-signature"), Some("v1,x v1,y"));
    assert_eq!(asked.header("content-length"), Some("27"));
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_is_not_followed() {
    let other = Server::start(always(vec![answer(&Page::status(200))])).await;
    let to = format!("http://{SHOP}:{}/other", other.port);
    let server = Server::start(always(vec![answer(&Page::moved(&to))])).await;
    let told = outbound(&settings()).post(&post(&format!("http://{SHOP}:{}/", server.port))).await;
    assert_eq!(told.map(|told| told.status), Ok(302));
    assert_eq!(other.connections(), 0);
}

#[tokio::test]
async fn nobody_inside_is_told_anything() {
    let server = Server::start(always(vec![answer(&Page::status(200))])).await;
    for host in ["127.0.0.1", "[::1]", "localhost"] {
        let address = format!("http://{host}:{}/", server.port);
        let error = outbound(&settings()).post(&post(&address)).await.unwrap_err();
        assert!(matches!(error, FetchError::Forbidden { .. }), "{host}: {error:?}");
    }
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn a_server_that_hangs_is_not_waited_for() {
    let server = Server::start(always(vec![Step::Wait(Duration::from_secs(9))])).await;
    let hasty = OutboundSettings { telling: Duration::from_millis(200), ..settings() };
    let error = outbound(&hasty).post(&post(&format!("http://{SHOP}:{}/", server.port))).await;
    assert!(matches!(error, Err(FetchError::TimedOut { .. })), "{error:?}");
}
