"""Somebody, or a shop's mannequin, drawn in the same body coordinates as the clothes."""
import numpy as np

from .shapes import ellipse, limb, mirrored, smooth
from .words import one

SKIN = [(244, 214, 190), (232, 190, 160), (205, 155, 118), (165, 112, 76), (120, 78, 52), (84, 54, 38)]
HAIR = [(30, 24, 22), (58, 38, 26), (100, 66, 38), (176, 132, 76), (214, 180, 120), (130, 52, 28), (150, 148, 146)]


class Body:
    """Skin, hair and build. `under` is drawn before the clothes, `over` (hair, hands) after."""

    def __init__(self, rng, pose):
        self.rng, self.pose = rng, pose
        self.dummy = rng.random() < .2
        self.skin = np.array(one(rng, SKIN), float) * rng.uniform(.93, 1.05) if not self.dummy else np.array(one(rng, [(225, 220, 212), (150, 146, 142), (40, 40, 42)]), float)
        self.hair = np.array(one(rng, HAIR), float)
        self.style = int(rng.random() * 4) if not self.dummy else -1
        self.turn = rng.uniform(-.06, .06)

    def under(self, canvas, frame):
        skin = self.skin
        if self.style == 1:  # long hair falls behind the shoulders
            canvas.plain(smooth(mirrored([(0, -.64), (.2, -.58), (.25, -.3), (.27, .12), (.1, .2), (0, .1)])), frame, self.hair, .3)
        for s in (1, -1):
            t = self.pose.legs
            hip, knee, ankle = (s * .17, 1.0), (s * (.18 + .6 * t), 1.7), (s * .19, 2.36)
            canvas.plain(limb([hip, knee, ankle], [.16, .1, .065]), frame, skin, .35)
            canvas.plain(ellipse(s * .2, 2.42, .075, .06), frame, skin, .3)
        for path in self.pose.arms:
            canvas.plain(limb(path, [.085, .07, .05]), frame, skin, .35)
            d = (path[2] - path[1]) / np.linalg.norm(path[2] - path[1])
            canvas.plain(ellipse(*(path[2] + d * .07), .05, .09, np.arctan2(-d[0], d[1])), frame, skin, .3)
        canvas.plain(smooth(mirrored([(0, .0), (.1, -.06), (.34, .04), (.38, .14), (.3, .36), (.25, .62), (.33, .95), (.3, 1.12), (0, 1.14)])), frame, skin, .3)
        canvas.plain(smooth(mirrored([(0, -.25), (.085, -.24), (.09, -.04), (.16, .02), (0, .06)])), frame, skin * .93, .3)
        canvas.plain(ellipse(0, -.37, .165, .22, self.turn), frame, skin, .4)
        if not self.dummy:
            self.face(canvas, frame)

    def face(self, canvas, frame):
        skin, dark = self.skin, np.array((50, 34, 30))
        for s in (1, -1):
            canvas.plain(ellipse(s * .065, -.39, .022, .014), frame, dark, 0)
            canvas.plain(ellipse(s * .065, -.43, .035, .009), frame, self.hair * .8, 0)
        canvas.plain(ellipse(0, -.335, .018, .03), frame, skin * .86, 0)
        canvas.plain(ellipse(0, -.265, .045, .014), frame, skin * (.82, .6, .6), 0)
        top = {0: [(0, -.63), (.15, -.57), (.185, -.38), (.155, -.37), (.12, -.48), (0, -.52)],
               1: [(0, -.64), (.17, -.58), (.21, -.3), (.17, -.2), (.14, -.46), (0, -.53)],
               2: [(0, -.61), (.13, -.58), (.17, -.44), (.12, -.5), (0, -.54)],
               3: [(0, -.72), (.09, -.7), (.1, -.6), (.165, -.5), (.17, -.4), (.12, -.5), (0, -.52)]}[self.style]
        canvas.plain(smooth(mirrored(top)), frame, self.hair, .25)
