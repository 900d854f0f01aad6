"""Batches of pairs: products alike in kind and main colour side by side, each with a photo's crop; and real photos twice."""
import threading
from collections import defaultdict
from pathlib import Path

import cv2
import numpy as np
import torch
import torch.nn.functional as F

import pictures_helps
import pictures_pairs
import vlm_photos
from pictures_crop import GREY
from pictures_model import SIDE

GROUP, NEAR = 6, 16  # products alike in a batch; of how many nearest they are chosen
GREY_SHARE = GREY / 255


def floats(pictures):
    """uint8 (B, S, S, 3) to (B, 3, S, S) in 0..1."""
    return torch.from_numpy(np.ascontiguousarray(pictures.transpose(0, 3, 1, 2))).float() / 255


def sample(pictures, low, high, mirror):
    """The part of each picture (B, 3, S, S) between `low` and `high` (B, 2, shares of it; x first), letterboxed to SIDE."""
    centre, size = low + high - 1, (high - low)
    longer = size.max(1).values
    grid = torch.linspace(-1, 1, 2 * SIDE + 1)[1::2]
    x, y = (grid[None] * mirror[:, None]), grid[None].expand(len(low), -1)
    across = x * longer[:, None] + centre[:, :1]
    down = y * longer[:, None] + centre[:, 1:]
    where = torch.stack((across[:, None].expand(-1, SIDE, -1), down[:, :, None].expand(-1, -1, SIDE)), -1)
    out = F.grid_sample(pictures - GREY_SHARE, where, align_corners=False) + GREY_SHARE
    inside = (x.abs() * longer[:, None] <= size[:, :1])[:, None] & (y.abs() * longer[:, None] <= size[:, 1:])[:, :, None]
    return torch.where(inside[:, None], out, torch.tensor(GREY_SHARE))


