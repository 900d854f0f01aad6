"""Hats and shoes. Each takes (rng, spec, pose) and returns what to draw, back to front; sizes are a head's and feet's."""
import numpy as np

from .parts import chance
from .shapes import Dots, Fill, Print, Stroke, ellipse, mirrored, smooth
from .words import one

SOLES = [(240, 240, 236), (240, 240, 236), (50, 46, 44), (168, 120, 72)]


def hat(rng, spec, pose):
    """Around a head whose crown is at y -0.62 and eyes at -0.38."""
    style = one(rng, ["cap", "cap", "cap side", "beanie", "beanie", "brim", "bucket", "sun", "flat"])
    if (pose.worn or spec.piece is not None) and style in ("cap side", "sun", "flat"):
        style = one(rng, ["cap", "brim", "beanie"])
    draw = {"cap": cap, "cap side": cap_side, "beanie": beanie, "brim": brimmed, "bucket": bucket, "sun": sun, "flat": flat}[style]
    return draw(rng, spec)


def cap(rng, spec):
    peak = "second" if len(spec.colours) > 1 and spec.pattern in ("plain", "graphic") and chance(rng, .5) else one(rng, ["plain", "cloth", "tone"])
    crown = [(0, -.68), (.12, -.67), (.22, -.56), (.24, -.4, 1), (.12, -.385), (0, -.38)]
    ops = [Fill(smooth(mirrored(crown)), edge=.45)]
    for x in (.0, .1, -.1) if chance(rng, .6) else (.0,):
        ops.append(Stroke(smooth([(x * .3, -.675), (x, -.58), (x * 1.3, -.39)], closed=False), .01, None, .4))
    ops.append(Dots(np.array([(0, -.675)]), .02, "tone"))
    low = rng.uniform(-.3, -.24)
    ops.append(Fill(smooth(mirrored([(0, -.44), (.13, -.43), (.25, -.38), (.29, low + .02), (.2, low + .03), (0, low)])), peak, edge=.35, seam=.6))
    ops.append(Stroke(smooth([(-.2, low - .03), (0, low - .04), (.2, low - .03)], closed=False), .01, None, .3))
    if spec.pattern == "graphic":
        ops.append(Print((0, -.53), (.11, .075)))
    return ops


def cap_side(rng, spec):
    s = one(rng, [1, -1])
    peak = "second" if len(spec.colours) > 1 and spec.pattern in ("plain", "graphic") and chance(rng, .5) else "plain"
    crown = [(.22, -.4, 1), (.24, -.52), (.14, -.66), (-.06, -.68), (-.22, -.58), (-.25, -.4, 1), (0, -.37)]
    bill = [(.2, -.43, 1), (.34, -.42), (.5, -.34), (.46, -.32), (.32, -.35), (.18, -.37, 1)]
    ops = [Fill(smooth([(s * p[0], *p[1:]) for p in crown]), edge=.5), Fill(smooth([(s * p[0], *p[1:]) for p in bill]), peak, edge=.35, seam=.6)]
    ops += [Stroke(smooth([(s * .0, -.68), (s * .06, -.55), (s * .07, -.38)], closed=False), .012, None, .4), Stroke(smooth([(s * -.04, -.68), (s * -.12, -.55), (s * -.13, -.38)], closed=False), .012, None, .4)]
    ops.append(Dots(np.array([(0, -.685)]), .02, "tone"))
    if spec.pattern == "graphic":
        ops.append(Print((s * .14, -.51), (.08, .07)))
    return ops


