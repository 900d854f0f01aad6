"""Cuts of trousers, shorts and skirts. Each takes (rng, spec, pose) and returns what to draw, back to front."""
import numpy as np

from .parts import chance, folds, ruffle
from .shapes import Dots, Fill, Print, Stroke, between, flip, mirrored, smooth
from .words import one

TOP = .66  # where a waistband sits


def waistband(rng, half, y=TOP, high=.075, elastic=None):
    """A band with a button and belt loops, or an elastic one with a cord."""
    elastic = chance(rng, .35) if elastic is None else elastic
    band = np.array([(-half, y - high / 2), (half, y - high / 2), (half * 1.03, y + high / 2), (-half * 1.03, y + high / 2)])
    ops = [Fill(smooth(mirrored([(0, y - high / 2 - .035), (half * .95, y - high / 2, 1), (half * .9, y + .02), (0, y + .02)])), "inside", edge=.1)]
    ops.append(Fill(band, "tone" if elastic else "cloth", edge=.15, seam=.45))
    if elastic:
        ops += [Stroke(np.array([(x, y - high / 2), (x, y + high / 2)]), .012, None, .25) for x in np.linspace(-half, half, 12)[1:-1]]
        if chance(rng, .6):
            ops += [Stroke(smooth([(s * .02, y), (s * .05, y + .1), (s * rng.uniform(.02, .09), y + .24)], closed=False), .02, "trim") for s in (1, -1)]
    else:
        ops.append(Dots(np.array([(0, y)]), .024, one(rng, ["button", "trim"])))
        ops += [Fill(np.array([(x - .014, y - high * .55), (x + .014, y - high * .55), (x + .014, y + high * .6), (x - .014, y + high * .6)]), "plain", edge=0, seam=.5) for x in (-half * .6, half * .6)]
    return ops


def fly(rng, crotch, y=TOP):
    return [Stroke(smooth([(.0, y + .04), (.0, crotch)], closed=False), .014, None, .5), Stroke(smooth([(.055, y + .05), (.055, crotch - .1), (.0, crotch - .04)], closed=False), .011, None, .35)]


def front_pockets(rng, half, y=TOP):
    """Slanted or curved pocket openings."""
    if chance(rng, .5):
        line = smooth([(half * .45, y + .04), (half * .62, y + .17), (half * 1.1, y + .2)], closed=False)
    else:
        line = np.array([(half * .65, y + .04), (half * 1.12, y + .28)])
    return [Stroke(line, .015, None, .5), Stroke(flip(line), .015, None, .5)]


def leg(rng, waist, hip, crotch, bottom, knee_half, hem_half, lean, y=TOP):
    """Right leg with its half of the seat; `lean` angle of the leg outwards, radians."""
    def out(v):
        return np.tan(lean) * max(0.0, v - .9)
    length = bottom - crotch
    c, k = .01 + (hip / 2 if hip > 0 else 0), crotch + length * .5
    mid = c + .02
    rows = [(0, y), (waist, y, 1), (hip, .95), (mid + knee_half + out(k), k), (mid + hem_half + out(bottom), bottom, 1),
            (mid - hem_half + out(bottom), bottom, 1), (max(mid - knee_half, .01) + out(k), k), (.012, crotch + .05), (0, crotch, 1)]
    return rows, (mid + out(bottom), bottom)


def legs(rng, spec, pose, bottom, widths):
    """Both legs, the left one behind. Returns ops, waist half width, crotch, hem centres."""
    waist, hip = rng.uniform(.25, .32), rng.uniform(.33, .38)
    crotch = rng.uniform(1.06, 1.16)
    knee_half, hem_half = widths
    ops, hems = [], []
    for s in (-1, 1):
        lean = pose.legs + rng.normal(0, .015)
        rows, hem = leg(rng, waist, hip, crotch, bottom, knee_half, hem_half, lean)
        ops.append(Fill(smooth([(s * p[0], *p[1:]) for p in rows]), "cloth", turn=-lean * s, edge=.35))
        hems.append((s * hem[0], hem[1]))
    return ops, waist, hip, crotch, hems


