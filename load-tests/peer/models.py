"""The three models, by transformers on the CPU in float32, each asked by one thread at a time."""
import json
import threading

import numpy as np
import torch
from transformers import AutoImageProcessor, AutoModel, AutoModelForImageTextToText, AutoTokenizer

from photo import squared

IMAGE = "<|image_pad|>"


class Vlm:
    """A Qwen3-VL model. It sees and it advises."""

    def __init__(self, folder):
        self.card = json.loads((folder / "vitrine.json").read_text())
        # AutoProcessor would need torchvision, for videos: its two parts that count are taken alone.
        self.pictures = AutoImageProcessor.from_pretrained(folder)
        self.tokenizer = AutoTokenizer.from_pretrained(folder)
        self.model = AutoModelForImageTextToText.from_pretrained(folder, dtype=torch.float32).eval()
        self.turn = threading.Lock()

    def ask(self, square, prompt, max_tokens):
        """The likeliest answer, token by token: their texts, and what the model gave each, 0 to 1."""
        inputs = self.inputs(square, prompt)
        with self.turn, torch.inference_mode():
            told = self.model.generate(
                **inputs, max_new_tokens=max_tokens, do_sample=False, return_dict_in_generate=True, output_logits=True
            )
        tokens = told.sequences[0, inputs["input_ids"].shape[1] :]
        shares = torch.cat(told.logits).softmax(-1).gather(1, tokens[:, None])[:, 0]
        pieces = self.tokenizer.batch_decode(tokens[:, None], skip_special_tokens=True)
        return pieces, shares.tolist()

    def inputs(self, square, prompt):
        content = [{"type": "image"}, {"type": "text", "text": prompt}]
        text = self.tokenizer.apply_chat_template(
            [{"role": "user", "content": content}], tokenize=False, add_generation_prompt=True
        )
        pixels = self.pictures(images=[square], return_tensors="pt")
        places = int(pixels["image_grid_thw"].prod()) // self.pictures.merge_size**2
        inputs = self.tokenizer(text.replace(IMAGE, IMAGE * places), return_tensors="pt")
        # Which tokens have a place in the picture, as the processor would tell.
        inputs["mm_token_type_ids"] = (inputs["input_ids"] == self.model.config.image_token_id).int()
        return {**inputs, **pixels}


class Words:
    """A Qwen3-Embedding model: a text is its last token."""

    def __init__(self, folder):
        self.card = json.loads((folder / "vitrine.json").read_text())
        self.tokenizer = AutoTokenizer.from_pretrained(folder, padding_side="left")
        self.model = AutoModel.from_pretrained(folder, dtype=torch.float32).eval()
        self.turn = threading.Lock()

    def embed(self, texts):
        inputs = self.tokenizer(texts, padding=True, truncation=True, return_tensors="pt")
        with self.turn, torch.inference_mode():
            hidden = self.model(**inputs, use_cache=False).last_hidden_state[:, -1]
        return unit(hidden)


class Pictures:
    """A SigLIP encoder."""

    def __init__(self, folder):
        self.card = json.loads((folder / "vitrine.json").read_text())
        self.pictures = AutoImageProcessor.from_pretrained(folder)
        self.side = self.pictures.size["height"]
        self.model = AutoModel.from_pretrained(folder, dtype=torch.float32).eval()
        self.turn = threading.Lock()

    def embed(self, pictures):
        # It was trained on pictures laid on grey, not on pictures pressed into a square.
        squares = [squared(picture, self.side) for picture in pictures]
        pixels = self.pictures(images=squares, return_tensors="pt")
        with self.turn, torch.inference_mode():
            pooled = self.model(**pixels).pooler_output
        return unit(pooled)


def unit(vectors):
    return torch.nn.functional.normalize(vectors, dim=-1).numpy().astype(np.float32)