def beanie(rng, spec):
    top = rng.uniform(-.78, -.66)
    ops = []
    if chance(rng, .4):
        t = np.linspace(0, 2 * np.pi, 18, endpoint=False)
        r = .085 * (1 + .18 * np.where(np.arange(18) % 2, 1, -1))
        ops.append(Fill(np.stack([r * np.cos(t), top - .06 + r * np.sin(t)], 1), one(rng, ["plain", "second", "tone"]), edge=.5))
    ops.append(Fill(smooth(mirrored([(0, top), (.13, top + .02), (.23, -.55), (.25, -.38, 1), (0, -.36)])), edge=.5))
    for x in np.linspace(-.8, .8, 7):
        ops.append(Stroke(smooth([(x * .06, top + .04), (x * .2, -.56), (x * .25, -.4)], closed=False), .012, None, .28))
    if chance(rng, .8):
        band = smooth(mirrored([(0, -.45), (.25, -.46, 1), (.265, -.39), (.255, -.315, 1), (0, -.3)]))
        ops.append(Fill(band, one(rng, ["cloth", "tone", "second"]), edge=.3, seam=.6))
        ops += [Stroke(np.array([(x, -.44), (x, -.32)]), .012, None, .25) for x in np.linspace(-.22, .22, 11)]
    if spec.pattern == "graphic":
        ops.append(Print((0, -.53), (.12, .06)))
    return ops


def brimmed(rng, spec):
    wide = rng.uniform(.38, .55)
    ops = [Fill(ellipse(0, -.42, wide, wide * rng.uniform(.16, .3)), "cloth", edge=.45, seam=.5)]
    dent = chance(rng, .6)
    ops.append(Fill(smooth(mirrored([(0, -.64 if dent else -.68), (.09, -.69), (.19, -.66), (.225, -.44, 1), (.12, -.41), (0, -.4)])), edge=.4, seam=.45))
    band = one(rng, ["second", (40, 36, 38), (90, 60, 40), "tone"])
    ops.append(Fill(smooth(mirrored([(0, -.48), (.215, -.51, 1), (.225, -.445, 1), (0, -.41)])), band, edge=.2))
    if spec.pattern == "graphic":
        ops.append(Print((0, -.57), (.09, .05)))
    return ops


def bucket(rng, spec):
    ops = [Fill(smooth(mirrored([(0, -.66), (.17, -.66), (.2, -.64), (.23, -.45, 1), (0, -.43)])), edge=.35)]
    ops.append(Fill(smooth(mirrored([(0, -.46), (.22, -.49, 1), (.36, -.31, 1), (.2, -.27), (0, -.26)])), "cloth", edge=.35, seam=.55))
    for y in (-.4, -.34):
        w = .28 + (y + .4) * .6
        ops.append(Stroke(smooth([(-w, y - .02), (0, y + .05), (w, y - .02)], closed=False), .009, None, .28))
    if spec.pattern == "graphic":
        ops.append(Print((0, -.55), (.1, .06)))
    return ops


def sun(rng, spec):
    """A wide-brimmed hat seen from above."""
    r = rng.uniform(.42, .55)
    squash = rng.uniform(.7, 1)
    ops = [Fill(ellipse(0, -.45, r, r * squash, n=30), "cloth", edge=.3, seam=.5)]
    ops += [Stroke(np.vstack([ellipse(0, -.45, r * k, r * k * squash, n=24)] * 1), .008, None, .2) for k in (.88, .75, .62)]
    ops.append(Fill(ellipse(0, -.46, r * .5, r * .5 * squash), one(rng, ["second", (50, 44, 44), "tone"]), edge=.2, seam=.4))
    ops.append(Fill(ellipse(0, -.48, r * .44, r * .43 * squash), "cloth", edge=.55, seam=.4))
    if spec.pattern == "graphic":
        ops.append(Print((0, -.48), (r * .25, r * .2 * squash)))
    return ops


def flat(rng, spec):
    """A cap lying with its peak towards the viewer."""
    ops = [Fill(ellipse(0, -.52, .27, .22), "cloth", edge=.5, seam=.4)]
    for a in np.arange(6) * np.pi / 3 + .5:
        ops.append(Stroke(np.array([(0, -.56), (.26 * np.cos(a), -.52 + .21 * np.sin(a))]), .011, None, .35))
    ops.append(Dots(np.array([(0, -.56)]), .025, "tone"))
    ops.append(Fill(smooth(mirrored([(0, -.36), (.17, -.42, 1), (.24, -.3), (.16, -.18), (0, -.14)])), one(rng, ["plain", "tone", "second"]), edge=.3, seam=.6))
    if spec.pattern == "graphic":
        ops.append(Print((0, -.44), (.1, .06)))
    return ops


