//! What the targets hold: the properties that the tests of each part try, too.

use models::{advise, confidence, describe, json_stream, piece, text, written};

#[cfg(feature = "api")]
#[path = "../../services/api/tests/strangers/properties.rs"]
pub mod door;
#[path = "../../services/core/tests/strangers/properties/mod.rs"]
pub mod strangers;

/// The part of `vitrine-models` that reads, without the engines, which take half an hour to build.
#[path = "../../services/models/src"]
#[expect(dead_code, reason = "the rest is for engines")]
mod models {
    pub(crate) mod advise {
        pub(crate) mod reading;
    }
    pub(crate) mod confidence;
    pub(crate) mod describe {
        pub(crate) mod reading;
        mod style;
        pub(crate) use style::DescribeStyle;
    }
    pub(crate) mod json_stream;
    pub(crate) mod piece;
    pub(crate) mod text;
    #[path = "tests/written.rs"]
    pub(crate) mod written;
}

/// What a model writes, as garments and as advice, in pieces of so many letters.
pub fn model_answer(text: &str, at_once: usize) {
    written::garments(text, at_once);
    written::advice(text, at_once);
}
