"""Draws the demo's test photos, from seeds that training never uses.

    python demo/train/make_drawn.py

Writes demo/drawn (50 scenes and drawn.csv), demo/outfits (50 photos of catalog products and outfits.jsonl) and
demo/photos (one outfit and one picture without clothes, to try the service with). Needs demo/catalog.
"""
import csv
import json

import cv2
import numpy as np

from draw import draw_scene, draw_scene_of
from drawing.scenes import clashes
from drawing.words import one, pick
from make_catalog import CATALOG, spec_of, versions_of

DEMO = CATALOG.parent
DRAWN, OUTFITS, PHOTOS = 90_000_000, 91_000_000, 92_000_000  # first seeds
COUNTS = [0] * 4 + [1] * 22 + [2] * 12 + [3] * 8 + [4] * 4


def save(path, picture, most):
    """Writes a JPEG of at most `most` bytes."""
    for quality in (88, 80, 72, 64, 56, 48, 40, 32):
        cv2.imwrite(str(path), picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
        if path.stat().st_size <= most:
            return


def fresh(folder, *kinds):
    folder.mkdir(parents=True, exist_ok=True)
    for kind in kinds:
        for old in folder.glob(kind):
            old.unlink()
    return folder


def rounded(box):
    return [round(v, 4) for v in box]


def drawn():
    folder = fresh(DEMO / "drawn", "*.jpg")
    with open(folder / "drawn.csv", "w", newline="") as f:
        out = csv.writer(f, lineterminator="\n")
        out.writerow(["image", "label", "colour", "boxes"])
        for i, count in enumerate(COUNTS):
            attempt = 0
            while len((scene := draw_scene(np.random.default_rng([DRAWN + i, attempt]), 224, count)).garments) != count:
                attempt += 1
            name = f"{i + 1:03}.jpg"
            save(folder / name, scene.picture, 12_000)
            main = scene.garments[0] if scene.garments else None
            boxes = [{"category": g.category, "box": rounded(g.box), "colour": g.colours[0], "pattern": g.pattern} for g in scene.garments]
            out.writerow([name, main.category if main else "", main.colours[0] if main else "", json.dumps(boxes)])


def some_products(rng, products, count):
    """`count` (product, colours) pairs, each in stock, that one person could wear together."""
    chosen = []
    while len(chosen) < count:
        p = one(rng, products)
        if not clashes(p["category"], [spec_of(q, v) for q, v in chosen]):
            sold = [v for v in versions_of(p) if any(x["stock"] and tuple(x["colours"]) == v for x in p["variants"])]
            chosen += [(p, one(rng, sold))] if sold else []
    return chosen


def photograph(seed, products, count, side, worn=None):
    """A photo that shows all of `count` products: the scene and, in its garments' order, what they are."""
    attempt = 0
    while True:
        rng = np.random.default_rng([seed, attempt])
        chosen = some_products(rng, products, count)
        scene = draw_scene_of(rng, [spec_of(p, v) for p, v in chosen], side, worn)
        found = [next(((p, v) for p, v in chosen if p["category"] == g.category), None) for g in scene.garments]
        if len(found) == count:
            return scene, found
        attempt += 1


def outfits(products):
    folder = fresh(DEMO / "outfits", "*.jpg")
    with open(folder / "outfits.jsonl", "w") as f:
        for i in range(50):
            count = pick(np.random.default_rng(OUTFITS + 1000 + i), {1: .3, 2: .4, 3: .3})
            scene, found = photograph(OUTFITS + i, products, count, 320)
            name = f"{i + 1:03}.jpg"
            save(folder / name, scene.picture, 24_000)
            rows = [{"product_id": p["id"], "variant_ids": [x["id"] for x in p["variants"] if tuple(x["colours"]) == v], "category": p["category"],
                     "colour": v[0], "box": rounded(g.box)} for g, (p, v) in zip(scene.garments, found)]
            f.write(json.dumps({"image": name, "products": rows}) + "\n")


def photos(products):
    """The two pictures that the README sends."""
    folder = fresh(DEMO / "photos", "*.jpg")
    wanted = {"jacket", "blazer", "t-shirt", "shirt", "trousers", "skirt", "shoes", "hat", "dress", "blouse"}
    scene, found = photograph(PHOTOS + 12, [p for p in products if p["category"] in wanted], 3, 640, worn=True)
    save(folder / "outfit.jpg", scene.picture, 90_000)
    save(folder / "no-clothes.jpg", draw_scene(np.random.default_rng(PHOTOS + 108), 640, 0).picture, 60_000)
    print("outfit.jpg shows", ", ".join(f"{p['id']} in {v[0]}" for p, v in found))


def main():
    products = [json.loads(line) for line in open(CATALOG / "products.jsonl")]
    drawn()
    outfits(products)
    photos(products)


if __name__ == "__main__":
    main()