def shoes(rng, spec, pose):
    """A pair: from above, from the side, or on feet that stand around x 0.12 and y 2.4."""
    kind = one(rng, ["sneaker", "sneaker", "boot", "heel", "flat", "sandal", "ankle", "tall"])
    if pose.worn:
        return worn(rng, spec, kind)
    if kind in ("sneaker", "flat", "sandal") and chance(rng, .6):
        return above(rng, spec, kind)
    return aside(rng, spec, kind)


def placed(points, turn, x, y, s=1):
    p = np.asarray(points, float) * (s, 1)
    c, n = np.cos(turn), np.sin(turn)
    return p @ np.array([[c, n], [-n, c]]) + (x, y)


def moved(ops, turn, x, y, s=1):
    out = []
    for op in ops:
        op.points = placed(op.points, turn, x, y, s)
        out.append(op)
    return out


def above(rng, spec, kind):
    splay, gap = rng.uniform(-.05, .25), rng.uniform(.15, .2)
    sole, laces = one(rng, SOLES), one(rng, [(240, 240, 238), (240, 240, 238), (40, 40, 42)])
    wide = rng.uniform(.9, 1.1)
    strap_y = rng.uniform(-.1, 0)
    ops = []
    for s in (-1, 1):
        shape = smooth([(0, -.36), (.1, -.33), (.145, -.18), (.125, .02), (.1, .2), (.09, .32), (0, .36), (-.085, .32), (-.1, .2), (-.115, .02), (-.125, -.2), (-.08, -.33)])
        shape = shape * (wide, 1)
        shoe = [Fill(shape * 1.08, sole if kind != "flat" else "inside", edge=.2, seam=.4)]
        if kind == "sandal":
            shoe[0] = Fill(shape * 1.05, one(rng, ["inside", (150, 115, 80)]), edge=.25, seam=.5)
            for y in (-.2, strap_y, .24):
                shoe.append(Fill(smooth([(-.145, y - .045), (0, y - .075), (.15, y - .045), (.15, y + .035), (0, y + .015), (-.145, y + .035)]), "cloth", edge=.25, seam=.5))
            shoe.append(Fill(np.array([(-.02, -.2), (.02, -.2), (.02, .2), (-.02, .2)]), "cloth", edge=.1, seam=.4))
        else:
            shoe.append(Fill(shape, "cloth", edge=.5, seam=.45))
            if kind == "sneaker":
                if chance(rng, .6):
                    shoe.append(Fill(smooth([(0, -.35), (.1, -.32), (.12, -.2), (0, -.16), (-.11, -.2), (-.09, -.32)]), sole if chance(rng, .5) else "tone", edge=.3, seam=.4))
                shoe.append(Fill(smooth([(0, .31), (.07, .28), (.08, .12), (.05, .05), (-.05, .05), (-.08, .12), (-.07, .28)]), (46, 42, 42) if chance(rng, .5) else "inside", edge=.4, seam=.5))
                shoe.append(Fill(smooth([(-.05, -.15), (.05, -.15), (.06, .1), (-.06, .1)]), "tone", edge=.2, seam=.4))
                shoe += [Stroke(np.array([(-.065, y), (.065, y + .015)]), .026, laces) for y in np.linspace(-.13, .07, 5)]
                if len(spec.colours) > 1 and spec.pattern in ("plain", "graphic"):
                    shoe += [Stroke(np.array([(q * .12, -.08 + d), (q * .08, .06 + d)]), .03, "second") for q in (1, -1) for d in (0, .08)]
            else:
                shoe.append(Fill(smooth([(0, .32), (.075, .28), (.085, .05), (.05, -.12), (0, -.15), (-.05, -.12), (-.08, .05), (-.075, .28)]), one(rng, ["inside", (205, 185, 160), (60, 54, 52)]), edge=.35, seam=.5))
                if chance(rng, .5):
                    shoe.append(Fill(smooth([(0, -.19), (.07, -.24), (.07, -.15), (0, -.17), (-.07, -.15), (-.07, -.24)]), "tone", edge=.2, seam=.6))
        ops += moved(shoe, s * splay, s * gap, 2.1 + rng.uniform(-.04, .04), s)
    return ops


