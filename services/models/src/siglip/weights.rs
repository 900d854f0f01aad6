use std::{collections::HashMap, path::Path};

use candle_core::{DType, Device, Result, Tensor, bail, safetensors::BufferedSafetensors};
use vitrine_core::ports::ModelError;

use super::refused;

/// What the files with weights are called: by open_clip, and by transformers.
pub(crate) const FILES: [&str; 2] = ["open_clip_model.safetensors", "model.safetensors"];
/// What comes before the names of the picture encoder in transformers.
const TRANSFORMERS: &str = "vision_model.";
/// What comes before them in open_clip, and where transformers wraps open_clip's model.
const TIMM: [&str; 2] = ["visual.trunk.", "model.visual.trunk."];

/// The picture encoder's weights in F32, named as transformers names them below `vision_model`.
/// Whatever else the file holds, such as a text encoder, is left in it.
pub(super) fn load(
    folder: &Path,
    device: &Device,
) -> std::result::Result<HashMap<String, Tensor>, ModelError> {
    let file = FILES.iter().map(|name| folder.join(name)).find(|file| file.is_file());
    let file = file.ok_or_else(|| {
        refused(format!("{} has no {}", folder.display(), FILES.join(" and no ")))
    })?;
    let refuse = |error: &dyn std::fmt::Display| refused(format!("{}: {error}", file.display()));
    let bytes = std::fs::read(&file).map_err(|error| refuse(&error))?;
    read(bytes, device).and_then(named).map_err(|error| refuse(&error))
}

/// The tensors of the picture encoder under the names that the file gives them.
fn read(bytes: Vec<u8>, device: &Device) -> Result<HashMap<String, Tensor>> {
    let stored = BufferedSafetensors::new(bytes)?;
    let names = stored.tensors().into_iter().map(|(name, _)| name);
    names
        .filter(|name| name.starts_with(TRANSFORMERS) || of_timm(name).is_some())
        .map(|name| {
            let tensor = stored.load(&name, device)?.to_dtype(DType::F32)?;
            Ok((name, tensor))
        })
        .collect()
}

fn of_timm(name: &str) -> Option<&str> {
    TIMM.iter().find_map(|before| name.strip_prefix(before))
}

/// Brings either way of naming to that of transformers.
fn named(read: HashMap<String, Tensor>) -> Result<HashMap<String, Tensor>> {
    let mut weights = HashMap::new();
    for (name, tensor) in read {
        if let Some(name) = of_timm(&name) {
            rename(name, tensor, &mut weights)?;
        } else if let Some(name) = name.strip_prefix(TRANSFORMERS) {
            weights.insert(name.to_owned(), tensor);
        }
    }
    join_pool(&mut weights)?;
    if weights.is_empty() {
        bail!("no SigLIP encoder is in it: nothing is called {TRANSFORMERS}* or {}*", TIMM[0]);
    }
    Ok(weights)
}

/// Renames one of timm's tensors (`timm/models/vision_transformer.py`). One that is not known would
/// change the vectors, so it is refused.
fn rename(name: &str, tensor: Tensor, into: &mut HashMap<String, Tensor>) -> Result<()> {
    let renamed = match name.split('.').collect::<Vec<_>>()[..] {
        ["patch_embed", "proj", kind] => format!("embeddings.patch_embedding.{kind}"),
        ["pos_embed"] => {
            let name = "embeddings.position_embedding.weight".to_owned();
            into.insert(name, tensor.squeeze(0)?);
            return Ok(());
        }
        ["blocks", at, "attn", "qkv", kind] => {
            for (part, tensor) in ["q_proj", "k_proj", "v_proj"].iter().zip(tensor.chunk(3, 0)?) {
                let name = format!("encoder.layers.{at}.self_attn.{part}.{kind}");
                into.insert(name, tensor.contiguous()?);
            }
            return Ok(());
        }
        ["blocks", at, "attn", "proj", kind] => {
            format!("encoder.layers.{at}.self_attn.out_proj.{kind}")
        }
        ["blocks", at, "norm1", kind] => format!("encoder.layers.{at}.layer_norm1.{kind}"),
        ["blocks", at, "norm2", kind] => format!("encoder.layers.{at}.layer_norm2.{kind}"),
        ["blocks", at, "mlp", layer, kind] => format!("encoder.layers.{at}.mlp.{layer}.{kind}"),
        ["norm", kind] => format!("post_layernorm.{kind}"),
        ["attn_pool", "latent"] => "head.probe".to_owned(),
        ["attn_pool", part @ ("q" | "kv"), kind] => format!("head.attention.{part}.{kind}"),
        ["attn_pool", "proj", kind] => format!("head.attention.out_proj.{kind}"),
        ["attn_pool", "norm", kind] => format!("head.layernorm.{kind}"),
        ["attn_pool", "mlp", layer, kind] => format!("head.mlp.{layer}.{kind}"),
        _ => bail!("its encoder has a `{name}`, which SigLIP has not"),
    };
    into.insert(renamed, tensor);
    Ok(())
}

/// timm keeps the pool's question apart from its keys and values; transformers has all in one.
fn join_pool(weights: &mut HashMap<String, Tensor>) -> Result<()> {
    for kind in ["weight", "bias"] {
        let mut take = |part: &str| weights.remove(&format!("head.attention.{part}.{kind}"));
        if let (Some(query), Some(rest)) = (take("q"), take("kv")) {
            let all = Tensor::cat(&[query, rest], 0)?;
            weights.insert(format!("head.attention.in_proj_{kind}"), all);
        }
    }
    Ok(())
}

#[cfg(test)]
pub(super) mod tests;
