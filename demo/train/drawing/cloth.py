"""Cloth: how patterns, weave and creases look. Everything here is made once from a fixed seed and then only cropped and turned."""
from functools import lru_cache

import cv2
import numpy as np

TILE = 128  # pixels a side of a pattern tile
CREASE = 192  # pixels a side of a crease tile


def noise(rng, size, cells):
    """Smooth noise (size, size) that repeats at its borders, about -1 to 1, with `cells` bumps a side."""
    grid = rng.standard_normal((cells, cells)).astype(np.float32)
    grid = np.pad(grid, 2, mode="wrap")
    step = size / cells
    big = cv2.resize(grid, None, fx=step, fy=step, interpolation=cv2.INTER_CUBIC)
    off = int(2 * step)
    return big[off:off + size, off:off + size]


def repeated(tile, size=TILE):
    return cv2.resize(tile.astype(np.float32), (size, size), interpolation=cv2.INTER_AREA)


def stripes(rng):
    """Bands across the tile: second colour, now and then a thin third one."""
    n = int(rng.integers(2, 6))
    y = (np.arange(TILE) * n / TILE) % 1
    share = rng.choice([.5, .4, .3, .2, .15])
    w2 = np.repeat((y < share)[:, None], TILE, 1)
    w3 = np.repeat((np.abs(y - (share + 1) / 2) < (1 - share) * .22)[:, None], TILE, 1)
    return w2, w3


def checks(rng):
    """Gingham or tartan: half weight where one band passes, full where two cross, thin lines of the third."""
    n = int(rng.integers(1, 5))
    y = (np.arange(TILE) * n / TILE) % 1
    share = rng.choice([.5, .4, .3])
    band = (y < share).astype(np.float32)
    w2 = (band[:, None] + band[None]) / 2
    if rng.random() < .3:
        thin = (np.abs(y - .1) < .06).astype(np.float32)
        w2 = np.maximum(thin[:, None], thin[None]) * .9
    line = (np.abs(y - (1 + share) / 2) < .05).astype(np.float32)
    w3 = np.maximum(line[:, None], line[None])
    if rng.random() < .2:
        w2 = ((y < .5)[:, None] ^ (y < .5)[None]).astype(np.float32)
    return w2, w3


def dots(rng):
    n = int(rng.integers(2, 6))
    radius = rng.uniform(.2, .33)
    yy, xx = np.mgrid[:TILE, :TILE] * (n / TILE)
    a = np.hypot(xx % 1 - .5, yy % 1 - .5) < radius
    if rng.random() < .6:  # staggered
        a = np.hypot(xx % 1 - .5, yy % 1 - .25) < radius * .75
        a |= np.hypot((xx + .5) % 1 - .5, (yy + .5) % 1 - .25) < radius * .75
    return a, np.zeros_like(a)


def stamp(w, centre, draw):
    """Draws at `centre` and at its copies beyond the borders, so that the tile repeats."""
    for dx in (-TILE, 0, TILE):
        for dy in (-TILE, 0, TILE):
            draw(w, (centre[0] + dx, centre[1] + dy))


def flowers(rng):
    """Blossoms in the second colour with leaves (half weight) and hearts in the third."""
    w2, w3 = np.zeros((TILE, TILE), np.float32), np.zeros((TILE, TILE), np.float32)
    n = int(rng.integers(4, 14))
    size = rng.uniform(.8, 1.25) * 46 / np.sqrt(n)
    petals = int(rng.integers(4, 8))
    taken = []
    for _ in range(200):
        c = rng.uniform(0, TILE, 2)
        if all(np.hypot(*((c - t + TILE / 2) % TILE - TILE / 2)) > size * 1.7 for t in taken):
            taken.append(c)
    for c in taken[:n]:
        turn, r = rng.uniform(0, 6.3), size * rng.uniform(.75, 1.15)
        for k in range(int(rng.integers(0, 3))):
            a = turn + k * 2.1
            leaf = c + r * 1.15 * np.array([np.cos(a), np.sin(a)])
            stamp(w2, leaf, lambda w, q, a=a, r=r: cv2.ellipse(w, (int(q[0]), int(q[1])), (int(r * .6) + 1, int(r * .25) + 1), np.degrees(a), 0, 360, .55, -1))
        for k in range(petals):
            a = turn + k * 2 * np.pi / petals
            p = c + r * .55 * np.array([np.cos(a), np.sin(a)])
            stamp(w2, p, lambda w, q, a=a, r=r: cv2.ellipse(w, (int(q[0]), int(q[1])), (int(r * .45) + 1, int(r * .3) + 1), np.degrees(a), 0, 360, 1., -1))
        stamp(w3, c, lambda w, q, r=r: cv2.circle(w, (int(q[0]), int(q[1])), int(r * .25) + 1, 1., -1))
    return w2, w3


