"""What is learnt: the answers' words, and for each place of a drawn picture what garment is there.

The second teaches the vision tower directly; its heads are not part of the exported model.
"""
import torch
import torch.nn.functional as F
from torch import nn

from vlm_answers import STEP
from vlm_batches import MOST
from vlm_tokenizer import CLOSES, COLOURED, GOES_ON, NO_GARMENT, OPENS, PATTERNED
from vlm_words import CATEGORIES, COLOURS, LENGTHS, PATTERNS, SLEEVES

SIZES = {
    "category": len(CATEGORIES) + 1, "colour": len(COLOURS), "pattern": len(PATTERNS), "sleeve": len(SLEEVES) + 1,
    "length": len(LENGTHS) + 1, "rank": MOST, "box": 4,
}
WEIGHTS = {"category": 1.0, "colour": 0.8, "pattern": 0.6, "sleeve": 0.25, "length": 0.2, "rank": 0.3, "box": 4.0}
FINE = ["category", "colour", "pattern"]


class Heads(nn.Module):
    def __init__(self, shape):
        super().__init__()
        self.tokens = nn.Linear(shape.text_width, sum(SIZES.values()))
        self.patch_norm = nn.LayerNorm(shape.vision_width)
        self.patches = nn.Linear(shape.vision_width, sum(SIZES[n] for n in FINE))
        self.photo = nn.Linear(shape.text_width, len(CATEGORIES))

    def places(self, tokens, patches, batch, order):
        """Loss over merged tokens and patches; `order`: the raster place of each patch."""
        split = self.tokens(tokens).float().split(list(SIZES.values()), -1)
        total = place_loss(dict(zip(SIZES, split)), batch.labels, batch.coarse)
        split = self.patches(self.patch_norm(patches)).float().split([SIZES[n] for n in FINE], -1)
        return total + place_loss(dict(zip(FINE, split)), batch.labels, batch.fine[:, order])

    def photos(self, tokens, one, other, keep):
        guess = self.photo(tokens.mean(1)).float()
        return keep * F.cross_entropy(guess, one, label_smoothing=0.05) + (1 - keep) * F.cross_entropy(guess, other, label_smoothing=0.05)


def place_loss(guesses, labels, owner):
    covered = owner < MOST
    total = 0
    for name, guess in guesses.items():
        if name == "box":
            wanted = labels["box"].gather(1, owner[..., None].expand(-1, -1, 4))
            total = total + WEIGHTS[name] * F.smooth_l1_loss(guess[covered], wanted[covered], beta=0.05)
            continue
        wanted = labels[name].gather(1, owner)
        where = torch.ones_like(covered) if name == "category" else covered
        total = total + WEIGHTS[name] * F.cross_entropy(guess[where], wanted[where])
    return total


def ids_of(tokenizer, pieces):
    """The ids of pieces that are one token each."""
    ids = [tokenizer.encode(piece).ids for piece in pieces]
    assert all(len(one) == 1 for one in ids), "a piece is cut up"
    return [one for one, in ids]


class Words:
    """Cross-entropy of answers; a number of a box is also right in part at its neighbours."""

    def __init__(self, tokenizer):
        size = tokenizer.get_vocab_size()
        self.near = torch.arange(size)[:, None].repeat(1, 5)
        self.share = torch.tensor([1.0, 0, 0, 0, 0]).repeat(size, 1)
        for comma in ("", ","):
            ids = [tokenizer.token_to_id(f"{comma}{n}") for n in range(0, 1001, STEP)]
            for n, own in enumerate(ids):
                around = [min(max(n + d, 0), len(ids) - 1) for d in (0, -1, 1, -2, 2)]
                self.near[own] = torch.tensor([ids[a] for a in around])
                self.share[own] = torch.tensor([0.4, 0.2, 0.2, 0.1, 0.1])
        self.weight = torch.ones(size)
        self.weight[ids_of(tokenizer, [*COLOURED, *PATTERNED])] = 2
        self.weight[ids_of(tokenizer, [*OPENS.values(), *GOES_ON.values(), NO_GARMENT])] = 3
        self.weight[ids_of(tokenizer, CLOSES)] = 2

    def __call__(self, model, groups):
        """`groups`: rows of pictures' tokens, deep tokens and what is told of them; one loss over all."""
        lost = weighed = 0
        for tokens, deep, told in groups:
            hidden = model.read(told.ids[:, :-1], tokens, deep)
            where = told.learn[:, :-1]
            wanted = told.ids[:, 1:][where]
            chances = F.log_softmax(model.words(hidden[where]).float(), -1)
            loss = -(chances.gather(1, self.near[wanted]) * self.share[wanted]).sum(1)
            weight = self.weight[wanted]
            lost, weighed = lost + (loss * weight).sum(), weighed + weight.sum()
        return lost / weighed
