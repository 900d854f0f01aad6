"""Cuts of what is worn on the upper body. Each takes (rng, spec, pose) and returns what to draw, back to front."""
import numpy as np

from .parts import SHARE, armholes, back_neck, chance, collar, folds, front, hanger, hem_of, neck_band, neckline, placket, pocket, ruffle, sleeves, torso
from .shapes import Dots, Fill, Print, Stroke, between, ellipse, flip, mirrored, smooth
from .words import one


def t_shirt(rng, spec, pose):
    kind = one(rng, ["crew", "crew", "crew", "v", "scoop"])
    neck = neckline(rng, kind)
    hem, fit = hem_of(spec, rng.uniform(.95, 1.12)), rng.uniform(0, .8)
    body, half = torso(rng, neck, kind, rng.uniform(.36, .42), fit, rng.uniform(-.02, .04), hem)
    ops = hanger(pose) + back_neck(neck, kind, pose)
    ops += sleeves(rng, pose, SHARE["short"] * rng.uniform(.8, 1.1), .17, rng.uniform(.13, .17), cuff="second" if len(spec.colours) > 1 and chance(rng, .15) else None, cuff_size=.03)
    ops += [Fill(body)] + armholes(.38) + folds(rng, half, .45, hem, 2)
    ops.append(neck_band(neck, kind, one(rng, ["tone", "cloth", "cloth", "second"]) if len(spec.colours) > 1 else one(rng, ["tone", "cloth"]), .04))
    ops.append(Stroke(np.array([(-half, hem - .03), (half, hem - .03)]), .008, None, .2))
    if spec.pattern == "graphic":
        ops.append(Print((0, .42), (.27, .22)) if chance(rng, .85) else Print((.16, .27), (.1, .08)))
    return ops


def long_sleeve(rng, spec, pose):
    kind = one(rng, ["crew", "crew", "crew", "v", "boat", "scoop"])
    neck = neckline(rng, kind)
    hem, fit = hem_of(spec, rng.uniform(.95, 1.1)), rng.uniform(0, .8)
    body, half = torso(rng, neck, kind, rng.uniform(.37, .42), fit, rng.uniform(-.03, .02), hem)
    rib = chance(rng, .5)
    ops = hanger(pose) + back_neck(neck, kind, pose)
    ops += sleeves(rng, pose, SHARE[spec.sleeve or "long"], .16, rng.uniform(.075, .1), puff=rng.uniform(0, .03), cuff="tone" if rib else None)
    ops += [Fill(body)] + armholes(.38) + folds(rng, half, .45, hem, 2)
    if rib:
        ops.append(Fill(np.array([(-half, hem - .06), (half, hem - .06), (half * .95, hem + .015), (-half * .95, hem + .015)]), "tone", edge=.1))
    if chance(rng, .15):  # a roll neck
        ops.append(Fill(smooth(mirrored([(0, -.16), (.12, -.16), (.14, -.04), (0, .05)])), "tone", edge=.4))
    else:
        ops.append(neck_band(neck, kind, "tone" if rib else "cloth", .05))
    if spec.pattern == "graphic":
        ops.append(Print((0, .42), (.27, .22)))
    return ops


def polo(rng, spec, pose):
    neck = (.13, .2)
    hem = rng.uniform(.95, 1.12)
    body, half = torso(rng, neck, "v", rng.uniform(.37, .42), rng.uniform(0, .7), rng.uniform(-.02, .03), hem)
    trim = "second" if len(spec.colours) > 1 and chance(rng, .4) else ("cloth" if chance(rng, .6) else "tone")
    ops = hanger(pose) + back_neck(neck, "v", pose)
    ops += sleeves(rng, pose, SHARE[spec.sleeve or "short"], .17, .13 if spec.sleeve != "long" else .085, cuff="tone" if trim == "cloth" else trim, cuff_size=.045)
    ops += [Fill(body)] + armholes(.38) + folds(rng, half, .5, hem, 2)
    bottom = rng.uniform(.3, .36)
    ops.append(Fill(np.array([(-.035, .05), (.035, .05), (.035, bottom), (-.035, bottom)]), "cloth" if trim != "second" else "plain", edge=.1, seam=.6))
    ops.append(Dots(np.stack([np.zeros(3), np.linspace(.12, bottom - .04, 3)], 1), .017, "button"))
    ops += collar(neck, trim, rng.uniform(.15, .19), rng.uniform(.13, .18))
    if spec.pattern == "graphic":
        ops.append(Print((.19, .32), (.08, .07)) if chance(rng, .4) else Print((0, .6), (.26, .18)))
    elif chance(rng, .3):
        ops.append(Dots(np.array([(.19, .3)]), .025, "trim"))
    return ops


