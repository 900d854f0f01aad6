"""Curves, and the strokes and fills that a cut is made of.

Cuts use the body's own coordinates: x to the right from the middle line, y down from the shoulder line; the distance from
shoulders to hips is 1. Waist y 0.62, crotch 1.1, knee 1.7, ankle 2.35, crown of the head -0.62.
"""
from dataclasses import dataclass

import numpy as np


@dataclass
class Fill:
    """A closed area. `role`: what it is made of (cloth, plain, second, third, inside, trim, or an RGB tuple);
    `turn`: how far the pattern is turned, radians; `edge`: how dark its rim gets; `seam`: whether a seam is drawn around;
    `part`: False for what is no part of the garment (a hanger)."""
    points: np.ndarray
    role: object = "cloth"
    turn: float = 0.0
    edge: float = .3
    seam: float = .35
    part: bool = True


@dataclass
class Stroke:
    """A line of `width` body units; `role` None darkens what is below by `depth`; `soft`: a fold of the cloth, dark on one
    side and light on the other, without sharp borders."""
    points: np.ndarray
    width: float = .012
    role: object = None
    depth: float = .4
    part: bool = True
    soft: bool = False


@dataclass
class Dots:
    """Buttons, eyelets: `points` (n, 2) and one radius in body units."""
    points: np.ndarray
    radius: float = .02
    role: object = "trim"


@dataclass
class Print:
    """Where a graphic goes: centre and the half sizes that it may fill."""
    centre: tuple
    half: tuple


def smooth(points, closed=True, rounds=2):
    """Chaikin's corner cutting; a point given as (x, y, 1) stays a corner. Returns (n, 2)."""
    rows = []
    for p in points:
        rows.append(p[:2])
        if len(p) > 2 and p[2]:
            rows.extend([p[:2], p[:2]])
    q = np.array(rows, float)
    for _ in range(rounds):
        after = np.roll(q, -1, 0) if closed else q[1:]
        before = q if closed else q[:-1]
        cut = np.empty((2 * len(before), 2))
        cut[0::2] = .75 * before + .25 * after
        cut[1::2] = .25 * before + .75 * after
        q = cut if closed else np.vstack([q[:1], cut, q[-1:]])
    return q


def mirrored(right):
    """A closed outline from its right half, listed from the top of the middle line to the bottom of it."""
    return list(right) + [(-p[0], *p[1:]) for p in reversed(right)]


def limb(path, widths, rounds=2, flat_end=True):
    """A tube around `path` (n, 2) of half `widths` (n); sharp at its end when `flat_end`. Returns (m, 2)."""
    path, widths = np.asarray(path, float), np.asarray(widths, float)
    along = np.gradient(path, axis=0)
    along /= np.linalg.norm(along, axis=1, keepdims=True) + 1e-9
    across = np.stack([-along[:, 1], along[:, 0]], 1) * widths[:, None]
    left, right = path + across, path - across
    rows = [(x, y, 0) for x, y in left]
    back = [(x, y, 0) for x, y in right[::-1]]
    if flat_end:
        rows[-1], back[0] = (*rows[-1][:2], 1), (*back[0][:2], 1)
    return smooth(rows + back, True, rounds)


def along(path, share):
    """The first `share` (0 to 1) of a broken line, as points, its length measured along it."""
    path = np.asarray(path, float)
    steps = np.linalg.norm(np.diff(path, axis=0), axis=1)
    reach = np.concatenate([[0], np.cumsum(steps)])
    goal = share * reach[-1]
    kept = [p for p, r in zip(path, reach) if r < goal - 1e-6]
    end = np.array([np.interp(goal, reach, path[:, i]) for i in (0, 1)])
    return np.array(kept + [end])


def between(a, b, t):
    return a + (b - a) * t


def ellipse(cx, cy, rx, ry, turn=0.0, n=20):
    t = np.linspace(0, 2 * np.pi, n, endpoint=False)
    x, y = rx * np.cos(t), ry * np.sin(t)
    return np.stack([cx + x * np.cos(turn) - y * np.sin(turn), cy + x * np.sin(turn) + y * np.cos(turn)], 1)


def flip(points):
    return np.asarray(points, float) * (-1, 1)
