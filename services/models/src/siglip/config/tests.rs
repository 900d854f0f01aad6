use serde_json::json;

use super::*;

fn transformers(written: Value) -> Result<Config, ModelError> {
    let config = of_transformers(written, &Processor::default())?;
    check(&config)?;
    Ok(config)
}

/// SigLIP base: what is left out.
pub(in crate::siglip) fn base() -> Config {
    transformers(json!({"model_type": "siglip_vision_model"})).unwrap()
}

fn open_clip(name: &str) -> Result<Config, ModelError> {
    let vision = json!({
        "image_size": 224, "timm_model_name": name, "timm_model_pretrained": false,
        "timm_pool": "map", "timm_proj": "none"
    });
    let text = json!({"context_length": 64, "vocab_size": 32000});
    let pixels = json!({
        "mean": [0.5, 0.5, 0.5], "std": [0.5, 0.5, 0.5],
        "interpolation": "bicubic", "resize_mode": "squash"
    });
    let written = json!({
        "model_cfg": {"embed_dim": 768, "vision_cfg": vision, "text_cfg": text},
        "preprocess_cfg": pixels
    });
    let config = of_open_clip(&serde_json::from_value(written).unwrap())?;
    check(&config)?;
    Ok(config)
}

#[test]
fn marqos_encoder_is_siglip_base_with_the_exact_gelu() {
    let marqo = open_clip("vit_base_patch16_siglip_224").unwrap();
    let base = transformers(json!({
        "model_type": "siglip", "text_config": {},
        "vision_config": {"model_type": "siglip_vision_model", "hidden_act": "gelu"}
    }));
    assert_eq!(marqo, base.unwrap());
    assert_eq!(marqo.activation, Activation::Gelu);
    assert_eq!(marqo.filter, FilterType::CatmullRom);
}

#[test]
fn the_newer_ones_of_timm_have_the_gelu_by_tanh() {
    for name in ["vit_base_patch32_siglip_256", "vit_large_patch16_siglip_512"] {
        assert_eq!(open_clip(name).unwrap().activation, Activation::GeluPytorchTanh);
    }
    let large = open_clip("vit_large_patch16_siglip_256").unwrap();
    assert_eq!((large.width, large.layers, large.heads), (1024, 24, 16));
    assert_eq!(large.activation, Activation::Gelu);
}

#[test]
fn a_side_that_its_patches_do_not_fill_is_fine() {
    let so400m = transformers(json!({
        "model_type": "siglip",
        "vision_config": {
            "model_type": "siglip_vision_model", "image_size": 384, "patch_size": 14,
            "hidden_size": 1152, "intermediate_size": 4304, "num_hidden_layers": 27,
            "num_attention_heads": 16
        }
    }));
    let so400m = so400m.unwrap();
    assert_eq!((so400m.side, so400m.patch), (384, 14));
}

#[test]
fn what_is_not_known_is_refused_and_named() {
    let encoder = |more: Value| {
        let mut written = json!({"model_type": "siglip_vision_model"});
        written.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        transformers(written).unwrap_err().to_string()
    };
    for (more, named) in [
        (json!({"model_type": "clip"}), "`clip`"),
        (json!({"model_type": "siglip2_vision_model"}), "fixed size"),
        (json!({"hidden_act": "relu"}), "`relu`"),
        (json!({"vision_use_head": false}), "attention pooling"),
        (json!({"num_attention_heads": 7}), "7 heads"),
        (json!({"image_size": "large"}), "config.json"),
    ] {
        let error = encoder(more);
        assert!(error.contains(named), "{error}");
    }
    for name in ["vit_base_patch16_siglip_gap_224", "vit_base_patch16_clip_224", "siglip"] {
        assert!(open_clip(name).unwrap_err().to_string().contains(name));
    }
}
