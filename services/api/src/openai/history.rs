//! What was said before the message that is to be answered.

use std::time::Duration;

use vitrine_core::{chatting::Said, conversation::Conversation, digest, ids::MerchantId};

use super::request::{ChatTurn, Role};
use crate::{
    problem::Problem,
    state::State,
    upload::{chat::photos, json},
};

/// How long it is remembered what was shown.
const KEPT: Duration = Duration::from_secs(60 * 60);
/// The channel of a conversation whose client keeps it.
const CHANNEL: &str = "openai";

/// The messages of a chat, the last one to be answered.
pub(crate) struct History<'a> {
    merchant: &'a MerchantId,
    before: &'a [ChatTurn],
    last: &'a ChatTurn,
}

impl<'a> History<'a> {
    /// None where there is no message.
    pub(crate) fn of(merchant: &'a MerchantId, messages: &'a [ChatTurn]) -> Option<Self> {
        let (last, before) = messages.split_last()?;
        Some(Self { merchant, before, last })
    }

    /// The conversation up to the last message: as it is remembered; else as the customer's last
    /// message before that makes it anew.
    pub(crate) async fn conversation(&self, state: &State) -> Conversation {
        if let Some(known) = self.recall(state).await {
            return known;
        }
        let mut conversation = Conversation::new(CHANNEL);
        let earlier = self.before.iter().rev().find(|turn| turn.role == Role::User);
        if let Some(turn) = earlier {
            let replayed = async {
                let said = said(turn, self.merchant, state).await?;
                let chatting = &state.chatting;
                chatting.answer_elsewhere(self.merchant, &mut conversation, &said).await?;
                Ok::<_, Problem>(())
            };
            if let Err(error) = replayed.await {
                tracing::debug!(%error, "a chat is answered without what was said before");
            }
        }
        conversation
    }

    /// The message that is to be answered.
    pub(crate) async fn said(&self, state: &State) -> Result<Said, Problem> {
        said(self.last, self.merchant, state).await
    }

    async fn recall(&self, state: &State) -> Option<Conversation> {
        if self.before.is_empty() {
            return None;
        }
        let kept = state.shop.cache.get(&self.key(self.before, None)).await;
        let kept = kept.inspect_err(|error| tracing::warn!(%error, "a chat can not be recalled"));
        serde_json::from_slice(&kept.ok()??).ok()
    }

    /// Remembers a conversation under all messages and this answer to them.
    pub(crate) async fn remember(&self, answer: &str, conversation: &Conversation, state: &State) {
        let Ok(json) = serde_json::to_vec(conversation) else { return };
        let mut all: Vec<&ChatTurn> = self.before.iter().collect();
        all.push(self.last);
        let key = self.key(all, Some(answer));
        if let Err(error) = state.shop.cache.put(&key, json, KEPT).await {
            tracing::warn!(%error, "a chat can not be remembered");
        }
    }

    /// The messages of the customer and the assistant, as one name.
    fn key<'t>(
        &self,
        turns: impl IntoIterator<Item = &'t ChatTurn>,
        answer: Option<&str>,
    ) -> String {
        let mut parts = vec![self.merchant.as_str().to_owned()];
        for turn in turns {
            let role = match turn.role {
                Role::User => "user",
                Role::Assistant => "assistant",
                Role::System | Role::Developer | Role::Tool => continue,
            };
            parts.push(role.to_owned());
            parts.push(turn.text());
            parts.extend(turn.pictures().into_iter().map(str::to_owned));
        }
        if let Some(answer) = answer {
            parts.push("assistant".to_owned());
            parts.push(answer.trim().to_owned());
        }
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        format!("chat:{}", digest(&parts))
    }
}

async fn said(turn: &ChatTurn, merchant: &MerchantId, state: &State) -> Result<Said, Problem> {
    let sources = turn.pictures().into_iter().map(json::at);
    let (photos, waited) = photos(sources, merchant, state).await?;
    Ok(Said { text: turn.text(), photos, waited, alone: true, ..Said::default() })
}
