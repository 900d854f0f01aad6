"""Scenes: clothes laid out, hung up or worn, and everything a camera does to them."""
from dataclasses import dataclass

import cv2
import numpy as np

from . import bottoms, cloth, dresses, extras, outer, places, tops
from .person import Body
from .pose import Pose, hanging, lying, standing
from .render import Canvas, Frame, Look, fit, points_of
from .shapes import Fill
from .words import CATEGORIES, draw_spec, one, pick

CUTS = {**tops.CUTS, **outer.CUTS, **dresses.CUTS, **bottoms.CUTS, **extras.CUTS}
COUNT_ODDS = {0: .08, 1: .40, 2: .25, 3: .17, 4: .10}
# Clothes laid out, so that with those worn every category comes about as often.
LAID_ODDS = {**dict.fromkeys(CATEGORIES, 1.2), "shoes": .35, "hat": .45, "blazer": .55, "jacket": .6, "skirt": .6, "trousers": .75, "shorts": .75, "dress": .8}
LEAST = .14  # of the side, for the larger dimension of a garment that counts
SEEN = .27  # of a garment's pixels, for it to count
UPPER = ["t-shirt", "shirt", "blouse", "top", "tank-top", "long-sleeve-top", "polo-shirt", "hoodie", "bodysuit"]
LOWER = ["trousers", "shorts", "skirt"]
OVER = ["jacket", "blazer"]


@dataclass
class Garment:
    """One garment of a scene, as it is seen: `box` (x0, y0, x1, y1) in shares of the picture's side, `mask` uint8
    (side, side) 0 to 255 of its visible pixels, `text` the letters that can be read, `piece` the very product."""
    category: str
    colours: list
    pattern: str
    sleeve: str | None
    length: str | None
    text: str
    box: tuple
    mask: np.ndarray
    piece: int | None = None


@dataclass
class Scene:
    """`picture`: uint8 (side, side, 3), RGB; `garments`: largest visible area first."""
    picture: np.ndarray
    garments: list


def of_piece(rng, spec, part):
    """The chance that shapes a garment: the scene's own, or always the same for a very product."""
    return rng if spec.piece is None else np.random.default_rng([spec.piece, part])


def cut(rng, spec, pose):
    ops = CUTS[spec.category](of_piece(rng, spec, 0), spec, pose)
    return ops if spec.piece is None else [op for op in ops if not getattr(op, "soft", False) or rng.random() < .6]


def look_of(rng, spec, crease):
    """Colours and cloth. The creases of a very product are the scene's, so that nothing can be told by them."""
    own = of_piece(rng, spec, 1)
    look = Look(own, spec, crease)
    cloth_for(own, look)
    if spec.piece is not None:
        look.crease_tile, look.edge, look.seam = one(rng, cloth.creases()), rng.uniform(.4, 1.2), rng.uniform(.3, 1.0)
    return look


def cloth_for(rng, look):
    """The weave that such a garment may have."""
    c, main = look.spec.category, look.spec.colours[0]
    r = rng.random()
    if c in ("trousers", "shorts", "skirt", "jacket") and main in ("blue", "navy", "light-blue", "black", "grey") and r < .5 and look.spec.pattern == "plain":
        look.woven("denim", .6, .1)
    elif c in ("long-sleeve-top", "hat") and r < .5:
        look.woven(one(rng, ["knit", "rib", "cable"]), one(rng, [.35, .5]), .07)
    elif c in ("hoodie", "t-shirt", "trousers") and r < .3:
        look.woven("heather", .5, .06)
    elif c in ("jacket", "shoes") and r < .3:
        look.woven("shine", .9, .14)
    elif c == "jacket" and r < .45:
        look.woven("fluff", .4, .1)


def draw_scene(rng, side=144, count=None):
    """A scene of chance; `count` garments, or as many as COUNT_ODDS say."""
    count = pick(rng, COUNT_ODDS) if count is None else count
    if count == 0:
        return draw_empty(rng, side)
    worn = rng.random() < (.2 if count == 1 else .45)
    specs = outfit(rng, count) if worn else [draw_spec(rng, pick(rng, LAID_ODDS)) for _ in range(count)]
    if not worn and count > 1 and rng.random() < .25:
        specs = outfit(rng, count)
    return draw_scene_of(rng, specs, side, worn=worn)


