"""Very products, and photos in which one is seen again: with other garments, in other light, partly covered."""
from dataclasses import replace

import cv2
import numpy as np

from draw import draw_spec
from drawing.person import SKIN
from drawing.render import Frame
from drawing.scenes import clashes, draw_laid, draw_worn, finish
from drawing.shapes import ellipse, limb
from drawing.words import RGB, one

COVERED = 0.35  # share of garments that something lies over
OTHERS = (0.4, 0.7, 0.9)  # below the first: no other garment; below the second: one; then two, then three


def products(seed, count):
    """`count` very products, each with a piece of its own from `seed` on."""
    rng = np.random.default_rng(seed)
    return [replace(draw_spec(rng), piece=seed + n) for n in range(count)]


def wearable(specs):
    return not any(clashes(s.category, specs[:i]) for i, s in enumerate(specs))


def with_others(rng, spec, source):
    """`spec` and up to three garments that `source()` gives, fit to be worn together or not."""
    specs, count = [spec], int(np.searchsorted(OTHERS, rng.random()))
    together = rng.random() < 0.6
    for _ in range(20):
        if len(specs) > count:
            break
        other = source()
        if other not in specs and not (together and clashes(other.category, specs)):
            specs.append(other)
    return specs


def query(rng, specs, side):
    """A photo of `specs`, worn where they can be worn together: a Scene, in which those too hidden are left out."""
    draw = draw_worn if wearable(specs) and rng.random() < 0.55 else draw_laid
    canvas, kept = draw(rng, specs, side)
    for mask in [m.copy() for m in canvas.masks]:
        if rng.random() < COVERED:
            cover(rng, canvas, mask)
    scene = finish(rng, canvas, kept)
    return replace(scene, picture=other_light(rng, scene.picture))


def cover(rng, canvas, mask):
    """Something over a garment: an arm, a bag, a book, a cushion."""
    rows, cols = np.flatnonzero((mask > 127).any(1)), np.flatnonzero((mask > 127).any(0))
    if len(rows) < 12 or len(cols) < 12:
        return
    low, size = np.array([cols[0], rows[0]], float), np.array([cols[-1] - cols[0], rows[-1] - rows[0]], float)
    colour = np.array(one(rng, SKIN)) if rng.random() < 0.4 else RGB[one(rng, list(RGB))] * rng.uniform(0.7, 1.05)
    centre, kind = low + size * rng.uniform(0.1, 0.9, 2), rng.random()
    if kind < 0.4:
        away = rng.normal(0, 1, 2)
        away *= size.max() * 0.8 / np.linalg.norm(away)
        shape = limb([centre, centre + away / 2, centre + away], [size.min() * rng.uniform(0.05, 0.09)] * 3)
    elif kind < 0.7:
        shape = ellipse(*centre, *(size * rng.uniform(0.1, 0.26, 2)), rng.uniform(0, 3))
    else:
        half, turn = size * rng.uniform(0.1, 0.24, 2), rng.uniform(0, 3)
        corners = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * half
        shape = corners @ np.array([(np.cos(turn), np.sin(turn)), (-np.sin(turn), np.cos(turn))]) + centre
    canvas.plain(shape, Frame(rng, 1.0, wobble=0.0), np.clip(colour, 5, 250))


def other_light(rng, picture):
    """Brightness, contrast and a colour cast on uint8 (h, w, 3), then sometimes a second JPEG."""
    out = picture.astype(np.float32)
    mean = out.mean()
    out = ((out - mean) * rng.uniform(0.75, 1.2) + mean) * rng.uniform(0.65, 1.3) * (1 + rng.normal(0, 0.05, 3))
    out = np.clip(out, 0, 255).astype(np.uint8)
    if rng.random() < 0.5:
        out = cv2.imdecode(cv2.imencode(".jpg", out, [cv2.IMWRITE_JPEG_QUALITY, int(rng.uniform(40, 90))])[1], cv2.IMREAD_COLOR)
    return out
