"""Graphics printed on cloth: emblems and letters."""
import cv2
import numpy as np

from .shapes import ellipse, smooth

CAP = 22.0  # height in pixels of cv2's Hershey capitals at scale 1
UNIT = 40  # letters' height in a patch, pixels
FONTS = [cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_DUPLEX, cv2.FONT_HERSHEY_TRIPLEX, cv2.FONT_HERSHEY_COMPLEX]


def emblem(look, half, scale, least):
    """A patch uint8 (h, w, 4), RGB times coverage and coverage, its half size in body units, and the letters in it.

    `half`: room in body units; `scale`: pixels a body unit; `least`: pixels that a letter must be high to be printed."""
    rng = np.random.default_rng(int(look.offset[0] * 1e6))
    text, ink = look.spec.text, look.roles["second"]
    letters = None
    if text:
        font = FONTS[int(rng.random() * len(FONTS))]
        thick = int(rng.integers(4, 8))
        (w, _), _ = cv2.getTextSize(text, font, UNIT / CAP, thick)
        wide, high = w + 2 * thick, UNIT + 2 * thick
        size = min(2 * half[0] / wide, 1.1 * half[1] / high, .3 / UNIT)  # body units a patch pixel
        if UNIT * size * scale >= least:
            letters = np.zeros((high, wide), np.uint8)
            cv2.putText(letters, text, (thick, high - thick), font, UNIT / CAP, 255, thick, cv2.LINE_AA)
        else:
            text = ""
    if letters is not None and rng.random() < .55:
        alpha, half = letters, (letters.shape[1] * size / 2, letters.shape[0] * size / 2)
        return coloured(alpha, ink), half, text
    shape, third = figure(rng)
    side = 2 * min(half) * rng.uniform(.6, 1)
    if letters is None:
        return coloured(shape, ink, third, look), (side / 2, side / 2), text
    room = max(side * .6, .2)
    k = room / size / shape.shape[0]
    shape, third = (cv2.resize(s, None, fx=k, fy=k, interpolation=cv2.INTER_AREA) for s in (shape, third))
    h, w = letters.shape
    wide = max(w, shape.shape[1])
    both, inner = np.zeros((2, h + shape.shape[0], wide), np.uint8)
    at = (wide - shape.shape[1]) // 2
    both[:shape.shape[0], at:at + shape.shape[1]] = shape
    inner[:shape.shape[0], at:at + shape.shape[1]] = third
    both[shape.shape[0]:, (wide - w) // 2:(wide - w) // 2 + w] = letters
    return coloured(both, ink, inner, look), (wide * size / 2, both.shape[0] * size / 2), text


def coloured(alpha, ink, inner=None, look=None):
    rgb = np.broadcast_to(np.asarray(ink, np.float32), (*alpha.shape, 3))
    if inner is not None:
        other = look.rgb[2] if len(look.rgb) > 2 else look.rgb[0]
        t = inner[..., None].astype(np.float32) / 255
        rgb = rgb * (1 - t) + np.asarray(other, np.float32) * t
    return np.dstack([np.clip(rgb * (alpha[..., None] / 255), 0, 255), alpha]).astype(np.uint8)


def figure(rng, n=96):
    """A simple sign: coverage (n, n) uint8, and which of it is in the third colour."""
    a, b = np.zeros((n, n), np.uint8), np.zeros((n, n), np.uint8)
    def put(target, points, value=255):
        cv2.fillPoly(target, [np.round((np.asarray(points) * .46 + .5) * n * 16).astype(np.int32)], value, cv2.LINE_AA, 4)
    kind = int(rng.integers(0, 10))
    if kind == 0:  # ring
        put(a, ellipse(0, 0, 1, 1)); put(b, ellipse(0, 0, .7, .7)); put(b, ellipse(0, 0, .35, .35), 0)
    elif kind == 1:  # star
        t = np.arange(10) * np.pi / 5 - np.pi / 2
        r = np.where(np.arange(10) % 2, .42, 1.)
        put(a, np.stack([r * np.cos(t), r * np.sin(t)], 1))
    elif kind == 2:  # heart
        put(a, smooth([(0, 1, 1), (.95, .05), (1, -.75), (.35, -1), (0, -.45, 1), (-.35, -1), (-1, -.75), (-.95, .05)]))
    elif kind == 3:  # hills and sun
        put(a, ellipse(0, -.35, .45, .45)); put(a, [(-1, .9), (-.35, -.15), (.05, .35), (.4, -.05), (1, .9)])
        put(b, [(-.35, -.15), (-.55, .2), (-.3, .12), (-.12, .25)])
    elif kind == 4:  # block with a band
        put(a, [(-1, -.7), (1, -.7), (1, .7), (-1, .7)]); put(b, [(-.8, -.2), (.8, -.2), (.8, .2), (-.8, .2)])
    elif kind == 5:  # cat
        put(a, ellipse(0, .1, .8, .7)); put(a, [(-.78, .1), (-.75, -.9), (-.15, -.5)]); put(a, [(.78, .1), (.75, -.9), (.15, -.5)])
        put(b, ellipse(-.3, 0, .12, .15)); put(b, ellipse(.3, 0, .12, .15)); put(b, [(-.1, .3), (.1, .3), (0, .45)])
    elif kind == 6:  # bolt
        put(a, [(-.1, -1), (.55, -1), (.2, -.2), (.65, -.2), (-.35, 1), (-.05, .1), (-.5, .1)])
    elif kind == 7:  # waves
        for k in range(3):
            x = np.linspace(-1, 1, 24)
            y = -.5 + k * .5 + .15 * np.sin(x * 7)
            put(a, np.vstack([np.stack([x, y], 1), np.stack([x, y + .22], 1)[::-1]]))
    elif kind == 8:  # flower
        for t in np.arange(6) * np.pi / 3:
            put(a, ellipse(.55 * np.cos(t), .55 * np.sin(t), .45, .28, t))
        put(b, ellipse(0, 0, .28, .28))
    else:  # face
        put(a, ellipse(0, 0, 1, 1)); put(b, ellipse(-.35, -.25, .13, .2)); put(b, ellipse(.35, -.25, .13, .2))
        put(b, smooth([(-.5, .25, 1), (0, .4), (.5, .25, 1), (0, .85)]))
    return a, b