def outfit(rng, count):
    """`count` garments that one person could wear together."""
    full = rng.random() < .2
    body = ["dress"] if full else [one(rng, UPPER), one(rng, LOWER)]
    rest = [c for c, p in (("shoes", .55), (one(rng, OVER), .55), ("hat", .35)) if rng.random() < p]
    names = body + rest
    if count == 1:
        names = [one(rng, CATEGORIES)]
    if len(names) > count:
        keep = set(rng.permutation(len(names))[:count].tolist())
        names = [n for i, n in enumerate(names) if i in keep]
    specs = [draw_spec(rng, n) for n in names]
    while len(specs) < count:
        missing = [c for c in ("shoes", "hat", one(rng, OVER), *(() if full else (LOWER + UPPER))) if c not in [s.category for s in specs] and not clashes(c, specs)]
        specs.append(draw_spec(rng, one(rng, missing)))
    return specs


def group(category):
    for name, members in (("upper", UPPER), ("lower", LOWER), ("over", OVER)):
        if category in members:
            return name
    return category


def clashes(category, specs):
    groups = [group(s.category) for s in specs]
    g = group(category)
    return g in groups or (g in ("upper", "lower") and "dress" in groups) or (g == "dress" and ("upper" in groups or "lower" in groups))


def draw_scene_of(rng, garments, side=144, worn=None):
    """A scene of the given specs, worn by somebody or laid out; `worn` None leaves it to chance where it is possible."""
    groups = [group(s.category) for s in garments]
    possible = len(set(groups)) == len(groups) and not ("dress" in groups and ("upper" in groups or "lower" in groups))
    if worn is None:
        worn = rng.random() < .4
    if worn and possible:
        canvas, kept = draw_worn(rng, garments, side)
    else:
        canvas, kept = draw_laid(rng, garments, side)
    return finish(rng, canvas, kept)


def draw_empty(rng, side):
    background, _ = places.ground(rng, side) if rng.random() < .6 else (places.room(rng, side), "")
    canvas = Canvas(background)
    if rng.random() < .85:
        places.empty(rng, canvas, lambda: Frame(rng, side * rng.uniform(.25, .5), rng.normal(0, .15), (side * rng.uniform(.4, .6), side * rng.uniform(.4, .6)), .012))
    return finish(rng, canvas, [])


def cells(rng, specs, side):
    """Room for each garment, (x0, y0, x1, y1) pixels, one beside the other."""
    n = len(specs)
    if n == 1:
        size = side * rng.uniform(.68, 1.0)
        x, y = rng.uniform(0, side - size), rng.uniform(0, side - size)
        return [(x + 2, y + 2, x + size - 2, y + size - 2)]
    split = rng.uniform(.42, .58)
    if n == 2:
        boxes = [(0, 0, split, 1), (split, 0, 1, 1)] if rng.random() < .7 else [(0, 0, 1, split), (0, split, 1, 1)]
    elif n == 3:
        r = rng.random()
        if r < .35:
            boxes = [(0, 0, .36, 1), (.34, 0, .68, 1), (.66, 0, 1, 1)]
        elif r < .7:
            boxes = [(0, 0, split, 1), (split, 0, 1, split), (split, split, 1, 1)]
        else:
            boxes = [(0, 0, split, split), (split, 0, 1, split), (.15, split, .85, 1)]
    else:
        other = rng.uniform(.42, .58)
        boxes = [(0, 0, split, other), (split, 0, 1, other), (0, other, split, 1), (split, other, 1, 1)]
    rng.shuffle(boxes)
    return [tuple(side * v for v in (a + .01, b + .01, c - .01, d - .01)) for a, b, c, d in boxes]


