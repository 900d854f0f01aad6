"""What is behind the clothes: floors, beds, walls, lawns; and pictures in which there are no clothes at all."""
from functools import lru_cache

import cv2
import numpy as np

from . import cloth
from .shapes import ellipse, mirrored, smooth
from .words import RGB, one

SIZE = 384  # pixels a side of a ground tile
WOODS = [(176, 128, 82), (140, 92, 56), (200, 160, 112), (98, 70, 52), (190, 170, 150), (156, 120, 92)]
SHEETS = [(236, 234, 228), (225, 222, 216), (205, 200, 192), (168, 28, 44), (150, 20, 70), (190, 200, 214), (60, 62, 70), (120, 90, 130), (214, 196, 172),
          (90, 110, 140), (240, 220, 220), (180, 190, 170), (40, 40, 46)]
WALLS = [(232, 230, 224), (212, 208, 198), (240, 236, 226), (196, 200, 204), (222, 206, 178), (170, 176, 170), (140, 140, 142), (206, 190, 190)]
CARPETS = [(150, 140, 128), (190, 180, 166), (110, 104, 100), (90, 60, 52), (172, 152, 126), (130, 132, 138), (70, 74, 84)]


@lru_cache(maxsize=None)
def grounds():
    """Kind to a list of float32 tiles (SIZE, SIZE): light on a ground, around 1."""
    rng = np.random.default_rng(11)
    yy, xx = np.mgrid[:SIZE, :SIZE].astype(np.float32)
    made = {k: [] for k in ("wood", "sheet", "carpet", "tiles", "wall", "grass")}
    for _ in range(6):
        grain = cv2.GaussianBlur(rng.standard_normal((SIZE, SIZE)).astype(np.float32), (0, 0), 6, sigmaY=.8)
        plank = int(rng.integers(34, 80))
        row = (yy // plank).astype(int)
        tone = rng.normal(0, .07, 64).astype(np.float32)
        cut = rng.integers(0, SIZE, 64)
        length = plank * rng.uniform(3, 7)
        column = ((xx + cut[row]) // length).astype(int)
        wood = 1 + .9 * grain + tone[(row * 7 + column) % 64]
        wood[(yy % plank) < 2] *= .72
        wood[((xx + cut[row]) % length) < 2] *= .75
        made["wood"].append(wood)
        big = cv2.resize(cloth.creases()[int(rng.integers(0, 28))], (SIZE, SIZE), interpolation=cv2.INTER_CUBIC)
        made["sheet"].append(1 + .09 * big)
        speck = rng.standard_normal((SIZE, SIZE)).astype(np.float32)
        made["carpet"].append(1 + .07 * cv2.GaussianBlur(speck, (0, 0), rng.uniform(.8, 2.2)) * 3 + .05 * cloth.noise(rng, SIZE, 6))
        side = int(rng.integers(70, 170))
        tile = 1 + .03 * cloth.noise(rng, SIZE, 12) + rng.normal(0, .03, 100).astype(np.float32)[((xx // side) * 3 + (yy // side) * 7).astype(int) % 100]
        tile[((xx % side) < 4) | ((yy % side) < 4)] *= rng.uniform(.7, .9)
        made["tiles"].append(tile)
        made["wall"].append(1 + .02 * cloth.noise(rng, SIZE, 4) + .012 * speck)
        made["grass"].append(1 + .22 * cv2.GaussianBlur(speck, (0, 0), 1.2, sigmaY=3) * 3)
    return {k: [t.astype(np.float32) for t in v] for k, v in made.items()}


def ground(rng, side, kind=None):
    """A background float32 (side, side, 3), and its kind."""
    kind = kind or one(rng, ["wood", "wood", "sheet", "sheet", "sheet", "carpet", "tiles", "wall", "wall", "grass", "print", "plain"])
    if kind == "plain":
        base = np.array(one(rng, WALLS + SHEETS), np.float32) * rng.uniform(.9, 1.05)
        return np.broadcast_to(base.astype(np.float32), (side, side, 3)).copy(), kind
    light = one(rng, grounds()["sheet" if kind == "print" else kind])
    grow = SIZE / side * rng.uniform(.4, .95)
    turn = rng.uniform(0, 2 * np.pi) if kind not in ("wall",) else 0.0
    c, s = np.cos(turn) * grow, np.sin(turn) * grow
    m = np.array([[c, -s, rng.uniform(0, SIZE)], [s, c, rng.uniform(0, SIZE)]])
    seen = cloth.weight(light, m, (side, side), cv2.BORDER_REFLECT if kind in ("sheet", "print", "wall") else cv2.BORDER_WRAP)
    if kind == "print":
        tile = one(rng, cloth.tiles()[one(rng, ["floral", "checked", "striped", "dotted"])])
        k = cloth.TILE / side * rng.uniform(1.2, 3)
        w = cloth.weight(tile, np.array([[c / grow * k, -s / grow * k, 5], [s / grow * k, c / grow * k, 9]]), (side, side)).astype(np.float32) / 255
        a, b = (np.array(one(rng, SHEETS), np.float32) for _ in range(2))
        b = a + (b - a) * np.float32(rng.uniform(.3, .8))
        return (a + w[..., :1] * (b - a)) * seen[..., None], kind
    base = {"wood": WOODS, "sheet": SHEETS, "carpet": CARPETS, "tiles": WALLS + CARPETS, "wall": WALLS, "grass": [(88, 120, 52), (70, 104, 48), (120, 140, 70)]}[kind]
    base = np.array(one(rng, base), np.float32) * np.float32(rng.uniform(.88, 1.08)) + rng.normal(0, 4, 3).astype(np.float32)
    return seen[..., None] * base, kind


def two_grounds(rng, side):
    """A ground that another one borders along a slanting line: a rug on a floor, the edge of a bed."""
    a, b = ground(rng, side)[0], ground(rng, side)[0]
    turn, shift = rng.uniform(0, 6.3), rng.uniform(.25, .48) * side
    t = np.arange(side, dtype=np.float32) - side / 2
    beyond = t[:, None] * np.float32(np.sin(turn)) + t[None] * np.float32(np.cos(turn)) - np.float32(shift)
    a *= (1 - .25 * np.exp(-(beyond / (side * .02)) ** 2))[..., None]
    np.copyto(a, b, where=(beyond > 0)[..., None])
    return a


def room(rng, side):
    """A wall above a floor, as behind somebody who stands. Returns the background."""
    wall, _ = ground(rng, side, one(rng, ["wall", "wall", "plain", "tiles"]))
    floor, _ = ground(rng, side, one(rng, ["wood", "carpet", "tiles", "grass"]))
    y = int(side * rng.uniform(.6, .92))
    wall[y:] = floor[y:]
    if rng.random() < .5:
        wall[max(0, y - side // 40):y] *= .85
    if rng.random() < .35:  # a door or a window
        x, w = int(rng.uniform(-.1, .8) * side), int(rng.uniform(.2, .4) * side)
        x0, x1, y0 = max(0, x), min(side, x + w), int(rng.uniform(0, .2) * side)
        wall[y0:y, x0:x1] = wall[y0:y, x0:x1] * .3 + np.array(one(rng, [(230, 228, 222), (150, 110, 76), (190, 215, 235), (110, 112, 116)]), np.float32) * .7
    return wall


def empty(rng, canvas, frame_of):
    """Draws on `canvas` something that nobody wears: a landscape, a mug, a plant, a car, furniture, an animal, shapes, noise."""
    side = canvas.side
    frame = frame_of()
    kind = int(rng.random() * 12)
    colour = lambda: RGB[one(rng, list(RGB))] * rng.uniform(.8, 1.1) + rng.normal(0, 8, 3)
    put = lambda p, c, e=.3: canvas.plain(np.asarray(p, float), frame, np.clip(c, 5, 250), e)
    if kind == 0:  # landscape
        t = np.linspace(0, 1, side, dtype=np.float32)[:, None, None]
        canvas.picture[...] = np.array([(120, 170, 225)], np.float32) * (1 - t) + np.array([(225, 225, 215)], np.float32) * t
        put(ellipse(rng.uniform(-.8, .8), -.6, .14, .14), (250, 230, 150), 0)
        for k, c in enumerate(((110, 130, 150), (80, 120, 70), (96, 140, 60))):
            x = np.linspace(-1.2, 1.2, 14)
            y = -.1 + .3 * k + rng.normal(0, .12, 14)
            put(np.vstack([np.stack([x, y], 1), [(1.2, 1.3), (-1.2, 1.3)]]), c, .1)
    elif kind == 1:  # a mug
        c = colour()
        put(ellipse(.42, .05, .2, .26), c * .85); put(ellipse(.42, .05, .11, .17), canvas.picture[side // 2, side // 2], 0)
        put(smooth(mirrored([(0, -.42), (.36, -.4, 1), (.33, .4), (.26, .46), (0, .48)])), c); put(ellipse(0, -.4, .36, .09), c * .6); put(ellipse(0, -.38, .31, .065), (70, 44, 26), 0)
    elif kind == 2:  # a plant
        for a in np.linspace(-1.2, 1.2, 9) + rng.normal(0, .12, 9):
            d = np.array([np.sin(a), -np.cos(a)]) * rng.uniform(.5, .85)
            n = np.array([-d[1], d[0]]) * .16
            put(smooth([(0, .2), d * .5 + n, d, d * .5 - n]), np.array((50, 120, 56)) * rng.uniform(.7, 1.3))
        put(mirrored([(0, .15), (.3, .15), (.22, .75), (0, .75)]), colour())
    elif kind == 3:  # a car
        c = colour()
        put(smooth([(-.9, .3, 1), (-.9, .0), (-.55, -.05), (-.35, -.32), (.3, -.32), (.55, -.03), (.9, .05), (.92, .3, 1)]), c)
        put([(-.42, -.05), (-.28, -.25), (-.02, -.25), (-.02, -.05)], (190, 215, 230), 0); put([(.03, -.05), (.03, -.25), (.25, -.25), (.42, -.05)], (190, 215, 230), 0)
        for x in (-.52, .52):
            put(ellipse(x, .3, .19, .19), (30, 30, 32)); put(ellipse(x, .3, .09, .09), (170, 170, 172))
    elif kind == 4:  # an animal
        c = colour() * .6 + np.array((90, 70, 50)) * .5
        put(ellipse(0, .2, .5, .3), c); put(ellipse(.45, -.15, .24, .22), c)
        put([(.3, -.28), (.3, -.55), (.46, -.34)], c * .9); put([(.48, -.34), (.62, -.55), (.63, -.26)], c * .9)
        for x in (-.35, -.15, .2, .36):
            put(smooth([(x - .06, .35), (x + .06, .35), (x + .05, .75), (x - .05, .75)]), c * .92)
        put(smooth([(-.45, .1), (-.75, -.2), (-.7, -.3), (-.4, .02)]), c)
        put(ellipse(.4, -.18, .03, .03), (20, 20, 20), 0); put(ellipse(.54, -.18, .03, .03), (20, 20, 20), 0)
    elif kind == 5:  # furniture
        c = colour()
        put([(-.7, -.3), (.7, -.3), (.7, .35), (-.7, .35)], c); put([(-.85, -.05), (-.6, -.05), (-.6, .5), (-.85, .5)], c * .85); put([(.6, -.05), (.85, -.05), (.85, .5), (.6, .5)], c * .85)
        put([(-.6, .1), (.6, .1), (.6, .3), (-.6, .3)], c * 1.12)
    elif kind == 6:  # fruit on a plate
        put(ellipse(0, .1, .75, .5), (235, 235, 232)); put(ellipse(0, .1, .55, .36), (222, 222, 218), .1)
        for _ in range(int(rng.integers(2, 6))):
            put(ellipse(rng.uniform(-.35, .35), rng.uniform(-.15, .25), .18, .17), RGB[one(rng, ["red", "orange", "yellow", "green", "purple"])])
    elif kind == 7:  # shapes
        for _ in range(int(rng.integers(3, 12))):
            n = int(rng.integers(3, 7))
            put(rng.uniform(-1, 1, 2) + rng.normal(0, .3, (n, 2)), colour(), .1)
    elif kind == 8:  # noise
        canvas.picture[...] = cv2.resize(rng.uniform(0, 255, (int(rng.integers(4, 40)),) * 2 + (3,)).astype(np.float32), (side, side), interpolation=cv2.INTER_CUBIC)
    elif kind == 9:  # a face
        c = np.array(one(rng, [(240, 208, 184), (205, 155, 118), (120, 78, 52)]), float)
        put(smooth(mirrored([(0, -.75), (.45, -.65), (.52, -.1), (.42, .4), (0, .5)])), (50, 36, 28)); put(ellipse(0, .05, .38, .52), c)
        for s in (1, -1):
            put(ellipse(s * .15, -.05, .06, .035), (250, 250, 250), 0); put(ellipse(s * .15, -.05, .03, .032), (50, 40, 36), 0); put(ellipse(s * .15, -.16, .08, .018), (50, 36, 28), 0)
        put(ellipse(0, .12, .04, .08), c * .88, 0); put(ellipse(0, .32, .12, .035), c * (.85, .55, .55), 0)
        put(smooth(mirrored([(0, -.6), (.38, -.5), (.4, -.15), (.25, -.35), (0, -.38)])), (50, 36, 28))
    elif kind == 10:  # books, boxes, a screen
        for _ in range(int(rng.integers(1, 5))):
            x, y, w, h = rng.uniform(-.8, .3), rng.uniform(-.8, .4), rng.uniform(.2, .9), rng.uniform(.15, .7)
            c = colour()
            put([(x, y), (x + w, y), (x + w, y + h), (x, y + h)], c, .15)
            for k in range(int(rng.integers(0, 4))):
                yy = y + h * (.2 + .18 * k)
                put([(x + w * .1, yy), (x + w * .8, yy), (x + w * .8, yy + .03), (x + w * .1, yy + .03)], c * .6, 0)
