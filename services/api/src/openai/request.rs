//! What a client asks for. Fields that change nothing here, as the temperature, are passed over.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use vitrine_core::conversation::MAX_TEXT;

use super::{MODEL, answer::FIELDS};
use crate::{problem::Problem, problems::Code};

/// Messages at most.
const MAX_MESSAGES: usize = 500;
/// Photos of one message that are looked at, at most.
const MAX_PHOTOS: usize = 3;
/// The tool that a reply's products are handed to.
pub(crate) const SHOW_PRODUCTS: &str = "show_products";

/// A request for the next message of a chat.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct ChatRequest {
    /// `vitrine`.
    pub model: String,
    /// All messages so far; the last one is answered. Those of the roles `system` and `developer`
    /// change nothing: the shop's assistant has its own instructions.
    pub messages: Vec<ChatTurn>,
    #[serde(default)]
    pub stream: Option<bool>,
    #[serde(default)]
    pub n: Option<u32>,
    /// A function named `show_products`, or the one that `tool_choice` names, is called with the
    /// products of the reply.
    #[serde(default)]
    pub tools: Option<Vec<Tool>>,
    /// `none`, `auto`, `required`, or an object that names a function.
    #[serde(default)]
    pub tool_choice: Option<Value>,
    /// `json_object` and `json_schema` give the reply as JSON, with the fields `reply`, `status`,
    /// `intent` and `products`; a schema may ask for some of them.
    #[serde(default)]
    pub response_format: Option<ResponseFormat>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct ChatTurn {
    pub role: Role,
    /// Text, or a list of parts: `{"type": "text", "text": …}` and
    /// `{"type": "image_url", "image_url": {"url": …}}` with a `data:` or a web address.
    #[serde(default)]
    pub content: Option<Content>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Role {
    System,
    Developer,
    User,
    Assistant,
    Tool,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Content {
    Text(String),
    Parts(Vec<ContentPart>),
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum ContentPart {
    Text { text: String },
    ImageUrl { image_url: ImageUrl },
    Refusal { refusal: String },
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct ImageUrl {
    pub url: String,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Tool {
    pub r#type: String,
    #[serde(default)]
    pub function: Option<NamedFunction>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct NamedFunction {
    pub name: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum ResponseFormat {
    Text,
    JsonObject,
    JsonSchema { json_schema: NamedSchema },
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct NamedSchema {
    #[serde(default)]
    pub name: Option<String>,
    #[serde(default)]
    pub schema: Option<Value>,
}

/// In which form the reply is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Shape {
    Text,
    /// As JSON with these fields.
    Json(Vec<&'static str>),
}

impl ContentPart {
    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Self::Text { text } => Some(text),
            Self::ImageUrl { .. } | Self::Refusal { .. } => None,
        }
    }

    pub(crate) fn picture(&self) -> Option<&str> {
        match self {
            Self::ImageUrl { image_url } => Some(&image_url.url),
            Self::Text { .. } | Self::Refusal { .. } => None,
        }
    }
}

impl ChatTurn {
    /// Its words, one part after the other.
    pub(crate) fn text(&self) -> String {
        match &self.content {
            None => String::new(),
            Some(Content::Text(text)) => text.trim().to_owned(),
            Some(Content::Parts(parts)) => {
                let texts: Vec<&str> = parts.iter().filter_map(ContentPart::text).collect();
                texts.join("\n").trim().to_owned()
            }
        }
    }

    /// The addresses of its pictures.
    pub(crate) fn pictures(&self) -> Vec<&str> {
        match &self.content {
            Some(Content::Parts(parts)) => parts.iter().filter_map(ContentPart::picture).collect(),
            _ => Vec::new(),
        }
    }
}

impl ChatRequest {
    /// What can be answered; what can not is told why.
    pub(crate) fn checked(self) -> Result<Self, Problem> {
        let invalid =
            |field: &str, detail: String| Problem::of_field(Code::ChatInvalid, field, detail);
        if self.model != MODEL {
            return Err(Problem::of_field(
                Code::ChatModelUnknown,
                "model",
                "There is no such model",
            ));
        }
        if self.n.is_some_and(|n| n != 1) {
            return Err(invalid("n", "One choice is given".into()));
        }
        if self.messages.len() > MAX_MESSAGES {
            return Err(invalid("messages", format!("There are {} messages", self.messages.len())));
        }
        let Some(last) = self.messages.last() else {
            return Err(invalid("messages", "There is no message".into()));
        };
        match last.role {
            Role::User => {}
            Role::Tool => return Ok(self),
            _ => return Err(invalid("messages", "The last message is not the customer's".into())),
        }
        let (text, pictures) = (last.text(), last.pictures().len());
        if text.is_empty() && pictures == 0 {
            return Err(invalid("messages", "The last message is empty".into()));
        }
        if text.chars().count() > MAX_TEXT {
            let detail = format!("The last message has more than {MAX_TEXT} characters");
            return Err(invalid("messages", detail));
        }
        if pictures > MAX_PHOTOS {
            return Err(invalid("messages", format!("The last message has {pictures} pictures")));
        }
        Ok(self)
    }

    /// The form of the reply.
    pub(crate) fn shape(&self) -> Result<Shape, Problem> {
        let schema = match &self.response_format {
            None | Some(ResponseFormat::Text) => return Ok(Shape::Text),
            Some(ResponseFormat::JsonObject) => return Ok(Shape::Json(FIELDS.to_vec())),
            Some(ResponseFormat::JsonSchema { json_schema }) => json_schema.schema.as_ref(),
        };
        let properties = schema.and_then(|schema| schema["properties"].as_object());
        let Some(properties) = properties else { return Ok(Shape::Json(FIELDS.to_vec())) };
        let unknown = properties.keys().find(|name| !FIELDS.contains(&name.as_str()));
        if let Some(unknown) = unknown {
            let known = FIELDS.map(|field| format!("`{field}`")).join(", ");
            let unknown: String = unknown.chars().take(40).collect();
            let detail = format!("A reply has no `{unknown}`; it has {known}");
            return Err(Problem::of_field(Code::ChatInvalid, "response_format", detail));
        }
        let wanted = FIELDS.into_iter().filter(|field| properties.contains_key(*field));
        Ok(Shape::Json(wanted.collect()))
    }

    /// The function that products are handed to, if there is one.
    pub(crate) fn tool(&self) -> Result<Option<String>, Problem> {
        let functions = self.tools.iter().flatten().filter(|tool| tool.r#type == "function");
        let names: Vec<&str> = functions
            .filter_map(|tool| tool.function.as_ref())
            .map(|function| function.name.as_str())
            .collect();
        let chosen = self.tool_choice.as_ref().filter(|choice| !choice.is_null());
        let default = names.contains(&SHOW_PRODUCTS).then(|| SHOW_PRODUCTS.to_owned());
        let invalid = |detail: &str| Problem::of_field(Code::ChatInvalid, "tool_choice", detail);
        let Some(chosen) = chosen else { return Ok(default) };
        match chosen.as_str() {
            Some("none") => Ok(None),
            Some("auto") => Ok(default),
            Some("required") => {
                Ok(default.or_else(|| names.first().map(|name| (*name).to_owned())))
            }
            Some(_) => Err(invalid("This is none of `none`, `auto` and `required`")),
            None => {
                let name = chosen["function"]["name"].as_str();
                let name = name.filter(|name| names.contains(name));
                let name = name.ok_or_else(|| invalid("There is no such function in `tools`"))?;
                Ok(Some(name.to_owned()))
            }
        }
    }
}
