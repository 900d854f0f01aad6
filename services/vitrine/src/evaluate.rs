//! How well a model sees: labelled photos in, figures out.

mod confusion;
mod figures;
mod labels;
mod matches;
mod pairs;
mod reliability;
mod seen;

pub use confusion::draw;
pub use figures::{BoxFigures, ClassFigures, Figures, Score};
pub use labels::{LabelledBox, LabelledPhoto, read_labels};
pub use matches::{Questions, Recall, Way};
pub use pairs::{Pair, read_pairs};
pub use reliability::{Band, Reliability};
pub use seen::write_seen;

use std::time::Instant;

use futures::TryStreamExt;
use vitrine_core::{
    admission::Admission,
    garment::Garment,
    photo::Photo,
    ports::{ModelError, Vision},
};

use crate::error::Error;

/// What a model saw in one labelled photo.
#[derive(Debug, Clone)]
pub struct Seen {
    pub photo: LabelledPhoto,
    pub garments: Vec<Garment>,
    pub milliseconds: u64,
}

impl Seen {
    /// The garment that the photo's one label is held against: the one with the largest box.
    pub fn main(&self) -> Option<&Garment> {
        self.garments.iter().max_by(|one, other| one.region.area().total_cmp(&other.region.area()))
    }
}

/// Has the model look at every photo, one by one; tells after each. An answer that the model
/// breaks off counts with what it held.
pub async fn look_at(
    vision: &dyn Vision,
    photos: Vec<LabelledPhoto>,
    mut progress: impl FnMut(),
) -> Result<Vec<Seen>, Error> {
    let admission = Admission::new(1, 0);
    let mut seen = Vec::with_capacity(photos.len());
    for photo in photos {
        let bytes = tokio::fs::read(&photo.file).await.map_err(Error::file(&photo.file))?;
        let name = photo.file.display().to_string();
        let picture =
            Photo::read(&bytes, vision.photo_side()).map_err(|error| Error::Photo(name, error))?;
        let permit = admission.enter_unnamed().await;
        let permit = permit.map_err(|busy| ModelError::Stopped(busy.to_string()))?;
        let started = Instant::now();
        let mut garments = Vec::new();
        let mut stream = vision.describe(&picture, &permit).await?;
        loop {
            match stream.try_next().await {
                Ok(Some(garment)) => garments.push(garment),
                Ok(None) | Err(ModelError::Answer(_)) => break,
                Err(error) => return Err(error.into()),
            }
        }
        let milliseconds = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        seen.push(Seen { photo, garments, milliseconds });
        progress();
    }
    Ok(seen)
}