def skin(rng):
    """Leopard rings, zebra bands, cow or snake patches in the second colour."""
    kind = rng.integers(0, 4)
    if kind == 0:
        w = np.zeros((TILE, TILE), np.float32)
        n = int(rng.integers(4, 7))
        for i in range(n):
            for j in range(n):
                c = (np.array([i + .5 * (j % 2), j]) + rng.uniform(-.2, .2, 2)) * TILE / n
                r, turn = TILE / n * rng.uniform(.28, .4), rng.uniform(0, 360)
                gap = rng.uniform(40, 120)
                stamp(w, c, lambda w, q, r=r, t=turn, g=gap: cv2.ellipse(w, (int(q[0]), int(q[1])), (int(r), int(r * .75)), t, g, 360 - g * .2, 1., max(2, int(r * .5))))
        return w, np.zeros_like(w)
    if kind == 1:
        yy, xx = np.mgrid[:TILE, :TILE] / TILE
        wave = np.sin(2 * np.pi * (yy * rng.integers(4, 7) + .35 * noise(rng, TILE, 4) + .5 * np.sin(2 * np.pi * xx)))
        return wave > .05 + .3 * noise(rng, TILE, 8), np.zeros((TILE, TILE))
    if kind == 2:
        return noise(rng, TILE, 4) + .3 * noise(rng, TILE, 8) > .35, np.zeros((TILE, TILE))
    yy, xx = np.mgrid[:TILE, :TILE] * (8 / TILE)
    scale = np.abs((xx % 1) - .5) + np.abs((yy % 1) - .5)
    return (scale > .42) | (noise(rng, TILE, 6) > .9), np.zeros((TILE, TILE))


MAKERS = {"striped": stripes, "checked": checks, "dotted": dots, "floral": flowers, "animal": skin}


@lru_cache(maxsize=None)
def tiles():
    """Pattern name to a list of uint8 tiles (TILE, TILE, 2): weights of the second and third colour."""
    rng = np.random.default_rng(7)
    return {name: [np.stack([np.clip(np.asarray(w, np.float32) * 255, 0, 255).astype(np.uint8) for w in maker(rng)], -1)
                   for _ in range(24)] for name, maker in MAKERS.items()}


@lru_cache(maxsize=None)
def creases():
    """Light over creased cloth: list of float32 tiles (CREASE, CREASE), mean 0, spread about 1."""
    rng = np.random.default_rng(8)
    made = []
    for i in range(28):
        warp = [noise(rng, CREASE, 3) * 22, noise(rng, CREASE, 3) * 22]
        yy, xx = np.mgrid[:CREASE, :CREASE].astype(np.float32)
        height = np.zeros((CREASE, CREASE), np.float32)
        for cells, amount in ((2, 1.), (4, .8), (6, .6), (12, .25)):
            ridge = 1 - np.abs(noise(rng, CREASE, cells)) if i % 3 else noise(rng, CREASE, cells)
            height += amount * ridge.astype(np.float32)
        squeeze = np.float32(rng.uniform(.35, 1))
        height = cv2.remap(height, (xx + warp[0]) % CREASE, ((yy + warp[1]) * squeeze) % CREASE, cv2.INTER_LINEAR)
        height = cv2.GaussianBlur(height, (0, 0), 1.4)
        a = rng.uniform(0, 6.3)
        light = cv2.Sobel(height, cv2.CV_32F, 1, 0) * np.cos(a) + cv2.Sobel(height, cv2.CV_32F, 0, 1) * np.sin(a)
        light = light / (light.std() + 1e-6) * .8 + (height - height.mean()) / height.std() * .4
        made.append(np.clip(light, -2.5, 2.5).astype(np.float32))
    return made


@lru_cache(maxsize=None)
def weaves():
    """Light over cloth seen close: name to a float32 tile (TILE, TILE), mean 0, spread about 1, that repeats."""
    rng = np.random.default_rng(9)
    yy, xx = np.mgrid[:TILE, :TILE].astype(np.float32)
    grain = rng.standard_normal((TILE, TILE)).astype(np.float32)
    knit = np.sin(xx * 2 * np.pi / 8 + .8 * np.abs((yy % 8) - 4)) * .8 + .4 * grain
    rib = np.sin(xx * 2 * np.pi / 8) * 1.1 + .3 * grain
    denim = cv2.GaussianBlur(grain, (0, 0), .7, sigmaY=3.) * 2.2 + .4 * np.sin((xx + yy) * 2 * np.pi / 4) + noise(rng, TILE, 5) * .4
    fluff = cv2.GaussianBlur(grain, (0, 0), 1.5) * 4
    heather = cv2.GaussianBlur(grain, (0, 0), 2.5, sigmaY=.6) * 2.5
    cable = np.sin(xx * 2 * np.pi / 32 + 1.2 * np.sin(yy * 2 * np.pi / 32)) + .4 * grain
    shine = noise(rng, TILE, 3) * .8
    return {"fine": grain * .5, "knit": knit, "rib": rib, "denim": denim, "fluff": fluff, "heather": heather, "cable": cable, "shine": shine}


def weight(tile, matrix, size, mode=cv2.BORDER_WRAP):
    """The tile seen through `matrix` (2, 3), from picture pixels to tile pixels, in a picture of `size` (width, height)."""
    return cv2.warpAffine(tile, matrix, size, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=mode)