def shirt(rng, spec, pose):
    neck = (.12, .08)
    hem, tail = rng.uniform(1.0, 1.15), one(rng, [0, .08, .13])
    body, half = torso(rng, neck, "crew", rng.uniform(.37, .42), rng.uniform(0, .8), rng.uniform(-.02, .03), hem, shirt_tail=tail)
    share = SHARE[spec.sleeve or "long"]
    ops = hanger(pose) + sleeves(rng, pose, share, .165, .095 if share > .5 else .145, cuff="cloth" if share > .5 or chance(rng, .4) else None, cuff_size=.09 if share > .5 else .03)
    ops += [Fill(body)] + armholes(.38) + folds(rng, half, .5, hem, 3)
    ops += placket(rng, .1, hem - .1, n=int(rng.integers(5, 8)), wide=.03)
    pockets = rng.random()
    if pockets < .55:
        ops += pocket(.17, .3, .075, .15)
    if pockets < .2:
        ops += pocket(-.17, .3, .075, .15)
    ops += collar(neck, "cloth" if chance(rng, .93) else "second", rng.uniform(.14, .18), rng.uniform(.13, .19))
    if spec.pattern == "graphic":
        ops.append(Print((-.18, .34), (.09, .08)))
    return ops


def blouse(rng, spec, pose):
    kind = one(rng, ["v", "v", "scoop", "crew", "boat"])
    neck = neckline(rng, kind)
    hem = hem_of(spec, rng.uniform(.92, 1.08))
    flare = rng.uniform(.05, .16)
    body, half = torso(rng, neck, kind, rng.uniform(.34, .39), rng.uniform(.2, .8), flare, hem, curve=rng.uniform(.02, .06))
    ops = hanger(pose) + back_neck(neck, kind, pose)
    if spec.sleeve in SHARE:
        share = SHARE[spec.sleeve]
        style = rng.random()
        if style < .65:
            ops += sleeves(rng, pose, share, .15, .1, puff=rng.uniform(.07, .13), cuff="cloth", cuff_size=.07 if share > .5 else .04)
        else:
            ops += sleeves(rng, pose, share, .15, .12, flare=rng.uniform(.08, .16))
    else:
        for s in (1, -1):
            ops += ruffle(rng, np.array([(s * .3, .0), (s * .4, .12), (s * .33, .3)])[::s], -.09 * 1, 5)
    ops += [Fill(body)] + armholes(.36) + folds(rng, half, .35, hem, 5)
    detail = rng.random()
    if detail < .3:  # a bow with two tails
        for s in (1, -1):
            ops.append(Fill(smooth([(0, .1), (s * .05, .12), (s * rng.uniform(.08, .14), .5, 1), (s * .03, .52, 1)]), "cloth", edge=.3, seam=.5))
            ops.append(Fill(smooth([(0, .07), (s * .17, .0), (s * .2, .1), (s * .16, .15), (0, .11)]), "cloth", edge=.3, seam=.55))
        ops.append(Fill(ellipse(0, .095, .04, .045), "cloth", seam=.55))
    elif detail < .55:  # ruffles down the front or across
        if chance(rng, .5):
            for s in (1, -1):
                ops += ruffle(rng, [(s * .02, .12), (s * .03, .4), (s * .02, .7)][::s], -.09, 7)
        else:
            ops += ruffle(rng, [(.36, .22), (.15, .34), (-.15, .34), (-.36, .22)], -.1, 9)
    elif detail < .75:  # round collar
        for s in (1, -1):
            ops.append(Fill(smooth([(0, neck[1] * .8), (s * neck[0], -.05), (s * (neck[0] + .07), -.02), (s * .16, neck[1] + .06), (s * .04, neck[1] + .07)]), "plain" if chance(rng, .5) else (240, 240, 238), edge=.1, seam=.5))
        ops += placket(rng, neck[1] + .1, hem - .15, n=5, wide=.02, line=False)
    else:
        ops += placket(rng, neck[1] + .06, hem - .1, n=6, wide=.022)
        ops.append(neck_band(neck, kind, "cloth", .03))
    if chance(rng, .4) and spec.length != "cropped":
        ops += ruffle(rng, [(half, hem - .03), (0, hem), (-half, hem - .03)], -.09, 9)
    elif chance(rng, .4):
        y = hem - .12
        ops.append(Stroke(smooth([(-half * .95, y), (0, y + .02), (half * .95, y)], closed=False), .02, None, .35))
    return ops


