use std::time::Duration;

use futures::{Stream, StreamExt};
use image::DynamicImage;
use mistralrs::{
    Constraint, Model, ModelDType, MultimodalLoaderType, MultimodalModelBuilder, RequestBuilder,
    Response, TextMessageRole, TokenSource, parse_isq_value,
};
use vitrine_core::ports::ModelError;

use crate::{
    engine::{Question, Reader},
    json_stream::{Mark, Nesting},
    piece::Piece,
    settings::VisionSettings,
};

/// How often a request is handed to an engine that is being restarted, and how long apart.
const HAND_OVERS: u32 = 20;
const HAND_OVER_PAUSE: Duration = Duration::from_millis(100);

/// A vision-language model in this process.
pub struct Local {
    model: Model,
    timeout: Duration,
}

impl Local {
    /// Loads a Qwen3-VL model from a folder or the hub. Takes a quarter of a second for the small
    /// model, minutes for a large one.
    pub(crate) async fn load(settings: &VisionSettings) -> Result<Self, ModelError> {
        let mut builder = MultimodalModelBuilder::new(settings.model.id()?)
            .with_loader_type(MultimodalLoaderType::Qwen3VL)
            .with_max_num_seqs(settings.concurrency.max(1));
        if settings.model.folder().is_some() {
            builder = builder.with_token_source(TokenSource::None);
        }
        if settings.device.is_cpu() {
            builder = builder.with_force_cpu().with_dtype(ModelDType::F32);
        }
        if let Some(isq) = &settings.isq {
            builder = builder.with_isq(parse_isq_value(isq, None).map_err(ModelError::Load)?);
        }
        let model =
            builder.build().await.map_err(|error| ModelError::Load(format!("{error:#}")))?;
        let timeout = Duration::from_secs(settings.timeout_seconds.max(1));
        Ok(Self { model, timeout })
    }

    /// Answers up to the JSON's last bracket. Dropping the work frees the model within one step.
    pub(crate) async fn answer(
        &self,
        question: Question,
        reader: &Reader,
    ) -> Result<(), ModelError> {
        let late = |_| Err(ModelError::Timeout(self.timeout.as_secs()));
        let work = answer(&self.model, question, reader);
        tokio::time::timeout(self.timeout, work).await.unwrap_or_else(late)
    }
}

/// Asks again, once, where the engine stopped before it wrote anything: it may have been stopping
/// already, over another request, when this one was handed to it.
async fn answer(model: &Model, question: Question, reader: &Reader) -> Result<(), ModelError> {
    match answer_once(model, &question, reader).await {
        Err(Failure::NotBegun) => {
            restarted(model).await;
            answer_once(model, &question, reader).await.map_err(ModelError::from)
        }
        outcome => outcome.map_err(ModelError::from),
    }
}

/// Why there is no whole answer.
enum Failure {
    /// The engine stopped before it wrote anything.
    NotBegun,
    Known(ModelError),
}

impl From<Failure> for ModelError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::NotBegun => Self::Stopped("the engine closed the answer".into()),
            Failure::Known(error) => error,
        }
    }
}

impl From<ModelError> for Failure {
    fn from(error: ModelError) -> Self {
        Self::Known(error)
    }
}

/// Passes pieces on at once, whoever reads them however slowly: the engine waits for its reader.
async fn answer_once(model: &Model, question: &Question, reader: &Reader) -> Result<(), Failure> {
    let refuse = |what: String| Failure::Known(ModelError::Answer(what));
    let mut pieces = hand_over(model, question).await?;
    let mut nesting = Nesting::default();
    let mut begun = false;
    while let Some(response) = pieces.next().await {
        begun = true;
        let chunk = match response {
            Response::Chunk(chunk) => chunk,
            Response::ModelError(message, _) => return Err(refuse(message)),
            Response::ValidationError(error) | Response::InternalError(error) => {
                return Err(refuse(error.to_string()));
            }
            _ => return Err(refuse("an answer of another kind".into())),
        };
        let Some(choice) = chunk.choices.into_iter().next() else { continue };
        let text = choice.delta.content.unwrap_or_default();
        // mistral.rs gives the logarithm to the base of ten.
        let probability = choice.logprobs.map_or(1.0, |told| 10_f32.powf(told.logprob));
        let closed = text.bytes().any(|byte| nesting.push(byte) == Some(Mark::Close(1)));
        if !text.is_empty() && !reader.take(Piece { text, probability }) {
            return Ok(());
        }
        if closed {
            return Ok(());
        }
        if let Some(reason) = choice.finish_reason {
            return Err(refuse(format!("it ended early: {reason}")));
        }
    }
    Err(if begun {
        Failure::Known(ModelError::Stopped("the engine closed the answer".into()))
    } else {
        Failure::NotBegun
    })
}

/// Waits until the engine takes requests again: mistral.rs starts a new one when it is next
/// spoken to after the old one's thread has ended.
async fn restarted(model: &Model) {
    for _ in 0..HAND_OVERS {
        tokio::time::sleep(HAND_OVER_PAUSE).await;
        if model.inner().get_sender(None).is_ok_and(|engine| !engine.is_closed()) {
            return;
        }
    }
}

/// Hands the question to the engine; waits while an engine that has stopped is started again.
async fn hand_over(
    model: &Model,
    question: &Question,
) -> Result<impl Stream<Item = Response> + Unpin, ModelError> {
    let request = || {
        RequestBuilder::new()
            .add_image_message(
                TextMessageRole::User,
                &question.prompt,
                vec![DynamicImage::ImageRgb8(question.photo.clone())],
            )
            .set_constraint(Constraint::JsonSchema(question.schema.clone()))
            .set_deterministic_sampler()
            // The likeliest token still, but by its probability: without a temperature mistral.rs
            // takes raw scores for probabilities.
            .set_sampler_temperature(1.0)
            .return_logprobs(true)
            .set_sampler_max_len(question.max_tokens)
    };
    let mut last = String::new();
    for _ in 0..HAND_OVERS {
        match model.stream_chat_request(request()).await {
            Ok(pieces) => return Ok(pieces),
            Err(error) => last = error.to_string(),
        }
        tokio::time::sleep(HAND_OVER_PAUSE).await;
    }
    Err(ModelError::Stopped(last))
}

#[cfg(test)]
mod tests;
