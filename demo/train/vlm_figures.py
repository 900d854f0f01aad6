"""Measures an exported folder and writes the figures into its vitrine.json: `python demo/train/vlm_figures.py [FOLDER]`."""
import json
import sys
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file

import vlm_measure
import vlm_photos
import vlm_scenes
import vlm_tokenizer
from vlm_answers import PROMPT
from vlm_model import untrained
from vlm_words import CATEGORIES, LABELS

HERE = Path(__file__).resolve().parent
PHOTOS = HERE.parents[2] / "shared/photos"
SEED, PICTURES, OFFERS, MESSAGES = 90_000_000, 500, 200, 200


def load(folder):
    tokenizer = vlm_tokenizer.build()
    model = untrained(tokenizer)
    model.load_state_dict(load_file(folder / "model.safetensors"))
    return model.eval(), tokenizer


def measure(model, tokenizer):
    question = vlm_tokenizer.encode_question(tokenizer, PROMPT, model.shape.picture_tokens)
    seen = [vlm_scenes.scene(SEED + n) for n in range(PICTURES)]
    pictures = np.stack([s[0] for s in seen])
    drawn, wrong = vlm_measure.drawn(model, tokenizer, pictures, [s[1] for s in seen], question)
    names = [next(k for k, v in LABELS.items() if v == c) for c in CATEGORIES]
    figures = {"drawn": drawn, "advice": vlm_measure.advice(model, tokenizer, pictures, SEED, OFFERS),
               "chats": vlm_measure.chats(model, tokenizer, SEED, MESSAGES)}
    if PHOTOS.exists():
        figures["photos"] = vlm_measure.photos(model, tokenizer, *vlm_photos.load(PHOTOS, "validation", model.shape.side), question, names)
    return figures, wrong


def main():
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE.parent / "model/vlm"
    torch.set_num_threads(2)
    figures, wrong = measure(*load(folder))
    path = folder / "vitrine.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"measured": figures}, indent=2) + "\n")
    print(json.dumps(figures, indent=1), wrong.most_common(20), sep="\n")


if __name__ == "__main__":
    main()
