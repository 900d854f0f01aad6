"""What cuts have in common: torsos, sleeves, collars, plackets, pockets, folds."""
import numpy as np

from .shapes import Dots, Fill, Stroke, along, between, flip, limb, mirrored, smooth

SHARE = {"short": .36, "three-quarter": .7, "long": 1.0}  # of the arm that a sleeve covers


def chance(rng, p):
    return rng.random() < p


def neckline(rng, kind):
    """Half width and depth at the middle."""
    wide, deep = {"crew": (.14, .09), "v": (.13, .26), "scoop": (.19, .2), "boat": (.24, .06), "deep": (.17, .32), "high": (.12, .03),
                  "square": (.2, .2)}[kind]
    return wide * rng.uniform(.9, 1.12), deep * rng.uniform(.85, 1.2)


def front(neck, kind, shoulder, arm, waist, hem_half, hem, curve=.02, slope=.05, shirt_tail=0.0):
    """Right half of a torso, from the neck's middle round to the hem's."""
    wide, deep = neck
    rows = [(0, deep, 1 if kind == "v" else 0)]
    if kind == "square":
        rows = [(0, deep), (wide * .95, deep, 1)]
    elif kind != "v":
        rows += [(wide * .55, deep * .93), (wide * .92, deep * .45)]
    rows += [(wide, -.05, 1), (shoulder, slope, 1), (arm, .34), (waist, .64)]
    if shirt_tail:
        rows += [(hem_half, hem - shirt_tail, 1), (hem_half * .6, hem), (0, hem + curve)]
    else:
        rows += [(hem_half * .98, between(.64, hem, .6)), (hem_half, hem, 1), (hem_half * .5, hem + curve), (0, hem + curve)]
    return rows


def torso(rng, neck, kind, shoulder=.38, fit=.5, flare=0.0, hem=1.0, **more):
    """`fit` 0 loose to 1 tight at the waist. Returns (closed outline, half width at the hem)."""
    arm = shoulder - .04 + .05 * (1 - fit)
    waist = arm - .1 * fit + .02
    half = arm - .02 * fit + flare + .02 * (1 - fit)
    return smooth(mirrored(front(neck, kind, shoulder, arm, waist, half, hem, **more))), half


def back_neck(neck, kind, pose, role="inside"):
    """The inside of the back that shows through the neck of empty clothes."""
    if pose.worn:
        return []
    wide, deep = neck
    rows = mirrored([(0, -.05 + .03), (wide * .97, -.07, 1), (wide * (.95 if kind == "square" else .6), deep * (1 if kind == "square" else .8)), (0, deep + .01)])
    return [Fill(smooth(rows), role, edge=.1, seam=.3)]


def neck_band(neck, kind, role="tone", width=.035):
    wide, deep = neck
    if kind == "v":
        path = [(wide, -.05), (wide * .5, deep * .5), (0, deep, 1), (-wide * .5, deep * .5), (-wide, -.05)]
    elif kind == "square":
        path = [(wide, -.05), (wide * .95, deep, 1), (-wide * .95, deep, 1), (-wide, -.05)]
    else:
        path = [(wide, -.05), (wide * .9, deep * .5), (wide * .5, deep * .95), (0, deep), (-wide * .5, deep * .95), (-wide * .9, deep * .5), (-wide, -.05)]
    return Stroke(smooth(path, closed=False), width, role)


def sleeves(rng, pose, share, top=.16, end=.1, shoulder=.38, puff=0.0, cuff=None, cuff_size=.07, flare=0.0):
    """Both sleeves; `top`, `end` half widths, `cuff` the role of a cuff or None. The pattern runs across each arm."""
    ops = []
    for path in pose.arms:
        side = np.sign(path[0, 0])
        whole = np.vstack([[(shoulder - .1) * side, .14], path[1:]]) if share > .45 else np.vstack([[(shoulder - .1) * side, .13], path[1:]])
        part = along(whole, share * .97 + .03)
        if len(part) == 2:
            part = np.vstack([part[0], part.mean(0), part[1]])
        steps = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(part, axis=0), axis=1))])
        t = np.linspace(0, 1, 6)
        pts = np.stack([np.interp(t, steps / steps[-1], part[:, i]) for i in (0, 1)], 1)
        pts[1:-1] = (pts[:-2] + 2 * pts[1:-1] + pts[2:]) / 4
        wide = between(top, end, t ** .8) + puff * np.sin(np.pi * np.clip(t * 1.05, 0, 1)) + flare * t ** 3
        d = pts[-1] - pts[-2]
        turn = float(np.arctan2(-(part[-1] - part[0])[0], (part[-1] - part[0])[1]))
        ops.append(Fill(limb(pts, wide), "cloth", turn=turn))
        if share > .5:
            e = pts[2] * .5 + pts[3] * .5
            ops.append(Stroke(np.stack([e - (wide[2] * .8, 0), e + (wide[2] * .1, .06)]), .035, None, .45, soft=True))
        if cuff:
            u = d / np.linalg.norm(d)
            a = pts[-1] - u * cuff_size
            w = wide[-1] * (1.02 if puff < .03 else .8)
            ops.append(Fill(limb(np.stack([a, pts[-1] + u * .01]), np.array([w, w * .95]), 0), cuff, turn=turn, edge=.15, seam=.4))
    return ops