def trousers(rng, spec, pose):
    bottom = rng.uniform(1.85, 2.0) if spec.length == "cropped" else rng.uniform(2.28, 2.45)
    style = one(rng, ["jeans", "jeans", "chino", "wide", "leggings", "joggers", "suit"])
    knee_half, hem_half = {"jeans": (.15, .12), "chino": (.155, .125), "wide": (.19, rng.uniform(.2, .27)), "leggings": (.125, .085), "joggers": (.16, .1), "suit": (.16, .14)}[style]
    if style == "jeans" and chance(rng, .3):
        hem_half = .17
    ops, waist, hip, crotch, hems = legs(rng, spec, pose, bottom, (knee_half, hem_half))
    ops += waistband(rng, waist, elastic=style in ("leggings", "joggers"))
    if style not in ("leggings", "joggers"):
        ops += fly(rng, crotch - .05)
    ops.append(Stroke(np.array([(0, crotch - .12), (0, crotch)]), .016, None, .5))
    if style != "leggings":
        ops += front_pockets(rng, waist)
    if style in ("jeans", "chino") and chance(rng, .5):
        ops += [Stroke(np.array([(x - hem_half, y - .05), (x + hem_half, y - .05)]), .012, "thread" if style == "jeans" else None, .4) for x, y in hems]
    if style == "suit":
        ops += [Stroke(np.array([(x * .75 + s * .02, TOP + .1), (x, y)]), .012, None, .3) for s, (x, y) in zip((-1, 1), hems)]
    if style == "joggers":
        ops += [Fill(np.array([(x - hem_half, y - .09), (x + hem_half, y - .09), (x + hem_half * .85, y + .01), (x - hem_half * .85, y + .01)]), "tone", edge=.15) for x, y in hems]
        if len(spec.colours) > 1 and spec.pattern in ("plain", "graphic"):
            for s, (x, y) in zip((-1, 1), hems):
                ops.append(Stroke(smooth([(s * (waist + .0), TOP + .1), (s * (hip - .03), 1.0), (x + s * (knee_half - .02) * .8, (crotch + y) / 2), (x + s * hem_half * .8, y - .1)], closed=False), .035, "second"))
    for s, (x, y) in zip((-1, 1), hems):  # creases behind the knee and at the lap
        for _ in range(2):
            k = between(crotch, y, rng.uniform(.3, .65))
            ops.append(Stroke(smooth([(s * .05 + x * .5, k), (x * .8 + s * .04, k + .03), (x * .8 + s * .12, k - .01)], closed=False), .035, None, .4, soft=True))
        ops.append(Stroke(smooth([(s * .02, crotch - .02), (s * .14, crotch - .07), (s * .24, crotch - .12)], closed=False), .03, None, .45, soft=True))
    if spec.pattern == "graphic":
        ops.append(Print((.19, 1.25), (.09, .12)))
    return ops


def shorts(rng, spec, pose):
    bottom = rng.uniform(1.22, 1.38) if spec.length == "short" else rng.uniform(1.55, 1.72)
    wide = rng.uniform(.165, .2)
    pose_wide = type(pose)(pose.arms, pose.legs + rng.uniform(.02, .12), pose.worn, pose.hung)
    ops, waist, hip, crotch, hems = legs(rng, spec, pose_wide, bottom, (wide * .97, wide + rng.uniform(0, .03)))
    elastic = chance(rng, .5)
    ops += waistband(rng, waist, elastic=elastic)
    if not elastic:
        ops += fly(rng, crotch - .05)
    ops.append(Stroke(np.array([(0, crotch - .12), (0, crotch)]), .016, None, .5))
    ops += front_pockets(rng, waist)
    turned = chance(rng, .35)
    for s, (x, y) in zip((-1, 1), hems):
        if turned:
            ops.append(Fill(np.array([(x - wide, y - .08), (x + wide, y - .08), (x + wide * 1.03, y + .01), (x - wide * 1.03, y + .01)]), "tone", edge=.15, seam=.5))
        else:
            ops.append(Stroke(np.array([(x - wide, y - .04), (x + wide, y - .04)]), .011, None, .3))
        if chance(rng, .2) and bottom > 1.5:
            ops.append(Fill(np.array([(x - .02 + s * .02, y - .34), (x + s * .16, y - .34), (x + s * .16, y - .14), (x - .02 + s * .02, y - .14)]), "cloth", edge=.15, seam=.5))
        ops.append(Stroke(smooth([(s * .02, crotch - .02), (s * .14, crotch - .07), (s * .24, crotch - .12)], closed=False), .03, None, .45, soft=True))
    if spec.pattern == "graphic":
        ops.append(Print((.2, bottom - .17), (.09, .08)))
    return ops


