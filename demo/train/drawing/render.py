"""From a cut to pixels: frames that place body coordinates in a picture, and a canvas that keeps what is visible of what."""
import cv2
import numpy as np

from . import cloth
from .shapes import Dots, Fill, Print, Stroke
from .words import RGB, one

SHIFT = 4  # sub-pixel bits of cv2's polygons


class Frame:
    """Body coordinates to picture pixels: a wobble of the outline, then scale, turn, a slight trapezoid and a shift."""

    def __init__(self, rng, scale, turn=0.0, origin=(0.0, 0.0), wobble=.01, aspect=1.0, keystone=0.0):
        self.scale, self.turn, self.origin = scale, turn, np.array(origin, float)
        c, s = np.cos(turn), np.sin(turn)
        self.matrix = np.array([[c, -s], [s, c]]) @ np.diag([scale * aspect, scale])
        self.keystone = keystone
        self.waves = [(wobble * rng.uniform(.4, 1) / (1 + k * .5), rng.uniform(2, 5) * (1 + k), rng.uniform(0, 6.3), rng.uniform(0, 6.3)) for k in range(3)]

    def to(self, points):
        """(n, 2) body coordinates to (n, 2) pixels."""
        p = np.asarray(points, float)
        x, y = p[:, 0], p[:, 1]
        dx = sum(a * np.sin(f * y + p1) for a, f, p1, _ in self.waves)
        dy = sum(a * np.sin(f * x + p2) for a, f, _, p2 in self.waves)
        q = np.stack([(x + dx) * (1 + self.keystone * y), y + dy], 1)
        return q @ self.matrix.T + self.origin


def points_of(ops):
    """All points that belong to the garment itself, (n, 2), body coordinates."""
    return np.vstack([op.points for op in ops if isinstance(op, Fill) and op.part])


def fit(rng, ops, cell, turn=0.0, wobble=.01, aspect=1.0, keystone=0.0):
    """A frame in which the cut fills `cell` (x0, y0, x1, y1 pixels) as far as its proportions allow, centred."""
    frame = Frame(rng, 1.0, turn, (0, 0), wobble, aspect, keystone)
    p = frame.to(points_of(ops))
    low, high = p.min(0), p.max(0)
    x0, y0, x1, y1 = cell
    scale = min((x1 - x0) / (high[0] - low[0]), (y1 - y0) / (high[1] - low[1]))
    frame.scale, frame.matrix = scale, frame.matrix * scale
    frame.origin = np.array([(x0 + x1) / 2, (y0 + y1) / 2]) - scale * (low + high) / 2
    return frame


class Look:
    """The colours and cloth of one garment, with the chance of real life in them."""

    def __init__(self, rng, spec, crease=.1):
        self.spec = spec
        self.rgb = [jitter(rng, RGB[c]) for c in spec.colours]
        main = self.rgb[0]
        dark = main.mean() < 70
        self.roles = {
            "plain": main,
            "second": self.rgb[1] if len(self.rgb) > 1 else main * (1.5 if dark else .8) + (14 if dark else 0),
            "third": self.rgb[2] if len(self.rgb) > 2 else main,
            "inside": main * .62 + (16 if dark else 0),
            "tone": main * (1.3 if dark else .88) + (12 if dark else 0),
            "trim": np.array(one(rng, [(240, 240, 235), (35, 33, 35), (190, 170, 120), (150, 150, 155)]), float),
            "button": np.array(one(rng, [(245, 245, 240), (225, 215, 195)]) if dark or rng.random() < .5 else one(rng, [(40, 36, 36), (90, 70, 50)]), float),
            "thread": np.array((205, 150, 80), float) if rng.random() < .6 else main * .7,
        }
        self.crease = crease
        self.crease_tile = one(rng, cloth.creases())
        self.tile = one(rng, cloth.tiles()[spec.pattern]) if spec.pattern in cloth.tiles() else None
        self.pattern_turn = pattern_turn(rng, spec)
        self.pattern_size = float(np.exp(rng.uniform(np.log(.32), np.log(.75))))  # body units a tile
        self.offset = rng.random(2) * cloth.TILE
        self.weave, self.weave_size, self.weave_amount = "fine", .9, .03
        self.edge = rng.uniform(.4, 1.2)
        self.seam = rng.uniform(.3, 1.0)  # how plainly outlines and seams show

    def woven(self, name, size, amount):
        self.weave, self.weave_size, self.weave_amount = name, size, amount


