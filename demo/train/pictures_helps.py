"""What is read off a vector while it is learnt, a help that is left out of what is exported: the product's words, and its picture as a
shop shows it, small, whatever was looked at."""
import torch
import torch.nn.functional as F

from drawing.words import CATEGORIES, COLOURS, LENGTHS, PATTERNS, SLEEVES
from pictures_model import WIDTH

NAMES = {"kind": CATEGORIES, "main": COLOURS, "second": [None, *COLOURS], "pattern": PATTERNS, "sleeve": [None, *SLEEVES], "length": [None, *LENGTHS]}
WAYS = 160  # numbers of a small picture that are asked for
UNKNOWN = -100  # a colour that dyes were exchanged of


def labels(spec, dyed):
    """One number for each of NAMES; `dyed` says that the picture's colours are not the words' any more."""
    said = {"kind": spec.category, "main": spec.colours[0], "second": spec.colours[1] if len(spec.colours) > 1 else None, "pattern": spec.pattern,
            "sleeve": spec.sleeve, "length": spec.length}
    return [UNKNOWN if dyed and name in ("main", "second") else words.index(said[name]) for name, words in NAMES.items()]


class Helps(torch.nn.Module):
    def __init__(self, pictures):
        """`pictures` (n, 3, SIDE, SIDE), products' own, say what small pictures differ in."""
        super().__init__()
        flat = small(pictures)
        mean = flat.mean(0)
        _, spread, ways = torch.linalg.svd(flat - mean, full_matrices=False)
        gain = (spread[:WAYS] / len(flat) ** 0.5) ** -0.5  # what differs less counts too
        self.register_buffer("mean", mean)
        self.register_buffer("ways", ways[:WAYS].T * gain)
        self.register_buffer("size", ((flat - mean) @ self.ways).pow(2).mean())
        self.words, self.picture = torch.nn.Linear(WIDTH, sum(map(len, NAMES.values()))), torch.nn.Linear(WIDTH, WAYS)

    def forward(self, vectors, told, pictures):
        """Two losses of unit vectors (N, WIDTH): against labels (N, len(NAMES)), a mean over names; and against the products'
        pictures (N, 3, SIDE, SIDE), the share of what they differ in that is not told."""
        parts = self.words(vectors * 10).split([len(words) for words in NAMES.values()], 1)
        losses = [F.cross_entropy(part, told[:, n], ignore_index=UNKNOWN) for n, part in enumerate(parts)]
        wanted = (small(pictures) - self.mean) @ self.ways
        return torch.stack([loss for loss in losses if loss.isfinite()]).mean(), (self.picture(vectors * 10) - wanted).pow(2).mean() / self.size


def small(pictures):
    """(n, 3, SIDE, SIDE) to (n, 3 * 24 * 24)."""
    return F.adaptive_avg_pool2d(pictures, 24).flatten(1)
