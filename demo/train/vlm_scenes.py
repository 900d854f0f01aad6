"""Drawn pictures by the ten thousand, rendered once into chunk files (pictures `.npy`, the rest `.pkl`): `python vlm_scenes.py FOLDER FIRST COUNT`.

Those from seed PRINTED on show letters, which are rare otherwise."""
import pickle
import sys
from pathlib import Path

import numpy as np

from draw import draw_scene, draw_scene_of, draw_spec
from vlm_answers import Seen

CHUNK = 1000
BARE = 0.05  # share of pictures without clothes
PRINTED = 8_000_000
UPPER, LOWER = ["t-shirt", "hoodie", "tank-top", "long-sleeve-top", "jacket", "hat"], ["trousers", "skirt", "shorts", "shoes"]


def owners(garments, cells, least):
    """Which garment covers most of each cell, -1 where none covers `least` of it; int8 (cells, cells)."""
    if not garments:
        return np.full((cells, cells), -1, np.int8)
    masks = np.stack([g.mask for g in garments]) > 0
    step = masks.shape[1] // cells
    cover = masks.reshape(len(masks), cells, step, cells, step).mean((2, 4))
    return np.where(cover.max(0) >= least, cover.argmax(0), -1).astype(np.int8)


def printed(rng):
    """Specs of one garment with letters, and sometimes of one more, below or above it."""
    top = next(spec for spec in iter(lambda: draw_spec(rng, UPPER[int(rng.integers(len(UPPER)))]), None) if spec.text)
    return [top] if rng.random() < 0.65 else [top, draw_spec(rng, LOWER[int(rng.integers(len(LOWER)))])]


def scene(seed, side=192):
    rng = np.random.default_rng(seed)
    if PRINTED <= seed < PRINTED + 1_000_000:
        drawn = draw_scene_of(rng, printed(rng), side)
    else:
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