def draw_laid(rng, specs, side):
    """Clothes lying or hanging, each in its own room."""
    hung = rng.random() < .3
    if hung:
        background = places.ground(rng, side, one(rng, ["wall", "wall", "plain", "wood", "tiles"]))[0] if rng.random() < .7 else places.room(rng, side)
    else:
        background = places.two_grounds(rng, side) if rng.random() < .2 else places.ground(rng, side)[0]
    canvas = Canvas(background)
    lean, kept = rng.normal(0, .1), []
    for spec, cell in zip(specs, cells(rng, specs, side)):
        turn = np.clip(lean + rng.normal(0, .08 if hung else .17), -.45, .45) if not hung else rng.normal(0, .04)
        if not hung and rng.random() < .04:
            turn += one(rng, [np.pi / 2, -np.pi / 2, np.pi])
        pose = hanging(rng) if hung else lying(rng)
        draw_one(rng, canvas, spec, cell, pose, turn, kept)
    return canvas, kept


def draw_one(rng, canvas, spec, cell, pose, turn, kept):
    ops = cut(rng, spec, pose)
    frame = fit(rng, ops, cell, turn, rng.uniform(.004, .018), rng.uniform(.88, 1.14), rng.normal(0, .03))
    look = look_of(rng, spec, rng.uniform(.03, .17))
    light = rng.uniform(-1, 1, 2)
    if not similar(rng, canvas, frame, ops, look):
        canvas.shadow(ops, frame, rng.uniform(.2, .45), frame.scale * .04 * light, max(1.5, frame.scale * rng.uniform(.02, .06)))
    else:
        canvas.shadow(ops, frame, rng.uniform(.45, .6), frame.scale * .03 * light, max(1.5, frame.scale * .05))
    text = canvas.garment(ops, frame, look)
    kept.append((spec, text))


def similar(rng, canvas, frame, ops, look):
    """Whether the ground is of nearly the garment's colour; then the ground is made lighter or darker around it."""
    p = np.clip(frame.to(points_of(ops)).mean(0).astype(int), 0, canvas.side - 1)
    here = canvas.picture[p[1], p[0]]
    if np.abs(here - look.rgb[0]).max() > 42:
        return False
    gain = .72 if look.rgb[0].mean() > 128 else 1.0
    canvas.picture *= np.float32(gain)
    if gain == 1.0:
        canvas.picture += np.float32(48)
    return True


def draw_worn(rng, specs, side):
    """Somebody in these clothes, seen whole or as much of them as the clothes take."""
    background = places.room(rng, side) if rng.random() < .7 else places.ground(rng, side)[0]
    canvas = Canvas(background)
    pose = standing(rng)
    body = Body(rng, pose)
    names = [s.category for s in specs]
    groups = {group(n) for n in names}
    long_dress = any(s.category in ("dress", "jacket", "skirt") and s.length in ("midi", "long", "knee") for s in specs)
    y0 = -.72 if "hat" in groups or rng.random() < .5 else rng.uniform(-.6, -.15)
    y1 = 2.62
    if "shoes" not in groups:
        y1 = 2.5 if "lower" in groups or long_dress else rng.uniform(1.08, 1.4)
        if "dress" in groups and not long_dress:
            y1 = rng.uniform(1.5, 2.5)
        if groups <= {"hat"}:
            y1 = rng.uniform(.2, 1.2)
        if "lower" in groups and all(s.length in ("short", "knee") for s in specs if s.category in ("shorts", "skirt")) and not long_dress and "trousers" not in names:
            y1 = rng.uniform(1.85, 2.5)
    if groups <= {"shoes", "lower"} and rng.random() < .6:
        y0 = .3 if "lower" in groups else 1.1
    if "hat" in groups and not groups <= {"hat"}:
        y0 = -.82
    scale = side / max(y1 - y0, 1.25) * rng.uniform(.93, 1.0)
    frame = Frame(rng, scale, rng.normal(0, .04), (side * rng.uniform(.42, .58), -y0 * scale + rng.uniform(0, .02) * side), .006, rng.uniform(.95, 1.16))
    canvas.shadow([Fill(np.array([(-.4, .0), (.4, 0), (.3, 2.4), (-.3, 2.4)]))], frame, rng.uniform(0, .35), np.array([rng.normal(0, .06) * side, .02 * side]), scale * .08)
    body.under(canvas, frame)
    order = {"lower": 1, "shoes": 0 if rng.random() < .6 else 2, "upper": 3, "dress": 3, "over": 4, "hat": 5}
    kept = []
    specs = sorted(specs, key=lambda s: order[group(s.category)])
    dressed = list(specs)
    if "upper" not in groups and "dress" not in groups and "lower" in groups and "over" not in groups and y0 < .2:
        canvas.plain(points_of(cut(rng, draw_spec(rng, "tank-top"), pose)[:1]), frame, body.skin, .2)
    for spec in dressed:
        ops = cut(rng, spec, pose)
        look = look_of(rng, spec, rng.uniform(.03, .09))
        text = canvas.garment(ops, frame, look)
        kept.append((spec, text))
    return canvas, kept


