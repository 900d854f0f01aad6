use jiff::Timestamp;
use serde_json::{Value, json};

use super::Topic;
use crate::{
    answers::{AnswerId, AnswerRecord, Sought},
    conversation::{ChatMessage, ChatStatus, Conversation, Handover},
    ids::MessageId,
    imports::{Import, ImportState},
};

/// Something that happened, as it is told.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// The same however often the same thing is told.
    pub id: MessageId,
    pub topic: Topic,
    pub at: Timestamp,
    pub data: Value,
}

impl Message {
    /// That an import ended; nothing where it was cancelled, which its merchant knows.
    pub fn of_import(import: &Import) -> Option<Self> {
        let topic = match import.state {
            ImportState::Done => Topic::ImportCompleted,
            ImportState::Failed => Topic::ImportFailed,
            _ => return None,
        };
        let mut data = json!({
            "import_id": import.id,
            "mode": import.order.options.mode,
            "dry_run": import.order.options.dry_run,
            "not_modified": import.not_modified,
            "counts": import.progress.counts,
        });
        if let Some(failure) = &import.failure {
            data["failure"] = json!(failure);
        }
        let at = import.ended.unwrap_or(import.updated);
        Some(Self { id: id_of(topic, &import.id.to_string()), topic, at, data })
    }

    /// What an answer is worth telling: that a photo was answered, and which garments nothing
    /// matched.
    pub fn of_answer(answer: &AnswerRecord) -> Vec<Self> {
        let id = answer.id.uuid().to_string();
        let mut messages = Vec::new();
        let named = match answer.id {
            AnswerId::Look(look) => {
                let garments: Vec<Value> = answer
                    .garments
                    .iter()
                    .map(|sought| {
                        let mut garment = told(sought);
                        garment["matched"] = json!(sought.matched);
                        garment
                    })
                    .collect();
                let topic = Topic::LookCompleted;
                let data = json!({
                    "look_id": look,
                    "garments": garments,
                    "degraded": answer.degraded,
                    "cached": answer.cached,
                    "total_ms": answer.total,
                });
                messages.push(Self { id: id_of(topic, &id), topic, at: answer.at, data });
                json!({"look_id": look})
            }
            AnswerId::Search(search) => json!({"search_id": search}),
        };
        let missing = answer.garments.iter().filter(|sought| !sought.matched);
        let missing: Vec<Value> = missing.map(told).collect();
        if !missing.is_empty() {
            let (topic, mut data) = (Topic::MissingMatch, named);
            data["garments"] = json!(missing);
            messages.push(Self { id: id_of(topic, &id), topic, at: answer.at, data });
        }
        messages
    }

    /// That something was said in a conversation.
    pub fn of_chat(conversation: &Conversation, said: &ChatMessage) -> Self {
        let (topic, id) = (Topic::ConversationMessage, conversation.id);
        let data = json!({
            "conversation_id": id,
            "customer_id": conversation.customer_id,
            "channel": conversation.channel,
            "status": conversation.status,
            "message": said,
        });
        Self { id: id_of(topic, &format!("{id} {}", said.number)), topic, at: said.at, data }
    }

    /// That a conversation waits for an agent; nothing where it does not.
    pub fn of_handover(conversation: &Conversation) -> Option<Self> {
        let waits = conversation.status == ChatStatus::Waiting;
        let Handover { reason, at, summary } = conversation.handover.as_ref().filter(|_| waits)?;
        let (topic, id) = (Topic::ConversationHandover, conversation.id);
        let data = json!({
            "conversation_id": id,
            "customer_id": conversation.customer_id,
            "channel": conversation.channel,
            "reason": reason,
            "summary": summary,
        });
        Some(Self { id: id_of(topic, &format!("{id} {at}")), topic, at: *at, data })
    }

    /// What is sent.
    pub fn body(&self) -> String {
        json!({"type": self.topic, "timestamp": self.at.to_string(), "data": self.data}).to_string()
    }
}

fn told(sought: &Sought) -> Value {
    json!({"category": sought.category, "colour": sought.colour})
}

/// Of what is told of what; a UUID of version 8 (RFC 9562).
fn id_of(topic: Topic, of: &str) -> MessageId {
    let hash = blake3::hash(format!("{} {of}", topic.id()).as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash.as_bytes()[..16]);
    MessageId(uuid::Builder::from_custom_bytes(bytes).into_uuid())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        imports::{ImportOrder, Source},
        testing::{sample, told},
        vocabulary::Category,
    };

    #[test]
    fn an_import_is_told_by_how_it_ended_and_once() {
        let order = ImportOrder {
            source: Source::Body,
            reading: Default::default(),
            options: Default::default(),
        };
        let mut import = Import::new(sample::merchant(), order);
        assert_eq!(Message::of_import(&import), None, "it has not ended");
        import.state = ImportState::Cancelled;
        assert_eq!(Message::of_import(&import), None);
        import.state = ImportState::Done;
        let done = Message::of_import(&import).unwrap();
        assert_eq!(done, Message::of_import(&import).unwrap());
        import.state = ImportState::Failed;
        let failed = Message::of_import(&import).unwrap();
        assert_eq!((done.topic, failed.topic), (Topic::ImportCompleted, Topic::ImportFailed));
        assert_ne!(done.id, failed.id);
        let body: Value = serde_json::from_str(&done.body()).unwrap();
        assert_eq!(body["type"], "import.completed");
        assert_eq!(body["data"]["import_id"], import.id.to_string());
        assert!(body["timestamp"].as_str().unwrap().ends_with('Z'));
    }

    #[test]
    fn an_answer_tells_what_the_shop_does_not_have() {
        let mut answer = told::answer(5);
        answer.garments = vec![
            Sought { category: Category::Dress, colour: None, matched: true },
            Sought { category: Category::Hat, colour: None, matched: false },
        ];
        let [look, missing] = &Message::of_answer(&answer)[..] else { panic!("two are told") };
        assert_eq!((look.topic, missing.topic), (Topic::LookCompleted, Topic::MissingMatch));
        assert_eq!(look.data["garments"].as_array().unwrap().len(), 2);
        assert_eq!(missing.data["garments"], json!([{"category": "hat", "colour": null}]));
        assert_ne!(look.id, missing.id);
        answer.garments[1].matched = true;
        assert_eq!(Message::of_answer(&answer).len(), 1);
    }
}
