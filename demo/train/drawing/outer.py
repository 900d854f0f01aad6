"""Cuts of hoodies, blazers and jackets. Each takes (rng, spec, pose) and returns what to draw, back to front."""
import numpy as np

from .parts import SHARE, armholes, chance, collar, folds, hanger, hem_of, pocket, sleeves, torso
from .shapes import Dots, Fill, Print, Stroke, along, mirrored, smooth
from .words import one


def hoodie(rng, spec, pose):
    hem = hem_of(spec, rng.uniform(.98, 1.12))
    zipped = chance(rng, .4)
    neck = (.16, .1)
    body, half = torso(rng, neck, "v" if zipped else "crew", rng.uniform(.39, .43), rng.uniform(0, .4), rng.uniform(-.04, .0), hem)
    ops = hanger(pose)
    lift = rng.uniform(.2, .34) if not pose.worn else .13
    hood = mirrored([(0, -lift - .05), (.14, -lift - .02), (.235, -lift * .55), (.24, -.02), (.2, .09), (0, .16)])
    opening = mirrored([(0, -lift + .03), (.09, -lift + .05), (.145, -lift * .45), (.14, .0), (.07, .1), (0, .14)])
    ops += [Fill(smooth(hood), "cloth", edge=.5)]
    if not pose.worn:
        ops.append(Fill(smooth(opening), "inside", edge=.3, seam=.5))
    ops += sleeves(rng, pose, SHARE.get(spec.sleeve, .36), .175, .11, puff=.02, cuff="tone", cuff_size=.07)
    ops += [Fill(body)] + armholes(.39) + folds(rng, half, .4, hem, 2)
    for s in (1, -1):  # the hood's lower edge lies on the shoulders
        ops.append(Fill(smooth([(s * .2, -.1), (s * .25, .0), (s * .2, .1), (s * .02, .17, 1), (s * .02, .11), (s * .13, .03)]), "cloth", edge=.2, seam=.5))
    ops.append(Fill(np.array([(-half, hem - .075), (half, hem - .075), (half * .94, hem + .01), (-half * .94, hem + .01)]), "tone", edge=.1))
    if chance(rng, .85):
        pouch = [(0, .62), (.15, .62, 1), (.25, .84, 1), (.24, hem - .08, 1), (0, hem - .08)]
        if spec.length != "cropped":
            ops.append(Fill(smooth(mirrored(pouch), rounds=1), "cloth", edge=.12, seam=.55))
    if zipped:
        ops += [Stroke(np.array([(0, .13), (0, hem)]), .03, "inside"), Stroke(np.array([(0, .13), (0, hem)]), .012, "trim")]
    cord = "trim" if chance(rng, .7) else "tone"
    for s in (1, -1):
        end = .16 + rng.uniform(.12, .28)
        ops.append(Stroke(smooth([(s * .06, .12), (s * .07, .2), (s * rng.uniform(.05, .09), end)], closed=False), .02, cord))
        ops.append(Dots(np.array([(s * .06, .115)]), .014, "trim"))
    if spec.pattern == "graphic":
        ops.append(Print((0, .4), (.27, .17)))
    return ops


