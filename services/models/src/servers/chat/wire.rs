//! What is asked and answered, in each server's own words.

use serde::Deserialize;
use serde_json::{Value, json};
use vitrine_core::ports::ModelError;

use crate::{engine::Question, servers::data_uri, settings::ChatWire};

/// What one line of an answer says.
#[derive(Debug, PartialEq)]
pub(super) enum Line {
    Words(Words),
    /// What the server says is wrong.
    Wrong(String),
    Unreadable,
}

#[derive(Debug, Default, PartialEq)]
pub(super) struct Words {
    pub(super) text: String,
    /// Why there are no more, if there are none.
    pub(super) over: Option<String>,
}

impl ChatWire {
    pub(super) const fn path(self) -> &'static str {
        match self {
            Self::Openai => "/v1/chat/completions",
            Self::Ollama => "/api/chat",
        }
    }

    /// As in OpenAI's API reference (structured outputs, image input), which vLLM and mistral.rs
    /// follow, or in `docs/api.md` of Ollama.
    pub(super) fn body(
        self,
        model: &str,
        question: &Question,
        stream: bool,
    ) -> Result<String, ModelError> {
        let Question { photo, prompt, schema, max_tokens, .. } = question;
        let mut schema = schema.clone();
        if let Some(schema) = schema.as_object_mut() {
            schema.retain(|key, _| !key.starts_with("x-"));
        }
        let photo = data_uri::Encoded::of(photo)?;
        let body = match self {
            Self::Openai => json!({
                "model": model,
                "stream": stream,
                "temperature": 0,
                "max_tokens": max_tokens,
                "response_format": {
                    "type": "json_schema",
                    "json_schema": {"name": "answer", "schema": schema, "strict": true}
                },
                "messages": [{"role": "user", "content": [
                    {"type": "image_url", "image_url": {"url": photo.uri()}},
                    {"type": "text", "text": prompt}
                ]}]
            }),
            Self::Ollama => json!({
                "model": model,
                "stream": stream,
                "think": false,
                "format": schema,
                "options": {"temperature": 0, "num_predict": max_tokens},
                "messages": [{"role": "user", "content": prompt, "images": [photo.base64()]}]
            }),
        };
        Ok(body.to_string())
    }

    pub(super) fn read(self, line: &str) -> Line {
        match self {
            Self::Openai => openai(line),
            Self::Ollama => ollama(line),
        }
    }
}

#[derive(Deserialize)]
struct Chunk {
    #[serde(default)]
    choices: Vec<Choice>,
    error: Option<Value>,
}

#[derive(Deserialize)]
struct Choice {
    /// `message` where a server does not stream.
    #[serde(alias = "message")]
    delta: Option<Delta>,
    finish_reason: Option<String>,
}

#[derive(Deserialize)]
struct Delta {
    content: Option<String>,
}

/// A line of server-sent events, each of which has one line of data.
fn openai(line: &str) -> Line {
    let data = match line.strip_prefix("data:") {
        Some(data) => data.trim_start(),
        None if line.starts_with('{') => line,
        None => return Line::Words(Words::default()),
    };
    if data == "[DONE]" {
        return Line::Words(Words { text: String::new(), over: Some("stop".into()) });
    }
    let Ok(chunk) = serde_json::from_str::<Chunk>(data) else { return Line::Unreadable };
    if let Some(error) = chunk.error.filter(|error| !error.is_null()) {
        return Line::Wrong(told(&error));
    }
    let Some(choice) = chunk.choices.into_iter().next() else {
        return Line::Words(Words::default());
    };
    let text = choice.delta.and_then(|delta| delta.content).unwrap_or_default();
    Line::Words(Words { text, over: choice.finish_reason })
}

#[derive(Deserialize)]
struct Told {
    message: Option<Delta>,
    #[serde(default)]
    done: bool,
    done_reason: Option<String>,
    error: Option<Value>,
}

/// A line of JSON.
fn ollama(line: &str) -> Line {
    if line.is_empty() {
        return Line::Words(Words::default());
    }
    let Ok(answer) = serde_json::from_str::<Told>(line) else { return Line::Unreadable };
    if let Some(error) = answer.error.filter(|error| !error.is_null()) {
        return Line::Wrong(told(&error));
    }
    let text = answer.message.and_then(|message| message.content).unwrap_or_default();
    let over = answer.done.then(|| answer.done_reason.unwrap_or_else(|| "stop".into()));
    Line::Words(Words { text, over })
}

/// `message` of an error, or all of it.
fn told(error: &Value) -> String {
    let message = error.get("message").unwrap_or(error);
    message.as_str().map_or_else(|| message.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str, over: Option<&str>) -> Line {
        Line::Words(Words { text: text.into(), over: over.map(str::to_owned) })
    }

    #[test]
    fn lines_of_openai_are_read() {
        for (line, said) in [
            ("", words("", None)),
            (": keep-alive", words("", None)),
            (r#"data: {"choices":[{"delta":{"role":"assistant","content":""}}]}"#, words("", None)),
            (
                r#"data:{"choices":[{"delta":{"content":"[{"},"finish_reason":null}]}"#,
                words("[{", None),
            ),
            (
                r#"data: {"choices":[{"delta":{},"finish_reason":"length"}]}"#,
                words("", Some("length")),
            ),
            (r#"data: {"choices":[],"usage":{"total_tokens":3}}"#, words("", None)),
            (
                r#"{"choices":[{"message":{"content":"[]"},"finish_reason":"stop"}]}"#,
                words("[]", Some("stop")),
            ),
            ("data: [DONE]", words("", Some("stop"))),
            (r#"data: {"error":{"message":"no room","code":500}}"#, Line::Wrong("no room".into())),
            ("data: {\"choices\":[{", Line::Unreadable),
        ] {
            assert_eq!(ChatWire::Openai.read(line), said, "{line}");
        }
    }

    #[test]
    fn lines_of_ollama_are_read() {
        for (line, said) in [
            ("", words("", None)),
            (r#"{"message":{"role":"assistant","content":"[{"},"done":false}"#, words("[{", None)),
            (r#"{"done":true,"done_reason":"length"}"#, words("", Some("length"))),
            (r#"{"message":{"content":""},"done":true}"#, words("", Some("stop"))),
            (r#"{"error":"model not found"}"#, Line::Wrong("model not found".into())),
            ("<html>", Line::Unreadable),
        ] {
            assert_eq!(ChatWire::Ollama.read(line), said, "{line}");
        }
    }
}