def finish(rng, canvas, kept):
    """Reads boxes off what is visible, leaves out what is too hidden or too small, and takes the photo."""
    side, garments = canvas.side, []
    for (spec, text), mask, whole in zip(kept, canvas.masks, canvas.whole):
        seen = mask > 127
        area = int(np.count_nonzero(seen))
        if area < 16:
            continue
        rows, cols = np.flatnonzero(seen.any(1)), np.flatnonzero(seen.any(0))
        box = (cols[0] / side, rows[0] / side, (cols[-1] + 1) / side, (rows[-1] + 1) / side)
        if max(box[2] - box[0], box[3] - box[1]) < LEAST or area < SEEN * whole:
            continue
        text = text if area > .85 * whole else ""
        garments.append((area, Garment(spec.category, list(spec.colours), spec.pattern, spec.sleeve, spec.length, text, tuple(map(float, box)), mask, spec.piece)))
    garments.sort(key=lambda g: -g[0])
    return Scene(photo(rng, canvas.picture), [g for _, g in garments])


def photo(rng, picture):
    """Light, lens, sensor and JPEG: uint8 (side, side, 3)."""
    side = picture.shape[0]
    gain = np.float32(rng.uniform(.8, 1.15)) * (1 + rng.normal(0, .025, 3).astype(np.float32)) * (1 + np.array([.05, 0, -.06], np.float32) * np.float32(rng.normal(0, .7)))
    t = np.linspace(-1, 1, side, dtype=np.float32)
    a, b = rng.normal(0, .07, 2).astype(np.float32)
    vignette = np.float32(rng.uniform(0, .12))
    light = 1 + a * t[:, None] + b * t[None] - vignette * (t[:, None] ** 2 + t[None] ** 2)
    out = picture * (light[..., None] * gain)
    if rng.random() < .5:
        out = cv2.GaussianBlur(out, (0, 0), max(.3, rng.uniform(.3, 1.0) * side / 144))
    out += rng.standard_normal(out.shape, np.float32) * np.float32(rng.uniform(.5, 6))
    out = np.clip(out, 0, 255).astype(np.uint8)
    if rng.random() < .6:
        ok, data = cv2.imencode(".jpg", out, [cv2.IMWRITE_JPEG_QUALITY, int(rng.uniform(45, 95))])
        out = cv2.imdecode(data, cv2.IMREAD_COLOR)
    return out


def draw_product(spec, side=160, seed=0):
    """A shop's picture of one garment on a light ground, uint8 (side, side, 3). The same spec and seed give the same picture."""
    rng = np.random.default_rng([seed, *spec_key(spec)])
    t = np.linspace(0, 1, side, dtype=np.float32)[:, None, None]
    ground = np.float32(one(rng, [(246, 246, 244), (240, 238, 234), (236, 238, 242), (244, 240, 236)])) * (1 - .06 * t) * np.ones((1, side, 1), np.float32)
    if spec.colours[0] in ("white", "beige", "yellow"):
        ground *= np.float32(.86)
    canvas = Canvas(ground)
    pose = hanging(rng)
    pose = Pose(pose.arms, legs=.05)
    ops = cut(rng, spec, pose)
    pad = side * .07
    frame = fit(rng, ops, (pad, pad, side - pad, side - pad), 0.0, .003)
    look = look_of(rng, spec, .05)
    canvas.shadow(ops, frame, .25, frame.scale * np.array([.02, .03]), frame.scale * .05)
    canvas.garment(ops, frame, look)
    return np.clip(canvas.picture, 0, 255).astype(np.uint8)


def spec_key(spec):
    """Numbers that stand for a spec in a seed."""
    words = "|".join([spec.category, *spec.colours, spec.pattern, spec.sleeve or "", spec.length or "", spec.text])
    return list(words.encode())