def side_shape(rng, spec, kind):
    """One shoe from the side, toe to the right, its ground at y 0, about 0.75 long."""
    sole = one(rng, SOLES)
    if kind == "sneaker":
        body = [(-.34, -.02, 1), (-.36, -.2), (-.34, -.3, 1), (-.2, -.29), (-.12, -.31, 1), (.02, -.2), (.2, -.15), (.35, -.11), (.38, -.03), (.36, -.0, 1)]
        ops = [Fill(smooth(body), "cloth", edge=.4, seam=.5), Fill(smooth([(-.37, -.055, 1), (.3, -.055), (.4, -.06), (.4, .01), (.3, .03, 1), (-.37, .03, 1)]), sole, edge=.15, seam=.5)]
        ops.append(Fill(smooth([(-.34, -.3), (-.22, -.32), (-.12, -.31), (-.16, -.27), (-.3, -.27)]), "inside", edge=.2))
        ops += [Stroke(np.array([(x, -.3 + (x + .12) * .75), (x + .05, -.23 + (x + .12) * .7)]), .028, (240, 240, 238)) for x in (-.1, -.04, .02, .08)]
        if chance(rng, .6):
            ops.append(Stroke(smooth([(-.2, -.09), (-.05, -.14), (.05, -.08)], closed=False), .04, "second" if len(spec.colours) > 1 else (235, 235, 232)))
        if chance(rng, .4):
            ops.append(Fill(smooth([(.2, -.15), (.35, -.11), (.39, -.05), (.25, -.05), (.18, -.1)]), sole, edge=.2, seam=.4))
        return ops
    if kind == "heel":
        high = rng.uniform(.16, .3)
        body = [(-.33, -high - .17, 1), (-.37, -high - .02), (-.34, -high + .03, 1), (-.2, -high + .05), (.05, -.03), (.2, .0), (.4, .0, 1), (.34, -.08), (.2, -.12, 1), (.1, -.12), (-.1, -high * .6), (-.22, -high - .03), (-.3, -high - .14)]
        ops = [Fill(np.array([(-.36, -high), (-.27, -high + .02), (-.31, .0), (-.345, .0)]), one(rng, ["plain", (46, 40, 40)]), edge=.2, seam=.4), Fill(smooth(body), "cloth", edge=.35, seam=.5)]
        if chance(rng, .4):
            ops.append(Stroke(smooth([(-.32, -high - .13), (-.2, -high - .16), (-.1, -high - .06)], closed=False), .025, "plain"))
        return ops
    if kind in ("boot", "ankle", "tall"):
        shaft = {"boot": rng.uniform(-.62, -.5), "ankle": rng.uniform(-.46, -.36), "tall": rng.uniform(-1.1, -.85)}[kind]
        heel = rng.uniform(.03, .12)
        body = [(-.34, -heel, 1), (-.36, -.25), (-.34, shaft, 1), (-.02, shaft, 1), (.0, -.3), (.12, -.2), (.3, -.16), (.39, -.08), (.38, -.02, 1), (0, -.03)]
        ops = [Fill(smooth(body), "cloth", edge=.45, seam=.5), Fill(np.array([(-.36, -heel), (-.05, -.03), (.4, -.04), (.4, .02), (-.05, .02), (-.14, .02 if heel < .06 else 0), (-.17, .03), (-.36, .03)]), one(rng, [(44, 40, 40), (120, 84, 52), (44, 40, 40)]), edge=.1, seam=.4)]
        if kind == "ankle" and chance(rng, .6) or kind == "boot" and chance(rng, .5):
            ops += [Stroke(np.array([(-.08, y), (.04 if y > -.3 else .0, y - .04)]), .024, one(rng, [(235, 225, 200), (40, 38, 40)])) for y in np.arange(shaft + .06, -.18, .075)]
        else:
            ops.append(Stroke(np.array([(-.17, shaft), (-.18, -.18)]), .016, None, .45))
        if chance(rng, .3):
            ops.append(Fill(smooth([(-.37, shaft - .03), (.0, shaft - .03), (.01, shaft + .06), (-.36, shaft + .06)]), (214, 196, 168), edge=.4))
        return ops
    if kind == "sandal":
        ops = [Fill(smooth([(-.36, -.05, 1), (0, -.03), (.38, -.04), (.4, .01), (.36, .03, 1), (-.36, .03, 1)]), one(rng, [(150, 115, 80), (60, 54, 52)]), edge=.2, seam=.5)]
        for x, lean in ((.2, -.05), (.05, -.08), (-.28, .06)):
            ops.append(Fill(smooth([(x - .05, -.03), (x - .05 + lean, -.17), (x + .03 + lean, -.18), (x + .06, -.03)]), "cloth", edge=.3, seam=.5))
        ops.append(Stroke(smooth([(-.3, -.12), (-.2, -.22), (-.05, -.12)], closed=False), .04, "cloth"))
        return ops
    body = [(-.34, -.02, 1), (-.36, -.14), (-.33, -.19, 1), (-.15, -.13), (.05, -.1), (.12, -.14, 1), (.28, -.1), (.38, -.03), (.36, .0, 1)]
    ops = [Fill(smooth(body), "cloth", edge=.4, seam=.5), Fill(np.array([(-.36, -.02), (.39, -.02), (.38, .02), (-.1, .02), (-.12, .04), (-.36, .04)]), one(rng, [(50, 44, 42), (140, 100, 62)]), edge=.1, seam=.4)]
    if chance(rng, .5):
        ops += [Stroke(np.array([(.05, -.1), (.14, -.1)]), .02, "tone"), Stroke(np.array([(.0, -.1), (.1, -.03)]), .012, None, .4)]
    return ops