def pattern_turn(rng, spec):
    r = rng.random()
    if spec.pattern == "striped":
        upright = .65 if spec.category in ("trousers", "shirt", "blazer") else .2
        return np.pi / 2 if r < upright else (rng.uniform(-.9, .9) if r > .94 else 0.0)
    if spec.pattern == "checked":
        return np.pi / 4 if r > .93 else 0.0
    return rng.uniform(0, 6.3) if spec.pattern in ("floral", "animal") else 0.0


def jitter(rng, rgb):
    """Another cloth and dye that goes by the same colour's name; white, grey and black are nearest to one another."""
    spread = .035 if np.ptp(rgb) < 15 else .05 + .05 * rng.random()
    c = rgb * (1 + rng.normal(0, spread)) + rng.normal(0, 4, 3)
    return np.clip(c, 12, 250)


class Canvas:
    """A picture being drawn: `picture` float32 (side, side, 3), and for each garment so far its visible pixels in `masks`
    and in `whole` how many pixels it would show if nothing hid it."""

    def __init__(self, ground):
        self.picture = ground
        self.side = ground.shape[0]
        self.masks, self.whole = [], []

    def roi(self, px, margin=2):
        x0, y0 = np.floor(px.min(0)).astype(int) - margin
        x1, y1 = np.ceil(px.max(0)).astype(int) + margin
        return max(0, x0), max(0, y0), min(self.side, x1), min(self.side, y1)

    def blend(self, box, alpha, fill):
        """Lays `fill` (h, w, 3) over the picture's `box` where `alpha` (h, w) uint8 says."""
        x0, y0, x1, y1 = box
        a = alpha.astype(np.float32) * np.float32(1 / 255)
        view = self.picture[y0:y1, x0:x1]
        view[...] = cv2.blendLinear(np.ascontiguousarray(fill, np.float32), np.ascontiguousarray(view), a, 1 - a)

    def cover(self, box, alpha):
        """Takes what is now hidden out of the masks of the garments below."""
        x0, y0, x1, y1 = box
        for m in self.masks:
            view = m[y0:y1, x0:x1]
            np.minimum(view, 255 - alpha, out=view)

    def shadow(self, ops, frame, depth, shift, blur):
        """A soft shadow on the ground of all that `ops` will cover; `shift` and `blur` in pixels."""
        k = 4
        small = np.zeros((self.side // k + 1, self.side // k + 1), np.uint8)
        for op in ops:
            if isinstance(op, Fill):
                px = (frame.to(op.points) + shift) / k
                cv2.fillPoly(small, [np.round(px * 16).astype(np.int32)], 255, cv2.LINE_8, SHIFT)
        small = cv2.GaussianBlur(small, (0, 0), max(.6, blur / k))
        soft = cv2.resize(small, (self.side // k * k + k,) * 2, interpolation=cv2.INTER_LINEAR)[:self.side, :self.side]
        self.picture *= (1 - soft.astype(np.float32) * np.float32(depth / 255))[..., None]

    def plain(self, points, frame, rgb, edge=.25):
        """A filled area that is no garment: skin, hair, furniture."""
        px = frame.to(points)
        box = self.roi(px)
        if box[2] - box[0] < 1 or box[3] - box[1] < 1:
            return
        alpha = polygon(px, box)
        fill = np.broadcast_to(np.asarray(rgb, np.float32), (*alpha.shape, 3))
        if edge:
            fill = fill * rim(alpha, edge, frame.scale)[..., None]
        self.blend(box, alpha, fill)
        self.cover(box, alpha)

    def garment(self, ops, frame, look):
        """Draws a cut; adds its mask. Returns the text that could be printed legibly."""
        everything = frame.to(points_of(ops))
        gbox = self.roi(everything, 4)
        mask = np.zeros((self.side, self.side), np.uint8)
        wide, high = gbox[2] - gbox[0], gbox[3] - gbox[1]
        text = ""
        if wide < 2 or high < 2:
            self.masks.append(mask)
            self.whole.append(1.0)
            return text
        light = self.light(gbox, frame, look)
        patterned = {}
        for op in ops:
            if isinstance(op, Print):
                text = self.print(op, frame, look, gbox, mask, light)
                continue
            px = frame.to(op.points)
            margin = 2 if isinstance(op, Fill) else 3 + int(frame.scale * (.12 if getattr(op, "soft", False) else .03))
            box = self.roi(px, margin)
            box = (max(box[0], gbox[0]), max(box[1], gbox[1]), min(box[2], gbox[2]), min(box[3], gbox[3])) if op_part(op) else box
            if box[2] <= box[0] or box[3] <= box[1]:
                continue
            if isinstance(op, Fill):
                alpha = polygon(px, box)
                if op.part:
                    local = slice(box[1] - gbox[1], box[3] - gbox[1]), slice(box[0] - gbox[0], box[2] - gbox[0])
                    if op.role == "cloth" and look.tile is not None:
                        turn = round(op.turn, 2)
                        if turn not in patterned:
                            patterned[turn] = self.pattern(gbox, frame, look, turn)
                        fill = patterned[turn][local]
                    else:
                        fill = np.asarray(self.colour(op.role, look), np.float32)
                    shade = rim(alpha, op.edge * look.edge, frame.scale) * light[local]
                    fill = fill * shade[..., None]
                    view = mask[box[1]:box[3], box[0]:box[2]]
                    np.maximum(view, alpha, out=view)
                else:
                    fill = np.broadcast_to(np.asarray(self.colour(op.role, look), np.float32), (*alpha.shape, 3))
                self.blend(box, alpha, fill)
                self.cover(box, alpha)
                if op.seam:
                    self.line(np.vstack([px, px[:1]]), box, max(.7, frame.scale * .008), None, op.seam * look.seam, look)
            elif isinstance(op, Stroke) and op.soft:
                self.fold(px, box, op.width * frame.scale, op.depth, mask)
            elif isinstance(op, Stroke):
                self.line(px, box, max(.8, op.width * frame.scale), op.role, op.depth, look)
            elif isinstance(op, Dots):
                alpha = np.zeros((box[3] - box[1], box[2] - box[0]), np.uint8)
                for p in px:
                    centre = tuple(np.round((p - box[:2]) * 16).astype(int).tolist())
                    cv2.circle(alpha, centre, max(10, int(op.radius * frame.scale * 16)), 255, -1, cv2.LINE_AA, SHIFT)
                self.blend(box, alpha, np.broadcast_to(np.asarray(self.colour(op.role, look), np.float32), (*alpha.shape, 3)))
        self.masks.append(mask)
        self.whole.append(max(1.0, np.count_nonzero(mask > 127) / max(.01, share_inside(everything, self.side))))
        return text

    @staticmethod
    def colour(role, look):
        return look.roles["plain" if role == "cloth" else role] if isinstance(role, str) else role

    def line(self, px, box, width, role, depth, look):
        """A line of `width` pixels: darker than what is below, or of a role's colour."""
        alpha = np.zeros((box[3] - box[1], box[2] - box[0]), np.uint8)
        q = [np.round((px - box[:2]) * 16).astype(np.int32)]
        cv2.polylines(alpha, q, False, 255, max(1, int(round(width))), cv2.LINE_AA, SHIFT)
        view = self.picture[box[1]:box[3], box[0]:box[2]]
        if role is None:
            depth = depth * min(1.0, width)
            lift = 34 if look.rgb[0].mean() < 60 else 0
            a = alpha.astype(np.float32)[..., None] * np.float32(depth / 255)
            view += a * (lift * 1.6 - view * (1 if not lift else .2))
        else:
            self.blend(box, alpha, np.broadcast_to(np.asarray(self.colour(role, look), np.float32), (*alpha.shape, 3)))

    def fold(self, px, box, width, depth, mask):
        """A soft fold `width` pixels wide: dark along the line, light beside it, nowhere but on the garment."""
        alpha = np.zeros((box[3] - box[1], box[2] - box[0]), np.float32)
        q = [np.round((px - box[:2]) * 16).astype(np.int32)]
        cv2.polylines(alpha, q, False, 1.0, max(1, int(round(width))), cv2.LINE_8, SHIFT)
        alpha = cv2.GaussianBlur(alpha, (0, 0), max(.7, width * .6))
        beside = max(1, int(width * 1.1))
        relief = alpha.copy()
        relief[:, beside:] -= .8 * alpha[:, :-beside]
        relief *= mask[box[1]:box[3], box[0]:box[2]] * np.float32(depth / 255)
        view = self.picture[box[1]:box[3], box[0]:box[2]]
        view -= (view * .8 + 30) * relief[..., None]

    def light(self, box, frame, look):
        """Shading of the cloth in `box`: creases and weave, (h, w) float32 around 1."""
        size = (box[2] - box[0], box[3] - box[1])
        tile = look.crease_tile
        grow = cloth.CREASE / max(1.0, 1.7 * frame.scale)
        m = to_tile(box, frame, grow, 0.0, look.offset)
        shade = 1 + look.crease * cloth.weight(tile, m, size, cv2.BORDER_REFLECT)
        if look.weave_amount:
            m = to_tile(box, frame, cloth.TILE / (look.weave_size * frame.scale), 0.0, look.offset)
            shade += look.weave_amount * cloth.weight(cloth.weaves()[look.weave], m, size)
        return shade

    def pattern(self, box, frame, look, turn):
        """The pattern's colours in `box`, (h, w, 3) float32."""
        size = (box[2] - box[0], box[3] - box[1])
        grow = cloth.TILE / (look.pattern_size * frame.scale)
        m = to_tile(box, frame, grow, turn + look.pattern_turn, look.offset)
        w = cloth.weight(look.tile, m, size).astype(np.float32) * np.float32(1 / 255)
        main, second = (np.asarray(c, np.float32) for c in (look.rgb[0], look.roles["second"]))
        out = main + w[..., :1] * (second - main)
        if len(look.rgb) > 2:
            out += w[..., 1:] * (np.asarray(look.rgb[2], np.float32) - out)
        return out

    def print(self, op, frame, look, gbox, mask, light):
        """An emblem, letters or both where `op` says; letters only when legible, or on a very product. Returns the letters printed."""
        from .prints import emblem
        least = 7 / 144 * self.side if look.spec.piece is None else 0
        patch, half, text = emblem(look, op.half, frame.scale, least)
        h, w = patch.shape[:2]
        corners = np.array([(-1, -1), (1, -1), (-1, 1)], float) * half + op.centre
        px = frame.to(corners)
        box = self.roi(np.vstack([px, px[1:2] + px[2:3] - px[:1]]), 1)
        box = (max(box[0], gbox[0]), max(box[1], gbox[1]), min(box[2], gbox[2]), min(box[3], gbox[3]))
        if box[2] <= box[0] or box[3] <= box[1]:
            return ""
        m = cv2.getAffineTransform(np.float32([(0, 0), (w, 0), (0, h)]), np.float32(px - box[:2]))
        shrink = np.hypot(*m[:, 0])
        if shrink < .7:
            patch = cv2.GaussianBlur(patch, (0, 0), .4 / max(shrink, .1))
        seen = cv2.warpAffine(patch, m, (box[2] - box[0], box[3] - box[1]), flags=cv2.INTER_LINEAR)
        alpha = np.minimum(seen[..., 3], mask[box[1]:box[3], box[0]:box[2]])
        local = slice(box[1] - gbox[1], box[3] - gbox[1]), slice(box[0] - gbox[0], box[2] - gbox[0])
        covered = seen[..., 3:].astype(np.float32) / 255 + 1e-3
        self.blend(box, alpha, seen[..., :3] / covered * light[local][..., None])
        return text


def op_part(op):
    return getattr(op, "part", True)


def polygon(px, box):
    """Coverage of a polygon in `box`, (h, w) uint8, smooth at its rim."""
    alpha = np.zeros((box[3] - box[1], box[2] - box[0]), np.uint8)
    cv2.fillPoly(alpha, [np.round((px - box[:2]) * 16).astype(np.int32)], 255, cv2.LINE_AA, SHIFT)
    return alpha


def share_inside(px, side):
    """How much of the points' bounding box lies in the picture, 0 to 1."""
    low, high = px.min(0), px.max(0)
    inside = np.clip(np.minimum(high, side) - np.maximum(low, 0), 0, None)
    return float(np.prod(inside) / max(1.0, np.prod(high - low)))


def rim(alpha, edge, scale):
    """Light that falls off towards the rim, as on something slightly rounded: (h, w) float32."""
    k = max(3, int(scale * .12) | 1)
    soft = cv2.blur(alpha, (k, k))
    return 1 - np.float32(edge) * (1 - soft.astype(np.float32) * np.float32(1 / 255))


def to_tile(box, frame, grow, turn, offset):
    """Matrix (2, 3) from pixels of `box` to pixels of a tile that lies on the garment; `grow` tile pixels a picture pixel."""
    a = -(frame.turn + turn)
    c, s = np.cos(a) * grow, np.sin(a) * grow
    r = np.array([[c, -s], [s, c]])
    shift = r @ (np.array(box[:2], float) - frame.origin) + offset
    return np.hstack([r, shift[:, None]])
