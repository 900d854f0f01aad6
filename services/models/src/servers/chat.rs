//! A vision-language model on servers.

mod wire;

use std::sync::Arc;

use image::{Rgb, RgbImage};
use reqwest::{Response, Url};
use serde_json::json;
use vitrine_core::{meters::Purpose, ports::ModelError};

use super::{
    Read, Servers,
    caller::{Failure, Next},
    lines::Lines,
};
use crate::{
    engine::{Question, Reader},
    json_stream::{Mark, Nesting},
    piece::Piece,
    settings::{ChatWire, ServedVisionSettings},
};
use wire::{Line, Words};

/// A vision-language model on servers.
pub struct Served {
    servers: Arc<Servers>,
    model: String,
    wire: ChatWire,
}

impl Served {
    pub(crate) fn new(settings: &ServedVisionSettings) -> Result<Self, ModelError> {
        let ServedVisionSettings { served, wire } = settings;
        let model = served.model.clone();
        let question = wire.body(&model, &Self::probe(), false)?;
        let servers = Servers::new(served, wire.path(), question)?;
        Ok(Self { servers, model, wire: *wire })
    }

    /// One small picture, to be looked at before others are.
    pub(crate) fn probe() -> Question {
        let schema = json!({"type": "array", "items": {"enum": ["ok"]}, "maxItems": 1});
        Question {
            purpose: Purpose::See,
            photo: RgbImage::from_pixel(64, 64, Rgb([128; 3])),
            prompt: "Answer with the JSON array [\"ok\"].".into(),
            schema,
            max_tokens: 16,
        }
    }

    /// Answers up to the JSON's last bracket.
    pub(crate) async fn answer(
        &self,
        question: Question,
        reader: &Reader,
    ) -> Result<(), ModelError> {
        answer(&self.servers, &self.model, self.wire, question, reader).await
    }
}

/// Passes an answer on as it comes. Another server can be asked until its first words are here.
async fn answer(
    servers: &Servers,
    model: &str,
    wire: ChatWire,
    question: Question,
    reader: &Reader,
) -> Result<(), ModelError> {
    let (deadline, model) = (servers.deadline(), model.to_owned());
    let writing = tokio::task::spawn_blocking(move || wire.body(&model, &question, true));
    let stopped = |_| ModelError::Stopped("the photo could not be written".into());
    let body = writing.await.map_err(stopped)??;
    let first = FirstWords { servers, wire };
    let ((mut lines, mut said), lease) = servers.ask(deadline, &body, &first).await?;
    let mut nesting = Nesting::default();
    loop {
        let Words { text, over } = said;
        let closed = text.bytes().any(|byte| nesting.push(byte) == Some(Mark::Close(1)));
        let sent = text.is_empty() || reader.take(Piece { text, probability: 1.0 });
        if closed || !sent {
            return Ok(());
        }
        if let Some(reason) = over {
            return Err(ModelError::Answer(format!("it ended early: {reason}")));
        }
        let next = tokio::time::timeout_at(deadline, words(&mut lines, servers, wire)).await;
        let next = next.map_err(|_| servers.late()).and_then(|said| said.map_err(|no| no.error));
        said = next.inspect_err(|error| lease.server.failed(&error.to_string()))?;
    }
}

/// Up to where an answer begins.
struct FirstWords<'a> {
    servers: &'a Servers,
    wire: ChatWire,
}

impl Read for FirstWords<'_> {
    type Answer = (Lines, Words);

    async fn read(&self, address: &Url, response: Response) -> Result<(Lines, Words), Failure> {
        let mut lines = Lines::of(address, response);
        let words = words(&mut lines, self.servers, self.wire).await?;
        Ok((lines, words))
    }
}

/// The next words, or that there are no more.
async fn words(lines: &mut Lines, servers: &Servers, wire: ChatWire) -> Result<Words, Failure> {
    while let Some(line) = lines.next().await? {
        match wire.read(&line) {
            Line::Words(words) if words.text.is_empty() && words.over.is_none() => {}
            Line::Words(words) => return Ok(words),
            Line::Wrong(told) => {
                let told = servers.caller.clean(&told);
                let detail = format!("{} said: {told}", lines.address());
                return Err(Failure { error: ModelError::Stopped(detail), next: Next::Elsewhere });
            }
            Line::Unreadable => {
                let told = servers.caller.clean(&line);
                let detail = format!("{} wrote what can not be read: {told}", lines.address());
                return Err(Failure { error: ModelError::Answer(detail), next: Next::Elsewhere });
            }
        }
    }
    let detail = format!("{} cut its answer short", lines.address());
    Err(Failure { error: ModelError::Stopped(detail), next: Next::Later })
}