def skirt(rng, spec, pose):
    bottom = {"short": rng.uniform(1.12, 1.3), "knee": rng.uniform(1.45, 1.62), "midi": rng.uniform(1.8, 2.0), "long": rng.uniform(2.2, 2.42)}[spec.length or "knee"]
    style = one(rng, ["pencil", "flared", "flared", "pleated", "denim", "tiered"])
    waist = rng.uniform(.24, .3)
    flare = {"pencil": rng.uniform(-.03, .03), "flared": rng.uniform(.14, .32), "pleated": rng.uniform(.12, .25), "denim": rng.uniform(.02, .1), "tiered": rng.uniform(.15, .3)}[style]
    half = .36 + flare * (.55 + .45 * (bottom - 1))
    hip = .355 + max(0, flare) * .3
    dip = .05 if flare > .1 else .015
    rows = [(0, TOP), (waist, TOP, 1), (hip, .92 if bottom > 1.2 else .88), (half, bottom, 1), (half * .5, bottom + dip), (0, bottom + dip)]
    ops = [Fill(smooth(mirrored(rows)))]
    if style == "pleated":
        n = int(rng.integers(8, 14))
        for x in np.linspace(-.95, .95, n):
            ops.append(Stroke(np.array([(x * waist, TOP), (x * hip, .9), (x * half, bottom + dip * (1 - abs(x)))]), .018, None, .4))
    elif style in ("flared", "tiered"):
        for x in np.linspace(-.85, .85, 6) + rng.uniform(-.06, .06, 6):
            ops.append(Stroke(smooth([(x * between(waist, half, .3), between(TOP, bottom, rng.uniform(.1, .5))), (x * between(waist, half, .75), between(TOP, bottom, .75)), (x * half, bottom)], closed=False), rng.uniform(.02, .05), None, rng.uniform(.35, .7), soft=True))
        if style == "tiered":
            for t in (.36, .68) if bottom > 1.3 else (.5,):
                y, w = between(TOP, bottom, t), between(waist, half, t ** .8)
                ops.append(Stroke(smooth([(-w, y), (0, y + .02), (w, y)], closed=False), .018, None, .4))
        if chance(rng, .25):
            ops += ruffle(rng, [(half, bottom - .04), (0, bottom + .02), (-half, bottom - .04)], -.09, 11)
    elif style == "denim":
        if chance(rng, .5):
            ops += [Stroke(np.array([(0, TOP), (0, bottom)]), .012, None, .5), Dots(np.stack([np.zeros(5), np.linspace(TOP + .1, bottom - .08, 5)], 1), .022, "trim")]
        else:
            ops += fly(rng, .95)
        ops += front_pockets(rng, waist)
        ops.append(Stroke(np.array([(-half, bottom - .04), (half, bottom - .04)]), .011, "thread"))
    else:
        ops += folds(rng, .25, .8, bottom, 2)
        if chance(rng, .4):
            ops.append(Stroke(np.array([(.14, bottom + .01), (.12, between(TOP, bottom, .6))]), .02, None, .6))
        if chance(rng, .4):
            ops += [Stroke(np.array([(s * waist * .5, TOP), (s * waist * .6, TOP + .16)]), .012, None, .3) for s in (1, -1)]
    ops += waistband(rng, waist, elastic=chance(rng, .4) if style != "denim" else False, high=rng.uniform(.05, .1))
    if spec.pattern == "graphic":
        ops.append(Print((.1, bottom - .18), (.12, .1)))
    return ops


CUTS = {"trousers": trousers, "shorts": shorts, "skirt": skirt}
