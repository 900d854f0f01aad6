use std::path::Path;

use candle_nn::Activation;
use fast_image_resize::FilterType;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;
use vitrine_core::ports::ModelError;

use super::refused;

/// The encoder's shape, and what pictures have to be like for it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Config {
    /// Of the square picture, in pixels.
    pub(super) side: usize,
    /// Of the squares that it is cut into, in pixels.
    pub(super) patch: usize,
    /// Floats in a vector.
    pub(super) width: usize,
    /// Floats inside the perceptrons.
    pub(super) inner: usize,
    pub(super) layers: usize,
    pub(super) heads: usize,
    pub(super) eps: f64,
    pub(super) activation: Activation,
    /// Taken off each channel, 0 to 1, and what the rest is divided by.
    pub(super) mean: [f32; 3],
    pub(super) std: [f32; 3],
    /// How its own processor scales pictures.
    pub(super) filter: FilterType,
}

/// The encoder in `config.json` as transformers writes it; what is left out is as in SigLIP base.
#[derive(Deserialize)]
#[serde(default)]
struct Shape {
    model_type: String,
    image_size: usize,
    patch_size: usize,
    num_channels: usize,
    hidden_size: usize,
    intermediate_size: usize,
    num_hidden_layers: usize,
    num_attention_heads: usize,
    layer_norm_eps: f64,
    hidden_act: String,
    vision_use_head: bool,
}

impl Default for Shape {
    fn default() -> Self {
        Self {
            model_type: String::new(),
            image_size: 224,
            patch_size: 16,
            num_channels: 3,
            hidden_size: 768,
            intermediate_size: 3072,
            num_hidden_layers: 12,
            num_attention_heads: 12,
            layer_norm_eps: 1e-6,
            hidden_act: "gelu_pytorch_tanh".into(),
            vision_use_head: true,
        }
    }
}

/// `preprocessor_config.json`.
#[derive(Deserialize)]
#[serde(default)]
struct Processor {
    image_mean: [f32; 3],
    image_std: [f32; 3],
    /// As Pillow numbers its filters.
    resample: u8,
}

impl Default for Processor {
    fn default() -> Self {
        Self { image_mean: [0.5; 3], image_std: [0.5; 3], resample: 3 }
    }
}

/// `open_clip_config.json`, as Marqo-FashionSigLIP has it.
#[derive(Deserialize)]
struct OpenClip {
    model_cfg: OpenClipModel,
    preprocess_cfg: OpenClipProcessor,
}

#[derive(Deserialize)]
struct OpenClipModel {
    vision_cfg: OpenClipVision,
}

#[derive(Deserialize)]
struct OpenClipVision {
    image_size: usize,
    timm_model_name: String,
    timm_pool: String,
    timm_proj: String,
}

#[derive(Deserialize)]
struct OpenClipProcessor {
    mean: [f32; 3],
    std: [f32; 3],
    #[serde(default = "bicubic")]
    interpolation: String,
}

fn bicubic() -> String {
    "bicubic".into()
}

/// Reads a model's folder: as open_clip writes it, else as transformers does.
pub(super) fn read(folder: &Path) -> Result<Config, ModelError> {
    let [open_clip, config, processor] =
        ["open_clip_config.json", "config.json", "preprocessor_config.json"]
            .map(|name| folder.join(name));
    let config = if open_clip.is_file() {
        of_open_clip(&json(&open_clip)?)?
    } else if config.is_file() {
        let processor = if processor.is_file() { json(&processor)? } else { Processor::default() };
        of_transformers(json(&config)?, &processor)?
    } else {
        return Err(refused(format!(
            "there is no model in {} (no config.json); set the folder of a model, or `hub:` and its name",
            folder.display()
        )));
    };
    check(&config)?;
    Ok(config)
}

