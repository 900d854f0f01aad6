"""Batches: pictures as the model takes them, questions and answers as ids, and what each cell of a picture shows."""
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch

import vlm_advice as adv
import vlm_chat as chat
import vlm_photos
import vlm_scenes
from vlm_answers import PROMPT, answer, in_order
from vlm_tokenizer import encode_question
from vlm_words import CATEGORIES, COLOURS, LENGTHS, PATTERNS, SLEEVES

MOST = 6  # garments told of one picture
CARELESS = 0.6  # share of messages that are written carelessly


@dataclass
class Told:
    """Questions with their answers, right-padded: ids (B, n), and where (B, n) the next id is to be learnt."""
    ids: torch.Tensor
    learn: torch.Tensor


@dataclass
class DrawnBatch:
    pictures: torch.Tensor  # (B, 3, side, side), -1..1
    told: list  # of Told: the first half of the pictures, with the shorter answers, and the second
    labels: dict  # name to (B, MOST + 1, ...) numbers, the last row for "no garment"
    fine: torch.Tensor  # (B, 144) row of `labels` each patch belongs to
    coarse: torch.Tensor  # (B, 36) the same for each merged token


def normal(pictures):
    return pictures * 2 - 1


def pad(pairs, end):
    longest = max(len(q) + len(a) + 1 for q, a in pairs)
    ids = torch.full((len(pairs), longest), end)
    learn = torch.zeros(len(pairs), longest, dtype=torch.bool)
    for row, (q, a) in enumerate(pairs):
        ids[row, :len(q) + len(a)] = torch.tensor(q + a)
        learn[row, len(q) - 1:len(q) + len(a)] = True
    return Told(ids, learn)


def mirrored(garments):
    return [replace(g, box=(1 - g.box[2], g.box[1], 1 - g.box[0], g.box[3])) for g in garments]


def label_table(garments, ranks):
    rows = {name: np.zeros(MOST + 1, np.int64) for name in ("category", "colour", "pattern", "sleeve", "length", "rank")}
    rows["category"][:] = len(CATEGORIES)
    boxes = np.zeros((MOST + 1, 4), np.float32)
    for i, g in enumerate(garments[:MOST]):
        rows["category"][i] = CATEGORIES.index(g.category)
        rows["colour"][i] = COLOURS.index(g.colours[0])
        rows["pattern"][i] = PATTERNS.index(g.pattern)
        rows["sleeve"][i] = SLEEVES.index(g.sleeve) if g.sleeve else len(SLEEVES)
        rows["length"][i] = LENGTHS.index(g.length) if g.length else len(LENGTHS)
        rows["rank"][i] = min(ranks[i], MOST - 1)
        boxes[i] = g.box
    return {**rows, "box": boxes}


class Batches:
    def __init__(self, tokenizer, shape, scenes, photos, seed):
        self.tokenizer, self.shape, self.scenes = tokenizer, shape, Path(scenes)
        self.rng = np.random.default_rng(seed)
        self.end = tokenizer.token_to_id("<|im_end|>")
        self.question = encode_question(tokenizer, PROMPT, shape.picture_tokens)
        self.photos, self.photo_labels = vlm_photos.load(photos, "train", shape.side)
        self.chunks = {}

    def refresh(self):
        for path in sorted(self.scenes.glob("*.pkl")):
            if path not in self.chunks:
                self.chunks[path] = vlm_scenes.read(path)
        self.known = list(self.chunks.values())

    def drawn(self, count):
        pictures, pairs, tables, fine, coarse = [], [], [], [], []
        for _ in range(count):
            picture, garments, patches, tokens = self.one_scene()
            if self.rng.random() < 0.5 and not any(g.text for g in garments):
                picture, patches, tokens, garments = picture[:, ::-1], patches[:, ::-1], tokens[:, ::-1], mirrored(garments)
            ranks = [in_order(garments).index(g) for g in garments]
            pictures.append(picture.transpose(2, 0, 1))
            pairs.append((self.question, self.tokenizer.encode(answer(garments)).ids))
            tables.append(label_table(garments, ranks))
            fine.append(np.where(patches < 0, MOST, np.minimum(patches, MOST)))
            coarse.append(np.where(tokens < 0, MOST, np.minimum(tokens, MOST)))
        short_first = sorted(range(count), key=lambda i: len(pairs[i][1]))
        pictures, pairs, tables, fine, coarse = ([part[i] for i in short_first] for part in (pictures, pairs, tables, fine, coarse))
        halves = [pad(pairs[:count // 2], self.end), pad(pairs[count // 2:], self.end)]
        floats = torch.from_numpy(np.stack(pictures).astype(np.float32)) / 255
        floats = vlm_photos.light(floats, self.rng, 0.06)
        return DrawnBatch(
            normal(floats), halves, {k: torch.from_numpy(np.stack([t[k] for t in tables])) for k in tables[0]},
            torch.from_numpy(np.stack(fine)).long().flatten(1), torch.from_numpy(np.stack(coarse)).long().flatten(1))

    def one_scene(self):
        """A scene of chance; the more garments it has, the more there is to learn from it, and the likelier it is taken."""
        while True:
            chunk = self.known[int(self.rng.integers(len(self.known)))]
            at = int(self.rng.integers(len(chunk[0])))
            if self.rng.random() < max(len(chunk[1][at]) + 1, 2) / 5:
                return tuple(part[at] for part in chunk)

    def photo(self, count):
        """Mixed photos, the first photo's and the other's category, and the first's share."""
        at = self.rng.choice(len(self.photos), count, replace=False)
        floats = torch.from_numpy(self.photos[at].transpose(0, 3, 1, 2).astype(np.float32)) / 255
        floats = vlm_photos.augment(floats, self.shape.side, self.rng)
        labels = torch.from_numpy(self.photo_labels[at])
        mixed, keep = vlm_photos.mix(floats, self.rng)
        return normal(mixed), labels, labels.flip(0), keep

    def photo_questions(self, count):
        return torch.tensor([self.question] * count)

    def chats(self, count):
        pairs = []
        for _ in range(count):
            items, text, intent, meant = chat.draw(self.rng, careless=self.rng.random() < CARELESS)
            question = encode_question(self.tokenizer, chat.prompt(items, text), self.shape.picture_tokens)
            pairs.append((question, self.tokenizer.encode(chat.answer(intent, meant)).ids))
        return pad(pairs, self.end)

    def advice(self, count):
        pairs = []
        for _ in range(count):
            items, wish, hero = adv.draw_offer(self.rng)
            question = adv.prompt(items, wish, self.rng.random() < 0.5)
            pairs.append((encode_question(self.tokenizer, question, self.shape.picture_tokens), self.tokenizer.encode(adv.advice(items, hero)).ids))
        return pad(pairs, self.end)
