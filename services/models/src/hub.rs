//! Where a picture model's files are on this machine.

use std::path::{Path, PathBuf};

use hf_hub::{
    Cache,
    api::sync::{Api, ApiBuilder, ApiError},
};
use mistralrs::core::hf_hub_cache_dir;
use vitrine_core::ports::ModelError;

use crate::{settings::ModelSource, siglip::weights};

/// What a model is read from besides its weights.
const SMALL: [&str; 4] =
    ["open_clip_config.json", "config.json", "preprocessor_config.json", "vitrine.json"];

/// A model's files on this machine.
pub(crate) struct Files {
    pub(crate) folder: PathBuf,
    /// Which of the hub's revisions it is; nothing for a folder of the operator's own.
    pub(crate) revision: String,
}

/// Finds a model's files; those on the hub are fetched once, into the folder where mistral.rs keeps
/// its own, and are there without a network from then on.
pub(crate) fn files(source: &ModelSource) -> Result<Files, ModelError> {
    match source {
        ModelSource::Folder(folder) => {
            Ok(Files { folder: folder.clone(), revision: String::new() })
        }
        ModelSource::Hub(name) => {
            let cache = hf_hub_cache_dir().map_or_else(Cache::from_env, Cache::new);
            let mut api = ApiBuilder::from_env();
            if let Some(token) =
                ["HF_TOKEN", "HF_HUB_TOKEN"].iter().find_map(|name| std::env::var(name).ok())
            {
                api = api.with_token(Some(token.trim().to_owned()));
            }
            kept_or_fetched(api, &cache, name)
        }
    }
}

fn kept_or_fetched(api: ApiBuilder, cache: &Cache, name: &str) -> Result<Files, ModelError> {
    let kept = cache.model(name.to_owned());
    let first = |files: &[&str]| files.iter().find_map(|file| kept.get(file));
    // Weights are fetched last: where they are, all is.
    if let (Some(_), Some(weights)) = (first(&SMALL[..2]), first(&weights::FILES)) {
        return Ok(beside(&weights));
    }
    tracing::info!(model = name, "fetching a picture model from the hub");
    let refuse = |error: &dyn std::fmt::Display| {
        ModelError::Load(format!(
            "{name} can not be fetched from the hub: {error}; put it in a folder and set that, if there is no network"
        ))
    };
    let api = api.with_cache_dir(cache.path().clone()).with_progress(false).build();
    let weights = api.and_then(|api| fetched(&api, name)).map_err(|error| refuse(&error))?;
    weights.map(|weights| beside(&weights)).ok_or_else(|| refuse(&"it has no .safetensors"))
}

/// Fetches all that is there; the path of the weights.
fn fetched(api: &Api, name: &str) -> Result<Option<PathBuf>, ApiError> {
    let repo = api.model(name.to_owned());
    let info = repo.info()?;
    let there = |file: &&str| info.siblings.iter().any(|sibling| sibling.rfilename == *file);
    for file in SMALL.into_iter().filter(|file| there(file)) {
        repo.get(file)?;
    }
    weights::FILES.into_iter().find(|file| there(file)).map(|file| repo.get(file)).transpose()
}

/// The hub's files of one revision are in one folder, which has its name.
fn beside(weights: &Path) -> Files {
    let folder = weights.parent().unwrap_or(weights);
    let revision = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Files { folder: folder.to_owned(), revision }
}

#[cfg(test)]
mod tests;
