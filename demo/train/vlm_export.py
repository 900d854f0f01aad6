"""Writes the folder that mistral.rs and transformers load."""
import json

from safetensors.torch import save_file

import vlm_tokenizer
from vlm_answers import PROMPT

TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n"
    "{% if message.content is string %}{{ message.content }}{% else %}"
    "{% for part in message.content %}{% if part.type == 'image' or 'image' in part %}<|vision_start|><|image_pad|><|vision_end|>{% endif %}{% endfor %}"
    "{% for part in message.content %}{% if 'text' in part %}{{ part.text }}{% endif %}{% endfor %}"
    "{% endif %}<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def config(shape, tokenizer):
    ids = {name: tokenizer.token_to_id(f"<|{name}|>") for name in ("endoftext", "im_end", "image_pad", "video_pad", "vision_start", "vision_end")}
    text = {
        "model_type": "qwen3_vl_text", "vocab_size": shape.vocabulary, "hidden_size": shape.text_width, "intermediate_size": shape.text_hidden,
        "num_hidden_layers": shape.text_depth, "num_attention_heads": shape.text_heads, "num_key_value_heads": shape.text_kv_heads,
        "head_dim": shape.head_dim, "hidden_act": "silu", "max_position_embeddings": 1024, "rms_norm_eps": 1e-6, "rope_theta": shape.theta,
        "rope_scaling": {"rope_type": "default", "mrope_section": list(shape.mrope), "mrope_interleaved": True}, "attention_bias": False,
        "attention_dropout": 0.0, "bos_token_id": ids["endoftext"], "eos_token_id": ids["im_end"], "tie_word_embeddings": True, "dtype": "float32",
    }
    vision = {
        "model_type": "qwen3_vl", "depth": shape.vision_depth, "hidden_size": shape.vision_width, "out_hidden_size": shape.text_width,
        "intermediate_size": shape.vision_hidden, "num_heads": shape.vision_heads, "hidden_act": "gelu_pytorch_tanh", "in_channels": 3,
        "patch_size": shape.patch, "spatial_merge_size": shape.merge, "temporal_patch_size": 2, "num_position_embeddings": shape.grid ** 2,
        "deepstack_visual_indexes": shape.deepstack,
    }
    return {
        "architectures": ["Qwen3VLForConditionalGeneration"], "model_type": "qwen3_vl", "dtype": "float32", "tie_word_embeddings": True,
        "image_token_id": ids["image_pad"], "video_token_id": ids["video_pad"], "vision_start_token_id": ids["vision_start"],
        "vision_end_token_id": ids["vision_end"], "text_config": text, "vision_config": vision,
    }


def write(path, value):
    path.write_text(json.dumps(value, indent=2) + "\n")


def export(model, tokenizer, folder, measured=None):
    folder.mkdir(parents=True, exist_ok=True)
    shape, pixels = model.shape, model.shape.side ** 2
    end, rest = tokenizer.token_to_id("<|im_end|>"), tokenizer.token_to_id("<|endoftext|>")
    save_file({k: v.detach().half().contiguous() for k, v in model.state_dict().items()}, folder / "model.safetensors", {"format": "pt"})
    (folder / "model.safetensors").chmod(0o644)
    tokenizer.save(str(folder / "tokenizer.json"))
    write(folder / "config.json", config(shape, tokenizer))
    write(folder / "tokenizer_config.json", {
        "tokenizer_class": "PreTrainedTokenizerFast", "eos_token": "<|im_end|>", "pad_token": "<|endoftext|>", "model_max_length": 1024,
        "clean_up_tokenization_spaces": False, "additional_special_tokens": vlm_tokenizer.SPECIAL, "chat_template": TEMPLATE,
    })
    write(folder / "generation_config.json", {"do_sample": False, "bos_token_id": rest, "eos_token_id": [end, rest], "pad_token_id": rest})
    write(folder / "preprocessor_config.json", {
        "image_processor_type": "Qwen2VLImageProcessorFast", "processor_class": "Qwen3VLProcessor", "do_convert_rgb": True, "do_resize": True,
        "do_rescale": True, "rescale_factor": 1 / 255, "do_normalize": True, "image_mean": [0.5] * 3, "image_std": [0.5] * 3, "resample": 3,
        "patch_size": shape.patch, "merge_size": shape.merge, "temporal_patch_size": 2, "min_pixels": pixels, "max_pixels": pixels,
        "size": {"shortest_edge": pixels, "longest_edge": pixels},
    })
    write(folder / "vitrine.json", {
        "name": "vitrine-small", "licence": "Apache-2.0", "purpose": "for trying and testing; not for production", "photo_side": shape.side,
        "describe_prompt": PROMPT, "describe_style": "compact", "advise_style": "compact", "chat_style": "compact", "languages": ["en"],
        "moderates": False, "measured": measured or {},
    })
