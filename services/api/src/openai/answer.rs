//! A reply as OpenAI's clients read it, whole or in chunks.

use actix_web::web;
use serde::Serialize;
use serde_json::{Map, Value, json};
use vitrine_core::{
    chatting::Reply,
    conversation::{ChatStatus, Intent},
    look::Match,
};

use super::{MODEL, request::Shape};

/// The fields of a reply as JSON.
pub(super) const FIELDS: [&str; 4] = ["reply", "status", "intent", "products"];

/// The answer to a request.
#[derive(Serialize)]
pub(crate) struct Completion {
    id: String,
    /// `chat.completion`.
    object: &'static str,
    /// Seconds since 1970.
    created: u64,
    model: &'static str,
    choices: Vec<Choice>,
    vitrine: Shown,
}

#[derive(Serialize)]
pub(crate) struct Choice {
    index: u32,
    message: ChoiceMessage,
    /// `stop` or `tool_calls`.
    finish_reason: &'static str,
    logprobs: Option<Value>,
}

#[derive(Serialize)]
pub(crate) struct ChoiceMessage {
    /// `assistant`.
    role: &'static str,
    content: String,
    refusal: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_calls: Option<Vec<ToolCall>>,
}

#[derive(Clone, Serialize)]
pub(crate) struct ToolCall {
    id: String,
    /// `function`.
    r#type: &'static str,
    function: CalledFunction,
}

#[derive(Clone, Serialize)]
pub(crate) struct CalledFunction {
    name: String,
    /// JSON: `{"products": […]}`, as `/v1/search` tells them.
    arguments: String,
}

/// What the shop's own clients may want beside it.
#[derive(Clone, Serialize)]
pub(crate) struct Shown {
    /// `waiting` where a person is needed.
    status: ChatStatus,
    #[serde(skip_serializing_if = "Option::is_none")]
    intent: Option<Intent>,
    products: Vec<Match>,
}

/// The models that there are.
#[derive(Serialize)]
pub(crate) struct ModelList {
    /// `list`.
    object: &'static str,
    data: Vec<ModelEntry>,
}

#[derive(Serialize)]
pub(crate) struct ModelEntry {
    id: &'static str,
    /// `model`.
    object: &'static str,
    created: u64,
    owned_by: &'static str,
}

impl ModelList {
    /// One of them.
    pub(crate) fn named(self, id: &str) -> Option<ModelEntry> {
        self.data.into_iter().find(|entry| entry.id == id)
    }

    pub(crate) fn own() -> Self {
        let entry = ModelEntry { id: MODEL, object: "model", created: 0, owned_by: "vitrine" };
        Self { object: "list", data: vec![entry] }
    }
}

/// A reply, ready to be told.
pub(crate) struct Answer {
    id: String,
    created: u64,
    pub(crate) content: String,
    calls: Option<Vec<ToolCall>>,
    shown: Shown,
}

impl Answer {
    pub(crate) fn of(reply: Reply, shape: &Shape, tool: Option<String>) -> Self {
        let text = reply.message.as_ref().map_or("", |message| &message.text);
        let intent = reply.message.as_ref().and_then(|message| message.intent);
        let content = match shape {
            Shape::Text => text.to_owned(),
            Shape::Json(fields) => {
                let all = [json!(text), json!(reply.status), json!(intent), json!(reply.products)];
                let all = FIELDS.into_iter().zip(all);
                let wanted = all.filter(|(field, _)| fields.contains(field));
                let object: Map<String, Value> =
                    wanted.map(|(field, value)| (field.to_owned(), value)).collect();
                Value::Object(object).to_string()
            }
        };
        let call = |name| ToolCall {
            id: format!("call_{}", uuid::Uuid::new_v4().simple()),
            r#type: "function",
            function: CalledFunction {
                name,
                arguments: json!({"products": reply.products}).to_string(),
            },
        };
        let calls = tool.filter(|_| !reply.products.is_empty()).map(|name| vec![call(name)]);
        let shown = Shown { status: reply.status, intent, products: reply.products };
        Self::with(content, calls, shown)
    }

    /// What was said before, after a tool was told of it.
    pub(crate) fn again(text: String) -> Self {
        let shown = Shown { status: ChatStatus::Assistant, intent: None, products: Vec::new() };
        Self::with(text, None, shown)
    }

    fn with(content: String, calls: Option<Vec<ToolCall>>, shown: Shown) -> Self {
        let now = jiff::Timestamp::now().as_second();
        Self {
            id: format!("chatcmpl-{}", uuid::Uuid::now_v7().simple()),
            created: u64::try_from(now).unwrap_or_default(),
            content,
            calls,
            shown,
        }
    }

    fn finish(&self) -> &'static str {
        if self.calls.is_some() { "tool_calls" } else { "stop" }
    }

    /// The chunks of the answer as lines, ending with `[DONE]`.
    pub(crate) fn chunks(&self) -> web::Bytes {
        let mut lines = String::new();
        let mut chunk = |delta: Value, finish: Option<&str>| {
            let chunk = json!({
                "id": self.id,
                "object": "chat.completion.chunk",
                "created": self.created,
                "model": MODEL,
                "choices": [{"index": 0, "delta": delta, "finish_reason": finish, "logprobs": null}],
            });
            lines += &format!("data: {chunk}\n\n");
        };
        chunk(json!({"role": "assistant", "content": ""}), None);
        for part in self.content.split_inclusive(' ') {
            chunk(json!({"content": part}), None);
        }
        for (index, call) in self.calls.iter().flatten().enumerate() {
            let mut call = json!(call);
            call["index"] = json!(index);
            chunk(json!({"tool_calls": [call]}), None);
        }
        chunk(json!({}), Some(self.finish()));
        lines += "data: [DONE]\n\n";
        lines.into()
    }
}

/// The whole answer at once.
pub(crate) fn whole(answer: Answer) -> Completion {
    let finish_reason = answer.finish();
    let message = ChoiceMessage {
        role: "assistant",
        content: answer.content,
        refusal: None,
        tool_calls: answer.calls,
    };
    Completion {
        id: answer.id,
        object: "chat.completion",
        created: answer.created,
        model: MODEL,
        choices: vec![Choice { index: 0, message, finish_reason, logprobs: None }],
        vitrine: answer.shown,
    }
}