def aside(rng, spec, kind):
    state = rng.bit_generator.state
    mirror = chance(rng, .35)
    s = one(rng, [1, -1])
    pair = []
    for k in (0, 1):
        rng.bit_generator.state = state  # both shoes of a pair are alike
        pair.append(side_shape(rng, spec, kind))
    if mirror:
        return moved(pair[0], rng.uniform(-.2, .2), -.38, 2.3, -1) + moved(pair[1], rng.uniform(-.2, .2), .38, 2.3, 1)
    dy = rng.uniform(.2, .34) if kind != "tall" else .06
    dx = rng.uniform(.05, .25) if kind != "tall" else .42
    turn = rng.uniform(-.12, .12)
    return moved(pair[0], turn, -dx, 2.1 - dy / 2, s) + moved(pair[1], turn + rng.normal(0, .06), dx, 2.1 + dy / 2, s)


def worn(rng, spec, kind):
    ops = []
    shaft = {"boot": .28, "ankle": .16, "tall": .55}.get(kind, .06)
    sole = one(rng, SOLES)
    for s in (-1, 1):
        shape = [(-.075, -.0 - shaft, 1), (.075, -shaft, 1), (.08, -.02), (.12, .1), (.11, .17), (0, .19), (-.08, .16), (-.085, .05)]
        shoe = [Fill(smooth([(x * 1.12, y * 1.1 + .01) for x, y, *_ in shape[3:]]), sole if kind == "sneaker" else (46, 42, 40), edge=.1), Fill(smooth(shape), "cloth", edge=.4, seam=.5)]
        if kind == "sneaker":
            shoe += [Stroke(np.array([(-.04, y), (.05, y + .01)]), .02, (240, 240, 238)) for y in (-.01, .03, .07)]
        ops += moved(shoe, 0, s * .19, 2.38, s)
    return ops


CUTS = {"hat": hat, "shoes": shoes}
