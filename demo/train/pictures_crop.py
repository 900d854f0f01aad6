"""What the encoder is given of a photo: the garment's box with a margin, whole, on a square of middle grey."""
import cv2
import numpy as np

GREY = 128
MARGIN = 0.06  # of the box's longer side, on all four


def letterbox(picture, side):
    """Any picture uint8 (h, w, 3) to (side, side, 3): its proportions kept, centred, grey beside it."""
    h, w = picture.shape[:2]
    scale = side / max(h, w)
    size = max(round(w * scale), 1), max(round(h * scale), 1)
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    out = np.full((side, side, 3), GREY, np.uint8)
    top, left = (side - size[1]) // 2, (side - size[0]) // 2
    out[top:top + size[1], left:left + size[0]] = small
    return out


def crop(picture, box, side):
    """The garment in `box` (left, top, right, bottom as shares of the picture) as the encoder takes it, (side, side, 3)."""
    h, w = picture.shape[:2]
    left, top, right, bottom = np.array(box) * (w, h, w, h)
    more = MARGIN * max(right - left, bottom - top)
    x0, y0 = max(int(round(left - more)), 0), max(int(round(top - more)), 0)
    x1, y1 = min(int(round(right + more)), w), min(int(round(bottom + more)), h)
    return letterbox(picture[y0:max(y1, y0 + 1), x0:max(x1, x0 + 1)], side)