def top(rng, spec, pose):
    hem = .62 * rng.uniform(.92, 1.08) if spec.length == "cropped" else rng.uniform(.88, 1.02)
    flare, style = one(rng, [0, .03, .09, .14]), rng.random()
    ops = hanger(pose)
    if spec.sleeve != "sleeveless" or style < .16:  # bare shoulders
        y = rng.uniform(.1, .16)
        if spec.sleeve in SHARE:
            ops += sleeves(rng, pose, SHARE[spec.sleeve] * .95, .13, .09, shoulder=.42, puff=rng.uniform(.02, .07))
        rows = [(0, y + .04), (.28, y + .01), (.37, y - .02, 1), (.36, .34), (.31, .6), (.33 + flare, hem, 1), (0, hem + .02)]
        ops += [Fill(smooth(mirrored(rows)))] + folds(rng, .3, .4, hem, 2)
        if spec.sleeve == "sleeveless" or chance(rng, .6):
            ops += ruffle(rng, [(.42, y - .02), (.2, y + .04), (-.2, y + .04), (-.42, y - .02)], -.13, 10)
        return ops + ([Print((0, .5), (.2, .12))] if spec.pattern == "graphic" else [])
    strap, y, deep = rng.uniform(.16, .22), rng.uniform(.12, .18), rng.uniform(.06, .2)
    if style < .3:  # halter
        rows = [(0, .0), (.11, -.03, 1), (.15, .03), (.3, .33, 1), (.31, .6), (.33 + flare, hem, 1), (0, hem + .02)]
        ops += [Fill(smooth(mirrored(rows))), Stroke(smooth([(-.12, .0), (0, -.12), (.12, .0)], closed=False), .035, "cloth")]
        return ops + folds(rng, .3, .4, hem, 2) + ([Print((0, .45), (.2, .14))] if spec.pattern == "graphic" else [])
    vee = chance(rng, .5)
    rows = [(0, y + deep, 1 if vee else 0), (strap * .6, y + deep * (.45 if vee else .85)), (strap, y, 1), (strap + .06, y + .06), (.32, .35, 1), (.3, .62), (.33 + flare, hem, 1), (0, hem + .02)]
    back = smooth(mirrored([(0, y + .1), (strap, y + .06), (.3, .33), (0, .4)]))
    if not pose.worn:
        ops.append(Fill(back, "inside", edge=.1))
    for s in (1, -1):
        ops.append(Stroke(smooth([(s * strap, y + .02), (s * strap * .97, -.0), (s * strap * .8, -.12)] if not pose.worn else [(s * strap, y + .02), (s * strap, -.04)], closed=False), rng.uniform(.022, .035), "plain"))
    ops += [Fill(smooth(mirrored(rows)))] + folds(rng, .3, .4, hem, 3)
    detail = rng.random()
    if detail < .3:
        path = [(strap, y), (strap * .5, y + deep * .6), (0, y + deep), (-strap * .5, y + deep * .6), (-strap, y)]
        ops += ruffle(rng, path, -.06, 8)
    elif detail < .5:
        ops += [Stroke(np.array([(-.31, .42), (.31, .42)]), .014, None, .4)]
    elif detail < .65:
        ops += [Stroke(np.array([(x, y + deep + .02), (x, hem)]), .01, None, .25) for x in np.linspace(-.24, .24, 7)]
    elif detail < .8:
        ops += placket(rng, y + deep + .05, hem - .08, n=5, wide=.02)
    if spec.pattern == "graphic":
        ops.append(Print((0, .55), (.2, .13)))
    return ops