/// Of the encoder alone, or of a whole SigLIP with the encoder inside.
fn of_transformers(mut written: Value, processor: &Processor) -> Result<Config, ModelError> {
    let encoder = written.get_mut("vision_config").map(Value::take).unwrap_or(written);
    let shape: Shape = serde_json::from_value(encoder)
        .map_err(|error| refused(format!("its config.json: {error}")))?;
    match shape.model_type.as_str() {
        "siglip_vision_model" => {}
        "siglip2_vision_model" => {
            return Err(refused(
                "it is a SigLIP 2 for pictures of any shape (NaFlex); take one of a fixed size",
            ));
        }
        other => return Err(refused(format!("config.json says `{other}`, which is no SigLIP"))),
    }
    if !shape.vision_use_head || shape.num_channels != 3 {
        return Err(refused("it has no attention pooling, or does not see in three colours"));
    }
    let activation = match shape.hidden_act.as_str() {
        "gelu_pytorch_tanh" | "gelu_new" => Activation::GeluPytorchTanh,
        "gelu" => Activation::Gelu,
        other => return Err(refused(format!("its activation `{other}` is not known here"))),
    };
    let filter = match processor.resample {
        1 => FilterType::Lanczos3,
        2 => FilterType::Bilinear,
        3 => FilterType::CatmullRom,
        4 => FilterType::Box,
        5 => FilterType::Hamming,
        other => return Err(refused(format!("its filter {other} is not known here"))),
    };
    Ok(Config {
        side: shape.image_size,
        patch: shape.patch_size,
        width: shape.hidden_size,
        inner: shape.intermediate_size,
        layers: shape.num_hidden_layers,
        heads: shape.num_attention_heads,
        eps: shape.layer_norm_eps,
        activation,
        mean: processor.image_mean,
        std: processor.image_std,
        filter,
    })
}

fn of_open_clip(written: &OpenClip) -> Result<Config, ModelError> {
    let vision = &written.model_cfg.vision_cfg;
    let OpenClipProcessor { mean, std, interpolation } = &written.preprocess_cfg;
    if vision.timm_pool != "map" || vision.timm_proj != "none" {
        return Err(refused(
            "its encoder does not end with attention pooling (timm_pool, timm_proj)",
        ));
    }
    let filter = match interpolation.as_str() {
        "bicubic" => FilterType::CatmullRom,
        "bilinear" => FilterType::Bilinear,
        other => return Err(refused(format!("its interpolation `{other}` is not known here"))),
    };
    let config = of_timm(&vision.timm_model_name)
        .ok_or_else(|| refused(format!("`{}` is no SigLIP of timm's", vision.timm_model_name)))?;
    Ok(Config { side: vision.image_size, mean: *mean, std: *std, filter, ..config })
}

/// timm tells the shape by the name (`timm/models/vision_transformer.py`): its size, its patch and
/// the side of the picture. The earlier ones have the exact GELU, which SigLIP's own code has not.
fn of_timm(name: &str) -> Option<Config> {
    let ["vit", size, patch, "siglip", side] = name.split('_').collect::<Vec<_>>()[..] else {
        return None;
    };
    let patch: usize = patch.strip_prefix("patch")?.parse().ok()?;
    let side: usize = side.parse().ok()?;
    let (width, inner, layers, heads) = match size {
        "base" => (768, 3072, 12, 12),
        "large" => (1024, 4096, 24, 16),
        "so400m" => (1152, 4304, 27, 16),
        "giantopt" => (1536, 6144, 40, 16),
        _ => return None,
    };
    let activation = match (size, patch, side) {
        ("base", 32, _) | ("large", _, 512) | ("so400m", 16, _) | ("giantopt", _, _) => {
            Activation::GeluPytorchTanh
        }
        _ => Activation::Gelu,
    };
    let (mean, std) = ([0.5; 3], [0.5; 3]);
    let filter = FilterType::CatmullRom;
    Some(Config {
        side,
        patch,
        width,
        inner,
        layers,
        heads,
        eps: 1e-6,
        activation,
        mean,
        std,
        filter,
    })
}

fn check(config: &Config) -> Result<(), ModelError> {
    let Config { side, patch, width, heads, .. } = *config;
    let numbers = config.std.iter().all(|std| std.is_normal()) && u32::try_from(side).is_ok();
    if patch > 0 && side >= patch && heads > 0 && width % heads == 0 && numbers {
        return Ok(());
    }
    Err(refused(format!(
        "{side} pixels in patches of {patch}, {width} floats for {heads} heads, divided by {:?}: these do not fit",
        config.std
    )))
}

fn json<T: DeserializeOwned>(file: &Path) -> Result<T, ModelError> {
    let refuse = |error: &dyn std::fmt::Display| refused(format!("{}: {error}", file.display()));
    let text = std::fs::read_to_string(file).map_err(|error| refuse(&error))?;
    serde_json::from_str(&text).map_err(|error| refuse(&error))
}

#[cfg(test)]
pub(super) mod tests;
