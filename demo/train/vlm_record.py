"""Parity: 20 pictures with prompts, and the ids and text that transformers answers greedily, for mistral.rs to be held against.

`python demo/train/vlm_record.py [FOLDER]` after an export.
"""
import json
import sys
from pathlib import Path

import cv2
import numpy as np
import torch
from transformers import PreTrainedTokenizerFast, Qwen3VLConfig, Qwen3VLForConditionalGeneration

import vlm_advice as adv
import vlm_scenes
from vlm_answers import PROMPT
from vlm_batches import normal
from vlm_model import Shape, cut_patches
from vlm_tokenizer import encode_question

SEED = 95_000_000
DESCRIBED, ADVISED = 16, 4


def load(folder):
    """The exported folder in transformers, whose newer form of config.json keeps the rotary values together."""
    told = json.loads((folder / "config.json").read_text())
    text = told["text_config"]
    text["rope_parameters"] = {"rope_theta": text.pop("rope_theta"), **text.pop("rope_scaling")}
    told["text_config"] = text
    config = Qwen3VLConfig(**{k: v for k, v in told.items() if k not in ("architectures", "model_type")})
    return Qwen3VLForConditionalGeneration.from_pretrained(folder, config=config, dtype=torch.float32).eval()


def answer(model, tokenizer, picture, prompt, shape):
    floats = normal(torch.from_numpy(picture.transpose(2, 0, 1).copy())[None].float() / 255)
    ids = torch.tensor([encode_question(tokenizer, prompt, shape.picture_tokens)])
    kinds = (ids == model.config.image_token_id).int()
    with torch.no_grad():
        out = model.generate(
            input_ids=ids, attention_mask=torch.ones_like(ids), mm_token_type_ids=kinds, pixel_values=cut_patches(floats, shape)[0],
            image_grid_thw=torch.tensor([[1, shape.grid, shape.grid]]), max_new_tokens=220, do_sample=False)
    return out[0, ids.shape[1]:].tolist()


def inputs():
    rng = np.random.default_rng(SEED)
    for n in range(DESCRIBED + ADVISED):
        picture = vlm_scenes.scene(SEED + n)[0]
        if n < DESCRIBED:
            yield picture, "describe", PROMPT
        else:
            items, wish, _ = adv.draw_offer(rng)
            yield picture, "advise", adv.prompt(items, wish)


def main():
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parents[1] / "model/vlm"
    model = load(folder)
    tokenizer = PreTrainedTokenizerFast(tokenizer_file=str(folder / "tokenizer.json")).backend_tokenizer
    shape = Shape(vocabulary=tokenizer.get_vocab_size())
    (folder / "parity").mkdir(exist_ok=True)
    rows = []
    for number, (picture, task, prompt) in enumerate(inputs()):
        name = f"{number:02d}.png"
        cv2.imwrite(str(folder / "parity" / name), picture[:, :, ::-1])
        ids = answer(model, tokenizer, picture, prompt, shape)
        words = [i for i in ids if i not in (tokenizer.token_to_id("<|im_end|>"), tokenizer.token_to_id("<|endoftext|>"))]
        rows.append({"picture": name, "task": task, "prompt": prompt, "ids": ids, "text": tokenizer.decode(words, skip_special_tokens=False)})
    (folder / "parity" / "parity.json").write_text(json.dumps(rows, indent=1) + "\n")


if __name__ == "__main__":
    main()
