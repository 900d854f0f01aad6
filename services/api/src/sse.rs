//! Server-sent events on their way out
//! (<https://html.spec.whatwg.org/multipage/server-sent-events.html>).

use std::{pin::Pin, time::Duration};

use actix_web::{
    HttpResponse, HttpResponseBuilder,
    http::header::{self, HeaderMap, HeaderName, HeaderValue},
    web,
};
use async_stream::stream;
use futures::{Stream, StreamExt, stream::BoxStream};
use serde::Serialize;
use tokio::time::{Instant, sleep_until};

use crate::{accept::accepts, problems::Code, state::State};

const EVENTS: &str = "text/event-stream";
/// How long a line may be silent: proxies close one that is for a minute.
const SILENCE: Duration = Duration::from_secs(15);

/// An event as it is told.
pub(crate) struct Told {
    pub lines: web::Bytes,
    /// Nothing comes after it.
    pub is_last: bool,
}

/// Whether the client asks for events.
pub(crate) fn accepts_events(headers: &HeaderMap) -> bool {
    accepts(headers, EVENTS)
}

/// The head of an answer of events, which nobody on the way is to hold back or keep.
pub(crate) fn head() -> HttpResponseBuilder {
    let mut head = HttpResponse::Ok();
    head.insert_header((header::CONTENT_TYPE, EVENTS))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((
            HeaderName::from_static("x-accel-buffering"),
            HeaderValue::from_static("no"),
        ));
    head
}

/// Answers with lines as they come.
pub(crate) fn response(lines: impl Stream<Item = web::Bytes> + 'static) -> HttpResponse {
    head().streaming(lines.map(Ok::<_, actix_web::Error>))
}

/// Events as `told` tells them, up to the last one; where that does not come in time, as `ended` says
/// why.
pub(crate) fn lines<T: 'static>(
    mut events: BoxStream<'static, T>,
    deadline: Instant,
    state: web::Data<State>,
    mut told: impl FnMut(T) -> Told + 'static,
    ended: impl Fn(Code) -> web::Bytes + 'static,
) -> impl Stream<Item = web::Bytes> {
    stream! {
        let end = async {
            tokio::select! {
                () = sleep_until(deadline) => Code::ModelTimeout,
                () = state.out_of_time() => Code::Stopping,
            }
        };
        let mut end = std::pin::pin!(end);
        loop {
            match next(&mut events, end.as_mut()).await {
                Next::Event(event) => {
                    let Told { lines, is_last } = told(*event);
                    yield lines;
                    if is_last {
                        return;
                    }
                }
                Next::Silence => yield web::Bytes::from_static(b":\n\n"),
                Next::End(code) => {
                    yield ended(code);
                    return;
                }
            }
        }
    }
}

enum Next<T> {
    Event(Box<T>),
    Silence,
    /// No event comes any more, and why.
    End(Code),
}

async fn next<T>(
    events: &mut BoxStream<'static, T>,
    end: Pin<&mut impl Future<Output = Code>>,
) -> Next<T> {
    tokio::select! {
        biased;
        event = events.next() => {
            event.map_or(Next::End(Code::Internal), |event| Next::Event(Box::new(event)))
        }
        code = end => Next::End(code),
        () = tokio::time::sleep(SILENCE) => Next::Silence,
    }
}

/// JSON has no line breaks of its own, so one line holds it.
pub(crate) fn line<T: Serialize>(name: &str, data: &T) -> web::Bytes {
    match serde_json::to_string(data) {
        Ok(json) => format!("event: {name}\ndata: {json}\n\n").into(),
        Err(error) => {
            tracing::error!(%error, "an event could not be written");
            web::Bytes::from_static(b":\n\n")
        }
    }
}
