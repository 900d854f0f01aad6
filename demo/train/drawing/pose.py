"""Where arms and legs are, for bodies and for empty clothes alike."""
from dataclasses import dataclass

import numpy as np


@dataclass
class Pose:
    """`arms`: right and left, each (3, 2) shoulder, elbow, wrist; `legs`: half the angle between the legs, radians;
    `worn`: on a body; `hung`: on a hanger."""
    arms: tuple
    legs: float = .06
    worn: bool = False
    hung: bool = False


def arm(side, angle, bend, upper=.5, lower=.5):
    """`angle` from straight down and `bend` at the elbow in radians, outwards; `side` 1 right, -1 left."""
    a = np.array([.36, .1])
    b = a + upper * np.array([np.sin(angle), np.cos(angle)])
    c = b + lower * np.array([np.sin(angle + bend), np.cos(angle + bend)])
    return np.stack([a, b, c]) * (side, 1)


def lying(rng):
    """Clothes laid out: sleeves anywhere from straight down to nearly straight out, sometimes folded in."""
    angle = rng.uniform(.12, .65) if rng.random() < .7 else rng.uniform(.65, 1.3)
    arms = []
    for side in (1, -1):
        bend = rng.normal(-.05, .22)
        if rng.random() < .07:
            bend = rng.uniform(-2.6, -1.6)
        arms.append(arm(side, angle + rng.normal(0, .1), bend))
    return Pose(tuple(arms), legs=rng.uniform(.0, .16))


def hanging(rng):
    angle = rng.uniform(.1, .34)
    return Pose(tuple(arm(s, angle + rng.normal(0, .04), rng.normal(0, .08)) for s in (1, -1)), legs=rng.uniform(0, .05), hung=True)


def standing(rng):
    angle = rng.uniform(.1, .35)
    arms = [arm(s, angle + rng.normal(0, .06), rng.normal(-.05, .15)) for s in (1, -1)]
    if rng.random() < .2:  # a hand on the hip
        k = int(rng.random() * 2)
        arms[k] = arm((1, -1)[k], .75, -1.5, .48, .45)
    return Pose(tuple(arms), legs=rng.uniform(.03, .1), worn=True)
