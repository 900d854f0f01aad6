use std::{
    collections::HashMap,
    sync::atomic::{AtomicUsize, Ordering},
};

use async_trait::async_trait;
use futures::{StreamExt, stream};
use image::RgbImage;

use crate::{
    admission::Permit,
    garment::Garment,
    likeness::Grades,
    look::Suggestion,
    moderation::Unfit,
    photo::{self, Photo},
    ports::{
        AdvicePiece, AdviceStream, Brief, DescribeStream, Embedder, ImageEmbedder, ModelError,
        Moderation, Stylist, Vector, Verdict, Vision,
    },
};

/// Sees the same garments in every photo, or fails after them.
#[derive(Debug, Default)]
pub struct FakeVision {
    pub garments: Vec<Garment>,
    pub failure: Option<ModelError>,
    asked: AtomicUsize,
}

impl FakeVision {
    pub fn seeing(garments: Vec<Garment>) -> Self {
        Self { garments, ..Self::default() }
    }

    /// Sees nothing and fails.
    pub fn failing(failure: ModelError) -> Self {
        Self { failure: Some(failure), ..Self::default() }
    }

    /// How often it was asked.
    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl Vision for FakeVision {
    fn model(&self) -> &str {
        "fake-vision"
    }

    fn photo_side(&self) -> u32 {
        64
    }

    fn caution(&self) -> Option<&str> {
        None
    }

    async fn describe(&self, photo: &Photo, _: &Permit) -> Result<DescribeStream, ModelError> {
        if photo.square().width() != self.photo_side() {
            return Err(ModelError::Answer("a photo of another side".into()));
        }
        self.asked.fetch_add(1, Ordering::SeqCst);
        let garments = self.garments.clone().into_iter().map(Ok);
        let failure = self.failure.clone().map(Err);
        Ok(stream::iter(garments.chain(failure).collect::<Vec<_>>()).boxed())
    }
}

/// Refuses the photos that it was told of, or fails.
#[derive(Debug, Default)]
pub struct FakeModeration {
    /// By the photo's id.
    unfit: HashMap<String, Unfit>,
    failure: Option<ModelError>,
    asked: AtomicUsize,
}

impl FakeModeration {
    pub fn refusing<'a>(photos: impl IntoIterator<Item = (&'a Photo, Unfit)>) -> Self {
        let photos = photos.into_iter().map(|(photo, why)| (photo.id().to_owned(), why));
        Self { unfit: photos.collect(), ..Self::default() }
    }

    /// Judges nothing and fails.
    pub fn failing(failure: ModelError) -> Self {
        Self { failure: Some(failure), ..Self::default() }
    }

    /// How often it was asked.
    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl Moderation for FakeModeration {
    fn name(&self) -> &str {
        "fake-moderation"
    }

    async fn judge(&self, photo: &Photo, _: &Permit) -> Result<Verdict, ModelError> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        match &self.failure {
            Some(failure) => Err(failure.clone()),
            None => Ok(self.unfit.get(photo.id()).map_or(Verdict::Fit, |why| Verdict::Unfit(*why))),
        }
    }
}

/// Recommends each candidate in turn.
#[derive(Debug, Default)]
pub struct FakeStylist {
    pub failure: Option<ModelError>,
    asked: AtomicUsize,
}

impl FakeStylist {
    /// Writes nothing and fails.
    pub fn failing(failure: ModelError) -> Self {
        Self { failure: Some(failure), ..Self::default() }
    }

    /// How often it was asked.
    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl Stylist for FakeStylist {
    fn model(&self) -> &str {
        "fake-stylist"
    }

    fn writes(&self, locale: &str) -> bool {
        locale.to_lowercase().starts_with("en")
    }

    async fn advise(
        &self,
        _: &Photo,
        brief: &Brief,
        _: &Permit,
    ) -> Result<AdviceStream, ModelError> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        if let Some(failure) = &self.failure {
            return Err(failure.clone());
        }
        let mut pieces = vec![Ok(AdvicePiece::Text("These go together.".into()))];
        pieces.extend(brief.candidates.iter().map(|candidate| {
            Ok(AdvicePiece::Suggestion(Suggestion {
                text: format!("Wear the {}.", candidate.title),
                product_ids: vec![candidate.product.clone()],
            }))
        }));
        Ok(stream::iter(pieces).boxed())
    }
}

/// A bag of hashed words: texts that share words are close.
#[derive(Debug, Default)]
pub struct FakeEmbedder(AtomicUsize);

impl FakeEmbedder {
    /// How many texts it has embedded.
    pub fn embedded(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl Embedder for FakeEmbedder {
    fn model(&self) -> &str {
        "fake-embedder"
    }

    fn dimensions(&self) -> usize {
        64
    }

    fn min_similarity(&self) -> f32 {
        0.2
    }

    async fn embed(&self, texts: Vec<String>) -> Result<Vec<Vector>, ModelError> {
        self.0.fetch_add(texts.len(), Ordering::SeqCst);
        Ok(texts.iter().map(|text| bag(text)).collect())
    }
}

/// The mean colours of a grid of 4 x 4 fields: pictures of like colours in like places are close.
#[derive(Debug, Default)]
pub struct FakeImageEmbedder(AtomicUsize);

impl FakeImageEmbedder {
    /// How many pictures it has embedded.
    pub fn embedded(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl ImageEmbedder for FakeImageEmbedder {
    fn model(&self) -> &str {
        "fake-image-embedder"
    }

    fn dimensions(&self) -> usize {
        48
    }

    fn grades(&self) -> Option<Grades> {
        Some(Grades { same: Some(1.1), very_similar: Some(0.8), similar: Some(0.5) })
    }

    async fn embed(&self, pictures: Vec<RgbImage>) -> Result<Vec<Vector>, ModelError> {
        self.0.fetch_add(pictures.len(), Ordering::SeqCst);
        Ok(pictures.iter().map(fields).collect())
    }
}

fn fields(picture: &RgbImage) -> Vector {
    let small = photo::resize(picture, 4, 4);
    let centred = small.pixels().flat_map(|pixel| pixel.0.map(|value| f32::from(value) - 127.5));
    unit(centred.collect())
}

fn bag(text: &str) -> Vector {
    let mut vector = vec![0.0_f32; 64];
    vector[0] = 1e-3;
    for word in text.to_lowercase().split(|c: char| !c.is_alphanumeric()) {
        if !word.is_empty() {
            vector[usize::from(blake3::hash(word.as_bytes()).as_bytes()[0]) % 64] += 1.0;
        }
    }
    unit(vector)
}

fn unit(vector: Vector) -> Vector {
    let length = vector.iter().map(|value| value * value).sum::<f32>().sqrt();
    vector.iter().map(|value| value / length).collect()
}
