use std::{sync::Arc, time::Instant};

use futures::TryStreamExt;
use vitrine_core::{
    admission::{Admission, Permit},
    photo::{DETAIL_SIDE, Photo},
    ports::{self, Embedder, ImageEmbedder, ModelError, Moderation, Vision},
};
use vitrine_models::{ModelSource, ServedModeration, ServedSettings};

use super::Verdict::{self, Bad, Doubtful, Good};
use crate::{
    app::{VisionModel, load_embedder, load_image_embedder},
    demo,
    error::Error,
    settings::{Judge, Settings},
};

/// Loads the model and has it look at the drawn photo.
pub(super) async fn vision(settings: &Settings) -> (Verdict, Option<VisionModel>) {
    let servers = &settings.models.servers;
    if let Some(missing) = missing_file(&settings.models.vision, servers) {
        return (Bad(missing), None);
    }
    let alone = async |servers| {
        let mut alone = settings.clone();
        alone.models.servers = servers;
        VisionModel::load(&alone).await.map(|_| ())
    };
    if let Some(bad) = unusable(servers, alone).await {
        return (Bad(bad), None);
    }
    let started = Instant::now();
    let model = match VisionModel::load(settings).await {
        Ok(model) => model,
        Err(error) => return (Bad(error.to_string()), None),
    };
    let loaded = started.elapsed().as_secs_f32();
    let vision = model.vision();
    let started = Instant::now();
    let verdict = match describe(&*vision).await {
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
    };
    (verdict, Some(model))
}

async fn describe(vision: &dyn Vision) -> Result<usize, Error> {
    let (photo, permit) = (drawn(vision.photo_side())?, permit().await?);
    let garments: Vec<_> = vision.describe(&photo, &permit).await?.try_collect().await?;
    Ok(garments.len())
}

/// The drawn photo.
fn drawn(side: u32) -> Result<Photo, Error> {
    let photo = demo::photo();
    let bytes = std::fs::read(&photo).map_err(Error::file(&photo))?;
    let name = photo.display().to_string();
    Photo::read(&bytes, side).map_err(|error| Error::Photo(name, error))
}

async fn permit() -> Result<Permit, ModelError> {
    let permit = Admission::new(1, 0).enter_unnamed().await;
    permit.map_err(|busy| ModelError::Stopped(busy.to_string()))
}

/// Has the drawn photo judged, where photos are.
pub(super) async fn moderation(settings: &Settings, model: Option<VisionModel>) -> Verdict {
    let judge = match settings.judge() {
        Ok(Some(judge)) => judge,
        Ok(None) => {
            let told = "off; set moderation.by to refuse photos that are none for a shop";
            return Good(told.into());
        }
        Err(error) => return Bad(error.to_string()),
    };
    let side = model.as_ref().map_or(DETAIL_SIDE, |model| model.vision().photo_side());
    match usable(judge, model).await {
        Ok(moderation) => judged(&*moderation, side).await,
        Err(bad) => Bad(bad),
    }
}

async fn usable(judge: Judge, model: Option<VisionModel>) -> Result<Arc<dyn Moderation>, String> {
    let told = |error: ModelError| error.to_string();
    match (judge, model) {
        (Judge::Model, Some(model)) => model.moderation().map_err(told),
        (Judge::Model, None) => Err("the vision model is to judge and can not be used".into()),
        (Judge::Served(there), _) => {
            let alone = async |urls| {
                let alone = ServedSettings { urls, ..there.clone() };
                ServedModeration::load(&alone).await.map(|_| ())
            };
            if let Some(bad) = unusable(&there.urls, alone).await {
                return Err(bad);
            }
            Ok(Arc::new(ServedModeration::load(&there).await.map_err(told)?))
        }
    }
}

async fn judged(moderation: &dyn Moderation, side: u32) -> Verdict {
    let name = moderation.name();
    let started = Instant::now();
    let judging = async {
        let (photo, permit) = (drawn(side)?, permit().await?);
        Ok::<_, Error>(moderation.judge(&photo, &permit).await?)
    };
    match judging.await {
        Err(error) => Bad(error.to_string()),
        Ok(ports::Verdict::Unfit(why)) => {
            let why = why.id();
            Doubtful(format!(
                "{name} refuses the drawn photo ({why}); try it on photos of your own"
            ))
        }
        Ok(ports::Verdict::Fit) => {
            let took = started.elapsed().as_millis();
            Good(format!("{name} lets the drawn photo pass in {took} ms"))
        }
    }
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
