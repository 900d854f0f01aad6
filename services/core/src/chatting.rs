//! The way of a message: the one story that every door of a conversation tells.

mod act;
mod agents;
mod facts;
mod find;
mod plainly;
mod refine;
mod reply;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use futures::{
    StreamExt,
    channel::mpsc::{UnboundedSender, unbounded},
    stream::BoxStream,
};

use crate::{
    admission::{Admission, Busy},
    conversation::{ChatMessage, ChatStatus, Conversation, Intent, Speaker, called_for},
    ids::{ConversationId, MerchantId, ProductId},
    look::Match,
    photo::Photo,
    ports::{Assistant, Conversations, Hearing, Kept, ModelError, StoreError},
    profile::Person,
    search::{SearchError, Searching},
    shopping::{Shopping, Unanswered},
};
use act::Act;

pub use agents::{AgentAnswer, Change};
pub use reply::Reply;

/// Answers customers' messages out of a shop's catalog.
pub struct Chatting {
    pub shop: Arc<Shopping>,
    pub searching: Arc<Searching>,
    pub assistant: Arc<dyn Assistant>,
    pub conversations: Arc<dyn Conversations>,
    pub admission: Arc<Admission>,
    /// How long a conversation is held for an answer at most.
    pub hold: Duration,
}

/// What a customer sends.
#[derive(Debug, Clone, Default)]
pub struct Said {
    pub text: String,
    pub photos: Vec<Photo>,
    /// BCP 47; holds for the rest of the conversation.
    pub locale: Option<String>,
    /// No agent can be got where it was said.
    pub alone: bool,
    /// How long it waited before it came here.
    pub waited: Duration,
    /// What whoever brings it calls it; with one it is heard once, however often it comes.
    pub origin: Option<String>,
}

impl Said {
    fn message(&self) -> ChatMessage {
        let photo_ids = self.photos.iter().map(|photo| photo.id().to_owned()).collect();
        ChatMessage { photo_ids, ..ChatMessage::new(Speaker::Customer, self.text.clone()) }
    }
}

/// What becomes known about a reply, in order. Ends with one `Completed` or one `Failed`.
#[derive(Debug, Clone, PartialEq)]
pub enum ChatEvent {
    /// The message is kept, under this number.
    Heard(u64),
    Understood {
        intent: Intent,
        /// The products shown before that are meant.
        about: Vec<ProductId>,
    },
    /// Products that the reply shows.
    Products(Vec<Match>),
    Completed(Box<Reply>),
    Failed(ChatError),
}

/// What becomes known about a reply, as it becomes known.
pub type ChatStream = BoxStream<'static, ChatEvent>;