def tank(rng, spec, pose):
    wide, deep = rng.uniform(.15, .2), rng.uniform(.2, .34)
    outer, hem = wide + rng.uniform(.08, .13), rng.uniform(.98, 1.18)
    flare, narrow = rng.uniform(-.02, .06), rng.uniform(0, .05)
    rows = [(0, deep), (wide * .6, deep * .9), (wide * .95, deep * .4), (wide, -.06, 1), (outer, -.03, 1), (outer - narrow, .15), (outer + .0, .3), (.35, .4, 1), (.33, .66), (.35 + flare, hem, 1), (0, hem + .02)]
    ops = hanger(pose)
    if not pose.worn:
        ops.append(Fill(smooth(mirrored([(0, .06), (wide, -.06, 1), (outer, -.03, 1), (outer - .02, .2), (.34, .4), (0, .45)])), "inside", edge=.15))
    ops += [Fill(smooth(mirrored(rows)))] + folds(rng, .3, .45, hem, 3)
    band = one(rng, ["tone", "cloth", "tone", "second" if len(spec.colours) > 1 else "tone"])
    ops.append(Stroke(smooth([(wide, -.06), (wide * .95, deep * .4), (wide * .6, deep * .9), (0, deep), (-wide * .6, deep * .9), (-wide * .95, deep * .4), (-wide, -.06)], closed=False), .03, band))
    side = smooth([(outer, -.03), (outer - narrow, .15), (outer, .3), (.35, .4)], closed=False)
    ops += [Stroke(side, .025, band), Stroke(flip(side), .025, band)]
    if spec.pattern == "graphic":
        ops.append(Print((0, .58), (.24, .2)))
    return ops


def bodysuit(rng, spec, pose):
    style = rng.random()
    hem = 1.13
    if style < .55:  # a baby's: wide, envelope neck, round legs, snaps
        kind = one(rng, ["crew", "scoop"])
        neck = neckline(rng, kind)
        high, half = rng.uniform(.82, .92), rng.uniform(.34, .4)
        rows = [(0, neck[1]), (neck[0] * .6, neck[1] * .9), (neck[0], -.05, 1), (.37, .05, 1), (half - .01, .36), (half, .6), (half - .01, high, 1), (.21, high + .09), (.13, hem, 1), (0, hem + .02)]
    else:
        kind = one(rng, ["scoop", "v", "square", "deep"])
        neck = neckline(rng, "deep" if kind == "deep" else kind)
        high = rng.uniform(.66, .82)
        shoulder = .38 if spec.sleeve in SHARE else .29
        rows = front(neck, kind, shoulder, .33 if spec.sleeve in SHARE else .31, .26, .3, 1.0)[:-4] + [(.25, .64), (.3, high, 1), (.15, between(high, hem, .62)), (.075, hem, 1), (0, hem + .02)]
    ops = hanger(pose) + back_neck(neck, kind, pose)
    if not pose.worn:
        ops.append(Fill(smooth(mirrored([(0, .8), (.28, .86), (.12, hem - .02), (0, hem - .0)])), "inside", edge=.1))
    if spec.sleeve in SHARE:
        ops += sleeves(rng, pose, SHARE[spec.sleeve] * .92, .14, .09 if spec.sleeve == "long" else .125, cuff="tone", cuff_size=.04)
    ops += [Fill(smooth(mirrored(rows)))]
    if spec.sleeve in SHARE:
        ops += armholes(.37)
    if style < .3:
        for s in (1, -1):
            ops.append(Stroke(smooth([(s * neck[0], -.05), (s * (neck[0] + .1), .1), (s * .34, .22)], closed=False), .014, None, .5))
    trim = "second" if len(spec.colours) > 1 and chance(rng, .5) else "tone"
    ops.append(neck_band(neck, kind, trim, .035))
    legs = smooth([p[:2] for p in rows[-4:-1]], closed=False)
    ops += [Stroke(legs, .03, trim), Stroke(flip(legs), .03, trim)]
    if style < .6:
        ops.append(Dots(np.stack([np.linspace(-.08, .08, 3), np.full(3, hem - .035)], 1), .018, "trim"))
    ops += folds(rng, .25, .4, .8, 2)
    if spec.pattern == "graphic":
        ops.append(Print((0, .45), (.22, .2)))
    return ops


CUTS = {"t-shirt": t_shirt, "long-sleeve-top": long_sleeve, "polo-shirt": polo, "shirt": shirt, "blouse": blouse, "top": top, "tank-top": tank, "bodysuit": bodysuit}
