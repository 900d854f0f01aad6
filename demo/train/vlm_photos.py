"""Real photos with one label each: letterboxed squares kept as one array, and their augmentation."""
import csv
from pathlib import Path

import cv2
import numpy as np
import torch
import torch.nn.functional as F

from vlm_words import CATEGORIES, LABELS

GREY = 128


def letterbox(picture, side):
    h, w = picture.shape[:2]
    scale = side / max(h, w)
    size = max(round(w * scale), 1), max(round(h * scale), 1)
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    out = np.full((side, side, 3), GREY, np.uint8)
    top, left = (side - size[1]) // 2, (side - size[0]) // 2
    out[top:top + size[1], left:left + size[0]] = small
    return out


def load(folder, split, side):
    """Pictures uint8 (n, side, side, 3) and category numbers int64 (n)."""
    rows = [r for r in csv.DictReader(open(Path(folder) / "photos.csv")) if r["split"] == split]
    pictures = [cv2.imread(str(Path(folder) / split / f"{r['image']}.jpg"))[:, :, ::-1] for r in rows]
    labels = [CATEGORIES.index(LABELS[r["label"]]) for r in rows]
    return np.stack([letterbox(p, side) for p in pictures]), np.array(labels)


def augment(pictures, side, rng):
    """Random crop, turn, stretch and mirror of float pictures (B, 3, S, S) in 0..1 to (B, 3, side, side)."""
    b = len(pictures)
    def between(low, high):
        return torch.from_numpy(rng.uniform(low, high, b).astype(np.float32))
    zoom, stretch, angle = between(0.42, 1.05).sqrt(), between(-0.2, 0.2).exp(), between(-0.3, 0.3)
    mirror = torch.where(between(0, 1) < 0.5, -1.0, 1.0)
    room = (1.05 - zoom).clamp(min=0)
    turn = torch.stack((
        torch.stack((angle.cos() * zoom * stretch * mirror, -angle.sin() * zoom, between(-1, 1) * room), 1),
        torch.stack((angle.sin() * zoom * stretch * mirror, angle.cos() * zoom, between(-1, 1) * room), 1)), 1)
    grid = F.affine_grid(turn, (b, 3, side, side), align_corners=False)
    out = F.grid_sample(pictures - GREY / 255, grid, align_corners=False) + GREY / 255
    return erase(light(out, rng, 0.35), rng)


def light(pictures, rng, much):
    """Other light: brightness, contrast and a tint."""
    b = len(pictures)
    def between(low, high, width=1):
        return torch.from_numpy(rng.uniform(low, high, (b, width, 1, 1)).astype(np.float32))
    mean = pictures.mean((2, 3), keepdim=True)
    out = (pictures - mean) * between(1 - much, 1 + much) + mean * between(1 - much, 1 + much)
    return (out * between(1 - much / 4, 1 + much / 4, 3)).clamp(0, 1)


def erase(pictures, rng):
    side = pictures.shape[-1]
    for picture in pictures:
        if rng.random() < 0.35:
            h, w = (rng.uniform(0.1, 0.4, 2) * side).astype(int)
            y, x = int(rng.integers(0, side - h)), int(rng.integers(0, side - w))
            picture[:, y:y + h, x:x + w] = float(rng.random())
    return pictures


def mix(pictures, rng):
    """Blend or cut each picture with the batch's reverse; returns pictures and the share that is still the first's."""
    keep = float(rng.beta(0.4, 0.4))
    keep = max(keep, 1 - keep)
    other = pictures.flip(0)
    if rng.random() < 0.5:
        return pictures * keep + other * (1 - keep), keep
    side = pictures.shape[-1]
    size = int(side * (1 - keep) ** 0.5)
    y, x = (int(v) for v in rng.integers(0, side - size + 1, 2))
    out = pictures.clone()
    out[:, :, y:y + size, x:x + size] = other[:, :, y:y + size, x:x + size]
    return out, 1 - size * size / side / side
