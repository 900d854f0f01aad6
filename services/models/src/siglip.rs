//! Pictures' vectors by a SigLIP encoder in this process.

mod config;
mod encoder;
mod square;
pub(crate) mod weights;

use std::{fmt::Display, path::Path, sync::Arc, time::Duration};

use async_trait::async_trait;
use candle_core::{DType, Device, Tensor};
use candle_nn::VarBuilder;
use image::RgbImage;
use tokio::sync::Semaphore;
use vitrine_core::{
    likeness::Grades,
    ports::{ImageEmbedder, ModelError, Vector},
};

use crate::{
    card::{ModelCard, checked, fingerprint},
    hub,
    settings::ImageEmbedderSettings,
    siglip::{
        config::Config,
        encoder::Encoder,
        square::{Fit, squared},
    },
    vector::unit,
};

/// Pictures in one pass of the encoder.
const BATCH: usize = 16;

/// A SigLIP encoder, or one of SigLIP 2 with a fixed size, in this process: in F32 on the CPU or on
/// the GPU. One pass runs at a time.
pub struct SiglipEmbedder {
    model: Arc<Model>,
    turn: Arc<Semaphore>,
    name: String,
    grades: Option<Grades>,
    timeout: Duration,
}

impl SiglipEmbedder {
    /// Loads an encoder as transformers or open_clip write it: `config.json` (with
    /// `preprocessor_config.json`) or `open_clip_config.json`, and one file of weights. Errors are
    /// [`ModelError::Load`].
    pub async fn load(settings: &ImageEmbedderSettings) -> Result<Self, ModelError> {
        let ImageEmbedderSettings { model, device, timeout_seconds, grades } = settings.clone();
        let (model, name, grades) = blocking(move || {
            let files = hub::files(&model)?;
            let card = ModelCard::beside(&model, Some(&files.folder))?;
            let name = format!("{}+{}", card.name, fingerprint(&model, &[&files.revision]));
            let grades = checked(grades.or(card.grades))?;
            Ok((Model::open(&files.folder, &card, device.is_cpu())?, name, grades))
        })
        .await?;
        Ok(Self {
            model: Arc::new(model),
            turn: Arc::new(Semaphore::new(1)),
            name,
            grades,
            timeout: Duration::from_secs(timeout_seconds.max(1)),
        })
    }

    /// One pass, in a thread of its own that keeps its turn to the end, whoever still waits for it.
    async fn pass(&self, pictures: Vec<RgbImage>) -> Result<Vec<Vector>, ModelError> {
        let (model, turn) = (Arc::clone(&self.model), Arc::clone(&self.turn));
        let work = async move {
            let stopped = |_| ModelError::Stopped("the picture model was closed".into());
            let turn = turn.acquire_owned().await.map_err(stopped)?;
            blocking(move || {
                let _turn = turn;
                model.vectors(&pictures)
            })
            .await
        };
        let late = |_| ModelError::Timeout(self.timeout.as_secs());
        tokio::time::timeout(self.timeout, work).await.map_err(late)?
    }
}

#[async_trait]
impl ImageEmbedder for SiglipEmbedder {
    fn model(&self) -> &str {
        &self.name
    }

    fn dimensions(&self) -> usize {
        self.model.config.width
    }

    fn grades(&self) -> Option<Grades> {
        self.grades
    }

    async fn embed(&self, pictures: Vec<RgbImage>) -> Result<Vec<Vector>, ModelError> {
        let mut vectors = Vec::with_capacity(pictures.len());
        let mut pictures = pictures.into_iter();
        while pictures.len() > 0 {
            vectors.extend(self.pass(pictures.by_ref().take(BATCH).collect()).await?);
        }
        Ok(vectors)
    }
}

/// The encoder and what it has to be given.
struct Model {
    encoder: Encoder,
    config: Config,
    device: Device,
    fit: Fit,
}

impl Model {
    fn open(folder: &Path, card: &ModelCard, is_cpu: bool) -> Result<Self, ModelError> {
        let config = config::read(folder)?;
        let device = device(is_cpu)?;
        let weights = weights::load(folder, &device)?;
        let weights = VarBuilder::from_tensors(weights, DType::F32, &device);
        let encoder = Encoder::new(&config, weights).map_err(refused)?;
        let fit = match &card.crop {
            Some(crop) => Fit::LaidOn(crop.grey),
            None => Fit::Pressed(config.filter),
        };
        Ok(Self { encoder, config, device, fit })
    }

    /// Unit vectors of one pass.
    fn vectors(&self, pictures: &[RgbImage]) -> Result<Vec<Vector>, ModelError> {
        let stopped = |error: candle_core::Error| ModelError::Stopped(error.to_string());
        self.forward(pictures).map_err(stopped)?.into_iter().map(unit).collect()
    }

    fn forward(&self, pictures: &[RgbImage]) -> candle_core::Result<Vec<Vector>> {
        let Config { side, mean, std, .. } = self.config;
        let mut pixels = Vec::with_capacity(pictures.len() * 3 * side * side);
        for picture in pictures {
            // A side was checked to be a `u32` when the encoder was read.
            let square = squared(picture, side as u32, self.fit);
            for channel in 0..3 {
                let values = square.pixels().map(|pixel| f32::from(pixel.0[channel]) / 255.0);
                pixels.extend(values.map(|value| (value - mean[channel]) / std[channel]));
            }
        }
        let shape = (pictures.len(), 3, side, side);
        self.encoder.forward(&Tensor::from_vec(pixels, shape, &self.device)?)?.to_vec2()
    }
}

#[cfg(feature = "cuda")]
fn device(is_cpu: bool) -> Result<Device, ModelError> {
    if is_cpu { Ok(Device::Cpu) } else { Device::new_cuda(0).map_err(refused) }
}

#[cfg(not(feature = "cuda"))]
fn device(_: bool) -> Result<Device, ModelError> {
    Ok(Device::Cpu)
}

fn refused(detail: impl Display) -> ModelError {
    ModelError::Load(format!("the picture model can not be read: {detail}"))
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ModelError> + Send + 'static,
) -> Result<T, ModelError> {
    let gave_up = |error| ModelError::Stopped(format!("the picture model gave up: {error}"));
    tokio::task::spawn_blocking(work).await.map_err(gave_up)?
}

#[cfg(test)]
mod tests;
