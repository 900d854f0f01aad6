"""Cuts of dresses. Takes (rng, spec, pose) and returns what to draw, back to front."""
import numpy as np

from .parts import SHARE, armholes, back_neck, chance, collar, front, hanger, neck_band, neckline, placket, ruffle, sleeves
from .shapes import Fill, Print, Stroke, between, mirrored, smooth
from .words import one


def dress(rng, spec, pose):
    hem = {"short": rng.uniform(1.3, 1.45), "knee": rng.uniform(1.55, 1.75), "midi": rng.uniform(1.9, 2.05), "long": rng.uniform(2.25, 2.45)}[spec.length or "knee"]
    kind = one(rng, ["crew", "v", "scoop", "boat", "square", "v"])
    neck = neckline(rng, kind)
    style = one(rng, ["flared", "flared", "straight", "tiered", "shift"])
    flare = {"flared": rng.uniform(.12, .34), "straight": rng.uniform(-.02, .05), "tiered": rng.uniform(.15, .3), "shift": rng.uniform(.04, .12)}[style]
    flare *= .6 + .4 * (hem - 1) / .8
    seam = rng.uniform(.5, .66) if style != "shift" else .9
    waist = {"flared": .27, "straight": .29, "tiered": .28, "shift": .34}[style] * rng.uniform(.95, 1.1)
    sleeved = spec.sleeve in SHARE
    strap = not sleeved and chance(rng, .5)
    shoulder = .37 if sleeved else rng.uniform(.27, .32)
    half = .34 + flare
    skirt_rows = [(waist, seam), (max(.33, waist) + flare * .3, min(1.0, hem - .2)), (half, hem, 1), (half * .5, hem + .03), (0, hem + .04)]
    ops = hanger(pose)
    if strap:
        y, wide = .13, rng.uniform(.15, .2)
        deep = y + rng.uniform(.04, .16)
        rows = [(0, deep, 1 if kind == "v" else 0), (wide * .6, (y + deep) / 2 if kind == "v" else deep * .97), (wide, y, 1), (.3, .34, 1)] + skirt_rows
        if not pose.worn:
            ops.append(Fill(smooth(mirrored([(0, y + .1), (wide, y + .05), (.28, .34), (0, .4)])), "inside", edge=.1))
        for s in (1, -1):
            ops.append(Stroke(smooth([(s * wide, y + .03), (s * wide * .95, -.0), (s * wide * .8, -.1)], closed=False), rng.uniform(.025, .05), "plain"))
    else:
        ops += back_neck(neck, kind, pose)
        if sleeved:
            puff = one(rng, [0, 0, .06, .1])
            ops += sleeves(rng, pose, SHARE[spec.sleeve], .15, .11 if spec.sleeve == "short" else .085, puff=puff, cuff="cloth" if puff else None, flare=one(rng, [0, 0, .1]) if not puff else 0)
        rows = front(neck, kind, shoulder, .33, waist, half, hem)
        cut = next(i for i, r in enumerate(rows) if r[0] == waist)
        rows = rows[:cut - 1] + [(.33, .35, 0 if sleeved else 1)] + skirt_rows
    ops.append(Fill(smooth(mirrored(rows))))
    if sleeved:
        ops += armholes(.37)
    if style != "shift":
        belt = rng.random()
        if belt < .3:
            ops.append(Fill(np.array([(-waist - .01, seam - .03), (waist + .01, seam - .03), (waist + .01, seam + .04), (-waist - .01, seam + .04)]), one(rng, ["tone", "second", "inside"]), edge=.1, seam=.5))
        else:
            ops.append(Stroke(smooth([(-waist, seam), (0, seam + .015), (waist, seam)], closed=False), .016, None, .45))
    if style in ("flared", "tiered"):
        n = int(rng.integers(4, 8))
        for x in np.linspace(-.85, .85, n) + rng.uniform(-.05, .05, n):
            a = rng.uniform(.02, .3)
            ops.append(Stroke(smooth([(x * waist, between(seam, hem, a * .5)), (x * (waist + half) * .5, between(seam, hem, .5)), (x * half, hem)], closed=False), rng.uniform(.02, .05), None, rng.uniform(.35, .7), soft=True))
    if style == "tiered":
        for t in (.4, .72) if hem > 1.5 else (.55,):
            y, w = between(seam, hem, t), between(waist, half, t) + .03
            ops.append(Stroke(smooth([(-w, y), (0, y + .02), (w, y)], closed=False), .02, None, .4))
    detail = rng.random()
    if detail < .2 and kind != "v":
        ops += placket(rng, neck[1] + .05 if not strap else .25, hem - .2 if chance(rng, .5) else seam, n=7, wide=.02)
    elif detail < .4 and kind == "v" and not strap:
        ops.append(Stroke(np.array([(neck[0] * .6, neck[1] * .6), (-waist * .8, seam)]), .014, None, .45))
    elif detail < .5:
        ops += ruffle(rng, [(half, hem - .04), (0, hem), (-half, hem - .04)], -.1, 12)
    elif detail < .58 and sleeved and not strap:
        ops += collar((.13, .1), "cloth" if chance(rng, .5) else (240, 240, 238), .17, .14)
    if not strap:
        ops.append(neck_band(neck, kind, "cloth", .02))
    if spec.pattern == "graphic":
        ops.append(Print((0, .38), (.2, .13)))
    return ops


CUTS = {"dress": dress}
