use std::{sync::Arc, time::Instant};

use futures::TryStreamExt;
use vitrine_core::{
    admission::Admission,
    photo::Photo,
    ports::{Embedder, ImageEmbedder, ModelError, Vision},
};
use vitrine_models::ModelSource;

use super::Verdict::{self, Bad, Doubtful, Good};
use crate::{
    app::{load_embedder, load_image_embedder, load_vision},
    demo,
    error::Error,
    settings::Settings,
};

/// Loads the model and has it look at the drawn photo.
pub(super) async fn vision(settings: &Settings) -> Verdict {
    let servers = &settings.models.servers;
    if let Some(missing) = missing_file(&settings.models.vision, servers) {
        return Bad(missing);
    }
    let alone = async |servers| {
        let mut alone = settings.clone();
        alone.models.servers = servers;
        load_vision(&alone).await.map(|_| ())
    };
    if let Some(bad) = unusable(servers, alone).await {
        return Bad(bad);
    }
    let started = Instant::now();
    let vision = match load_vision(settings).await {
        Ok(sighted) => sighted.vision,
        Err(error) => return Bad(error.to_string()),
    };
    let loaded = started.elapsed().as_secs_f32();
    let photo = demo::photo();
    let photo = match std::fs::read(&photo).map_err(Error::file(&photo)).and_then(|bytes| {
        let name = photo.display().to_string();
        Photo::read(&bytes, vision.photo_side()).map_err(|error| Error::Photo(name, error))
    }) {
        Ok(photo) => photo,
        Err(error) => return Bad(error.to_string()),
    };
    let started = Instant::now();
    match describe(&*vision, &photo).await {
        Err(error) => Bad(error.to_string()),
        Ok(seen) => {
            let took = started.elapsed().as_secs_f32();
            let text = format!(
                "{} loads in {loaded:.1} s, sees {seen} garments in the drawn photo in {took:.1} s",
                vision.model()
            );
            match vision.caution() {
                Some(caution) => Doubtful(format!("{text}; {caution}")),
                None => Good(text),
            }
        }
    }
}

async fn describe(vision: &dyn Vision, photo: &Photo) -> Result<usize, ModelError> {
    let permit = Admission::new(1, 0).enter_unnamed().await;
    let permit = permit.map_err(|busy| ModelError::Stopped(busy.to_string()))?;
    let garments: Vec<_> = vision.describe(photo, &permit).await?.try_collect().await?;
    Ok(garments.len())
}

pub(super) async fn embedder(settings: &Settings) -> (Verdict, Option<Arc<dyn Embedder>>) {
    let servers = &settings.embedder.servers;
    if let Some(missing) = missing_file(&settings.embedder.model, servers) {
        return (Bad(missing), None);
    }
    let alone = async |servers| {
        let mut alone = settings.clone();
        alone.embedder.servers = servers;
        load_embedder(&alone).await.map(|_| ())
    };
    if let Some(bad) = unusable(servers, alone).await {
        return (Bad(bad), None);
    }
    match load_embedder(settings).await {
        Ok(embedder) => {
            let text = format!("{}, {} numbers a vector", embedder.model(), embedder.dimensions());
            (Good(text), Some(embedder))
        }
        Err(error) => (Bad(error.to_string()), None),
    }
}

/// Has the picture encoder look at a picture.
pub(super) async fn pictures(settings: &Settings) -> (Verdict, Option<Arc<dyn ImageEmbedder>>) {
    let servers = &settings.image_embedder.servers;
    let alone = async |servers| {
        let mut alone = settings.clone();
        alone.image_embedder.servers = servers;
        load_image_embedder(&alone).await.map(|_| ())
    };
    if let Some(bad) = unusable(servers, alone).await {
        return (Bad(bad), None);
    }
    let encoder = match load_image_embedder(settings).await {
        Ok(Some(encoder)) => encoder,
        Ok(None) => {
            let told = "not compared; set image_embedder.enabled to find products by their looks";
            return (Good(told.into()), None);
        }
        Err(error) => return (Bad(error.to_string()), None),
    };
    let started = Instant::now();
    let picture = image::RgbImage::from_pixel(224, 224, image::Rgb([25, 35, 85]));
    if let Err(error) = encoder.embed(vec![picture]).await {
        return (Bad(error.to_string()), None);
    }
    let text = format!(
        "{}, {} numbers a vector, a picture takes {} ms",
        encoder.model(),
        encoder.dimensions(),
        started.elapsed().as_millis()
    );
    let verdict = match encoder.grades() {
        Some(_) => Good(text),
        None => Doubtful(format!(
            "{text}; from which cosine on pictures look alike is not known, so no match says so: \
             measure it and set image_embedder.grades"
        )),
    };
    (verdict, Some(encoder))
}

/// What is missing of a model that runs in this process.
fn missing_file(source: &ModelSource, servers: &[String]) -> Option<String> {
    let folder = source.folder().filter(|_| servers.is_empty())?;
    let missing =
        ["config.json", "tokenizer.json"].into_iter().find(|file| !folder.join(file).is_file())?;
    Some(format!(
        "{} has no {missing}; set a folder with a whole model, or `hub:` and a name",
        folder.display()
    ))
}

/// What is wrong with servers of a model, each asked alone: together the others stand in for it.
async fn unusable(
    servers: &[String],
    load: impl AsyncFn(Vec<String>) -> Result<(), ModelError>,
) -> Option<String> {
    let mut wrong = Vec::new();
    for server in servers.iter().filter(|_| servers.len() > 1) {
        if let Err(error) = load(vec![server.clone()]).await {
            wrong.push(error.to_string());
        }
    }
    (!wrong.is_empty()).then(|| wrong.join("; "))
}
