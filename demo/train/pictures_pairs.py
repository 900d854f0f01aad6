"""Product pictures and, of each, crops of photos that show it: `python pictures_pairs.py FOLDER FIRST COUNT`.

A chunk of CHUNK products is two files: `.npy` for pictures and `.crops.npy`, uint8 (n, side, side, 3), and `.pkl` with the
products' words and for each crop its product (m), and its `box` and the photo's `bounds` (m, 4) as shares of the crop.
"""
import pickle
import sys
from pathlib import Path

import cv2
import numpy as np

from draw import draw_product
from pictures_crop import GREY
from pictures_scene import products, query, with_others
from drawing.words import one

CHUNK, CROPS = 250, 3
PICTURE, PHOTO = 112, 128  # pixels a side that are kept of product pictures, of crops
WIDE = 1.4  # a crop's side, as a multiple of the box's longer one: room for another box than the true one


def wide_crop(picture, box):
    """The surroundings of `box`: uint8 (PHOTO, PHOTO, 3), and box and photo's bounds as shares of it."""
    side = picture.shape[0]
    box = np.array(box) * side
    size = max(box[2] - box[0], box[3] - box[1]) * WIDE
    corner = np.round((box[:2] + box[2:] - size) / 2).astype(int)
    size = int(round(size))
    out = np.full((size, size, 3), GREY, np.uint8)
    low, high = np.maximum(corner, 0), np.minimum(corner + size, side)
    out[low[1] - corner[1]:high[1] - corner[1], low[0] - corner[0]:high[0] - corner[0]] = picture[low[1]:high[1], low[0]:high[0]]
    shift = np.tile(corner, 2)
    out = cv2.resize(out, (PHOTO, PHOTO), interpolation=cv2.INTER_AREA if size > PHOTO else cv2.INTER_LINEAR)
    return out, (box - shift) / size, (np.concatenate((low, high)) - shift) / size


def chunk(seed, count):
    """Pictures (count, PICTURE, PICTURE, 3), crops (m, PHOTO, PHOTO, 3), and the rest; every product is seen about CROPS times."""
    rng, made = np.random.default_rng([seed, 1]), products(seed, count)
    pictures = np.stack([cv2.resize(draw_product(p, 144), (PICTURE, PICTURE), interpolation=cv2.INTER_AREA) for p in made])
    seen, rows = np.zeros(count, int), []
    for turn in range(CROPS * 2):
        for spec in made:
            if seen[spec.piece - seed] > turn // 2 or seen[spec.piece - seed] >= CROPS:
                continue
            scene = query(rng, with_others(rng, spec, lambda: one(rng, made)), int(rng.integers(176, 257)))
            for garment in scene.garments:
                if garment.piece is not None:
                    seen[garment.piece - seed] += 1
                    rows.append((garment.piece - seed, *wide_crop(scene.picture, garment.box)))
    owner, crops, boxes, bounds = zip(*rows)
    return pictures, np.stack(crops), {"products": made, "owner": np.array(owner), "box": np.float32(boxes), "bounds": np.float32(bounds)}


def draw(folder, first, count):
    folder.mkdir(parents=True, exist_ok=True)
    for seed in range(first, first + count, CHUNK):
        path = folder / f"{seed:08d}.pkl"
        if path.exists():
            continue
        pictures, crops, rest = chunk(seed, min(CHUNK, first + count - seed))
        np.save(path.with_suffix(".npy"), pictures)
        np.save(path.with_suffix(".crops.npy"), crops)
        part = path.with_suffix(".part")
        part.write_bytes(pickle.dumps(rest, 5))
        part.rename(path)


def read(path):
    """Pictures and crops (mapped from disk), and the rest."""
    return np.load(path.with_suffix(".npy"), mmap_mode="r"), np.load(path.with_suffix(".crops.npy"), mmap_mode="r"), pickle.loads(path.read_bytes())


if __name__ == "__main__":
    draw(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