/// Why a message has no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChatError {
    #[error("there is no such conversation")]
    Unknown,
    #[error("the message before this one is still being answered; send it again in a moment")]
    Answering,
    #[error("the message was heard before, and the conversation has gone on since")]
    Repeated,
    #[error("somebody else answered meanwhile; read the conversation again")]
    Changed,
    #[error(transparent)]
    Busy(#[from] Busy),
    #[error(transparent)]
    Model(#[from] ModelError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<Unanswered> for ChatError {
    fn from(error: Unanswered) -> Self {
        match error {
            Unanswered::Busy(busy) => busy.into(),
            Unanswered::Model(error) => error.into(),
        }
    }
}

impl From<SearchError> for ChatError {
    fn from(error: SearchError) -> Self {
        match error {
            SearchError::Busy(busy) => busy.into(),
            SearchError::Model(error) => error.into(),
            SearchError::Store(error) => error.into(),
            SearchError::Cursor => ModelError::Answer("a cursor of another search".into()).into(),
        }
    }
}

impl Chatting {
    /// Keeps a customer's message and answers it, unless a person does. The answer is found and kept
    /// to its end, whoever listens.
    pub async fn say(
        self: &Arc<Self>,
        merchant: &MerchantId,
        id: ConversationId,
        said: Said,
    ) -> Result<ChatStream, ChatError> {
        let kept = self.hear(merchant, id, &said).await?;
        let (tell, told) = unbounded();
        let (chat, merchant) = (Arc::clone(self), merchant.clone());
        tokio::spawn(async move {
            let completed = chat.answer(&merchant, kept, &said, &tell).await;
            let end = completed
                .map_or_else(ChatEvent::Failed, |reply| ChatEvent::Completed(Box::new(reply)));
            // Whoever asked may be gone.
            let _ = tell.unbounded_send(end);
        });
        Ok(told.boxed())
    }

    async fn hear(
        &self,
        merchant: &MerchantId,
        id: ConversationId,
        said: &Said,
    ) -> Result<Kept, ChatError> {
        let (message, origin) = (said.message(), said.origin.as_deref());
        match self.conversations.hear(merchant, id, &message, origin, self.hold).await? {
            Hearing::Heard(kept) => Ok(*kept),
            Hearing::Unknown => Err(ChatError::Unknown),
            Hearing::Answering => Err(ChatError::Answering),
            Hearing::Known => Err(ChatError::Repeated),
        }
    }

    /// The whole reply at once.
    pub async fn reply(
        self: &Arc<Self>,
        merchant: &MerchantId,
        id: ConversationId,
        said: Said,
    ) -> Result<Reply, ChatError> {
        let mut events = self.say(merchant, id, said).await?;
        while let Some(event) = events.next().await {
            match event {
                ChatEvent::Completed(reply) => return Ok(*reply),
                ChatEvent::Failed(error) => return Err(error),
                _ => {}
            }
        }
        Err(ModelError::Stopped("the reply has no end".into()).into())
    }

    async fn answer(
        &self,
        merchant: &MerchantId,
        kept: Kept,
        said: &Said,
        tell: &UnboundedSender<ChatEvent>,
    ) -> Result<Reply, ChatError> {
        let _ = tell.unbounded_send(ChatEvent::Heard(kept.conversation.messages));
        let mut now = kept.clone();
        if let Some(locale) = &said.locale {
            now.conversation.locale = Some(locale.clone());
        }
        if now.conversation.is_a_persons() {
            let reply = Reply::of_nobody(&now.conversation);
            self.conversations.keep(merchant, &now, &[]).await?;
            return Ok(reply);
        }
        match self.respond(merchant, &mut now.conversation, said, tell).await {
            Ok(reply) => {
                let message = reply.message.as_slice();
                match self.conversations.keep(merchant, &now, message).await? {
                    true => Ok(reply),
                    false => Err(ChatError::Changed),
                }
            }
            Err(error) => {
                tracing::warn!(%error, "a message could not be answered");
                self.conversations.keep(merchant, &kept, &[]).await?;
                Err(error)
            }
        }
    }

    /// Answers a message of a conversation that is kept elsewhere.
    pub async fn answer_elsewhere(
        &self,
        merchant: &MerchantId,
        conversation: &mut Conversation,
        said: &Said,
    ) -> Result<Reply, ChatError> {
        conversation.take(&mut said.message());
        let (tell, _) = unbounded();
        self.respond(merchant, conversation, said, &tell).await
    }

    /// Answers a message that the conversation has taken: ask its words whether a person is needed;
    /// have it understood; look at its photos, or do what it wants of the shop; put the reply into
    /// the customer's language; hold its words to what is known; fill in what the catalog says now.
    async fn respond(
        &self,
        merchant: &MerchantId,
        conversation: &mut Conversation,
        said: &Said,
        tell: &UnboundedSender<ChatEvent>,
    ) -> Result<Reply, ChatError> {
        let started = Instant::now();
        conversation.status = ChatStatus::Assistant;
        let mut act = Act::begin(self, merchant, conversation, said).await?;
        let plainly = called_for(&said.text, None);
        let understood = match plainly {
            None if !said.text.is_empty() => act.understand().await,
            None => act::without_words(),
            Some(_) => act::for_a_person(),
        };
        let about = understood.about.iter().filter_map(|at| act.memory.shown.get(*at));
        let about: Vec<ProductId> = about.map(|shown| shown.product.clone()).collect();
        let intent = understood.intent;
        let _ = tell.unbounded_send(ChatEvent::Understood { intent, about });

        let has_photos = !said.photos.is_empty();
        let by_intent = || called_for(&said.text, Some(intent)).filter(|_| !has_photos);
        let reason = plainly.or_else(by_intent);
        let reason = reason.or_else(|| act.despair(&understood));
        match (reason, has_photos) {
            (Some(_), true) => act.find_by_photos().await.unwrap_or_else(|error| {
                tracing::warn!(%error, "a conversation is handed over without its photo");
            }),
            (Some(_), false) => {}
            (None, true) => act.find_by_photos().await?,
            (None, false) => act.act_on(&understood).await?,
        }
        if let Some(reason) = reason {
            act.hand_over(reason);
        }
        let products = if act.products.is_empty() { &act.told_of } else { &act.products };
        if !products.is_empty() {
            let _ = tell.unbounded_send(ChatEvent::Products(products.clone()));
        }
        let text = act.worded().await;
        let reply = act.end(intent, text, started);
        Ok(reply.into_conversation(conversation, reason))
    }

    /// What is known of the customer whom the conversation names.
    async fn person(
        &self,
        merchant: &MerchantId,
        conversation: &Conversation,
    ) -> Result<(Option<Person>, crate::customer::Customer), StoreError> {
        let Some(id) = conversation.customer_id.clone() else { return Ok(Default::default()) };
        let customers = &*self.shop.measuring.customers;
        let known = Person::recall(customers, &*self.shop.catalog, merchant, id).await?;
        Ok(known.map_or_else(Default::default, |(person, own)| (Some(person), own)))
    }
}

#[cfg(test)]
mod tests;
