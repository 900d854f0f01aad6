"""Drawn pictures by the ten thousand, rendered once into chunk files (pictures `.npy`, the rest `.pkl`): `python vlm_scenes.py FOLDER FIRST COUNT`."""
import pickle
import sys
from pathlib import Path

import numpy as np

from draw import draw_scene
from vlm_answers import Seen

CHUNK = 1000
BARE = 0.05  # share of pictures without clothes


def owners(garments, cells, least):
    """Which garment covers most of each cell, -1 where none covers `least` of it; int8 (cells, cells)."""
    if not garments:
        return np.full((cells, cells), -1, np.int8)
    masks = np.stack([g.mask for g in garments]) > 0
    step = masks.shape[1] // cells
    cover = masks.reshape(len(masks), cells, step, cells, step).mean((2, 4))
    return np.where(cover.max(0) >= least, cover.argmax(0), -1).astype(np.int8)


def scene(seed, side=192):
    rng = np.random.default_rng(seed)
    drawn = draw_scene(rng, side=side, count=0) if rng.random() < BARE else draw_scene(rng, side=side)
    found = [Seen(g.category, list(g.colours), g.pattern, g.sleeve, g.length, g.text, tuple(map(float, g.box))) for g in drawn.garments]
    return drawn.picture, found, owners(drawn.garments, 12, 0.3), owners(drawn.garments, 6, 0.1)


def render(folder, first, count):
    folder.mkdir(parents=True, exist_ok=True)
    for start in range(first, first + count, CHUNK):
        path = folder / f"{start:08d}.pkl"
        if path.exists():
            continue
        pictures, found, fine, coarse = zip(*(scene(seed) for seed in range(start, min(start + CHUNK, first + count))))
        np.save(path.with_suffix(".npy"), np.stack(pictures))
        part = path.with_suffix(".part")
        part.write_bytes(pickle.dumps((list(found), np.stack(fine), np.stack(coarse)), 5))
        part.rename(path)


def read(path):
    """Pictures (mapped, so that several readers share the memory), what is in them, owners of patches and of tokens."""
    return np.load(path.with_suffix(".npy"), mmap_mode="r"), *pickle.loads(path.read_bytes())


if __name__ == "__main__":
    render(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
