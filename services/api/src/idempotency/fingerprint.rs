//! Whether two requests ask for the same, told by hashes: a body may be gigabytes, so it is hashed
//! as it passes by and kept nowhere.

use std::{
    cell::RefCell,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, ready},
};

use actix_web::{
    HttpMessage,
    dev::{Payload, ServiceRequest},
    error::PayloadError,
    http::header,
    web::Bytes,
};
use futures::{Stream, StreamExt};
use serde::{Deserialize, Serialize};

/// What a request asked for: where, in what form, and with what body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Asked {
    hash: String,
    /// Bytes of the body.
    read: u64,
}

/// What a request asks for, as far as it was read.
pub(super) struct Fingerprint {
    hasher: blake3::Hasher,
    read: u64,
    boundary: Option<Boundary>,
}

/// What stands between the parts of a form. Clients draw it anew each time they send the same form,
/// so it does not count.
struct Boundary {
    text: Vec<u8>,
    /// What came last and may be the beginning of one.
    tail: Vec<u8>,
}

impl Fingerprint {
    pub(super) fn of(request: &ServiceRequest) -> Self {
        let content_type = request.headers().get(header::CONTENT_TYPE);
        let content_type = content_type.and_then(|it| it.to_str().ok()).unwrap_or_default();
        let mut hasher = blake3::Hasher::new();
        let uri = request.uri();
        for part in [request.path(), uri.query().unwrap_or_default(), request.content_type()] {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part.as_bytes());
        }
        Self { hasher, read: 0, boundary: Boundary::of(content_type) }
    }

    fn take(&mut self, bytes: &[u8]) {
        let Some(boundary) = &mut self.boundary else {
            self.hasher.update(bytes);
            self.read += bytes.len() as u64;
            return;
        };
        let hasher = &mut self.hasher;
        self.read += boundary.between(bytes, |part| {
            hasher.update(part);
        });
    }

    fn finish(&self) -> Asked {
        let mut hasher = self.hasher.clone();
        let tail = self.boundary.as_ref().map_or(&[][..], |boundary| &boundary.tail);
        hasher.update(tail);
        let read = self.read + tail.len() as u64;
        Asked { hash: hasher.finalize().to_hex().to_string(), read }
    }
}

impl Boundary {
    /// The one that this `Content-Type` names, if it is that of a form.
    fn of(content_type: &str) -> Option<Self> {
        let (kind, parameters) = content_type.split_once(';')?;
        if !kind.trim().eq_ignore_ascii_case("multipart/form-data") {
            return None;
        }
        let named = |parameter: &str| {
            let (name, value) = parameter.split_once('=')?;
            let value = value.trim().trim_matches('"');
            let is_it = name.trim().eq_ignore_ascii_case("boundary") && !value.is_empty();
            is_it.then(|| value.as_bytes().to_vec())
        };
        let text = parameters.split(';').find_map(named)?;
        Some(Self { text, tail: Vec::new() })
    }

    /// Hands on what is between boundaries; answers how much that is.
    fn between(&mut self, bytes: &[u8], mut hand_on: impl FnMut(&[u8])) -> u64 {
        self.tail.extend_from_slice(bytes);
        let (mut from, mut handed) = (0, 0);
        while let Some(at) = find(&self.tail[from..], &self.text) {
            hand_on(&self.tail[from..from + at]);
            handed += at as u64;
            from += at + self.text.len();
        }
        let begun = (self.tail.len() - from).min(self.text.len() - 1);
        let end = self.tail.len() - begun;
        hand_on(&self.tail[from..end]);
        handed += (end - from) as u64;
        self.tail.drain(..end);
        handed
    }
}

/// Where `what` begins; `what` is not empty.
fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    let mut from = 0;
    loop {
        let at = from + bytes[from..].iter().position(|byte| *byte == what[0])?;
        if bytes[at..].starts_with(what) {
            return Some(at);
        }
        from = at + 1;
    }
}

/// A body whose fingerprint is taken while it is read.
pub(super) struct Body {
    payload: Payload,
    fingerprint: Fingerprint,
    ended: bool,
}

impl Body {
    pub(super) fn new(payload: Payload, fingerprint: Fingerprint) -> Self {
        Self { payload, fingerprint, ended: false }
    }

    /// Of the whole request; none before its end.
    pub(super) fn fingerprint(&self) -> Option<Asked> {
        self.ended.then(|| self.fingerprint.finish())
    }

    /// More was read than was of that one: it can not be the same.
    pub(super) fn longer_than(&self, other: &Asked) -> bool {
        self.fingerprint.read > other.read
    }
}

impl Stream for Body {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.ended {
            return Poll::Ready(None);
        }
        let next = ready!(Pin::new(&mut self.payload).poll_next(context));
        match &next {
            Some(Ok(bytes)) => self.fingerprint.take(bytes),
            Some(Err(_)) => {}
            None => self.ended = true,
        }
        Poll::Ready(next)
    }
}

/// The body for its handler, while it stays with who keeps it.
pub(super) fn shared(
    body: &Rc<RefCell<Body>>,
) -> impl Stream<Item = Result<Bytes, PayloadError>> + 'static {
    let body = Rc::clone(body);
    futures::stream::poll_fn(move |context| body.borrow_mut().poll_next_unpin(context))
}

/// The most bytes that are read of a body that its handler did not read to its end.
const MAX_REST: usize = 64 * 1024;

/// Reads what is left, if that is little, and answers the fingerprint of the whole.
pub(super) async fn rest(body: &Rc<RefCell<Body>>) -> Option<Asked> {
    let mut left = MAX_REST;
    let mut pieces = shared(body);
    while let Some(piece) = pieces.next().await {
        left = left.checked_sub(piece.ok()?.len())?;
    }
    body.borrow().fingerprint()
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn asked(content_type: &str, pieces: &[&[u8]]) -> Asked {
        let request = TestRequest::post().uri("/v1/looks?a=b");
        let request = request.insert_header((header::CONTENT_TYPE, content_type));
        let mut fingerprint = Fingerprint::of(&request.to_srv_request());
        pieces.iter().for_each(|piece| fingerprint.take(piece));
        fingerprint.finish()
    }

    fn form(boundary: &str, photo: &str) -> (String, Vec<u8>) {
        let body = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"photo\"\r\n\r\n{photo}\r\n--{boundary}--\r\n"
        );
        (format!("multipart/form-data; boundary={boundary}"), body.into_bytes())
    }

    #[test]
    fn a_form_is_the_same_whatever_stands_between_its_parts_and_however_it_comes() {
        let whole = |(kind, body): (String, Vec<u8>)| asked(&kind, &[&body]);
        let one = whole(form("one", "photo"));
        assert_eq!(one, whole(form("another-x2-one", "photo")));
        assert_ne!(one, whole(form("one", "phot0")));
        let (kind, body) = form("----WebKit-aab", "aaa-aab--WebKit");
        for size in 1..20 {
            let pieces: Vec<&[u8]> = body.chunks(size).collect();
            assert_eq!(asked(&kind, &pieces), asked(&kind, &[&body]), "in pieces of {size}");
        }
    }

    #[test]
    fn other_bodies_and_other_kinds_are_not_the_same() {
        let json = "application/json";
        let one = asked(json, &[b"{\"a\":", b"1}"]);
        assert_eq!(one, asked(json, &[b"{\"a\":1}"]));
        for other in
            [asked(json, &[b"{\"a\":2}"]), asked(json, &[]), asked("text/csv", &[b"{\"a\":1}"])]
        {
            assert_ne!(one, other);
        }
    }
}
