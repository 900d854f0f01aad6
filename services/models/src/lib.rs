//! The models behind the core's ports, run by mistral.rs in this process, or by servers. Pictures'
//! vectors come from a SigLIP encoder that candle runs here, or from a server.
//!
//! What mistral.rs 0.8.1 would trip over is designed out here: every request carries exactly one
//! photo of the model's canonical size (photos of two sizes in one batch stop the engine), answers
//! are always streamed and embeddings always awaited to the end (a dropped receiver stops the
//! engine), lengths are always bounded, and control tokens never come in from outside.

mod advise;
mod card;
mod chat;
mod confidence;
mod describe;
mod embedder;
mod engine;
mod hub;
mod json_stream;
mod mistral;
mod moderate;
mod picture;
mod piece;
mod servers;
mod settings;
mod siglip;
#[cfg(test)]
mod tests;
mod text;
mod vector;

pub use advise::VlmStylist;
pub use card::{AdviceStyle, ModelCard};
pub use chat::VlmAssistant;
pub use confidence::Confidence;
pub use describe::VlmVision;
pub use embedder::MistralEmbedder;
pub use engine::Engine;
pub use moderate::VlmModeration;
pub use servers::{ServedEmbedder, ServedImageEmbedder, ServedModeration};
pub use settings::{
    ChatWire, Device, EmbedderSettings, ImageEmbedderSettings, ModelSource,
    ServedImageEmbedderSettings, ServedSettings, ServedVisionSettings, VisionSettings, Wire,
};
pub use siglip::SiglipEmbedder;
