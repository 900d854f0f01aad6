//! Answering what came in by a channel, and sending what is said there.

use std::{sync::Arc, time::Duration};

use futures::{StreamExt, future::join_all, stream::FuturesUnordered};
use jiff::{SignedDuration, Timestamp};
use tokio::sync::Notify;

use crate::{
    chatting::{ChatError, Chatting, Said},
    ports::{Channel, ChannelError, DueMessage, DueReceived, Mailbox, StoreError},
};

/// Messages sent at once, and answered at once; no conversation has more than one of its messages
/// among the first tries, so that a slow phone takes no room from others.
const SENT_AT_ONCE: usize = 64;
const ANSWERED_AT_ONCE: usize = 32;
/// How often it is looked whether something is due.
const LOOK: Duration = Duration::from_secs(1);
/// How long the sending of a message may be held; longer than it can take.
const HOLD: Duration = Duration::from_secs(60);
/// The wait after the first failure; each further one is four times as long, up to the longest.
const FIRST_PAUSE: Duration = Duration::from_secs(5);
const LONGEST_PAUSE: Duration = Duration::from_secs(60 * 60);
/// The wait for somebody else's answer in the same conversation.
const SOON: Duration = Duration::from_secs(1);
/// After how long nothing is tried any more.
const GIVEN_UP: SignedDuration = SignedDuration::from_hours(24);
/// Times that a photo is asked for that can not be had, before the customer is told.
const PHOTO_TRIES: u32 = 3;

const ONLY_WORDS_AND_PHOTOS: &str = "I understand text and photos only. Send me a photo of what you like, or a few words on what you \
     look for.";
const NO_PHOTO: &str = "I could not open your photo. Please send it again, or tell me in a few words what you look for.";

/// Answers and sends what is due in a [`Mailbox`]. Several processes may do so: nothing is tried by two
/// at once, and what a process had begun that died is tried by another once its hold is over.
pub struct ChannelWorker {
    pub chatting: Arc<Chatting>,
    pub mailbox: Arc<dyn Mailbox>,
    pub channel: Arc<dyn Channel>,
    /// Notified when something came in.
    pub wake: Arc<Notify>,
}

impl ChannelWorker {
    /// Answers and sends for as long as it is polled.
    pub async fn run(&self) {
        let (mut answering, mut sending) = (FuturesUnordered::new(), FuturesUnordered::new());
        loop {
            let room = ANSWERED_AT_ONCE - answering.len();
            match self.mailbox.due_received(room, self.chatting.hold).await {
                Ok(due) => answering.extend(due.into_iter().map(|due| self.answer(due))),
                Err(error) => tracing::warn!(%error, "what came in can not be read"),
            }
            match self.mailbox.due_messages(SENT_AT_ONCE - sending.len(), HOLD).await {
                Ok(due) => sending.extend(due.into_iter().map(|due| self.send(due))),
                Err(error) => tracing::warn!(%error, "what is to be sent can not be read"),
            }
            tokio::select! {
                Some(()) = answering.next(), if !answering.is_empty() => {}
                Some(()) = sending.next(), if !sending.is_empty() => {}
                () = self.wake.notified() => {}
                () = tokio::time::sleep(LOOK) => {}
            }
        }
    }

    /// Answers all that is due now; answers how many messages that were.
    pub async fn answer_due(&self) -> Result<usize, StoreError> {
        let due = self.mailbox.due_received(ANSWERED_AT_ONCE, self.chatting.hold).await?;
        let tried = due.len();
        join_all(due.into_iter().map(|due| self.answer(due))).await;
        Ok(tried)
    }

    /// Sends all that is due now; answers how many messages that were.
    pub async fn send_due(&self) -> Result<usize, StoreError> {
        let due = self.mailbox.due_messages(SENT_AT_ONCE, HOLD).await?;
        let tried = due.len();
        join_all(due.into_iter().map(|due| self.send(due))).await;
        Ok(tried)
    }

