//! How slowly a body may arrive, whatever route reads it, and what room it takes meanwhile: else a
//! client could hold a connection for ever by sending a byte now and then, and many could fill the
//! memory.

use std::{
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use actix_web::{
    Error,
    body::MessageBody,
    dev::{Payload, ServiceRequest, ServiceResponse},
    error::PayloadError,
    middleware::Next,
    web::{self, Bytes},
};
use futures::{FutureExt, Stream, StreamExt};
use tokio::time::{Instant, Sleep, sleep};

use crate::{room::Share, state::State};

/// Bytes that each stretch of waiting has to bring, if the body does not end in it.
const PACE: usize = 64 * 1024;

/// Puts a bound on how slowly the body of a request arrives.
pub(crate) async fn keep(
    mut request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let Some(state) = request.app_data::<web::Data<State>>() else {
        return next.call(request).await;
    };
    let (stretch, share) = (state.body_time, state.room.share());
    let (_, payload) = request.parts_mut();
    if !matches!(payload, Payload::None) {
        let paced = Paced::new(payload.take(), stretch, Arc::clone(&share));
        request.set_payload(Payload::Stream { payload: Box::pin(paced) });
    }
    share.during(next.call(request)).await
}

/// A body that ends in an error once it comes too slowly. Only time spent waiting for the client
/// counts.
struct Paced {
    payload: Payload,
    stretch: Duration,
    share: Arc<Share>,
    /// In this stretch: bytes, time waited, and since when somebody waits.
    came: usize,
    waited: Duration,
    waiting: Option<Instant>,
    end: Pin<Box<Sleep>>,
    over: bool,
}

impl Paced {
    fn new(payload: Payload, stretch: Duration, share: Arc<Share>) -> Self {
        let end = Box::pin(sleep(stretch));
        let waited = Duration::ZERO;
        Self { payload, stretch, share, came: 0, waited, waiting: None, end, over: false }
    }

    fn arrived(&mut self, bytes: usize) {
        self.waited += self.waiting.take().map_or(Duration::ZERO, |since| since.elapsed());
        self.came += bytes;
        if self.came >= PACE {
            (self.came, self.waited) = (0, Duration::ZERO);
        }
    }
}

impl Stream for Paced {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.over {
            return Poll::Ready(None);
        }
        if let Poll::Ready(piece) = self.payload.poll_next_unpin(context) {
            let bytes = piece.as_ref().and_then(|piece| piece.as_ref().ok()).map_or(0, Bytes::len);
            self.arrived(bytes);
            if self.share.arrived(bytes).is_err() {
                self.over = true;
                let full = PayloadError::Io(io::ErrorKind::QuotaExceeded.into());
                return Poll::Ready(Some(Err(full)));
            }
            return Poll::Ready(piece);
        }
        if self.waiting.is_none() {
            let now = Instant::now();
            let left = self.stretch.saturating_sub(self.waited);
            self.waiting = Some(now);
            self.end.as_mut().reset(now + left);
        }
        if self.end.poll_unpin(context).is_ready() {
            self.over = true;
            return Poll::Ready(Some(Err(PayloadError::Io(io::ErrorKind::TimedOut.into()))));
        }
        Poll::Pending
    }
}
