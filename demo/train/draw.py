"""Draws garments and scenes of them: what the demo's models are trained and tested on.

    draw_scene(rng, side=144, count=None) -> Scene       a scene of chance, 0 to 4 garments
    draw_scene_of(rng, specs, side=144) -> Scene         a scene of given garments
    draw_product(spec, side=160) -> uint8 (side, side, 3)    a shop's picture

The same generator state gives the same scene. Training seeds are below 10,000,000; seeds from 90,000,000 are for tests.

    python demo/train/draw.py --sheet OUT.png [--seed N] [--side N]
"""
import argparse
import sys
import time
from pathlib import Path

import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))
from drawing.scenes import Garment, Scene, draw_laid, draw_product, draw_scene, draw_scene_of, finish  # noqa: E402
from drawing.words import CATEGORIES, Spec, draw_spec  # noqa: E402

__all__ = ["Garment", "Scene", "Spec", "draw_product", "draw_scene", "draw_scene_of", "draw_spec"]


def labelled(scene, side):
    """The scene's picture with its boxes and words drawn in, twice as large."""
    out = cv2.resize(scene.picture, (2 * side, 2 * side), interpolation=cv2.INTER_LINEAR)
    for g in scene.garments:
        x0, y0, x1, y1 = (int(v * 2 * side) for v in g.box)
        cv2.rectangle(out, (x0, y0), (x1 - 1, y1 - 1), (0, 255, 0), 1)
        words = " ".join([*g.colours, g.pattern[:4], g.category, str(g.sleeve or ""), str(g.length or ""), g.text])
        cv2.putText(out, words, (x0 + 2, max(10, y0 + 10)), cv2.FONT_HERSHEY_SIMPLEX, .3, (0, 0, 0), 2, cv2.LINE_AA)
        cv2.putText(out, words, (x0 + 2, max(10, y0 + 10)), cv2.FONT_HERSHEY_SIMPLEX, .3, (255, 255, 255), 1, cv2.LINE_AA)
    return out


def sheet(seed, side):
    """A row of single garments a category, and rows of scenes with boxes."""
    rng = np.random.default_rng(seed)
    rows = []
    for c in CATEGORIES:
        row = [finish(rng, *draw_laid(rng, [draw_spec(rng, c)], side)).picture for _ in range(10)]
        cv2.putText(row[0], c, (2, 10), cv2.FONT_HERSHEY_SIMPLEX, .35, (255, 0, 255), 1, cv2.LINE_AA)
        rows.append(np.hstack(row))
    return np.vstack(rows), np.vstack([np.hstack([labelled(draw_scene(rng, side), side) for _ in range(6)]) for _ in range(6)])


def main():
    args = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    args.add_argument("--sheet", required=True)
    args.add_argument("--seed", type=int, default=1)
    args.add_argument("--side", type=int, default=144)
    args = args.parse_args()
    garments, scenes = sheet(args.seed, args.side)
    cv2.imwrite(args.sheet, garments[..., ::-1])
    cv2.imwrite(str(Path(args.sheet).with_suffix(".scenes.png")), scenes[..., ::-1])
    rng, started = np.random.default_rng(args.seed), time.process_time()
    for _ in range(200):
        draw_scene(rng, args.side)
    print(f"{(time.process_time() - started) * 5:.1f} ms a scene")


if __name__ == "__main__":
    main()