def blazer(rng, spec, pose):
    hem, double = rng.uniform(1.0, 1.16), chance(rng, .25)
    stop = rng.uniform(.5, .66)  # where the lapels meet
    fit = rng.uniform(.4, 1)
    shoulder = rng.uniform(.38, .42)
    arm, waist, half = shoulder - .02, shoulder - .05 - .06 * fit, shoulder - .02
    ops = hanger(pose)
    under = (238, 238, 234) if pose.worn is False and chance(rng, .12) else "inside"
    if not pose.worn:
        ops.append(Fill(smooth(mirrored([(0, -.07), (.13, -.08), (.2, .1), (.1, .4), (0, stop + .03)])), under, edge=.25))
    ops += sleeves(rng, pose, SHARE[spec.sleeve or "long"], .165, .1, shoulder=shoulder)
    overlap = .12 if double else .02
    cut = rng.uniform(.06, .2)
    worn_open = chance(rng, .25)
    lower = .07 if worn_open else -overlap
    for s in (-1, 1):  # left panel first, right one over it
        gap = lower if s > 0 else (.07 if worn_open else -overlap)
        rows = [(.13, -.06, 1), (shoulder, .05, 1), (arm, .34), (waist, .62), (half, .85), (half, hem - .02), (half - .06, hem), (max(gap, 0) + cut, hem + .02), (gap + .01, hem - cut * .8), (gap, stop + .08), (gap, stop, 1), (.1, .22)]
        ops.append(Fill(smooth([(s * p[0], *p[1:]) for p in rows])))
        roll = [(.12, -.1, 1), (.19, .02), (.235, .19, 1), (.16, .215, 1), (.2, .27, 1), (.12, .42), (gap, stop, 1), (.05, .25), (.1, .05)]
        ops.append(Fill(smooth([(s * p[0], *p[1:]) for p in roll], rounds=1), "tone" if chance(rng, .5) and spec.pattern == "plain" else "cloth", turn=.5 * s, edge=.12, seam=.7))
    ops += armholes(shoulder)
    ys = np.array([stop + .03]) if chance(rng, .35) else np.array([stop + .03, stop + .17])
    if not worn_open:
        xs = [-.09, .09] if double else [0]
        ops.append(Dots(np.array([(x, y) for y in ys for x in xs]), .022, "button"))
    for s in (1, -1):
        ops += pocket(s * .2, .8, .085, flap=True)
    ops += [Stroke(np.array([(.13, .37), (.24, .35)]), .022, None, .5)] + folds(rng, half, .5, hem, 2)
    return ops


def quilt(half, y0, y1, n):
    ops = []
    for y in np.linspace(y0, y1, n):
        ops.append(Stroke(smooth([(-half, y), (0, y + .015), (half, y)], closed=False), .028, None, .32))
        ops.append(Stroke(smooth([(-half * .95, y + .05), (half * .95, y + .05)], closed=False), .03, "tone"))
    return ops