def armholes(shoulder, slope=.05, arm=.34):
    """Seams where set-in sleeves meet the torso."""
    rows = smooth([(shoulder, slope), (shoulder - .06, .16), (shoulder - .03, arm)], closed=False)
    return [Stroke(rows, .012, None, .35), Stroke(flip(rows), .012, None, .35)]


def folds(rng, half, y0, y1, n=3):
    """A few long soft folds between two heights."""
    ops = []
    for _ in range(n):
        x = rng.uniform(-half, half) * .8
        lean = rng.uniform(-.12, .12)
        ops.append(Stroke(smooth([(x, between(y0, y1, rng.uniform(0, .4))), (x + lean * .6, (y0 + y1) / 2), (x + lean, between(y0, y1, rng.uniform(.6, 1)))], closed=False),
                          rng.uniform(.02, .06), None, rng.uniform(.2, .55), soft=True))
    return ops


def hanger(pose):
    if not pose.hung:
        return []
    wood = (120, 90, 60)
    hook = smooth([(0, -.02), (0, -.16), (.05, -.2), (.045, -.27), (-.02, -.28), (-.035, -.23)], closed=False)
    return [Fill(smooth([(0, -.1, 1), (.36, .06), (.34, .1), (0, -.03), (-.34, .1), (-.36, .06)]), wood, part=False, seam=0),
            Stroke(hook, .022, (150, 150, 155), part=False)]


def placket(rng, top, bottom, x=0.0, n=6, role="button", wide=.035, line=True):
    """A strip down the front with buttons from `top` to `bottom`."""
    ys = np.linspace(top, bottom, n)
    ops = []
    if line:
        ops += [Stroke(np.array([(x + wide, top - .04), (x + wide, bottom + .06)]), .011, None, .4), Stroke(np.array([(x - wide, top - .04), (x - wide, bottom + .06)]), .008, None, .2)]
    return ops + [Dots(np.stack([np.full(n, x), ys], 1), .017, role)]


def collar(neck, role="cloth", spread=.16, drop=.15, stand=True):
    """A turned-down collar with two points."""
    wide, _ = neck
    ops = []
    if stand:
        ops.append(Fill(smooth(mirrored([(0, -.1), (wide * .9, -.1), (wide, -.03), (0, .04)])), "inside", edge=.1))
    right = smooth([(wide * .75, -.115, 1), (wide * 1.12, -.04), (spread, drop, 1), (.015, .05, 1), (wide * .5, -.02)], rounds=1)
    return ops + [Fill(right, role, edge=.1, seam=.55), Fill(flip(right), role, edge=.1, seam=.55)]


def pocket(x, y, half=.08, high=.16, role="cloth", flap=False):
    if flap:
        return [Fill(np.array([(x - half, y), (x + half, y), (x + half, y + .055), (x - half, y + .055)]), role, edge=.1, seam=.5)]
    return [Fill(np.array([(x - half, y), (x + half, y), (x + half, y + high * .85), (x, y + high), (x - half, y + high * .85)]), role, edge=.1, seam=.45)]


def ruffle(rng, path, depth, n=9, role="cloth"):
    """A wavy strip along a path, hanging by `depth`."""
    path = np.asarray(path, float)
    t = np.linspace(0, len(path) - 1, n * 2 + 1)
    p = np.stack([np.interp(t, np.arange(len(path)), path[:, i]) for i in (0, 1)], 1)
    d = np.gradient(p, axis=0)
    d /= np.linalg.norm(d, axis=1, keepdims=True) + 1e-9
    normal = np.stack([-d[:, 1], d[:, 0]], 1)
    outer = p + normal * (depth * (1 + .3 * np.where(np.arange(len(p)) % 2, 1, -1)))[:, None]
    ops = [Fill(smooth(np.vstack([p, outer[::-1]]), rounds=1), role, edge=.3, seam=.35)]
    return ops + [Stroke(np.stack([p[i], outer[i] * .9 + p[i] * .1]), .012, None, .28) for i in range(1, len(p) - 1, 2)]


def hem_of(spec, normal=1.0):
    return .68 if spec.length == "cropped" else normal
