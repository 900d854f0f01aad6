//! Chat as OpenAI's API has it (<https://platform.openai.com/docs/api-reference/chat>), so that
//! what speaks to that speaks to the shop too. It keeps nothing of a client's: what was shown is
//! remembered for an hour under the messages so far, and found again by them.

mod answer;
mod error;
mod history;
mod request;

pub(crate) use answer::{Answer, ModelList, whole};
pub(crate) use error::as_openai;
pub(crate) use history::History;
pub(crate) use request::{ChatRequest, Role};

/// The one model that is offered: the shop itself.
pub(crate) const MODEL: &str = "vitrine";