def jacket(rng, spec, pose):
    hem = {"short": rng.uniform(.92, 1.1), "knee": rng.uniform(1.4, 1.65), "long": rng.uniform(1.8, 2.05)}[spec.length or "short"]
    long = hem > 1.2
    style = one(rng, ["coat", "parka", "puffer", "coat"] if long else ["puffer", "bomber", "denim", "rain", "biker", "parka"])
    shoulder = rng.uniform(.4, .44)
    fit = {"coat": .4, "parka": .2, "puffer": .0}.get(style, .2)
    arm, waist = shoulder - .01, shoulder - .03 - .06 * fit
    half = shoulder + (rng.uniform(.0, .1) if long else (-.03 if style in ("bomber", "denim", "biker") else .02))
    opened = chance(rng, .3)
    gap = rng.uniform(.05, .11) if opened else -.01
    ops = hanger(pose)
    if style in ("parka", "rain") or (style == "puffer" and chance(rng, .5)):
        fur = style == "parka" and chance(rng, .6)
        lift = .26 if not pose.worn else .1
        ops.append(Fill(smooth(mirrored([(0, -lift - .04), (.16, -lift), (.26, -lift * .4), (.24, .05), (0, .16)])), (196, 172, 140) if fur else "cloth", edge=.5))
        if not pose.worn:
            ops.append(Fill(smooth(mirrored([(0, -lift + .04), (.1, -lift + .06), (.16, -.05), (.1, .08), (0, .12)])), "inside", edge=.3, seam=.5))
    if not pose.worn:
        ops.append(Fill(smooth(mirrored([(0, -.08), (.14, -.07), (.16, .2), (max(gap, .02) + .02, .5), (max(gap, .02) + .02, hem - .03), (0, hem - .02)])), "inside", edge=.25))
    share = SHARE.get(spec.sleeve, 0)
    if share:
        bulky = .035 if style == "puffer" else .0
        ops += sleeves(rng, pose, share, .18 + bulky, .115 + bulky, shoulder=shoulder, cuff="tone" if style in ("bomber", "puffer") else ("cloth" if style == "denim" else None), cuff_size=.08)
        if style == "puffer":
            for path in pose.arms:
                for t in (.35, .55, .75):
                    p = along(path, t)[-1]
                    d = path[2] - path[0]
                    n = np.array([-d[1], d[0]]) / np.linalg.norm(d) * .17
                    ops.append(Stroke(np.stack([p - n, p + n]), .025, None, .3))
    for s in (-1, 1):
        rows = [(.13, -.05, 1), (shoulder, .05, 1), (arm, .36), (waist, .66), (half, min(hem - .05, 1.0)), (half, hem, 1), (max(gap, 0) + .0 if gap > 0 else -.01, hem + .01, 1), (gap, .6), (gap if gap > 0 else -.01, .12, 1), (.1, .04)]
        ops.append(Fill(smooth([(s * p[0], *p[1:]) for p in rows])))
    ops += armholes(shoulder) if style != "puffer" else []
    if style == "puffer":
        ops += quilt(half, .22, hem - .12, max(4, int((hem - .2) / .15)))
    if style == "coat":
        stop = rng.uniform(.4, .55)
        for s in (-1, 1):
            big = [(.12, -.1, 1), (.22, .02), (.28, .2, 1), (.2, .24, 1), (.23, .31, 1), (.12, .45), (max(gap, 0), stop, 1), (.05, .2)]
            ops.append(Fill(smooth([(s * p[0], *p[1:]) for p in big], rounds=1), "cloth", turn=.4 * s, edge=.12, seam=.6))
        xs = [-.1, .1] if chance(rng, .5) else [.03]
        if not opened:
            ops.append(Dots(np.array([(x, y) for y in np.arange(stop + .05, min(hem - .3, 1.3), .2) for x in xs]), .025, "button"))
        if chance(rng, .4):
            ops += [Fill(np.array([(-waist, .66), (waist, .66), (waist, .74), (-waist, .74)]), "tone", edge=.1, seam=.5), Fill(np.array([(-.06, .65), (.06, .65), (.06, .75), (-.06, .75)]), "trim", edge=.1)]
    else:
        zip_role = "trim"
        slant = .22 if style == "biker" else 0
        ops.append(Stroke(np.array([(slant, .1), (gap if opened else 0, hem)]) if not opened else np.array([(gap, .1), (gap, hem)]), .018, zip_role if style != "denim" else None, .5))
        if opened:
            ops.append(Stroke(np.array([(-gap, .1), (-gap, hem)]), .018, zip_role))
        if style in ("bomber", "puffer") or (style == "rain" and chance(rng, .3)):
            ops.append(Fill(smooth(mirrored([(0, -.1), (.13, -.13), (.16, -.02), (.02, .1)])), "tone", edge=.25))
        if style == "bomber":
            ops.append(Fill(np.array([(-half, hem - .09), (half, hem - .09), (half * .93, hem + .01), (-half * .93, hem + .01)]), "tone", edge=.1))
        if style in ("denim", "biker"):
            ops += collar((.14, .1), "cloth", .22, .17)
        if style == "denim":
            ops += [Dots(np.stack([np.full(6, .0), np.linspace(.15, hem - .1, 6)], 1), .02, "thread"), Stroke(np.array([(-.38, .3), (.38, .3)]), .012, "thread")]
            for s in (1, -1):
                ops += pocket(s * .2, .3, .085, flap=True) + [Stroke(np.array([(s * .13, .36), (s * .1, hem - .08)]), .01, "thread"), Stroke(np.array([(s * .27, .36), (s * .24, hem - .08)]), .01, "thread")]
            ops.append(Fill(np.array([(-half, hem - .08), (half, hem - .08), (half, hem + .01), (-half, hem + .01)]), "cloth", edge=.1, seam=.5))
        if style == "biker":
            for s in (1, -1):
                lapel = [(.1, -.05, 1), (.24, .12), (.28, .3, 1), (.1, .42, 1)]
                ops.append(Fill(smooth([(s * p[0], *p[1:]) for p in lapel], rounds=1), "cloth", edge=.15, seam=.6))
            ops.append(Stroke(np.array([(-.3, .7), (-.16, .62)]), .016, "trim"))
    if style in ("parka", "rain", "puffer", "coat"):
        for s in (1, -1):
            if chance(rng, .5):
                ops += pocket(s * .22, .78 if not long else .86, .1, .2, flap=chance(rng, .4))
            else:
                ops.append(Stroke(np.array([(s * .27, .7), (s * .2, .88)]), .022, None, .5))
    ops += folds(rng, half, .45, hem, 3)
    if spec.pattern == "graphic":
        ops.append(Print((.19, .36), (.1, .09)) if chance(rng, .5) else Print((0, .48), (.26, .14)))
    return ops


CUTS = {"hoodie": hoodie, "blazer": blazer, "jacket": jacket}
