//! Spans of the steps of a look: what a trace shows of where its time went. Names and sizes alone go
//! into them, nothing of a photo or of who sent it.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use futures::Stream;
use tracing::Span;

/// A stream whose work is told as a span's, whoever asks it for the next.
pub(crate) struct Within<S> {
    stream: S,
    span: Span,
}

impl<S> Within<S> {
    pub(crate) fn new(stream: S, span: Span) -> Self {
        Self { stream, span }
    }
}

impl<S: Stream + Unpin> Stream for Within<S> {
    type Item = S::Item;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<S::Item>> {
        let this = &mut *self;
        let _inside = this.span.enter();
        Pin::new(&mut this.stream).poll_next(context)
    }
}

#[cfg(test)]
mod tests {
    use futures::{StreamExt, stream};

    use super::*;

    #[tokio::test]
    async fn what_a_stream_does_is_done_inside_its_span() {
        let _logged = tracing::subscriber::set_default(tracing_subscriber::registry());
        let span = tracing::info_span!("look");
        let asked = stream::iter(0..2).map(|_| Span::current().id());
        let inside: Vec<_> = Within::new(asked, span.clone()).collect().await;
        assert!(span.id().is_some());
        assert_eq!(inside, [span.id(), span.id()]);
        assert_eq!(Span::current().id(), None);
    }
}