    async fn answer(&self, due: DueReceived) {
        let next = match self.answered(&due).await {
            Ok(()) | Err(Failed::Chat(ChatError::Unknown | ChatError::Repeated)) => None,
            Err(error) => {
                let conversation = due.conversation;
                let next = next(due.received.at, error.pause(due.tries));
                match next {
                    Some(next) => {
                        tracing::info!(%conversation, %error, %next, "it is answered later")
                    }
                    None => tracing::error!(%conversation, %error, "a message has no answer"),
                }
                next
            }
        };
        if let Err(error) = self.mailbox.settle_received(&due, next).await {
            tracing::warn!(%error, "an answer is not noted; it will be looked for again");
        }
    }

    async fn answered(&self, due: &DueReceived) -> Result<(), Failed> {
        let DueReceived { merchant, conversation, received, tries } = due;
        let (text, origin) = (received.text.clone(), Some(received.origin.clone()));
        let mut said = Said { text, origin, ..Said::default() };
        let mut plainly = received.unreadable.then_some(ONLY_WORDS_AND_PHOTOS);
        if let Some(photo) = &received.photo {
            let side = self.chatting.shop.vision.photo_side();
            match self.channel.photo(merchant, photo, side).await {
                Ok(photo) => said.photos.push(photo),
                Err(error) if error.is_transient() && *tries + 1 < PHOTO_TRIES => {
                    return Err(error.into());
                }
                Err(error) => {
                    tracing::info!(%conversation, %error, "a photo could not be had");
                    plainly = Some(NO_PHOTO);
                }
            }
        }
        match plainly {
            Some(words) => {
                self.chatting.answer_plainly(merchant, *conversation, &said, words).await?;
            }
            None => {
                self.chatting.reply(merchant, *conversation, said).await?;
            }
        }
        Ok(())
    }

    async fn send(&self, due: DueMessage) {
        let DueMessage { merchant, conversation, message, tries } = &due;
        let Some(address) = &conversation.address else { return };
        let next = match self.channel.send(merchant, address, &message.text).await {
            Ok(()) => None,
            Err(error) => {
                let wait = pause(*tries).max(error.retry_after().unwrap_or_default());
                let (conversation, next) = (conversation.id, next(message.at, wait));
                match next {
                    Some(next) => tracing::info!(%conversation, %error, %next, "it is sent later"),
                    None => tracing::error!(%conversation, %error, "a message is not sent"),
                }
                next
            }
        };
        if let Err(error) = self.mailbox.settle_message(&due, next).await {
            tracing::warn!(%error, "a message is not noted as sent; it will be sent again");
        }
    }
}

/// Why a message has no answer yet.
#[derive(Debug, thiserror::Error)]
enum Failed {
    #[error(transparent)]
    Chat(#[from] ChatError),
    #[error(transparent)]
    Channel(#[from] ChannelError),
}

impl Failed {
    fn pause(&self, tries: u32) -> Duration {
        match self {
            Self::Chat(ChatError::Answering | ChatError::Changed) => SOON,
            Self::Chat(ChatError::Busy(busy)) => busy.retry_after.max(SOON),
            Self::Chat(_) => pause(tries),
            Self::Channel(error) => pause(tries).max(error.retry_after().unwrap_or_default()),
        }
    }
}

fn pause(tries: u32) -> Duration {
    FIRST_PAUSE.saturating_mul(4_u32.saturating_pow(tries)).min(LONGEST_PAUSE)
}

/// When to try again what is owed since then; not any more after a day.
fn next(since: Timestamp, wait: Duration) -> Option<Timestamp> {
    let now = Timestamp::now();
    let wait = SignedDuration::try_from(wait).unwrap_or(GIVEN_UP);
    (now.duration_since(since) < GIVEN_UP)
        .then(|| now.saturating_add(wait).unwrap_or(Timestamp::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_tried_ever_more_seldom_and_for_a_day() {
        let waits: Vec<u64> = (0..8).map(|tries| pause(tries).as_secs()).collect();
        assert_eq!(waits, [5, 20, 80, 320, 1_280, 3_600, 3_600, 3_600]);
        assert_eq!(pause(u32::MAX), LONGEST_PAUSE);
        let now = Timestamp::now();
        let ago = |hours: i64| now - SignedDuration::from_hours(hours);
        assert!(next(ago(23), SOON).is_some_and(|next| next > now));
        assert_eq!(next(ago(24), SOON), None);
    }
}