class Batches:
    def __init__(self, pairs, photos, seed):
        self.folder, self.rng = Path(pairs), np.random.default_rng(seed)
        self.photos, self.photo_labels = photos
        self.chunks, self.known, self.lock = [], set(), threading.Lock()
        self.alike, self.rows, self.near = defaultdict(list), [], None

    def refresh(self):
        """Takes in chunks that have been drawn since."""
        for path in sorted(self.folder.glob("*.pkl")):
            if path in self.known:
                continue
            pictures, crops, rest = pictures_pairs.read(path)
            seen = [np.flatnonzero(rest["owner"] == n) for n in range(len(pictures))]
            with self.lock:
                self.known.add(path)
                self.chunks.append((pictures, crops, rest, seen))
                for n, spec in enumerate(rest["products"]):
                    if len(seen[n]):
                        self.alike[spec.category, spec.colours[0]].append((len(self.chunks) - 1, n, spec.pattern))

    def group(self):
        """GROUP products that are like one of them: those that the encoder itself finds nearest, or of one kind and main colour (and
        one pattern, where there are so many), or of one colour in any kind."""
        if self.near is not None and self.rng.random() < 0.5:
            some = self.near[int(self.rng.integers(len(self.near)))]
            return [self.rows[i] for i in (some[0], *self.rng.choice(some[1:], GROUP - 1, replace=False))]
        while True:
            keys = list(self.alike)
            kind, colour = keys[int(self.rng.integers(len(keys)))]
            some = self.alike[kind, colour]
            if self.rng.random() < 0.4:
                kinds = [k for k in keys if k[1] == colour]
                return [self.one(self.alike[kinds[i]]) for i in self.rng.choice(len(kinds), GROUP, replace=False)]
            pattern = self.one(some)[2]
            closer = [p for p in some if p[2] == pattern]
            some = closer if len(closer) >= GROUP and self.rng.random() < 0.6 else some
            if len(some) >= GROUP:
                return [some[i] for i in self.rng.choice(len(some), GROUP, replace=False)]

    def one(self, some):
        return some[int(self.rng.integers(len(some)))]

    def all(self):
        """The pictures of all products, as they are embedded, in parts (n, SIDE, SIDE, 3) uint8."""
        with self.lock:
            chunks = list(self.chunks)
        for pictures, *_ in chunks:
            yield np.stack([cv2.resize(p, (SIDE, SIDE), interpolation=cv2.INTER_AREA) for p in pictures])

    def meet(self, vectors):
        """From now on products that these unit vectors (of `all`, in its order) have close together come together."""
        with self.lock:
            rows = [(c, n, None) for c, chunk in enumerate(self.chunks) for n in range(len(chunk[0]))][:len(vectors)]
            keep = [i for i, (c, n, _) in enumerate(rows) if len(self.chunks[c][3][n])]
        vectors = vectors[keep]
        near = torch.cat([(part @ vectors.T).topk(NEAR, 1).indices for part in vectors.split(1000)])
        self.rows, self.near = [rows[i] for i in keep], near.numpy()

    def between(self, low, high, shape):
        return torch.from_numpy(self.rng.uniform(low, high, shape).astype(np.float32))

    def normal(self, spread, shape):
        return torch.from_numpy(self.rng.normal(0, spread, shape).astype(np.float32))

    def drawn(self, groups):
        """Product pictures and crops, each (groups * GROUP, 3, SIDE, SIDE), the products' numbers (chunk * CHUNK + place)
        their words' (groups * GROUP, names), and the products' pictures as they are, but for the mirror and the dyes."""
        with self.lock:
            rows = [row for _ in range(groups) for row in self.group()]
        at = [(c, n, int(self.rng.choice(self.chunks[c][3][n]))) for c, n, _ in rows]
        pictures = floats(np.stack([self.chunks[c][0][n] for c, n, _ in at]))
        crops = floats(np.stack([self.chunks[c][1][k] for c, _, k in at]))
        box = torch.from_numpy(np.stack([self.chunks[c][2]["box"][k] for c, _, k in at]))
        bounds = torch.from_numpy(np.stack([self.chunks[c][2]["bounds"][k] for c, _, k in at]))
        count = len(rows)
        mirror = torch.where(self.between(0, 1, count) < 0.5, -1.0, 1.0)
        middle = 0.5 + self.normal(0.02, (count, 2))
        half = self.between(0.45, 0.54, (count, 1))
        clean = sample(pictures, torch.zeros(count, 2), torch.ones(count, 2), mirror)
        product = vlm_photos.light(sample(pictures, middle - half, middle + half, mirror), self.rng, 0.06)
        crop = vlm_photos.light(sample(crops, *self.jittered(box, bounds), mirror), self.rng, 0.12)
        dyed = np.zeros(count, bool)
        for start in range(0, count, GROUP):  # a group in other dyes is another group
            if self.rng.random() < 0.3:
                order = torch.from_numpy(self.rng.permutation(3))
                rows = slice(start, start + GROUP)
                product[rows], crop[rows], clean[rows], dyed[rows] = product[rows][:, order], crop[rows][:, order], clean[rows][:, order], True
        told = [pictures_helps.labels(self.chunks[c][2]["products"][n], d) for (c, n, _), d in zip(at, dyed)]
        return product, crop, torch.tensor([c * pictures_pairs.CHUNK + n for c, n, _ in at]), torch.tensor(told), clean

    def jittered(self, box, bounds):
        """Corners (B, 2), (B, 2) of boxes as a model would give them, with their margin, inside the photo."""
        size = (box[:, 2:] - box[:, :2])
        edges = self.normal(0.035, (len(box), 4)).clamp(-0.1, 0.1) * size.repeat(1, 2)
        more = self.between(0.03, 0.09, (len(box), 1)) * size.max(1, keepdim=True).values
        low = torch.maximum(box[:, :2] + edges[:, :2] - more, bounds[:, :2])
        return low, torch.minimum(box[:, 2:] + edges[:, 2:] + more, bounds[:, 2:])

    def twice(self, count):
        """Two views of each of `count` real photos of one label mostly, (count, 3, SIDE, SIDE) each, and their numbers."""
        label = self.photo_labels[int(self.rng.integers(len(self.photos)))]
        same = np.flatnonzero(self.photo_labels == label)
        at = self.rng.choice(same if len(same) >= count and self.rng.random() < 0.7 else len(self.photos), count, replace=False)
        pictures = floats(self.photos[at])
        one, other = (vlm_photos.augment(pictures, SIDE, self.rng) for _ in range(2))
        return one, other, torch.from_numpy(-1 - at)
